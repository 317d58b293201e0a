//! Candidate components: what evidence could connect, kept as connected sets of records.
//!
//! A pool takes the components that new evidence touches, adds it, and hands back the connected
//! sets. A merge keeps the row of the larger side, so that the smaller side's pointers are
//! rewritten; after a split the largest part keeps the row.
//!
//! # Law
//!
//! 1. The connected sets are a function of the content; only the *names* of new rows depend on what
//!    was accepted when, and no view shows them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::sharing::{Sharing, Told, told_by};
use super::union::Union;
use crate::model::{
    Assurance, Blocked, Component, ComponentId, IdentifierId, IdentifierNode, IdentityRules,
    Occurred, RecordId, RecordNode, Sighting, Source, Timestamp, Verdict, VerdictId,
};

/// An identifier that was seen, normalised, and how surely.
pub type Observed = (IdentifierId, Arc<IdentifierNode>, Assurance);

/// What one touchpoint shows of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The record.
    pub record: RecordId,
    /// The feed that knows it.
    pub source: Source,
    /// When.
    pub occurred: Occurred,
    /// The identifiers seen, normalised.
    pub identifiers: Vec<Observed>,
}

impl Observation {
    /// The identifiers through which the record is joined to others.
    pub fn linking(&self) -> impl Iterator<Item = IdentifierId> + '_ {
        self.identifiers.iter().filter(|(_, node, _)| node.blocked.is_none()).map(|(id, ..)| *id)
    }

    /// Whether a component already shows all of it.
    pub fn is_known_to(&self, component: &Component) -> bool {
        let Some(node) = component.records.get(&self.record) else { return false };
        let seen = |(id, _, assurance): &Observed| {
            let seen = Sighting::new(*assurance, self.occurred.at);
            node.identifiers.get(id).is_some_and(|known| known.and(seen) == *known)
        };
        node.is_seen() && !self.is_before(node) && self.identifiers.iter().all(seen)
    }

    /// Adds what it shows to its record.
    pub(super) fn add_to(&self, node: &mut Arc<RecordNode>) {
        let node = Arc::make_mut(node);
        if self.is_before(node) {
            node.source = Some(self.source.clone());
            node.first_seen = self.occurred.at;
        }
        for (id, _, assurance) in &self.identifiers {
            let seen = Sighting::new(*assurance, self.occurred.at);
            let known = node.identifiers.get_or_insert_with(*id, || seen);
            *known = known.and(seen);
        }
    }

    /// Whether a record's first sighting is this one: the earliest, at one instant the smaller
    /// source. What we sent stands on a record too, under its channel's name: the order in which
    /// facts come must not make of that the feed that knows the record.
    fn is_before(&self, node: &RecordNode) -> bool {
        let Some(source) = &node.source else { return true };
        let order = |at: Option<Timestamp>| at.map_or(i64::MAX, |at| at.micros());
        (order(self.occurred.at), &self.source) < (order(node.first_seen), source)
    }
}

/// Components being changed.
#[derive(Debug, Default)]
pub struct Pool {
    records: BTreeMap<RecordId, Arc<RecordNode>>,
    identifiers: BTreeMap<IdentifierId, Arc<IdentifierNode>>,
    /// By the smaller record, so that a component finds its own.
    verdicts: BTreeMap<(RecordId, VerdictId), Verdict>,
    homes: BTreeMap<RecordId, ComponentId>,
}

impl Pool {
    /// Takes a component in.
    pub fn take(&mut self, component: &Component) {
        for (id, node) in &component.records {
            self.homes.insert(*id, component.id);
            self.records.insert(*id, Arc::clone(node));
        }
        for (id, node) in &component.identifiers {
            self.identifiers.insert(*id, Arc::clone(node));
        }
        for verdict in component.verdicts.values() {
            self.verdicts.insert((verdict.a, verdict.id), verdict.clone());
        }
    }

    /// Adds what a touchpoint shows.
    pub fn observe(&mut self, seen: &Observation) {
        seen.add_to(self.records.entry(seen.record).or_insert_with(unseen));
        for (id, identifier, _) in &seen.identifiers {
            self.identifiers.entry(*id).or_insert_with(|| Arc::clone(identifier));
        }
    }

