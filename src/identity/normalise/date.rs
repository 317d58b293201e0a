//! Dates as people and programs write them: numbers in three orders, months by name.
//!
//! # Law
//!
//! 1. A date that can be read in two ways is read as its source writes dates, and says so
//!    ([`Note::AmbiguousDayMonth`]); a day that never was is no date ([`Note::ImpossibleDate`]).
//!
//! # Why
//!
//! The latest possible day is an argument: it decides the century of a two-digit year, since nobody
//! was born or seen later, and no clock is read here.

use chrono::{Datelike, NaiveDate};
use unicode_normalization::UnicodeNormalization;

use super::name::comparable_name;
use super::note::{Note, Noted, Notes};
use super::text;

/// How a source writes the day and the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DateOrder {
    /// 31/12/1984, as in Europe.
    DayFirst,
    /// 12/31/1984, as in the United States.
    MonthFirst,
}

/// Months in English and French, without accents; abbreviations are of at least three letters.
const MONTHS: [&[&str]; 12] = [
    &["january", "janvier"],
    &["february", "fevrier"],
    &["march", "mars"],
    &["april", "avril"],
    &["may", "mai"],
    &["june", "juin"],
    &["july", "juillet"],
    &["august", "aout"],
    &["september", "septembre"],
    &["october", "octobre"],
    &["november", "novembre"],
    &["december", "decembre"],
];

/// Words within a date that say nothing of it: ordinals, articles.
const FILLERS: &[&str] = &["st", "nd", "rd", "th", "er", "e", "le", "the", "of", "de", "du"];

/// Days of the week in English and French.
const WEEKDAYS: &[&str] = &[
    "monday",
    "lundi",
    "tuesday",
    "mardi",
    "wednesday",
    "mercredi",
    "thursday",
    "jeudi",
    "friday",
    "vendredi",
    "saturday",
    "samedi",
    "sunday",
    "dimanche",
];

/// What programs write when they have no date: the first days of their calendars, and nines.
const PLACEHOLDERS: &[(i32, u32, u32)] = &[
    (1, 1, 1),      // .NET, Java
    (1111, 11, 11), // people
    (1753, 1, 1),   // SQL Server
    (1899, 12, 30), // OLE Automation
    (1899, 12, 31), // spreadsheets
    (1900, 1, 1),   // spreadsheets, SQL Server
    (1901, 1, 1),
    (1970, 1, 1), // Unix
    (9999, 12, 31),
];

/// A day as it was written; `None` where it names none.
///
/// `order` says how the source writes dates; `latest` is the latest day that can be, such as the
/// day on which a birthday was told.
///
/// ```
/// use chrono::NaiveDate;
/// use omnichannel::identity::{DateOrder, Note, read_date};
///
/// let today = NaiveDate::from_ymd_opt(2026, 3, 14).ok_or("no day")?;
/// let born = read_date("5 février 84", DateOrder::DayFirst, today);
/// assert_eq!(born.value.expose().map(|day| day.to_string()).as_deref(), Some("1984-02-05"));
/// assert!(born.notes.has(Note::CenturyAssumed));
/// # Ok::<(), &str>(())
/// ```
pub fn read_date(seen: &str, order: DateOrder, latest: NaiveDate) -> Noted<Option<NaiveDate>> {
    let mut notes = Notes::NONE;
    if text::is_too_long(seen) {
        notes.add(Note::TooLong);
        return Noted::new(None, notes);
    }
    let words = text::words(&seen.nfkc().collect::<String>(), &mut notes);
    let Some(parts) = parts(&words, order, &mut notes) else {
        notes.add(Note::Unreadable);
        return Noted::new(None, notes);
    };
    let day = parts.day_until(latest, &mut notes);
    match day {
        None => notes.add(Note::ImpossibleDate),
        Some(day) => {
            let written = (day.year(), day.month(), day.day());
            notes.add_if(PLACEHOLDERS.contains(&written), Note::PlaceholderDate);
            notes.add_if(day > latest, Note::InFuture);
        }
    }
    Noted::new(day, notes)
}

/// What was written for each; not yet known to be a day.
struct Parts {
    year: Year,
    month: u32,
    day: u32,
}

/// A year as it was written.
#[derive(Clone, Copy)]
enum Year {
    Full(i32),
    TwoDigits(i32),
}

impl Year {
    fn of(number: u32, digits: usize) -> Option<Self> {
        let year = i32::try_from(number).ok()?;
        match digits {
            4 => Some(Self::Full(year)),
            2 => Some(Self::TwoDigits(year)),
            _ => None,
        }
    }
}

impl Parts {
    /// The day, if there is one; a year of two digits is the last that is not after `latest`.
    fn day_until(&self, latest: NaiveDate, notes: &mut Notes) -> Option<NaiveDate> {
        let year = match self.year {
            Year::Full(year) => year,
            Year::TwoDigits(short) => {
                notes.add(Note::CenturyAssumed);
                let year = latest.year() - latest.year().rem_euclid(100) + short;
                let is_later =
                    (year, self.month, self.day) > (latest.year(), latest.month(), latest.day());
                if is_later { year - 100 } else { year }
            }
        };
        NaiveDate::from_ymd_opt(year, self.month, self.day)
    }
}

