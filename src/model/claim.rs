//! Claims: what a text states, where, and in which ways it can be read.
//!
//! # Law
//!
//! 1. A date is one that a calendar has, a delay's longest is not below its shortest: other values
//!    cannot be built, nor read from JSON (`tests/claims.rs`,
//!    `what_no_calendar_has_is_no_date_in_json_either`).
//! 2. [`Claim::new`] sorts readings and keeps each once, so that equal claims are equal values
//!    (`readings_are_sorted_and_distinct`).
//!
//! # Why
//!
//! A text rarely says everything: `$` names several currencies, `12/03` two days, `March 12` no
//! year. A claim keeps every reading instead of guessing one; whoever checks it may be content when
//! one of them is true, and can tell when none is.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::money::Money;
use super::price::Percent;

/// Something that a text states: where, and every way in which it can be read.
///
/// ```
/// use omnichannel::model::{Claim, ClaimValue, Money};
/// let price = |code: &str| code.parse().map(|c| ClaimValue::Money(Money::new(500, c)));
/// let claim = Claim::new(7, 9, vec![price("USD")?, price("CAD")?, price("USD")?]).ok_or("empty")?;
/// assert_eq!(claim.readings, [price("CAD")?, price("USD")?]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The byte at which it begins, on a character boundary.
    pub from: usize,
    /// The byte after its last, on a character boundary.
    pub until: usize,
    /// At least one; sorted by kind and value, each once.
    pub readings: Vec<ClaimValue>,
}

impl Claim {
    /// A claim in `from..until`; `None` where that is empty or there is no reading.
    pub fn new(from: usize, until: usize, mut readings: Vec<ClaimValue>) -> Option<Self> {
        readings.sort_by(ClaimValue::order);
        readings.dedup();
        (from < until && !readings.is_empty()).then_some(Self { from, until, readings })
    }
}

/// One way to read a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimValue {
    /// An amount of money.
    Money(Money),
    /// A share.
    Percent(Percent),
    /// A day.
    Date(ClaimedDate),
    /// A span of time.
    Delay(Delay),
}

impl ClaimValue {
    /// By kind, then by value. Amounts of two currencies are ordered by code, which says nothing of
    /// their worth; that is why this is no `Ord`.
    fn order(&self, other: &Self) -> Ordering {
        let rank = |value: &Self| match value {
            Self::Money(_) => 0,
            Self::Percent(_) => 1,
            Self::Date(_) => 2,
            Self::Delay(_) => 3,
        };
        let amount = |money: &Money| (money.currency(), money.minor());
        match (self, other) {
            (Self::Money(a), Self::Money(b)) => amount(a).cmp(&amount(b)),
            (Self::Percent(a), Self::Percent(b)) => a.cmp(b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Delay(a), Self::Delay(b)) => a.cmp(b),
            (a, b) => rank(a).cmp(&rank(b)),
        }
    }
}

impl fmt::Display for ClaimValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Money(money) => money.fmt(f),
            Self::Percent(percent) => percent.fmt(f),
            Self::Date(date) => date.fmt(f),
            Self::Delay(delay) => delay.fmt(f),
        }
    }
}

/// A day as people say it: without a year where none is said. Printed `2026-03-12` or `03-12`.
///
/// ```
/// use omnichannel::model::ClaimedDate;
/// let day = ClaimedDate::new(None, 2, 29).ok_or("some years have it")?;
/// assert_eq!(day.to_string(), "02-29");
/// assert_eq!(ClaimedDate::new(Some(2026), 2, 29), None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "DateDraft", into = "DateDraft")]
pub struct ClaimedDate {
    year: Option<i32>,
    month: u8,
    day: u8,
}

impl ClaimedDate {
    /// The smallest and the largest year: four digits, as ISO 8601 writes them.
    const YEARS: std::ops::RangeInclusive<i32> = 1..=9_999;

    /// A day; `None` where the Gregorian calendar has none such, or its year is outside 1 to 9,999.
    pub fn new(year: Option<i32>, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_none_or(|y| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0));
        let days = match month {
            2 => 28 + u8::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        let known = year.is_none_or(|year| Self::YEARS.contains(&year));
        (known && (1..=days).contains(&day)).then_some(Self { year, month, day })
    }

