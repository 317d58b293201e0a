//! The thread that owns the connection.
//!
//! It answers requests in order, and commits those that wait together.
//!
//! # Why
//!
//! SQLite blocks; a task of an async runtime must not. One thread of our own serves every runtime,
//! and none. Requests that are queued at the same time are concurrent, so that any order of them is
//! right: reads first, from one snapshot; then commits, in one transaction.
//!
//! # Law
//!
//! Queue and group are bounded by [`QUEUE_MAX`] and [`GROUP_MAX`]; whoever finds the queue full
//! waits.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::answer::Promise;
use super::fault::fault;
use super::open::Database;
use super::read::{Found, FoundPage};
use super::write::Writes;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Commit, Key, Range};

/// Most requests that wait; the next caller's thread sleeps until there is room.
const QUEUE_MAX: usize = 1_024;

/// Most requests that are answered together.
const GROUP_MAX: usize = 256;

/// What the thread is asked.
pub(super) enum Request {
    Load(Vec<Key>, Promise<Result<Vec<Option<Found>>>>),
    Scan(Vec<Range>, Promise<Result<Vec<FoundPage>>>),
    Commit(Writes, Promise<Result<Commit>>),
}

/// Gives the database a thread of its own, which ends when the last sender is dropped.
pub(super) fn start(database: Database) -> Result<(SyncSender<Request>, JoinHandle<()>)> {
    let (sender, requests) = sync_channel(QUEUE_MAX);
    let thread = std::thread::Builder::new()
        .name("omnichannel-sqlite".to_owned())
        .spawn(move || serve(database, &requests))
        .map_err(|error| {
            Error::new(ErrorKind::Unavailable, "no thread could be started: free some resources")
                .during("store.open")
                .caused_by(error)
        })?;
    Ok((sender, thread))
}

fn serve(mut database: Database, requests: &Receiver<Request>) {
    while let Ok(first) = requests.recv() {
        let mut reads = Vec::new();
        let (mut writes, mut promises) = (Vec::new(), Vec::new());
        for request in std::iter::once(first).chain(requests.try_iter()).take(GROUP_MAX) {
            match request {
                Request::Commit(changeset, promise) => {
                    writes.push(changeset);
                    promises.push(promise);
                }
                read => reads.push(read),
            }
        }
        if !reads.is_empty() {
            answer(&mut database, reads);
        }
        if !writes.is_empty() {
            let outcomes = database.commit(&writes);
            if database.unclean {
                database.clean();
            }
            for (promise, outcome) in promises.into_iter().zip(outcomes) {
                promise.keep(outcome);
            }
        }
    }
}

/// Answers reads from one snapshot, so that a page fits its anchor.
fn answer(database: &mut Database, reads: Vec<Request>) {
    // Where there can be no snapshot, each read fails on its own and says why.
    let _ = database.connection.execute_batch("begin");
    for read in reads {
        match read {
            Request::Load(keys, promise) => {
                promise.keep(database.load(&keys).map_err(|failure| fault("store.load", &failure)));
            }
            Request::Scan(ranges, promise) => {
                promise
                    .keep(database.scan(&ranges).map_err(|failure| fault("store.scan", &failure)));
            }
            Request::Commit(..) => {}
        }
    }
    if !database.connection.is_autocommit() {
        let _ = database.connection.execute_batch("commit");
    }
}

impl Database {
    /// Empties the write-ahead log, in which purged bytes may stand.
    ///
    /// While another handle reads, this cannot be done; the next commit tries again.
    fn clean(&mut self) {
        let emptied = self
            .connection
            .query_row("pragma wal_checkpoint(truncate)", [], |row| row.get::<_, i64>(0));
        self.unclean = emptied != Ok(0);
    }
}
