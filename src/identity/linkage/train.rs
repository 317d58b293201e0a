//! What the records themselves teach: how often people's facts agree, without labels.
//!
//! Expectation maximisation over three classes: one person, related people, strangers. How often
//! strangers agree is counted on random pairs. What blocking made equal teaches nothing about
//! itself: a comparison learns from pairs that other columns found.
//!
//! # Law
//!
//! 1. The same records in any order teach the same: what is sampled follows from content, and sums
//!    are taken in the order of what was seen.

use std::collections::BTreeMap;

use super::block::{Blocks, Rule, pairs};
use super::compare::{Comparer, Comparison, LEVELS_MAX};
use super::rarity::Rarity;
use super::table::Table;
use super::texts::hash;

/// Probabilities of each level of each comparison.
pub(super) type Levels = Vec<[f64; LEVELS_MAX]>;

/// What was learnt, before it is quantised.
#[derive(Debug, Clone)]
pub(super) struct Learnt {
    pub(super) same: Levels,
    pub(super) related: Levels,
    pub(super) strangers: Levels,
    /// How many of all pairs are of one person, and of related people.
    pub(super) share_same: f64,
    pub(super) share_related: f64,
    /// Whether related people's personal facts were learnt, too.
    pub(super) frees_personal: bool,
    pub(super) rounds: usize,
    /// How many pairs of one person taught each level.
    pub(super) seen: Levels,
}

impl Learnt {
    /// How many of all pairs are of strangers; never none, whatever rounding says.
    pub(super) fn share_strangers(&self) -> f64 {
        (1.0 - self.share_same - self.share_related).max(f64::EPSILON)
    }
}

/// Most candidate pairs that training looks at, and random pairs.
const PAIRS_MAX: u64 = 400_000;
const RANDOM_PAIRS: u64 = 1_000_000;
const ROUNDS_MAX: usize = 60;
/// A class that has fewer pairs than this share of the other's is none.
const RELATED_MIN: f64 = 0.05;

/// Two records' levels, how rare their equal values are, and which comparisons may learn from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Pattern {
    /// Four bits for each comparison: 0 where missing, else the level and one.
    levels: u128,
    /// Quarters of bits by which equal values are rarer than certain; without personal facts.
    rarity: u16,
    rarity_impersonal: u16,
    teaches: u32,
}

struct Lesson<'a> {
    comparisons: &'a [Comparison],
    patterns: Vec<(Pattern, f64)>,
    random: Vec<(Pattern, f64)>,
    all_pairs: f64,
}

/// Learns from a table's records.
pub(super) fn train(
    comparer: &Comparer<'_>,
    comparisons: &[Comparison],
    rarity: &Rarity,
    (blocks, rules): (&Blocks, &[Rule]),
    content: &[u64],
) -> Learnt {
    let see =
        |a: u32, b: u32, teaches: u32| pattern(comparer, comparisons, rarity, (a, b), teaches);
    let teaches: Vec<u32> = rules.iter().map(|rule| taught_by(comparisons, rule)).collect();
    let mut candidates = 0_u64;
    for rule in 0..blocks.rules() {
        blocks.each_pair(rule, |_, _, _| candidates += 1);
    }
    let every = candidates.div_ceil(PAIRS_MAX).max(1);
    let mut seen: BTreeMap<Pattern, u32> = BTreeMap::new();
    for rule in 0..blocks.rules() {
        blocks.each_pair(rule, |a, b, found| {
            let both = content[a as usize].wrapping_add(content[b as usize]);
            if every == 1 || hash(both, &[]).is_multiple_of(every) {
                let bits = (0..rules.len()).filter(|rule| found >> rule & 1 == 1);
                let taught = bits.fold(0, |bits, rule| bits | teaches[rule]);
                *seen.entry(see(a, b, taught)).or_insert(0) += 1;
            }
        });
    }
    let mut random: BTreeMap<Pattern, u32> = BTreeMap::new();
    for (a, b) in random_pairs(content).filter(|(a, b)| comparer.table.is_pair(*a, *b)) {
        *random.entry(see(a, b, 0)).or_insert(0) += 1;
    }
    let weigh = |seen: BTreeMap<Pattern, u32>, each: f64| -> Vec<(Pattern, f64)> {
        seen.into_iter().map(|(pattern, count)| (pattern, f64::from(count) * each)).collect()
    };
    let lesson = Lesson {
        comparisons,
        patterns: weigh(seen, every as f64),
        random: weigh(random, 1.0),
        all_pairs: comparer.table.pairs().max(1) as f64,
    };
    lesson.learn(comparer.table.len() as f64)
}

