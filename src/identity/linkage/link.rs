//! From records to people: candidate pairs are weighed, and people put together from them.

use std::ops::ControlFlow;

use super::block::{Lot, place_of};
use super::compare::Comparer;
use super::household::Households;
use super::linker::Linker;
use super::model::{Millibits, Model};
use super::parts::answers;
use super::progress::{Progress, Stage, each_wave};
use super::rarity::Rarity;
use super::table::Table;
use crate::identity::Union;

/// Most records of a group of which every pair is weighed.
const GROUP_MAX: usize = 400;

/// No pair weighs more, either way.
pub(super) const THRESHOLD_MAX: Millibits = 10_000_000;

/// By how much the weakest links of a group that is too large are outweighed by those that stay.
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

/// What a blocking rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulePairs {
    /// In what its pairs agree: `first_name + surname`.
    pub name: String,
    /// Pairs in its blocks.
    pub found: u64,
    /// Those that no rule before it finds.
    pub new: u64,
    /// Pairs lost in blocks too large to be compared; other rules may have found them.
    pub lost: u64,
}

/// What a run found.
#[derive(Debug, Clone)]
pub struct Linked {
    /// Pairs that blocking found.
    pub candidates: u64,
    /// Pairs that were lost in blocks too large to be compared; others may have found them.
    pub lost: u64,
    /// Of each blocking rule, in their order, what it found.
    pub rules: Vec<RulePairs>,
    /// Links at or above the threshold.
    pub links: Vec<Link>,
    /// Of each record, the smallest place of its person's records.
    pub people: Vec<u32>,
    /// Of each record, the smallest place of its household's records: people whose pairs say that
    /// they are related, where the model tells of such. It makes nobody one person.
    pub households: Vec<u32>,
}

/// Finds the people among a table's records, without labels: what a [`Linker`] learns and finds.
pub fn link(table: Table, threshold: Millibits) -> (Model, Linked) {
    let linker = Linker::of(table);
    let model = linker.learn();
    let linked = linker.link(&model, threshold);
    (model, linked)
}

/// What a lot holds.
#[derive(Default)]
struct Found {
    /// How many pairs.
    pairs: u64,
    links: Vec<Link>,
    /// Pairs of related people.
    related: Vec<(u32, u32)>,
}

/// Records weighed by a model.
pub(super) struct Trial<'l> {
    pub(super) linker: &'l Linker,
    pub(super) model: &'l Model,
    pub(super) rarity: &'l Rarity,
    pub(super) comparer: Comparer<'l>,
}

impl Trial<'_> {
    pub(super) fn link<B>(
        &self,
        threshold: Millibits,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<B>,
    ) -> ControlFlow<B, Linked> {
        let threshold = threshold.clamp(-THRESHOLD_MAX, THRESHOLD_MAX);
        let (blocks, content) = (self.linker.blocks(), &self.linker.content);
        let lots = blocks.lots();
        let mut state = (self.rules(), Vec::new(), Households::of(content.len()));
        each_wave(
            (&lots, Stage::Weighing),
            watch,
            &mut state,
            |_, lot| self.weighed(lot, threshold),
            |(rules, links, households), lot, found| {
                rules[lot.rule].new += found.pairs;
                links.extend(found.links);
                households.relate(&found.related);
            },
        )?;
        let (rules, mut links, households) = state;
        links.sort_unstable_by_key(|link: &Link| (link.a, link.b));
        let (stage, total) = (Stage::Clustering, links.len() as u64);
        watch(Progress { stage, done: 0, total })?;
        let people = people(content, &links, |a, b| self.weigh(a, b) - threshold);
        watch(Progress { stage, done: total, total })?;
        let candidates = rules.iter().map(|rule| rule.new).sum();
        let lost = rules.iter().map(|rule| rule.lost).sum();
        let households = households.with_people(&people);
        ControlFlow::Continue(Linked { candidates, lost, rules, links, people, households })
    }

    fn weighed(&self, lot: &Lot, threshold: Millibits) -> Found {
        let mut found = Found::default();
        self.linker.blocks().each_pair(lot, |a, b| {
            found.pairs += 1;
            let (weight, related) = self.model.judge(&self.comparer, self.rarity, (a, b));
            if weight >= threshold {
                found.links.push(Link { a: a.min(b), b: a.max(b), weight });
            }
            if related {
                found.related.push((a, b));
            }
        });
        found
    }

    /// The rules, before anything is weighed.
    fn rules(&self) -> Vec<RulePairs> {
        let rules = self.linker.rules.iter().enumerate().map(|(at, rule)| {
            let name = rule.words(self.linker.table.columns()).join(" + ");
            let (found, lost) = self.linker.blocks().found_and_lost(at);
            RulePairs { name, found, new: 0, lost }
        });
        rules.collect()
    }

    fn weigh(&self, a: u32, b: u32) -> Millibits {
        self.model.weigh(&self.comparer, self.rarity, (a, b))
    }
}

