//! Opens a file: creates it private, refuses strange ones, brings its schema up.
//!
//! # Law
//!
//! 1. A refused file is left as it was: nothing is written before the file is known to be ours.
//! 2. Migrations are numbered and go forward only; the file's `user_version` is the number of the
//!    last. A newer file is refused.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::fault::fault;
use super::names::Names;
use super::seen::Seen;
use crate::error::{Error, ErrorKind, Result};

/// "omni" in a file's header: the file is ours.
const APPLICATION_ID: i64 = 0x6f6d_6e69;

/// Every schema that a file went through, in order.
const MIGRATIONS: [&str; 1] = [include_str!("0001_rows.sql")];

/// More than the statements of this store, so that each is prepared once.
const STATEMENTS_MAX: usize = 64;

/// `synchronous` and `journal_mode` make an applied commit outlive a power cut. `secure_delete` is
/// on from the first row: a purge must find no older copy of a row either. The cache is 64 MiB, and
/// a checkpoint waits for 16 MiB of changes, because random keys dirty the same pages again and
/// again.
const PRAGMAS: &str = "
    pragma synchronous = full;
    pragma secure_delete = on;
    pragma trusted_schema = off;
    pragma temp_store = memory;
    pragma cache_size = -65536;
    pragma wal_autocheckpoint = 4096;
    pragma journal_size_limit = 67108864;
";

/// Most others that may be creating one file at the same time.
const OTHERS_MAX: usize = 64;

const OPEN: &str = "store.open";

/// A connection to a file of this build's schema, and the file's names.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) connection: Connection,
    pub(super) names: Names,
    pub(super) seen: Seen,
    /// Whether purged bytes may still stand in the write-ahead log.
    pub(super) unclean: bool,
}

impl Database {
    /// Opens `path`, or a database in memory; waits for others' locks for at most `lock_wait`.
    pub(super) fn open(path: Option<&Path>, lock_wait: Duration) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match path {
            None => Connection::open_in_memory(),
            Some(path) => {
                prepare(path)?;
                Connection::open_with_flags(path, flags)
            }
        };
        let failed = |failure: rusqlite::Error| fault(OPEN, &failure);
        let mut connection = connection.map_err(failed)?;
        connection.busy_timeout(lock_wait).map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        refuse_strangers(&connection)?;
        if path.is_some() {
            write_ahead(&connection)?;
        }
        connection.execute_batch(PRAGMAS).map_err(failed)?;
        let names = migrate(&mut connection).map_err(failed)?;
        Ok(Self { connection, names, seen: Seen::default(), unclean: false })
    }
}

/// Looks at the path, and creates an absent file that only its owner can read.
fn prepare(path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Ok(file) if file.is_dir() => {
            Err(Error::new(ErrorKind::Invalid, "the path is a folder: name a file in it"))
        }
        Ok(file) if file.permissions().readonly() => Err(Error::new(
            ErrorKind::Denied,
            "the file is marked read-only: give this process the right to write it",
        )),
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match create(path) {
            Ok(()) => return Ok(()),
            // Another process was quicker; it took the same care.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::new(
                ErrorKind::NotFound,
                "the folder of the file does not exist: create it first",
            )
            .caused_by(error)),
            Err(error) => Err(Error::new(
                ErrorKind::Denied,
                "the file cannot be created: give this process the right to write its folder",
            )
            .caused_by(error)),
        },
        Err(error) => Err(Error::new(
            ErrorKind::Denied,
            "the file cannot be looked at: give this process the right to read its folder",
        )
        .caused_by(error)),
    }
    .map_err(|error| error.during(OPEN))
}

/// Creates a file of mode 0600; SQLite gives its `-wal` and `-shm` files the same mode.
fn create(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Refuses what another application or a newer build wrote.
fn refuse_strangers(connection: &Connection) -> Result<()> {
    let number = |pragma: &str| -> Result<i64> {
        let number = connection.query_row(pragma, [], |row| row.get(0));
        number.map_err(|failure| fault(OPEN, &failure))
    };
    let tables = number("select count(*) from sqlite_schema")?;
    let application = number("pragma application_id")?;
    let schema = number("pragma user_version")?;
    let ours = application == APPLICATION_ID || (tables == 0 && application == 0);
    if !ours {
        return Err(Error::new(
            ErrorKind::Invalid,
            "the file is another application's database: name a file of its own for this store",
        )
        .during(OPEN));
    }
    if schema > MIGRATIONS.len() as i64 {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "the file was written by a newer build: open it with that build or a later one",
        )
        .during(OPEN)
        .with("schema", schema)
        .with("known", MIGRATIONS.len()));
    }
    Ok(())
}

fn write_ahead(connection: &Connection) -> Result<()> {
    let ask = || connection.query_row("pragma journal_mode = wal", [], |row| row.get(0));
    let mut mode: rusqlite::Result<String> = ask();
    for _ in 0..OTHERS_MAX {
        let Err(failure) = &mode else { break };
        if failure.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) {
            break;
        }
        // Unlike a transaction, this change does not wait for others that open the file: one does.
        let waited = connection.execute_batch("begin immediate; commit");
        waited.map_err(|failure| fault(OPEN, &failure))?;
        mode = ask();
    }
    let mode = mode.map_err(|failure| fault(OPEN, &failure))?;
    if mode == "wal" {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Unsupported,
        "this place has no write-ahead log: put the file on a local disk",
    )
    .during(OPEN)
    .with("journal_mode", mode))
}

/// Brings the file to this build's schema; one transaction, so that it is never half-way.
///
/// A file that is up to date is only read: it opens while another process writes.
fn migrate(connection: &mut Connection) -> rusqlite::Result<Names> {
    let done = |on: &Connection| -> rusqlite::Result<usize> {
        on.query_row("pragma user_version", [], |row| row.get(0))
    };
    if done(connection)? == MIGRATIONS.len()
        && let Some(names) = Names::read(connection)?
    {
        return Ok(names);
    }
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Asked again: another process may have been quicker.
    for (number, migration) in MIGRATIONS.iter().enumerate().skip(done(&change)?) {
        change.execute_batch(migration)?;
        change.pragma_update(None, "user_version", number as i64 + 1)?;
        change.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    Names::complete(&change)?;
    change.commit()?;
    Ok(Names::read(connection)?.unwrap_or_default())
}
