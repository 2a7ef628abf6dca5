//! Decoding PNG, JPEG and WebP: the format by content, the sides by the header, and only then the pixels.

use std::io::Cursor;

use codesight_core::error::{Error, ErrorKind, Result};
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError};

use super::{Pixels, libwebp};

const OPERATION: &str = "image.decode";

/// What a decoder may be asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageLimits {
    /// Bytes of the encoded image.
    pub max_encoded_bytes: usize,
    /// Columns times rows.
    pub max_pixels: u64,
}

impl Default for ImageLimits {
    /// 10 MiB and 40 megapixels.
    fn default() -> Self {
        Self { max_encoded_bytes: 10 << 20, max_pixels: 40_000_000 }
    }
}

/// A format that can be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageFormat {
    /// PNG; of an animated one the still image.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP, lossy or lossless.
    Webp,
}

/// What the first bytes of an image say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageHeader {
    /// By content, not by name or media type.
    pub format: ImageFormat,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// Reads format and sides without decoding pixels.
///
/// # Errors
/// - [`ErrorKind::LimitExceeded`] for too many bytes or pixels
/// - [`ErrorKind::Unsupported`] for other formats and for animated WebP
/// - [`ErrorKind::Invalid`] for a broken header
pub fn header(bytes: &[u8], limits: &ImageLimits) -> Result<ImageHeader> {
    check_encoded(bytes, limits)?;
    let header = match sniff(bytes)? {
        ImageFormat::Png => sides(ImageFormat::Png, png(bytes, limits)?.dimensions()),
        ImageFormat::Jpeg => sides(ImageFormat::Jpeg, jpeg(bytes)?.dimensions()),
        ImageFormat::Webp => {
            let features = webp(bytes)?;
            sides(ImageFormat::Webp, (features.width, features.height))
        }
    };
    check_pixels(&header, limits)?;
    Ok(header)
}

/// Decodes an image to 8 bits a sample. Metadata and colour profiles are left behind.
///
/// # Errors
/// As [`header`], and [`ErrorKind::Invalid`] for broken pixel data.
pub fn decode(bytes: &[u8], limits: &ImageLimits) -> Result<Pixels> {
    let found = header(bytes, limits)?;
    let pixels = match found.format {
        ImageFormat::Png => raster(png(bytes, limits)?, limits)?,
        ImageFormat::Jpeg => raster(jpeg(bytes)?, limits)?,
        ImageFormat::Webp => {
            let features = webp(bytes)?;
            let samples = libwebp::decode(bytes, &features).ok_or_else(|| broken("WebP"))?;
            Pixels::new(features.width, features.height, features.alpha, samples)
                .ok_or_else(|| broken("WebP"))?
        }
    };
    Ok(pixels.without_idle_alpha())
}

fn sniff(bytes: &[u8]) -> Result<ImageFormat> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Ok(ImageFormat::Png)
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Ok(ImageFormat::Jpeg)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Ok(ImageFormat::Webp)
    } else {
        Err(Error::new(ErrorKind::Unsupported, OPERATION, "neither PNG nor JPEG nor WebP"))
    }
}

fn check_encoded(bytes: &[u8], limits: &ImageLimits) -> Result<()> {
    if bytes.len() <= limits.max_encoded_bytes {
        return Ok(());
    }
    Err(Error::new(ErrorKind::LimitExceeded, OPERATION, "too many bytes for an image")
        .with("bytes", bytes.len())
        .with("limit", limits.max_encoded_bytes))
}

fn check_pixels(header: &ImageHeader, limits: &ImageLimits) -> Result<()> {
    if u64::from(header.width) * u64::from(header.height) <= limits.max_pixels {
        return Ok(());
    }
    Err(Error::new(ErrorKind::LimitExceeded, OPERATION, "too many pixels for an image")
        .with("width", header.width)
        .with("height", header.height)
        .with("limit", limits.max_pixels))
}

fn sides(format: ImageFormat, (width, height): (u32, u32)) -> ImageHeader {
    ImageHeader { format, width, height }
}

fn broken(format: &str) -> Error {
    Error::invalid(OPERATION, "the image is broken").with("format", format)
}

fn png<'a>(bytes: &'a [u8], limits: &ImageLimits) -> Result<PngDecoder<Cursor<&'a [u8]>>> {
    // Text and profile chunks are compressed too: the allocation limit holds for them as it does for pixels.
    PngDecoder::with_limits(Cursor::new(bytes), library_limits(limits)).map_err(|error| refused(error, "PNG"))
}

fn jpeg(bytes: &[u8]) -> Result<JpegDecoder<Cursor<&[u8]>>> {
    JpegDecoder::new(Cursor::new(bytes)).map_err(|error| refused(error, "JPEG"))
}

fn webp(bytes: &[u8]) -> Result<libwebp::Features> {
    let features = libwebp::features(bytes).ok_or_else(|| broken("WebP"))?;
    if features.animated {
        return Err(
            Error::new(ErrorKind::Unsupported, OPERATION, "an animation is no frame").with("format", "WebP")
        );
    }
    Ok(features)
}

/// Eight bytes a pixel are the most that PNG can need; the rest is for the decoder itself.
fn library_limits(limits: &ImageLimits) -> image::Limits {
    let mut library = image::Limits::no_limits();
    library.max_alloc = Some(limits.max_pixels.saturating_mul(8).saturating_add(16 << 20));
    library
}

fn refused(error: ImageError, format: &'static str) -> Error {
    let (kind, message) = match &error {
        ImageError::Limits(_) => (ErrorKind::LimitExceeded, "the image needs more memory than it may"),
        ImageError::Unsupported(_) => (ErrorKind::Unsupported, "a kind of image that is not decoded"),
        _ => (ErrorKind::Invalid, "the image is broken"),
    };
    Error::new(kind, OPERATION, message).with("format", format).caused_by(error)
}

fn raster<D: ImageDecoder>(mut decoder: D, limits: &ImageLimits) -> Result<Pixels> {
    let fail = |error| refused(error, "raster");
    decoder.set_limits(library_limits(limits)).map_err(fail)?;
    let (width, height) = decoder.dimensions();
    let alpha = match decoder.color_type() {
        // What screenshots are made of goes straight into the buffer.
        ColorType::Rgb8 => false,
        ColorType::Rgba8 => true,
        _ => {
            let image = DynamicImage::from_decoder(decoder).map_err(fail)?;
            let alpha = image.color().has_alpha();
            let samples = if alpha { image.into_rgba8().into_raw() } else { image.into_rgb8().into_raw() };
            return Pixels::new(width, height, alpha, samples).ok_or_else(|| broken("raster"));
        }
    };
    let bytes = usize::try_from(decoder.total_bytes()).map_err(|_| broken("raster"))?;
    let mut samples = vec![0; bytes];
    decoder.read_image(&mut samples).map_err(fail)?;
    Pixels::new(width, height, alpha, samples).ok_or_else(|| broken("raster"))
}
