//! The archive of a session: a plain ZIP that every tool opens, and a manifest that is the authority over it.
//!
//! [`ArchiveWriter`] writes one in a stream, [`ArchiveReader`] reads single files of one, [`verify`] checks all of it.
//!
//! # The container
//! Readers refuse what is not exactly described, so the container is the simplest one: regular files only, names of
//! `[A-Za-z0-9._-]` segments, images stored and text deflated, sizes and checksums in every local header (no data
//! descriptors), no extra fields, no comments, no ZIP64 (so below 4 GiB and 65,535 files), one fixed date, entries one
//! after the other without gaps from the first byte on, and `manifest.json` last.
//!
//! # The frames
//! `screenshots/000001.webp` is a frame as one image, `screenshots/patches/000001.webp` a rectangle that changed, and
//! `screenshots/index.json` says for every captured frame either which image it is, or which pieces of which images cover
//! each of its pixels exactly once. The level decides which frames are whole: all (`full`), those somebody acted on and
//! those that are mostly new (`hybrid`), or only the latter (`compact`, and `exact`, whose images are lossless).

mod compose;
mod container;
mod delta;
mod diff;
mod entry;
mod extract;
mod frames;
mod input;
mod layout;
mod limits;
mod origin;
mod pipeline;
mod publish;
mod reader;
mod reencode;
mod refusal;
mod repair;
mod replace;
mod salvage;
mod settings;
mod source;
mod structure;
mod verify;
mod viewer;
mod work;
mod writer;

pub use diff::{ArchiveDiff, diff};
pub use entry::EntryDecoder;
pub use extract::{Extracted, extract};
pub use frames::{
    FRAME_HASH_MISMATCH, FRAME_MISSING, FRAME_SIZE_MISMATCH, FRAME_TOO_LARGE, FRAME_UNDECODABLE, FrameInput,
};
pub use limits::ArchiveLimits;
pub use origin::LOSSY_SOURCE;
pub use reader::{ArchiveReader, ArchivedFrame};
pub use reencode::{NotReencoded, Reencoded, reencode};
pub use refusal::Refusal;
pub use repair::{ARCHIVE_REPAIRED, RepairReport, repair};
pub use replace::{Replacement, replace};
pub use salvage::{Salvage, salvage};
pub use settings::{ArchiveSession, ArchiveSettings};
#[cfg(feature = "encryption")]
pub(crate) use source::{BlobAccess, blocking};
pub use source::{RandomAccess, blob_source, file_source};
pub use structure::{Entry, Method, Structure};
pub use verify::{ArchiveProblem, VerifyReport, verify, verify_pixels};
pub use work::INTERACTION_UNREADABLE;
pub use writer::{AUDIO_HASH_MISMATCH, AUDIO_MISSING, ArchiveWriter, PublishedArchive};