    /// The year, 1 to 9,999, where one is said.
    pub const fn year(self) -> Option<i32> {
        self.year
    }

    /// The month, 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 31.
    pub const fn day(self) -> u8 {
        self.day
    }
}

impl fmt::Display for ClaimedDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(year) = self.year {
            write!(f, "{year:04}-")?;
        }
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

/// A date as JSON holds it, before it is known to be one.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DateDraft {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    year: Option<i32>,
    month: u8,
    day: u8,
}

impl TryFrom<DateDraft> for ClaimedDate {
    type Error = &'static str;

    fn try_from(draft: DateDraft) -> Result<Self, Self::Error> {
        Self::new(draft.year, draft.month, draft.day).ok_or("no calendar has this day")
    }
}

impl From<ClaimedDate> for DateDraft {
    fn from(date: ClaimedDate) -> Self {
        Self { year: date.year, month: date.month, day: date.day }
    }
}

/// A span of time as people say it: `3 days`, `24 to 48 h`.
///
/// ```
/// use omnichannel::model::{Delay, DelayUnit};
/// let hours = Delay::new(48, 48, DelayUnit::Hour).ok_or("in order")?;
/// let days = Delay::new(2, 2, DelayUnit::Day).ok_or("in order")?;
/// assert!(hours.means(&days) && hours != days);
/// let range = Delay::new(3, 5, DelayUnit::WorkingDay).ok_or("in order")?;
/// assert_eq!(range.to_string(), "3 to 5 working days");
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "DelayDraft", into = "DelayDraft")]
pub struct Delay {
    min: u32,
    max: u32,
    unit: DelayUnit,
}

/// What a delay is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DelayUnit {
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
    /// A day on which the company works: of no fixed length.
    WorkingDay,
    /// Seven days.
    Week,
    /// A month: 28 to 31 days, so that it is no number of days.
    Month,
    /// Twelve months.
    Year,
}

impl DelayUnit {
    /// What it is a multiple of, and how many of that it is.
    const fn measure(self) -> (Self, u64) {
        match self {
            Self::Minute => (Self::Minute, 1),
            Self::Hour => (Self::Minute, 60),
            Self::Day => (Self::Minute, 24 * 60),
            Self::Week => (Self::Minute, 7 * 24 * 60),
            Self::WorkingDay => (Self::WorkingDay, 1),
            Self::Month => (Self::Month, 1),
            Self::Year => (Self::Month, 12),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::WorkingDay => "working day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

impl Delay {
    /// From `min` to `max` of `unit`, equal where one number is said.
    ///
    /// `None` where `max` is smaller.
    pub fn new(min: u32, max: u32, unit: DelayUnit) -> Option<Self> {
        (min <= max).then_some(Self { min, max, unit })
    }

    /// The shortest, in [`Self::unit`].
    pub const fn min(self) -> u32 {
        self.min
    }

    /// The longest, in [`Self::unit`].
    pub const fn max(self) -> u32 {
        self.max
    }

    /// What it is counted in.
    pub const fn unit(self) -> DelayUnit {
        self.unit
    }

    /// Whether both are the same span: 48 h are 2 days, 2 weeks 14 days and 12 months a year. A
    /// month is no number of days, and a working day only a working day.
    pub fn means(&self, other: &Self) -> bool {
        let span = |delay: &Self| {
            let (base, each) = delay.unit.measure();
            (base, u64::from(delay.min) * each, u64::from(delay.max) * each)
        };
        span(self) == span(other)
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.min < self.max {
            write!(f, "{} to ", self.min)?;
        }
        let plural = if self.max == 1 { "" } else { "s" };
        write!(f, "{} {}{plural}", self.max, self.unit.name())
    }
}

/// A delay as JSON holds it, before it is known to be one.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DelayDraft {
    min: u32,
    max: u32,
    unit: DelayUnit,
}

impl TryFrom<DelayDraft> for Delay {
    type Error = &'static str;

    fn try_from(draft: DelayDraft) -> Result<Self, Self::Error> {
        Self::new(draft.min, draft.max, draft.unit)
            .ok_or("the longest of a delay is not below its shortest")
    }
}

impl From<Delay> for DelayDraft {
    fn from(delay: Delay) -> Self {
        Self { min: delay.min, max: delay.max, unit: delay.unit }
    }
}
