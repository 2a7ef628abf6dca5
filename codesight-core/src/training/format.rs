//! The contract of a training format. Providers' crates implement it; this crate knows none of them.

use std::fmt;
use std::io;

use bytes::Bytes;

use crate::error::Result;
use crate::id::ContentHash;
use crate::model::TrainingExample;
use crate::privacy::Masked;

/// An encoded picture.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameImage {
    /// Media type, such as `image/webp`.
    pub media_type: String,
    /// Image pixels; may differ from the frame as captured, when the archive keeps a smaller one.
    pub width: u32,
    /// Image pixels.
    pub height: u32,
    /// The encoded bytes.
    pub bytes: Masked<Bytes>,
}

/// Where a format gets the pictures of examples from.
///
/// # Behaviour
/// - the image is the one that is stored for the frame of this hash, redactions included
/// - a frame that is not stored is [`ErrorKind::NotFound`](crate::ErrorKind::NotFound)
/// - asked twice, the answer is the same
pub trait ImageSource {
    /// The picture of a frame.
    ///
    /// # Errors
    /// As in the behaviour above; whatever the store reports otherwise.
    fn image(&self, frame: &ContentHash) -> Result<FrameImage>;
}

/// Turns examples into the lines of a trainer.
///
/// # Behaviour
/// - writes exactly one item for each example, complete with its line end or other separator
/// - on an error nothing of the item was written
/// - points are converted from CSS pixels of the example's viewport to the format's own convention
/// - text of the page stays inside what the format marks as observation
/// - the same example and the same picture give the same bytes
/// - a file is what was written for its examples, then [`end`](Self::end)
pub trait TrainingFormat: fmt::Debug + Send + Sync {
    /// The name used in configurations and file names.
    fn name(&self) -> &'static str;

    /// The ending of the file.
    fn extension(&self) -> &'static str {
        "jsonl"
    }

    /// Whether lines name pictures by their [path](crate::training::formats::picture_path), so that they have to be
    /// put there.
    fn names_pictures(&self) -> bool {
        false
    }

    /// What ends a file.
    fn end(&self) -> &'static [u8] {
        b""
    }

    /// Files that the trainer wants beside the one named `file`, by name.
    fn companions(&self, file: &str) -> Vec<(&'static str, Vec<u8>)> {
        let _ = file;
        Vec::new()
    }

    /// Writes one example.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for an action the format cannot say; whatever the
    /// picture source reports; [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) when `out` takes no more.
    fn write(
        &self,
        example: Masked<&TrainingExample>,
        images: &dyn ImageSource,
        out: &mut dyn io::Write,
    ) -> Result<()>;
}
