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

use std::ops::ControlFlow;

use super::block::Blocks;
use super::compare::{Comparer, Comparison, LEVELS_MAX};
use super::parts::answers;
use super::progress::{Progress, Stage};
use super::rarity::Rarity;
use super::rule::BlockingRule;
use super::sample;
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
pub(super) fn train<B>(
    comparer: &Comparer<'_>,
    comparisons: &[Comparison],
    rarity: &Rarity,
    (blocks, rules): (&Blocks, &[BlockingRule]),
    content: &[u64],
    watch: &mut dyn FnMut(Progress) -> ControlFlow<B>,
) -> ControlFlow<B, Learnt> {
    let see =
        |a: u32, b: u32, teaches: u32| pattern(comparer, comparisons, rarity, (a, b), teaches);
    let teaches: Vec<u32> = rules.iter().map(|rule| taught_by(comparisons, rule)).collect();
    let drawn = sample::candidates(blocks, content, watch)?;
    let candidates = patterns(&drawn.pairs, drawn.each, |drawn| {
        let bits = (0..rules.len()).filter(|rule| drawn.found >> rule & 1 == 1);
        see(drawn.a, drawn.b, bits.fold(0, |bits, rule| bits | teaches[rule]))
    });
    let mut random = sample::random(content, |at| comparer.table.source(at));
    random.retain(|(a, b)| comparer.table.is_pair(*a, *b));
    let random = patterns(&random, 1.0, |(a, b)| see(*a, *b, 0));
    let all_pairs = comparer.table.pairs().max(1) as f64;
    let lesson = Lesson { comparisons, patterns: candidates, random, all_pairs };
    lesson.learn(comparer.table.len() as f64, watch)
}

/// So many pairs are compared at a time.
const CHUNK: usize = 1 << 15;

/// What pairs say, each pattern once with how often it was seen.
fn patterns<T: Sync>(
    pairs: &[T],
    each: f64,
    see: impl Fn(&T) -> Pattern + Sync,
) -> Vec<(Pattern, f64)> {
    let chunks: Vec<&[T]> = pairs.chunks(CHUNK).collect();
    let seen = answers(&chunks, |chunk| counted(chunk.iter().map(|pair| (see(pair), 1)).collect()));
    let seen = counted(seen.into_iter().flatten().collect()).into_iter();
    seen.map(|(pattern, times)| (pattern, times as f64 * each)).collect()
}

/// Equal patterns put together, in their order.
fn counted(mut seen: Vec<(Pattern, u64)>) -> Vec<(Pattern, u64)> {
    seen.sort_unstable();
    seen.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        kept.1 += if is_same { next.1 } else { 0 };
        is_same
    });
    seen.shrink_to_fit();
    seen
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

