//! Every candidate pair looked at once more and counted, none kept.
//!
//! Cost: weighs each candidate pair once more and each record with itself.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::block::place_of;
use super::curve::Curve;
use super::evaluate::Truth;
use super::link::Link;
use super::linker::Linker;
use super::model::{Millibits, Model};
use super::parts::answers;
use super::placed::Placed;
use super::progress::{Stage, each_wave};
use super::run::on;

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

/// So many records are weighed with themselves at a time.
const CHUNK: usize = 1 << 13;

/// What was seen of some pairs.
#[derive(Debug, Default)]
struct Seen {
    weights: BTreeMap<Millibits, (u64, u64)>,
    /// Those next to the threshold: how far from it, where they are, what they weigh.
    near: BTreeSet<(u64, u32, u32, Millibits)>,
}

impl Seen {
    fn take(&mut self, (a, b): (u32, u32), weight: Millibits, right: bool, threshold: Millibits) {
        let count = self.weights.entry(stepped(weight)).or_insert((0, 0));
        count.0 += 1;
        count.1 += u64::from(right);
        self.near((weight.abs_diff(threshold), a.min(b), a.max(b), weight));
    }

    fn near(&mut self, pair: (u64, u32, u32, Millibits)) {
        if self.near.len() < NEAR_MAX || self.near.last().is_some_and(|most| pair < *most) {
            self.near.insert(pair);
        }
        if self.near.len() > NEAR_MAX {
            self.near.pop_last();
        }
    }

    fn join(&mut self, other: Self) {
        for (weight, (pairs, right)) in other.weights {
            let count = self.weights.entry(weight).or_insert((0, 0));
            count.0 += pairs;
            count.1 += right;
        }
        other.near.into_iter().for_each(|pair| self.near(pair));
    }
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
        let placed = self.placed(model);
        let lots = self.blocks().lots();
        let mut state = (self.added(), Seen::default());
        let ControlFlow::Continue(()) = each_wave(
            (&lots, Stage::Weighing),
            &mut on,
            &mut state,
            |_, lot| {
                let mut seen = Seen::default();
                self.blocks().each_pair(lot, |a, b| {
                    let right = truth.is_some_and(|truth| truth.holds(a, b));
                    seen.take((a, b), placed.weigh(a, b), right, threshold);
                });
                seen
            },
            |(rules, all), lot, seen| {
                let counts = || seen.weights.values();
                rules[lot.rule].pairs += counts().map(|(pairs, _)| pairs).sum::<u64>();
                rules[lot.rule].right += counts().map(|(_, right)| right).sum::<u64>();
                all.join(seen);
            },
        );
        let (rules, Seen { weights, near }) = state;
        let doubtful = near.into_iter().map(|(_, a, b, weight)| Link { a, b, weight }).collect();
        let (alone, real) = (self.alone(&placed), truth.map_or(0, Truth::pairs));
        Survey { rules, weights, alone, doubtful, real }
    }

    /// What records weigh with themselves.
    fn alone(&self, placed: &Placed<'_>) -> BTreeMap<Millibits, u64> {
        let places: Vec<u32> = (0..place_of(self.table.len())).collect();
        let chunks: Vec<&[u32]> = places.chunks(CHUNK).collect();
        let counted = answers(&chunks, |chunk| {
            let mut counts = BTreeMap::new();
            for record in *chunk {
                *counts.entry(stepped(placed.weigh(*record, *record))).or_insert(0) += 1;
            }
            counts
        });
        let mut alone = BTreeMap::new();
        for (weight, count) in counted.into_iter().flatten() {
            *alone.entry(weight).or_insert(0) += count;
        }
        alone
    }

    /// The rules, before anything is counted.
    fn added(&self) -> Vec<Added> {
        let rules = self.rules.iter().enumerate();
        let added = rules.map(|(at, rule)| {
            let parts = rule.words(self.table.columns());
            let (_, lost) = self.blocks().found_and_lost(at);
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
