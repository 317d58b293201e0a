//! Names, streets and days of birth: made up, French and English, with accents.

use super::YEAR_DAYS;
use super::dice::{About, Dice};

/// A given and a family name, as their bearer writes them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    pub(super) given: &'static str,
    pub(super) family: &'static str,
}

const GIVEN_FRENCH: &[&str] = &[
    "Aïcha",
    "Anaïs",
    "Benoît",
    "Camille",
    "Chloé",
    "Clément",
    "Élodie",
    "François",
    "Gaël",
    "Hélène",
    "Inès",
    "Jean-Luc",
    "Joël",
    "Léa",
    "Loïc",
    "Maëlle",
    "Margaux",
    "Mathis",
    "Noémie",
    "Océane",
    "Rémi",
    "Solène",
    "Théo",
    "Yann",
    "Zoé",
];

const FAMILY_FRENCH: &[&str] = &[
    "Aubry",
    "Besançon",
    "Chevallier",
    "Coëffé",
    "D'Aubert",
    "De la Tour",
    "Dubreuil",
    "Fèvre",
    "Gérard",
    "Guénolé",
    "Hélary",
    "Jourdan",
    "Lefèvre",
    "Le Goff",
    "Maître",
    "Marchand",
    "Néel",
    "Pélissier",
    "Prévôt",
    "Rousselle",
    "Saint-Yves",
    "Tessier",
    "Vidal",
    "Virlouvet",
];

const GIVEN_ENGLISH: &[&str] = &[
    "Alfie", "Beatrice", "Callum", "Chloë", "Daisy", "Edmund", "Fiona", "George", "Harriet",
    "Imogen", "Jack", "Kirsty", "Liam", "Mary-Ann", "Nigel", "Olive", "Poppy", "Rhys", "Siân",
    "Tamsin", "Una", "Violet", "Wilfred", "Zara",
];

const FAMILY_ENGLISH: &[&str] = &[
    "Ashdown",
    "Blythe",
    "Carrick",
    "Dunmore",
    "Eastwick",
    "Fairclough",
    "Greaves",
    "Hartley",
    "Ingham",
    "Jessop",
    "Kirkby",
    "Lockwood",
    "MacRae",
    "Netherby",
    "O'Hara",
    "Pemberton",
    "Quigley",
    "Redfern",
    "Sandford-Hill",
    "Thackray",
    "Underhill",
    "Wainwright",
];

/// Names that are written from right to left.
const FROM_THE_RIGHT: &[(&str, &str)] =
    &[("ليلى", "حداد"), ("سامي", "منصور"), ("נועה", "לביא"), ("יונתן", "שגב"), ("یاسمن", "کریمی")];

/// What people add to the name that they show.
const EMOJI: &[&str] = &["🌸", "✨", "🐈", "⚽", "👩‍🚀", "🏳️‍🌈"];

const STREETS_FRENCH: &[&str] = &[
    "rue des Tilleuls",
    "avenue de la Gare",
    "allée des Érables",
    "rue du Château d'Eau",
    "impasse du Moulin",
    "boulevard de l'Hôtel-Dieu",
    "chemin des Prés",
    "place du Marché",
];

const STREETS_ENGLISH: &[&str] =
    &["Mill Lane", "Station Road", "Orchard Close", "King's Parade", "Church Walk", "Harbour View"];

const CITIES_FRENCH: &[&str] = &["Valmont", "Saint-Aubry", "Beaulieu-sur-Lène", "Châteauvert"];

const CITIES_ENGLISH: &[&str] = &["Wexcombe", "Netherford", "Ashby Cross"];

/// People of a thousand whose name is written from right to left.
const FROM_THE_RIGHT_PER_MILLE: u32 = 15;

/// Whether a household lives as the British do; a quarter does.
pub(super) fn is_british(seed: u64, household: u32) -> bool {
    Dice::new(seed, About::Name, u64::MAX - u64::from(household)).per_mille(250)
}

/// The name that somebody goes by, `married` or not; a household has one family name.
pub(super) fn name(seed: u64, british: bool, household: u32, person: u32, married: bool) -> Name {
    let own = Dice::new(seed, About::Name, u64::from(person));
    let home = Dice::new(seed, About::Name, u64::from(household) | 1 << 40);
    let right = own.per_mille(FROM_THE_RIGHT_PER_MILLE);
    let (givens, families) =
        if british { (GIVEN_ENGLISH, FAMILY_ENGLISH) } else { (GIVEN_FRENCH, FAMILY_FRENCH) };
    let (mut given, mut family) = (own.one_of(givens), home.one_of(families));
    if right {
        (given, family) = own.one_of(FROM_THE_RIGHT);
    }
    if married {
        // The one after theirs, or any after that: always another.
        let at = families.iter().position(|other| *other == family).unwrap_or(0);
        let steps = 1 + own.below(20) as usize;
        family = families[(at + steps) % families.len()];
    }
    Name { given, family }
}

/// What somebody adds to the name that they show; most add nothing.
pub(super) fn emoji(seed: u64, person: u32) -> Option<&'static str> {
    let dice = Dice::new(seed, About::Name, u64::from(person) | 1 << 41);
    dice.per_mille(100).then(|| dice.one_of(EMOJI))
}

/// A day of birth, as `1984-02-29` is written.
pub(super) fn birth(seed: u64, person: u32) -> String {
    let dice = Dice::new(seed, About::Name, u64::from(person) | 1 << 42);
    let (year, month, day) = (dice.between(1935, 2007), dice.between(1, 12), dice.between(1, 28));
    format!("{year}-{month:02}-{day:02}")
}

/// Where somebody lives.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) street: String,
    pub(super) postcode: String,
    pub(super) city: &'static str,
}

/// The address of that number; a household has one, and whoever moves has another.
pub(super) fn address(seed: u64, british: bool, number: u64) -> Address {
    let dice = Dice::new(seed, About::Address, number);
    let house = dice.between(1, YEAR_DAYS);
    if british {
        let area = dice.one_of(&["WX", "NF", "AC"]);
        let (district, sector) = (dice.between(1, 28), dice.below(10));
        let unit = dice.one_of(&["AB", "DE", "HJ", "LN", "PQ", "RS", "TU", "WX"]);
        Address {
            street: format!("{house} {}", dice.one_of(STREETS_ENGLISH)),
            postcode: format!("{area}{district} {sector}{unit}"),
            city: dice.one_of(CITIES_ENGLISH),
        }
    } else {
        Address {
            street: format!("{house}, {}", dice.one_of(STREETS_FRENCH)),
            postcode: format!("{:05}", dice.between(1_000, 95_999)),
            city: dice.one_of(CITIES_FRENCH),
        }
    }
}
