//! Comparisons: how alike two records are in one fact, as a level.
//!
//! One comparison for one fact: a name that is a part of an e-mail address counts once. Level 0 is
//! the best of each; a fact that one of both lacks says nothing.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::condition::spots::Spot;
use super::condition::{Condition, Values};
use super::distance::{jaro_winkler_at_least, osa_within};
use super::meaning::Meaning;
use super::nickname::Nicknames;
use super::reading::{Readings, read_alike};
use super::sketch::Sketch;
use super::table::Table;
use super::texts::MISSING;

/// Most levels that a comparison has.
pub(super) const LEVELS_MAX: usize = 8;

/// What a comparison looks at.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The first name; of two alphabets, as it reads in Latin letters.
    FirstName,
    /// The surname; of two alphabets, as it reads in Latin letters.
    Surname,
    /// The date of birth.
    BirthDate,
    /// The postal code and the town: one fact.
    Place,
    /// The e-mail address.
    Email,
    /// The telephone number.
    Phone,
    /// A number or a line that is the same or nearly so.
    Text,
    /// Whatever the comparison's own conditions say.
    Custom,
}

impl Field {
    /// What each level means, from the best; of [`Field::Custom`] the comparison says it.
    pub fn levels(self) -> &'static [&'static str] {
        match self {
            Self::FirstName => &[
                "the same",
                "swapped with the surname",
                "a nickname",
                "an initial",
                "one letter apart",
                "much alike",
                "alike",
                "different",
            ],
            Self::Surname => &[
                "the same",
                "a part of a double name",
                "one letter apart",
                "much alike",
                "different",
            ],
            Self::BirthDate => &[
                "the same",
                "day and month swapped",
                "the same month",
                "the same day of another year",
                "the same year, 1 January",
                "the same year",
                "different",
            ],
            Self::Place => &[
                "the same postal code",
                "a postal code one sign apart",
                "the same town and area",
                "the same town",
                "towns much alike",
                "different",
            ],
            Self::Email | Self::Phone => &["the same", "one sign apart", "different"],
            Self::Text => &["the same", "up to two signs apart", "different"],
            Self::Custom => &[],
        }
    }
}

/// One comparison: a fact and the columns that state it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What is compared.
    pub field: Field,
    /// The column that states it, by its place; of a place the postal code, where there is one.
    pub column: usize,
    /// Another column: the other name, or the town.
    pub beside: Option<usize>,
    /// Whether it tells a person from the others of the household.
    pub personal: bool,
    /// Of [`Field::Custom`] when two values are at each level, from the best; else none.
    pub conditions: Vec<Condition>,
    /// Whether a rare value that both have says more than a common one.
    pub rarity: bool,
}

impl Comparison {
    /// Most comparisons of a model.
    pub const MAX: usize = 32;

    /// A comparison of one's own: a column, and a condition for each level from the best. What no
    /// condition meets is the last level.
    pub fn custom(column: usize, conditions: impl IntoIterator<Item = Condition>) -> Self {
        let own = conditions.into_iter().filter(|one| *one != Condition::Otherwise);
        let mut conditions: Vec<Condition> = own.take(LEVELS_MAX - 1).collect();
        conditions.push(Condition::Otherwise);
        let rarity = conditions.first() == Some(&Condition::Same);
        Self { field: Field::Custom, column, beside: None, personal: false, conditions, rarity }
    }

