//! Catalogs: the metadata of sessions, their journals and jobs, and the audit log, in a database.

mod accounts;
mod append;
mod durability;
mod fault;
mod payload;
#[cfg(feature = "postgres")]
mod postgres;
mod rows;
mod selection;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use durability::Durability;
#[cfg(feature = "postgres")]
pub use postgres::{PostgresAuditLog, PostgresCatalog, PostgresEvents, PostgresOptions, SessionEvent};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteAuditLog, SqliteCatalog, SqliteOptions};
