//! The fewest links that put each person together, as evidence.
//!
//! # Why
//!
//! Links say more than people: a chain of them connects records that do not agree on the whole. Who
//! records every link as evidence gets the chain back. These are the strongest pairs that span a
//! person's records, and no pair between two people.
//!
//! # Law
//!
//! 1. They connect each person's records and nothing else, and none weighs less than the threshold
//!    by which people were found (`tests/linkage/people.rs`).
//!
//! Cost: every pair of a person's records is weighed once.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::link::{Link, Linked};
use super::linker::Linker;
use super::model::Model;
use crate::identity::Union;

impl Linker {
    /// The links by which a run's people are one: for each, one fewer than its records.
    ///
    /// Record these with [`Hub::link`](crate::Hub::link), and a hub's customers are the run's
    /// people, as far as its constraints and other evidence allow.
    pub fn joins(&self, model: &Model, linked: &Linked) -> Vec<Link> {
        let placed = self.placed(model);
        let mut people: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (person, record) in linked.people.iter().zip(0..) {
            people.entry(*person).or_default().push(record);
        }
        let mut joins = Vec::new();
        for records in people.values().filter(|records| records.len() > 1) {
            let mut links = Vec::new();
            for (at, a) in records.iter().enumerate() {
                let others = records[at + 1..].iter();
                links.extend(others.map(|b| Link { a: *a, b: *b, weight: placed.weigh(*a, *b) }));
            }
            links.sort_unstable_by_key(|link| (Reverse(link.weight), link.a, link.b));
            let mut union = Union::new(records.len());
            let place = |record| records.partition_point(|known| *known < record);
            joins.extend(links.into_iter().filter(|link| {
                let (a, b) = (place(link.a), place(link.b));
                let places = u32::try_from(a).ok().zip(u32::try_from(b).ok());
                places.is_some_and(|(a, b)| union.join(a, b).is_some())
            }));
        }
        joins
    }
}
