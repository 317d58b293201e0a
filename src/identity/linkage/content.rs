//! What a column means by its values, where its name says nothing.
//!
//! # Why
//!
//! Only forms that hardly anything else has: an `@` with a domain, a date of which years differ as
//! ages do, a number that is dialled, a postal code of letters and digits. Names, towns and numbers
//! look like too much else; such a column stays [`Meaning::Other`], which is compared as it is. A
//! wrong meaning costs more than none.

use chrono::Datelike as _;

use super::condition::spots::Axis;
use super::meaning::Meaning;
use super::table::{Column, Table};
use super::texts::hash;
use crate::identity::normalise::{DateOrder, read_date};

/// Most values that are looked at, and fewest that say something.
const SAMPLE_MAX: usize = 1_000;
const SAMPLE_MIN: usize = 10;

/// No value with a known form is longer, in bytes.
const BYTES_MAX: usize = 254;

impl Meaning {
    /// Guesses from a column's name and, where that says nothing, from its values.
    ///
    /// Looks at the first thousand values that are not empty; nine in ten must have one form. A
    /// column whose name says that it is of latitudes or longitudes must have values like them.
    ///
    /// ```
    /// use omnichannel::identity::linkage::Meaning;
    /// let values: Vec<String> = (0..20).map(|n| format!("user{n}@example.org")).collect();
    /// let values = || values.iter().map(String::as_str);
    /// assert_eq!(Meaning::of("c1", values()), Meaning::Email);
    /// assert_eq!(Meaning::of("phone", values()), Meaning::Phone);
    /// assert_eq!(Meaning::of("last_login", values()), Meaning::Other);
    /// ```
    pub fn of<'v>(name: &str, values: impl IntoIterator<Item = &'v str>) -> Self {
        match Self::guess(name) {
            Self::Other if !Self::states_no_fact(name) => {
                let values = values.into_iter().map(str::trim).filter(|value| !value.is_empty());
                of_values(&values.take(SAMPLE_MAX).collect::<Vec<_>>())
            }
            // `Lat` may be a word of many things: its values say whether it is degrees.
            known if Axis::of(known).is_some_and(|axis| !most_read(axis, values)) => Self::Other,
            known => known,
        }
    }
}

/// Whether nine in ten values are degrees, or there is no value.
fn most_read<'v>(axis: Axis, values: impl IntoIterator<Item = &'v str>) -> bool {
    let values = values.into_iter().filter(|value| !value.trim().is_empty()).take(SAMPLE_MAX);
    let (fits, all) = values.fold((0, 0), |(fits, all), value| {
        (fits + usize::from(axis.read(value).is_some()), all + 1)
    });
    fits * 10 >= all * 9
}

impl Table {
    /// The same, with meanings for columns whose names say nothing and whose values say much.
    ///
    /// What another column means already is not given again. Coordinates that are none are text.
    pub(super) fn guessed(mut self) -> Self {
        self.number();
        for at in 0..self.columns.len() {
            let column = &self.columns[at];
            if Axis::of(column.meaning()).is_some_and(|axis| !most_read(axis, sample(column))) {
                self.columns[at].meaning = Meaning::Other;
                continue;
            }
            if column.meaning() != Meaning::Other {
                continue;
            }
            let meaning = Meaning::of(column.name(), sample(column));
            if self.columns.iter().all(|column| column.meaning() != meaning) {
                self.columns[at].meaning = meaning;
            }
        }
        self
    }
}

/// Some of a column's distinct values, the same ones in any order of records.
fn sample(column: &Column) -> Vec<&str> {
    let texts = column.texts.iter().skip(1);
    let mut hashed: Vec<(u64, &str)> = texts.map(|text| (hash(0, text.as_bytes()), text)).collect();
    if hashed.len() > SAMPLE_MAX {
        hashed.select_nth_unstable(SAMPLE_MAX);
        hashed.truncate(SAMPLE_MAX);
    }
    hashed.into_iter().map(|(_, text)| text).collect()
}

/// The one meaning that nearly all values have; else [`Meaning::Other`].
fn of_values(values: &[&str]) -> Meaning {
    if values.len() < SAMPLE_MIN {
        return Meaning::Other;
    }
    let most = |is: fn(&str) -> bool| {
        let fits = values.iter().filter(|value| value.len() <= BYTES_MAX && is(value)).count();
        fits * 10 >= values.len() * 9
    };
    if most(is_email) {
        Meaning::Email
    } else if are_births(values) {
        Meaning::BirthDate
    } else if most(is_postal_code) || (most(is_five_digits) && some_begin_with_zero(values)) {
        Meaning::PostalCode
    } else if most(is_dialled) {
        Meaning::Phone
    } else {
        Meaning::Other
    }
}

fn is_email(value: &str) -> bool {
    value.split_once('@').is_some_and(|(user, domain)| {
        let inner = domain.trim_matches('.');
        !user.is_empty()
            && inner.len() == domain.len()
            && inner.contains('.')
            && !value.contains(char::is_whitespace)
            && !domain.contains('@')
    })
}

