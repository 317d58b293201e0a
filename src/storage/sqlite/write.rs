//! Writes changesets: several callers' in one transaction, each all or nothing.
//!
//! # Why
//!
//! A commit's cost is the disk's confirmation, which serves any number of changesets at once. Each
//! has its savepoint, and nobody is answered before the whole is confirmed.

use std::collections::BTreeSet;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Result, params};

use super::fault::{doubt, fault};
use super::open::Database;
use super::read::Place;
use crate::error::Error;
use crate::model::{Anchor, Commit, Expect, IndexEntry, Key, TenantId, Version};
use crate::storage::listed_under;

/// A changeset whose bodies are encoded.
#[derive(Debug)]
pub(super) struct Writes {
    pub(super) puts: Vec<EncodedPut>,
    pub(super) deletes: Vec<Key>,
    pub(super) purges: Vec<Key>,
    pub(super) expects: Vec<Expect>,
}

/// A row to be written.
#[derive(Debug)]
pub(super) struct EncodedPut {
    pub(super) key: Key,
    pub(super) body: Vec<u8>,
    pub(super) entries: Vec<IndexEntry>,
}

/// The group, time and id of an entry in the file.
type Slot = (i64, i64, [u8; 16]);

/// What one changeset has found out about the file while it is applied.
#[derive(Default)]
struct Progress {
    /// Groups whose anchor moves.
    touched: BTreeSet<i64>,
}

const COMMIT: &str = "store.commit";

impl Writes {
    fn is_empty(&self) -> bool {
        self.puts.is_empty() && self.deletes.is_empty() && self.purges.is_empty()
    }
}

impl Database {
    /// Applies each changeset or refuses it, in their order, in one transaction.
    ///
    /// An outcome for each. An error within one is its own; an error of the whole is everybody's.
    pub(super) fn commit(&mut self, group: &[Writes]) -> Vec<crate::Result<Commit>> {
        let shared = match self.commit_together(group) {
            Ok(outcomes) => {
                self.unclean |= group.iter().any(|writes| !writes.purges.is_empty());
                return outcomes;
            }
            Err(shared) => shared,
        };
        self.forget();
        if !self.connection.is_autocommit() {
            // Where even this fails, the next BEGIN fails too and says so.
            let _ = self.connection.execute_batch("rollback");
        }
        group.iter().map(|_| Err(shared.error())).collect()
    }

    fn commit_together(
        &mut self,
        group: &[Writes],
    ) -> Result<Vec<crate::Result<Commit>>, SharedFailure> {
        self.run("begin immediate").map_err(SharedFailure::Before)?;
        self.seen.refresh(&self.connection).map_err(SharedFailure::Before)?;
        let before = self.last_version().map_err(SharedFailure::Before)?;
        let mut last = before;
        let mut outcomes = Vec::with_capacity(group.len());
        for writes in group {
            self.run("savepoint one").map_err(SharedFailure::Before)?;
            match self.commit_one(writes, last + 1) {
                Ok(outcome) => {
                    if outcome == Commit::Applied(last + 1) {
                        last += 1;
                    }
                    outcomes.push(Ok(outcome));
                }
                // SQLite took back the whole transaction: everybody's failure.
                Err(failure) if self.connection.is_autocommit() => {
                    return Err(SharedFailure::Before(failure));
                }
                Err(failure) => {
                    self.forget();
                    self.run("rollback to one").map_err(SharedFailure::Before)?;
                    outcomes.push(Err(fault(COMMIT, &failure)));
                }
            }
            self.run("release one").map_err(SharedFailure::Before)?;
        }
        if last == before {
            self.run("rollback").map_err(SharedFailure::Before)?;
            return Ok(outcomes);
        }
        self.connection
            .prepare_cached("update clock set version = ?1")
            .and_then(|mut update| update.execute([last]))
            .map_err(SharedFailure::Before)?;
        self.run("commit").map_err(SharedFailure::During)?;
        Ok(outcomes)
    }

    /// Forgets what a rollback may have taken back.
    fn forget(&mut self) {
        self.names.forget_tenants();
        self.seen.forget();
    }

