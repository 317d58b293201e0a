//! Which comparisons the columns of a table call for.
//!
//! # Why
//!
//! One comparison for one fact. A point on the Earth mostly comes from an address: beside a postal
//! code or a town it would count the same fact twice, so it is compared only where these are not.

use super::compare::{Comparison, Field};
use super::condition::Condition;
use super::meaning::Meaning;
use super::table::Column;

/// Within how many metres two points are one spot, one quarter, one town and one region.
const METRES: [u32; 4] = [100, 1_000, 10_000, 100_000];

/// Numbers that are nearly the same, and alike: within a hundredth and a tenth.
const NUMBERS: [Condition; 3] = [
    Condition::Same,
    Condition::RelativeDifference(10_000),
    Condition::RelativeDifference(100_000),
];

const LISTS: [Condition; 2] = [Condition::Same, Condition::ElementsInCommon(1)];

impl Comparison {
    /// A comparison for each fact that the columns state, at most [`Comparison::MAX`]; columns of a
    /// known meaning come first.
    pub fn default_for(columns: &[Column]) -> Vec<Self> {
        let at = |meaning| columns.iter().position(|column: &Column| column.meaning() == meaning);
        let (first, last) = (at(Meaning::FirstName), at(Meaning::Surname));
        let (code, city) = (at(Meaning::PostalCode), at(Meaning::City));
        let north = at(Meaning::Latitude).filter(|_| code.is_none() && city.is_none());
        let east = at(Meaning::Longitude);
        let mut all = Vec::new();
        for (place, column) in columns.iter().enumerate() {
            let meaning = column.meaning();
            let (field, beside) = match meaning {
                Meaning::FirstName if first == Some(place) => (Field::FirstName, last),
                Meaning::Surname if last == Some(place) => (Field::Surname, first),
                Meaning::BirthDate => (Field::BirthDate, None),
                Meaning::PostalCode if code == Some(place) => (Field::Place, city),
                Meaning::Email => (Field::Email, None),
                Meaning::Phone => (Field::Phone, None),
                Meaning::City if code.is_none() => (Field::Text, None),
                Meaning::NationalId | Meaning::HouseNumber | Meaning::AddressLine => {
                    (Field::Text, None)
                }
                Meaning::Other => (Field::Text, None),
                _ => {
                    let north = north.filter(|north| *north == place);
                    all.extend(Self::of_conditions(meaning, place, north.and(east), at));
                    continue;
                }
            };
            let (personal, conditions) = (meaning.is_personal(), Vec::new());
            all.push(Self { field, column: place, beside, personal, conditions, rarity: true });
        }
        all.sort_by_key(|of: &Self| columns[of.column].meaning() == Meaning::Other);
        all.truncate(Self::MAX);
        all
    }

    /// Of a column that no known field compares; `None` where another states the fact.
    fn of_conditions(
        meaning: Meaning,
        place: usize,
        east: Option<usize>,
        at: impl Fn(Meaning) -> Option<usize>,
    ) -> Option<Self> {
        match meaning {
            Meaning::Latitude => east.map(|east| Self::geographic(place, east, METRES)),
            Meaning::Number => Some(Self::custom(place, NUMBERS)),
            Meaning::Emails if at(Meaning::Email).is_some() => None,
            Meaning::Phones if at(Meaning::Phone).is_some() => None,
            of => of.of_elements().map(|_| Self::custom(place, LISTS)),
        }
    }
}
