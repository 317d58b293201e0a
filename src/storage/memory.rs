//! Rows in memory: the readable specification of a store.
//!
//! One lock around the rows of each tenant and kind, and the places of each index with the versions
//! of its anchored groups.
//!
//! # Law
//!
//! Every clause of [`Store`]'s contract; `tests/store.rs` runs them all.
//!
//! # Why
//!
//! Rows are asked for by id and never listed; places are listed and kept in order. The groups of an
//! index share one set of places: most hold a few, and a set of its own would cost each a node.
//! The version of an anchored group that became empty is kept, because it must still be known.
//!
//! Cost: a load O(1) per key, a scan O(log entries) plus O(1) per row, a commit O(1) per
//! expectation and row and O(log entries) per entry. Bodies are shared, never copied.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use uuid::Uuid;

use super::by_id::ById;
use super::check::{check, listed_under};
use super::{Store, StoreCapabilities};
use crate::error::Result;
use crate::model::{
    Anchor, Body, Changeset, Commit, Expect, Index, IndexEntry, Key, Kind, Page, Put, Range, Row,
    Sort, TenantId, Version,
};

/// Keeps rows in memory, for tests, for examples and for data that fits.
///
/// Its contents end with the value; share one between hubs behind an `Arc`.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The state. A commit cannot panic half-way, so that a poisoned lock still guards whole rows.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        let state = self.state();
        Ok(keys.iter().map(|key| state.row(key)).collect())
    }

    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>> {
        let state = self.state();
        Ok(ranges.iter().map(|range| state.page(range)).collect())
    }

    async fn commit(&self, changeset: Changeset) -> Result<Commit> {
        check(&changeset)?;
        let mut state = self.state();
        let failed = state.failed(&changeset.expects);
        if failed.is_empty() {
            Ok(Commit::Applied(state.apply(changeset)))
        } else {
            Ok(Commit::Conflict(failed))
        }
    }

    fn capabilities(&self) -> StoreCapabilities {
        // Bodies are kept as values and never encoded, so that none is too long.
        StoreCapabilities::NONE.purging().with_bodies_up_to(usize::MAX)
    }
}

#[derive(Debug, Default)]
struct State {
    /// The version of the last commit.
    last: Version,
    rows: BTreeMap<(TenantId, Kind), ById<Stored>>,
    groups: Groups,
}

#[derive(Debug)]
struct Stored {
    version: Version,
    body: Body,
    entries: Vec<IndexEntry>,
}

impl State {
    fn stored(&self, key: &Key) -> Option<&Stored> {
        self.rows.get(&(key.tenant, key.kind))?.get(&key.id)
    }

    fn row(&self, key: &Key) -> Option<Row> {
        let stored = self.stored(key)?;
        Some(Row { key: *key, version: stored.version, body: stored.body.clone() })
    }

    fn page(&self, range: &Range) -> Page {
        let group = Anchor { tenant: range.tenant, index: range.index, prefix: range.prefix };
        let anchor = range.index.is_anchored().then(|| self.groups.version(&group));
        let limit = range.limit.clamp(1, Range::LIMIT_MAX) as usize;
        // One place more than asked for tells whether there is more.
        let mut places = self.groups.page(range, limit + 1);
        let more = places.len() > limit;
        places.truncate(limit);
        let row = |(sort, key): (Sort, Key)| Some((sort, self.row(&key)?));
        Page { rows: places.into_iter().filter_map(row).collect(), anchor, more }
    }

    /// The expectations that do not hold, in their order.
    fn failed(&self, expects: &[Expect]) -> Vec<Expect> {
        let holds = |expect: &Expect| match expect {
            Expect::Row(key, version) => self.stored(key).map_or(0, |s| s.version) == *version,
            Expect::Anchor(group, version) => self.groups.version(group) == *version,
        };
        expects.iter().filter(|expect| !holds(expect)).copied().collect()
    }

