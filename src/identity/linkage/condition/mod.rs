//! Conditions of which anyone makes a comparison: levels from the best.
//!
//! A condition is a variant, the words that explain it, and a function of two values; what is more
//! than a line has a file of its own.

mod dates;
pub(super) mod lists;
mod mail;
pub(super) mod numbers;
pub(super) mod sound;
pub(super) mod spots;

use serde::{Deserialize, Serialize};

use self::spots::Spot;
use super::distance::{
    damerau_within, jaccard, jaro_winkler_at_least, levenshtein_within, osa_within,
};
use super::meaning::Meaning;
use super::nickname::Nicknames;
use super::reading::read_alike;

/// When two values of a column are at a level; thresholds of similarity are in millionths.
///
/// Values are compared in the forms that the meaning of their column gives them: a number, a
/// coordinate or a list must be said to be one, or its signs are lost.
///
/// ```
/// use omnichannel::identity::linkage::{Comparison, Condition, Linker, Meaning, Table};
///
/// let columns =
///     [("born", Meaning::BirthDate), ("income", Meaning::Number), ("mails", Meaning::Emails)];
/// let comparisons = vec![
///     Comparison::custom(0, [Condition::Same, Condition::Months(1), Condition::Years(10)]),
///     // At most 5 apart, a tenth of the larger one apart.
///     Comparison::custom(
///         1,
///         [Condition::Difference(5_000_000), Condition::RelativeDifference(100_000)],
///     ),
///     Comparison::custom(2, [Condition::Same, Condition::ElementsInCommon(1)]),
/// ];
/// let mut table = Table::new(columns);
/// table.push(["1984-02-05", "1,250.50", "a@x.org; b@y.org"].into_iter())?;
/// table.push(["28/02/1984", "1 200", r#"["B@y.org"]"#].into_iter())?;
/// let linker = Linker::comparing(table, comparisons)?;
/// let waterfall = serde_json::to_string(&linker.waterfall(&linker.learn(), 0, 1))?;
/// for said in ["1 month apart or less", "10 % apart or less", "1 element in common or more"] {
///     assert!(waterfall.contains(said), "{said}");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// They are the same.
    Same,
    /// Their Jaro-Winkler similarity is so many millionths or more.
    JaroWinkler(u32),
    /// So many symbols or fewer are added, taken away or changed.
    Levenshtein(u32),
    /// The same, and neighbours that changed places, each symbol in one edit.
    Osa(u32),
    /// The same without that restriction.
    Damerau(u32),
    /// Of their words, so many millionths or more are in both.
    Jaccard(u32),
    /// So many words or more are in both.
    WordsInCommon(u32),
    /// So many first symbols are the same.
    Beginning(u32),
    /// So many last symbols are the same: of telephone numbers with a country's code and without.
    Ending(u32),
    /// They sound alike, by their Soundex codes.
    SoundsAlike,
    /// They read the same in Latin letters, whatever alphabet and spelling: `Иванов`, `Ivanow`.
    ReadsAlike,
    /// One is a familiar form of the other, or both are of one first name.
    Nickname,
    /// Dates so many days apart or fewer.
    Days(u32),
    /// Dates so many months apart or fewer, by the calendar.
    Months(u32),
    /// Dates so many years apart or fewer, by the calendar.
    Years(u32),
    /// Dates of one year with day and month in each other's place.
    DayMonthSwapped,
    /// Postal codes of one area: all but the last three signs, and two at least.
    SameArea,
    /// E-mail addresses of one user at any domain; mailboxes that many read are nobody's.
    SameUser,
    /// E-mail addresses that are the same without dots in the user and a tag behind `+`.
    SameMailbox,
    /// Numbers so many millionths apart or less; of a column of [`Meaning::Number`].
    Difference(u64),
    /// Numbers so many millionths of the larger one apart or less; of [`Meaning::Number`].
    RelativeDifference(u32),
    /// So many elements or more are in both lists; of [`Meaning::List`] and its kin.
    ElementsInCommon(u32),
    /// Points on the Earth so many metres apart or less: of a column of latitudes beside one of
    /// longitudes ([`Comparison::geographic`](super::Comparison::geographic)).
    Metres(u32),
    /// Anything else: the last level.
    Otherwise,
}

/// A similarity of one, in millionths.
const ONE: u32 = 1_000_000;

/// What two records have in a comparison's columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values<'v> {
    pub(super) here: &'v str,
    pub(super) there: &'v str,
    /// Two points, where the comparison is of these.
    pub(super) spots: Option<(Spot, Spot)>,
    pub(super) nicknames: &'v Nicknames,
}