    /// What is wrong with its conditions, if anything.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let own = &self.conditions;
        if self.field != Field::Custom {
            let none = own.is_empty();
            return (!none).then_some("conditions belong to each level of a custom field, only");
        }
        let ends = own.iter().filter(|condition| **condition == Condition::Otherwise).count();
        if own.last() != Some(&Condition::Otherwise) || ends != 1 {
            return Some("its last level, and no other, must be `otherwise`");
        }
        if own.iter().any(|condition| !condition.is_sound()) {
            return Some("a condition can never be met");
        }
        let rare = self.rarity && own.first() != Some(&Condition::Same);
        rare.then_some("rarity counts for equal values only")
    }

    /// How many levels it has.
    pub fn level_count(&self) -> usize {
        if self.field == Field::Custom { self.conditions.len() } else { self.field.levels().len() }
    }

    /// What each level means, from the best.
    pub fn levels(&self) -> Vec<Cow<'static, str>> {
        let own = self.conditions.iter().map(|condition| Cow::Owned(condition.words()));
        let known = self.field.levels().iter().map(|words| Cow::Borrowed(*words));
        if self.field == Field::Custom { own.collect() } else { known.collect() }
    }

    /// Whether a level is of equal values, whose rarity counts.
    pub(super) fn counts_rarity(&self, level: u8) -> bool {
        self.rarity && (level == 0 || (self.field == Field::Place && level == 3))
    }

    /// Of points on the Earth: a column of latitudes and one of longitudes, and within how many
    /// metres along the ground two records are at each level, from the nearest.
    ///
    /// Says nothing where one of both lacks a coordinate, or has one that cannot be. Columns must
    /// mean [`Meaning::Latitude`] and [`Meaning::Longitude`].
    ///
    /// ```
    /// use omnichannel::identity::linkage::{Comparison, Linker, Meaning, Table};
    ///
    /// let mut table = Table::new([("lat", Meaning::Latitude), ("lon", Meaning::Longitude)]);
    /// // The Louvre and Notre-Dame: 1.2 kilometres.
    /// table.push(["48.8606", "2.3376"].into_iter())?;
    /// table.push(["48,8530° N", "2,3499° E"].into_iter())?;
    /// let places = Comparison::geographic(0, 1, [100, 1_000, 10_000]);
    /// let linker = Linker::comparing(table, vec![places])?;
    /// let waterfall = serde_json::to_string(&linker.waterfall(&linker.learn(), 0, 1))?;
    /// assert!(waterfall.contains("10 km apart or less"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn geographic(
        latitude: usize,
        longitude: usize,
        metres: impl IntoIterator<Item = u32>,
    ) -> Self {
        let conditions = metres.into_iter().map(Condition::Metres);
        Self { beside: Some(longitude), ..Self::custom(latitude, conditions) }
    }

    /// Why its conditions say nothing of columns that mean what they do, if so.
    pub(super) fn misfit(
        &self,
        meaning: impl Fn(usize) -> Option<Meaning>,
    ) -> Option<&'static str> {
        let column = meaning(self.column)?;
        let beside = self.beside.and_then(meaning);
        self.conditions.iter().find_map(|condition| condition.misfit(column, beside))
    }
}

/// Compares the records of a table.
#[derive(Debug)]
pub(super) struct Comparer<'t> {
    pub(super) table: &'t Table,
    /// The numbers of all values, record by record.
    pub(super) rows: &'t [u32],
    pub(super) nicknames: &'t Nicknames,
}

/// From here a name is another spelling of one, or stands in the other's place.
pub(super) const MUCH_ALIKE: f64 = 0.88;
pub(super) const ALIKE: f64 = 0.75;
/// Towns' names are longer and fewer: from here they are one.
pub(super) const SAME_TOWN: f64 = 0.9;

