#![doc = include_str!("../README.md")]

#[cfg(feature = "sqlite")]
pub mod catalog;
pub mod keys;

#[cfg(feature = "sqlite")]
pub use catalog::{Durability, SqliteAuditLog, SqliteCatalog, SqliteOptions};
pub use keys::FileKeyStore;
