//! How surely an identifier was seen on a record, and when.
//!
//! # Why
//!
//! Limits count values first seen within days, and a value that lay idle begins a new life. Both
//! need times; exact ones would change the row with every touchpoint. The first time is kept to the
//! day, the last to a span of thirty days.

use serde::{Deserialize, Serialize};

use super::identifier::Assurance;
use super::time::Timestamp;

const MICROS_OF_DAY: i64 = 86_400_000_000;
/// Length of the span to which the last time is kept, in days.
const SPAN_DAYS: i32 = 30;

/// Days, counted from 1970-01-01 in UTC, in which an identifier was seen on a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Days {
    /// The first day.
    pub first: i32,
    /// The last day of the span of thirty days in which it was seen last.
    pub last: i32,
}

impl Days {
    /// The days of one time.
    pub fn of(at: Timestamp) -> Self {
        // Times are within 0001 to 9999: their days fit.
        let day = i32::try_from(at.micros().div_euclid(MICROS_OF_DAY)).unwrap_or(i32::MAX);
        let last =
            day.div_euclid(SPAN_DAYS).saturating_mul(SPAN_DAYS).saturating_add(SPAN_DAYS - 1);
        Self { first: day, last }
    }

    /// Both, from the first to the last.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }
}

/// What is known of one identifier on one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Sighting {
    /// The best assurance seen.
    pub assurance: Assurance,
    /// From when to when; `None` where no touchpoint has a time.
    pub days: Option<Days>,
    /// Whether one without a time was seen beside those that have one: it could be of any day.
    pub also_undated: bool,
}

/// The forms in which rows hold a sighting: the assurance alone where no time is known.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Undated(Assurance),
    Dated {
        assurance: Assurance,
        first: i32,
        last: i32,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        also_undated: bool,
    },
}

impl From<Stored> for Sighting {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Undated(assurance) => Self { assurance, days: None, also_undated: false },
            Stored::Dated { assurance, first, last, also_undated } => {
                Self { assurance, days: Some(Days { first, last }), also_undated }
            }
        }
    }
}

impl From<Sighting> for Stored {
    fn from(seen: Sighting) -> Self {
        let Sighting { assurance, days, also_undated } = seen;
        match days {
            None => Self::Undated(assurance),
            Some(Days { first, last }) => Self::Dated { assurance, first, last, also_undated },
        }
    }
}

impl Sighting {
    /// One sighting at a time, where known.
    pub fn new(assurance: Assurance, at: Option<Timestamp>) -> Self {
        Self { assurance, days: at.map(Days::of), also_undated: false }
    }

    /// Whether a touchpoint without a time is among those that it sums up.
    pub fn may_be_of_any_day(self) -> bool {
        self.days.is_none() || self.also_undated
    }

    /// Both: the better assurance, from the first to the last.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let days = match (self.days, other.days) {
            (Some(days), Some(others)) => Some(days.and(others)),
            (days, others) => days.or(others),
        };
        let undated = self.may_be_of_any_day() || other.may_be_of_any_day();
        Self {
            assurance: self.assurance.max(other.assurance),
            days,
            also_undated: undated && days.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sightings_add_up_in_any_order() {
        let day = |n: i64| Timestamp::from_micros(n * MICROS_OF_DAY + 7);
        let early = Sighting::new(Assurance::Asserted, day(-1));
        let late = Sighting::new(Assurance::Verified, day(61));
        let never = Sighting::new(Assurance::Asserted, None);
        let all = early.and(late).and(never);
        assert_eq!(all, never.and(late).and(early));
        assert_eq!(all.days, Some(Days { first: -1, last: 89 }));
        assert_eq!(early.days, Some(Days { first: -1, last: -1 }));
        assert_eq!(all.and(all), all);
        assert!(all.may_be_of_any_day() && !early.and(late).may_be_of_any_day());
    }

    #[test]
    fn rows_without_a_time_are_read() {
        let bare: Sighting = serde_json::from_str("\"verified\"").expect("a bare assurance");
        assert_eq!(bare, Sighting::new(Assurance::Verified, None));
        let all = Sighting::new(Assurance::Asserted, Timestamp::from_micros(0));
        for sighting in [bare, all, bare.and(all)] {
            let text = serde_json::to_string(&sighting).expect("JSON");
            assert_eq!(serde_json::from_str::<Sighting>(&text).expect("JSON"), sighting, "{text}");
        }
    }
}
