//! Bare SQLite beside the store: the same rows in the same transactions.
//!
//! A run of the hub over a store in memory tells every changeset. They are laid out as the
//! statements that write them, with the numbers of rows and groups known beforehand, so that bare
//! SQLite neither reads nor judges: it is what the disk and the tables cost.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use omnichannel::model::{Changeset, Commit, Index, Key, Kind, Page, Put, Range, Row, TenantId};
use omnichannel::storage::{MemoryStore, SqliteStore, Store, StoreCapabilities, listed_under};
use omnichannel::{Error, ErrorKind, Result as Answer};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::clock::by_the_clock;
use crate::{Failure, Run, median, receive};

/// What the store's connection is set to.
const PRAGMAS: &str = "
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma secure_delete = on;
    pragma temp_store = memory;
    pragma cache_size = -65536;
    pragma wal_autocheckpoint = 4096;
";

/// Prints what the store costs, and how much of it bare SQLite costs too.
pub(crate) fn compare(sizes: &[usize]) -> Result<(), Failure> {
    println!("\nin an SQLite file");
    println!(
        "{:>12} {:>11} {:>12} {:>12} {:>9}",
        "touchpoints", "a second", "each", "bare", "ratio"
    );
    for size in sizes {
        let run = median(*size, || {
            let folder = Folder::new()?;
            receive(*size, SqliteStore::open(folder.file())?, by_the_clock)
        })?;
        let bare = median(*size, || bare(*size))?;
        let ratio = run.each() / bare.each();
        println!("{run} {:>9.2} us {ratio:>8.2}x", bare.each() * 1e6);
    }
    Ok(())
}

/// Writes what the hub would write, without the hub.
fn bare(touchpoints: usize) -> Result<Run, Failure> {
    let folder = Folder::new()?;
    // The store makes its tables; from here on only the bare connection knows the file.
    drop(SqliteStore::open(folder.file())?);
    let writer = Writer::open(&folder.file())?;
    let recorder = Recorder { store: MemoryStore::new(), writer: Arc::new(Mutex::new(writer)) };
    let writer = Arc::clone(&recorder.writer);
    let run = receive(touchpoints, recorder, by_the_clock)?;
    let whole = writer.lock().unwrap_or_else(PoisonError::into_inner).took;
    Ok(Run { whole, ..run })
}

/// Keeps rows in memory, and has each changeset written by the bare connection too.
#[derive(Debug)]
struct Recorder {
    store: MemoryStore,
    writer: Arc<Mutex<Writer>>,
}

#[async_trait]
impl Store for Recorder {
    async fn load(&self, keys: &[Key]) -> Answer<Vec<Option<Row>>> {
        self.store.load(keys).await
    }

    async fn scan(&self, ranges: &[Range]) -> Answer<Vec<Page>> {
        self.store.scan(ranges).await
    }

    async fn commit(&self, changeset: Changeset) -> Answer<Commit> {
        let written = self.writer.lock().unwrap_or_else(PoisonError::into_inner).write(&changeset);
        match written {
            Ok(()) => self.store.commit(changeset).await,
            Err(failure) => Err(Error::new(ErrorKind::Unexpected, failure.to_string())),
        }
    }

    fn capabilities(&self) -> StoreCapabilities {
        self.store.capabilities()
    }
}

/// The bare connection, the numbers that it gave, and the time that it took.
#[derive(Debug)]
struct Writer {
    connection: Connection,
    version: i64,
    last_row: i64,
    rows: BTreeMap<Key, Stored>,
    groups: BTreeMap<(TenantId, Index, Uuid), i64>,
    tenants: BTreeMap<TenantId, i64>,
    took: Duration,
}

#[derive(Debug, Clone)]
struct Stored {
    row: i64,
    slots: BTreeSet<Slot>,
}

/// The group, time and id of an entry.
type Slot = (i64, i64, [u8; 16]);

enum Statement {
    Tenant(i64, TenantId),
    Group(i64, i64, i64, Uuid),
    Insert(i64, i64, Key, Vec<u8>),
    Update(i64, Vec<u8>),
    Delete(i64),
    Unlist(Slot, i64),
    List(Slot, i64),
    Touch(i64),
}

impl Writer {
    fn open(path: &Path) -> Result<Self, Failure> {
        let connection = Connection::open(path)?;
        connection.set_prepared_statement_cache_capacity(32);
        connection.execute_batch(PRAGMAS)?;
        let (rows, groups, tenants) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Ok(Self {
            connection,
            version: 0,
            last_row: 0,
            rows,
            groups,
            tenants,
            took: Duration::ZERO,
        })
    }

