//! The constrained maximum spanning forest, over dense indexes.
//!
//! Joins are tried from the strongest to the weakest. One is kept only if the customer that it
//! would make keeps every constraint: a pair that a person ruled apart, a bound on the values of a
//! group, a size. A person's own joins yield to nothing but a person's own cannot-links.
//!
//! Method: Kruskal's algorithm with a test before each union; the idea of replaying links from the
//! best and dropping those that break a limit is also Adobe's Identity Optimization Algorithm.
//!
//! # Law
//!
//! 1. A function of the *set* of edges and constraints: the caller's order of edges is total.
//! 2. Constraints are local to a tree: trees that no edge connects never meet, so that components
//!    may be solved apart or together.
//!
//! Cost: near-constant per edge plus one look at the bounded items of both sides of a join.

use std::collections::{BTreeMap, BTreeSet};

use super::union::Union;
use crate::model::Limit;

/// No items.
const NONE: u32 = u32::MAX;

/// Something that a bound counts: a value of a limited namespace, a record of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Item {
    /// The bound that counts it.
    pub(super) group: u32,
    /// Tells it from others of its group; the same thing on two nodes counts once.
    pub(super) thing: u32,
    /// The day on which it was first seen; `i32::MIN` where unknown.
    pub(super) day: i32,
}

/// Why a join was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Barred {
    /// By the cannot-link of this number.
    Apart(u32),
    /// By the bound of this group.
    Bound(u32),
    /// By the most records that one customer holds.
    Size,
}

/// What became of a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tried {
    /// It holds.
    Joined,
    /// Both were one already.
    Already,
    /// A constraint forbids it.
    Refused(Barred),
}

/// Trees of nodes under constraints.
#[derive(Debug)]
pub(super) struct Forest {
    union: Union,
    /// Of each root, how many records it holds.
    records: Vec<u32>,
    records_max: u32,
    /// Of each root, its list of items.
    lists: Vec<u32>,
    /// Lists of items, sorted, each thing once.
    items: Vec<Vec<Item>>,
    bounds: Vec<Limit>,
    /// Of each root, the nodes that must stay apart from it, and by which cannot-link.
    apart: BTreeMap<u32, BTreeSet<(u32, u32)>>,
    /// Roots that a person's join took over a bound.
    licensed: BTreeSet<u32>,
}

impl Forest {
    /// `records` nodes that are records, then `others`. Each bound is that of one group.
    pub(super) fn new(records: usize, others: usize, bounds: Vec<Limit>, records_max: u32) -> Self {
        let nodes = records + others;
        let mut counts = vec![0; nodes];
        counts[..records].fill(1);
        Self {
            union: Union::new(nodes),
            records: counts,
            records_max,
            lists: vec![NONE; nodes],
            items: Vec::new(),
            bounds,
            apart: BTreeMap::new(),
            licensed: BTreeSet::new(),
        }
    }

    /// Says of a node that it is no record that counts.
    pub(super) fn discount(&mut self, node: u32) {
        self.records[node as usize] = 0;
    }

    /// Puts an item on a node, before the first join.
    pub(super) fn count(&mut self, node: u32, item: Item) {
        let list = &mut self.lists[node as usize];
        if *list == NONE {
            *list = u32::try_from(self.items.len()).unwrap_or(NONE);
            self.items.push(Vec::new());
        }
        let known = &mut self.items[*list as usize];
        known.push(item);
        known.sort_unstable();
        known.dedup_by(|later, first| (later.group, later.thing) == (first.group, first.thing));
    }

    /// Keeps two nodes apart, before the first join.
    pub(super) fn part(&mut self, a: u32, b: u32, by: u32) {
        self.apart.entry(a).or_default().insert((b, by));
        self.apart.entry(b).or_default().insert((a, by));
    }

    pub(super) fn root(&mut self, node: u32) -> u32 {
        self.union.root(node)
    }

    /// Joins two nodes, unless a constraint forbids it; where a person ruled it, only a cannot-link
    /// can.
    pub(super) fn join(&mut self, a: u32, b: u32, ruled: bool) -> Tried {
        let (a, b) = (self.union.root(a), self.union.root(b));
        if a == b {
            return Tried::Already;
        }
        if let Some(barred) = self.bars(a, b, ruled) {
            return Tried::Refused(barred);
        }
        let over = ruled && self.over_bound(a, b).is_some();
        if let Some((kept, gone)) = self.union.join(a, b) {
            self.records[kept as usize] += self.records[gone as usize];
            self.move_items(kept, gone);
            if self.licensed.remove(&gone) | over {
                self.licensed.insert(kept);
            }
            if let Some(moved) = self.apart.remove(&gone) {
                self.apart.entry(kept).or_default().extend(moved);
            }
        }
        Tried::Joined
    }

    fn bars(&mut self, a: u32, b: u32, ruled: bool) -> Option<Barred> {
        if !self.apart.is_empty()
            && let Some(by) = self.kept_apart(a, b)
        {
            return Some(Barred::Apart(by));
        }
        if ruled {
            return None;
        }
        let (of_a, of_b) = (self.records[a as usize], self.records[b as usize]);
        // A value that only one record bears must still find its record.
        if of_a > 0 && of_b > 0 && of_a.saturating_add(of_b) > self.records_max {
            return Some(Barred::Size);
        }
        self.over_bound(a, b).map(Barred::Bound)
    }

    /// The smallest cannot-link between two roots.
    fn kept_apart(&mut self, a: u32, b: u32) -> Option<u32> {
        let pairs = |root: u32| self.apart.get(&root).map_or(0, BTreeSet::len);
        let (few, other) = if pairs(a) <= pairs(b) { (a, b) } else { (b, a) };
        let kept = self.apart.get(&few)?;
        let union = &mut self.union;
        kept.iter().filter(|(node, _)| union.root(*node) == other).map(|(_, by)| *by).min()
    }

