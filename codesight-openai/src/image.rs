//! What an encoded image says about itself, without decoding its pixels; and the same picture within other bounds.

use std::borrow::Cow;
use std::io::Cursor;

use codesight_core::{Error, ErrorKind, Result};
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageReader};
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
    /// [`ErrorKind::Invalid`] for bytes that are no PNG, JPEG or WebP or whose
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

/// What an image may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageBounds {
    /// Formats that are taken; PNG or JPEG must be among them.
    pub formats: Vec<ImageFormat>,
    /// Bytes at most.
    pub max_bytes: Option<u64>,
    /// Pixels of the longer side at most.
    pub max_side: Option<u32>,
}

impl ImageBounds {
    /// The size that an image of `width` x `height` pixels is made to fit: the same proportions, never larger.
    pub fn fitted(&self, width: u32, height: u32) -> (u32, u32) {
        let longer = width.max(height);
        match self.max_side {
            Some(most) if longer > most => {
                let side = |side: u32| {
                    let scaled = u64::from(side) * u64::from(most) + u64::from(longer) / 2;
                    u32::try_from(scaled / u64::from(longer)).unwrap_or(side).max(1)
                };
                (side(width), side(height))
            }
            _ => (width, height),
        }
    }

    /// Whether the encoded image can stay as it is.
    pub fn takes(&self, header: &ImageHeader, bytes: usize) -> bool {
        header.rgb
            && self.formats.contains(&header.format)
            && self.fitted(header.width, header.height) == (header.width, header.height)
            && self.max_bytes.is_none_or(|most| bytes as u64 <= most)
    }

    /// The image within the bounds, in RGB: as it is where it can stay so, otherwise as PNG (no pixel changes but by resizing), and as JPEG
    /// where PNG would be too large.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for bytes that do not decode;
    /// [`ErrorKind::LimitExceeded`] when no encoding is small enough, or the picture has more
    /// pixels than the reader takes.
    pub fn fit<'b>(&self, bytes: &'b [u8]) -> Result<Cow<'b, [u8]>> {
        const OPERATION: &str = "image.fit";
        let header = ImageHeader::read(bytes)?;
        if self.takes(&header, bytes.len()) {
            return Ok(Cow::Borrowed(bytes));
        }
        if u64::from(header.width) * u64::from(header.height) > MAX_PIXELS {
            return Err(Error::new(ErrorKind::LimitExceeded, OPERATION, "the image has too many pixels"));
        }
        let picture = image::load_from_memory_with_format(bytes, header.format.as_codec())
            .map_err(|_| Error::invalid(OPERATION, "the image does not decode"))?;
        let (width, height) = self.fitted(header.width, header.height);
        let picture = if (width, height) == (header.width, header.height) {
            picture
        } else {
            picture.resize_exact(width, height, FilterType::CatmullRom)
        };
        let fits = |encoded: &Vec<u8>| self.max_bytes.is_none_or(|most| encoded.len() as u64 <= most);
        let png = self.formats.contains(&ImageFormat::Png).then(|| encode(&picture, image::ImageFormat::Png));
        if let Some(png) = png.transpose()?.filter(&fits) {
            return Ok(Cow::Owned(png));
        }
        let jpeg = self.formats.contains(&ImageFormat::Jpeg).then(|| {
            // JPEG has no transparency; screenshots have none either.
            encode(&DynamicImage::ImageRgb8(picture.to_rgb8()), image::ImageFormat::Jpeg)
        });
        jpeg.transpose()?.filter(&fits).map(Cow::Owned).ok_or_else(|| {
            Error::new(ErrorKind::LimitExceeded, OPERATION, "no encoding of the image is small enough")
        })
    }
}

/// Pixels that are decoded at most: a picture of 16,384 by 4,096.
const MAX_PIXELS: u64 = 16_384 * 4_096;

fn encode(picture: &DynamicImage, format: image::ImageFormat) -> Result<Vec<u8>> {
    let rgb = match picture.color().has_alpha() {
        true => DynamicImage::ImageRgba8(picture.to_rgba8()),
        false => DynamicImage::ImageRgb8(picture.to_rgb8()),
    };
    let mut out = Cursor::new(Vec::new());
    rgb.write_to(&mut out, format).map_err(|error| {
        Error::new(ErrorKind::Unexpected, "image.encode", "the image does not encode").caused_by(error)
    })?;
    Ok(out.into_inner())
}
