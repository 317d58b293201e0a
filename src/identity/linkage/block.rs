//! Candidate pairs: records that agree in a few values, by any of several rules.
//!
//! # Law
//!
//! 1. A pair that several rules find comes once, with all rules that find it.
//! 2. What a block too large to be compared loses is counted, never silent.
//!
//! Cost: one sort of the records for each rule, eight bytes a record and rule; a pair costs one
//! look at a key for each rule. No pair is kept.

use super::compare::area;
use super::meaning::Meaning;
use super::table::{Column, Table};
use super::texts::{MISSING, hash};

/// Most rules of a plan.
pub(super) const RULES_MAX: usize = 32;

/// What of a value must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Whole,
    /// So many first letters.
    First(usize),
    /// The area of a postal code, the year of a date.
    Area,
    /// The day and the month of a date.
    Day,
    /// What stands before the `@`.
    User,
}

type Part = (Meaning, Cut);

use Cut::{Area, Day, First, User, Whole};
use Meaning::{
    AddressLine, BirthDate, City, Email, FirstName, HouseNumber, NationalId, Phone, PostalCode,
    Surname,
};

/// The rules for columns of known meaning; others find nobody. Of two columns of one meaning the
/// first counts. Names may stand in each other's place.
const RULES: [&[Part]; 24] = [
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
    &[(FirstName, Whole), (Surname, Whole), (BirthDate, Area)],
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
    &[(AddressLine, Whole), (BirthDate, Area)],
    &[(HouseNumber, Whole), (PostalCode, Whole)],
];

/// A rule over the columns of a table.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    parts: Vec<(usize, Cut)>,
}

impl Rule {
    pub(super) fn uses(&self, column: usize) -> bool {
        self.parts.iter().any(|(part, _)| *part == column)
    }

    /// What must agree, in words.
    pub(super) fn words(&self, columns: &[Column]) -> Vec<String> {
        let part = |(at, cut): &(usize, Cut)| {
            let column = &columns[*at];
            let cut = match cut {
                Whole => return column.name().to_owned(),
                First(1) => "1 letter".to_owned(),
                First(letters) => format!("{letters} letters"),
                Area if column.meaning() == BirthDate => "year".to_owned(),
                Area => "area".to_owned(),
                Day => "day".to_owned(),
                User => "user".to_owned(),
            };
            format!("{} ({cut})", column.name())
        };
        self.parts.iter().map(part).collect()
    }
}

/// The rules whose columns are all there.
pub(super) fn rules_for(columns: &[Column]) -> Vec<Rule> {
    let find = |meaning| columns.iter().position(|column| column.meaning() == meaning);
    let of = |parts: &&[Part]| -> Option<Rule> {
        let parts = parts.iter().map(|(meaning, cut)| Some((find(*meaning)?, *cut)));
        Some(Rule { parts: parts.collect::<Option<_>>()? })
    };
    RULES.iter().filter_map(of).take(RULES_MAX).collect()
}

/// The records of a table by the keys of rules.
#[derive(Debug)]
pub(super) struct Blocks {
    rules: usize,
    /// Of each record, its key by each rule; 0 where it has none.
    keys: Vec<u32>,
    /// Of each rule, the records that have a key, by key and place.
    orders: Vec<Vec<u32>>,
    /// Of each record, where it comes from; empty where that does not matter.
    sources: Vec<u16>,
    /// Pairs in blocks too large to be compared, by rule.
    pub(super) lost: Vec<u64>,
}

impl Blocks {
    /// Lays the records out; a block of more than `block_max` records is not compared.
    pub(super) fn of(table: &Table, rules: &[Rule], block_max: usize) -> Self {
        let (count, keys) = (rules.len(), keys(table, rules));
        let (orders, lost, sources) = (Vec::new(), Vec::new(), table.sources());
        let mut blocks = Self { rules: count, keys, orders, sources, lost };
        for rule in 0..count {
            blocks.order(rule, block_max);
        }
        blocks
    }

