//! What an encoded image says about itself, without decoding its pixels.

use std::io::Cursor;

use codesight_core::{Error, Result};
use image::{ExtendedColorType, ImageDecoder, ImageReader};
use serde::{Deserialize, Serialize};

/// An image format that at least one training service takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageFormat {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP, lossy or lossless.
    Webp,
}

impl ImageFormat {
    /// The media type, as in a data URL.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }

    /// The format of a media type; `image/jpg` is not one, but common enough to be understood.
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        match media_type.to_ascii_lowercase().as_str() {
            "image/png" => Some(Self::Png),
            "image/jpeg" | "image/jpg" => Some(Self::Jpeg),
            "image/webp" => Some(Self::Webp),
            _ => None,
        }
    }

    /// The format by the first bytes; none for every other format.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        match image::guess_format(bytes).ok()? {
            image::ImageFormat::Png => Some(Self::Png),
            image::ImageFormat::Jpeg => Some(Self::Jpeg),
            image::ImageFormat::WebP => Some(Self::Webp),
            _ => None,
        }
    }

    fn as_codec(self) -> image::ImageFormat {
        match self {
            Self::Png => image::ImageFormat::Png,
            Self::Jpeg => image::ImageFormat::Jpeg,
            Self::Webp => image::ImageFormat::WebP,
        }
    }
}

/// The header of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageHeader {
    /// The format by its magic bytes.
    pub format: ImageFormat,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Whether the pixels are stored as RGB or RGBA: no palette, no grey, no CMYK.
    pub rgb: bool,
}

impl ImageHeader {
    /// Reads the header; pixels stay encoded.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid) for bytes that are no PNG, JPEG or WebP or whose
    /// header cannot be read.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        const OPERATION: &str = "image.header";
        let format = ImageFormat::sniff(bytes)
            .ok_or_else(|| Error::invalid(OPERATION, "the first bytes are not those of PNG, JPEG or WebP"))?;
        let decoder = ImageReader::with_format(Cursor::new(bytes), format.as_codec())
            .into_decoder()
            .map_err(|_| Error::invalid(OPERATION, "the image header cannot be read"))?;
        let (width, height) = decoder.dimensions();
        let rgb = matches!(
            decoder.original_color_type(),
            ExtendedColorType::Rgb8
                | ExtendedColorType::Rgba8
                | ExtendedColorType::Rgb16
                | ExtendedColorType::Rgba16
        );
        Ok(Self { format, width, height, rgb })
    }
}
