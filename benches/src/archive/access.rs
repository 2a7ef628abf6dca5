//! One frame out of an archive of 500.

use std::time::{Duration, Instant};

use bytes::Bytes;
use codesight_core::id::ContentHash;
use codesight_core::model::ArchiveLevel;
use codesight_storage::ObjectBlobStore;
use codesight_storage::image::{ImageLimits, decode};
use image::ImageEncoder as _;

use super::session::{Frame, Session};
use super::write;
use crate::server::Outcome;

const FRAMES: usize = 500;

/// How long reading one frame took.
#[derive(Debug, Clone, Copy)]
pub struct Access {
    /// Half were faster.
    pub p50: Duration,
    /// 95 of 100 were faster.
    pub p95: Duration,
    /// Opening the archive and reading its index, which is done once.
    pub open: Duration,
}

/// Writes an archive of 500 distinct frames, those of `session` with a number drawn on each, and reads a hundred.
///
/// # Errors
/// Of writer and reader.
pub async fn one_of_500(session: &Session, level: ArchiveLevel) -> Outcome<Access> {
    let long = lengthened(session)?;
    let store = tempfile::tempdir()?;
    let blobs = ObjectBlobStore::local(store.path().join("objects"))?;
    write::capture(&blobs, &long).await?;
    write::write(&blobs, &long, level, store.path()).await?;
    let begun = Instant::now();
    let reader = write::open(&blobs).await?;
    reader.frame_index().await?;
    let open = begun.elapsed();
    let mut times = Vec::new();
    for number in 0..100 {
        let frame = &long.frames[number * 37 % FRAMES];
        let begun = Instant::now();
        reader.read_pixels(&frame.hash).await?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    Ok(Access { p50: times[50], p95: times[95], open })
}

fn lengthened(session: &Session) -> Outcome<Session> {
    let mut long = session.clone();
    long.frames.clear();
    for number in 0..FRAMES {
        let frame = &session.frames[number % session.frames.len()];
        let pixels = decode(&frame.png, &ImageLimits::default())?;
        let mut samples = pixels.samples().to_vec();
        // Nine bits as black and white squares of 8 pixels.
        for bit in 0..9 {
            let colour = if number >> bit & 1 == 1 { 0 } else { 255 };
            for row in 300..308 {
                let start = (row * pixels.width() as usize + 600 + bit * 8) * 3;
                samples[start..start + 24].fill(colour);
            }
        }
        let mut png = Vec::new();
        image::codecs::png::PngEncoder::new(&mut png).write_image(
            &samples,
            pixels.width(),
            pixels.height(),
            image::ExtendedColorType::Rgb8,
        )?;
        let png = Bytes::from(png);
        long.frames.push(Frame { hash: ContentHash::of(&png), png, ..frame.clone() });
    }
    Ok(long)
}
