#![doc = include_str!("../README.md")]

pub mod archive;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub mod catalog;
pub mod image;
pub mod keys;
pub mod lifecycle;
pub mod objects;
pub mod rights;

pub use archive::{ArchiveReader, ArchiveSession, ArchiveSettings, ArchiveWriter};
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use catalog::Durability;
#[cfg(feature = "postgres")]
pub use catalog::{PostgresAuditLog, PostgresCatalog, PostgresEvents, PostgresOptions, SessionEvent};
#[cfg(feature = "sqlite")]
pub use catalog::{SqliteAuditLog, SqliteCatalog, SqliteOptions};
pub use keys::FileKeyStore;
pub use objects::ObjectBlobStore;
