//! How sound is a customer? Size, density, bridges, the weakest join, conflicts.
//!
//! A customer that hangs together by one join of a weak kind is where a wrong merge shows first.
//! Bridges are found as by Tarjan (1974): an edge is one if nothing below it reaches above it.
//!
//! Cost: the component's evidence times the logarithm of the customer's nodes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::explain::{Node, ends};
use super::partition::{Cluster, Constraint, Edge, Partition};
use crate::model::{Assurance, Component, RecordId};

/// The soundness of one customer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Its records.
    pub records: usize,
    /// The identifiers that several of its records share.
    pub identifiers: usize,
    /// Sightings and verdicts that connect its records.
    pub joins: usize,
    /// Of a thousand possible sightings (each record with each of these identifiers) those that
    /// are there.
    pub density_per_mille: usize,
    /// Joins without any of which it would be two customers.
    pub bridges: usize,
    /// Bridges that nobody verified.
    pub asserted_bridges: usize,
    /// Joins to others that constraints forbid.
    pub conflicts: usize,
    /// Among them those that a person's verdict forbids.
    pub ruled_conflicts: usize,
}

/// Looks at one customer of a component.
pub fn health(component: &Component, partition: &Partition, cluster: &Cluster) -> Health {
    let records: BTreeSet<RecordId> = cluster.records.iter().copied().collect();
    let edges = connecting(partition, &records);
    let bridges = bridges(&edges);
    let is_asserted = |edge: &&&Edge| match edge {
        Edge::Verdict { .. } => false,
        Edge::Scored { .. } => true,
        Edge::Seen { identifier, record, .. } => {
            let node = component.records.get(record);
            let seen = node.and_then(|node| node.identifiers.get(identifier));
            seen.is_some_and(|seen| seen.assurance == Assurance::Asserted)
        }
    };
    let sightings = edges.iter().filter_map(|edge| match edge {
        Edge::Seen { identifier, life, .. } => Some((*identifier, *life)),
        Edge::Verdict { .. } | Edge::Scored { .. } => None,
    });
    let sightings: Vec<_> = sightings.collect();
    let identifiers = sightings.iter().collect::<BTreeSet<_>>().len();
    let conflicts = partition.rejected.iter().filter(|rejected| touches(&rejected.edge, &records));
    let conflicts: Vec<&Constraint> = conflicts.map(|rejected| &rejected.constraint).collect();
    let ruled = |constraint: &&&Constraint| matches!(constraint, Constraint::CannotLink(_));
    Health {
        records: records.len(),
        identifiers,
        joins: edges.len(),
        density_per_mille: (sightings.len() * 1_000)
            .checked_div(identifiers * records.len())
            .unwrap_or(0),
        bridges: bridges.len(),
        asserted_bridges: bridges.iter().filter(is_asserted).count(),
        conflicts: conflicts.len(),
        ruled_conflicts: conflicts.iter().filter(ruled).count(),
    }
}

pub(super) fn touches(edge: &Edge, records: &BTreeSet<RecordId>) -> bool {
    match edge {
        Edge::Verdict { a, b, .. } | Edge::Scored { a, b, .. } => {
            records.contains(a) || records.contains(b)
        }
        Edge::Seen { record, .. } => records.contains(record),
    }
}

/// The evidence that connects records of a customer: an identifier that one of them bears does not.
fn connecting<'a>(partition: &'a Partition, records: &BTreeSet<RecordId>) -> Vec<&'a Edge> {
    let all = partition.joins.iter().chain(&partition.confirming);
    let inside: Vec<&Edge> = all.filter(|edge| touches(edge, records)).collect();
    let mut degree: BTreeMap<Node, usize> = BTreeMap::new();
    for node in inside.iter().flat_map(|edge| <[Node; 2]>::from(ends(edge))) {
        *degree.entry(node).or_default() += 1;
    }
    let shared = |edge: &&Edge| match ends(edge).1 {
        Node::Record(_) => true,
        identifier => degree[&identifier] > 1,
    };
    inside.into_iter().filter(shared).collect()
}

/// Edges without which their ends would not be connected.
fn bridges<'a>(edges: &[&'a Edge]) -> Vec<&'a Edge> {
    let mut places: BTreeMap<Node, usize> = BTreeMap::new();
    for node in edges.iter().flat_map(|edge| <[Node; 2]>::from(ends(edge))) {
        let next = places.len();
        places.entry(node).or_insert(next);
    }
    let mut near: Vec<Vec<(usize, usize)>> = vec![Vec::new(); places.len()];
    for (number, edge) in edges.iter().enumerate() {
        let (a, b) = ends(edge);
        let (a, b) = (places[&a], places[&b]);
        near[a].push((b, number));
        near[b].push((a, number));
    }
    let mut search = Search { entered: vec![0; near.len()], low: vec![0; near.len()], clock: 0 };
    let mut found = Vec::new();
    for start in 0..near.len() {
        if search.entered[start] == 0 {
            search.walk(start, &near, &mut found);
        }
    }
    found.into_iter().map(|number| edges[number]).collect()
}

/// A depth-first search that keeps its path on the heap.
struct Search {
    /// When each node was entered; 0 before.
    entered: Vec<usize>,
    /// The earliest entered node that each one's subtree reaches.
    low: Vec<usize>,
    clock: usize,
}

impl Search {
    fn enter(&mut self, node: usize) {
        self.clock += 1;
        self.entered[node] = self.clock;
        self.low[node] = self.clock;
    }

    fn walk(&mut self, start: usize, near: &[Vec<(usize, usize)>], bridges: &mut Vec<usize>) {
        // A node, the edge by which it was entered, and the next neighbour to look at.
        let mut path: Vec<(usize, usize, usize)> = vec![(start, usize::MAX, 0)];
        self.enter(start);
        while let Some((node, by, next)) = path.last_mut() {
            let (node, by) = (*node, *by);
            if let Some((other, edge)) = near[node].get(*next).copied() {
                *next += 1;
                if edge == by {
                    continue;
                }
                if self.entered[other] == 0 {
                    self.enter(other);
                    path.push((other, edge, 0));
                } else {
                    self.low[node] = self.low[node].min(self.entered[other]);
                }
            } else {
                path.pop();
                if let Some((above, ..)) = path.last() {
                    if self.low[node] > self.entered[*above] {
                        bridges.push(by);
                    }
                    self.low[*above] = self.low[*above].min(self.low[node]);
                }
            }
        }
    }
}