impl Condition {
    /// Whether two values that both are there fulfil it.
    pub(super) fn holds(self, values: &Values<'_>) -> bool {
        let Values { here, there, spots, nicknames } = *values;
        match self {
            Self::Same => spots.map_or(here == there, |(one, other)| one == other),
            Self::JaroWinkler(least) => {
                jaro_winkler_at_least(here, there, f64::from(least) / f64::from(ONE)).is_some()
            }
            Self::Levenshtein(most) => levenshtein_within(here, there, most as usize).is_some(),
            Self::Osa(most) => osa_within(here, there, most as usize).is_some(),
            Self::Damerau(most) => damerau_within(here, there, most as usize).is_some(),
            Self::Jaccard(least) => {
                let (both, all) = jaccard(here, there);
                all > 0 && both as u64 * u64::from(ONE) >= u64::from(least) * all as u64
            }
            Self::WordsInCommon(least) => jaccard(here, there).0 >= least as usize,
            Self::Beginning(count) => agree(here.chars(), there.chars(), count),
            Self::Ending(count) => agree(here.chars().rev(), there.chars().rev(), count),
            Self::SoundsAlike => {
                let (one, other) = (sound::soundex(here), sound::soundex(there));
                one.is_some() && one == other
            }
            Self::ReadsAlike => read_alike(here, there),
            Self::Nickname => nicknames.same(here, there),
            Self::Days(most) => dates::within_days(here, there, most),
            Self::Months(most) => dates::within_months(here, there, most),
            Self::Years(most) => dates::within_months(here, there, most.saturating_mul(12)),
            Self::DayMonthSwapped => dates::are_swapped(here, there),
            Self::SameArea => super::compare::area(here) == super::compare::area(there),
            Self::SameUser => mail::same_user(here, there),
            Self::SameMailbox => mail::same_mailbox(here, there),
            Self::Difference(most) => numbers::within(here, there, most),
            Self::RelativeDifference(most) => numbers::within_share(here, there, most),
            Self::ElementsInCommon(least) => lists::shared(here, there) >= least as usize,
            Self::Metres(most) => spots.is_some_and(|(one, other)| one.is_within(other, most)),
            Self::Otherwise => true,
        }
    }

    /// Whether it can be met: a similarity is at most one.
    pub(super) fn is_sound(self) -> bool {
        match self {
            Self::JaroWinkler(least) | Self::Jaccard(least) => least <= ONE,
            Self::WordsInCommon(least)
            | Self::ElementsInCommon(least)
            | Self::Beginning(least)
            | Self::Ending(least) => least > 0,
            _ => true,
        }
    }

    /// Why it says nothing of a column with such a meaning, beside another with such a one.
    pub(super) fn misfit(self, column: Meaning, beside: Option<Meaning>) -> Option<&'static str> {
        let is_point = (column, beside) == (Meaning::Latitude, Some(Meaning::Longitude));
        let fits = match self {
            Self::Metres(_) => is_point,
            Self::Same | Self::Otherwise => is_point || beside.is_none(),
            _ if beside.is_some() => false,
            Self::Difference(_) | Self::RelativeDifference(_) => column == Meaning::Number,
            Self::ElementsInCommon(_) => column.of_elements().is_some(),
            _ => true,
        };
        let why = match self {
            _ if fits => return None,
            Self::Difference(_) | Self::RelativeDifference(_) => {
                "a difference is of a column that means `number`"
            }
            Self::ElementsInCommon(_) => {
                "elements are of a column that means `list`, `emails` or `phones`"
            }
            _ => "metres, and nothing else, are of a `latitude` beside a `longitude`",
        };
        Some(why)
    }

    /// What it says, in words.
    pub fn words(self) -> String {
        match self {
            Self::Same => "the same".to_owned(),
            Self::JaroWinkler(least) => format!("Jaro-Winkler {} or more", decimal(least)),
            Self::Levenshtein(most) => format!("Levenshtein {most} or less"),
            Self::Osa(most) => format!("optimal string alignment {most} or less"),
            Self::Damerau(most) => format!("Damerau-Levenshtein {most} or less"),
            Self::Jaccard(least) => format!("{} of the words or more", decimal(least)),
            Self::WordsInCommon(least) => format!("{least} words in common or more"),
            Self::Beginning(symbols) => format!("the same first {symbols}"),
            Self::Ending(symbols) => format!("the same last {symbols}"),
            Self::SoundsAlike => "sounds alike".to_owned(),
            Self::ReadsAlike => "reads alike in Latin letters".to_owned(),
            Self::Nickname => "a nickname".to_owned(),
            Self::Days(most) => format!("{} apart or less", counted(most, "day")),
            Self::Months(most) => format!("{} apart or less", counted(most, "month")),
            Self::Years(most) => format!("{} apart or less", counted(most, "year")),
            Self::DayMonthSwapped => "day and month swapped".to_owned(),
            Self::SameArea => "the same area".to_owned(),
            Self::SameUser => "the same user at another domain".to_owned(),
            Self::SameMailbox => "the same mailbox but for dots and tags".to_owned(),
            Self::Difference(most) => format!("{} apart or less", exact(most.into())),
            Self::RelativeDifference(most) => {
                format!("{} % apart or less", exact(u128::from(most) * 100))
            }
            Self::ElementsInCommon(least) => {
                format!("{} in common or more", counted(least, "element"))
            }
            Self::Metres(most) if most >= 1_000 => {
                format!("{} km apart or less", exact(u128::from(most) * 1_000))
            }
            Self::Metres(most) => format!("{most} m apart or less"),
            Self::Otherwise => "different".to_owned(),
        }
    }
}

