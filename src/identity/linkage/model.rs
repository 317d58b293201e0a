//! What was learnt, as integers: how much each level speaks for one person.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::compare::{Comparer, Comparison};
use super::document::Document;
use super::meaning::Meaning;
use super::nickname::Nicknames;
use super::rarity::{Frequency, Rarity};
use super::rule::BlockingRule;
use super::share::Share;
use super::table::Column;
use super::train::Learnt;
use super::unsound::ModelError;

pub use crate::model::Millibits;

/// What no comparison exceeds: a level that was never seen must not decide alone.
pub(super) const WEIGHT_MAX: f64 = 40_000.0;

/// What a class that hardly any pair belongs to has against it at most.
pub(super) const PRIOR_MIN: f64 = -100_000.0;

/// How a pair of records speaks for each class: one immutable document.
///
/// Weights are thousandths of a bit, and what decides; probabilities are kept for people and other
/// programs. [`Model::to_json`] writes it with columns by their names, and [`Model::from_json`]
/// reads it; [`Linker::with`](super::Linker::with) links any table that has its columns.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Document", into = "Document")]
pub struct Model {
    /// The columns of the table that taught it, by which comparisons name theirs.
    pub columns: Vec<Named>,
    /// What is compared.
    pub comparisons: Vec<Weighed>,
    /// What speaks for one person before anything is compared.
    pub prior_same: Millibits,
    /// What speaks for related people; `None` where there are none to tell of.
    pub prior_related: Option<Millibits>,
    /// What speaks for strangers.
    pub prior_strangers: Millibits,
    /// Of all pairs, how many are of one person.
    pub share_same: Share,
    /// Of all pairs, how many are of related people.
    pub share_related: Share,
    /// From which weight on a pair links.
    pub threshold: Millibits,
    /// From which weight on a pair that does not link is for people to look at.
    pub review: Option<Millibits>,
    /// How many records taught it.
    pub records: u64,
    /// What they said, as 32 hexadecimal digits; in any order the same.
    pub fingerprint: String,
    /// By which rules pairs are found.
    pub(super) blocking: Vec<BlockingRule>,
    /// Which first names are familiar forms of which others.
    pub(super) nicknames: Arc<Nicknames>,
    /// How often values occur.
    pub(super) frequencies: Arc<Vec<Frequency>>,
}

/// A column by its name, with what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// What it means, by which its values are cleaned.
    pub meaning: Meaning,
}

impl Named {
    pub(super) fn of(column: &Column) -> Self {
        Self { name: column.name().to_owned(), meaning: column.meaning() }
    }
}

/// A comparison with the weight of each level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighed {
    /// What is compared.
    pub comparison: Comparison,
    /// For one person against strangers, from the best level; where rarity counts, without it.
    pub same: Vec<Millibits>,
    /// For related people against strangers.
    pub related: Vec<Millibits>,
    /// Whether rarity speaks for related people too.
    pub related_by_rarity: bool,
    /// How often each level is met by two records of one person: the m probability.
    pub m: Vec<Share>,
    /// How often by those of strangers: the u probability.
    pub u: Vec<Share>,
    /// How often by those of related people.
    pub m_related: Vec<Share>,
    /// How many pairs of one person taught each level; empty where nobody counted.
    pub pairs: Vec<u64>,
}

impl Weighed {
    /// What a level speaks for one person before it is quantised, in bits: log2 (m / u).
    ///
    /// Where rarity counts, [`Weighed::same`] is without u: how rare the value is takes its place.
    pub fn bits(&self, level: usize) -> Option<f64> {
        Some(bits(self.m.get(level)?.get(), self.u.get(level)?.get()))
    }
}

impl Model {
    pub(super) fn of(learnt: &Learnt, comparisons: &[Comparison], untaught: Self) -> Self {
        let has_related = learnt.share_related > 0.0;
        let weighed = comparisons.iter().enumerate().map(|(at, comparison)| {
            let levels = comparison.level_count();
            let shares =
                |own: &[f64]| own[..levels].iter().map(|share| Share::of(*share)).collect();
            let free = learnt.frees_personal || !comparison.personal;
            let unmoved = vec![0; levels];
            let (m, u) = (&learnt.same[at], &learnt.strangers[at]);
            let related = &learnt.related[at];
            Weighed {
                same: weights(comparison, m, u),
                related: if free { weights(comparison, related, u) } else { unmoved },
                related_by_rarity: free,
                m: shares(m),
                u: shares(u),
                m_related: shares(related),
                pairs: learnt.seen[at][..levels].iter().map(|pairs| pairs.round() as u64).collect(),
                comparison: comparison.clone(),
            }
        });
        Self {
            comparisons: weighed.collect(),
            prior_same: prior(learnt.share_same),
            prior_related: has_related.then(|| prior(learnt.share_related)),
            prior_strangers: prior(learnt.share_strangers()),
            share_same: Share::of(learnt.share_same),
            share_related: Share::of(learnt.share_related),
            ..untaught
        }
    }

    /// The model as a JSON document, with the same bytes for the same model.
    ///
    /// # Errors
    ///
    /// [`ModelError`] where it could not be read again: two columns have one name.
    pub fn to_json(&self) -> Result<String, ModelError> {
        Document::from(self.clone()).write()
    }

    /// Reads a model that [`Model::to_json`] wrote, in this version or an older one.
    ///
    /// # Errors
    ///
    /// [`ModelError`] says what is wrong with it; nothing is guessed or left out.
    pub fn from_json(json: &str) -> Result<Self, ModelError> {
        Document::read(json)?.try_into()
    }

