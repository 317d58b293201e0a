//! What follows from other identity rules? A tenant's customers are laid out again.
//!
//! First the layout row says towards which rules, and from then on nothing else lays out customers
//! of this tenant: every such step rests on that row. Then page after page of components is judged
//! anew, each with the row that says how far. A component keeps the normalised value of each
//! identifier, so no fact is read; one that the rules do not concern is not written.
//!
//! # Law
//!
//! 1. Afterwards components are those of a store that was filled under the rules with the same
//!    facts (`tests/configuration/again.rs`); running it twice, beside others or after a crash
//!    changes nothing more.
//! 2. A touchpoint stays on its record: rules decide what joins records, not what they are.
//!
//! # Why
//!
//! The row that closes the door is committed before the first component is read: else a fact that
//! is taken in meanwhile could leave a component behind the cursor. Taking in waits for seconds per
//! million components instead; two ways of laying out at once would have to agree on every merge.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use uuid::Uuid;

use super::sharing::{Doubted, borne};
use super::writing::{Shares, Writing};
use super::{Context, Pause, Reading, Step, View};
use crate::identity::{Pool, finds_shared, judged};
use crate::model::{
    Changeset, Component, ComponentId, Digest, IdentifierHome, IdentifierId, Index, Key, Layout,
    Range, RecordId, Sort, Towards,
};

/// Most components of one commit.
const COMPONENTS_MAX: u32 = 256;

/// How far one step came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Relaid {
    /// Components that were judged.
    pub judged: u64,
    /// Components that are laid out otherwise.
    pub changed: u64,
    /// Whether nothing is left to do.
    pub is_done: bool,
}

/// Lays out the next page of a tenant's customers under the step's identity rules.
///
/// # Errors
///
/// [`Pause`]; [`Pause::Outdated`] where other rules are in force.
pub fn relay(context: &Context<'_>, view: &View) -> Step<(Relaid, Changeset)> {
    let tenant = context.tenant;
    let mut read = Reading::of(view);
    read.want(Key::layout(tenant));
    read.want(Key::profile());
    read.settle()?;
    if read.profile().is_some_and(|profile| profile.identity != context.rules) {
        return Err(Pause::Outdated);
    }
    let done = Relaid { is_done: true, ..Relaid::default() };
    let Some(layout) = read.layout(tenant) else { return Ok((done, Changeset::default())) };
    let towards = |after| Some(Towards { identity: context.rules, after });
    let mut writing = Writing::new(tenant);
    let after = match &layout.towards {
        None if layout.identity == context.rules => return Ok((done, Changeset::default())),
        Some(known) if known.identity == context.rules => known.after,
        _ => {
            writing.put_layout(Layout { identity: layout.identity, towards: towards(None) });
            return Ok((Relaid::default(), writing.finish(&read)));
        }
    };
    let all = Range::all(tenant, Index::Components, Uuid::nil());
    let after = after.map(|id| Sort { time: 0, id: id.as_uuid() });
    let page = read.page(Range { after, limit: COMPONENTS_MAX, ..all });
    read.settle()?;
    let Some(page) = page else { return Err(Pause::Stale) };
    let rules = &context.configuration.identity;
    let components = page.rows.iter().filter_map(|(_, row)| read.listed(row));
    let components: Vec<&Arc<Component>> = components.collect();
    read.settle()?;
    let (mut touched, mut shared) = (BTreeSet::new(), BTreeMap::new());
    for known in components {
        let new = judged(rules, known);
        let now = new.as_ref().unwrap_or(known);
        if new.is_some() || finds_shared(rules, now) {
            touched.insert(known.id);
        }
        shared.extend(borne(now, now.identifiers.keys()));
    }
    let doubted = Doubted::among(context, &mut read, &shared, |_| false)?;
    touched.extend(doubted.bearers.values().flatten());
    let changed = rebuild(context, &mut read, touched, &doubted, &mut writing)?;
    let last = page.rows.last().filter(|_| page.more).map(|(sort, _)| sort.id);
    writing.put_layout(match last {
        Some(last) => {
            let towards = towards(Some(ComponentId::from_uuid(last)));
            Layout { identity: layout.identity, towards }
        }
        None => Layout { identity: context.rules, towards: None },
    });
    let relaid = Relaid { judged: page.rows.len() as u64, changed, is_done: last.is_none() };
    Ok((relaid, writing.finish(&read)))
}

/// Lays out components again, with those that an identifier leads to which links from now on.
fn rebuild(
    context: &Context<'_>,
    read: &mut Reading<'_>,
    mut waiting: BTreeSet<ComponentId>,
    doubted: &Doubted,
    writing: &mut Writing,
) -> Step<u64> {
    let tenant = context.tenant;
    let (mut pool, mut before) = (Pool::default(), BTreeMap::<ComponentId, &Arc<Component>>::new());
    let mut shares = Shares::default();
    shares.opened.extend(doubted.bearers.keys());
    let mut gone: BTreeSet<IdentifierId> = BTreeSet::new();
    while !waiting.is_empty() {
        for id in &waiting {
            read.want(Key::component(tenant, *id));
        }
        read.settle()?;
        let mut linking: Vec<IdentifierId> = Vec::new();
        for id in std::mem::take(&mut waiting) {
            let known = read.component(tenant, id).ok_or(Pause::Stale)?;
            let new = judged(&context.configuration.identity, known);
            let new = new.as_ref().unwrap_or(known);
            linking.extend(new.linking().filter(|id| !links(known, *id)));
            gone.extend(known.shared().filter(|id| !new.shares(*id)));
            pool.take(new);
            before.insert(id, known);
        }
        for id in linking.iter().chain(&gone) {
            read.want(Key::identifier_at(tenant, *id));
        }
        read.settle()?;
        for id in &linking {
            match read.identifier_home(tenant, *id) {
                Some(IdentifierHome::In(home)) if !before.contains_key(home) => {
                    waiting.insert(*home);
                }
                Some(IdentifierHome::Shared) => {
                    shares.known.insert(*id);
                }
                _ => {}
            }
        }
    }
    shares.opened.iter().for_each(|id| pool.open(*id));
    shares.known.difference(&shares.opened).for_each(|id| pool.share(*id));
    // A value that joins nobody by itself needs no word that it is shared.
    shares.opened.extend(gone.into_iter().filter(|id| read.has(Key::identifier_at(tenant, *id))));
    // A version is never given twice, so no new row is named like one that is or was there.
    let salt = Digest::of(&(context.rules, read.version(Key::layout(tenant))));
    let name = |set: &[RecordId]| context.id_key.component(tenant, salt, set[0]);
    let after = pool.into_components(&context.configuration.identity, name);
    writing.put_components(read, &before, after, &shares);
    Ok(before.len() as u64)
}

fn links(component: &Component, id: IdentifierId) -> bool {
    component.identifiers.get(&id).is_some_and(|node| node.blocked.is_none())
}
