//! Every candidate pair looked at once more and counted, none kept.
//!
//! Cost: weighs each candidate pair once more and each record with itself.

use std::collections::{BTreeMap, BTreeSet};

use super::curve::Curve;
use super::evaluate::Truth;
use super::link::Link;
use super::linker::Linker;
use super::model::{Millibits, Model};

/// Weights are counted in steps of an eighth of a bit.
const STEP: Millibits = 125;

/// Of how many pairs next to the threshold is remembered where they are.
const NEAR_MAX: usize = 256;

/// What a blocking rule adds to those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// In what its pairs agree: columns, and of some which part.
    pub parts: Vec<String>,
    /// Pairs that no rule before it finds.
    pub pairs: u64,
    /// How many of these are one person's; 0 without a truth.
    pub right: u64,
    /// Pairs lost in blocks too large to be compared.
    pub lost: u64,
}

/// Candidate pairs, counted.
#[derive(Debug, Clone)]
pub struct Survey {
    /// Of each blocking rule, what it adds.
    pub rules: Vec<Added>,
    /// Of each weight from which an eighth of a bit begins: the pairs, and those of one person.
    pub weights: BTreeMap<Millibits, (u64, u64)>,
    /// Of each such weight, how many records weigh so much with themselves: no other record
    /// reaches more.
    pub alone: BTreeMap<Millibits, u64>,
    /// The pairs whose weights are next to the threshold, the nearest first.
    pub doubtful: Vec<Link>,
    /// How many pairs are in truth one person's; 0 without a truth.
    pub real: u64,
}

impl Linker {
    /// Looks at every candidate pair, without keeping it.
    pub fn survey(&self, model: &Model, threshold: Millibits, truth: Option<&Truth>) -> Survey {
        let mut weights = BTreeMap::new();
        let mut near: BTreeSet<(u64, u32, u32, Millibits)> = BTreeSet::new();
        let (mut rules, placed) = (self.added(), self.placed(model));
        for lot in self.blocks.lots() {
            let added = &mut rules[lot.rule];
            self.blocks.each_pair(&lot, |a, b| {
                let right = truth.is_some_and(|truth| truth.holds(a, b));
                let weight = placed.weigh(a, b);
                added.pairs += 1;
                added.right += u64::from(right);
                let count = weights.entry(stepped(weight)).or_insert((0, 0));
                count.0 += 1;
                count.1 += u64::from(right);
                let apart = weight.abs_diff(threshold);
                if near.len() < NEAR_MAX || near.last().is_some_and(|(most, ..)| apart < *most) {
                    near.insert((apart, a.min(b), a.max(b), weight));
                }
                if near.len() > NEAR_MAX {
                    near.pop_last();
                }
            });
        }
        let mut alone = BTreeMap::new();
        for record in 0..u32::try_from(self.table.len()).unwrap_or(u32::MAX) {
            let weight = placed.weigh(record, record);
            *alone.entry(stepped(weight)).or_insert(0) += 1;
        }
        let doubtful = near.into_iter().map(|(_, a, b, weight)| Link { a, b, weight }).collect();
        let real = truth.map_or(0, Truth::pairs);
        Survey { rules, weights, alone, doubtful, real }
    }

    /// The rules, before anything is counted.
    fn added(&self) -> Vec<Added> {
        let rules = self.rules.iter().enumerate();
        let added = rules.map(|(at, rule)| {
            let parts = rule.words(self.table.columns());
            let (_, lost) = self.blocks.found_and_lost(at);
            Added { parts, pairs: 0, right: 0, lost }
        });
        added.collect()
    }
}

fn stepped(weight: Millibits) -> Millibits {
    weight.div_euclid(STEP) * STEP
}

impl Survey {
    /// How right the candidate pairs are that weigh at least so much, for each eighth of a bit.
    pub fn curve(&self) -> Curve {
        Curve::of_counts(&self.weights, self.real)
    }

    /// How many records there are whose weight with themselves is below a threshold: whatever
    /// else were said of them, nobody could link them.
    pub fn unlinkable(&self, threshold: Millibits) -> u64 {
        self.alone.range(..threshold).map(|(_, records)| records).sum()
    }
}