/// A piece of a date: a number and how many digits it has, or a month by name.
#[derive(Clone, Copy)]
enum Piece {
    Number(u32, usize),
    Month(u32),
}

fn parts(words: &str, order: DateOrder, notes: &mut Notes) -> Option<Parts> {
    let pieces = pieces(words)?;
    match pieces[..] {
        [Piece::Number(number, 8)] => Some(compact(number, order, notes)),
        [Piece::Number(year, digits @ 3..=4), Piece::Number(month, _), Piece::Number(day, _)] => {
            let year = Year::of(year, digits)?;
            let (month, day) = if month > 12 && day <= 12 {
                notes.add(Note::DayMonthSwapped);
                (day, month)
            } else {
                (month, day)
            };
            Some(Parts { year, month, day })
        }
        // A two-digit year in front, where it can be nothing else.
        [Piece::Number(year @ 32.., 2), Piece::Number(month, 1..=2), Piece::Number(day, 1..=2)] => {
            Some(Parts { year: Year::of(year, 2)?, month, day })
        }
        [
            Piece::Number(first, 1..=2),
            Piece::Number(second, 1..=2),
            Piece::Number(year, digits),
        ] => {
            let year = Year::of(year, digits)?;
            let (day, month) = day_and_month(first, second, order, notes);
            Some(Parts { year, month, day })
        }
        [Piece::Number(day, _), Piece::Month(month), Piece::Number(year, digits)]
        | [Piece::Month(month), Piece::Number(day, _), Piece::Number(year, digits)] => {
            let ((day, _), (year, digits)) = match day {
                // "1984 mars 5"
                32.. => ((year, digits), (day, if day > 99 { 4 } else { 2 })),
                _ => ((day, 2), (year, digits)),
            };
            Some(Parts { year: Year::of(year, digits)?, month, day })
        }
        _ => None,
    }
}

/// Eight digits: year, month, day as ISO 8601 has it, where that is a day of our times.
fn compact(number: u32, order: DateOrder, notes: &mut Notes) -> Parts {
    let year_of = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let (year, month, day) = (year_of(number / 10_000), number / 100 % 100, number % 100);
    if (1500..2500).contains(&year) && NaiveDate::from_ymd_opt(year, month, day).is_some() {
        return Parts { year: Year::Full(year), month, day };
    }
    let (first, second) = (number / 1_000_000, number / 10_000 % 100);
    let (day, month) = day_and_month(first, second, order, notes);
    Parts { year: Year::Full(year_of(number % 10_000)), month, day }
}

/// Which of two numbers is the day; where only one of them can be a month, that is the month.
fn day_and_month(first: u32, second: u32, order: DateOrder, notes: &mut Notes) -> (u32, u32) {
    let (day, month) = match order {
        DateOrder::DayFirst => (first, second),
        DateOrder::MonthFirst => (second, first),
    };
    if month > 12 && day <= 12 {
        notes.add(Note::DayMonthSwapped);
        return (month, day);
    }
    let is_either = day <= 12 && month <= 12 && day != month && day > 0 && month > 0;
    notes.add_if(is_either, Note::AmbiguousDayMonth);
    (day, month)
}

/// The numbers and months of a date, without weekdays, fillers and a time of day behind it.
fn pieces(words: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::with_capacity(3);
    let mut rest = words;
    while let Some(at) = rest.find(|c: char| c.is_alphanumeric()) {
        rest = &rest[at..];
        let is_number = rest.starts_with(|c: char| c.is_ascii_digit());
        let of_kind = |c: char| match is_number {
            true => c.is_ascii_digit(),
            false => c.is_alphanumeric() && !c.is_ascii_digit() || is_mark(c),
        };
        let end = rest.find(|c: char| !of_kind(c)).unwrap_or(rest.len()).max(1);
        let (word, behind) = rest.split_at_checked(end)?;
        rest = behind;
        if is_number {
            let number = word.parse().ok().filter(|_| word.len() <= 8)?;
            pieces.push(Piece::Number(number, word.len()));
        } else if let Some(piece) = named(word)? {
            pieces.push(piece);
        }
        let is_whole = pieces.len() == 3 || matches!(pieces[..], [Piece::Number(_, 8)]);
        if is_whole {
            return is_time(rest).then_some(pieces);
        }
    }
    None
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// A month, or nothing for a word that says nothing; `None` for a word that is no part of a date.
fn named(word: &str) -> Option<Option<Piece>> {
    let plain = comparable_name(word).value.into_exposed();
    if FILLERS.contains(&plain.as_str()) {
        return Some(None);
    }
    let is_short_for = |name: &&str| plain.len() >= 3 && name.starts_with(&plain);
    // "juin" and "juil" differ in the fourth letter only; "jui" is neither.
    let month = MONTHS.iter().position(|names| names.iter().any(is_short_for));
    match month {
        Some(month) if plain != "jui" => Some(Some(Piece::Month(u32::try_from(month).ok()? + 1))),
        _ => WEEKDAYS.iter().any(is_short_for).then_some(None),
    }
}

/// Whether what stands behind a date is nothing, or a time of day with its zone.
fn is_time(rest: &str) -> bool {
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ','));
    let time = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | ' ' | 'T' | 'Z');
    rest.is_empty() || rest.contains(':') && rest.chars().all(time)
}