/// The comparisons that may learn from what a rule finds: those that look at none of its columns.
fn taught_by(comparisons: &[Comparison], rule: &BlockingRule) -> u32 {
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
    fn learn<B>(
        &self,
        records: f64,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<B>,
    ) -> ControlFlow<B, Learnt> {
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
        self.fit(&mut learnt, true, watch)?;
        if learnt.share_related < RELATED_MIN * learnt.share_same {
            learnt.share_related = 0.0;
            self.fit(&mut learnt, true, watch)?;
        } else {
            learnt.frees_personal = true;
            self.fit(&mut learnt, false, watch)?;
        }
        learnt.seen = self.seen(&learnt);
        ControlFlow::Continue(learnt)
    }

    /// How many pairs of one person taught each level of each comparison.
    fn seen(&self, learnt: &Learnt) -> Levels {
        let mut seen = vec![[0.0; LEVELS_MAX]; self.comparisons.len()];
        let judge = Judge::of(self.comparisons, learnt, !learnt.frees_personal);
        for (pattern, times) in &self.patterns {
            let [same, ..] = judge.one(pattern);
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

    fn fit<B>(
        &self,
        learnt: &mut Learnt,
        fixed: bool,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        for _ in 0..ROUNDS_MAX {
            let (stage, done) = (Stage::Fitting, learnt.rounds as u64);
            watch(Progress { stage, done, total: 2 * ROUNDS_MAX as u64 })?;
            let before = (learnt.share_same, learnt.share_related);
            self.round(learnt, fixed);
            learnt.rounds += 1;
            let moved = |now: f64, then: f64| {
                if then > 0.0 { (now.max(1e-300) / then).ln().abs() } else { 0.0 }
            };
            let still = moved(learnt.share_same, before.0) < 1e-3
                && moved(learnt.share_related, before.1) < 1e-3;
            if still {
                break;
            }
        }
        ControlFlow::Continue(())
    }

    fn round(&self, learnt: &mut Learnt, fixed: bool) {
        let judge = Judge::of(self.comparisons, learnt, fixed);
        let judged = judge.all(&self.patterns);
        let sum = |class: usize| -> f64 {
            self.patterns.iter().zip(&judged).map(|((_, times), of)| times * of[class]).sum()
        };
        let (same, related) = (sum(0), sum(1));
        let random = judge.all(&self.random);
        learnt.strangers = self.count(&self.random, |at| random[at][2], false);
        learnt.same = self.count(&self.patterns, |at| judged[at][0], true);
        if learnt.share_related > 0.0 {
            let counted = self.count(&self.patterns, |at| judged[at][1], true);
            learnt.related = self.keep_personal(counted, &learnt.strangers, fixed);
            learnt.share_related = related / self.all_pairs;
        }
        learnt.share_same = same / self.all_pairs;
    }
}

/// How much each level speaks for one person and for related people, in one round.
struct Judge {
    same: Levels,
    related: Levels,
    shares: [f64; 3],
    /// Whether related people's personal facts say nothing.
    fixed: bool,
}

impl Judge {
    fn of(comparisons: &[Comparison], learnt: &Learnt, fixed: bool) -> Self {
        let speaks = |own: &Levels, is_mute: &dyn Fn(&Comparison) -> bool| -> Levels {
            let levels = comparisons.iter().zip(own).zip(&learnt.strangers);
            let levels = levels.map(|((comparison, own), strangers)| {
                let mut speaks = [0.0; LEVELS_MAX];
                let count = comparison.level_count();
                for (level, speaks) in speaks[..count].iter_mut().enumerate() {
                    let rare = comparison.counts_rarity(level as u8);
                    let against = if rare { 0.0 } else { strangers[level].ln() };
                    *speaks = if is_mute(comparison) { 0.0 } else { own[level].ln() - against };
                }
                speaks
            });
            levels.collect()
        };
        Self {
            same: speaks(&learnt.same, &|_| false),
            related: speaks(&learnt.related, &|comparison| comparison.personal && fixed),
            shares: [learnt.share_same, learnt.share_related, learnt.share_strangers()],
            fixed,
        }
    }

    /// How probable each class is for each pattern.
    fn all(&self, patterns: &[(Pattern, f64)]) -> Vec<[f64; 3]> {
        let chunks: Vec<&[(Pattern, f64)]> = patterns.chunks(CHUNK).collect();
        let judged = answers(&chunks, |chunk| -> Vec<[f64; 3]> {
            chunk.iter().map(|(pattern, _)| self.one(pattern)).collect()
        });
        judged.into_iter().flatten().collect()
    }

    /// How probable each class is: the same, related, strangers.
    fn one(&self, pattern: &Pattern) -> [f64; 3] {
        let bits = |quarters: u16| f64::from(quarters) * 0.25 * std::f64::consts::LN_2;
        let mut same = bits(pattern.rarity);
        let mut related = bits(if self.fixed { pattern.rarity_impersonal } else { pattern.rarity });
        for (at, (to_same, to_related)) in self.same.iter().zip(&self.related).enumerate() {
            let Some(level) = pattern.level(at) else { continue };
            same += to_same[level];
            related += to_related[level];
        }
        let [share_same, share_related, strangers] = self.shares;
        let (same, related) = (share_same * same.exp(), share_related * related.exp());
        let all = same + related + strangers;
        [same / all, related / all, strangers / all]
    }
}
