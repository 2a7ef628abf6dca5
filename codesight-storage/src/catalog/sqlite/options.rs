//! How a catalog file is opened.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use crate::catalog::Durability;

/// Bytes of one page of a new file. The parent module says what was measured.
const PAGE_SIZE: u32 = 8_192;
/// Pages that the write-ahead log may hold before it is carried over into the file: 32 MiB.
const CHECKPOINT_PAGES: u32 = 4_096;
/// Bytes to which the write-ahead log is cut back after that.
const LOG_BYTES: u32 = 64 * 1024 * 1024;

/// How to open a catalog file.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    path: PathBuf,
    durability: Durability,
    readers: u32,
    busy_timeout: Duration,
    max_bytes: Option<u64>,
}

impl SqliteOptions {
    /// The file at `path`, made when it is missing; its folder must be there. Two more files appear beside it while
    /// it is open; they belong to it. A network file system is not a place for it.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            durability: Durability::Full,
            readers: 4,
            busy_timeout: Duration::from_secs(5),
            max_bytes: None,
        }
    }

    /// What an acknowledged change survives; [`Durability::Full`] unless told otherwise.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// How many connections read at once, at least one; 4 unless told otherwise. There is always one that writes.
    #[must_use]
    pub fn readers(mut self, readers: u32) -> Self {
        self.readers = readers.max(1);
        self
    }

    /// How long to wait for another process that writes to the file; 5 seconds unless told otherwise.
    #[must_use]
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }

    /// The size in bytes beyond which the file does not grow: changes that need more fail as they do on a full disk.
    /// Rounded down to whole pages; no limit unless told otherwise.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn reader_count(&self) -> u32 {
        self.readers
    }

    pub(super) fn writer(&self) -> SqliteConnectOptions {
        let synchronous = match self.durability {
            Durability::Full => SqliteSynchronous::Full,
            Durability::Relaxed => SqliteSynchronous::Normal,
        };
        let options = self
            .shared()
            .create_if_missing(true)
            .page_size(PAGE_SIZE)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
            .pragma("journal_size_limit", LOG_BYTES.to_string());
        match self.max_bytes {
            Some(bytes) => {
                options.pragma("max_page_count", (bytes / u64::from(PAGE_SIZE)).max(1).to_string())
            }
            None => options,
        }
    }

    pub(super) fn reader(&self) -> SqliteConnectOptions {
        self.shared().read_only(true)
    }

    fn shared(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(&self.path)
            .foreign_keys(true)
            .busy_timeout(self.busy_timeout)
            .disable_statement_logging()
    }
}
