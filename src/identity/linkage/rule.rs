//! Blocking rules: in what two records must agree to be compared at all.
//!
//! # Why
//!
//! A rule is data: proposed for the columns of a table, replaced by whoever knows better, kept with
//! the model, so that a batch and a live index find the same pairs. What a rule makes of a value is
//! a [`Facet`]; a new way to agree is a variant, the words that explain it, and a line in
//! `keys.rs`.

use serde::{Deserialize, Serialize};

use super::meaning::Meaning::{
    self, AddressLine, BirthDate, City, Email, FirstName, HouseNumber, NationalId, Phone,
    PostalCode, Surname,
};
use super::table::Column;
use super::unsound::ModelError;

/// What of a value must agree.
#[non_exhaustive]
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// All of it.
    #[default]
    Whole,
    /// So many first letters; what is shorter is all there is.
    First(u8),
    /// The area of a postal code: all but the last three signs, and two at least.
    Area,
    /// The year of a date of birth.
    Year,
    /// The day and the month of a date of birth.
    Day,
    /// What stands before the `@` of an e-mail address.
    User,
    /// How it sounds, as a Soundex code; of what has no Latin letter, nothing.
    Sound,
    /// So many letters in a row, anywhere; what is shorter is all there is.
    Gram(u8),
    /// An element of a list.
    Element,
}

use Facet::{Area, Day, Element, First, Gram, Sound, User, Whole, Year};

/// Most first letters.
const FIRST_MAX: u8 = 64;

/// Fewest and most letters of a gram.
const GRAM_LETTERS: std::ops::RangeInclusive<u8> = 2..=8;

impl Facet {
    /// Whether a value has several of it.
    pub(super) fn is_several(self) -> bool {
        matches!(self, Gram(_) | Element)
    }

    /// Why no value of such a column has it.
    fn misfit(self, meaning: Meaning) -> Option<&'static str> {
        match self {
            First(letters) if !(1..=FIRST_MAX).contains(&letters) => {
                Some("first letters are 1 to 64")
            }
            Gram(letters) if !GRAM_LETTERS.contains(&letters) => {
                Some("letters in a row are 2 to 8")
            }
            Year | Day if meaning != BirthDate => {
                Some("a year and a day are of a column that means `birth_date`")
            }
            Element if meaning.of_elements().is_none() => {
                Some("elements are of a column that means `list`, `emails` or `phones`")
            }
            _ => None,
        }
    }

    /// What it is, in words; `None` of all of a value.
    fn words(self) -> Option<String> {
        Some(match self {
            Whole => return None,
            First(1) => "1 letter".to_owned(),
            First(letters) => format!("{letters} letters"),
            Area => "area".to_owned(),
            Year => "year".to_owned(),
            Day => "day".to_owned(),
            User => "user".to_owned(),
            Sound => "sound".to_owned(),
            Gram(letters) => format!("any {letters} letters"),
            Element => "an element".to_owned(),
        })
    }
}

/// Columns by their places, and what of their values must agree for two records to be compared.
///
/// Names may stand in each other's place: of `[(0, Whole), (1, Whole)]` over a first name and a
/// surname, `ann | lee` and `lee | ann` agree.
///
/// ```
/// use omnichannel::identity::linkage::{BlockingRule, Facet, Linker, Meaning, Table};
///
/// let columns = [("name", Meaning::Surname), ("mails", Meaning::Emails)];
/// let mut table = Table::new(columns);
/// table.push(["Meyer", "m@example.org; meyer@example.com"].into_iter())?;
/// table.push(["Maier", "MEYER@example.com"].into_iter())?;
/// table.push(["Mayr", ""].into_iter())?;
/// let linker = Linker::of(table).blocking([
///     BlockingRule::of([(1, Facet::Element)]),
///     BlockingRule::of([(0, Facet::Sound)]),
/// ])?;
/// let linked = linker.link(&linker.learn(), i64::MIN);
/// let found: Vec<_> = linked.rules.iter().map(|rule| (rule.name.as_str(), rule.new)).collect();
/// // A rule of which a record has several keys comes after the others.
/// assert_eq!(found, [("name (sound)", 3), ("mails (an element)", 0)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockingRule {
    pub(super) parts: Vec<(usize, Facet)>,
}

/// Most parts of a rule.
const PARTS_MAX: usize = 8;

impl BlockingRule {
    /// Most rules of a model.
    pub const MAX: usize = 32;

    /// A rule of its parts: all must agree.
    pub fn of(parts: impl IntoIterator<Item = (usize, Facet)>) -> Self {
        Self { parts: parts.into_iter().collect() }
    }

    /// Columns by their places, and what of their values must agree.
    pub fn parts(&self) -> &[(usize, Facet)] {
        &self.parts
    }

