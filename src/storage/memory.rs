//! Rows in memory: the readable specification of a store.
//!
//! One lock around the rows of each tenant and kind, and the groups of each index.
//!
//! # Law
//!
//! Every clause of [`Store`]'s contract; `tests/store.rs` runs them all.
//!
//! # Why
//!
//! Rows and groups are asked for by id and never listed; the places of a group are listed and kept
//! in order. Most groups hold a few: these lie side by side, found with one look.
//! The version of an anchored group that became empty is kept, because it must still be known.
//!
//! Cost: a load O(1) per key, a scan O(log group) plus O(1) per row, a commit O(1) per
//! expectation and row and O(log group) per entry. Bodies are shared, never copied.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, RangeBounds};
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
        StoreCapabilities::NONE.purging()
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
    entries: Box<[IndexEntry]>,
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
            Expect::Row(..) if bug!("unchecked_version") => true,
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
        let stored = Stored { version: self.last, body, entries: entries.into_boxed_slice() };
        let rows = self.rows.entry((key.tenant, key.kind)).or_default();
        match rows.get_mut(&key.id) {
            None => {
                self.groups.list(key, &stored.entries, self.last);
                rows.insert(key.id, stored);
            }
            Some(known) => {
                if known.entries == stored.entries {
                    self.groups.touch(key.tenant, &stored.entries, self.last);
                } else {
                    self.groups.unlist(key, &known.entries, self.last);
                    self.groups.list(key, &stored.entries, self.last);
                }
                *known = stored;
            }
        }
    }
}

/// The indexes.
#[derive(Debug, Default)]
struct Groups(BTreeMap<(TenantId, Index), ById<Group>>);

/// A group of an index.
#[derive(Debug, Default)]
struct Group {
    /// Of an anchored group, the last commit by which an entry came, went or was rewritten.
    version: Version,
    places: Places,
}

impl Groups {
    fn get(&self, group: &Anchor) -> Option<&Group> {
        self.0.get(&(group.tenant, group.index))?.get(&group.prefix)
    }

    fn version(&self, group: &Anchor) -> Version {
        self.get(group).map_or(0, |group| group.version)
    }

    fn list(&mut self, key: Key, entries: &[IndexEntry], version: Version) {
        for entry in entries {
            let tenant = listed_under(entry.index, key.tenant);
            let groups = self.0.entry((tenant, entry.index)).or_default();
            let group = groups.get_or_default(entry.prefix);
            group.version = version;
            group.places.insert((entry.sort, key));
        }
    }

    fn unlist(&mut self, key: Key, entries: &[IndexEntry], version: Version) {
        for entry in entries {
            let tenant = listed_under(entry.index, key.tenant);
            let Some(groups) = self.0.get_mut(&(tenant, entry.index)) else { continue };
            let group = groups.get_or_default(entry.prefix);
            group.version = version;
            group.places.remove(&(entry.sort, key));
            if group.places.is_empty() && !entry.index.is_anchored() {
                groups.remove(&entry.prefix);
            }
        }
    }

    /// Notes that entries were rewritten where they were.
    fn touch(&mut self, tenant: TenantId, entries: &[IndexEntry], version: Version) {
        for entry in entries.iter().filter(|entry| entry.index.is_anchored()) {
            let tenant = listed_under(entry.index, tenant);
            let groups = self.0.entry((tenant, entry.index)).or_default();
            groups.get_or_default(entry.prefix).version = version;
        }
    }

    /// The first `most` places of a range.
    fn page(&self, range: &Range, most: usize) -> Vec<(Sort, Key)> {
        // A set panics at an inverted range; it is an empty one.
        if range.after.zip(range.until).is_some_and(|(after, until)| after >= until) {
            return Vec::new();
        }
        let group = Anchor { tenant: range.tenant, index: range.index, prefix: range.prefix };
        let Some(group) = self.get(&group) else { return Vec::new() };
        let from = match range.after {
            Some(after) => Bound::Excluded((after, LAST)),
            None => Bound::Included((Sort::MIN, FIRST)),
        };
        let to = Bound::Included((range.until.unwrap_or(Sort::MAX), LAST));
        group.places.page((from, to), range.descending, most)
    }
}

/// Where a row stands in a group; several may stand at one [`Sort`].
type Place = (Sort, Key);

/// Most places of a group that are kept side by side.
const FEW_MAX: usize = 32;

/// The places of a group, in order.
#[derive(Debug)]
enum Places {
    /// At most [`FEW_MAX`].
    Few(Vec<Place>),
    /// There were more.
    Many(BTreeSet<Place>),
}

impl Default for Places {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Places {
    fn is_empty(&self) -> bool {
        match self {
            Self::Few(places) => places.is_empty(),
            Self::Many(places) => places.is_empty(),
        }
    }

    fn insert(&mut self, place: Place) {
        match self {
            Self::Many(places) => _ = places.insert(place),
            Self::Few(places) => {
                if let Err(at) = places.binary_search(&place) {
                    // Most groups stay as small as they are.
                    places.reserve_exact(1);
                    places.insert(at, place);
                }
                if places.len() > FEW_MAX {
                    *self = Self::Many(std::mem::take(places).into_iter().collect());
                }
            }
        }
    }

    fn remove(&mut self, place: &Place) {
        match self {
            Self::Few(places) => places.retain(|other| other != place),
            Self::Many(places) => _ = places.remove(place),
        }
    }

    fn page(&self, within: impl RangeBounds<Place>, last_first: bool, most: usize) -> Vec<Place> {
        fn cut<'p>(
            places: impl DoubleEndedIterator<Item = &'p Place>,
            last_first: bool,
            most: usize,
        ) -> Vec<Place> {
            if last_first {
                places.rev().take(most).copied().collect()
            } else {
                places.take(most).copied().collect()
            }
        }
        match self {
            Self::Few(places) => {
                cut(places.iter().filter(|place| within.contains(place)), last_first, most)
            }
            Self::Many(places) => cut(places.range(within), last_first, most),
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
