//! How right links are from each threshold up.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::evaluate::{Pairs, Truth};
use super::link::Link;
use super::model::Millibits;
use crate::identity::Union;

/// What a threshold gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// The weight from which pairs link.
    pub threshold: Millibits,
    /// The pairs that this finds.
    pub pairs: Pairs,
}

/// What each threshold gives, from the highest.
///
/// Every weight that a link has is a threshold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Curve(Vec<Point>);

impl Curve {
    /// Counts the links themselves.
    ///
    /// ```
    /// use omnichannel::identity::linkage::{Curve, Link, Truth};
    /// let truth = Truth::of(&["ann", "ann", "bob"]);
    /// let links = [Link { a: 0, b: 1, weight: 9_000 }, Link { a: 1, b: 2, weight: 2_000 }];
    /// let curve = Curve::of_links(&links, &truth);
    /// assert_eq!(curve.best().map(|point| point.threshold), Some(9_000));
    /// assert_eq!(curve.threshold_for(0.4), Some(2_000));
    /// ```
    pub fn of_links(links: &[Link], truth: &Truth) -> Self {
        let weighed = links.iter().map(|link| (link.weight, truth.holds(link.a, link.b)));
        let mut counts: BTreeMap<Millibits, (u64, u64)> = BTreeMap::new();
        for (weight, right) in weighed {
            let count = counts.entry(weight).or_insert((0, 0));
            count.0 += 1;
            count.1 += u64::from(right);
        }
        Self::of_counts(&counts, truth.pairs())
    }

    /// Of each weight, how many pairs have it and how many of them are right; and all real pairs.
    pub(super) fn of_counts(counts: &BTreeMap<Millibits, (u64, u64)>, real: u64) -> Self {
        let (mut found, mut right) = (0, 0);
        let points = counts.iter().rev().map(|(threshold, (more, rights))| {
            found += more;
            right += rights;
            Point { threshold: *threshold, pairs: Pairs { found, real, right } }
        });
        Self(points.collect())
    }

    /// Counts the pairs that are together where links from each threshold up connect.
    ///
    /// These are connected components: what the links alone would give, without the care that
    /// [`link`](super::link()) takes to keep people apart whom one link joins.
    pub fn of_components(links: &[Link], truth: &Truth) -> Self {
        let mut links: Vec<&Link> = links.iter().collect();
        links.sort_unstable_by_key(|link| (Reverse(link.weight), link.a, link.b));
        let people = &truth.people;
        let cells = || people.iter().copied().zip(truth.sources.iter().copied());
        let mut found = Together::of(people.iter().map(|_| (0, 0)));
        let mut right = Together::of(people.iter().map(|person| (*person, 0)));
        let mut found_within = Together::of(cells().map(|(_, source)| (0, source)));
        let mut right_within = Together::of(cells());
        let mut groups = Groups::of(people.len());
        let (real, mut points) = (truth.pairs(), Vec::new());
        for same in links.chunk_by(|one, other| one.weight == other.weight) {
            for link in same {
                let Some((kept, moved)) = groups.join(link.a, link.b) else { continue };
                for labels in [&mut found, &mut right, &mut found_within, &mut right_within] {
                    labels.join(kept, &moved);
                }
            }
            let pairs = Pairs {
                found: found.pairs - found_within.pairs,
                real,
                right: right.pairs - right_within.pairs,
            };
            points.push(Point { threshold: same[0].weight, pairs });
        }
        Self(points)
    }

    /// Its points, from the highest threshold.
    pub fn points(&self) -> &[Point] {
        &self.0
    }

    /// The point of the best F1; of equal ones that of the highest threshold.
    pub fn best(&self) -> Option<Point> {
        let better = |best: Option<Point>, point: &Point| match best {
            Some(best) if best.pairs.f1() >= point.pairs.f1() => Some(best),
            _ => Some(*point),
        };
        self.0.iter().fold(None, better)
    }

    /// The lowest threshold from which links are at least so precise; `None` where none is.
    pub fn threshold_for(&self, precision: f64) -> Option<Millibits> {
        let precise = |point: &&Point| point.pairs.precision() >= precision;
        self.0.iter().rev().find(precise).map(|point| point.threshold)
    }
}

/// Records that grow together; the members of each group stand in a ring.
struct Groups {
    union: Union,
    next: Vec<u32>,
}

impl Groups {
    fn of(records: usize) -> Self {
        let next = (0..records).filter_map(|at| u32::try_from(at).ok()).collect();
        Self { union: Union::new(records), next }
    }

    /// Joins two records' groups: the one kept, and the records of the other, which is the smaller;
    /// `None` where they are one already.
    fn join(&mut self, a: u32, b: u32) -> Option<(u32, Vec<u32>)> {
        if a.max(b) as usize >= self.next.len() {
            return None;
        }
        let (kept, gone) = self.union.join(a, b)?;
        let next = |at: &u32| Some(self.next[*at as usize]).filter(|next| *next != gone);
        let moved = std::iter::successors(Some(gone), next).collect();
        self.next.swap(kept as usize, gone as usize);
        Some((kept, moved))
    }
}

/// Pairs of one group with equal labels, kept up to date while groups grow.
struct Together {
    labels: Vec<(u32, u32)>,
    /// How many records of each group bear each label; a record alone is not in it.
    counts: BTreeMap<(u32, (u32, u32)), u32>,
    pairs: u64,
}

impl Together {
    fn of(labels: impl Iterator<Item = (u32, u32)>) -> Self {
        Self { labels: labels.collect(), counts: BTreeMap::new(), pairs: 0 }
    }

    fn join(&mut self, kept: u32, moved: &[u32]) {
        if self.labels.is_empty() {
            return;
        }
        let label = |at: u32| self.labels[at as usize];
        // The root is a member: without its label the group is that record alone.
        self.counts.entry((kept, label(kept))).or_insert(1);
        let mut labels: Vec<(u32, u32)> = moved.iter().map(|at| label(*at)).collect();
        labels.sort_unstable();
        for same in labels.chunk_by(|one, other| one == other) {
            let count = self.counts.entry((kept, same[0])).or_insert(0);
            let more = u32::try_from(same.len()).unwrap_or(u32::MAX);
            self.pairs += u64::from(*count) * u64::from(more);
            *count += more;
        }
    }
}
