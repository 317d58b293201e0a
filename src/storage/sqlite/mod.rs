//! Rows in one SQLite file: durable without a server.
//!
//! A file is private to its owner (mode 0600), keeps what was committed through a power cut
//! (write-ahead log, `synchronous = full`) and can be read with any SQLite shell: the views
//! `customer_360` and `timeline` are made for people. Several hubs and several processes may open
//! one file; one writes at a time.
//!
//! # Law
//!
//! 1. Every clause of [`Store`]'s contract (`tests/sqlite.rs`).
//! 2. A refused file is left as it was, and a failed commit wrote nothing.
//! 3. A purged row leaves no byte in the file or its log, once no other handle reads.
//!
//! # Why
//!
//! A thread of its own owns the connection, so that no async runtime is blocked and none is needed;
//! bodies are encoded and decoded by the callers. Projections into columns are views over JSON:
//! they cost no write.
//!
//! Cost: per commit, the disk's confirmation, shared by all that wait; per row, two random keys.

mod answer;
mod fault;
mod names;
mod open;
mod read;
mod seen;
mod thread;
mod write;

use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;

use self::answer::{Promise, promise};
use self::open::Database;
use self::read::Found;
use self::thread::Request;
use self::write::{EncodedPut, Writes};
use super::{Store, StoreCapabilities, check};
use crate::error::{Error, ErrorKind, Result, Retry};
use crate::model::{BadBody, Body, Changeset, Commit, Key, Page, Put, Range, Row};

/// How long to wait for the locks of other processes, unless stated otherwise.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// Keeps rows in one SQLite file.
///
/// Dropping it waits for what was asked, and closes the file.
///
/// ```
/// use omnichannel::storage::{SqliteStore, Store};
///
/// let store = SqliteStore::open_in_memory()?;
/// assert!(store.capabilities().purge);
/// # Ok::<(), omnichannel::Error>(())
/// ```
#[derive(Debug)]
pub struct SqliteStore {
    path: Option<PathBuf>,
    sender: Option<SyncSender<Request>>,
    thread: Option<JoinHandle<()>>,
}

impl SqliteStore {
    /// Opens a file, and creates it where it is absent; waits 5 seconds for others' locks.
    ///
    /// # Errors
    ///
    /// By kind. [`ErrorKind::Invalid`]: the path is a folder or another application's database;
    /// name another. [`ErrorKind::NotFound`]: create the folder. [`ErrorKind::Denied`]: mend the
    /// rights. [`ErrorKind::Unsupported`]: a newer build wrote it, or the place has no write-ahead
    /// log. [`ErrorKind::Corrupt`]: restore it. [`ErrorKind::Unavailable`]: it is locked or the
    /// disk is full; try later.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_waiting(path, LOCK_WAIT)
    }

    /// Opens a file like [`SqliteStore::open`]; waits at most `lock_wait` for others' locks.
    ///
    /// # Errors
    ///
    /// Those of [`SqliteStore::open`].
    pub fn open_waiting(path: impl AsRef<Path>, lock_wait: Duration) -> Result<Self> {
        let path = path.as_ref();
        Self::serve(Database::open(Some(path), lock_wait)?, Some(path.to_owned()))
    }

    /// Opens a database that ends with the value; for tests of SQL.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`] where memory or threads have run out.
    pub fn open_in_memory() -> Result<Self> {
        Self::serve(Database::open(None, LOCK_WAIT)?, None)
    }

    fn serve(database: Database, path: Option<PathBuf>) -> Result<Self> {
        let (sender, thread) = thread::start(database)?;
        Ok(Self { path, sender: Some(sender), thread: Some(thread) })
    }

    /// Asks the thread and awaits its answer.
    async fn ask<T>(
        &self,
        operation: &'static str,
        request: impl FnOnce(Promise<Result<T>>) -> Request,
    ) -> Result<T> {
        let (promise, answer) = promise();
        let sent = self.sender.as_ref().is_some_and(|to| to.send(request(promise)).is_ok());
        let answer = if sent { answer.await } else { None };
        answer.unwrap_or_else(|| {
            Err(Error::new(
                ErrorKind::Unexpected,
                "the store's thread has ended: open the store again and report this",
            )
            .during(operation)
            .retry(Retry::Unknown))
        })
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // Without a sender the thread answers what is queued, and ends.
        drop(self.sender.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Row>>> {
        let keys = keys.to_vec();
        let found = self.ask("store.load", |promise| Request::Load(keys, promise)).await?;
        found.into_iter().map(|row| row.map(decoded).transpose()).collect()
    }

    async fn scan(&self, ranges: &[Range]) -> Result<Vec<Page>> {
        let ranges = ranges.to_vec();
        let pages = self.ask("store.scan", |promise| Request::Scan(ranges, promise)).await?;
        let pages = pages.into_iter().map(|page| {
            let rows = page.rows.into_iter().map(|(sort, row)| Ok((sort, decoded(row)?)));
            Ok(Page { rows: rows.collect::<Result<_>>()?, anchor: page.anchor, more: page.more })
        });
        pages.collect()
    }

    async fn commit(&self, changeset: Changeset) -> Result<Commit> {
        check(&changeset)?;
        let Changeset { puts, deletes, purges, expects } = changeset;
        let body_bytes_max = self.capabilities().body_bytes_max;
        let puts =
            puts.into_iter().map(|put| encoded(put, body_bytes_max)).collect::<Result<_>>()?;
        let writes = Writes { puts, deletes, purges, expects };
        self.ask("store.commit", |promise| Request::Commit(writes, promise)).await
    }

    fn capabilities(&self) -> StoreCapabilities {
        let kept = StoreCapabilities::NONE.purging().with_bodies_up_to(BODY_BYTES_MAX);
        if self.path.is_some() { kept.durable() } else { kept }
    }
}

/// Longest body in bytes: far below SQLite's own 10^9 for a value
/// (<https://www.sqlite.org/limits.html>), far above what a row of ours needs.
const BODY_BYTES_MAX: usize = 64 << 20;

fn encoded(put: Put, body_bytes_max: usize) -> Result<EncodedPut> {
    let body = put.body.encode();
    if body.len() > body_bytes_max {
        return Err(Error::new(
            ErrorKind::Invalid,
            "a row is larger than the store keeps: divide it",
        )
        .during("store.commit")
        .with("row", put.key)
        .with("bytes", body.len())
        .with("bytes_max", body_bytes_max));
    }
    Ok(EncodedPut { key: put.key, body, entries: put.entries })
}

fn decoded(found: Found) -> Result<Row> {
    let Found { key, version, body } = found;
    let body = Body::decode(&body).map_err(|bad| {
        let (kind, message) = match bad {
            BadBody::Newer { .. } => {
                (ErrorKind::Unsupported, "a newer build wrote this row: use that build or a later")
            }
            BadBody::Unreadable { .. } => {
                (ErrorKind::Corrupt, "this row does not read as a body: restore the file")
            }
        };
        Error::new(kind, message).during("store.load").with("row", key).caused_by(bad)
    })?;
    Ok(Row { key, version, body })
}
