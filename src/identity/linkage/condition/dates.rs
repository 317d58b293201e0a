//! Dates within a window, and with day and month in each other's place.
//!
//! A date is eight digits, as a column of dates is cleaned to (`YYYYMMDD`), maybe in three groups
//! (`2020 01 31`). What is no day of the calendar meets no condition.

use chrono::{Datelike, Months, NaiveDate};

/// Whether so many days lie between, or fewer.
pub(super) fn within_days(here: &str, there: &str, most: u32) -> bool {
    let Some((earlier, later)) = ordered(here, there) else { return false };
    let apart = later.num_days_from_ce().abs_diff(earlier.num_days_from_ce());
    apart <= most
}

/// Whether so many months lie between, or fewer, counted by the calendar.
///
/// A month from 31 January is the last of February, as RFC 5545 and most databases count.
pub(super) fn within_months(here: &str, there: &str, most: u32) -> bool {
    let Some((earlier, later)) = ordered(here, there) else { return false };
    earlier.checked_add_months(Months::new(most)).is_none_or(|latest| later <= latest)
}

/// Whether one has the day where the other has the month, in the same year.
pub(super) fn are_swapped(here: &str, there: &str) -> bool {
    let Some((one, other)) = ordered(here, there) else { return false };
    one.year() == other.year() && one.month() == other.day() && one.day() == other.month()
}

fn ordered(here: &str, there: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (here, there) = (read(here)?, read(there)?);
    Some((here.min(there), here.max(there)))
}

fn read(text: &str) -> Option<NaiveDate> {
    let mut digits = text.bytes().filter(|byte| *byte != b' ');
    let mut number = |count: u32| {
        (0..count).try_fold(0_u32, |sum, _| {
            let digit = digits.next().filter(u8::is_ascii_digit)?;
            Some(sum * 10 + u32::from(digit - b'0'))
        })
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    let year = i32::try_from(year).ok().filter(|_| digits.next().is_none())?;
    NaiveDate::from_ymd_opt(year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_end_where_the_calendar_says() {
        for (here, there, days, months) in [
            ("20200101", "20200101", 0, 0),
            ("20200131", "20200229", 29, 1),
            ("20200131", "20200301", 30, 2),
            ("20190228", "20200229", 366, 13),
            ("20190228", "20200228", 365, 12),
            ("2020 01 01", "19991231", 7_306, 241),
            ("00010101", "99991231", 3_652_058, 119_988),
        ] {
            for (here, there) in [(here, there), (there, here)] {
                assert!(within_days(here, there, days), "{here} {there}");
                assert!(days == 0 || !within_days(here, there, days - 1), "{here} {there}");
                assert!(within_months(here, there, months), "{here} {there}");
                assert!(months == 0 || !within_months(here, there, months - 1), "{here} {there}");
            }
        }
        assert!(within_months("20200101", "20210101", u32::MAX));
    }

    #[test]
    fn day_and_month_change_places_within_a_year() {
        assert!(are_swapped("19840205", "19840502"));
        assert!(!are_swapped("19840205", "19850502"));
        assert!(!are_swapped("19840205", "19840503"));
    }

    #[test]
    fn what_is_no_day_is_within_nothing() {
        for text in ["", "2020", "20200230", "202001011", "2020-01-01", "soon", "٢٠٢٠٠١٠١"]
        {
            assert_eq!(read(text), None, "{text}");
            assert!(!within_days(text, "20200101", u32::MAX), "{text}");
            assert!(!within_months("20200101", text, u32::MAX), "{text}");
            assert!(!are_swapped(text, text), "{text}");
        }
    }
}
