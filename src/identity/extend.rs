//! The usual change of a component: more evidence, and nothing comes apart.
//!
//! # Why
//!
//! [`Pool`](super::Pool) takes components apart and lays them out again, which a merge, a
//! correction and a retraction need. A touchpoint of a known customer needs none of it: evidence
//! only adds up, and the component stays one unless an identifier turns out to be shared.
//!
//! Cost: a copy of the component's lists of shared nodes, and a look at each identifier's kind; in
//! a component in which something could be shared, a look at each record.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::pool::Observation;
use super::sharing::shared_among;
use crate::model::{Blocked, Component, IdentifierId, IdentityRules, RecordId};

/// Adds to a component, which all of it must concern; `None` where more may follow than one
/// component. The identifiers in `shared` are so by bearers elsewhere.
pub fn extend(
    rules: &IdentityRules,
    component: &Component,
    seen: &[&Observation],
    shared: &BTreeSet<IdentifierId>,
) -> Option<Component> {
    let shown = seen.iter().map(|seen| seen.identifiers.len()).sum();
    let mut grown = component.with_room(seen.len(), shown);
    for seen in seen {
        seen.add_to(grown.records.get_or_insert_with(seen.record, super::pool::unseen));
        for (id, node, _) in &seen.identifiers {
            let known = grown.identifiers.get_or_insert_with(*id, || Arc::clone(node));
            if known.blocked.is_none() && shared.contains(id) {
                Arc::make_mut(known).blocked = Some(Blocked::Shared);
            }
        }
    }
    let stays = !may_share(rules, &grown) || !shares(rules, &grown, seen);
    stays.then_some(grown)
}

/// Where a component's values are of more kinds, each record is looked at.
const KINDS_MAX: usize = 32;

/// Whether a component holds what could prove that somebody shares something.
fn may_share(rules: &IdentityRules, component: &Component) -> bool {
    if component.records.len() > rules.bearers_max as usize {
        return true;
    }
    let mut counts: Vec<((&str, Option<&str>), u32)> = Vec::new();
    component.identifiers.values().any(|node| {
        let rule = rules.rule(&node.namespace);
        let tells = matches!(node.blocked, None | Some(Blocked::Shared));
        let Some(max) = rule.sharing_over.filter(|_| tells) else { return false };
        let kind = (node.namespace.name(), node.scope.as_deref());
        match counts.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => {
                *count += 1;
                *count > max
            }
            None => {
                counts.push((kind, 1));
                max == 0 || counts.len() > KINDS_MAX
            }
        }
    })
}

/// Whether an identifier on the observed records is shared. No other can have become so: what its
/// bearers show is what they showed.
fn shares(rules: &IdentityRules, component: &Component, seen: &[&Observation]) -> bool {
    let records: BTreeSet<RecordId> = seen.iter().map(|seen| seen.record).collect();
    let nodes = records.iter().filter_map(|record| component.records.get(record));
    let shown: BTreeSet<IdentifierId> =
        nodes.flat_map(|node| node.identifiers.keys()).copied().collect();
    let links = |id: &IdentifierId| {
        component.identifiers.get(id).is_some_and(|node| node.blocked.is_none())
    };
    let asked = shown.into_iter().filter(links).collect();
    !shared_among(rules, component, &asked).is_empty()
}
