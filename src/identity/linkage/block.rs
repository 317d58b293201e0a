//! Candidate pairs: records that agree in a few values, by any of several rules.
//!
//! # Law
//!
//! 1. A pair that several rules find comes once, with all rules that find it; so does a pair that
//!    shares several keys of one rule (`tests/linkage/blocking.rs`).
//! 2. What a block too large to be compared loses is counted, never silent.
//!
//! Cost: one sort of the records for each rule, eight bytes a record and rule; a pair costs one
//! look at a key for each rule. No pair is kept.

use std::ops::Range;

use super::keys::{Keys, Lists};
use super::parts::answers_over;
use super::rule::BlockingRule;
use super::table::Table;

/// Of a rule, the records that share a key with others.
#[derive(Debug, Default)]
struct Order {
    /// By key and place.
    records: Vec<u32>,
    /// Where each block begins, and the end.
    starts: Vec<u32>,
    /// Of a rule of several keys, the key of each block.
    keys: Vec<u32>,
    /// Pairs in blocks; other rules may find them too.
    found: u64,
    /// Pairs in blocks too large to be compared; other rules may find them.
    lost: u64,
    /// The keys and records of those, in order.
    crowded: Vec<u64>,
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

/// The records of a table by the keys of rules.
#[derive(Debug)]
pub(super) struct Blocks {
    keys: Keys,
    orders: Vec<Order>,
    /// Of each record, where it comes from; empty where that does not matter.
    sources: Vec<u16>,
}

impl Blocks {
    /// Lays the records out; a block of more than `block_max` records is not compared.
    pub(super) fn of(table: &Table, rules: &[BlockingRule], block_max: usize) -> Self {
        let (mut keys, sources) = (Keys::of(table, rules), table.sources());
        let numbers: Vec<usize> = (0..rules.len()).collect();
        let mut orders = answers_over(table.len(), &numbers, |rule| {
            let several = rule.checked_sub(keys.rules).map(|at| &keys.lists[at]);
            let keyed = match several {
                Some(lists) => lists.keyed().map(|(key, record)| keyed(key, record)).collect(),
                None => {
                    let rows = keys.rows.chunks_exact(keys.rules).zip(0_u32..);
                    let rows = rows.filter(|(row, _)| row[*rule] != 0);
                    rows.map(|(row, record)| keyed(row[*rule], record)).collect()
                }
            };
            Order::of(keyed, several.is_some(), &sources, block_max)
        });
        for (order, rule) in orders.iter_mut().zip(0..) {
            let crowded = std::mem::take(&mut order.crowded);
            if rule < keys.rules {
                crowded
                    .iter()
                    .for_each(|of| keys.rows[record(*of) as usize * keys.rules + rule] = 0);
            } else if !crowded.is_empty() {
                let lists = &mut keys.lists[rule - keys.rules];
                lists.retain(|key, record| crowded.binary_search(&keyed(key, record)).is_err());
            }
        }
        Self { keys, orders, sources }
    }

    /// The rules that find a pair, as bits.
    fn found_by(&self, a: u32, b: u32) -> u32 {
        let both = self.keys.row(a).iter().zip(self.keys.row(b));
        let found = both.zip(0..).fold(0, |bits, ((one, other), rule)| {
            bits | u32::from(one == other && *one != 0) << rule
        });
        let several = self.keys.lists.iter().zip(self.keys.rules..);
        several.fold(found, |bits, (lists, rule)| {
            bits | u32::from(lists.shared(a, b).is_some()) << rule
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
        if let Some(lists) = self.lists(lot) {
            return self.each_of_lists((lot, lists), |_, _| true, |a, b, _| take(a, b));
        }
        let found_before = |one: &[u32], other: u32| {
            let both = one.iter().zip(self.keys.row(other)).take(lot.rule);
            both.fold(false, |found, (one, other)| found | (one == other && *one != 0))
        };
        for block in self.blocks(lot) {
            for (at, a) in block.iter().enumerate() {
                let keys = self.keys.row(*a);
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
        if let Some(lists) = self.lists(lot) {
            return self.each_of_lists((lot, lists), wanted, take);
        }
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

    /// The lists of a rule of several keys.
    fn lists(&self, lot: &Lot) -> Option<&Lists> {
        self.keys.lists.get(lot.rule.checked_sub(self.keys.rules)?)
    }

    /// The same of a rule of several keys: a pair comes in the block of the first that it shares.
    fn each_of_lists(
        &self,
        (lot, lists): (&Lot, &Lists),
        wanted: impl Fn(u32, u32) -> bool,
        mut take: impl FnMut(u32, u32, u32),
    ) {
        let keys = &self.orders[lot.rule].keys[lot.blocks.clone()];
        for (block, key) in self.blocks(lot).zip(keys) {
            for (at, a) in block.iter().enumerate() {
                for b in block[at + 1..].iter().filter(|b| wanted(*a, **b) && self.is_pair(*a, **b))
                {
                    if lists.shared(*a, *b) != Some(*key) {
                        continue;
                    }
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
        self.orders.len()
    }
}

impl Order {
    fn of(mut keyed: Vec<u64>, has_keys: bool, sources: &[u16], block_max: usize) -> Self {
        keyed.sort_unstable();
        let mut order = Self::default();
        for block in keyed.chunk_by(|one, other| one >> 32 == other >> 32) {
            if block.len() > block_max {
                order.lost += pairs_between(block, sources);
                order.crowded.extend(block);
            } else if block.len() > 1 {
                order.found += pairs_between(block, sources);
                order.starts.push(place_of(order.records.len()));
                order.records.extend(block.iter().map(|of| record(*of)));
                if has_keys {
                    order.keys.push((block[0] >> 32) as u32);
                }
            }
        }
        order.starts.push(place_of(order.records.len()));
        order.records.shrink_to_fit();
        order.starts.shrink_to_fit();
        order
    }
}

/// A key with its record, in the order of keys.
fn keyed(key: u32, record: u32) -> u64 {
    u64::from(key) << 32 | u64::from(record)
}

fn record(keyed: u64) -> u32 {
    (keyed & u64::from(u32::MAX)) as u32
}

/// How many pairs a block makes, of records of different sources where there are several.
fn pairs_between(block: &[u64], sources: &[u16]) -> u64 {
    let all = pairs(block.len());
    if sources.is_empty() {
        return all;
    }
    let mut own: Vec<u16> = block.iter().map(|of| sources[record(*of) as usize]).collect();
    own.sort_unstable();
    all - own.chunk_by(|one, other| one == other).map(|own| pairs(own.len())).sum::<u64>()
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