    fn apply(&mut self, changeset: Changeset) -> Version {
        self.last += 1;
        for key in changeset.deletes.iter().chain(&changeset.purges) {
            self.remove(key);
        }
        for put in changeset.puts {
            self.put(put);
        }
        self.last
    }

    fn remove(&mut self, key: &Key) {
        let Some(rows) = self.rows.get_mut(&(key.tenant, key.kind)) else { return };
        let Some(stored) = rows.remove(&key.id) else { return };
        self.groups.unlist(*key, &stored.entries, self.last);
    }

    fn put(&mut self, put: Put) {
        let Put { key, body, entries } = put;
        let rows = self.rows.entry((key.tenant, key.kind)).or_default();
        // Listed before the row holds them, so that the entries need not be copied.
        if let Some(before) = rows.get(&key.id) {
            self.groups.unlist(key, &before.entries, self.last);
        }
        self.groups.list(key, &entries, self.last);
        rows.insert(key.id, Stored { version: self.last, body, entries });
    }
}

/// The indexes.
#[derive(Debug, Default)]
struct Groups(BTreeMap<(TenantId, Index), Places>);

/// The places of one index, group after group.
#[derive(Debug, Default)]
struct Places {
    /// Of each anchored group, the last commit by which an entry came, went or was rewritten.
    versions: ById<Version>,
    /// By prefix, then place.
    places: BTreeSet<(u128, Sort, Key)>,
}

impl Groups {
    fn version(&self, group: &Anchor) -> Version {
        let places = self.0.get(&(group.tenant, group.index));
        let version = places.and_then(|places| places.versions.get(&group.prefix));
        version.copied().unwrap_or(0)
    }

    fn list(&mut self, key: Key, entries: &[IndexEntry], version: Version) {
        for entry in entries {
            let tenant = listed_under(entry.index, key.tenant);
            let places = self.0.entry((tenant, entry.index)).or_default();
            places.touch(entry, version);
            places.places.insert((entry.prefix.as_u128(), entry.sort, key));
        }
    }

    fn unlist(&mut self, key: Key, entries: &[IndexEntry], version: Version) {
        for entry in entries {
            let tenant = listed_under(entry.index, key.tenant);
            let Some(places) = self.0.get_mut(&(tenant, entry.index)) else { continue };
            places.touch(entry, version);
            places.places.remove(&(entry.prefix.as_u128(), entry.sort, key));
        }
    }

    /// The first `most` places of a range.
    fn page(&self, range: &Range, most: usize) -> Vec<(Sort, Key)> {
        // A set panics at an inverted range; it is an empty one.
        if range.after.zip(range.until).is_some_and(|(after, until)| after >= until) {
            return Vec::new();
        }
        let Some(places) = self.0.get(&(range.tenant, range.index)) else { return Vec::new() };
        let group = range.prefix.as_u128();
        let from = match range.after {
            Some(after) => Bound::Excluded((group, after, LAST)),
            None => Bound::Included((group, Sort::MIN, FIRST)),
        };
        let to = Bound::Included((group, range.until.unwrap_or(Sort::MAX), LAST));
        let places = places.places.range((from, to)).map(|(_, sort, key)| (*sort, *key));
        if range.descending {
            places.rev().take(most).collect()
        } else {
            places.take(most).collect()
        }
    }
}

impl Places {
    fn touch(&mut self, entry: &IndexEntry, version: Version) {
        if entry.index.is_anchored() {
            self.versions.insert(entry.prefix, version);
        }
    }
}

/// The first of all keys: it begins the places of one [`Sort`].
const FIRST: Key =
    Key { tenant: TenantId::from_uuid(Uuid::nil()), kind: Kind::ALL[0], id: Uuid::nil() };

/// The last of all keys: it ends the places of one [`Sort`].
const LAST: Key = Key {
    tenant: TenantId::from_uuid(Uuid::max()),
    kind: Kind::ALL[Kind::ALL.len() - 1],
    id: Uuid::max(),
};
