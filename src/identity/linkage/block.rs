//! Candidate pairs: records that agree in a few values, by any of several rules.
//!
//! # Law
//!
//! 1. A pair that several rules find comes once, with all rules that find it.
//! 2. What a block too large to be compared loses is counted, never silent.
//!
//! Cost: one sort of the records for each rule, eight bytes a record and rule; a pair costs one
//! look at a key for each rule. No pair is kept.

use std::ops::Range;

use super::compare::area;
use super::meaning::Meaning;
use super::parts::{answers_over, each_chunk};
use super::reading::blocked;
use super::table::{Column, Table};
use super::texts::hash;

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

/// Of a rule, the records that share a key with others.
#[derive(Debug, Default)]
struct Order {
    /// By key and place.
    records: Vec<u32>,
    /// Where each block begins, and the end.
    starts: Vec<u32>,
    /// Pairs in blocks; other rules may find them too.
    found: u64,
    /// Pairs in blocks too large to be compared; other rules may find them.
    lost: u64,
    /// The records of those.
    crowded: Vec<u32>,
}

/// Some blocks of a rule.
#[derive(Debug, Clone)]
pub(super) struct Lot {
    pub(super) rule: usize,
    blocks: Range<usize>,
    /// How many pairs they make.
    pub(super) pairs: u64,
}

/// Of each so many pairs a lot is made; one block may make more.
const LOT_PAIRS: u64 = 1 << 15;

/// So many records' keys are made at a time.
const CHUNK: usize = 1 << 13;

/// The records of a table by the keys of rules.
#[derive(Debug)]
pub(super) struct Blocks {
    rules: usize,
    /// Of each record, its key by each rule; 0 where it has none.
    keys: Vec<u32>,
    orders: Vec<Order>,
    /// Of each record, where it comes from; empty where that does not matter.
    sources: Vec<u16>,
}

