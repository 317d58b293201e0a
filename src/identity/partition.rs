//! Customers of a component: the joins that evidence allows and no constraint forbids.
//!
//! A constrained maximum spanning forest: joins are tried in the order (human verdict, verified,
//! asserted; then priority of the namespace; then trust of the source; then ids). Each is kept only
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

use std::collections::BTreeMap;

use super::forest::{Barred, Forest, Item, Tried};
use super::lives::lives;
use crate::model::{
    Assurance, Component, CustomerId, Days, IdentifierId, IdentityRules, Limit, LinkRule,
    Namespace, RecordId, Ruling, Source, Verdict, VerdictId,
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
    let evidence = Evidence::of(rules, component);
    let mut forest = evidence.forest(rules);
    let (mut joins, mut confirming, mut rejected) = (Vec::new(), Vec::new(), Vec::new());
    for (_, edge, a, b) in &evidence.edges {
        match forest.join(*a, *b, matches!(edge, Edge::Verdict { .. })) {
            Tried::Joined => joins.push(*edge),
            Tried::Already => confirming.push(*edge),
            Tried::Refused(barred) => {
                let constraint = evidence.constraint(rules, barred);
                rejected.push(RejectedJoin { edge: *edge, constraint });
            }
        }
    }
    Partition { clusters: clusters(component, &mut forest), joins, confirming, rejected }
}

/// How strong a join is: human, then assurance, priority, trust.
type Rank = (bool, Assurance, u8, u8);

/// An identifier on a record: the record's place and id, and how it was seen.
type Seen = (IdentifierId, u32, RecordId, (Assurance, Option<Days>));

/// What a bound counts.
enum Group<'a> {
    Values(&'a Namespace, Option<&'a str>),
    Records(&'a Source),
}

/// A component's evidence over dense indexes: its records in id order, then its identifiers' lives.
struct Evidence<'a> {
    component: &'a Component,
    /// From the strongest.
    edges: Vec<(Rank, Edge, u32, u32)>,
    /// Of each life: the day on which it was first seen, and the group that counts it.
    lives: Vec<(Option<i32>, Option<u32>)>,
    groups: Vec<(Group<'a>, Limit)>,
    /// Of each record, the group that counts it.
    once: Vec<Option<u32>>,
    /// The cannot-links, in the order of their ids.
    apart: Vec<(VerdictId, u32, u32)>,
}

impl<'a> Evidence<'a> {
    fn of(rules: &IdentityRules, component: &'a Component) -> Self {
        let mut evidence = Self {
            component,
            edges: Vec::new(),
            lives: Vec::new(),
            groups: Vec::new(),
            once: Vec::new(),
            apart: Vec::new(),
        };
        let trust = evidence.weigh_sources(rules);
        evidence.add_rulings();
        evidence.add_sightings(rules, &trust);
        evidence.edges.sort_unstable_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        evidence
    }

    /// Of each record, how far its source is trusted.
    fn weigh_sources(&mut self, rules: &IdentityRules) -> Vec<u8> {
        let mut counted: BTreeMap<&'a Source, u32> = BTreeMap::new();
        let mut trust = Vec::with_capacity(self.component.records.len());
        for node in self.component.records.values() {
            let rule = node.source.as_ref().map(|source| (source, rules.source(source.as_str())));
            trust.push(rule.map_or(0, |(_, rule)| rule.trust));
            let once = rule.filter(|(_, rule)| rule.one_record_per_customer);
            let once = once.map(|(source, _)| {
                *counted.entry(source).or_insert_with(|| {
                    self.groups.push((Group::Records(source), Limit::ever(1)));
                    index(self.groups.len() - 1)
                })
            });
            self.once.push(once);
        }
        trust
    }

    fn add_rulings(&mut self) {
        let records: Vec<RecordId> = self.component.records.keys().copied().collect();
        let place = |record: RecordId| records.binary_search(&record).ok().map(index);
        let mut apart: Vec<(VerdictId, u32, u32)> = Vec::new();
        for ((a, b), Verdict { id, ruling, .. }) in self.component.rulings() {
            let (Some(at_a), Some(at_b)) = (place(a), place(b)) else { continue };
            match ruling {
                Ruling::Same => {
                    let edge = Edge::Verdict { verdict: *id, a, b };
                    let rank = (true, Assurance::Verified, u8::MAX, u8::MAX);
                    self.edges.push((rank, edge, at_a, at_b));
                }
                Ruling::Different if a != b => apart.push((*id, at_a, at_b)),
                _ => {}
            }
        }
        apart.sort_unstable();
        self.apart = apart;
    }

