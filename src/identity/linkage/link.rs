//! From records to people: candidate pairs are weighed, and people put together from them.

use std::collections::BTreeMap;

use super::compare::Comparer;
use super::linker::Linker;
use super::model::{Millibits, Model};
use super::rarity::Rarity;
use super::table::Table;
use crate::identity::Union;

/// Most records of a group of which every pair is weighed.
const GROUP_MAX: usize = 400;

/// No pair weighs more, either way.
const THRESHOLD_MAX: Millibits = 10_000_000;

/// By how much the threshold rises within a group that is too large.
const STEP: Millibits = 2_000;

/// Two records that are sooner one person than not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The smaller place.
    pub a: u32,
    /// The larger place.
    pub b: u32,
    /// How much speaks for one person.
    pub weight: Millibits,
}

/// What a run found.
#[derive(Debug, Clone)]
pub struct Linked {
    /// Pairs that blocking found.
    pub candidates: u64,
    /// Pairs that were lost in blocks too large to be compared; others may have found them.
    pub lost: u64,
    /// Links at or above the threshold.
    pub links: Vec<Link>,
    /// Of each record, the smallest place of its person's records.
    pub people: Vec<u32>,
}

/// Finds the people among a table's records, without labels: what a [`Linker`] learns and finds.
pub fn link(table: Table, threshold: Millibits) -> (Model, Linked) {
    let linker = Linker::of(table);
    let model = linker.learn();
    let linked = linker.link(&model, threshold);
    (model, linked)
}

/// Records weighed by a model.
pub(super) struct Trial<'l> {
    pub(super) linker: &'l Linker,
    pub(super) model: &'l Model,
    pub(super) rarity: &'l Rarity,
    pub(super) comparer: Comparer<'l>,
}

impl Trial<'_> {
    pub(super) fn link(&self, threshold: Millibits) -> Linked {
        let threshold = threshold.clamp(-THRESHOLD_MAX, THRESHOLD_MAX);
        let (blocks, content) = (&self.linker.blocks, &self.linker.content);
        let (mut links, mut candidates) = (Vec::new(), 0);
        for rule in 0..blocks.rules() {
            blocks.each_pair(rule, |a, b, _| {
                candidates += 1;
                let weight = self.weigh(a, b);
                if weight >= threshold {
                    links.push(Link { a: a.min(b), b: a.max(b), weight });
                }
            });
        }
        links.sort_unstable_by_key(|link| (link.a, link.b));
        let people = people(content, &links, |a, b| self.weigh(a, b) - threshold);
        Linked { candidates, lost: blocks.lost.iter().sum(), links, people }
    }

    fn weigh(&self, a: u32, b: u32) -> Millibits {
        self.model.weigh(&self.comparer, self.rarity, (a, b))
    }
}

/// Puts people together: within what links connect, the two groups that belong together most are
/// joined first, as long as their records agree on the whole.
fn people(content: &[u64], links: &[Link], weigh: impl Fn(u32, u32) -> Millibits) -> Vec<u32> {
    let mut people: Vec<u32> = (0..content.len()).map(place_of).collect();
    let mut waiting = vec![(links.to_vec(), Millibits::MIN)];
    while let Some((links, threshold)) = waiting.pop() {
        for (mut members, links) in connected(&links) {
            if members.len() > GROUP_MAX {
                // Too many to weigh every pair: by stronger links they fall into parts.
                let threshold = threshold.max(0) + STEP;
                let stronger = links.into_iter().filter(|link| link.weight >= threshold);
                waiting.push((stronger.collect(), threshold));
                continue;
            }
            // Ties are broken by what records say, not by where they stand.
            members.sort_unstable_by_key(|record| (content[*record as usize], *record));
            for cluster in merged(&members, &weigh) {
                for record in &cluster {
                    people[*record as usize] = cluster[0];
                }
            }
        }
    }
    people
}

/// The records that links connect, with their links.
fn connected(links: &[Link]) -> Vec<(Vec<u32>, Vec<Link>)> {
    let mut records: Vec<u32> = links.iter().flat_map(|link| [link.a, link.b]).collect();
    records.sort_unstable();
    records.dedup();
    let place = |record| place_of(records.partition_point(|known| *known < record));
    let mut union = Union::new(records.len());
    for link in links {
        union.join(place(link.a), place(link.b));
    }
    let mut groups: BTreeMap<u32, (Vec<u32>, Vec<Link>)> = BTreeMap::new();
    for link in links {
        let group = groups.entry(union.root(place(link.a))).or_default();
        group.0.extend([link.a, link.b]);
        group.1.push(*link);
    }
    for (members, _) in groups.values_mut() {
        members.sort_unstable();
        members.dedup();
    }
    groups.into_values().collect()
}

fn place_of(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Merges greedily by the mean of the strongest and the average weight between two clusters.
fn merged(members: &[u32], weigh: impl Fn(u32, u32) -> Millibits) -> Vec<Vec<u32>> {
    let count = members.len();
    let mut clusters: Vec<Vec<u32>> = members.iter().map(|record| vec![*record]).collect();
    // Of each two clusters: the strongest weight, the sum of all, their number.
    let mut between = vec![(Millibits::MIN, 0, 0); count * count];
    for one in 0..count {
        for other in one + 1..count {
            let weight = weigh(members[one], members[other]);
            between[one * count + other] = (weight, weight, 1);
            between[other * count + one] = (weight, weight, 1);
        }
    }
    let score =
        |(most, sum, pairs): (Millibits, Millibits, Millibits)| (most + sum / pairs.max(1)) / 2;
    let mut alive: Vec<usize> = (0..count).collect();
    loop {
        let mut best: Option<(Millibits, usize, usize)> = None;
        for (at, one) in alive.iter().enumerate() {
            for other in &alive[at + 1..] {
                let found = score(between[one * count + other]);
                if found >= 0 && best.is_none_or(|(most, ..)| found > most) {
                    best = Some((found, *one, *other));
                }
            }
        }
        let Some((_, kept, gone)) = best else { break };
        let moved = std::mem::take(&mut clusters[gone]);
        clusters[kept].extend(moved);
        alive.retain(|at| *at != gone);
        for at in alive.iter().filter(|at| **at != kept) {
            let (one, other) = (between[kept * count + at], between[gone * count + at]);
            let both = (one.0.max(other.0), one.1 + other.1, one.2 + other.2);
            between[kept * count + at] = both;
            between[at * count + kept] = both;
        }
    }
    let mut clusters: Vec<Vec<u32>> = clusters.into_iter().filter(|of| !of.is_empty()).collect();
    clusters.iter_mut().for_each(|cluster| cluster.sort_unstable());
    clusters
}