impl Blocks {
    /// Lays the records out; a block of more than `block_max` records is not compared.
    pub(super) fn of(table: &Table, rules: &[Rule], block_max: usize) -> Self {
        let mut keys = keys(table, rules);
        let numbers: Vec<usize> = (0..rules.len()).collect();
        let order = |rule: &usize| Order::of(&keys, *rule, rules.len(), block_max);
        let mut orders = answers_over(table.len(), &numbers, order);
        for (order, rule) in orders.iter_mut().zip(0..) {
            for record in std::mem::take(&mut order.crowded) {
                keys[record as usize * rules.len() + rule] = 0;
            }
        }
        Self { rules: rules.len(), keys, orders, sources: table.sources() }
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

    /// All blocks of all rules, in lots of about as many pairs.
    pub(super) fn lots(&self) -> Vec<Lot> {
        let mut lots = Vec::new();
        for (rule, order) in self.orders.iter().enumerate() {
            let (mut first, mut sum) = (0, 0);
            let sizes = order.starts.windows(2).map(|ends| (ends[1] - ends[0]) as usize);
            for (at, size) in sizes.enumerate() {
                sum += pairs(size);
                if sum >= LOT_PAIRS || at + 2 == order.starts.len() {
                    lots.push(Lot { rule, blocks: first..at + 1, pairs: sum });
                    (first, sum) = (at + 1, 0);
                }
            }
        }
        lots
    }

    fn blocks(&self, lot: &Lot) -> impl Iterator<Item = &[u32]> {
        let order = &self.orders[lot.rule];
        let ends = order.starts[lot.blocks.start..=lot.blocks.end].windows(2);
        ends.map(|ends| &order.records[ends[0] as usize..ends[1] as usize])
    }

    /// Every pair that the lot's rule is the first to find.
    pub(super) fn each_pair(&self, lot: &Lot, mut take: impl FnMut(u32, u32)) {
        let found_before = |one: &[u32], other: u32| {
            let both = one.iter().zip(self.keys_of(other)).take(lot.rule);
            both.fold(false, |found, (one, other)| found | (one == other && *one != 0))
        };
        for block in self.blocks(lot) {
            for (at, a) in block.iter().enumerate() {
                let keys = self.keys_of(*a);
                let new = |b: &&u32| !found_before(keys, **b) && self.is_pair(*a, **b);
                block[at + 1..].iter().filter(new).for_each(|b| take(*a, *b));
            }
        }
    }

    /// Of the pairs that the lot's rule is the first to find those that are wanted, with all rules
    /// that find them.
    pub(super) fn each_wanted(
        &self,
        lot: &Lot,
        wanted: impl Fn(u32, u32) -> bool,
        mut take: impl FnMut(u32, u32, u32),
    ) {
        for block in self.blocks(lot) {
            for (at, a) in block.iter().enumerate() {
                for b in block[at + 1..].iter().filter(|b| wanted(*a, **b) && self.is_pair(*a, **b))
                {
                    let found = self.found_by(*a, *b);
                    if found.trailing_zeros() as usize == lot.rule {
                        take(*a, *b, found);
                    }
                }
            }
        }
    }

    fn is_pair(&self, a: u32, b: u32) -> bool {
        self.sources.is_empty() || self.sources[a as usize] != self.sources[b as usize]
    }

    /// Of a rule, the pairs in its blocks, and those lost in blocks too large to be compared.
    pub(super) fn found_and_lost(&self, rule: usize) -> (u64, u64) {
        (self.orders[rule].found, self.orders[rule].lost)
    }

    pub(super) fn rules(&self) -> usize {
        self.rules
    }
}

impl Order {
    fn of(keys: &[u32], rule: usize, rules: usize, block_max: usize) -> Self {
        let keyed = keys.chunks_exact(rules).zip(0_u32..).filter(|(keys, _)| keys[rule] != 0);
        let mut keyed: Vec<u64> =
            keyed.map(|(keys, at)| u64::from(keys[rule]) << 32 | u64::from(at)).collect();
        keyed.sort_unstable();
        let mut order = Self::default();
        for block in keyed.chunk_by(|one, other| one >> 32 == other >> 32) {
            let records = block.iter().map(|keyed| (*keyed & u64::from(u32::MAX)) as u32);
            if block.len() > block_max {
                order.lost += pairs(block.len());
                order.crowded.extend(records);
            } else if block.len() > 1 {
                order.found += pairs(block.len());
                order.starts.push(place_of(order.records.len()));
                order.records.extend(records);
            }
        }
        order.starts.push(place_of(order.records.len()));
        order.records.shrink_to_fit();
        order.starts.shrink_to_fit();
        order
    }
}

/// Places are numbered in four bytes.
pub(super) fn place_of(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// How many pairs so many records make.
pub(super) fn pairs(records: usize) -> u64 {
    let records = records as u64;
    records * records.saturating_sub(1) / 2
}

/// Of each record its key by each rule; 0 where it has none.
pub(super) fn keys(table: &Table, rules: &[Rule]) -> Vec<u32> {
    let mut parts: Vec<(usize, Cut)> = Vec::new();
    for part in rules.iter().flat_map(|rule| &rule.parts) {
        if !parts.contains(part) {
            parts.push(*part);
        }
    }
    // Of each distinct value, a number for what of it must agree; 0 where that is missing.
    let hashed: Vec<Vec<u64>> = answers_over(table.len(), &parts, |(column, cut)| {
        let column = &table.columns()[*column];
        let seed = seed(column.meaning(), *cut);
        let name = |text| blocked(column.meaning(), text);
        let hashed = column.texts.iter().map(|text| match part(*cut, &name(text)) {
            "" => 0,
            part => hash(seed, part.as_bytes()) | 1,
        });
        hashed.collect()
    });
    let place = |part| parts.iter().position(|known| known == part);
    let plan: Vec<Vec<usize>> =
        rules.iter().map(|rule| rule.parts.iter().filter_map(place).collect()).collect();
    let mut keys = vec![0; table.len() * rules.len()];
    each_chunk(&mut keys, CHUNK * rules.len(), |chunk, keys| {
        let mut of = vec![0_u64; parts.len()];
        for (keys, record) in keys.chunks_exact_mut(rules.len()).zip(chunk * CHUNK..) {
            for ((of, (column, _)), hashed) in of.iter_mut().zip(&parts).zip(&hashed) {
                *of = hashed[table.columns()[*column].cells[record] as usize];
            }
            for (key, parts) in keys.iter_mut().zip(&plan) {
                // The order of parts does not count, so that swapped names meet.
                let sum = parts.iter().fold(0, |sum: u64, part| sum.wrapping_add(of[*part]));
                let mixed = (sum.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32 | 1;
                *key = if parts.iter().any(|part| of[*part] == 0) { 0 } else { mixed };
            }
        }
    });
    keys
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
