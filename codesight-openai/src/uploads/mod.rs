//! Uploads in parts: streamed from disk or from memory, several parts at once, taken up again after a crash.
//!
//! Nothing larger than a piece of 256 KiB is held for each part under way, whatever the size of the file.

mod parts;
mod shard;
mod source;

pub use parts::{PartUploader, Progress, UploadOptions};
pub use shard::{Shard, ShardPlan, plan_shards};
#[cfg(feature = "testkit")]
pub(crate) use source::hex;
pub use source::{BytesSource, Digests, FileSource, Range, Source, digest, spool};