    fn order(&mut self, rule: usize, block_max: usize) {
        let keys = self.keys.chunks_exact(self.rules).zip(0_u32..);
        let keyed = keys.filter(|(keys, _)| keys[rule] != 0);
        let mut keyed: Vec<u64> =
            keyed.map(|(keys, at)| u64::from(keys[rule]) << 32 | u64::from(at)).collect();
        keyed.sort_unstable();
        let (mut order, mut lost) = (Vec::with_capacity(keyed.len()), 0);
        for block in keyed.chunk_by(|one, other| one >> 32 == other >> 32) {
            let records = block.iter().map(|keyed| (*keyed & u64::from(u32::MAX)) as u32);
            if block.len() > block_max {
                lost += pairs(block.len());
                records.for_each(|at| self.keys[at as usize * self.rules + rule] = 0);
            } else if block.len() > 1 {
                order.extend(records);
            }
        }
        order.shrink_to_fit();
        self.orders.push(order);
        self.lost.push(lost);
    }

    fn keys_of(&self, record: u32) -> &[u32] {
        let at = record as usize * self.rules;
        &self.keys[at..at + self.rules]
    }

    /// The rules that find a pair, as bits.
    fn found_by(&self, a: u32, b: u32) -> u32 {
        let both = self.keys_of(a).iter().zip(self.keys_of(b));
        both.zip(0..).fold(0, |bits, ((one, other), rule)| {
            bits | u32::from(one == other && *one != 0) << rule
        })
    }

    /// Every pair that this rule is the first to find, with all rules that find it.
    pub(super) fn each_pair(&self, rule: usize, mut take: impl FnMut(u32, u32, u32)) {
        let key = |record: &u32| self.keys_of(*record)[rule];
        for block in self.orders[rule].chunk_by(|one, other| key(one) == key(other)) {
            for (at, a) in block.iter().enumerate() {
                for b in &block[at + 1..] {
                    if self.is_within_a_source(*a, *b) {
                        continue;
                    }
                    let found = self.found_by(*a, *b);
                    if found.trailing_zeros() as usize == rule {
                        take(*a, *b, found);
                    }
                }
            }
        }
    }

    fn is_within_a_source(&self, a: u32, b: u32) -> bool {
        !self.sources.is_empty() && self.sources[a as usize] == self.sources[b as usize]
    }

    pub(super) fn rules(&self) -> usize {
        self.rules
    }
}

/// How many pairs so many records make.
pub(super) fn pairs(records: usize) -> u64 {
    let records = records as u64;
    records * records.saturating_sub(1) / 2
}

/// Of each record its key by each rule; 0 where it has none.
pub(super) fn keys(table: &Table, rules: &[Rule]) -> Vec<u32> {
    let count = rules.len();
    let mut keys = vec![0; table.len() * count];
    for (at, rule) in rules.iter().enumerate() {
        fill(table, rule, at, count, &mut keys);
    }
    keys
}

fn fill(table: &Table, rule: &Rule, at: usize, count: usize, keys: &mut [u32]) {
    // The order of parts does not count, so that swapped names meet.
    let mut sums = vec![Some(0_u64); table.len()];
    for (column, cut) in &rule.parts {
        let column = &table.columns()[*column];
        let seed = seed(column.meaning(), *cut);
        let parts: Vec<u64> = column
            .texts
            .iter()
            .map(|text| match part(*cut, text) {
                "" => 0,
                part => hash(seed, part.as_bytes()) | 1,
            })
            .collect();
        for (sum, cell) in sums.iter_mut().zip(&column.cells) {
            let part = if *cell == MISSING { 0 } else { parts[*cell as usize] };
            *sum = sum.filter(|_| part != 0).map(|sum| sum.wrapping_add(part));
        }
    }
    for (record, sum) in sums.into_iter().enumerate() {
        let key = sum.map_or(0, |sum| (sum.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32 | 1);
        keys[record * count + at] = key;
    }
}

/// Values of a first name and a surname are of one kind.
fn seed(meaning: Meaning, cut: Cut) -> u64 {
    let kind = if meaning == Surname { FirstName as u64 } else { meaning as u64 };
    let cut = match cut {
        Whole => 1,
        First(letters) => 8 + letters as u64,
        Area => 2,
        Day => 3,
        User => 4,
    };
    kind << 8 | cut
}

fn part(cut: Cut, text: &str) -> &str {
    match cut {
        Whole => text,
        First(letters) => text.char_indices().nth(letters).map_or(text, |(end, _)| &text[..end]),
        Area if is_date(text) => &text[..4],
        Area => area(text),
        Day if is_date(text) => &text[4..],
        Day => "",
        User => text.split('@').next().unwrap_or(text),
    }
}

fn is_date(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit())
}
