#![doc = include_str!("../README.md")]

pub mod archive;
pub mod image;
pub mod objects;

pub use archive::{ArchiveReader, ArchiveSession, ArchiveSettings, ArchiveWriter};
pub use objects::ObjectBlobStore;
