//! What went wrong in the database, told in the terms of the ports.

use std::sync::Arc;

use codesight_core::{Error, ErrorKind, Retry};
use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;

/// A failure that hits everyone who shares a transaction; each is told of it.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// The database failed.
    Database(Arc<sqlx::Error>),
    /// An earlier write could not be synchronised, so nothing more is written.
    Stopped,
}

impl Fault {
    /// The failure as the error of one operation. Database messages name tables and limits, never values.
    pub(super) fn report(&self, operation: &'static str) -> Error {
        let Self::Database(cause) = self else {
            let message = "an earlier write could not be synchronised; the catalog must be opened anew";
            return Error::new(ErrorKind::Unavailable, operation, message).retry_when(Retry::Never);
        };
        let (kind, message) = describe(cause);
        let error = Error::new(kind, operation, message);
        let error = match cause.as_database_error().and_then(DatabaseError::code) {
            Some(code) => error.with("code", code),
            None => error,
        };
        let error = if self.is_failed_sync() { error.retry_when(Retry::Never) } else { error };
        error.caused_by(Arc::clone(cause))
    }

    /// Whether nobody can know any more what of an earlier write is on disk, so that writing must stop.
    pub(super) fn is_failed_sync(&self) -> bool {
        const IOERR_FSYNC: &str = "1034";
        const IOERR_DIR_FSYNC: &str = "1290";
        let Self::Database(cause) = self else { return false };
        let code = cause.as_database_error().and_then(DatabaseError::code);
        code.is_some_and(|code| code == IOERR_FSYNC || code == IOERR_DIR_FSYNC)
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

/// Turns the failure of one operation into its error.
pub(super) fn failed(operation: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
    move |error| Fault::from(error).report(operation)
}

fn describe(error: &sqlx::Error) -> (ErrorKind, &'static str) {
    use sqlx::Error as E;
    match error {
        E::Database(database) => match database.code().and_then(|code| code.parse().ok()).map(primary) {
            Some(5 | 6) => (ErrorKind::Unavailable, "the database is locked"),
            Some(13) => (ErrorKind::Unavailable, "the database or its disk is full"),
            // Out of memory, read-only, interrupted, input or output failed, not to be opened, protocol.
            Some(7..=10 | 14 | 15) => (ErrorKind::Unavailable, "the database cannot be written or read"),
            Some(11 | 26) => (ErrorKind::Corrupt, "the database file is damaged"),
            Some(18) => (ErrorKind::LimitExceeded, "the record is too large for the database"),
            _ => (ErrorKind::Unexpected, "the database refused a statement"),
        },
        E::Io(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::BeginFailed => {
            (ErrorKind::Unavailable, "the database does not answer")
        }
        E::ColumnDecode { .. } | E::Decode(_) => {
            (ErrorKind::Corrupt, "a stored value is not of the type it was stored as")
        }
        _ => (ErrorKind::Unexpected, "the database driver failed"),
    }
}

/// SQLite's primary result code is the low byte of the extended one.
fn primary(code: u32) -> u32 {
    code & 0xff
}

/// Turns a failed migration into an error.
pub(super) fn not_migrated(error: MigrateError) -> Error {
    const OPERATION: &str = "catalog.migrate";
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(OPERATION)(error),
        MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => Error::new(
            ErrorKind::Unsupported,
            OPERATION,
            "a newer version of this program wrote the database",
        )
        .with("version", version),
        other => Error::new(ErrorKind::Unexpected, OPERATION, "the schema is not what it should be")
            .caused_by(other),
    }
}

/// Why a piece of work inside a transaction ended early.
pub(super) enum Stop {
    /// The caller asked for something that cannot be had; others in the transaction go on.
    Refused(Error),
    /// The database failed; nobody in the transaction can go on.
    Failed(sqlx::Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error)
    }
}