/// Puts people together: within what links connect, the two groups that belong together most are
/// joined first, as long as their records agree on the whole.
fn people(
    content: &[u64],
    links: &[Link],
    weigh: impl Fn(u32, u32) -> Millibits + Sync,
) -> Vec<u32> {
    let mut people: Vec<u32> = (0..content.len()).map(place_of).collect();
    let mut waiting = connected(content.len(), links.to_vec());
    while !waiting.is_empty() {
        let (mut small, large): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .map(|links| (members(&links), links))
            .partition(|(members, _)| members.len() <= GROUP_MAX);
        // Too many to weigh every pair: by stronger links they fall into parts.
        let mut stronger = Vec::new();
        for (members, links) in large {
            let before = stronger.len();
            let stays = stays_from(&links);
            stronger.extend(links.into_iter().filter(|link| link.weight >= stays));
            if stronger.len() == before {
                // No link is stronger than the others: what says the same stays together.
                small.extend(alike(content, members).into_iter().map(|part| (part, Vec::new())));
            }
        }
        for cluster in
            answers(&small, |group| grouped(content, group, &weigh)).into_iter().flatten()
        {
            for record in &cluster {
                people[*record as usize] = cluster[0];
            }
        }
        waiting = connected(content.len(), stronger);
    }
    people
}

/// The weight from which links of too large a group stay: the weakest go, and in any case one in
/// so many, so that few rounds are needed however far weights are apart.
fn stays_from(links: &[Link]) -> Millibits {
    const PART: usize = 16;
    let mut weights: Vec<Millibits> = links.iter().map(|link| link.weight).collect();
    let (_, part, _) = weights.select_nth_unstable(links.len() / PART);
    let part = *part;
    let least = weights.iter().min().copied().unwrap_or(part);
    part.max(least + STEP)
}

/// Parts of a group that can be weighed, of records that lie together by what they say.
fn alike(content: &[u64], mut members: Vec<u32>) -> Vec<Vec<u32>> {
    members.sort_unstable_by_key(|record| (content[*record as usize], *record));
    members.chunks(GROUP_MAX).map(<[u32]>::to_vec).collect()
}

/// The people in a group.
fn grouped(
    content: &[u64],
    (members, links): &(Vec<u32>, Vec<Link>),
    weigh: impl Fn(u32, u32) -> Millibits,
) -> Vec<Vec<u32>> {
    if links.len() == 1 {
        // They link: there is nothing to weigh.
        return vec![members.clone()];
    }
    // Ties are broken by what records say, not by where they stand.
    let mut members = members.clone();
    members.sort_unstable_by_key(|record| (content[*record as usize], *record));
    merged(&members, weigh)
}

/// Links by what they connect.
fn connected(records: usize, mut links: Vec<Link>) -> Vec<Vec<Link>> {
    if links.is_empty() {
        return Vec::new();
    }
    let mut union = Union::new(records);
    for link in &links {
        union.join(link.a, link.b);
    }
    links.sort_by_cached_key(|link| (union.root(link.a), link.a, link.b));
    links
        .chunk_by(|one, other| union.root(one.a) == union.root(other.a))
        .map(<[Link]>::to_vec)
        .collect()
}

/// The records of links.
fn members(links: &[Link]) -> Vec<u32> {
    let mut members: Vec<u32> = links.iter().flat_map(|link| [link.a, link.b]).collect();
    members.sort_unstable();
    members.dedup();
    members
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

#[cfg(test)]
mod tests {
    use super::*;

    fn found(chain: impl Fn(u32) -> Millibits) -> usize {
        let content: Vec<u64> = (0..2_000).collect();
        let link = |a: u32| Link { a, b: a + 1, weight: chain(a) };
        let links: Vec<Link> = (0..1_999).map(link).collect();
        let near = |a: u32, b: u32| if a / 4 == b / 4 { 9_000 } else { -9_000 };
        let mut people = people(&content, &links, near);
        people.dedup();
        people.len()
    }

    #[test]
    fn too_large_a_group_falls_into_parts_and_never_into_ones() {
        // Each four belong together; weaker links connect them, and where all are of one weight
        // what says the same stays together.
        assert_eq!(found(|a| if a % 4 == 3 { 500 } else { 9_000 }), 500);
        assert_eq!(found(|_| 9_000), 500);
        assert_eq!(found(|_| -3_000), 500);
        // However far weights are apart, a few rounds leave a group that can be weighed.
        let strewn = found(|a| i64::from(a) * 1_000);
        assert!((1_690..1_750).contains(&strewn), "{strewn}");
    }
}