    /// By which rules pairs are found, those by which a record has several keys last.
    pub fn blocking(&self) -> &[BlockingRule] {
        &self.blocking
    }

    /// The columns that a table needs, so that nothing of the model is lost.
    pub(super) fn needs(&self) -> impl Iterator<Item = &Named> {
        let used = |at: usize| {
            let uses =
                |of: &Weighed| of.comparison.column == at || of.comparison.beside == Some(at);
            self.comparisons.iter().any(uses) || self.blocking.iter().any(|rule| rule.uses(at))
        };
        self.columns.iter().enumerate().filter(move |(at, _)| used(*at)).map(|(_, column)| column)
    }

    /// The same with columns at the places at which a table has them. A comparison of a column that
    /// the table lacks is left out, as if each record lacked the value.
    pub(super) fn placed(&self, columns: &[Column]) -> Cow<'_, Self> {
        let is_there = |(at, own): (usize, &Named)| {
            columns.get(at).is_some_and(|column| column.name() == own.name)
        };
        if self.columns.iter().enumerate().all(is_there) {
            return Cow::Borrowed(self);
        }
        let find = |at: usize| {
            let name = &self.columns.get(at)?.name;
            columns.iter().position(|column| column.name() == name)
        };
        let place = |weighed: &Weighed| {
            let column = find(weighed.comparison.column)?;
            let beside = weighed.comparison.beside.and_then(find);
            let comparison = Comparison { column, beside, ..weighed.comparison.clone() };
            Some(Weighed { comparison, ..weighed.clone() })
        };
        let rule = |rule: &BlockingRule| {
            let parts = rule.parts.iter().map(|(at, facet)| Some((find(*at)?, *facet)));
            Some(BlockingRule { parts: parts.collect::<Option<_>>()? })
        };
        let known = |frequency: &Frequency| {
            find(frequency.column).map(|column| Frequency { column, ..frequency.clone() })
        };
        Cow::Owned(Self {
            columns: columns.iter().map(Named::of).collect(),
            comparisons: self.comparisons.iter().filter_map(place).collect(),
            blocking: self.blocking.iter().filter_map(rule).collect(),
            frequencies: Arc::new(self.frequencies.iter().filter_map(known).collect()),
            ..self.clone()
        })
    }

    /// The weight of two records of a table; above 0: sooner one person than not.
    pub(super) fn weigh(
        &self,
        comparer: &Comparer<'_>,
        rarity: &Rarity,
        pair: (u32, u32),
    ) -> Millibits {
        self.judge(comparer, rarity, pair).0
    }

    /// The weight of two records, and whether they are sooner related people than one person or
    /// strangers.
    pub(super) fn judge(
        &self,
        comparer: &Comparer<'_>,
        rarity: &Rarity,
        pair: (u32, u32),
    ) -> (Millibits, bool) {
        let (same, related) = self.speak(comparer, rarity, pair);
        let strangers = self.prior_strangers;
        let Some(related) = related else { return (same - strangers, false) };
        let is_related = related > same.max(strangers) && related >= added(same, strangers);
        (same - added(related, strangers), is_related)
    }

    /// What two records speak for one person, and for related people where there are any.
    pub(super) fn speak(
        &self,
        comparer: &Comparer<'_>,
        rarity: &Rarity,
        (a, b): (u32, u32),
    ) -> (Millibits, Option<Millibits>) {
        let (mut same, mut related) = (self.prior_same, self.prior_related.unwrap_or(0));
        for weighed in &self.comparisons {
            let Some(level) = comparer.level(&weighed.comparison, a, b) else { continue };
            let rare = rarity.of(comparer.table, &weighed.comparison, level, (a, b));
            let rare = Millibits::from(rare);
            let at = |weights: &[Millibits]| weights.get(level as usize).copied().unwrap_or(0);
            same += at(&weighed.same) + rare;
            related += at(&weighed.related);
            if weighed.related_by_rarity {
                related += rare;
            }
        }
        (same, self.prior_related.map(|_| related))
    }
}

/// What each level speaks for a class against strangers; where rarity counts, without it.
pub(super) fn weights(comparison: &Comparison, own: &[f64], strangers: &[f64]) -> Vec<Millibits> {
    let level = |level: usize| {
        let rare = comparison.counts_rarity(level as u8);
        let strangers = if rare { 1.0 } else { strangers[level] };
        let weight = bits(own[level], strangers) * 1_000.0;
        weight.clamp(-WEIGHT_MAX, WEIGHT_MAX).round() as Millibits
    };
    (0..comparison.level_count()).map(level).collect()
}

/// What so probable a level speaks for a class against another, as Fellegi and Sunter have it.
fn bits(own: f64, strangers: f64) -> f64 {
    (own / strangers).log2()
}

/// What a share of all pairs speaks.
pub(super) fn prior(share: f64) -> Millibits {
    (share.log2() * 1_000.0).clamp(PRIOR_MIN, 0.0).round() as Millibits
}

/// The logarithm of the sum of two, from their logarithms.
fn added(one: Millibits, other: Millibits) -> Millibits {
    let (more, less) = (one.max(other), one.min(other));
    let apart = (less - more) as f64 / 1_000.0;
    more + ((1.0 + apart.exp2()).log2() * 1_000.0).round() as Millibits
}