    /// Lays a changeset out, then writes it; only the writing is timed.
    fn write(&mut self, changeset: &Changeset) -> rusqlite::Result<()> {
        let mut statements = Vec::new();
        let mut touched = BTreeSet::new();
        for key in changeset.deletes.iter().chain(&changeset.purges) {
            let Some(stored) = self.rows.remove(key) else { continue };
            touched.extend(stored.slots.iter().map(|slot| slot.0));
            statements.extend(stored.slots.iter().map(|slot| Statement::Unlist(*slot, stored.row)));
            statements.push(Statement::Delete(stored.row));
        }
        for put in &changeset.puts {
            self.lay_out(put, &mut statements, &mut touched);
        }
        statements.extend(touched.into_iter().map(Statement::Touch));
        self.version += 1;
        let began = by_the_clock();
        self.run(&statements)?;
        self.took += by_the_clock().saturating_sub(began);
        Ok(())
    }

    fn lay_out(&mut self, put: &Put, statements: &mut Vec<Statement>, touched: &mut BTreeSet<i64>) {
        let tenant = self.tenant(put.key.tenant, statements);
        let mut slots = BTreeSet::new();
        for entry in &put.entries {
            let listed = listed_under(entry.index, put.key.tenant);
            let number = self.tenant(listed, statements);
            let next = self.groups.len() as i64 + 1;
            let group =
                *self.groups.entry((listed, entry.index, entry.prefix)).or_insert_with(|| {
                    let index = place(&Index::ALL, &entry.index);
                    statements.push(Statement::Group(next, number, index, entry.prefix));
                    next
                });
            if entry.index.is_anchored() {
                touched.insert(group);
            }
            slots.insert((group, entry.sort.time, entry.sort.id.into_bytes()));
        }
        let body = put.body.encode();
        let (row, before) = match self.rows.remove(&put.key) {
            Some(known) => {
                statements.push(Statement::Update(known.row, body));
                (known.row, known.slots)
            }
            None => {
                self.last_row += 1;
                statements.push(Statement::Insert(self.last_row, tenant, put.key, body));
                (self.last_row, BTreeSet::new())
            }
        };
        for slot in before.difference(&slots) {
            touched.insert(slot.0);
            statements.push(Statement::Unlist(*slot, row));
        }
        statements.extend(slots.difference(&before).map(|slot| Statement::List(*slot, row)));
        self.rows.insert(put.key, Stored { row, slots });
    }

    fn tenant(&mut self, tenant: TenantId, statements: &mut Vec<Statement>) -> i64 {
        let next = self.tenants.len() as i64 + 1;
        *self.tenants.entry(tenant).or_insert_with(|| {
            statements.push(Statement::Tenant(next, tenant));
            next
        })
    }

    fn run(&self, statements: &[Statement]) -> rusqlite::Result<()> {
        let on = &self.connection;
        let version = self.version;
        let mut insert = on.prepare_cached(
            "insert into rows (id, tenant, kind, key, version, body) \
             values (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        let mut update =
            on.prepare_cached("update rows set version = ?1, body = ?2 where id = ?3")?;
        let mut delete = on.prepare_cached("delete from rows where id = ?1")?;
        let mut tenant = on.prepare_cached("insert into tenants (id, tenant) values (?1, ?2)")?;
        let mut group = on.prepare_cached(
            "insert into groups (id, tenant, idx, prefix) values (?1, ?2, ?3, ?4)",
        )?;
        let mut touch = on.prepare_cached("update groups set version = ?1 where id = ?2")?;
        let mut list =
            on.prepare_cached("insert into entries (grp, time, id, row) values (?1, ?2, ?3, ?4)")?;
        let mut unlist = on.prepare_cached(
            "delete from entries where grp = ?1 and time = ?2 and id = ?3 and row = ?4",
        )?;
        on.execute_batch("begin immediate")?;
        for statement in statements {
            match statement {
                Statement::Tenant(id, named) => tenant.execute(params![id, named.as_bytes()]),
                Statement::Group(id, of, index, prefix) => {
                    group.execute(params![id, of, index, prefix.as_bytes()])
                }
                Statement::Insert(id, of, key, body) => {
                    let kind = place(&Kind::ALL, &key.kind);
                    insert.execute(params![id, of, kind, key.id.as_bytes(), version, text(body)])
                }
                Statement::Update(id, body) => update.execute(params![version, text(body), id]),
                Statement::Delete(id) => delete.execute([id]),
                Statement::List((of, time, id), row) => list.execute(params![of, time, id, row]),
                Statement::Unlist((of, time, id), row) => {
                    unlist.execute(params![of, time, id, row])
                }
                Statement::Touch(id) => touch.execute(params![version, id]),
            }?;
        }
        on.prepare_cached("update clock set version = ?1")?.execute([version])?;
        on.execute_batch("commit")
    }
}

/// Bytes that SQLite takes as text without looking at them, as the store hands them over.
fn text(body: &[u8]) -> rusqlite::types::ToSqlOutput<'_> {
    rusqlite::types::ToSqlOutput::Borrowed(rusqlite::types::ValueRef::Text(body))
}

/// The number that a new file gives to a name: its place, from 1.
fn place<T: PartialEq>(all: &[T], one: &T) -> i64 {
    all.iter().position(|other| other == one).map_or(0, |at| at as i64 + 1)
}

/// A folder that goes with the value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("omnichannel-bench-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    fn file(&self) -> PathBuf {
        self.0.join("store.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
