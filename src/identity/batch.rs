//! Many records resolved at once, without a store.
//!
//! Whoever moves millions of records from elsewhere, or wants to see what other rules would make of
//! them, adds what is known of each in any order and takes the customers, one candidate component
//! after the other.
//!
//! # Law
//!
//! 1. The customers are those of a hub that took in the same evidence (`tests/identity/batch.rs`).
//!
//! # Why
//!
//! Nothing is looked up: observations are sorted by record, then by identifier, so that equal ones
//! meet. Cost: two sorts of the observations, then each component by itself as
//! [`partition`](super::partition) says; about 200 bytes for each record of two observations.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::pool::Observation;
use super::resolved::Resolved;
use crate::model::{
    Blocked, IdentifierId, IdentityRules, LinkRule, Namespace, RecordId, Sighting, Source, Verdict,
    VerdictId,
};

/// Evidence of many records, to be resolved at once.
///
/// ```
/// use omnichannel::identity::{Batch, Observation, identify};
/// use omnichannel::model::{
///     IdKey, Identifier, IdentityRules, Namespace, Occurred, Source, TenantId,
/// };
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let rules = IdentityRules::default();
/// let key = IdKey::new(&[7; 32])?;
/// let tenant = TenantId::named("acme");
/// let (zoe, max) = ("zoe@example.org", "max@example.org");
/// let rows = [("shop", zoe), ("till", "ZOE@example.org"), ("till", max)];
///
/// let mut batch = Batch::new(&rules);
/// for (source, mail) in rows {
///     let source = Source::new(source);
///     let mail = identify(&rules, &key, tenant, &Identifier::asserted(Namespace::Email, mail));
///     batch.observe(&Observation {
///         record: key.record(tenant, &source, mail.0),
///         source,
///         occurred: Occurred::UNKNOWN,
///         identifiers: vec![mail],
///     });
/// }
/// let customers: usize = batch.resolve().map(|component| component.clusters.len()).sum();
/// assert_eq!(customers, 2);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Batch<'a> {
    rules: &'a IdentityRules,
    kinds: Names<(Namespace, Option<String>)>,
    sources: Names<Source>,
    records: Vec<Record>,
    sightings: Vec<Shown>,
    verdicts: BTreeMap<VerdictId, Verdict>,
}

/// A record as one observation knows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub(super) id: RecordId,
    /// `i64::MAX` where unknown.
    pub(super) first: i64,
    /// `None` where only a verdict names it.
    pub(super) source: Option<u32>,
}

/// An identifier on a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    pub(super) record: RecordId,
    pub(super) identifier: IdentifierId,
    /// The record's place in id order, once that is known.
    pub(super) place: u32,
    pub(super) kind: u32,
    pub(super) blocked: Option<Blocked>,
    pub(super) sighting: Sighting,
}

impl<'a> Batch<'a> {
    /// Begins with nothing.
    pub fn new(rules: &'a IdentityRules) -> Self {
        Self {
            rules,
            kinds: Names::default(),
            sources: Names::default(),
            records: Vec::new(),
            sightings: Vec::new(),
            verdicts: BTreeMap::new(),
        }
    }

    /// Adds what a touchpoint or a row shows of a record; a repeat changes nothing.
    pub fn observe(&mut self, seen: &Observation) {
        let first = seen.occurred.at.map_or(i64::MAX, |at| at.micros());
        let source = self.sources.number(|known| known.cmp(&seen.source), || seen.source.clone());
        self.records.push(Record { id: seen.record, first, source: Some(source) });
        for (identifier, node, assurance) in &seen.identifiers {
            let kind = self.kinds.number(
                |(namespace, scope)| (namespace, scope).cmp(&(&node.namespace, &node.scope)),
                || (node.namespace.clone(), node.scope.clone()),
            );
            self.sightings.push(Shown {
                record: seen.record,
                identifier: *identifier,
                place: 0,
                kind,
                blocked: node.blocked,
                sighting: Sighting::new(*assurance, seen.occurred.at),
            });
        }
    }

    /// Adds a verdict on two records; of a model the latest word on them counts.
    pub fn rule(&mut self, verdict: &Verdict) {
        let known = self.verdicts.get(&verdict.id);
        if known.is_some_and(|known| !verdict.replaces(known)) {
            return;
        }
        for id in [verdict.a, verdict.b] {
            self.records.push(Record { id, first: i64::MAX, source: None });
        }
        self.verdicts.insert(verdict.id, verdict.clone());
    }

    /// Takes the customers, one candidate component after the other, by their smallest records.
    pub fn resolve(mut self) -> Resolved<'a> {
        self.verdicts.retain(|_, verdict| verdict.connects());
        self.place_records();
        self.place_sightings();
        let kinds = self.kinds.all.into_iter();
        let kinds = kinds.map(|(namespace, scope)| (self.rules.rule(&namespace), namespace, scope));
        Resolved::new(Evidence {
            rules: self.rules,
            kinds: kinds.collect(),
            sources: self.sources.all,
            records: self.records,
            sightings: self.sightings,
            verdicts: self.verdicts,
        })
    }

    /// Of each record one, by its first sighting, in id order.
    fn place_records(&mut self) {
        let sources = &self.sources.all;
        let named = |source: u32| &sources[source as usize];
        // One that was seen comes before one that is only named.
        let order = |of: &Record| (of.id, of.source.is_none(), of.first, of.source.map(named));
        self.records.sort_unstable_by(|one, other| order(one).cmp(&order(other)));
        self.records.dedup_by_key(|record| record.id);
    }

    /// Of each identifier on each record one sighting, by identifier and place.
    fn place_sightings(&mut self) {
        self.sightings.sort_unstable_by_key(|seen| (seen.record, seen.identifier));
        self.sightings.dedup_by(|later, first| {
            let is_again = (later.record, later.identifier) == (first.record, first.identifier);
            if is_again {
                first.sighting = first.sighting.and(later.sighting);
            }
            is_again
        });
        let mut place = 0;
        for seen in &mut self.sightings {
            while self.records[place].id < seen.record {
                place += 1;
            }
            seen.place = place_of(place);
        }
        self.sightings.sort_unstable_by_key(|seen| (seen.identifier, seen.place));
    }
}

/// A batch's evidence in order.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    pub(super) rules: &'a IdentityRules,
    pub(super) kinds: Vec<(LinkRule, Namespace, Option<String>)>,
    pub(super) sources: Vec<Source>,
    /// In id order.
    pub(super) records: Vec<Record>,
    /// By identifier and place.
    pub(super) sightings: Vec<Shown>,
    pub(super) verdicts: BTreeMap<VerdictId, Verdict>,
}

/// Numbers for a few different values, in the order in which they came.
#[derive(Debug)]
struct Names<T> {
    all: Vec<T>,
    sorted: Vec<u32>,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self { all: Vec::new(), sorted: Vec::new() }
    }
}

impl<T> Names<T> {
    fn number(&mut self, compare: impl Fn(&T) -> Ordering, new: impl FnOnce() -> T) -> u32 {
        match self.sorted.binary_search_by(|at| compare(&self.all[*at as usize])) {
            Ok(at) => self.sorted[at],
            Err(at) => {
                let number = place_of(self.all.len());
                self.all.push(new());
                self.sorted.insert(at, number);
                number
            }
        }
    }
}

/// A dense index; a batch holds far fewer than 2^32 of anything.
pub(super) fn place_of(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
