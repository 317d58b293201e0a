//! Is an identifier shared by several parties? Judged from its bearers, before any join.
//!
//! A kiosk, a family phone and a reception's mailbox are seen on many records. What proves it is
//! what these records show themselves: more different accounts, cards or mailboxes than one party
//! has. So is, whoever bears it, a value that more records bear than one party can have.
//!
//! # Law
//!
//! 1. A function of the set of bearers; another bearer never takes a proof back. Whoever has seen
//!    enough may stop looking.
//! 2. What the bearers show counts, not what they are joined to: no join decides which joins are.

use super::lives::lives;
use crate::model::{
    Blocked, Component, Days, IdentifierId, IdentifierNode, IdentityRules, LinkRule, RecordId,
};

/// Whether an identifier that joins a component's records turns out to be shared.
pub fn finds_shared(rules: &IdentityRules, component: &Component) -> bool {
    component.linking().any(|id| {
        let Some(node) = component.identifiers.get(&id) else { return false };
        let mut sharing = Sharing::of(rules, node);
        sharing.bear_all(component, id, |_| false);
        sharing.is_proven()
    })
}

/// Proof in the making that one identifier is shared.
#[derive(Debug)]
pub struct Sharing<'a> {
    rules: &'a IdentityRules,
    rule: LinkRule,
    /// When each bearer was seen with it.
    seen: Vec<Option<Days>>,
    /// What tells parties apart, and the bearer that shows it.
    shown: Vec<(Telling<'a>, usize)>,
}

/// A value that tells parties apart: its namespace, its scope, the most of them, itself.
type Telling<'a> = (&'a str, Option<&'a str>, u32, IdentifierId);

impl<'a> Sharing<'a> {
    /// Begins with no bearer.
    pub fn of(rules: &'a IdentityRules, identifier: &IdentifierNode) -> Self {
        let rule = rules.rule(&identifier.namespace);
        Self { rules, rule, seen: Vec::new(), shown: Vec::new() }
    }

    /// Adds a bearer by the values that it shows.
    pub fn bear(
        &mut self,
        days: Option<Days>,
        shows: impl Iterator<Item = (IdentifierId, &'a IdentifierNode)>,
    ) {
        let bearer = self.seen.len();
        self.seen.push(days);
        for (id, node) in shows {
            let rule = self.rules.rule(&node.namespace);
            // Two accounts tell parties apart, even where each is shared by lesser means.
            let named = matches!(node.blocked, None | Some(Blocked::Shared));
            let tells = named && rule.priority > self.rule.priority;
            if let (true, Some(max)) = (tells, rule.sharing_over) {
                let value = (node.namespace.name(), node.scope.as_deref(), max, id);
                self.shown.push((value, bearer));
            }
        }
    }

    /// Adds the records of a component that bear it, without those that `skips` names.
    pub fn bear_all(
        &mut self,
        component: &'a Component,
        identifier: IdentifierId,
        skips: impl Fn(RecordId) -> bool,
    ) {
        for (_, node) in component.records.iter().filter(|(id, _)| !skips(**id)) {
            let Some(sighting) = node.identifiers.get(&identifier) else { continue };
            let shows = node.identifiers.keys();
            let shows = shows.filter_map(|id| Some((*id, component.identifiers.get(id)?.as_ref())));
            self.bear(sighting.days, shows);
        }
    }

    /// Whether what was added proves it.
    pub fn is_proven(&self) -> bool {
        if self.seen.len() > self.rules.bearers_max as usize {
            return true;
        }
        if self.shown.len() < 2 {
            return false;
        }
        let lives = lives(&self.seen, self.rule.idle_days_max);
        let last = lives.iter().flatten().max().copied().unwrap_or(0);
        (0..=last).any(|life| {
            // A bearer of unknown time counts into every life: another bearer never unproves.
            let lived = |bearer: usize| lives[bearer].is_none_or(|of| of == life);
            let shown = self.shown.iter().filter(|(_, bearer)| lived(*bearer));
            let mut values: Vec<Telling<'_>> = shown.map(|(value, _)| *value).collect();
            values.sort_unstable();
            values.dedup();
            let mut groups = values.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1));
            groups.any(|group| group.len() > group[0].2 as usize)
        })
    }
}
