//! The catalog in one SQLite file.
//!
//! One connection writes, some others read. Changes that wait are committed together (see `writer`), and a change is
//! acknowledged after the commit that holds it. Several processes may open the same file: every rule is checked
//! inside the transaction that writes, against what is in the file.
//!
//! Choices that were measured with records of 12 kB, 100 a commit, synchronous=FULL, two cores, medians of four runs:
//! a journal table WITHOUT ROWID takes 1,500 to 3,100 records a second, an ordinary one 5,600 to 7,000; pages of 8 kB
//! with a log of 32 MiB are the best of 4, 8 and 16 kB with 4 and 32 MiB (7,000 against 5,700 for SQLite's defaults).

mod accounts;
mod append;
mod audit;
mod jobs;
mod journal;
mod options;
#[cfg(test)]
mod plans;
mod reviews;
mod sessions;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use codesight_core::Result;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

pub use audit::SqliteAuditLog;
pub use options::SqliteOptions;
use writer::Writer;

/// Sessions, journals and jobs in one SQLite file. Clones share their connections.
#[derive(Clone)]
pub struct SqliteCatalog {
    path: Arc<Path>,
    writer: Writer,
    readers: SqlitePool,
    /// How the connection is opened that gets rid of deleted bytes.
    scrubber: Arc<SqliteConnectOptions>,
}

impl SqliteCatalog {
    /// Opens the file, and brings its schema up to date. Must be called on a tokio runtime, which then runs the task
    /// that writes.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`](codesight_core::ErrorKind::Unavailable) when the file cannot be opened or is
    /// locked, [`ErrorKind::Corrupt`](codesight_core::ErrorKind::Corrupt) when it is not a database,
    /// [`ErrorKind::Unsupported`](codesight_core::ErrorKind::Unsupported) when a newer version wrote it.
    pub async fn open(options: SqliteOptions) -> Result<Self> {
        let writer = Writer::open(options.writer()).await?;
        // The writer has shown that the file can be opened; readers connect when they are needed.
        let readers = SqlitePoolOptions::new()
            .max_connections(options.reader_count())
            .connect_lazy_with(options.reader());
        let scrubber = Arc::new(options.writer());
        Ok(Self { path: options.path().into(), writer, readers, scrubber })
    }

    /// The audit log in the same file.
    pub fn audit_log(&self) -> SqliteAuditLog {
        SqliteAuditLog::new(self.clone())
    }

    /// Commits what was handed over before, and closes the file; later calls, on clones too, are
    /// [`ErrorKind::Unavailable`](codesight_core::ErrorKind::Unavailable). Dropping the last clone does the same in
    /// the background.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl fmt::Debug for SqliteCatalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteCatalog").field("path", &self.path).finish_non_exhaustive()
    }
}

impl fmt::Display for SqliteCatalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SQLite catalog {}", self.path.display())
    }
}
