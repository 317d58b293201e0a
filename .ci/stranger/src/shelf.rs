//! A naive store: one sorted map behind one lock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use omnichannel::Result;
use omnichannel::model::{
    Anchor, Body, Changeset, Commit, Expect, IndexEntry, Key, Page, Range, Row, Sort, Version,
};
use omnichannel::storage::{Store, StoreCapabilities, check, listed_under};

/// Rows on a shelf.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<Rows>);

#[derive(Debug, Default)]
struct Rows {
    last: Version,
    rows: BTreeMap<Key, (Version, Body, Vec<IndexEntry>)>,
    anchors: BTreeMap<Anchor, Version>,
}

impl Shelf {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for Shelf {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        let rows = self.rows();
        Ok(keys.iter().map(|key| rows.row(*key)).collect())
    }

    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>> {
        let rows = self.rows();
        Ok(ranges.iter().map(|range| rows.page(range)).collect())
    }

    async fn commit(&self, changeset: Changeset) -> Result<Commit> {
        check(&changeset)?;
        let mut rows = self.rows();
        let mut failed = changeset.expects.clone();
        failed.retain(|expect| !rows.holds(expect));
        Ok(if failed.is_empty() { rows.apply(changeset) } else { Commit::Conflict(failed) })
    }

    fn capabilities(&self) -> StoreCapabilities {
        StoreCapabilities::NONE
    }
}

impl Rows {
    fn row(&self, key: Key) -> Option<Row> {
        let (version, body, _) = self.rows.get(&key)?;
        Some(Row { key, version: *version, body: body.clone() })
    }

    fn page(&self, range: &Range) -> Page {
        let listed = |key: &Key, entry: &IndexEntry| {
            entry.index == range.index
                && entry.prefix == range.prefix
                && listed_under(entry.index, key.tenant) == range.tenant
                && range.contains(entry.sort)
        };
        let mut places: BTreeSet<(Sort, Key)> = BTreeSet::new();
        for (key, (_, _, entries)) in &self.rows {
            places.extend(entries.iter().filter(|e| listed(key, e)).map(|e| (e.sort, *key)));
        }
        let mut places: Vec<(Sort, Key)> = places.into_iter().collect();
        if range.descending {
            places.reverse();
        }
        let limit = range.limit.clamp(1, Range::LIMIT_MAX) as usize;
        let more = places.len() > limit;
        let places = places.into_iter().take(limit);
        let rows = places.filter_map(|(sort, key)| Some((sort, self.row(key)?))).collect();
        let Range { tenant, index, prefix, .. } = *range;
        let anchor = index.is_anchored().then(|| self.anchor(&Anchor { tenant, index, prefix }));
        Page { rows, anchor, more }
    }

    fn anchor(&self, anchor: &Anchor) -> Version {
        self.anchors.get(anchor).copied().unwrap_or(0)
    }

    fn holds(&self, expect: &Expect) -> bool {
        match expect {
            Expect::Row(key, version) => self.rows.get(key).map_or(0, |row| row.0) == *version,
            Expect::Anchor(anchor, version) => self.anchor(anchor) == *version,
        }
    }

    fn apply(&mut self, changeset: Changeset) -> Commit {
        self.last += 1;
        for key in changeset.deletes.iter().chain(&changeset.purges) {
            self.remove(*key);
        }
        for put in changeset.puts {
            self.remove(put.key);
            self.touch(put.key, &put.entries);
            self.rows.insert(put.key, (self.last, put.body, put.entries));
        }
        Commit::Applied(self.last)
    }

    fn remove(&mut self, key: Key) {
        if let Some((_, _, entries)) = self.rows.remove(&key) {
            self.touch(key, &entries);
        }
    }

    fn touch(&mut self, key: Key, entries: &[IndexEntry]) {
        for IndexEntry { index, prefix, .. } in entries.iter().copied() {
            let tenant = listed_under(index, key.tenant);
            self.anchors.insert(Anchor { tenant, index, prefix }, self.last);
        }
    }
}