impl<'t> Comparer<'t> {
    fn text(&self, column: usize, record: u32) -> &'t str {
        self.table.columns()[column].texts.get(self.cell(column, record))
    }

    fn sketch(&self, column: usize, record: u32) -> Sketch {
        self.table.columns()[column].texts.sketch(self.cell(column, record))
    }

    fn cell(&self, column: usize, record: u32) -> u32 {
        self.rows[record as usize * self.table.columns().len() + column]
    }

    /// The level of two records; `None` where one of them lacks the fact.
    pub(super) fn level(&self, of: &Comparison, a: u32, b: u32) -> Option<u8> {
        match of.field {
            Field::Place => return self.place(of, a, b),
            Field::Custom => return self.custom(of, a, b),
            _ => {}
        }
        let (one, other) = (self.cell(of.column, a), self.cell(of.column, b));
        if one == MISSING || other == MISSING {
            return None;
        }
        if one == other {
            return Some(0);
        }
        let texts = &self.table.columns()[of.column].texts;
        let (outline, another) = (texts.sketch(one), texts.sketch(other));
        if outline.is_ascii() != another.is_ascii()
            && let Some(level) = self.by_reading(of, a, b)
        {
            return level;
        }
        match of.field {
            Field::FirstName if self.is_swapped(of, a, b) => return Some(1),
            Field::Surname if self.is_swapped(of, a, b) => return None,
            _ => {}
        }
        if self.is_far(of.field, outline, another) {
            return u8::try_from(of.field.levels().len() - 1).ok();
        }
        let (here, there) = (texts.get(one), texts.get(other));
        match of.field {
            Field::FirstName => Some(self.first_name(here, there)),
            Field::Surname => Some(surname(here, there)),
            Field::BirthDate => Some(birth_date(here, there)),
            Field::Email | Field::Phone => {
                Some(if osa_within(here, there, 1).is_some() { 1 } else { 2 })
            }
            Field::Text | Field::Place | Field::Custom => {
                let close = here.len().min(there.len()) > 2 && osa_within(here, there, 2).is_some();
                Some(if close { 1 } else { 2 })
            }
        }
    }

    /// The level of two records by a comparison's own conditions.
    fn custom(&self, of: &Comparison, a: u32, b: u32) -> Option<u8> {
        let (one, other) = (self.cell(of.column, a), self.cell(of.column, b));
        if one == MISSING || other == MISSING {
            return None;
        }
        let (here, there) = (self.text(of.column, a), self.text(of.column, b));
        let spots = match of.beside {
            None if one == other && of.conditions.first() == Some(&Condition::Same) => {
                return Some(0);
            }
            None => None,
            Some(east) => Some((
                Spot::read(here, self.text(east, a))?,
                Spot::read(there, self.text(east, b))?,
            )),
        };
        let values = Values { here, there, spots, nicknames: self.nicknames };
        let holds = |condition: &Condition| condition.holds(&values);
        of.conditions.iter().position(holds).and_then(|level| u8::try_from(level).ok())
    }

    /// The level of two names of which one is in Latin letters and one is not: of their readings.
    /// `None` where there are none.
    ///
    /// Few pairs come here, so that those in one alphabet need not know of it.
    #[cold]
    fn by_reading(&self, of: &Comparison, a: u32, b: u32) -> Option<Option<u8>> {
        // Of consonants, which hold several names: much alike, never the same.
        let (much_alike, different) = match of.field {
            Field::FirstName => (5, 7),
            Field::Surname => (3, 4),
            _ => return None,
        };
        let own = Readings::of(self.text(of.column, a), self.text(of.column, b))?;
        let swapped = |beside| {
            read_alike(self.text(of.column, a), self.text(beside, b))
                && read_alike(self.text(beside, a), self.text(of.column, b))
        };
        Some(match of.beside {
            _ if own.are_same() => Some(if own.are_consonants { much_alike } else { 0 }),
            Some(beside) if swapped(beside) => (of.field == Field::FirstName).then_some(1),
            _ if own.are_consonants => Some(different),
            _ if of.field == Field::FirstName => Some(self.first_name(&own.here, &own.there)),
            _ => Some(surname(&own.here, &own.there)),
        })
    }

    /// Whether first name and surname of one stand in each other's place.
    fn is_swapped(&self, of: &Comparison, a: u32, b: u32) -> bool {
        let Some(beside) = of.beside else { return false };
        let may_be = |column, other| {
            let (here, there) = (self.sketch(column, a), self.sketch(other, b));
            here.first() == there.first() && !here.is_below(there, MUCH_ALIKE)
        };
        if !may_be(of.column, beside) || !may_be(beside, of.column) {
            return false;
        }
        let alike = |one: &str, other: &str| {
            !one.is_empty()
                && one.bytes().next() == other.bytes().next()
                && jaro_winkler_at_least(one, other, MUCH_ALIKE).is_some()
        };
        let name = |column, record| beginning(self.text(column, record));
        alike(name(of.column, a), name(beside, b)) && alike(name(beside, a), name(of.column, b))
    }

    /// Whether the outlines of two values say that they are as different as they can be.
    fn is_far(&self, field: Field, one: Sketch, other: Sketch) -> bool {
        match field {
            Field::FirstName => {
                !(one.is_initial() || other.is_initial())
                    && one.is_beyond(other, 1)
                    && one.is_below(other, ALIKE)
                    && !(self.nicknames.may_hold(one) && self.nicknames.may_hold(other))
            }
            Field::Surname => {
                !(one.may_hold_words() || other.may_hold_words())
                    && one.is_beyond(other, 1)
                    && one.is_below(other, MUCH_ALIKE)
            }
            Field::BirthDate => one.differs_at_both_ends(other),
            Field::Email | Field::Phone => one.is_beyond(other, 1),
            Field::Text => one.is_beyond(other, 2),
            Field::Place | Field::Custom => false,
        }
    }

    fn first_name(&self, here: &str, there: &str) -> u8 {
        let (here, there) = (beginning(here), beginning(there));
        if self.nicknames.same(here, there) {
            return 2;
        }
        let (short, long) = if here.len() <= there.len() { (here, there) } else { (there, here) };
        if short.chars().count() == 1 && long.starts_with(short) {
            return 3;
        }
        if osa_within(here, there, 1).is_some() {
            return 4;
        }
        match jaro_winkler_at_least(here, there, ALIKE) {
            Some(alike) if alike >= MUCH_ALIKE => 5,
            Some(_) => 6,
            None => 7,
        }
    }

    fn place(&self, of: &Comparison, a: u32, b: u32) -> Option<u8> {
        let (one, other) = (self.cell(of.column, a), self.cell(of.column, b));
        let both = one != MISSING && other != MISSING;
        let towns = of.beside.map(|city| (self.cell(city, a), self.cell(city, b)));
        let towns = towns.filter(|(one, other)| *one != MISSING && *other != MISSING);
        if !both && towns.is_none() {
            return None;
        }
        if both && one == other {
            return Some(0);
        }
        let (here, there) = (self.text(of.column, a), self.text(of.column, b));
        let codes = (self.sketch(of.column, a), self.sketch(of.column, b));
        if both && !codes.0.is_beyond(codes.1, 1) && osa_within(here, there, 1).is_some() {
            return Some(1);
        }
        match (towns, of.beside) {
            (Some((one, other)), _) if one == other => {
                Some(if both && area(here) == area(there) { 2 } else { 3 })
            }
            (Some((one, other)), Some(city)) => {
                let texts = &self.table.columns()[city].texts;
                let sketches = (texts.sketch(one), texts.sketch(other));
                if sketches.0.is_ascii() != sketches.1.is_ascii()
                    && read_alike(texts.get(one), texts.get(other))
                {
                    return Some(4);
                }
                if sketches.0.is_below(sketches.1, SAME_TOWN) {
                    return Some(5);
                }
                let (one, other) = (self.text(city, a), self.text(city, b));
                Some(if jaro_winkler_at_least(one, other, SAME_TOWN).is_some() { 4 } else { 5 })
            }
            _ => Some(5),
        }
    }
}

