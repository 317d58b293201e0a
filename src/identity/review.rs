//! Scored links for a person to review: between link and no link.
//!
//! A match weight joins from [`IdentityRules::link_weight_min`] on. Below it, down to
//! [`IdentityRules::review_weight_min`], it says too little to join and too much to forget; and one
//! that a constraint refuses is a doubt too. A person's verdict on the two decides, and is a label
//! from which a model can learn.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::partition::{Edge, Partition};
use crate::model::{
    Component, CustomerId, IdentityRules, Judge, RecordId, Ruling, Verdict, VerdictId,
};

/// A scored link that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The scored link: its two records are two customers.
    pub scored: Verdict,
    /// Whether it would join, but a constraint forbids it; [`why_not`](super::why_not) says which.
    pub refused: bool,
}

/// The scored links of a component for review, the weightiest first: those of seen records of two
/// customers on which no person ruled.
pub fn reviews(rules: &IdentityRules, component: &Component, partition: &Partition) -> Vec<Review> {
    let rulings = component.rulings();
    let decided = |of: &Verdict| {
        let ruled = rulings.get(&(of.a, of.b, Judge::Person));
        ruled.is_some_and(|ruled| ruled.ruling != Ruling::Undecided)
    };
    let holders: BTreeMap<RecordId, CustomerId> = partition
        .clusters
        .iter()
        .flat_map(|of| of.records.iter().map(|record| (*record, of.customer)))
        .collect();
    let refused = partition.rejected.iter().filter_map(|rejected| match rejected.edge {
        Edge::Scored { verdict, .. } => Some(verdict),
        _ => None,
    });
    let refused: BTreeSet<VerdictId> = refused.collect();
    let open = rulings.values().filter_map(|verdict| {
        let Ruling::Scored(weight) = verdict.ruling else { return None };
        let (one, other) = (holders.get(&verdict.a)?, holders.get(&verdict.b)?);
        let open = weight >= rules.review_weight_min && one != other && !decided(verdict);
        let refused = refused.contains(&verdict.id);
        open.then(|| (Reverse(weight), Review { scored: (*verdict).clone(), refused }))
    });
    let mut open: Vec<_> = open.collect();
    open.sort_by_key(|(weight, review)| (*weight, review.scored.id));
    open.into_iter().map(|(_, review)| review).collect()
}