    /// Lets an identifier be judged anew by its bearers, all of which must be here.
    pub fn open(&mut self, identifier: IdentifierId) {
        if let Some(node) = self.identifiers.get_mut(&identifier)
            && node.blocked == Some(Blocked::Shared)
        {
            Arc::make_mut(node).blocked = None;
        }
    }

    /// Says of an identifier that it is shared, by bearers elsewhere.
    pub fn share(&mut self, identifier: IdentifierId) {
        if let Some(node) = self.identifiers.get_mut(&identifier)
            && node.blocked.is_none()
        {
            Arc::make_mut(node).blocked = Some(Blocked::Shared);
        }
    }

    /// Forgets what was seen of a record, before a correction adds again what still holds.
    pub fn forget(&mut self, record: RecordId) {
        if let Some(node) = self.records.get_mut(&record) {
            *node = unseen();
        }
    }

    /// Takes back verdicts as if they had never been given.
    pub fn withdraw(&mut self, verdicts: &BTreeSet<VerdictId>) {
        self.verdicts.retain(|(_, id), _| !verdicts.contains(id));
    }

    /// Adds a verdict; its records need not have been seen. A model's link that connects nobody
    /// ([`Verdict::connects`]) is left out.
    pub fn rule(&mut self, verdict: &Verdict) {
        if !verdict.connects() {
            return;
        }
        for record in [verdict.a, verdict.b] {
            self.records.entry(record).or_insert_with(unseen);
        }
        self.verdicts.insert((verdict.a, verdict.id), verdict.clone());
    }

    /// The connected sets as components; `name` names a new one by its records, in id order.
    ///
    /// An identifier that turns out to be shared joins nobody: all of its bearers must be here,
    /// where it is not known to be shared already.
    pub fn into_components(
        mut self,
        rules: &IdentityRules,
        mut name: impl FnMut(&[RecordId]) -> ComponentId,
    ) -> Vec<Component> {
        let named: BTreeSet<RecordId> =
            self.verdicts.values().flat_map(|verdict| [verdict.a, verdict.b]).collect();
        self.records.retain(|id, node| node.is_seen() || named.contains(id));
        let sightings = self.sightings();
        self.find_shared(rules, &sightings);
        let sets = self.connected_sets(&sightings);
        let names = self.keep_names(&sets);
        let mut components: Vec<Component> = names
            .into_iter()
            .zip(&sets.members)
            .map(|(id, set)| Component::new(id.unwrap_or_else(|| name(set))))
            .collect();
        for ((record, id), verdict) in self.verdicts {
            if let Some(set) = sets.of(record) {
                components[set].verdicts.insert(id, verdict);
            }
        }
        for (at, (record, node)) in self.records.into_iter().enumerate() {
            components[sets.place[at]].records.insert(record, node);
        }
        let mut seen = sightings.as_slice();
        for (id, node) in self.identifiers {
            // Both are in id order; an identifier that no record bears any more is dropped.
            let bearers = seen.partition_point(|(other, _)| *other <= id);
            let (here, later) = seen.split_at(bearers);
            for (_, at) in here {
                let known = &mut components[sets.place[*at]].identifiers;
                known.get_or_insert_with(id, || Arc::clone(&node));
            }
            seen = later;
        }
        components
    }

    /// Which identifier was seen on which record, by identifier and place of the record.
    fn sightings(&self) -> Vec<(IdentifierId, usize)> {
        let records = self.records.values().enumerate();
        let mut sightings: Vec<(IdentifierId, usize)> = records
            .flat_map(|(at, node)| node.identifiers.keys().map(move |id| (*id, at)))
            .collect();
        sightings.sort_unstable();
        sightings
    }

