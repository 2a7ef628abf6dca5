//! How close stored frames are to what was captured, beside plain libwebp at the same settings.

use codesight_storage::ArchiveReader;
use codesight_storage::image::{ImageLimits, Pixels, WebpSettings, decode, encode_webp};
use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};

use super::session::Session;
use crate::server::Outcome;

/// SSIMULACRA2 of the frames of a session.
#[derive(Debug, Clone, Copy)]
pub struct Quality {
    /// Mean of the stored frames.
    pub mean: f64,
    /// The worst stored frame.
    pub least: f64,
    /// The most that a stored frame is below plain libwebp of the same quality and method; negative when none is.
    pub furthest_below: f64,
}

/// Compares every `step`th frame.
///
/// # Errors
/// Of the reader.
pub async fn quality(session: &Session, reader: &ArchiveReader<'_>, step: usize) -> Outcome<Quality> {
    let settings = &reader.manifest().compression.images;
    let plain = WebpSettings::Lossy { quality: settings.quality, method: settings.method };
    let mut found = Vec::new();
    for frame in session.frames.iter().step_by(step.max(1)) {
        let captured = decode(&frame.png, &ImageLimits::default())?;
        let stored = reader.read_pixels(&frame.hash).await?;
        let reference = decode(&encode_webp(&captured, &plain)?, &ImageLimits::default())?;
        found.push((score(&captured, &stored)?, score(&captured, &reference)?));
    }
    let count = found.len().max(1) as f64;
    Ok(Quality {
        mean: found.iter().map(|(stored, _)| stored).sum::<f64>() / count,
        least: found.iter().map(|(stored, _)| *stored).fold(100.0, f64::min),
        furthest_below: found.iter().map(|(stored, plain)| plain - stored).fold(-100.0, f64::max),
    })
}

fn score(captured: &Pixels, stored: &Pixels) -> Outcome<f64> {
    Ok(compute_ssimulacra2(&slice(captured)?, &slice(stored)?)?)
}

fn slice(pixels: &Pixels) -> Outcome<PixelSlice<'_>> {
    let stride = pixels.width() as usize * 3;
    PixelSlice::new(pixels.samples(), pixels.width(), pixels.height(), stride, PixelDescriptor::RGB8_SRGB)
        .map_err(|error| format!("{error:?}").into())
}
