#![doc = include_str!("../README.md")]

pub mod archive;
#[cfg(feature = "sqlite")]
pub mod catalog;
pub mod image;
pub mod keys;
pub mod objects;
pub mod rights;

pub use archive::{ArchiveReader, ArchiveSession, ArchiveSettings, ArchiveWriter};
#[cfg(feature = "sqlite")]
pub use catalog::{Durability, SqliteAuditLog, SqliteCatalog, SqliteOptions};
pub use keys::FileKeyStore;
pub use objects::ObjectBlobStore;
