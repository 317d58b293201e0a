//! How long is a text in a channel's unit: whole, or as it grows.
//!
//! # Law
//!
//! No measure sinks when a text grows, so the longest part that fits is found by reading forwards.
//!
//! # Why
//!
//! A text that GSM-7 cannot write travels as UCS-2, in the same octets. Its units count as 16/7
//! septets, rounded down, so that a limit in septets holds for both: 160 septets are 70 units,
//! 153 are 67, 152 are 66.

use super::{cluster, gsm};
use crate::model::capabilities::LengthUnit;

/// The length of a text.
pub(in crate::model) fn measure(text: &str, unit: LengthUnit) -> usize {
    match unit {
        LengthUnit::Utf8Byte => text.len(),
        LengthUnit::Utf16Unit => utf16_units(text),
        LengthUnit::Scalar => text.chars().count(),
        LengthUnit::Grapheme => cluster::count(text),
        LengthUnit::GsmSeptet => septets(text),
    }
}

/// Every scalar value begins with a byte that is no continuation; four bytes are two units.
fn utf16_units(text: &str) -> usize {
    let units = |byte: u8| usize::from(byte & 0xC0 != 0x80) + usize::from(byte >= 0xF0);
    text.bytes().map(units).sum()
}

fn septets(text: &str) -> usize {
    let mut septets = 0;
    for c in text.chars() {
        match gsm::septets(c) {
            Some(more) => septets += more,
            None => return as_septets(utf16_units(text)),
        }
    }
    septets
}

/// What units of UCS-2 are in septets.
fn as_septets(units: usize) -> usize {
    units.saturating_mul(16) / 7
}

/// The length of a text that grows by scalar values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meter {
    unit: LengthUnit,
    count: usize,
    /// While the text can be written in GSM-7.
    septets: Option<usize>,
}

impl Meter {
    pub(super) fn new(unit: LengthUnit) -> Self {
        Self { unit, count: 0, septets: Some(0) }
    }

    /// Adds a scalar value, with which a grapheme cluster begins or not.
    pub(super) fn add(&mut self, c: char, begins: bool) {
        self.count += match self.unit {
            LengthUnit::Utf8Byte => c.len_utf8(),
            LengthUnit::Scalar => 1,
            LengthUnit::Grapheme => usize::from(begins),
            LengthUnit::Utf16Unit => c.len_utf16(),
            LengthUnit::GsmSeptet => {
                self.septets = self.septets.and_then(|sum| Some(sum + gsm::septets(c)?));
                c.len_utf16()
            }
        };
    }

    pub(super) fn total(&self) -> usize {
        match (self.unit, self.septets) {
            (LengthUnit::GsmSeptet, Some(septets)) => septets,
            (LengthUnit::GsmSeptet, None) => as_septets(self.count),
            _ => self.count,
        }
    }
}
