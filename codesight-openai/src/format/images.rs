//! Where the image of a line comes from and how the line names it.

use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;
use codesight_core::id::ContentHash;
use codesight_core::model::FrameIndex;
use codesight_core::privacy::Masked;
use codesight_core::{Error, Result};
use serde::{Deserialize, Serialize};

/// How a line carries its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImagePolicy {
    /// As a base64 data URL: the line stands alone and can be uploaded.
    #[default]
    Inline,
    /// As the path within the archive, for the `training.jsonl` that lies in the same archive.
    Path,
    /// As an address: that of [`ChatFormat::image_base`](super::ChatFormat::image_base) and the path within the archive. Lines stay
    /// small; whoever trains must be able to fetch the images, and some services take none by address.
    Url,
}

/// How finely the service looks at an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageDetail {
    /// The service decides.
    Auto,
    /// A thumbnail: too coarse to click on.
    Low,
    /// In full.
    #[default]
    High,
}

/// An image as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredImage {
    /// Path within the archive.
    pub path: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Finds the stored image of a frame. Pixels are masked when they are stored, so the bytes are `Masked`.
pub trait ImageProvider {
    /// The image that stands for the frame with this hash.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](codesight_core::ErrorKind::NotFound) when there is none.
    fn locate(&self, frame: &ContentHash) -> Result<StoredImage>;

    /// The encoded bytes of a located image. Called for [`ImagePolicy::Inline`] only.
    ///
    /// # Errors
    /// Those of the storage behind it.
    fn bytes(&self, image: &StoredImage) -> Result<Masked<Bytes>>;
}

/// The images of an archive: its frame index, and a function that reads an entry by its path.
pub struct FrameIndexImages<R> {
    places: HashMap<ContentHash, StoredImage>,
    read: R,
}

impl<R> FrameIndexImages<R>
where
    R: Fn(&str) -> Result<Masked<Bytes>>,
{
    /// Of an index, reading entries with `read`.
    pub fn new(index: &FrameIndex, read: R) -> Self {
        let places = index
            .frames
            .iter()
            .map(|entry| {
                let image =
                    StoredImage { path: entry.file.clone(), width: entry.width, height: entry.height };
                (entry.hash, image)
            })
            .collect();
        Self { places, read }
    }
}

impl<R> ImageProvider for FrameIndexImages<R>
where
    R: Fn(&str) -> Result<Masked<Bytes>>,
{
    fn locate(&self, frame: &ContentHash) -> Result<StoredImage> {
        self.places.get(frame).cloned().ok_or_else(|| {
            Error::not_found("format.locate", "the frame is not in the index").with("frame", frame)
        })
    }

    fn bytes(&self, image: &StoredImage) -> Result<Masked<Bytes>> {
        (self.read)(&image.path)
    }
}

impl<R> fmt::Debug for FrameIndexImages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameIndexImages").field("images", &self.places.len()).finish_non_exhaustive()
    }
}

/// Whether a path stays inside the archive and means the same on every system: relative, forward slashes, no `.` or
/// `..`, no scheme or drive, no control characters.
pub(crate) fn is_safe_path(path: &str) -> bool {
    !path.is_empty()
        && path.len() <= 1_024
        && !path.contains(['\\', ':'])
        && !path.chars().any(char::is_control)
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
