//! Prices: an amount with its tax view; percentages, rounding and windows.
//!
//! # Law
//!
//! 1. A window is half open: it contains its first instant and not its last
//!    (`a_window_contains_its_first_instant_and_not_its_last`).
//! 2. Rounding happens in whole numbers, once, as the book says (`halves_round_as_the_mode_says`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::money::Money;
use super::time::Timestamp;

/// Whether amounts include tax. An amount means nothing without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxView {
    /// Tax is included.
    Gross,
    /// Tax comes on top.
    Net,
}

impl fmt::Display for TaxView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gross => "gross",
            Self::Net => "net",
        })
    }
}

/// An amount that says whether it includes tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Price {
    /// How much.
    pub amount: Money,
    /// Whether tax is included.
    pub tax: TaxView,
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.tax)
    }
}

/// A share in basis points: 3,000 are 30 %. Written as `30%` or `12.5%`, at most two decimals.
///
/// Books and exceptions say which range they take; a percentage by itself may be negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(i32);

/// A text that is no percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a percentage is written like 30% or 12.5%, with at most two decimals")]
pub struct BadPercent;

impl Percent {
    /// All of it.
    pub const WHOLE: Self = Self(10_000);

    /// A share of so many basis points, hundredths of a percent.
    pub const fn from_basis_points(points: i32) -> Self {
        Self(points)
    }

    /// Basis points.
    pub const fn basis_points(self) -> i32 {
        self.0
    }

    /// This share of `whole`, rounded; `None` where it is too large.
    pub fn of(self, whole: Money, mode: RoundingMode) -> Option<Money> {
        let exact = i128::from(whole.minor()) * i128::from(self.0);
        let minor = i64::try_from(mode.divide(exact, 10_000)).ok()?;
        Some(Money::new(minor, whole.currency()))
    }
}

impl FromStr for Percent {
    type Err = BadPercent;

    fn from_str(text: &str) -> Result<Self, BadPercent> {
        let number = text.strip_suffix('%').ok_or(BadPercent)?.trim_end_matches(' ');
        let (sign, digits) = number.strip_prefix('-').map_or((1, number), |rest| (-1, rest));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        let bad = |s: &str| s.is_empty() || !s.bytes().all(|b| b.is_ascii_digit());
        if bad(whole) || bad(decimals) || decimals.len() > 2 {
            return Err(BadPercent);
        }
        let tenths = if decimals.len() == 1 { 10 } else { 1 };
        let points = (whole.parse::<i64>().ok())
            .and_then(|whole| whole.checked_mul(100))
            .and_then(|whole| whole.checked_add(decimals.parse::<i64>().ok()? * tenths))
            .and_then(|points| i32::try_from(sign * points).ok());
        points.map(Self).ok_or(BadPercent)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, decimals) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        match decimals {
            0 => write!(f, "{sign}{whole}%"),
            d if d % 10 == 0 => write!(f, "{sign}{whole}.{}%", d / 10),
            d => write!(f, "{sign}{whole}.{d:02}%"),
        }
    }
}

impl fmt::Debug for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// What becomes of half a minor unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// It goes away from zero: 2.5 becomes 3.
    #[default]
    HalfUp,
    /// It goes to the even neighbour: 2.5 becomes 2, 3.5 becomes 4.
    HalfEven,
}

impl RoundingMode {
    /// `exact / by`, rounded; `by` is positive.
    fn divide(self, exact: i128, by: i128) -> i128 {
        let (floor, rest) = (exact.div_euclid(by), exact.rem_euclid(by));
        let up = match (rest * 2).cmp(&by) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => match self {
                Self::HalfUp => exact > 0,
                Self::HalfEven => floor % 2 != 0,
            },
        };
        floor + i128::from(up)
    }
}

/// Where a percentage of several equal things is rounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingLevel {
    /// The price of one, then times the quantity: what a shelf label can show.
    #[default]
    Unit,
    /// The price of the line, once.
    Line,
}

/// How reduced prices are rounded. It belongs to the book, never to a channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rounding {
    /// What becomes of half a minor unit.
    #[serde(default)]
    pub mode: RoundingMode,
    /// Where it is rounded.
    #[serde(default)]
    pub level: RoundingLevel,
}

