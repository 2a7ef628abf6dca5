//! Frames as pixels: decoded within limits, painted over where they must be, encoded as WebP.
//!
//! Everything here is synchronous and uses the processor; call it from a blocking task.

mod conceal;
mod decode;
mod libwebp;
mod paint;
mod webp;

pub use conceal::{ConcealedArea, conceal};
pub use decode::{ImageFormat, ImageHeader, ImageLimits, decode, header};
pub use paint::{PixelBox, paint, pixel_box};
pub use webp::{MAX_WEBP_SIDE, WebpSettings, codec_version, encode_webp, encode_webp_part, is_lossless_webp};

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
    pub fn without_idle_alpha(mut self) -> Self {
        if !self.alpha || self.samples.chunks_exact(4).any(|pixel| pixel[3] != u8::MAX) {
            return self;
        }
        // In place: a second copy of a frame would be the largest thing held.
        let pixels = self.samples.len() / 4;
        for pixel in 1..pixels {
            self.samples.copy_within(pixel * 4..pixel * 4 + 3, pixel * 3);
        }
        self.samples.truncate(pixels * 3);
        self.alpha = false;
        self
    }

    /// Whether there are at most `limit` different colours within `part`.
    pub fn has_few_colours(&self, part: &PixelBox, limit: usize) -> bool {
        let channels = self.channels();
        let mut colours = std::collections::HashSet::with_capacity(limit + 1);
        let mut last = None;
        for row in self.rows(part) {
            for pixel in row.chunks_exact(channels) {
                // Neighbours are mostly alike.
                if last != Some(pixel) {
                    last = Some(pixel);
                    colours.insert(pixel);
                    if colours.len() > limit {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// All of it.
    pub fn bounds(&self) -> PixelBox {
        PixelBox { left: 0, top: 0, right: self.width, bottom: self.height }
    }

    /// The samples of the rows of `part`, which is cut at the edges.
    fn rows(&self, part: &PixelBox) -> impl Iterator<Item = &[u8]> {
        let channels = self.channels();
        let columns = part.left as usize * channels..part.right.min(self.width) as usize * channels;
        self.samples
            .chunks_exact(self.width as usize * channels)
            .take(part.bottom as usize)
            .skip(part.top as usize)
            .filter_map(move |row| row.get(columns.clone()))
    }

    /// Copies a rectangle out of another image of the same channels. False, and nothing done, when it does not lie
    /// within both.
    pub(crate) fn copy_from(&mut self, from: &Self, source: &PixelBox, (x, y): (u32, u32)) -> bool {
        let sides = (source.right.checked_sub(source.left), source.bottom.checked_sub(source.top));
        let (Some(width), Some(height)) = sides else { return false };
        let within = self.alpha == from.alpha
            && source.right <= from.width
            && source.bottom <= from.height
            && x.checked_add(width).is_some_and(|right| right <= self.width)
            && y.checked_add(height).is_some_and(|bottom| bottom <= self.height);
        if !within {
            return false;
        }
        let (channels, stride) = (self.channels(), self.width as usize * self.channels());
        let columns = x as usize * channels..(x + width) as usize * channels;
        let rows = self.samples.chunks_exact_mut(stride).skip(y as usize);
        for (to, from) in rows.zip(from.rows(source)) {
            to[columns.clone()].copy_from_slice(from);
        }
        true
    }

    /// Whether every pixel is like the first: a frame of a page that had not been drawn yet.
    pub fn is_blank(&self) -> bool {
        let mut pixels = self.samples.chunks_exact(self.channels());
        pixels.next().is_none_or(|first| pixels.all(|pixel| pixel == first))
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
