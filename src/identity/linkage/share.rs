//! A probability as an exact decimal text: what is read is what was written.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A probability from 0 to 1, held as its decimal digits.
///
/// A number that a program computes with is read from it; two machines read the same.
///
/// ```
/// use omnichannel::identity::linkage::Share;
/// let share: Share = serde_json::from_str("\"0.0125\"")?;
/// assert_eq!((share.get(), share.to_string().as_str()), (0.0125, "0.0125"));
/// assert!(serde_json::from_str::<Share>("\"1.5\"").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Share(Box<str>);

/// What no share is longer than: the smallest has thirty zeros and seventeen digits.
const SIGNS_MAX: usize = 60;

/// What is less than this counts as this.
const LEAST: f64 = 1e-30;

impl Share {
    /// The shortest digits of a number; a number outside 0 to 1 is brought to the nearest of them.
    pub(super) fn of(number: f64) -> Self {
        let number = if number.is_nan() { 0.0 } else { number.clamp(0.0, 1.0) };
        let number = if number < LEAST { 0.0 } else { number };
        Self(number.to_string().into())
    }

    /// The number, to be computed with.
    pub fn get(&self) -> f64 {
        self.0.parse().unwrap_or(0.0)
    }

    fn read(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let number: f64 = text.parse().ok()?;
        let fits = plain && text.len() <= SIGNS_MAX && (0.0..=1.0).contains(&number);
        fits.then(|| Self(text.into()))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = "a probability is written as \"0.25\": digits between 0 and 1";
        Self::read(&text).ok_or_else(|| de::Error::custom(wrong))
    }
}
