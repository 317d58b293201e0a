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
    Blocked, Component, Days, IdentifierId, IdentifierNode, IdentityRules, LinkRule, Namespace,
    RecordId,
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
pub(super) type Telling<'a> = (&'a str, Option<&'a str>, u32, IdentifierId);

/// What a value tells of the bearers of a lesser one, by the rules of both.
pub(super) fn tells<'a>(
    (id, namespace, scope): (IdentifierId, &'a Namespace, Option<&'a str>),
    (rule, blocked): (&LinkRule, Option<Blocked>),
    of: &LinkRule,
) -> Option<Telling<'a>> {
    // Two accounts tell parties apart, even where each is shared by lesser means.
    let named = matches!(blocked, None | Some(Blocked::Shared));
    let max = rule.sharing_over.filter(|_| named && rule.priority > of.priority)?;
    Some((namespace.name(), scope, max, id))
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

    /// Adds a bearer by the values that it shows.
    pub fn bear(
        &mut self,
        days: Option<Days>,
        shows: impl Iterator<Item = (IdentifierId, &'a IdentifierNode)>,
    ) {
        let (rules, of) = (self.rules, self.rule);
        let telling = shows.filter_map(|(id, node)| {
            let shown = (id, &node.namespace, node.scope.as_deref());
            tells(shown, (&rules.rule(&node.namespace), node.blocked), &of)
        });
        self.bear_telling(days, telling);
    }

    /// Adds a bearer by what it shows that tells parties apart.
    pub(super) fn bear_telling(
        &mut self,
        days: Option<Days>,
        telling: impl Iterator<Item = Telling<'a>>,
    ) {
        let bearer = self.seen.len();
        self.seen.push(days);
        self.shown.extend(telling.map(|value| (value, bearer)));
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
