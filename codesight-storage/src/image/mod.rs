//! Frames as pixels: decoded within limits, painted over where they must be, encoded as WebP.
//!
//! Everything here is synchronous and uses the processor; call it from a blocking task.

mod decode;
mod libwebp;
mod paint;
mod webp;

pub use decode::{ImageFormat, ImageHeader, ImageLimits, decode, header};
pub use paint::{PixelBox, paint, pixel_box};
pub use webp::{MAX_WEBP_SIDE, WebpSettings, codec_version, encode_webp};

use codesight_core::id::ContentHash;
use sha2::{Digest, Sha256};

/// An image as rows of 8-bit samples, from the top left, without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    width: u32,
    height: u32,
    alpha: bool,
    samples: Vec<u8>,
}

impl Pixels {
    /// Takes `samples` as RGB, or as RGBA when `alpha` is set. None when there are not exactly as many as the sides
    /// ask for, or when a side is zero.
    pub fn new(width: u32, height: u32, alpha: bool, samples: Vec<u8>) -> Option<Self> {
        let expected =
            u64::from(width).checked_mul(u64::from(height))?.checked_mul(if alpha { 4 } else { 3 })?;
        let fits = expected > 0 && u64::try_from(samples.len()) == Ok(expected);
        fits.then_some(Self { width, height, alpha, samples })
    }

    /// Columns.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Whether each pixel has an alpha sample after red, green and blue.
    pub fn has_alpha(&self) -> bool {
        self.alpha
    }

    /// The samples.
    pub fn samples(&self) -> &[u8] {
        &self.samples
    }

    /// Samples of a pixel: 3 or 4.
    pub fn channels(&self) -> usize {
        if self.alpha { 4 } else { 3 }
    }

    /// Leaves the alpha samples out when they say nothing.
    #[must_use]
    pub fn without_idle_alpha(self) -> Self {
        if !self.alpha || self.samples.chunks_exact(4).any(|pixel| pixel[3] != u8::MAX) {
            return self;
        }
        let samples = self.samples.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        Self { alpha: false, samples, ..self }
    }

    /// The hash of what can be seen: equal for the same pixels out of different files.
    pub fn hash(&self) -> ContentHash {
        let mut hasher = Sha256::new();
        hasher.update(self.width.to_le_bytes());
        hasher.update(self.height.to_le_bytes());
        hasher.update([u8::from(self.alpha)]);
        hasher.update(&self.samples);
        ContentHash::from_digest(hasher.finalize().into())
    }
}