    /// The smallest group of which both sides together hold more than its bound.
    ///
    /// A side that holds nothing of a group, or all that both hold, loses nothing: a record may
    /// show more than a bound by itself. What a person took over a bound may do so, too.
    fn over_bound(&self, a: u32, b: u32) -> Option<u32> {
        let (of_a, of_b) = (self.items_of(a), self.items_of(b));
        if of_a.is_empty() || of_b.is_empty() {
            return None;
        }
        let free = |root: u32| self.licensed.contains(&root);
        let (free_a, free_b) = (free(a), free(b));
        for here in of_a.chunk_by(|one, other| one.group == other.group) {
            let group = here[0].group;
            let from = of_b.partition_point(|item| item.group < group);
            let until = of_b.partition_point(|item| item.group <= group);
            let there = &of_b[from..until];
            if there.is_empty() {
                continue;
            }
            let both = merged(here, there);
            let (grows_a, grows_b) = (both.len() > here.len(), both.len() > there.len());
            // Whoever is free takes in what it holds already.
            let grows = match (free_a, free_b) {
                (true, true) => grows_a && grows_b,
                (true, false) => grows_a,
                (false, true) => grows_b,
                (false, false) => grows_a || grows_b,
            };
            if grows && exceeds(self.bounds[group as usize], &both) {
                return Some(group);
            }
        }
        None
    }

    fn items_of(&self, root: u32) -> &[Item] {
        match self.lists[root as usize] {
            NONE => &[],
            list => &self.items[list as usize],
        }
    }

    fn move_items(&mut self, kept: u32, gone: u32) {
        match (self.lists[kept as usize], self.lists[gone as usize]) {
            (_, NONE) => {}
            (NONE, list) => self.lists[kept as usize] = list,
            (list, other) => {
                let other = std::mem::take(&mut self.items[other as usize]);
                let both = merged(&self.items[list as usize], &other);
                self.items[list as usize] = both;
            }
        }
    }
}

/// Both, each thing once, from the earlier day.
fn merged(one: &[Item], other: &[Item]) -> Vec<Item> {
    let mut both = Vec::with_capacity(one.len() + other.len());
    both.extend_from_slice(one);
    both.extend_from_slice(other);
    both.sort_unstable();
    both.dedup_by(|later, first| (later.group, later.thing) == (first.group, first.thing));
    both
}

/// Whether more items than the bound's are there, within a window where it has one.
fn exceeds(bound: Limit, items: &[Item]) -> bool {
    let max = bound.max.max(1) as usize;
    let Some(window) = bound.within_days else { return items.len() > max };
    if items.len() <= max {
        return false;
    }
    let mut days: Vec<i32> = items.iter().map(|item| item.day).collect();
    days.sort_unstable();
    let unknown = days.partition_point(|day| *day == i32::MIN);
    let dated = &days[unknown..];
    let fits = |first: usize, last: usize| {
        i64::from(dated[last]) - i64::from(dated[first]) < i64::from(window.max(1))
    };
    let (mut most, mut first) = (0, 0);
    for last in 0..dated.len() {
        while !fits(first, last) {
            first += 1;
        }
        most = most.max(last + 1 - first);
    }
    unknown + most > max
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_counts_what_was_first_seen_within_it() {
        let items = |days: &[i32]| -> Vec<Item> {
            let item = |(thing, day): (u32, &i32)| Item { group: 0, thing, day: *day };
            (0..).zip(days).map(item).collect()
        };
        let bound = Limit::within(2, 7);
        assert!(!exceeds(bound, &items(&[0, 7, 14, 21])));
        assert!(exceeds(bound, &items(&[0, 3, 6])));
        assert!(!exceeds(bound, &items(&[0, 3, 7])));
        assert!(exceeds(bound, &items(&[i32::MIN, 3, 7])));
        assert!(exceeds(bound, &items(&[-3, 0, i32::MAX, 3])));
        assert!(!exceeds(bound, &items(&[i32::MIN + 1, i32::MAX])));
    }

    #[test]
    fn bounds_sizes_and_cannot_links_hold() {
        let mut forest = Forest::new(3, 2, vec![Limit::ever(1)], 2);
        let value = |thing| Item { group: 0, thing, day: i32::MIN };
        forest.count(3, value(0));
        forest.count(4, value(1));
        assert_eq!(forest.join(0, 3, false), Tried::Joined);
        assert_eq!(forest.join(0, 4, false), Tried::Refused(Barred::Bound(0)));
        assert_eq!(forest.join(0, 1, false), Tried::Joined);
        assert_eq!(forest.join(1, 3, false), Tried::Already);
        assert_eq!(forest.join(1, 2, false), Tried::Refused(Barred::Size));
        assert_eq!(forest.join(1, 2, true), Tried::Joined);
        // Over its bound by a person, it still finds its own; nobody else comes in by it.
        let mut forest = Forest::new(3, 1, vec![Limit::ever(1)], 9);
        (0..3).for_each(|record| forest.count(record, value(record)));
        forest.count(3, value(1));
        assert_eq!(forest.join(0, 1, true), Tried::Joined);
        assert_eq!(forest.join(1, 3, false), Tried::Joined);
        assert_eq!(forest.join(2, 3, false), Tried::Refused(Barred::Bound(0)));
        let mut forest = Forest::new(3, 0, Vec::new(), 9);
        forest.part(0, 2, 5);
        assert_eq!(forest.join(0, 1, true), Tried::Joined);
        assert_eq!(forest.join(1, 2, true), Tried::Refused(Barred::Apart(5)));
    }
}
