//! Scored links for a person to review: between link and no link.
//!
//! A match weight joins from [`IdentityRules::link_weight_min`] on. Below it, down to
//! [`IdentityRules::review_weight_min`], it says too little to join and too much to forget; and one
//! that a constraint refuses is a doubt too. A person's verdict on the two decides, and is a label
//! from which a model can learn.

use serde::{Deserialize, Serialize};

use super::partition::{Edge, Partition};
use crate::model::{Component, IdentityRules, Judge, Ruling, Verdict};

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
    let open = rulings.values().filter_map(|verdict| {
        let Ruling::Scored(weight) = verdict.ruling else { return None };
        let apart = match (partition.of(verdict.a), partition.of(verdict.b)) {
            (Some(one), Some(other)) => one.customer != other.customer,
            _ => false,
        };
        let open = weight >= rules.review_weight_min && apart && !decided(verdict);
        open.then(|| {
            let is_own =
                |edge: &Edge| matches!(edge, Edge::Scored { verdict: id, .. } if *id == verdict.id);
            let refused = partition.rejected.iter().any(|rejected| is_own(&rejected.edge));
            (-weight, Review { scored: (*verdict).clone(), refused })
        })
    });
    let mut open: Vec<_> = open.collect();
    open.sort_by_key(|(weight, review)| (*weight, review.scored.id));
    open.into_iter().map(|(_, review)| review).collect()
}
