//! Labels: what people say of pairs of records, from which a model learns too.
//!
//! # Why
//!
//! Pairs that are one person teach how one person's records differ: their counts join what the
//! records taught without labels, which counts as [`UNLABELLED`] pairs. Pairs that are not teach
//! how related people differ, each as far as it resembles them. They say nothing of strangers:
//! nobody labels pairs at random, and random pairs are counted by the million already. Shares of
//! all pairs stay as they are for the same reason.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::linker::Linker;
use super::model::{Millibits, Model};
use super::run::on;
use super::train::{Learnt, Levels};

/// What somebody says of two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// A record, by its place.
    pub a: u32,
    /// Another.
    pub b: u32,
    /// Whether they are one person.
    pub same: bool,
}

/// Why labels teach nothing.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// A label is of a record that the table does not have.
    #[error("label {label} is of record {record}, but there are {records}: records count from 0")]
    NoRecord {
        /// Which label, from 1.
        label: usize,
        /// The record.
        record: u32,
        /// How many there are.
        records: usize,
    },
    /// A label compares a record with itself.
    #[error("label {label} compares record {record} with itself: take it out")]
    Itself {
        /// Which label, from 1.
        label: usize,
        /// The record.
        record: u32,
    },
    /// Two labels of a pair contradict each other.
    #[error("label {label}: records {a} and {b} are labelled both ways: keep one of the labels")]
    Contradiction {
        /// The later label, from 1.
        label: usize,
        /// The smaller place.
        a: u32,
        /// The larger place.
        b: u32,
    },
}

/// As how many labelled pairs what was learnt without labels counts.
const UNLABELLED: f64 = 20.0;

/// Thousandths of pairs, by comparison and level.
type Counts = Vec<Vec<u64>>;

impl Linker {
    /// Learns from the records, and from what people said of some pairs.
    ///
    /// # Errors
    ///
    /// [`LabelError`] names the label that cannot be right.
    pub fn learn_from(&self, labels: &[Label]) -> Result<Model, LabelError> {
        let labels = checked(labels, self.table.len())?;
        let ControlFlow::Continue(mut learnt) = self.taught(&mut on);
        let model = Model::of(&learnt, &self.comparisons, self.untaught());
        let levels = self.comparisons.iter().map(|comparison| vec![0; comparison.level_count()]);
        let (mut same, mut related): (Counts, Counts) =
            (levels.clone().collect(), levels.collect());
        for ((a, b), is_same) in labels {
            let resembles = match is_same {
                true => 1_000,
                false => self.resembles_related(&model, a, b),
            };
            let counts = if is_same { &mut same } else { &mut related };
            for (comparison, counts) in self.comparisons.iter().zip(counts) {
                if let Some(level) = self.comparer().level(comparison, a, b) {
                    counts[level as usize] += resembles;
                }
            }
        }
        self.join(&mut learnt, &same, &related);
        Ok(Model::of(&learnt, &self.comparisons, self.untaught()))
    }

    /// How probable two different people's records are of related ones, in thousandths.
    fn resembles_related(&self, model: &Model, a: u32, b: u32) -> u64 {
        let (_, related) = model.speak(&self.comparer(), &self.rarity, (a, b));
        let Some(related) = related else { return 0 };
        let apart: Millibits = model.prior_strangers - related;
        (1_000.0 / (1.0 + (apart as f64 / 1_000.0).exp2())).round() as u64
    }

    /// Labelled pairs join those that were found, among which most of them are already.
    fn join(&self, learnt: &mut Learnt, same: &Counts, related: &Counts) {
        for (seen, counts) in learnt.seen.iter_mut().zip(same) {
            for (seen, count) in seen.iter_mut().zip(counts) {
                *seen = seen.max(*count as f64 / 1_000.0);
            }
        }
        blend(&mut learnt.same, same, |_| true);
        // Where related people's personal facts are held as strangers', labels do not move them.
        let is_free = |at: usize| learnt.frees_personal || !self.comparisons[at].personal;
        blend(&mut learnt.related, related, is_free);
    }
}

/// Each pair of places once, the smaller first.
fn checked(labels: &[Label], records: usize) -> Result<BTreeMap<(u32, u32), bool>, LabelError> {
    let mut all = BTreeMap::new();
    for (label, Label { a, b, same }) in (1..).zip(labels) {
        for record in [*a, *b] {
            if record as usize >= records {
                return Err(LabelError::NoRecord { label, record, records });
            }
        }
        if a == b {
            return Err(LabelError::Itself { label, record: *a });
        }
        let (a, b) = (*a.min(b), *a.max(b));
        if all.insert((a, b), *same).is_some_and(|before| before != *same) {
            return Err(LabelError::Contradiction { label, a, b });
        }
    }
    Ok(all)
}

/// Joins counts with probabilities, which count as so many pairs.
fn blend(shares: &mut Levels, counts: &Counts, is_free: impl Fn(usize) -> bool) {
    for (at, (shares, counts)) in shares.iter_mut().zip(counts).enumerate() {
        let labelled: u64 = counts.iter().sum();
        if labelled == 0 || !is_free(at) {
            continue;
        }
        let all = labelled as f64 / 1_000.0 + UNLABELLED;
        for (share, count) in shares.iter_mut().zip(counts) {
            *share = (*share * UNLABELLED + *count as f64 / 1_000.0) / all;
        }
    }
}
