//! Images as a service takes them: its formats, its sizes. Coordinates follow, since they are pixels of the image in the line.

use std::fmt;

use bytes::Bytes;
use codesight_core::Result;
use codesight_core::id::ContentHash;
use codesight_core::privacy::Masked;

use super::images::{ImageProvider, StoredImage};
use crate::image::ImageBounds;

/// The images of another provider, each resized once and written anew where it does not fit.
pub struct FittedImages<'i> {
    inner: &'i dyn ImageProvider,
    bounds: ImageBounds,
}

impl<'i> FittedImages<'i> {
    /// The images of `inner` within `bounds`.
    pub fn new(inner: &'i dyn ImageProvider, bounds: ImageBounds) -> Self {
        Self { inner, bounds }
    }
}

impl fmt::Debug for FittedImages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FittedImages").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

impl ImageProvider for FittedImages<'_> {
    /// The image with the size it will have.
    fn locate(&self, frame: &ContentHash) -> Result<StoredImage> {
        let image = self.inner.locate(frame)?;
        let (width, height) = self.bounds.fitted(image.width, image.height);
        Ok(StoredImage { path: image.path, width, height })
    }

    fn bytes(&self, image: &StoredImage) -> Result<Masked<Bytes>> {
        let bytes = self.inner.bytes(image)?;
        let fitted = match self.bounds.fit(&bytes)? {
            std::borrow::Cow::Borrowed(_) => None,
            std::borrow::Cow::Owned(fitted) => Some(fitted),
        };
        // The same masked picture in another encoding.
        Ok(fitted.map_or(bytes, |fitted| Masked::from_store(fitted.into())))
    }
}