/// Whether so many symbols are there and agree.
fn agree(
    mut one: impl Iterator<Item = char>,
    mut other: impl Iterator<Item = char>,
    count: u32,
) -> bool {
    (0..count).all(|_| matches!((one.next(), other.next()), (Some(a), Some(b)) if a == b))
}

fn counted(count: u32, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Millionths as a decimal number.
pub(super) fn decimal(millionths: u32) -> String {
    (f64::from(millionths) / f64::from(ONE)).to_string()
}

/// The same of any number of them, digit by digit.
pub(super) fn exact(millionths: u128) -> String {
    let millionths = i128::try_from(millionths).unwrap_or(i128::MAX / numbers::ONE);
    numbers::write(millionths * (numbers::ONE / i128::from(ONE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_hold_where_they_say() {
        let nicknames = Nicknames::default();
        for (condition, here, there, holds) in [
            (Condition::JaroWinkler(880_000), "martha", "marhta", true),
            (Condition::JaroWinkler(970_000), "martha", "marhta", false),
            (Condition::Levenshtein(1), "martha", "marhta", false),
            (Condition::Osa(1), "martha", "marhta", true),
            (Condition::Damerau(2), "ca", "abc", true),
            (Condition::Osa(2), "ca", "abc", false),
            (Condition::Jaccard(500_000), "mill lane", "lane mill road", true),
            (Condition::WordsInCommon(2), "a b", "b c", false),
            (Condition::WordsInCommon(1), "a b", "b c", true),
            (Condition::Beginning(3), "abcd", "abcx", true),
            (Condition::Beginning(3), "ab", "ab", false),
            (Condition::Ending(9), "33612345678", "0612345678", true),
            (Condition::Ending(10), "33612345678", "0612345678", false),
            (Condition::SoundsAlike, "李", "王", false),
            (Condition::Nickname, "bob", "robert", true),
            (Condition::Nickname, "bob", "bobette", false),
            (Condition::Years(10), "19840205", "19940205", true),
            (Condition::Years(10), "19840205", "19940206", false),
            (Condition::SameArea, "sw1a1aa", "sw1a2bb", true),
            (Condition::SameArea, "75011", "75020", true),
            (Condition::SameArea, "75011", "69001", false),
            (Condition::Otherwise, "a", "b", true),
        ] {
            for (here, there) in [(here, there), (there, here)] {
                let values = Values { here, there, spots: None, nicknames: &nicknames };
                assert_eq!(condition.holds(&values), holds, "{condition:?}");
            }
        }
    }

    #[test]
    fn thresholds_are_said_as_people_say_them() {
        for (condition, words) in [
            (Condition::Difference(5_000_000), "5 apart or less"),
            (Condition::Difference(1), "0.000001 apart or less"),
            (Condition::Difference(u64::MAX), "18446744073709.551615 apart or less"),
            (Condition::RelativeDifference(125_000), "12.5 % apart or less"),
            (Condition::Metres(999), "999 m apart or less"),
            (Condition::Metres(1_500), "1.5 km apart or less"),
            (Condition::Days(1), "1 day apart or less"),
            (Condition::ElementsInCommon(2), "2 elements in common or more"),
        ] {
            assert_eq!(condition.words(), words);
        }
    }
}
