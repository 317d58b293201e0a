//! Customers of a component: the joins that evidence allows and verdicts do not forbid.
//!
//! A maximum spanning forest: joins are tried in the order (human verdict, verified, asserted; then
//! stability of the namespace; then ids) and each is kept only if no two records that a person
//! ruled [`Ruling::Different`] would become one customer. A refused join is kept with its reason.
//!
//! # Law
//!
//! 1. A function of the component's content: nothing else, no order of arrival.
//! 2. Every seen record is in exactly one cluster.
//!
//! Costs one sort of the edges and near-constant work per edge, plus one look at each ruling of the
//! smaller side per join.

use std::collections::{BTreeMap, BTreeSet};

use super::union::Union;
use crate::model::{
    Assurance, Component, CustomerId, IdentifierId, RecordId, Ruling, Stability, VerdictId,
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
    /// An identifier was seen on a record.
    Seen {
        /// The identifier.
        identifier: IdentifierId,
        /// The record.
        record: RecordId,
    },
}

/// A join that holds.
pub type Join = Edge;

/// A join that a verdict forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RejectedJoin {
    /// The join.
    pub edge: Edge,
    /// The verdict that forbids it.
    pub forbidden_by: VerdictId,
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
    /// The joins that a verdict forbids.
    pub rejected: Vec<RejectedJoin>,
}

impl Partition {
    /// The cluster that holds a record.
    pub fn of(&self, record: RecordId) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| cluster.records.contains(&record))
    }
}

/// Derives the customers of a component.
pub fn partition(component: &Component) -> Partition {
    let mut forest = Forest::new(component);
    for edge in ordered_edges(component) {
        forest.try_join(edge);
    }
    Partition {
        clusters: forest.clusters(component),
        joins: forest.joins,
        rejected: forest.rejected,
    }
}

/// Human verdicts first, then verified before asserted, lasting before passing, then by id.
fn ordered_edges(component: &Component) -> Vec<Edge> {
    let mut edges: Vec<((u8, Assurance, Stability), Edge)> = Vec::new();
    for ((a, b), verdict) in component.rulings() {
        if verdict.ruling == Ruling::Same {
            let edge = Edge::Verdict { verdict: verdict.id, a, b };
            edges.push(((1, Assurance::Verified, Stability::Permanent), edge));
        }
    }
    for (record, node) in &component.records {
        for (identifier, assurance) in &node.identifiers {
            let Some(seen) = component.identifiers.get(identifier) else { continue };
            if seen.blocked.is_none() {
                let edge = Edge::Seen { identifier: *identifier, record: *record };
                edges.push(((0, *assurance, seen.namespace.stability()), edge));
            }
        }
    }
    edges.sort_by(|(tier, edge), (other_tier, other)| other_tier.cmp(tier).then(edge.cmp(other)));
    edges.into_iter().map(|(_, edge)| edge).collect()
}

/// Nodes are the component's records, then its identifiers, in id order.
struct Forest {
    union: Union,
    records: BTreeMap<RecordId, usize>,
    identifiers: BTreeMap<IdentifierId, usize>,
    /// For each root, the pairs (other root's node, verdict) that must stay apart.
    apart: BTreeMap<usize, BTreeSet<(usize, VerdictId)>>,
    joins: Vec<Join>,
    rejected: Vec<RejectedJoin>,
}

impl Forest {
    fn new(component: &Component) -> Self {
        let count = component.records.len();
        let records: BTreeMap<_, _> =
            component.records.keys().enumerate().map(|(at, id)| (*id, at)).collect();
        let identifiers: BTreeMap<_, _> =
            component.identifiers.keys().enumerate().map(|(at, id)| (*id, count + at)).collect();
        let mut apart: BTreeMap<usize, BTreeSet<(usize, VerdictId)>> = BTreeMap::new();
        for ((a, b), verdict) in component.rulings() {
            let (Some(a), Some(b)) = (records.get(&a), records.get(&b)) else { continue };
            if verdict.ruling == Ruling::Different && a != b {
                apart.entry(*a).or_default().insert((*b, verdict.id));
                apart.entry(*b).or_default().insert((*a, verdict.id));
            }
        }
        let union = Union::new(count + identifiers.len());
        Self { union, records, identifiers, apart, joins: Vec::new(), rejected: Vec::new() }
    }

    fn ends(&self, edge: &Edge) -> Option<(usize, usize)> {
        match edge {
            Edge::Verdict { a, b, .. } => Some((*self.records.get(a)?, *self.records.get(b)?)),
            Edge::Seen { identifier, record } => {
                Some((*self.records.get(record)?, *self.identifiers.get(identifier)?))
            }
        }
    }

    fn try_join(&mut self, edge: Edge) {
        let Some((a, b)) = self.ends(&edge) else { return };
        let (root_a, root_b) = (self.union.root(a), self.union.root(b));
        if root_a == root_b {
            return;
        }
        if let Some(forbidden_by) = self.forbids(root_a, root_b) {
            self.rejected.push(RejectedJoin { edge, forbidden_by });
            return;
        }
        if let Some((kept, gone)) = self.union.join(root_a, root_b) {
            let moved = self.apart.remove(&gone).unwrap_or_default();
            if !moved.is_empty() {
                self.apart.entry(kept).or_default().extend(moved);
            }
            self.joins.push(edge);
        }
    }

    /// The smallest verdict that keeps two roots apart.
    fn forbids(&mut self, a: usize, b: usize) -> Option<VerdictId> {
        let pairs = |root: usize| self.apart.get(&root).map_or(0, BTreeSet::len);
        let (few, other) = if pairs(a) <= pairs(b) { (a, b) } else { (b, a) };
        let kept: Vec<(usize, VerdictId)> = self.apart.get(&few)?.iter().copied().collect();
        let crossing = kept.into_iter().filter(|(node, _)| self.union.root(*node) == other);
        crossing.map(|(_, verdict)| verdict).min()
    }

    fn clusters(&mut self, component: &Component) -> Vec<Cluster> {
        let mut members: BTreeMap<usize, Vec<(i64, RecordId)>> = BTreeMap::new();
        for (record, node) in component.records.iter().filter(|(_, node)| node.is_seen()) {
            let root = self.union.root(self.records[record]);
            let first = node.first_seen.map_or(i64::MAX, |at| at.micros());
            members.entry(root).or_default().push((first, *record));
        }
        let mut clusters: Vec<Cluster> = members
            .into_values()
            .map(|mut records| {
                records.sort_unstable();
                let customer = CustomerId::from(records[0].1);
                Cluster { customer, records: records.into_iter().map(|(_, id)| id).collect() }
            })
            .collect();
        clusters.sort_unstable_by_key(|cluster| cluster.customer);
        clusters
    }
}
