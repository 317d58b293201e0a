//! What was learnt, as integers: how much each level speaks for one person.

use serde::{Deserialize, Serialize};

use super::compare::{Comparer, Comparison};
use super::rarity::Rarity;
use super::train::Learnt;

/// Thousandths of a bit: 1,000 doubles the odds.
pub type Millibits = i64;

/// What no comparison exceeds: a level that was never seen must not decide alone.
const WEIGHT_MAX: f64 = 40_000.0;

/// What a class that hardly any pair belongs to has against it at most.
const PRIOR_MIN: f64 = -100_000.0;

/// How a pair of records speaks for each class.
///
/// Immutable once learnt. Weights are thousandths of a bit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// What is compared.
    pub comparisons: Vec<Weighed>,
    /// What speaks for one person before anything is compared.
    pub prior_same: Millibits,
    /// What speaks for related people; `None` where there are none to tell of.
    pub prior_related: Option<Millibits>,
    /// What speaks for strangers.
    pub prior_strangers: Millibits,
}

/// A comparison with the weight of each level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighed {
    /// What is compared.
    pub comparison: Comparison,
    /// For one person against strangers, from the best level; where rarity counts, without it.
    pub same: Vec<Millibits>,
    /// For related people against strangers.
    pub related: Vec<Millibits>,
    /// Whether rarity speaks for related people too.
    pub related_by_rarity: bool,
}

impl Model {
    pub(super) fn of(learnt: &Learnt, comparisons: &[Comparison]) -> Self {
        let bits = |share: f64| (share.log2() * 1_000.0).clamp(PRIOR_MIN, 0.0).round() as Millibits;
        let clamped = |ratio: f64| {
            (ratio.log2() * 1_000.0).clamp(-WEIGHT_MAX, WEIGHT_MAX).round() as Millibits
        };
        let has_related = learnt.share_related > 0.0;
        let weighed = comparisons.iter().enumerate().map(|(at, comparison)| {
            let levels = comparison.field.levels().len();
            let weigh = |own: &[f64], free: bool| -> Vec<Millibits> {
                let level = |level: usize| {
                    let rare = comparison.field.counts_rarity(level as u8) && free;
                    let strangers = if rare { 1.0 } else { learnt.strangers[at][level] };
                    clamped(own[level] / strangers)
                };
                (0..levels).map(level).collect()
            };
            let free = learnt.frees_personal || !comparison.personal;
            Weighed {
                comparison: comparison.clone(),
                same: weigh(&learnt.same[at], true),
                related: if free { weigh(&learnt.related[at], true) } else { vec![0; levels] },
                related_by_rarity: free,
            }
        });
        Self {
            comparisons: weighed.collect(),
            prior_same: bits(learnt.share_same),
            prior_related: has_related.then(|| bits(learnt.share_related)),
            prior_strangers: bits(learnt.share_strangers()),
        }
    }

    /// The weight of two records of a table; above 0: sooner one person than not.
    pub(super) fn weigh(
        &self,
        comparer: &Comparer<'_>,
        rarity: &Rarity,
        (a, b): (u32, u32),
    ) -> Millibits {
        let (mut same, mut related) = (self.prior_same, self.prior_related.unwrap_or(0));
        for weighed in &self.comparisons {
            let Some(level) = comparer.level(&weighed.comparison, a, b) else { continue };
            let rare = rarity.of(comparer.table, &weighed.comparison, level, (a, b));
            let rare = Millibits::from(rare);
            same += weighed.same[level as usize] + rare;
            related += weighed.related[level as usize];
            if weighed.related_by_rarity {
                related += rare;
            }
        }
        let strangers = self.prior_strangers;
        let others = match self.prior_related {
            Some(_) => added(related, strangers),
            None => strangers,
        };
        same - others
    }
}

/// The logarithm of the sum of two, from their logarithms.
fn added(one: Millibits, other: Millibits) -> Millibits {
    let (more, less) = (one.max(other), one.min(other));
    let apart = (less - more) as f64 / 1_000.0;
    more + ((1.0 + apart.exp2()).log2() * 1_000.0).round() as Millibits
}