    fn run(&self, sql: &str) -> Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }

    fn last_version(&self) -> Result<Version> {
        let mut select = self.connection.prepare_cached("select version from clock")?;
        select.query_row([], |row| row.get(0))
    }

    fn commit_one(&mut self, writes: &Writes, version: Version) -> Result<Commit> {
        let mut progress = Progress::default();
        let failed = self.judge(&writes.expects)?;
        if !failed.is_empty() {
            return Ok(Commit::Conflict(failed));
        }
        if writes.is_empty() {
            return Ok(Commit::Applied(version - 1));
        }
        for key in writes.deletes.iter().chain(&writes.purges) {
            self.remove(key, &mut progress)?;
        }
        for put in &writes.puts {
            self.put(put, version, &mut progress)?;
        }
        let mut update =
            self.connection.prepare_cached("update groups set version = ?1 where id = ?2")?;
        for group in progress.touched {
            update.execute(params![version, group])?;
        }
        Ok(Commit::Applied(version))
    }

    /// The expectations that do not hold, in their order.
    fn judge(&mut self, expects: &[Expect]) -> Result<Vec<Expect>> {
        let mut failed = Vec::new();
        for expect in expects {
            let (found, expected) = match expect {
                Expect::Row(key, expected) => {
                    let place = self.place(key)?;
                    self.seen.learn(*key, place);
                    (place, *expected)
                }
                Expect::Anchor(Anchor { tenant, index, prefix }, expected) => {
                    (self.group(*tenant, *index, *prefix)?, *expected)
                }
            };
            if found.map_or(0, |place| place.version) != expected {
                failed.push(*expect);
            }
        }
        Ok(failed)
    }

    fn remove(&mut self, key: &Key, progress: &mut Progress) -> Result<()> {
        let Some(place) = self.place(key)? else { return Ok(()) };
        relist(&self.connection, place.row, &BTreeSet::new(), progress)?;
        self.connection.prepare_cached("delete from rows where id = ?1")?.execute([place.row])?;
        self.seen.learn(*key, None);
        Ok(())
    }

    fn put(&mut self, put: &EncodedPut, version: Version, progress: &mut Progress) -> Result<()> {
        let EncodedPut { key, body, entries } = put;
        let body = ToSqlOutput::Borrowed(ValueRef::Text(body));
        let mut slots = BTreeSet::new();
        for entry in entries {
            let group = self.group_or_new(key.tenant, entry, progress)?;
            slots.insert((group, entry.sort.time, entry.sort.id.into_bytes()));
        }
        if let Some(place) = self.place(key)? {
            let sql = "update rows set version = ?1, body = ?2 where id = ?3";
            self.connection.prepare_cached(sql)?.execute(params![version, body, place.row])?;
            self.seen.learn(*key, Some(Place { version, ..place }));
            return relist(&self.connection, place.row, &slots, progress);
        }
        let tenant = self.names.tenant_or_new(&self.connection, key.tenant)?;
        let kind = self.names.kind(key.kind);
        let sql = "insert into rows (tenant, kind, key, version, body) values (?1, ?2, ?3, ?4, ?5)";
        let mut insert = self.connection.prepare_cached(sql)?;
        let row = insert.insert(params![tenant, kind, key.id.as_bytes(), version, body])?;
        self.seen.learn(*key, Some(Place { row, version }));
        list(&self.connection, row, slots.iter())
    }

    /// The group of an entry, created on first sight; an anchored one is touched.
    fn group_or_new(
        &mut self,
        tenant: TenantId,
        entry: &IndexEntry,
        progress: &mut Progress,
    ) -> Result<i64> {
        let tenant = listed_under(entry.index, tenant);
        let name = (tenant, entry.index, entry.prefix);
        let group = match self.seen.group(&name) {
            Some(group) => group,
            None => match self.group(tenant, entry.index, entry.prefix)? {
                Some(place) => place.row,
                None => {
                    let tenant = self.names.tenant_or_new(&self.connection, tenant)?;
                    let index = self.names.index(entry.index);
                    let sql = "insert into groups (tenant, idx, prefix) values (?1, ?2, ?3)";
                    let mut insert = self.connection.prepare_cached(sql)?;
                    insert.insert(params![tenant, index, entry.prefix.as_bytes()])?
                }
            },
        };
        self.seen.learn_group(name, group);
        if entry.index.is_anchored() {
            progress.touched.insert(group);
        }
        Ok(group)
    }
}

