//! Whose customer changed? What a changeset does to the holders of records.
//!
//! Touchpoints, conversations, consents, caps and told facts hang on records and endpoints; they
//! follow by view. An application that keeps customer ids of its own follows by this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Context, Step, View, receive};
use crate::engine::intake::Facts;
use crate::identity::partition;
use crate::model::{
    Body, Changeset, Component, ComponentPart, ComponentRow, CustomerId, IdentityRules, Key, Kind,
    RecordId, TenantId,
};

/// A record that another customer holds than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moved {
    /// Whose data it is.
    pub tenant: TenantId,
    /// The record.
    pub record: RecordId,
    /// The customer that held it; `None` where it is new.
    pub from: Option<CustomerId>,
    /// The customer that holds it; `None` where it was erased.
    pub to: Option<CustomerId>,
}

/// The records whose customer a changeset changes, in id order; `view` is what it rests on.
///
/// Costs a partition of every component that is written, before and after.
pub fn moves(rules: &IdentityRules, view: &View, changeset: &Changeset) -> Vec<Moved> {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    let parts = changeset.puts.iter().filter_map(|put| match &put.body {
        Body::ComponentPart(part) => Some((put.key, part.as_ref())),
        _ => None,
    });
    let parts: BTreeMap<Key, &ComponentPart> = parts.collect();
    for put in &changeset.puts {
        let Body::Component(row) = &put.body else { continue };
        let tenant = put.key.tenant;
        match row {
            ComponentRow::Whole(component) => hold(rules, tenant, component, &mut after),
            ComponentRow::Head(head) => {
                let part = |number| {
                    let key = Key::component_part(tenant, head.id, number);
                    parts.get(&key).copied().or_else(|| view.part(&key))
                };
                head.assemble(part).iter().for_each(|all| hold(rules, tenant, all, &mut after));
            }
        }
        hold_before(rules, view, put.key, &mut before);
    }
    for key in changeset.deletes.iter().chain(&changeset.purges) {
        hold_before(rules, view, *key, &mut before);
    }
    let mut moved: Vec<Moved> = Vec::new();
    for (place, to) in &after {
        let (tenant, record) = *place;
        let from = before.remove(place);
        if from != Some(*to) {
            moved.push(Moved { tenant, record, from, to: Some(*to) });
        }
    }
    let gone = before.into_iter();
    moved.extend(gone.map(|((tenant, record), from)| Moved {
        tenant,
        record,
        from: Some(from),
        to: None,
    }));
    moved.sort_unstable();
    moved
}

/// What facts would do to customers if they were taken in: a merge, an unmerge, a touchpoint.
///
/// # Errors
///
/// [`super::Pause`], as [`receive`].
pub fn what_if(context: &Context<'_>, view: &View, facts: &Facts) -> Step<Vec<Moved>> {
    let received = receive(context, view, facts)?;
    Ok(moves(&context.configuration.identity, view, &received.changeset))
}

type Holders = BTreeMap<(TenantId, RecordId), CustomerId>;

fn hold_before(rules: &IdentityRules, view: &View, key: Key, holders: &mut Holders) {
    if key.kind == Kind::Component
        && let Some(component) = view.component(&key)
    {
        hold(rules, key.tenant, component, holders);
    }
}

fn hold(rules: &IdentityRules, tenant: TenantId, component: &Component, holders: &mut Holders) {
    for cluster in partition(rules, component).clusters {
        let held = cluster.records.iter().map(|record| ((tenant, *record), cluster.customer));
        holders.extend(held);
    }
}
