//! The catalog on PostgreSQL, shared by several nodes.
//!
//! Every rule is checked inside the transaction that writes, against rows that it has locked: which node a call comes
//! to makes no difference, and a node that was cut off and comes back is stopped by the epoch in the database.
//!
//! Appends that wait on a node are committed together (see `group`). Whoever changes a session locks its row of
//! `journal_heads` first, and several of them in the order of their names, so that nobody waits in a circle.

mod accounts;
mod append;
mod audit;
mod events;
mod group;
mod jobs;
mod journal;
mod migrate;
mod options;
#[cfg(test)]
mod plans;
mod reviews;
mod sessions;
mod transaction;

use std::fmt;
use std::sync::Arc;

use codesight_core::Result;
use sqlx::PgPool;

use append::AppendGroups;
use audit::AuditGroups;
pub use audit::PostgresAuditLog;
pub use events::{PostgresEvents, SessionEvent};
use group::Grouped;
pub use options::PostgresOptions;

/// Sessions, journals and jobs in a PostgreSQL database. Clones share their connections.
#[derive(Clone)]
pub struct PostgresCatalog {
    options: Arc<PostgresOptions>,
    pool: PgPool,
    appends: Grouped<AppendGroups>,
    audit: Grouped<AuditGroups>,
}

impl PostgresCatalog {
    /// Connects, and brings the schema up to date. Must be called on a tokio runtime, which then runs the tasks that
    /// write.
    ///
    /// Nodes of an older version may go on beside it as long as the schema's floor (see the first migration) allows.
    ///
    /// # Errors
    /// - [`ErrorKind::Unavailable`](codesight_core::ErrorKind::Unavailable) when the database does not answer
    /// - [`ErrorKind::Unauthenticated`](codesight_core::ErrorKind::Unauthenticated) when it refuses the credentials
    /// - [`ErrorKind::Unsupported`](codesight_core::ErrorKind::Unsupported) when a newer version took away what this
    ///   one needs, or when [`Durability::Full`](crate::Durability::Full) is asked of a database that runs with
    ///   `fsync` or `full_page_writes` off, or with `synchronous_commit` off
    pub async fn open(options: PostgresOptions) -> Result<Self> {
        let pool = options.pool();
        migrate::prepare(&pool, &options).await?;
        Ok(Self {
            appends: Grouped::start(AppendGroups::new(pool.clone()), options.lane_count()),
            // One at a time: each entry follows the one before.
            audit: Grouped::start(AuditGroups::new(pool.clone()), 1),
            options: Arc::new(options),
            pool,
        })
    }

    /// The audit log in the same schema.
    pub fn audit_log(&self) -> PostgresAuditLog {
        PostgresAuditLog::new(self.clone())
    }

    /// Commits what was handed over before, and disconnects; later calls, on clones too, are
    /// [`ErrorKind::Unavailable`](codesight_core::ErrorKind::Unavailable). Dropping the last clone does the same in
    /// the background.
    pub async fn close(&self) {
        self.appends.close().await;
        self.audit.close().await;
        self.pool.close().await;
    }
}

impl fmt::Debug for PostgresCatalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresCatalog").field("options", &self.options).finish_non_exhaustive()
    }
}

impl fmt::Display for PostgresCatalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgreSQL catalog {}", self.options)
    }
}
