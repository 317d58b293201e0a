//! Recomputation: what views say once every fact is taken into a new store.
//!
//! Views are a function of the set of facts. So a store that many hubs wrote, under faults and in
//! any order, must show what a new store shows that is told the same facts by one hub, calmly.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::Hub;
use crate::engine::{Context, Facts, Pause, View, prepare, receive};
use crate::hub::{FixedClock, Keys, SeededEntropy};
use crate::model::{
    Body, Changeset, Commit, ComponentRow, Configuration, Copy, Digest, Index, Range, Row,
    TenantId, Timestamp, TouchpointId, Verdict,
};
use crate::storage::{MemoryStore, Store};
use crate::{Error, ErrorKind, Result};

/// Every fact of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Everything {
    /// All copies of every touchpoint, the one that views take first.
    pub touchpoints: BTreeMap<TouchpointId, Vec<Copy>>,
    /// Every verdict.
    pub verdicts: Vec<Verdict>,
}

/// Reads every fact of a tenant from a store where nobody writes.
///
/// # Errors
///
/// What the store says.
pub async fn everything(store: &dyn Store, tenant: TenantId) -> Result<Everything> {
    let mut found = Everything::default();
    let mut groups = vec![(Index::Unattributed, Uuid::nil())];
    let mut rows = group(store, tenant, Index::Components, Uuid::nil()).await?;
    while let Some(row) = rows.pop() {
        let records = match &row.body {
            Body::Component(ComponentRow::Whole(whole)) => &whole.records,
            Body::ComponentPart(part) => &part.records,
            Body::Component(ComponentRow::Head(head)) => {
                rows.extend(group(store, tenant, Index::Parts, head.id.as_uuid()).await?);
                continue;
            }
            _ => continue,
        };
        groups.extend(records.keys().map(|record| (Index::Timeline, record.as_uuid())));
    }
    for (index, prefix) in groups {
        for row in group(store, tenant, index, prefix).await? {
            if let Body::Touchpoint(copies) = &row.body {
                found.touchpoints.insert(copies.chosen().id, copies.all().to_vec());
            }
        }
    }
    for row in group(store, tenant, Index::Verdicts, Uuid::nil()).await? {
        if let Body::Verdict(verdict) = &row.body {
            found.verdicts.push(Verdict::clone(verdict));
        }
    }
    Ok(found)
}

async fn group(
    store: &dyn Store,
    tenant: TenantId,
    index: Index,
    prefix: Uuid,
) -> Result<Vec<Row>> {
    let (mut rows, mut range) = (Vec::new(), Range::all(tenant, index, prefix));
    loop {
        let page = store.scan(&[range]).await?.pop().unwrap_or_default();
        range.after = page.rows.last().map(|(sort, _)| *sort);
        rows.extend(page.rows.into_iter().map(|(_, row)| row));
        if !page.more {
            return Ok(rows);
        }
    }
}

/// The digest of all views of a new store that is told the facts of a hub's store, by their ids.
///
/// The new store's hub has another clock: no view may show when a fact was recorded.
///
/// # Errors
///
/// What the store says, and [`ErrorKind::Unexpected`] where the engine does not come to an end.
pub async fn recomputed(hub: &Hub, tenant: TenantId) -> Result<Digest> {
    let context = hub.context(tenant);
    let known = everything(hub.store(), tenant).await?;
    let keys = Keys { id_key: context.id_key.clone() };
    let new =
        Hub::new(MemoryStore::new(), keys, FixedClock::new(Timestamp::MIN), SeededEntropy::new(0))
            .configured(Configuration::clone(&context.configuration))?;
    let copies = known.touchpoints.into_values().flatten();
    let touchpoints = copies.map(|copy| prepare(&context, copy.touchpoint, copy.arrival)).collect();
    let facts = Facts { touchpoints, verdicts: known.verdicts };
    take(new.store(), &context, &facts).await?;
    new.digest(tenant).await
}

/// Takes facts into a store where nobody else writes: the canonical loop of the engine, by hand.
///
/// # Errors
///
/// What the store says, and [`ErrorKind::Unexpected`] where the engine does not come to an end.
pub async fn take(store: &dyn Store, context: &Context<'_>, facts: &Facts) -> Result<()> {
    /// More than any batch needs.
    const ROUNDS_MAX: usize = 100;
    let mut view = View::default();
    for _ in 0..ROUNDS_MAX {
        match receive(context, &view, facts) {
            Ok(received) => {
                let changeset: Changeset = received.changeset;
                return match store.commit(changeset).await? {
                    Commit::Applied(_) => Ok(()),
                    Commit::Conflict(_) => Err(endless("somebody else writes")),
                };
            }
            Err(Pause::Stale) => view = View::default(),
            Err(Pause::UnknownErasureKey(_)) => return Err(endless("an erasure key is missing")),
            Err(Pause::Outdated) => return Err(endless("another configuration is in force")),
            Err(Pause::Need(need)) => {
                let keys: Vec<_> = need.keys.into_iter().collect();
                let rows = store.load(&keys).await?;
                view.add_rows(keys.into_iter().zip(rows));
                let ranges: Vec<_> = need.ranges.into_iter().collect();
                let pages = store.scan(&ranges).await?;
                ranges.into_iter().zip(pages).for_each(|(at, page)| view.add_page(at, page));
            }
        }
    }
    Err(endless("the step needs more and more"))
}

fn endless(message: &'static str) -> Error {
    Error::new(ErrorKind::Unexpected, message).during("testkit.recompute")
}
