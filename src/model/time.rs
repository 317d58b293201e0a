//! Instants in microseconds, and how surely an event's time is known.
//!
//! # Law
//!
//! 1. `now` is always an argument; nothing here reads a clock.
//! 2. A missing time is the transport's, marked so, or unknown and ordered last; never the hub's
//!    clock.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// An instant: microseconds since 1970-01-01 UTC, within the years 1 to 9999. Written as RFC 3339.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A text that is no instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time is written as RFC 3339 with a zone, for example 2026-11-22T13:45:00Z")]
pub struct BadTime;

impl Timestamp {
    /// The first instant of the year 1.
    pub const MIN: Self = Self(-62_135_596_800_000_000);
    /// The last instant of the year 9999.
    pub const MAX: Self = Self(253_402_300_799_999_999);

    /// The instant so many microseconds after 1970; `None` outside the years 1 to 9999.
    pub fn from_micros(micros: i64) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0).contains(&micros).then_some(Self(micros))
    }

    /// The instant so many milliseconds after 1970; `None` outside the years 1 to 9999.
    pub fn from_millis(millis: i64) -> Option<Self> {
        millis.checked_mul(1_000).and_then(Self::from_micros)
    }

    /// The instant so many seconds after 1970; `None` outside the years 1 to 9999.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        seconds.checked_mul(1_000_000).and_then(Self::from_micros)
    }

    /// Microseconds since 1970-01-01 UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The instant `by` later, at most [`Timestamp::MAX`].
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(by).min(Self::MAX.0))
    }

    /// The instant `by` earlier, at least [`Timestamp::MIN`].
    #[must_use]
    pub fn minus(self, by: Duration) -> Self {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(by).max(Self::MIN.0))
    }

    /// How long after `earlier` this is; zero where it is not after.
    pub fn since(self, earlier: Self) -> Duration {
        u64::try_from(self.0.saturating_sub(earlier.0))
            .map_or(Duration::ZERO, Duration::from_micros)
    }

    /// The instant shifted by signed microseconds, kept within range.
    #[must_use]
    pub fn shifted_micros(self, by: i64) -> Self {
        Self(self.0.saturating_add(by).clamp(Self::MIN.0, Self::MAX.0))
    }

    /// The instant for `chrono`.
    pub fn to_chrono(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }

    /// Reads RFC 3339, and also an ISO 8601 time without a zone, which is taken as UTC.
    ///
    /// # Errors
    ///
    /// [`BadTime`] when it is neither, or outside the years 1 to 9999.
    pub fn parse_lenient(text: &str) -> Result<Self, BadTime> {
        text.parse().or_else(|_| {
            let civil = text.parse::<NaiveDateTime>().map_err(|_| BadTime)?;
            Self::from_micros(civil.and_utc().timestamp_micros()).ok_or(BadTime)
        })
    }
}

impl FromStr for Timestamp {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        let time = DateTime::parse_from_rfc3339(text).map_err(|_| BadTime)?;
        Self::from_micros(time.timestamp_micros()).ok_or(BadTime)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_chrono().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Where an event's time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeOrigin {
    /// The event states it (corrected for the sender's clock where the format allows).
    Event,
    /// The event states none, or one in the future; the transport's time of receipt stands in.
    Transport,
    /// Nobody stated one.
    Unknown,
}

/// When something happened, as far as anyone knows. Unknown times order last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Occurred {
    /// The instant, where known.
    pub at: Option<Timestamp>,
    /// Who stated it.
    pub origin: TimeOrigin,
}

impl Occurred {
    /// Nobody stated a time.
    pub const UNKNOWN: Self = Self { at: None, origin: TimeOrigin::Unknown };

    /// The event's own time.
    pub const fn at(at: Timestamp) -> Self {
        Self { at: Some(at), origin: TimeOrigin::Event }
    }

    /// The event's own time, not later than the transport's receipt; without one, the receipt.
    pub fn stated(event: Option<Timestamp>, received_at: Option<Timestamp>) -> Self {
        match (event, received_at) {
            (Some(at), Some(received)) if at > received => {
                Self { at: Some(received), origin: TimeOrigin::Transport }
            }
            (Some(at), _) => Self::at(at),
            (None, Some(received)) => Self { at: Some(received), origin: TimeOrigin::Transport },
            (None, None) => Self::UNKNOWN,
        }
    }

    /// The order of times: unknown last.
    pub fn order(&self) -> i64 {
        self.at.map_or(i64::MAX, Timestamp::micros)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_round_trip_and_bounds_are_real() {
        for text in
            ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2015-12-10T04:08:31.905Z"]
        {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
        assert_eq!(Timestamp::MIN.to_string(), "0001-01-01T00:00:00Z");
        assert_eq!(Timestamp::MAX.plus(Duration::from_secs(1)), Timestamp::MAX);
        assert_eq!("asdf".parse::<Timestamp>(), Err(BadTime));
        assert_eq!("2015-12-10T04:08:31".parse::<Timestamp>(), Err(BadTime));
        assert!(Timestamp::parse_lenient("2015-12-10T04:08:31").is_ok());
    }

    #[test]
    fn a_future_time_is_the_receipt() {
        let (then, now) =
            (Timestamp::from_seconds(90).unwrap(), Timestamp::from_seconds(60).unwrap());
        let stated = Occurred::stated(Some(then), Some(now));
        assert_eq!(stated, Occurred { at: Some(now), origin: TimeOrigin::Transport });
        assert_eq!(Occurred::stated(None, None).order(), i64::MAX);
    }
}