/// The part of a postal code that names an area: all but its last three signs.
pub(super) fn area(code: &str) -> &str {
    let keep = code.len().saturating_sub(3).max(2);
    code.get(..keep).unwrap_or(code)
}

/// Most bytes of a name that are compared where two are not the same: nobody's is longer, and
/// likeness costs the product of lengths.
const NAME_BYTES_MAX: usize = 128;

fn beginning(name: &str) -> &str {
    let end = (0..=NAME_BYTES_MAX).rev().find(|end| name.is_char_boundary(*end));
    if name.len() <= NAME_BYTES_MAX { name } else { &name[..end.unwrap_or(0)] }
}

fn surname(here: &str, there: &str) -> u8 {
    let (here, there) = (beginning(here), beginning(there));
    let (short, long) = if here.len() <= there.len() { (here, there) } else { (there, here) };
    let first = short.split(' ').next();
    // `van` and `de la` are no part by which a name is known.
    let is_part = |part: &str| part.len() > 3 && first == Some(part);
    if long.split(' ').any(|part| part == short) || long.split(' ').take(1).any(is_part) {
        return 1;
    }
    if osa_within(here, there, 1).is_some() {
        return 2;
    }
    if jaro_winkler_at_least(here, there, MUCH_ALIKE).is_some() { 3 } else { 4 }
}

/// Of two dates as `YYYYMMDD`; others are the same or not.
fn birth_date(here: &str, there: &str) -> u8 {
    let (Some(one), Some(other)) = (parts(here), parts(there)) else { return 6 };
    let (years, months, days) = (one.0 == other.0, one.1 == other.1, one.2 == other.2);
    let first = |(_, month, day): (&str, &str, &str)| month == "01" && day == "01";
    if years && one.1 == other.2 && one.2 == other.1 {
        1
    } else if years && months {
        2
    } else if months && days {
        3
    } else if years && (first(one) || first(other)) {
        4
    } else if years {
        5
    } else {
        6
    }
}

/// Year, month and day.
fn parts(date: &str) -> Option<(&str, &str, &str)> {
    let is_date = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
    is_date.then(|| (&date[..4], &date[4..6], &date[6..]))
}