    /// Takes linking power from identifiers whose bearers prove that several parties share them.
    fn find_shared(&mut self, rules: &IdentityRules, sightings: &[(IdentifierId, usize)]) {
        let records: Vec<&Arc<RecordNode>> = self.records.values().collect();
        let mut told: Vec<Option<Told<'_>>> = vec![None; records.len()];
        let mut shared: Vec<IdentifierId> = Vec::new();
        for bearers in sightings.chunk_by(|(id, _), (other, _)| id == other) {
            let id = bearers[0].0;
            let Some(node) = self.identifiers.get(&id) else { continue };
            // One bearer can prove it too: it may show two accounts.
            if node.blocked.is_some() {
                continue;
            }
            let mut sharing = Sharing::of(rules, node);
            for (_, at) in bearers {
                let known = |id: &IdentifierId| self.identifiers.get(id).map(AsRef::as_ref);
                let told = told[*at].get_or_insert_with(|| told_by(rules, records[*at], known));
                if let Some(sighting) = records[*at].identifiers.get(&id) {
                    sharing.bear(*sighting, told);
                }
            }
            if sharing.is_proven() {
                shared.push(id);
            }
        }
        shared.into_iter().for_each(|id| self.share(id));
    }

    /// Records that share a linking identifier or a verdict.
    fn connected_sets(&self, sightings: &[(IdentifierId, usize)]) -> Sets {
        let records: Vec<RecordId> = self.records.keys().copied().collect();
        let mut union = Union::new(records.len());
        for bearers in sightings.chunk_by(|(id, _), (other, _)| id == other) {
            if bearers.len() > 1
                && self.identifiers.get(&bearers[0].0).is_some_and(|node| node.blocked.is_none())
            {
                for (_, at) in &bearers[1..] {
                    union.join(place_of(bearers[0].1), place_of(*at));
                }
            }
        }
        for verdict in self.verdicts.values() {
            let at = |record: &RecordId| records.binary_search(record).ok();
            if let (Some(a), Some(b)) = (at(&verdict.a), at(&verdict.b)) {
                union.join(place_of(a), place_of(b));
            }
        }
        Sets::of_union(records, &mut union)
    }

    /// Gives each row's id to the set that holds most of its records; ties go to the smaller ids.
    fn keep_names(&self, sets: &Sets) -> Vec<Option<ComponentId>> {
        let mut claims: Vec<(usize, ComponentId, usize)> = Vec::new();
        for (at, set) in sets.members.iter().enumerate() {
            let homes = set.iter().filter_map(|record| self.homes.get(record));
            let mut homes: Vec<ComponentId> = homes.copied().collect();
            homes.sort_unstable();
            claims.extend(homes.chunk_by(|a, b| a == b).map(|home| (home.len(), home[0], at)));
        }
        claims.sort_unstable_by_key(|(count, id, at)| (usize::MAX - count, *id, *at));
        let mut names = vec![None; sets.members.len()];
        let mut taken = BTreeSet::new();
        for (_, id, at) in claims {
            if names[at].is_none() && taken.insert(id) {
                names[at] = Some(id);
            }
        }
        names
    }
}

/// A dense index; a pool holds far fewer than 2^32 records.
fn place_of(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

pub(super) fn unseen() -> Arc<RecordNode> {
    Arc::new(RecordNode::unseen())
}

/// Connected sets of records, in the order of their smallest.
struct Sets {
    records: Vec<RecordId>,
    /// Of each record, its set.
    place: Vec<usize>,
    /// Of each set, its records in id order.
    members: Vec<Vec<RecordId>>,
}

impl Sets {
    fn of_union(records: Vec<RecordId>, union: &mut Union) -> Self {
        let mut set_of_root: Vec<Option<usize>> = vec![None; records.len()];
        let (mut place, mut members) = (Vec::with_capacity(records.len()), Vec::new());
        for (at, record) in records.iter().enumerate() {
            let set = *set_of_root[union.root(place_of(at)) as usize].get_or_insert(members.len());
            if set == members.len() {
                members.push(Vec::new());
            }
            members[set].push(*record);
            place.push(set);
        }
        Self { records, place, members }
    }

    fn of(&self, record: RecordId) -> Option<usize> {
        self.records.binary_search(&record).ok().map(|at| self.place[at])
    }
}
