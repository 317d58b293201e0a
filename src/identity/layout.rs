//! A candidate component's evidence over dense places, ready to be solved.
//!
//! Its records come first, in id order, then its identifiers' lives. Every way in ends here, be it
//! one component of a store or one of a million in a batch: both give the same customers.

use std::collections::BTreeMap;

use super::forest::{Barred, Forest, Item, Tried};
use super::lives::lives;
use super::partition::{Cluster, Constraint, Edge, Partition, RejectedJoin};
use crate::model::{
    Assurance, CustomerId, Days, IdentifierId, IdentityRules, Limit, LinkRule, Millibits,
    Namespace, RecordId, Ruling, Sighting, Source, Timestamp, Verdict, VerdictId,
};

/// How strong a join is: a model's below an identifier's, a person's above all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Scored(Millibits),
    /// By assurance, priority, trust.
    Seen(Assurance, u8, u8),
    Ruled,
}

/// An identifier on a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    pub(super) identifier: IdentifierId,
    /// The record's place.
    pub(super) place: u32,
    pub(super) sighting: Sighting,
}

/// What a bound counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group<'a> {
    Values(&'a Namespace, Option<&'a str>),
    Records(&'a Source),
}

/// A record in its place.
struct Placed {
    id: RecordId,
    /// Whether a touchpoint of it was seen, and the order in which it was seen first.
    first: Option<i64>,
    trust: u8,
    /// The group that counts it.
    once: Option<u32>,
}

/// Evidence in the order in which it was added; [`Layout::solve`] derives the customers.
pub(super) struct Layout<'a> {
    rules: &'a IdentityRules,
    records: Vec<Placed>,
    edges: Vec<(Rank, Edge, u32, u32)>,
    /// Of each life: the day on which it was first seen, and the group that counts it.
    lives: Vec<(Option<i32>, Option<u32>)>,
    groups: Vec<(Group<'a>, Limit)>,
    numbers: BTreeMap<Group<'a>, u32>,
    /// The cannot-links, in the order of their ids.
    apart: Vec<(VerdictId, u32, u32)>,
}

impl<'a> Layout<'a> {
    pub(super) fn new(rules: &'a IdentityRules) -> Self {
        Self {
            rules,
            records: Vec::new(),
            edges: Vec::new(),
            lives: Vec::new(),
            groups: Vec::new(),
            numbers: BTreeMap::new(),
            apart: Vec::new(),
        }
    }

    /// Adds a record, after all of smaller ids; without a source it was never seen.
    pub(super) fn add_record(
        &mut self,
        id: RecordId,
        source: Option<&'a Source>,
        first_seen: Option<Timestamp>,
    ) {
        let first = source.map(|_| first_seen.map_or(i64::MAX, |at| at.micros()));
        let rule = source.map(|source| (source, self.rules.source(source.as_str())));
        let trust = rule.map_or(0, |(_, rule)| rule.trust);
        let once = rule.filter(|(_, rule)| rule.one_record_per_customer);
        let once = once.map(|(source, _)| self.group_of(Group::Records(source), Limit::ever(1)));
        self.records.push(Placed { id, first, trust, once });
    }

    /// Adds the rulings in force, after all records.
    pub(super) fn add_rulings<'v>(&mut self, rulings: impl Iterator<Item = &'v Verdict>) {
        for Verdict { id, a, b, ruling, .. } in rulings {
            let (Some(at_a), Some(at_b)) = (self.place(*a), self.place(*b)) else { continue };
            match ruling {
                Ruling::Same => {
                    let edge = Edge::Verdict { verdict: *id, a: *a, b: *b };
                    self.edges.push((Rank::Ruled, edge, at_a, at_b));
                }
                Ruling::Scored(weight) if *weight >= self.rules.link_weight_min => {
                    let edge = Edge::Scored { verdict: *id, a: *a, b: *b };
                    self.edges.push((Rank::Scored(*weight), edge, at_a, at_b));
                }
                Ruling::Different if a != b => self.apart.push((*id, at_a, at_b)),
                _ => {}
            }
        }
        self.apart.sort_unstable();
    }

    /// Adds an identifier that links, after all records: its lives and the joins of each.
    pub(super) fn add_identifier(
        &mut self,
        kind: (&'a Namespace, Option<&'a str>),
        rule: &LinkRule,
        bearers: &[Seen],
    ) {
        let group = rule.bound().map(|limit| self.group_of(Group::Values(kind.0, kind.1), limit));
        let days: Vec<Option<Days>> = bearers.iter().map(|seen| seen.sighting.days).collect();
        let first_life = self.lives.len();
        for (seen, life) in bearers.iter().zip(lives(&days, rule.idle_days_max)) {
            let Some(life) = life else { continue };
            let at = first_life + life as usize;
            if self.lives.len() <= at {
                self.lives.resize(at + 1, (None, group));
            }
            let day = &mut self.lives[at].0;
            *day = seen.sighting.days.map(|days| days.first).into_iter().chain(*day).min();
            let record = &self.records[seen.place as usize];
            let rank = Rank::Seen(seen.sighting.assurance, rule.priority, record.trust);
            let edge = Edge::Seen { identifier: seen.identifier, life, record: record.id };
            self.edges.push((rank, edge, seen.place, index(self.records.len() + at)));
        }
    }

    fn group_of(&mut self, group: Group<'a>, limit: Limit) -> u32 {
        let next = index(self.groups.len());
        let number = *self.numbers.entry(group).or_insert(next);
        if number == next {
            self.groups.push((group, limit));
        }
        number
    }

    fn place(&self, record: RecordId) -> Option<u32> {
        self.records.binary_search_by_key(&record, |known| known.id).ok().map(index)
    }

    /// Tries every join, from the strongest.
    pub(super) fn solve(mut self) -> Partition {
        self.edges.sort_unstable_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        let mut forest = self.forest();
        let (mut joins, mut confirming, mut rejected) = (Vec::new(), Vec::new(), Vec::new());
        for (_, edge, a, b) in &self.edges {
            match forest.join(*a, *b, matches!(edge, Edge::Verdict { .. })) {
                Tried::Joined => joins.push(*edge),
                Tried::Already => confirming.push(*edge),
                Tried::Refused(barred) => {
                    let constraint = self.constraint(barred);
                    rejected.push(RejectedJoin { edge: *edge, constraint });
                }
            }
        }
        Partition { clusters: self.clusters(&mut forest), joins, confirming, rejected }
    }

    fn forest(&self) -> Forest {
        let records = self.records.len();
        let bounds = self.groups.iter().map(|(_, limit)| *limit).collect();
        let mut forest = Forest::new(records, self.lives.len(), bounds, self.rules.records_max);
        for (at, record) in self.records.iter().enumerate() {
            if record.first.is_none() {
                forest.discount(index(at));
            }
            if let Some(group) = record.once {
                forest.count(index(at), Item { group, thing: index(at), day: i32::MIN });
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

    fn constraint(&self, barred: Barred) -> Constraint {
        match barred {
            Barred::Apart(number) => Constraint::CannotLink(self.apart[number as usize].0),
            Barred::Size => Constraint::Size(self.rules.records_max),
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

    fn clusters(&self, forest: &mut Forest) -> Vec<Cluster> {
        let mut members: BTreeMap<u32, Vec<(i64, RecordId)>> = BTreeMap::new();
        for (at, record) in self.records.iter().enumerate() {
            if let Some(first) = record.first {
                members.entry(forest.root(index(at))).or_default().push((first, record.id));
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
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