/// A number for what each record says, whatever its place.
pub(super) fn contents(table: &Table) -> Vec<u64> {
    let mut sums = vec![0_u64; table.len()];
    for (column, place) in table.columns().iter().zip(1_u64..) {
        let hashes: Vec<u64> =
            column.texts.iter().map(|text| hash(place, text.as_bytes())).collect();
        for (sum, cell) in sums.iter_mut().zip(&column.cells) {
            *sum = sum.wrapping_mul(31).wrapping_add(hashes[*cell as usize]);
        }
    }
    sums
}

/// Pairs of records by their ranks in content.
fn random_pairs(content: &[u64]) -> impl Iterator<Item = (u32, u32)> {
    let mut ranks: Vec<u32> = (0..content.len()).filter_map(|at| u32::try_from(at).ok()).collect();
    ranks.sort_unstable_by_key(|at| content[*at as usize]);
    let (records, mut state) = (ranks.len() as u64, 1_u64);
    let mut draw = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        hash(state, &[]) % records.max(1)
    };
    let all = pairs(content.len());
    // Of a few records every pair is looked at, once.
    let few = if all <= RANDOM_PAIRS { ranks.clone() } else { Vec::new() };
    let every = (0..few.len()).flat_map(move |at| {
        let (one, others) = (few[at], few[at + 1..].to_vec());
        others.into_iter().map(move |other| (one, other))
    });
    let drawn = if all <= RANDOM_PAIRS { 0 } else { RANDOM_PAIRS };
    every.chain((0..drawn).filter_map(move |_| {
        let (one, other) = (draw(), draw());
        (one != other).then(|| (ranks[one as usize], ranks[other as usize]))
    }))
}

/// The comparisons that may learn from what a rule finds: those that look at none of its columns.
fn taught_by(comparisons: &[Comparison], rule: &Rule) -> u32 {
    comparisons.iter().zip(0..).fold(0, |bits, (comparison, at)| {
        let used = rule.uses(comparison.column) || comparison.beside.is_some_and(|b| rule.uses(b));
        bits | u32::from(!used) << at
    })
}

fn pattern(
    comparer: &Comparer<'_>,
    comparisons: &[Comparison],
    rarity: &Rarity,
    (a, b): (u32, u32),
    teaches: u32,
) -> Pattern {
    let (mut levels, mut bits, mut impersonal) = (0, 0, 0);
    for (comparison, at) in comparisons.iter().zip(0..) {
        let Some(level) = comparer.level(comparison, a, b) else { continue };
        levels |= u128::from(level + 1) << (4 * at);
        let rare = rarity.of(comparer.table, comparison, level, (a, b));
        bits += rare;
        if !comparison.personal {
            impersonal += rare;
        }
    }
    let quarters = |millibits: i32| u16::try_from(millibits / 250).unwrap_or(u16::MAX);
    let (rarity, rarity_impersonal) = (quarters(bits), quarters(impersonal));
    Pattern { levels, rarity, rarity_impersonal, teaches }
}

impl Pattern {
    fn level(&self, comparison: usize) -> Option<usize> {
        ((self.levels >> (4 * comparison) & 15) as usize).checked_sub(1)
    }
}

