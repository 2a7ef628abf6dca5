//! WebP settings and encoding.

use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::model::ImageCodecSettings;

use super::{Pixels, libwebp};

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
    /// The pixels bit for bit, colours under transparency included.
    Lossless {
        /// 0 (fast) to 9 (slow).
        effort: u8,
    },
}

impl Default for WebpSettings {
    /// Lossy, quality 75, method 2: on screenshots smaller, better and faster than libwebp's own default.
    fn default() -> Self {
        Self::Lossy { quality: 75.0, method: 2 }
    }
}

impl WebpSettings {
    /// The settings as the manifest states them.
    pub fn describe(&self) -> ImageCodecSettings {
        let codec = codec_version();
        match *self {
            Self::Lossy { quality, method } => ImageCodecSettings { codec, lossless: false, quality, method },
            Self::Lossless { effort } => {
                ImageCodecSettings { codec, lossless: true, quality: 100.0, method: effort }
            }
        }
    }
}

/// The encoder's name and version.
pub fn codec_version() -> String {
    let (major, minor, patch) = libwebp::version();
    format!("libwebp {major}.{minor}.{patch}")
}

/// Encodes without any metadata. The same pixels and settings give the same bytes.
///
/// # Errors
/// - [`ErrorKind::LimitExceeded`] for a side past 16,383
/// - [`ErrorKind::Invalid`] for settings out of range
/// - [`ErrorKind::Unexpected`] when the encoder gives up, which it does when it gets no memory
pub fn encode_webp(pixels: &Pixels, settings: &WebpSettings) -> Result<Vec<u8>> {
    const OPERATION: &str = "image.encode";
    if pixels.width() > MAX_WEBP_SIDE || pixels.height() > MAX_WEBP_SIDE {
        return Err(Error::new(ErrorKind::LimitExceeded, OPERATION, "a side is too long for WebP")
            .with("width", pixels.width())
            .with("height", pixels.height())
            .with("limit", MAX_WEBP_SIDE));
    }
    let in_range = match *settings {
        WebpSettings::Lossy { quality, method } => (0.0..=100.0).contains(&quality) && method <= 6,
        WebpSettings::Lossless { effort } => effort <= 9,
    };
    if !in_range {
        return Err(Error::invalid(OPERATION, "settings out of range"));
    }
    libwebp::encode(pixels, settings)
        .ok_or_else(|| Error::new(ErrorKind::Unexpected, OPERATION, "the encoder gave up"))
}
