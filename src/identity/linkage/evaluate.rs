//! How right the people are, where the truth is known.
//!
//! Pairwise measures count pairs of records and so favour large people; B-cubed (Bagga and Baldwin,
//! 1998) takes the mean over records. Records of one source are never a pair, where sources are
//! told ([`Truth::across`]).
//!
//! # Law
//!
//! 1. Only integers are counted, and ratios are taken at the end: the same records in any order
//!    give the same measures to the last digit.
//!
//! Cost: O(n log n) for n records; a curve O(n log² n) at worst. No pair that is not a link is
//! looked at one by one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Whose each record is, by places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    pub(super) people: Vec<u32>,
    /// Where each record comes from; empty where that does not count.
    pub(super) sources: Vec<u32>,
}

impl Truth {
    /// Takes a label for each record: records with equal labels are one person's.
    pub fn of<T: Ord>(labels: &[T]) -> Self {
        Self { people: numbered(labels), sources: Vec::new() }
    }

    /// The same, where only pairs of different sources count; a source for each record.
    #[must_use]
    pub fn across<T: Ord>(self, sources: &[T]) -> Self {
        let mut sources = numbered(sources);
        if !sources.is_empty() {
            // Of records beyond what was told each is from a source of its own.
            let next = sources.iter().max().map_or(0, |most| most + 1);
            sources.extend((next..).take(self.people.len().saturating_sub(sources.len())));
        }
        Self { sources, ..self }
    }

    /// Whether two records are a pair, and one person's.
    pub fn holds(&self, a: u32, b: u32) -> bool {
        let of = |groups: &[u32], at: u32| groups.get(at as usize).copied();
        let person = of(&self.people, a);
        person.is_some() && person == of(&self.people, b) && self.is_pair(a, b)
    }

    fn is_pair(&self, a: u32, b: u32) -> bool {
        a != b
            && (self.sources.is_empty()
                || self.sources.get(a as usize) != self.sources.get(b as usize))
    }

    /// How many pairs of records are in truth one person's.
    pub fn pairs(&self) -> u64 {
        let real = together(self.people.iter().map(|person| (*person, 0)));
        real - together(self.people.iter().copied().zip(self.sources.iter().copied()))
    }
}

/// Pairs of records: how many were found, how many there are, and how many of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pairs {
    /// Found to be one person's.
    pub found: u64,
    /// One person's in truth.
    pub real: u64,
    /// Found, and so in truth.
    pub right: u64,
}

impl Pairs {
    /// How much of what was found is right; 1 where nothing was found.
    pub fn precision(&self) -> f64 {
        share(self.right, self.found)
    }

    /// How much of what there is was found; 1 where there is nothing.
    pub fn recall(&self) -> f64 {
        share(self.right, self.real)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        // As a ratio of integers, so that a perfect result is exactly 1.
        share(2 * self.right, self.found + self.real)
    }
}

fn share(part: u64, all: u64) -> f64 {
    if all == 0 { 1.0 } else { part as f64 / all as f64 }
}

/// Counts the pairs of records that people hold, against a truth; both by places.
///
/// ```
/// use omnichannel::identity::linkage::{Truth, pairwise};
/// let truth = Truth::of(&["ann", "ann", "bob", "ann"]);
/// let counted = pairwise(&[0, 0, 2, 2], &truth);
/// assert_eq!((counted.found, counted.real, counted.right), (2, 3, 1));
/// assert_eq!(counted.precision(), 0.5);
/// ```
pub fn pairwise(people: &[u32], truth: &Truth) -> Pairs {
    let sources = || truth.sources.iter().copied();
    let both = || people.iter().copied().zip(truth.people.iter().copied());
    let found = together(people.iter().map(|person| (*person, 0)))
        - together(people.iter().copied().zip(sources()));
    let right = together(both()) - together(both().zip(sources()));
    Pairs { found, real: truth.pairs(), right }
}

/// How many pairs of records bear equal labels.
fn together<T: Ord>(labels: impl Iterator<Item = T>) -> u64 {
    let mut labels: Vec<T> = labels.collect();
    labels.sort_unstable();
    labels.chunk_by(|one, other| one == other).map(|group| super::block::pairs(group.len())).sum()
}

/// Numbers labels from 0 by their order, equal ones alike.
fn numbered<T: Ord>(labels: &[T]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_unstable_by_key(|at| &labels[*at]);
    let mut numbers = vec![0; labels.len()];
    for (group, number) in order.chunk_by(|one, two| labels[*one] == labels[*two]).zip(0..) {
        group.iter().for_each(|at| numbers[*at] = number);
    }
    numbers
}

/// Precision and recall as means over records.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BCubed {
    /// The mean share of a record's found fellows, itself among them, that are truly its own.
    pub precision: f64,
    /// The mean share of its true fellows, itself among them, that were found.
    pub recall: f64,
}

impl BCubed {
    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        let sum = self.precision + self.recall;
        if sum > 0.0 { 2.0 * self.precision * self.recall / sum } else { 0.0 }
    }
}

/// Measures people record by record against a truth; whatever the sources.
pub fn b_cubed(people: &[u32], truth: &Truth) -> BCubed {
    let cells: Vec<(u32, u32)> = people.iter().copied().zip(truth.people.iter().copied()).collect();
    let turned = cells.iter().map(|(one, other)| (*other, *one)).collect();
    BCubed { precision: purity(cells), recall: purity(turned) }
}

/// The mean over records of how much of its group bears the record's own label.
fn purity(mut cells: Vec<(u32, u32)>) -> f64 {
    cells.sort_unstable();
    // Squares by the size of the group that divides them: integers until the end.
    let mut squares: BTreeMap<u64, u64> = BTreeMap::new();
    for group in cells.chunk_by(|one, other| one.0 == other.0) {
        let labels = group.chunk_by(|one, other| one.1 == other.1);
        let sum: u64 = labels.map(|same| (same.len() as u64).pow(2)).sum();
        *squares.entry(group.len() as u64).or_insert(0) += sum;
    }
    let sum: f64 = squares.iter().map(|(size, squares)| *squares as f64 / *size as f64).sum();
    if cells.is_empty() { 1.0 } else { sum / cells.len() as f64 }
}

/// Where people and truth part, as pairs of records to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Errors {
    /// Found to be one person's, but in truth of two.
    pub joined: Vec<(u32, u32)>,
    /// One person's in truth, but found to be of two.
    pub parted: Vec<(u32, u32)>,
}

/// Lists errors: of a person in k parts k - 1 pairs, one between each part and the next.
///
/// So every error is named, and none so often that their number is quadratic.
pub fn errors(people: &[u32], truth: &Truth) -> Errors {
    let (found, real) = (people.iter().copied(), truth.people.iter().copied());
    Errors {
        joined: seams(found.clone().zip(real.clone()).collect()),
        parted: seams(real.zip(found).collect()),
    }
}

/// Of each group a pair between each label's first record and the next one's.
fn seams(cells: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    let mut cells: Vec<((u32, u32), u32)> = cells.into_iter().zip(0..).collect();
    cells.sort_unstable();
    let mut found = Vec::new();
    for group in cells.chunk_by(|one, other| one.0.0 == other.0.0) {
        let mut firsts: Vec<u32> =
            group.chunk_by(|one, other| one.0.1 == other.0.1).map(|part| part[0].1).collect();
        firsts.sort_unstable();
        found.extend(firsts.windows(2).map(|two| (two[0], two[1])));
    }
    found.sort_unstable();
    found
}
