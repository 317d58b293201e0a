//! Telephone numbers: digits, or E.164 where a region is configured.
//!
//! # Law
//!
//! 1. Without a configured region a number has the digits that were written, whatever is compiled
//!    in; with one it has the form E.164 (`tests/normalise`, with and without the feature).
//!
//! # Why
//!
//! Numbers are read by `rlibphonenumber` (feature `phone`). Compared with `phonenumber`, the other
//! port of Google's libphonenumber, on the 63 numbers of `tests/normalise/phones.rs`, whose truth
//! was written by hand (two busy cores, release):
//!
//! | | `rlibphonenumber` 2.2.15 | `phonenumber` 0.3.10 |
//! |---|---|---|
//! | wrong | 1: the French word `poste`, which we translate | 2: that, and Italy's zero |
//! | a number of one country | 0.9 us | 3.1 us |
//! | a number of the mixed list | 1.1 us | 560 us: it keeps few expressions compiled |
//! | memory after the list | 9 MiB | 15 MiB |
//! | first call | 14 ms | 74 ms |
//! | packages of its own tree | 83, most of them to build it | 42 |
//! | cold build | 86 s | 70 s |
//!
//! At 100,000 touchpoints per second a touchpoint has 10 us: the packages are paid once, the
//! microseconds always.
//!
//! A number of the right length counts as read, though its country's plan may not have it yet:
//! plans change monthly, values must not. An extension is a part of the value, in the form of
//! RFC 3966: behind one switchboard sit many people.

use super::note::{Note, Notes};
use super::text;
use crate::model::Country;

/// Whether numbers can be read as E.164 in this build.
pub(super) const CAN_READ: bool = cfg!(feature = "phone");

/// A number as it was written.
pub(super) fn fold(region: Option<Country>, seen: &str, notes: &mut Notes) -> String {
    let written = text::without_prefix(seen, "tel:", notes);
    let Some(region) = region else { return digits(written, notes) };
    if let Some(value) = read(region, written, notes) {
        return value;
    }
    // Words around a number may have hidden it.
    let digits = digits(written, notes);
    read(region, &digits, notes).unwrap_or_else(|| {
        notes.add(Note::Unreadable);
        digits
    })
}

/// A number as WhatsApp names it: with its country and without a plus.
pub(super) fn fold_whats_app(region: Option<Country>, seen: &str, notes: &mut Notes) -> String {
    if let Some(value) = abroad(region, seen, notes) {
        return value;
    }
    let mut unread = *notes;
    let value = fold(region, seen, &mut unread);
    // Marks among the digits may have hidden it: what is left must not be read otherwise again.
    let read = if unread.has(Note::Unreadable) { abroad(region, &value, notes) } else { None };
    notes.add_if(read.is_some(), Note::PunctuationFolded);
    read.unwrap_or_else(|| {
        *notes = unread;
        value
    })
}

/// A number that begins with its country, as far as a plan knows it.
fn abroad(region: Option<Country>, seen: &str, notes: &mut Notes) -> Option<String> {
    let region = region.filter(|_| seen.starts_with(|c: char| c.is_ascii_digit() && c != '0'))?;
    let mut abroad = *notes;
    let value = read(region, &format!("+{seen}"), &mut abroad)?;
    if abroad.has(Note::NotInPlan) {
        return None;
    }
    *notes = abroad;
    Some(value)
}

#[cfg(feature = "phone")]
fn read(region: Country, written: &str, notes: &mut Notes) -> Option<String> {
    super::phone_plan::read(region, written, notes)
}

#[cfg(not(feature = "phone"))]
fn read(_: Country, _: &str, _: &mut Notes) -> Option<String> {
    None
}

/// Digits with a leading plus where one was written, as `+` or as the international prefix `00`.
fn digits(written: &str, notes: &mut Notes) -> String {
    let first = written.find(|c: char| c.is_ascii_digit() || c == '+');
    let has_plus = first.is_some_and(|at| written[at..].starts_with('+'));
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let rest = if has_plus { Some(&digits[..]) } else { digits.strip_prefix("00") };
    let value = match rest {
        Some(rest) => {
            // "+33 (0)6 ..." is how French numbers are printed; the zero is not dialled.
            let national = without_trunk_zero(rest, written, digits.len() - rest.len());
            notes.add_if(national.is_some(), Note::TrunkZeroRemoved);
            format!("+{}", national.as_deref().unwrap_or(rest))
        }
        None => digits,
    };
    notes.add_if(value != written, Note::PunctuationFolded);
    value
}

/// The digits without the zero that is written as `(0)`, if one is; `prefix` digits are gone.
fn without_trunk_zero(digits: &str, written: &str, prefix: usize) -> Option<String> {
    let before = &written[..written.find("(0)")?];
    let code = before.chars().filter(char::is_ascii_digit).count().checked_sub(prefix)?;
    Some(format!("{}{}", digits.get(..code)?, digits.get(code + 1..)?))
}
