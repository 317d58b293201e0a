//! What SQLite's failures mean to the caller: kind, sentence, whether to try again.

use std::time::Duration;

use rusqlite::ErrorCode;

use crate::error::{Error, ErrorKind, Retry};

/// How long to wait before a lock or a full disk may be gone.
const LATER: Duration = Duration::from_secs(1);

/// The error for a failure of SQLite. By reference: one failure may answer many callers.
pub(super) fn fault(operation: &'static str, failure: &rusqlite::Error) -> Error {
    let (kind, message, retry) = match failure.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => (
            ErrorKind::Corrupt,
            "the file is no SQLite database, or its first page is damaged: name another file, or \
             restore this one",
            Retry::Never,
        ),
        Some(ErrorCode::DatabaseCorrupt) => {
            (ErrorKind::Corrupt, "the file is damaged: restore it from a copy", Retry::Never)
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => (
            ErrorKind::Denied,
            "the file cannot be written: give this process the right to write it and its folder",
            Retry::Never,
        ),
        Some(ErrorCode::CannotOpen) => (
            ErrorKind::Denied,
            "the file cannot be opened: check that its folder exists and may be written",
            Retry::Never,
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
            ErrorKind::Unavailable,
            "another process keeps the file locked: end it, or try again later",
            Retry::After(LATER),
        ),
        Some(ErrorCode::DiskFull) => (
            ErrorKind::Unavailable,
            "the disk is full, nothing was written: free some space and try again",
            Retry::After(LATER),
        ),
        Some(ErrorCode::SystemIoFailure | ErrorCode::OutOfMemory) => (
            ErrorKind::Unavailable,
            "the operating system refused to read or write the file: look into its log, and \
             whether the file system has become read-only, then open the store again",
            Retry::Unknown,
        ),
        Some(ErrorCode::TooBig) => {
            (ErrorKind::Invalid, "a row is larger than SQLite can keep", Retry::Never)
        }
        None if is_misread(failure) => (
            ErrorKind::Corrupt,
            "a column does not hold what this library wrote: restore the file from a copy",
            Retry::Never,
        ),
        _ => (ErrorKind::Unexpected, "SQLite refused a statement: report this", Retry::Never),
    };
    let error = Error::new(kind, message).during(operation).retry(retry);
    match failure.sqlite_error() {
        Some(code) => error.with("sqlite", code.extended_code),
        None => error,
    }
    .caused_by(failure.to_string())
}

/// The error for a failed COMMIT, of which nobody can tell whether it took.
pub(super) fn doubt(operation: &'static str, failure: &rusqlite::Error) -> Error {
    match failure.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DiskFull) => fault(operation, failure),
        _ => fault(operation, failure).retry(Retry::Unknown),
    }
}

fn is_misread(failure: &rusqlite::Error) -> bool {
    use rusqlite::Error as E;
    matches!(
        failure,
        E::FromSqlConversionFailure(..) | E::IntegralValueOutOfRange(..) | E::InvalidColumnType(..)
    )
}
