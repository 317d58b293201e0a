//! What remains of the erased, as rows; and taking it back from an export.
//!
//! Of two tombstones of one thing the later stands, of two tellings of an opt-out each later no:
//! importing in any order, twice, or after a crash in the middle changes nothing more. A tombstone
//! that is taken back refuses what comes after it; it erases nothing that is there.
//!
//! One round and a row each, and the gate.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::receive::Fate;
use super::writing::Writing;
use super::{Context, Reading, Step, View};
use crate::model::{
    Body, Changeset, Erasure, ErasureId, Erasures, Index, IndexEntry, Key, Kind, Remains, Sort,
    TenantId,
};

/// The place of such a row in the listing of all.
pub(super) fn listed(id: Uuid, body: &Body) -> Vec<IndexEntry> {
    let time = match body {
        Body::Tombstone(tombstone) => tombstone.erased_at.micros(),
        Body::Erasure(erasure) => erasure.erased_at.micros(),
        _ => 0,
    };
    let (index, prefix, sort) = (Index::Erased, Uuid::nil(), Sort { time, id });
    vec![IndexEntry { index, prefix, sort }]
}

/// Takes back what remains of people who were erased elsewhere.
///
/// # Errors
///
/// [`super::Pause`].
pub fn take_back(
    context: &Context<'_>,
    view: &View,
    remains: &[(Uuid, Remains)],
) -> Step<(Vec<Fate>, Changeset)> {
    let tenant = context.tenant;
    let mut read = Reading::of(view);
    read.want(Key::erasures(tenant));
    remains.iter().for_each(|(id, what)| read.want(key(tenant, *id, what)));
    read.settle()?;
    let mut gate: Erasures =
        read.erasures(tenant).map(|known| known.as_ref().clone()).unwrap_or_default();
    let before = gate.clone();
    let mut standing: BTreeMap<(Kind, Uuid), Remains> = BTreeMap::new();
    let mut changed: BTreeMap<(Kind, Uuid), Body> = BTreeMap::new();
    let mut fates = Vec::with_capacity(remains.len());
    for (id, what) in remains {
        gate.keys.extend(what.key());
        let at = (what.kind(), *id);
        let known = standing.remove(&at).or_else(|| known(&read, tenant, *id, what));
        let next = match &known {
            Some(known) => known.join(what),
            None => what.clone(),
        };
        let is_new = known.as_ref() != Some(&next);
        fates.push(if is_new { Fate::Accepted } else { Fate::Duplicate });
        if is_new {
            changed.insert(at, body(&next));
        }
        standing.insert(at, next);
    }
    let mut writing = Writing::new(tenant);
    for ((_, id), body) in changed {
        let entries = listed(id, &body);
        writing.put(id, body, entries);
    }
    if gate != before {
        writing.put(Uuid::nil(), Body::Erasures(Arc::new(gate)), Vec::new());
    }
    Ok((fates, writing.finish(&read)))
}

fn key(tenant: TenantId, id: Uuid, what: &Remains) -> Key {
    match what {
        Remains::Tombstone(_) => Key::tombstone(tenant, id),
        Remains::OptOut(_) => Key::opt_out(tenant, id),
        Remains::Erasure(_) => Key::erasure(tenant, ErasureId::from_uuid(id)),
    }
}

fn known(read: &Reading<'_>, tenant: TenantId, id: Uuid, what: &Remains) -> Option<Remains> {
    Some(match what {
        Remains::Tombstone(_) => Remains::Tombstone(read.tombstone(tenant, id)?.as_ref().clone()),
        Remains::OptOut(_) => Remains::OptOut(read.opt_outs(tenant, id)?.as_ref().clone()),
        Remains::Erasure(_) => {
            Remains::Erasure(Erasure::clone(read.erasure(tenant, ErasureId::from_uuid(id))?))
        }
    })
}

fn body(what: &Remains) -> Body {
    match what.clone() {
        Remains::Tombstone(tombstone) => Body::Tombstone(Arc::new(tombstone)),
        Remains::OptOut(left) => Body::OptOut(Arc::new(left)),
        Remains::Erasure(erasure) => Body::Erasure(Arc::new(erasure)),
    }
}