    fn add_sightings(&mut self, rules: &IdentityRules, trust: &[u8]) {
        let sightings = sightings(self.component);
        let mut counted: BTreeMap<(&'a Namespace, Option<&'a str>), u32> = BTreeMap::new();
        let mut later = sightings.as_slice();
        for (id, node) in self.component.identifiers.iter() {
            let here = later.partition_point(|(seen, ..)| seen <= id);
            let (bearers, rest) = later.split_at(here);
            later = rest;
            if node.blocked.is_some() || bearers.is_empty() {
                continue;
            }
            let rule = rules.rule(&node.namespace);
            let group = rule.bound().map(|limit| {
                let name = (&node.namespace, node.scope.as_deref());
                *counted.entry(name).or_insert_with(|| {
                    self.groups.push((Group::Values(name.0, name.1), limit));
                    index(self.groups.len() - 1)
                })
            });
            self.add_lives(*id, bearers, (&rule, group), trust);
        }
    }

    /// Adds an identifier's lives and the joins of each.
    fn add_lives(
        &mut self,
        identifier: IdentifierId,
        bearers: &[Seen],
        (rule, group): (&LinkRule, Option<u32>),
        trust: &[u8],
    ) {
        let records = self.component.records.len();
        let days: Vec<Option<Days>> = bearers.iter().map(|(.., (_, days))| *days).collect();
        let first_life = self.lives.len();
        for ((_, place, record, (assurance, days)), life) in
            bearers.iter().zip(lives(&days, rule.idle_days_max))
        {
            let Some(life) = life else { continue };
            let at = first_life + life as usize;
            if self.lives.len() <= at {
                self.lives.resize(at + 1, (None, group));
            }
            let day = &mut self.lives[at].0;
            *day = days.map(|days| days.first).into_iter().chain(*day).min();
            let rank = (false, *assurance, rule.priority, trust[*place as usize]);
            let edge = Edge::Seen { identifier, life, record: *record };
            self.edges.push((rank, edge, *place, index(records + at)));
        }
    }

    fn forest(&self, rules: &IdentityRules) -> Forest {
        let records = self.component.records.len();
        let bounds = self.groups.iter().map(|(_, limit)| *limit).collect();
        let mut forest = Forest::new(records, self.lives.len(), bounds, rules.records_max);
        for (at, (node, once)) in self.component.records.values().zip(&self.once).enumerate() {
            if !node.is_seen() {
                forest.discount(index(at));
            }
            if let Some(group) = once {
                let item = Item { group: *group, thing: index(at), day: i32::MIN };
                forest.count(index(at), item);
            }
        }
        // What a record shows counts, whether or not it joins.
        for (_, edge, record, life) in &self.edges {
            let Edge::Seen { .. } = edge else { continue };
            if let (day, Some(group)) = self.lives[*life as usize - records] {
                let item = Item { group, thing: *life, day: day.unwrap_or(i32::MIN) };
                forest.count(*record, item);
                forest.count(*life, item);
            }
        }
        for (number, (_, a, b)) in self.apart.iter().enumerate() {
            forest.part(*a, *b, index(number));
        }
        forest
    }

    fn constraint(&self, rules: &IdentityRules, barred: Barred) -> Constraint {
        match barred {
            Barred::Apart(number) => Constraint::CannotLink(self.apart[number as usize].0),
            Barred::Size => Constraint::Size(rules.records_max),
            Barred::Bound(group) => match &self.groups[group as usize] {
                (Group::Records(source), _) => Constraint::OneRecordPerSource((*source).clone()),
                (Group::Values(namespace, scope), limit) => Constraint::Limit {
                    namespace: (*namespace).clone(),
                    scope: scope.map(str::to_owned),
                    limit: *limit,
                },
            },
        }
    }
}

/// Every sighting by identifier, then by place of the record.
fn sightings(component: &Component) -> Vec<Seen> {
    let records = component.records.iter().enumerate();
    let mut all: Vec<_> = records
        .flat_map(|(at, (record, node))| {
            let seen = node.identifiers.iter();
            seen.map(move |(id, seen)| (*id, index(at), *record, (seen.assurance, seen.days)))
        })
        .collect();
    all.sort_unstable();
    all
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn clusters(component: &Component, forest: &mut Forest) -> Vec<Cluster> {
    let mut members: BTreeMap<u32, Vec<(i64, RecordId)>> = BTreeMap::new();
    for (at, (record, node)) in component.records.iter().enumerate() {
        if node.is_seen() {
            let first = node.first_seen.map_or(i64::MAX, |at| at.micros());
            members.entry(forest.root(index(at))).or_default().push((first, *record));
        }
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