/// When something holds: from its first instant until just before its last. Open ends are for ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The first instant at which it holds.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// The first instant at which it no longer holds.
    #[serde(default)]
    pub until: Option<Timestamp>,
}

impl Window {
    /// Always.
    pub const ALWAYS: Self = Self { from: None, until: None };

    /// From `from` until just before `until`.
    pub const fn between(from: Timestamp, until: Timestamp) -> Self {
        Self { from: Some(from), until: Some(until) }
    }

    /// From `from` on.
    pub const fn starting(from: Timestamp) -> Self {
        Self { from: Some(from), until: None }
    }

    /// Until just before `until`.
    pub const fn ending(until: Timestamp) -> Self {
        Self { from: None, until: Some(until) }
    }

    /// Whether it holds at `at`.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// Whether it never holds: it ends before or when it starts.
    pub fn is_empty(&self) -> bool {
        matches!((self.from, self.until), (Some(from), Some(until)) if until <= from)
    }

    /// Whether both hold at some instant.
    pub fn overlaps(&self, other: &Self) -> bool {
        let before = |a: Option<Timestamp>, b: Option<Timestamp>| match (a, b) {
            (Some(from), Some(until)) => from < until,
            _ => true,
        };
        before(self.from, other.until) && before(other.from, self.until)
    }

    /// The first instant after `at` at which it begins or ends.
    pub fn next_change(&self, at: Timestamp) -> Option<Timestamp> {
        [self.from, self.until].into_iter().flatten().filter(|&change| at < change).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Currency;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second).unwrap()
    }

    #[test]
    fn a_window_contains_its_first_instant_and_not_its_last() {
        let window = Window::between(at(10), at(20));
        let just_before = |t: Timestamp| t.shifted_micros(-1);
        assert!(!window.contains(just_before(at(10))));
        assert!(window.contains(at(10)));
        assert!(window.contains(just_before(at(20))));
        assert!(!window.contains(at(20)));
        assert_eq!(window.next_change(just_before(at(10))), Some(at(10)));
        assert_eq!(window.next_change(at(10)), Some(at(20)));
        assert_eq!(window.next_change(at(20)), None);
        assert!(Window::ALWAYS.contains(Timestamp::MIN) && Window::ALWAYS.contains(Timestamp::MAX));
    }

    #[test]
    fn windows_that_meet_do_not_overlap() {
        let (first, second) = (Window::between(at(0), at(10)), Window::starting(at(10)));
        assert!(!first.overlaps(&second) && !second.overlaps(&first));
        assert!(first.overlaps(&Window::starting(at(9))));
        assert!(first.overlaps(&Window::ALWAYS) && Window::ALWAYS.overlaps(&first));
        assert!(Window::between(at(10), at(10)).is_empty());
        assert!(Window::between(at(10), at(9)).is_empty());
        assert!(!first.is_empty() && !Window::ALWAYS.is_empty());
    }

    #[test]
    fn halves_round_as_the_mode_says() {
        let half = Percent::from_basis_points(5_000);
        let of = |minor, mode| half.of(Money::new(minor, Currency::EUR), mode).unwrap().minor();
        for (minor, up, even) in [(5, 3, 2), (7, 4, 4), (4, 2, 2), (-5, -3, -2), (-7, -4, -4)] {
            assert_eq!(of(minor, RoundingMode::HalfUp), up, "{minor}");
            assert_eq!(of(minor, RoundingMode::HalfEven), even, "{minor}");
        }
    }

    #[test]
    fn percentages_read_what_they_print() {
        for text in ["0%", "30%", "12.5%", "0.05%", "-7.25%", "300%"] {
            assert_eq!(text.parse::<Percent>().map(|p| p.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("30 %".parse(), Ok(Percent::from_basis_points(3_000)));
        for text in ["30", "%", "1.234%", ".5%", "1.%", "1e2%", "99999999999999999999%"] {
            assert_eq!(text.parse::<Percent>(), Err(BadPercent), "{text}");
        }
    }
}
