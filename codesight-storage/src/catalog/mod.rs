//! Catalogs: the metadata of sessions, their journals and jobs, and the audit log, in a database.

mod fault;
mod sqlite;

pub use sqlite::{Durability, SqliteAuditLog, SqliteCatalog, SqliteOptions};
