//! Customers of a component: the joins that evidence allows and no constraint forbids.
//!
//! A constrained maximum spanning forest: joins are tried in the order (human verdict, verified,
//! asserted; then priority of the namespace; then trust of the source; then ids), and after all of
//! them scored links by their match weight. Each is kept only
//! if the customer that it makes keeps every constraint: cannot-links, limits, sources that hold a
//! customer once, a size. A refused join is kept with its constraint.
//!
//! # Law
//!
//! 1. A function of the component's content and the rules: nothing else, no order of arrival.
//! 2. Every seen record is in exactly one cluster.
//! 3. Only a person's verdict makes a customer that exceeds a limit, and none breaks a cannot-link.
//!
//! Costs one sort of the edges and near-constant work per edge, plus one look at the limited values
//! and the rulings of the smaller side per join.

use super::layout::{Layout, Seen};
use crate::model::{
    Component, CustomerId, IdentifierId, IdentityRules, Limit, Namespace, RecordId, Source,
    VerdictId,
};

/// Through what two nodes are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edge {
    /// A person ruled that two records are one party.
    Verdict {
        /// The verdict.
        verdict: VerdictId,
        /// The smaller record.
        a: RecordId,
        /// The larger record.
        b: RecordId,
    },
    /// A linkage model gave two records a match weight that joins.
    Scored {
        /// The scored link.
        verdict: VerdictId,
        /// The smaller record.
        a: RecordId,
        /// The larger record.
        b: RecordId,
    },
    /// An identifier was seen on a record.
    Seen {
        /// The identifier.
        identifier: IdentifierId,
        /// In which of its lives, the first is 0: a number that lay idle begins a new one.
        life: u32,
        /// The record.
        record: RecordId,
    },
}

/// A join that holds.
pub type Join = Edge;

/// What forbids a join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constraint {
    /// A person ruled that records of both sides are different parties.
    CannotLink(VerdictId),
    /// Both sides together hold more values of a namespace than one customer may.
    Limit {
        /// The namespace.
        namespace: Namespace,
        /// Its scope, where it has one.
        scope: Option<String>,
        /// The bound.
        limit: Limit,
    },
    /// A source that holds each customer once knows both sides.
    OneRecordPerSource(Source),
    /// Both sides together hold more records than one customer may.
    Size(u32),
}

/// A join that a constraint forbids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedJoin {
    /// The join.
    pub edge: Edge,
    /// What forbids it.
    pub constraint: Constraint,
}

/// The records of one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The customer's id: the smallest of its seen records by (first seen, id).
    pub customer: CustomerId,
    /// Its seen records by (first seen, id).
    pub records: Vec<RecordId>,
}

/// The customers of a component, and the joins that make them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// The customers by id; records that only verdicts name are skipped.
    pub clusters: Vec<Cluster>,
    /// The joins that hold, in the order in which they were tried. They form a forest.
    pub joins: Vec<Join>,
    /// Evidence that connects what was one already, in the order in which it was tried.
    pub confirming: Vec<Edge>,
    /// The joins that a constraint forbids, in the order in which they were tried.
    pub rejected: Vec<RejectedJoin>,
}

impl Partition {
    /// The cluster that holds a record.
    pub fn of(&self, record: RecordId) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| cluster.records.contains(&record))
    }
}

/// Derives the customers of a component.
pub fn partition(rules: &IdentityRules, component: &Component) -> Partition {
    let mut layout = Layout::new(rules);
    for (id, node) in component.records.iter() {
        layout.add_record(*id, node.source.as_ref(), node.first_seen);
    }
    layout.add_rulings(component.rulings().into_values());
    let sightings = sightings(component);
    let mut later = sightings.as_slice();
    for (id, node) in component.identifiers.iter() {
        let here = later.partition_point(|seen| seen.identifier <= *id);
        let (bearers, rest) = later.split_at(here);
        later = rest;
        if node.blocked.is_none() && !bearers.is_empty() {
            let rule = rules.rule(&node.namespace);
            layout.add_identifier((&node.namespace, node.scope.as_deref()), &rule, bearers);
        }
    }
    layout.solve()
}

/// Every sighting by identifier, then by place of the record.
fn sightings(component: &Component) -> Vec<Seen> {
    let records = component.records.values().zip(0..);
    let mut all: Vec<Seen> = records
        .flat_map(|(node, place)| {
            let seen = node.identifiers.iter();
            seen.map(move |(id, sighting)| Seen { identifier: *id, place, sighting: *sighting })
        })
        .collect();
    all.sort_unstable();
    all
}
