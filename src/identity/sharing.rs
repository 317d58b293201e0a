//! Is an identifier shared by several parties? Judged from its bearers, before any join.
//!
//! A kiosk, a family phone and a reception's mailbox are seen on many records. What proves it is
//! what these records show themselves: more different accounts, cards or mailboxes than one party
//! has. So is, whoever bears it, a value that more records bear than one party can have.
//!
//! # Law
//!
//! 1. A function of the set of sightings; another one never takes a proof back. Whoever has seen
//!    enough may stop looking.
//! 2. What the bearers show counts, not what they are joined to: no join decides which joins are.

use std::collections::{BTreeMap, BTreeSet};

use super::lives::lives;
use crate::model::{
    Blocked, Component, Days, IdentifierId, IdentifierNode, IdentityRules, LinkRule, Namespace,
    RecordId, RecordNode, Sighting,
};

/// Whether an identifier that joins a component's records turns out to be shared.
pub fn finds_shared(rules: &IdentityRules, component: &Component) -> bool {
    let linking = component.linking().collect();
    !shared_among(rules, component, &linking).is_empty()
}

/// Those of a component's identifiers that its records prove to be shared.
///
/// Cost: every record's identifiers once, and its telling ones for each that is asked for.
pub(super) fn shared_among(
    rules: &IdentityRules,
    component: &Component,
    asked: &BTreeSet<IdentifierId>,
) -> Vec<IdentifierId> {
    let node = |id: &IdentifierId| component.identifiers.get(id).map(AsRef::as_ref);
    let mut found: BTreeMap<IdentifierId, Sharing<'_>> =
        asked.iter().filter_map(|id| Some((*id, Sharing::of(rules, node(id)?)))).collect();
    for record in component.records.values() {
        let mut told = None;
        for (id, sighting) in record.identifiers.iter() {
            if let Some(sharing) = found.get_mut(id) {
                let told = told.get_or_insert_with(|| told_by(rules, record, node));
                sharing.bear(*sighting, told);
            }
        }
    }
    found.into_iter().filter(|(_, sharing)| sharing.is_proven()).map(|(id, _)| id).collect()
}

/// Proof in the making that one identifier is shared.
#[derive(Debug)]
pub struct Sharing<'a> {
    rules: &'a IdentityRules,
    rule: LinkRule,
    /// How each bearer was seen with it.
    seen: Vec<Sighting>,
    /// What tells parties apart, and the bearer that shows it.
    shown: Vec<(Telling<'a>, usize)>,
}

/// A value that tells parties apart: its namespace, its scope, the most of them, itself.
type Telling<'a> = (&'a str, Option<&'a str>, u32, IdentifierId);

/// What a record shows that tells parties apart, each with the priority of its kind.
///
/// Of a kind one more than one party has: a record of a thousand values tells no more by the rest.
pub(super) type Told<'a> = Vec<(u8, Telling<'a>)>;

/// An identifier on a record: itself, its kind and the rule of that, why it joins nobody.
pub(super) type Shows<'a> =
    (IdentifierId, (&'a Namespace, Option<&'a str>), LinkRule, Option<Blocked>);

/// What tells parties apart among what a record shows.
pub(super) fn told<'a>(shows: impl Iterator<Item = Shows<'a>>) -> Told<'a> {
    let mut counts: BTreeMap<(&str, Option<&str>), u32> = BTreeMap::new();
    let tells = shows.filter_map(|(id, (namespace, scope), rule, blocked)| {
        // Two accounts tell parties apart, even where each is shared by lesser means.
        let named = matches!(blocked, None | Some(Blocked::Shared));
        let max = rule.sharing_over.filter(|_| named)?;
        let count = counts.entry((namespace.name(), scope)).or_insert(0);
        *count += 1;
        (*count <= max.saturating_add(1))
            .then(|| (rule.priority, (namespace.name(), scope, max, id)))
    });
    tells.collect()
}

/// What a component's record shows that tells parties apart.
pub(super) fn told_by<'a>(
    rules: &IdentityRules,
    record: &RecordNode,
    node: impl Fn(&IdentifierId) -> Option<&'a IdentifierNode>,
) -> Told<'a> {
    told(record.identifiers.keys().filter_map(|id| {
        let node = node(id)?;
        let kind = (&node.namespace, node.scope.as_deref());
        Some((*id, kind, rules.rule(&node.namespace), node.blocked))
    }))
}

impl<'a> Sharing<'a> {
    /// Begins with no bearer.
    pub fn of(rules: &'a IdentityRules, identifier: &IdentifierNode) -> Self {
        Self::by(rules, rules.rule(&identifier.namespace))
    }

    /// Begins with no bearer of an identifier that joins by a rule.
    pub(super) fn by(rules: &'a IdentityRules, rule: LinkRule) -> Self {
        Self { rules, rule, seen: Vec::new(), shown: Vec::new() }
    }

    /// Adds a bearer by what it shows.
    pub(super) fn bear(&mut self, sighting: Sighting, told: &[(u8, Telling<'a>)]) {
        let (bearer, priority) = (self.seen.len(), self.rule.priority);
        self.seen.push(sighting);
        let higher = told.iter().filter(|(other, _)| *other > priority);
        self.shown.extend(higher.map(|(_, value)| (*value, bearer)));
    }

    /// Adds the records of a component that bear it, without those that `skips` names.
    pub fn bear_all(
        &mut self,
        component: &'a Component,
        identifier: IdentifierId,
        skips: impl Fn(RecordId) -> bool,
    ) {
        for (_, record) in component.records.iter().filter(|(id, _)| !skips(**id)) {
            let Some(sighting) = record.identifiers.get(&identifier) else { continue };
            let node = |id: &IdentifierId| component.identifiers.get(id).map(AsRef::as_ref);
            self.bear(*sighting, &told_by(self.rules, record, node));
        }
    }

    /// Whether what was added proves it.
    pub fn is_proven(&self) -> bool {
        if self.seen.len() > self.rules.bearers_max as usize {
            return true;
        }
        if self.shown.is_empty() {
            return false;
        }
        let days: Vec<Option<Days>> = self.seen.iter().map(|seen| seen.days).collect();
        let lives = lives(&days, self.rule.idle_days_max);
        let last = lives.iter().flatten().max().copied().unwrap_or(0);
        (0..=last).any(|life| {
            // What may be of any day counts into every life: nothing that comes later unproves.
            let any = |bearer: usize| self.seen[bearer].may_be_of_any_day();
            let lived = |bearer: usize| any(bearer) || lives[bearer] == Some(life);
            let shown = self.shown.iter().filter(|(_, bearer)| lived(*bearer));
            let mut values: Vec<Telling<'_>> = shown.map(|(value, _)| *value).collect();
            values.sort_unstable();
            values.dedup();
            let mut groups = values.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1));
            groups.any(|group| group.len() > group[0].2 as usize)
        })
    }
}