impl Lesson<'_> {
    fn learn(&self, records: f64) -> Learnt {
        let same = self.start();
        let strangers = self.count(&self.random, |_| 1.0, false);
        let related = self.keep_personal(same.clone(), &strangers, true);
        let (share_same, share_related) =
            (0.3 * records / self.all_pairs, 0.1 * records / self.all_pairs);
        let mut learnt = Learnt {
            same,
            related,
            strangers,
            share_same,
            share_related,
            frees_personal: false,
            rounds: 0,
            seen: Levels::new(),
        };
        self.fit(&mut learnt, true);
        if learnt.share_related < RELATED_MIN * learnt.share_same {
            learnt.share_related = 0.0;
            self.fit(&mut learnt, true);
        } else {
            learnt.frees_personal = true;
            self.fit(&mut learnt, false);
        }
        learnt.seen = self.seen(&learnt);
        learnt
    }

    /// How many pairs of one person taught each level of each comparison.
    fn seen(&self, learnt: &Learnt) -> Levels {
        let mut seen = vec![[0.0; LEVELS_MAX]; self.comparisons.len()];
        for (pattern, times) in &self.patterns {
            let [same, ..] = self.judge(learnt, pattern, !learnt.frees_personal);
            for (comparison, seen) in seen.iter_mut().enumerate() {
                if let (Some(level), 1) =
                    (pattern.level(comparison), pattern.teaches >> comparison & 1)
                {
                    seen[level] += same * times;
                }
            }
        }
        seen
    }

    fn start(&self) -> Levels {
        let levels = self.comparisons.iter().map(|comparison| {
            let count = comparison.level_count();
            let mut start = [0.0; LEVELS_MAX];
            start[0] = 0.8;
            start[count - 1] = 0.05;
            let mut next = 0.12;
            for level in &mut start[1..count - 1] {
                *level = next;
                next /= 2.0;
            }
            let sum: f64 = start.iter().sum();
            start.map(|level| level / sum)
        });
        levels.collect()
    }

    /// Related people differ in personal facts as strangers do, where that is held fixed.
    fn keep_personal(&self, mut related: Levels, strangers: &Levels, fixed: bool) -> Levels {
        for ((comparison, own), theirs) in self.comparisons.iter().zip(&mut related).zip(strangers)
        {
            if comparison.personal && fixed {
                *own = *theirs;
            }
        }
        related
    }

    /// How often each level was seen, by weights; a little for what was not.
    fn count(
        &self,
        patterns: &[(Pattern, f64)],
        weight: impl Fn(usize) -> f64,
        only_taught: bool,
    ) -> Levels {
        let mut counts: Levels = self
            .comparisons
            .iter()
            .map(|comparison| {
                let mut count = [0.0; LEVELS_MAX];
                count[..comparison.level_count()].fill(0.5);
                count
            })
            .collect();
        for (at, (pattern, times)) in patterns.iter().enumerate() {
            let weight = weight(at) * times;
            for (comparison, count) in counts.iter_mut().enumerate() {
                let taught = !only_taught || pattern.teaches >> comparison & 1 == 1;
                if let (Some(level), true) = (pattern.level(comparison), taught) {
                    count[level] += weight;
                }
            }
        }
        for count in &mut counts {
            let sum: f64 = count.iter().sum();
            count.iter_mut().for_each(|level| *level /= sum);
        }
        counts
    }

    fn fit(&self, learnt: &mut Learnt, fixed: bool) {
        for _ in 0..ROUNDS_MAX {
            let before = (learnt.share_same, learnt.share_related);
            self.round(learnt, fixed);
            learnt.rounds += 1;
            let moved = |now: f64, then: f64| {
                if then > 0.0 { (now.max(1e-300) / then).ln().abs() } else { 0.0 }
            };
            let still = moved(learnt.share_same, before.0) < 1e-3
                && moved(learnt.share_related, before.1) < 1e-3;
            if still {
                return;
            }
        }
    }

    fn round(&self, learnt: &mut Learnt, fixed: bool) {
        let judged: Vec<[f64; 3]> =
            self.patterns.iter().map(|(pattern, _)| self.judge(learnt, pattern, fixed)).collect();
        let sum = |class: usize| -> f64 {
            self.patterns.iter().zip(&judged).map(|((_, times), of)| times * of[class]).sum()
        };
        let (same, related) = (sum(0), sum(1));
        let random: Vec<f64> =
            self.random.iter().map(|(pattern, _)| self.judge(learnt, pattern, fixed)[2]).collect();
        learnt.strangers = self.count(&self.random, |at| random[at], false);
        learnt.same = self.count(&self.patterns, |at| judged[at][0], true);
        if learnt.share_related > 0.0 {
            let counted = self.count(&self.patterns, |at| judged[at][1], true);
            learnt.related = self.keep_personal(counted, &learnt.strangers, fixed);
            learnt.share_related = related / self.all_pairs;
        }
        learnt.share_same = same / self.all_pairs;
    }

    /// How probable each class is: the same, related, strangers.
    fn judge(&self, learnt: &Learnt, pattern: &Pattern, fixed: bool) -> [f64; 3] {
        let bits = |quarters: u16| f64::from(quarters) * 0.25 * std::f64::consts::LN_2;
        let mut same = bits(pattern.rarity);
        let mut related = bits(if fixed { pattern.rarity_impersonal } else { pattern.rarity });
        for (at, comparison) in self.comparisons.iter().enumerate() {
            let Some(level) = pattern.level(at) else { continue };
            let rare = comparison.counts_rarity(level as u8);
            let strangers = learnt.strangers[at][level].ln();
            same += learnt.same[at][level].ln() - if rare { 0.0 } else { strangers };
            let own = learnt.related[at][level].ln();
            if !(comparison.personal && fixed) {
                related += own - if rare { 0.0 } else { strangers };
            }
        }
        let same = learnt.share_same * same.exp();
        let related = learnt.share_related * related.exp();
        let strangers = learnt.share_strangers();
        let all = same + related + strangers;
        [same / all, related / all, strangers / all]
    }
}