/// By how many years births lie apart, without the earliest and the latest tenth.
const YEARS_MIN: i32 = 15;

/// Dates of births: people of many ages. Dates of orders lie within a few years.
fn are_births(values: &[&str]) -> bool {
    let year = |value: &&str| {
        let has_form = (6..=30).contains(&value.len()) && value.bytes().any(|b| b.is_ascii_digit());
        let read = has_form.then(|| read_date(value, DateOrder::DayFirst, chrono::NaiveDate::MAX));
        let year = read?.value.expose().as_ref()?.year();
        (1880..=2100).contains(&year).then_some(year)
    };
    let mut years: Vec<i32> = values.iter().filter_map(year).collect();
    if years.len() * 10 < values.len() * 9 {
        return false;
    }
    years.sort_unstable();
    let tenth = years.len() / 10;
    years[years.len() - 1 - tenth] - years[tenth] >= YEARS_MIN
}

/// A code of letters and digits, as in Britain, Canada and the Netherlands.
fn is_postal_code(value: &str) -> bool {
    let shape: String = value
        .chars()
        .filter(|c| *c != ' ')
        .map(|c| {
            if c.is_ascii_digit() {
                '9'
            } else if c.is_ascii_alphabetic() {
                'a'
            } else {
                '?'
            }
        })
        .collect();
    const SHAPES: [&str; 8] =
        ["a99aa", "a999aa", "aa99aa", "aa999aa", "a9a9aa", "aa9a9aa", "a9a9a9", "9999aa"];
    SHAPES.contains(&shape.as_str())
}

fn is_five_digits(value: &str) -> bool {
    value.len() == 5 && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Sums of money and counted numbers never begin with 0; codes of regions do.
fn some_begin_with_zero(values: &[&str]) -> bool {
    values.iter().filter(|value| value.starts_with('0')).count() * 100 >= values.len()
}

/// A number that is dialled: it begins with `+` or 0, and has signs that numbers are written with.
fn is_dialled(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let is_written = |c: char| c.is_ascii_digit() || " +-./()".contains(c);
    let begins = value.trim_start_matches('(').starts_with(['+', '0']);
    begins && (8..=15).contains(&digits) && value.chars().all(is_written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: impl Fn(usize) -> String) -> Meaning {
        let values: Vec<String> = (0..200).map(value).collect();
        Meaning::of("c1", values.iter().map(String::as_str))
    }

    #[test]
    fn values_of_one_form_say_what_a_column_means() {
        assert_eq!(of(|n| format!("User.{n}@mail.example.org")), Meaning::Email);
        let born = |n: usize| (1940 + n * 7 % 60, 1 + n % 12, 1 + n % 28);
        assert_eq!(
            of(|n| format!("{}-{:02}-{:02}", born(n).0, born(n).1, born(n).2)),
            Meaning::BirthDate
        );
        assert_eq!(
            of(|n| format!("{}{:02}{:02}", born(n).0, born(n).1, born(n).2)),
            Meaning::BirthDate
        );
        assert_eq!(
            of(|n| format!("{:02}/{:02}/{}", born(n).2, born(n).1, born(n).0)),
            Meaning::BirthDate
        );
        assert_eq!(of(|n| format!("+44 7700 900{n:03}")), Meaning::Phone);
        assert_eq!(of(|n| format!("(0)7.70.09.00.{n:02}")), Meaning::Phone);
        assert_eq!(of(|n| format!("dp{} {}ug", n % 30, n % 9)), Meaning::PostalCode);
        assert_eq!(of(|n| format!("{}012 AB", n % 9)), Meaning::PostalCode);
        assert_eq!(of(|n| format!("{:05}", n * 499)), Meaning::PostalCode);
    }

    #[test]
    fn what_could_be_something_else_stays_other() {
        assert_eq!(
            of(|n| format!("2024-{:02}-{:02}", 1 + n % 12, 1 + n % 28)),
            Meaning::Other,
            "orders"
        );
        assert_eq!(of(|n| format!("{}", 20_000 + n * 100)), Meaning::Other, "money");
        assert_eq!(
            of(|n| format!("{}", 53_000_000 + n * 977)),
            Meaning::Other,
            "numbers of people"
        );
        assert_eq!(of(|n| format!("name{n}")), Meaning::Other);
        assert_eq!(of(|n| format!("@user{n}")), Meaning::Other, "handles");
        let half = |n: usize| {
            if n.is_multiple_of(2) { format!("u{n}@example.org") } else { format!("u{n}") }
        };
        assert_eq!(of(half), Meaning::Other);
        assert_eq!(Meaning::of("c1", ["a@example.org"; 3]), Meaning::Other, "too few");
        assert_eq!(Meaning::of("c1", []), Meaning::Other);
        let long = format!("{}@example.org", "x".repeat(10_000));
        assert_eq!(Meaning::of("c1", vec![long.as_str(); 50]), Meaning::Other);
    }
}