    /// The rules that columns call for: those of two dozen whose columns are all there.
    ///
    /// Columns of other meanings find nobody. Of two columns of one meaning the first counts.
    pub fn default_for(columns: &[Column]) -> Vec<Self> {
        Self::proposed(&columns.iter().map(Column::meaning).collect::<Vec<_>>())
    }

    pub(super) fn proposed(columns: &[Meaning]) -> Vec<Self> {
        let find = |of: Meaning| columns.iter().position(|meaning| *meaning == of);
        let rule = |parts: &&[(Meaning, Facet)]| -> Option<Self> {
            let parts = parts.iter().map(|(meaning, facet)| Some((find(*meaning)?, *facet)));
            Some(Self { parts: parts.collect::<Option<_>>()? })
        };
        RULES.iter().filter_map(rule).collect()
    }

    /// Whether a record may have several keys by it.
    pub(super) fn is_several(&self) -> bool {
        self.parts.iter().any(|(_, facet)| facet.is_several())
    }

    pub(super) fn uses(&self, column: usize) -> bool {
        self.parts.iter().any(|(part, _)| *part == column)
    }

    /// What must agree, in words.
    pub(super) fn words(&self, columns: &[Column]) -> Vec<String> {
        let part = |(at, facet): &(usize, Facet)| {
            let name = columns.get(*at).map_or("", Column::name);
            match facet.words() {
                Some(words) => format!("{name} ({words})"),
                None => name.to_owned(),
            }
        };
        self.parts.iter().map(part).collect()
    }

    /// Rules in the order in which they find: those of several keys last.
    ///
    /// # Errors
    ///
    /// [`ModelError::Unsound`] where there are too many, or one can find nobody.
    pub(super) fn ordered(
        rules: impl IntoIterator<Item = Self>,
        columns: &[Meaning],
    ) -> Result<Vec<Self>, ModelError> {
        let unsound = |at: String, what: &str| ModelError::Unsound { at, what: what.to_owned() };
        let mut rules: Vec<Self> = rules.into_iter().take(Self::MAX + 1).collect();
        if rules.len() > Self::MAX {
            return Err(unsound("blocking rules".to_owned(), "there are more than 32"));
        }
        for (rule, at) in rules.iter().zip(1..) {
            if let Some(what) = rule.misfit(columns) {
                return Err(unsound(format!("blocking rule {at}"), what));
            }
        }
        rules.sort_by_key(Self::is_several);
        Ok(rules)
    }

    fn misfit(&self, columns: &[Meaning]) -> Option<&'static str> {
        if !(1..=PARTS_MAX).contains(&self.parts.len()) {
            return Some("it has not 1 to 8 parts");
        }
        if self.parts.iter().filter(|(_, facet)| facet.is_several()).count() > 1 {
            return Some("it has several parts of which a value has many");
        }
        self.parts.iter().enumerate().find_map(|(at, part)| match columns.get(part.0) {
            None => Some("the table has no such column"),
            Some(_) if self.parts[..at].contains(part) => Some("it has a part twice"),
            Some(meaning) => part.1.misfit(*meaning),
        })
    }
}

/// The rules for columns of known meaning.
const RULES: [&[(Meaning, Facet)]; 24] = [
    &[(Email, Whole)],
    &[(Phone, Whole)],
    &[(NationalId, Whole)],
    &[(Email, User)],
    &[(FirstName, Whole), (BirthDate, Whole)],
    &[(Surname, Whole), (BirthDate, Whole)],
    &[(BirthDate, Whole), (PostalCode, Whole)],
    &[(BirthDate, Whole), (PostalCode, Area)],
    &[(BirthDate, Whole), (City, Whole)],
    &[(FirstName, Whole), (Surname, Whole), (City, Whole)],
    &[(FirstName, Whole), (Surname, Whole), (PostalCode, Area)],
    &[(FirstName, Whole), (Surname, Whole), (BirthDate, Year)],
    &[(FirstName, Whole), (Surname, Whole), (BirthDate, Day)],
    &[(FirstName, Whole), (Surname, Whole)],
    &[(PostalCode, Whole), (FirstName, First(1))],
    &[(PostalCode, Whole), (Surname, First(3))],
    &[(Surname, Whole), (FirstName, First(1)), (City, Whole)],
    &[(FirstName, Whole), (Surname, First(1)), (City, Whole)],
    &[(BirthDate, Whole), (FirstName, First(1)), (Surname, First(1))],
    &[(AddressLine, Whole), (HouseNumber, Whole)],
    &[(AddressLine, Whole), (Surname, Whole)],
    &[(AddressLine, Whole), (FirstName, Whole)],
    &[(AddressLine, Whole), (BirthDate, Year)],
    &[(HouseNumber, Whole), (PostalCode, Whole)],
];
