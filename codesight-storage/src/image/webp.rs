//! WebP settings and encoding.

use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::model::ImageCodecSettings;

use super::{PixelBox, Pixels, libwebp};

const OPERATION: &str = "image.encode";

/// The longest side the format can hold, in pixels.
pub const MAX_WEBP_SIDE: u32 = 16_383;

/// How an image is encoded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WebpSettings {
    /// Smaller than the pixels.
    Lossy {
        /// 0 to 100.
        quality: f32,
        /// 0 (fast) to 6 (slow).
        method: u8,
    },
    /// As `Lossy`, but an image of few colours, which is text on flat ground, is kept bit for bit when that is no
    /// larger: what blurs first is what must stay legible.
    Adaptive {
        /// 0 to 100.
        quality: f32,
        /// 0 (fast) to 6 (slow).
        method: u8,
    },
    /// The pixels bit for bit, colours under transparency included.
    Lossless {
        /// 0 (fast) to 9 (slow).
        effort: u8,
    },
}

impl Default for WebpSettings {
    /// Adaptive, quality 70, method 2: on screenshots smaller than libwebp's own default of quality 75 and method 4,
    /// closer to the original by SSIMULACRA2, and more than twice as fast.
    fn default() -> Self {
        Self::Adaptive { quality: 70.0, method: 2 }
    }
}

impl WebpSettings {
    /// The settings as the manifest states them.
    pub fn describe(&self) -> ImageCodecSettings {
        let (lossless, quality, method, adaptive) = match *self {
            Self::Lossy { quality, method } => (false, quality, method, false),
            Self::Adaptive { quality, method } => (false, quality, method, true),
            Self::Lossless { effort } => (true, 100.0, effort, false),
        };
        ImageCodecSettings { codec: codec_version(), lossless, quality, method, adaptive }
    }
}

/// Quality that a rectangle gets beyond that of a whole frame.
const PART_QUALITY: f32 = 5.0;

impl WebpSettings {
    /// The settings for a rectangle of a frame: a little better, since it is encoded without the surroundings that the
    /// codec would predict it from, and its edges meet those of another image.
    #[must_use]
    pub fn for_part(&self) -> Self {
        let better = |quality: f32| (quality + PART_QUALITY).min(100.0);
        match *self {
            Self::Lossy { quality, method } => Self::Lossy { quality: better(quality), method },
            Self::Adaptive { quality, method } => Self::Adaptive { quality: better(quality), method },
            exact @ Self::Lossless { .. } => exact,
        }
    }
}

impl From<ImageCodecSettings> for WebpSettings {
    /// The settings that a manifest states.
    fn from(stated: ImageCodecSettings) -> Self {
        let ImageCodecSettings { lossless, quality, method, adaptive, .. } = stated;
        match (lossless, adaptive) {
            (true, _) => Self::Lossless { effort: method },
            (false, true) => Self::Adaptive { quality, method },
            (false, false) => Self::Lossy { quality, method },
        }
    }
}

/// The encoder's name and version.
pub fn codec_version() -> String {
    let (major, minor, patch) = libwebp::version();
    format!("libwebp {major}.{minor}.{patch}")
}

/// Whether an encoded image is WebP that holds its pixels bit for bit.
pub fn is_lossless_webp(bytes: &[u8]) -> bool {
    bytes.get(..4) == Some(b"RIFF") && bytes.get(8..16) == Some(b"WEBPVP8L")
}

/// Colours up to which an adaptive image is tried bit for bit: as many as the format's palette holds.
const FEW_COLOURS: usize = 256;
/// The effort of that try.
const FLAT_EFFORT: u8 = 3;

/// Encodes without any metadata. The same pixels and settings give the same bytes.
///
/// # Errors
/// - [`ErrorKind::LimitExceeded`] for a side past 16,383
/// - [`ErrorKind::Invalid`] for settings out of range
/// - [`ErrorKind::Unexpected`] when the encoder gives up, which it does when it gets no memory
pub fn encode_webp(pixels: &Pixels, settings: &WebpSettings) -> Result<Vec<u8>> {
    encode_webp_part(pixels, &pixels.bounds(), settings)
}

/// Encodes the part of an image that lies in a box, which is not copied out for it.
///
/// # Errors
/// As [`encode_webp`], and [`ErrorKind::Invalid`] for a box that is empty or not within the image.
pub fn encode_webp_part(pixels: &Pixels, part: &PixelBox, settings: &WebpSettings) -> Result<Vec<u8>> {
    if part.left >= part.right
        || part.top >= part.bottom
        || part.right > pixels.width()
        || part.bottom > pixels.height()
    {
        return Err(Error::invalid(OPERATION, "the part is not within the image"));
    }
    let (width, height) = (part.right - part.left, part.bottom - part.top);
    if width > MAX_WEBP_SIDE || height > MAX_WEBP_SIDE {
        return Err(Error::new(ErrorKind::LimitExceeded, OPERATION, "a side is too long for WebP")
            .with("width", width)
            .with("height", height)
            .with("limit", MAX_WEBP_SIDE));
    }
    let in_range = match *settings {
        WebpSettings::Lossy { quality, method } | WebpSettings::Adaptive { quality, method } => {
            (0.0..=100.0).contains(&quality) && method <= 6
        }
        WebpSettings::Lossless { effort } => effort <= 9,
    };
    if !in_range {
        return Err(Error::invalid(OPERATION, "settings out of range"));
    }
    let encode = |settings: &WebpSettings| {
        libwebp::encode(pixels, part, settings)
            .ok_or_else(|| Error::new(ErrorKind::Unexpected, OPERATION, "the encoder gave up"))
    };
    let lossy = match *settings {
        WebpSettings::Adaptive { quality, method } => WebpSettings::Lossy { quality, method },
        settings => return encode(&settings),
    };
    let image = encode(&lossy)?;
    if !pixels.has_few_colours(part, FEW_COLOURS) {
        return Ok(image);
    }
    let exact = encode(&WebpSettings::Lossless { effort: FLAT_EFFORT })?;
    Ok(if exact.len() <= image.len() { exact } else { image })
}
