//! In how many text messages does a text travel: encoding, units, segments.
//!
//! 3GPP TS 23.040: a message carries 140 octets, which are 160 septets or 70 units of UCS-2. Of
//! several that belong together each begins with a user data header of 6 octets (a reference of 8
//! bits) or 7 (of 16 bits), which leaves 153 or 152 septets, 67 or 66 units.
//!
//! # Law
//!
//! Neither an escape pair of the extension table nor a surrogate pair lies in two segments, so
//! there may be more of them than the units alone would need.

use serde::{Deserialize, Serialize};

use super::gsm;

/// Octets that one text message carries.
const OCTETS: usize = 140;

/// In what a text message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmsEncoding {
    /// Septets of the GSM default alphabet with its extension table.
    Gsm7,
    /// Units of 16 bits; a surrogate pair is two.
    Ucs2,
}

/// How the segments of one text refer to each other, in their user data header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmsReference {
    /// By a number of 8 bits, as most gateways do: a header of 6 octets.
    Bits8,
    /// By a number of 16 bits: a header of 7 octets.
    Bits16,
}

/// In how many text messages a text travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Segments {
    /// In what it is written.
    pub encoding: SmsEncoding,
    /// Its length in units of that encoding.
    pub units: usize,
    /// How many messages carry it; none where it is empty. A reference tells 255 apart.
    pub segments: usize,
}

impl SmsEncoding {
    /// The encoding that a text needs: UCS-2 as soon as the alphabet lacks one character.
    pub fn of(text: &str) -> Self {
        let is_gsm = text.chars().all(|c| gsm::septets(c).is_some());
        if is_gsm { Self::Gsm7 } else { Self::Ucs2 }
    }

    /// Units of a message that travels alone.
    pub fn alone(self) -> usize {
        self.units_in(OCTETS)
    }

    /// Units of each message of several.
    pub fn together(self, reference: SmsReference) -> usize {
        let header = match reference {
            SmsReference::Bits8 => 6,
            SmsReference::Bits16 => 7,
        };
        self.units_in(OCTETS - header)
    }

    fn units_in(self, octets: usize) -> usize {
        match self {
            Self::Gsm7 => octets * 8 / 7,
            Self::Ucs2 => octets / 2,
        }
    }

    fn cost(self, c: char) -> usize {
        match self {
            Self::Gsm7 => gsm::septets(c).unwrap_or_default(),
            Self::Ucs2 => c.len_utf16(),
        }
    }
}

impl Segments {
    /// Counts the segments of a text under a reference of that size.
    pub fn of(text: &str, reference: SmsReference) -> Self {
        let encoding = SmsEncoding::of(text);
        let units = text.chars().map(|c| encoding.cost(c)).sum();
        let segments = if units <= encoding.alone() {
            usize::from(units > 0)
        } else {
            packed(text, encoding, encoding.together(reference))
        };
        Self { encoding, units, segments }
    }
}

/// Fills messages of `room` units one after the other.
fn packed(text: &str, encoding: SmsEncoding, room: usize) -> usize {
    let (mut segments, mut left) = (0, 0);
    for c in text.chars() {
        let cost = encoding.cost(c);
        if cost > left {
            (segments, left) = (segments + 1, room);
        }
        left -= cost;
    }
    segments
}

/// In how many text messages a text travels, by a reference of 8 bits.
///
/// ```
/// use omnichannel::model::{SmsEncoding, sms_segments};
///
/// let told = sms_segments(&"é".repeat(161));
/// assert_eq!((told.encoding, told.units, told.segments), (SmsEncoding::Gsm7, 161, 2));
/// assert_eq!(sms_segments("Ça va ? 😀").encoding, SmsEncoding::Ucs2);
/// ```
pub fn sms_segments(text: &str) -> Segments {
    Segments::of(text, SmsReference::Bits8)
}
