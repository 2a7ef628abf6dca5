#![doc = include_str!("../README.md")]

pub mod archive;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub mod catalog;
#[cfg(feature = "encryption")]
pub mod encryption;
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
#[cfg(feature = "encryption")]
pub use encryption::EncryptedBlobStore;
pub use keys::FileKeyStore;
#[cfg(feature = "encryption")]
pub use keys::MasterKeys;
#[cfg(feature = "vault")]
pub use keys::{VaultKeyStore, VaultOptions, VaultToken};
pub use objects::ObjectBlobStore;
