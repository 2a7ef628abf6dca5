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
    #[cfg(feature = "sqlite")]
    Stopped,
}

impl Fault {
    /// The failure as the error of one operation. Database messages name tables and limits, never values.
    pub(super) fn report(&self, operation: &'static str) -> Error {
        let cause = match self {
            Self::Database(cause) => cause,
            #[cfg(feature = "sqlite")]
            Self::Stopped => {
                let message = "an earlier write could not be synchronised; the catalog must be opened anew";
                return Error::new(ErrorKind::Unavailable, operation, message).retry_when(Retry::Never);
            }
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
        match self {
            Self::Database(cause) => {
                let code = cause.as_database_error().and_then(DatabaseError::code);
                code.is_some_and(|code| code == IOERR_FSYNC || code == IOERR_DIR_FSYNC)
            }
            #[cfg(feature = "sqlite")]
            Self::Stopped => true,
        }
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
        E::Database(database) => describe_database(database.as_ref()),
        E::Io(_)
        | E::Tls(_)
        | E::Protocol(_)
        | E::PoolTimedOut
        | E::PoolClosed
        | E::WorkerCrashed
        | E::BeginFailed => (ErrorKind::Unavailable, "the database does not answer"),
        E::ColumnDecode { .. } | E::Decode(_) => {
            (ErrorKind::Corrupt, "a stored value is not of the type it was stored as")
        }
        _ => (ErrorKind::Unexpected, "the database driver failed"),
    }
}

fn describe_database(error: &dyn DatabaseError) -> (ErrorKind, &'static str) {
    let code = error.code().unwrap_or_default();
    #[cfg(feature = "postgres")]
    if error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        return describe_sqlstate(&code);
    }
    describe_sqlite(code.parse().ok())
}

/// The classes of SQLSTATE codes, as in appendix A of PostgreSQL's manual.
#[cfg(feature = "postgres")]
fn describe_sqlstate(code: &str) -> (ErrorKind, &'static str) {
    match (code.get(..2).unwrap_or_default(), code) {
        (_, "40001" | "40P01" | "55P03") => (ErrorKind::Unavailable, "others hold what the statement needs"),
        (_, "53100") => (ErrorKind::Unavailable, "the database or its disk is full"),
        (_, "25006") => (ErrorKind::Unavailable, "the database cannot be written"),
        // Connection lost, too many connections or too little memory, shut down or interrupted, input or output failed.
        ("08" | "53" | "57" | "58", _) => (ErrorKind::Unavailable, "the database does not answer"),
        ("28", _) => (ErrorKind::Unauthenticated, "the database does not accept the credentials"),
        (_, "42501") => (ErrorKind::Forbidden, "the database does not permit this"),
        ("3D", _) => (ErrorKind::NotFound, "there is no such database"),
        ("54", _) => (ErrorKind::LimitExceeded, "the record is too large for the database"),
        ("XX", _) => (ErrorKind::Corrupt, "the database is damaged"),
        _ => (ErrorKind::Unexpected, "the database refused a statement"),
    }
}

/// SQLite's result codes; the primary one is the low byte of the extended one.
fn describe_sqlite(code: Option<u32>) -> (ErrorKind, &'static str) {
    match code.map(|code| code & 0xff) {
        Some(5 | 6) => (ErrorKind::Unavailable, "the database is locked"),
        Some(13) => (ErrorKind::Unavailable, "the database or its disk is full"),
        // Out of memory, read-only, interrupted, input or output failed, not to be opened, protocol.
        Some(7..=10 | 14 | 15) => (ErrorKind::Unavailable, "the database cannot be written or read"),
        Some(11 | 26) => (ErrorKind::Corrupt, "the database file is damaged"),
        Some(18) => (ErrorKind::LimitExceeded, "the record is too large for the database"),
        _ => (ErrorKind::Unexpected, "the database refused a statement"),
    }
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
        MigrateError::VersionMismatch(version) => Error::new(
            ErrorKind::Unsupported,
            OPERATION,
            "the database was brought up to date by a program with other migrations",
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
