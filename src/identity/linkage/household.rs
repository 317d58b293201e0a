//! Households: people who are related, as a second grouping beside people.
//!
//! # Law
//!
//! 1. A household never makes two records one person: it is read from the same pairs, and nothing
//!    reads it back.
//! 2. A person's records are in one household.

use super::block::place_of;
use crate::identity::Union;

/// Records joined by pairs that are sooner related people than anything else.
#[derive(Debug)]
pub(super) struct Households(Union);

impl Households {
    pub(super) fn of(records: usize) -> Self {
        Self(Union::new(records))
    }

    pub(super) fn relate(&mut self, pairs: &[(u32, u32)]) {
        for (a, b) in pairs {
            self.0.join(*a, *b);
        }
    }

    /// Of each record, the smallest place of its household's records.
    pub(super) fn with_people(mut self, people: &[u32]) -> Vec<u32> {
        for (record, first) in people.iter().enumerate() {
            self.0.join(*first, place_of(record));
        }
        let mut first: Vec<u32> = vec![u32::MAX; people.len()];
        let roots: Vec<u32> = (0..people.len()).map(|at| self.0.root(place_of(at))).collect();
        for (root, at) in roots.iter().zip(0_u32..) {
            let known = &mut first[*root as usize];
            *known = (*known).min(at);
        }
        roots.into_iter().map(|root| first[root as usize]).collect()
    }
}