/// Replaces a row's entries; the groups that it leaves are touched.
///
/// Touching a group without an anchor does no harm: nobody can ask for its version.
fn relist(
    on: &Connection,
    row: i64,
    wanted: &BTreeSet<Slot>,
    progress: &mut Progress,
) -> Result<()> {
    let mut select = on.prepare_cached("select grp, time, id from entries where row = ?1")?;
    let found = select.query_map([row], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let found: BTreeSet<Slot> = found.collect::<Result<_>>()?;
    let sql = "delete from entries where grp = ?1 and time = ?2 and id = ?3 and row = ?4";
    let mut delete = on.prepare_cached(sql)?;
    for slot in found.difference(wanted) {
        let (group, time, id) = slot;
        delete.execute(params![group, time, id, row])?;
        progress.touched.insert(*group);
    }
    list(on, row, wanted.difference(&found))
}

fn list<'a>(on: &Connection, row: i64, slots: impl Iterator<Item = &'a Slot>) -> Result<()> {
    let sql = "insert into entries (grp, time, id, row) values (?1, ?2, ?3, ?4)";
    let mut insert = on.prepare_cached(sql)?;
    for (group, time, id) in slots {
        insert.execute(params![group, time, id, row])?;
    }
    Ok(())
}

/// A failure of the whole transaction.
enum SharedFailure {
    /// Before COMMIT: nothing was applied.
    Before(rusqlite::Error),
    /// At COMMIT: nobody can tell.
    During(rusqlite::Error),
}

impl SharedFailure {
    fn error(&self) -> Error {
        match self {
            Self::Before(failure) => fault(COMMIT, failure),
            Self::During(failure) => doubt(COMMIT, failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;
    use crate::error::ErrorKind;
    use crate::model::Kind;

    fn put(n: u64, bytes: usize) -> Writes {
        let tenant = TenantId::named("t");
        let key = Key { tenant, kind: Kind::Touchpoint, id: Uuid::from_u128(u128::from(n)) };
        let puts = vec![EncodedPut { key, body: vec![b'x'; bytes], entries: Vec::new() }];
        Writes { puts, deletes: Vec::new(), purges: Vec::new(), expects: Vec::new() }
    }

    fn rows(database: &Database) -> i64 {
        let count = "select count(*) from rows";
        database.connection.query_row(count, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_full_disk_fails_clearly_and_writes_nothing_of_its_changeset() {
        let mut database = Database::open(None, Duration::ZERO).unwrap();
        database.connection.execute_batch("pragma max_page_count = 60").unwrap();
        let outcomes = database.commit(&[put(1, 10), put(2, 1 << 20), put(3, 10)]);
        let full = outcomes[1].as_ref().unwrap_err();
        assert_eq!(full.kind(), ErrorKind::Unavailable, "{full}");
        assert!(full.message().contains("disk is full"), "{full}");
        let applied = outcomes.iter().filter(|o| matches!(o, Ok(Commit::Applied(_)))).count();
        assert_eq!(rows(&database), applied as i64, "as many rows as were confirmed");

        // Every page is returned: the same row fits once there is room.
        database.connection.execute_batch("pragma max_page_count = 6000").unwrap();
        let outcomes = database.commit(&[put(2, 1 << 20)]);
        assert!(matches!(outcomes[0], Ok(Commit::Applied(_))), "{outcomes:?}");
    }

    #[test]
    fn one_transaction_gives_each_changeset_its_own_version() {
        let mut database = Database::open(None, Duration::ZERO).unwrap();
        let outcomes = database.commit(&[put(1, 10), put(2, 10), put(1, 11)]);
        let versions: Vec<Commit> = outcomes.into_iter().map(Result::unwrap).collect();
        assert_eq!(versions, [1, 2, 3].map(Commit::Applied));
        assert_eq!(rows(&database), 2);
    }
}
