//! What each level keeps, on a small session like a real one: a page that is hovered, scrolled and left.

use bytes::Bytes;
use codesight_core::id::ContentHash;
use codesight_core::model::{ArchiveLevel, FileRole, QualityReport, ScreenshotRelation};
use codesight_storage::archive::{ArchiveLimits, FrameInput, PublishedArchive, verify};
use codesight_storage::image::{ImageLimits, decode};
use codesight_storage::{ArchiveReader, ArchiveWriter, ObjectBlobStore};

use crate::support::*;

pub(crate) const LEVELS: [ArchiveLevel; 4] =
    [ArchiveLevel::Full, ArchiveLevel::Hybrid, ArchiveLevel::Compact, ArchiveLevel::Exact];
/// No multiple of a block on either side.
const SIDES: (u32, u32) = (330, 250);

/// A recorded frame: its pixels, and whether somebody acted on it.
pub(crate) struct Frame {
    pub(crate) samples: Vec<u8>,
    pub(crate) relation: ScreenshotRelation,
}

/// A page higher than the viewport.
fn page(seed: u32) -> Vec<u8> {
    picture(SIDES.0, SIDES.1 * 3, seed)
}

fn viewport(page: &[u8], scrolled: u32) -> Vec<u8> {
    let row = SIDES.0 as usize * 3;
    page[scrolled as usize * row..(scrolled + SIDES.1) as usize * row].to_vec()
}

fn filled(mut samples: Vec<u8>, (x, y, width, height): (u32, u32, u32, u32), colour: u8) -> Vec<u8> {
    for line in y..y + height {
        let start = ((line * SIDES.0 + x) * 3) as usize;
        samples[start..start + width as usize * 3].fill(colour);
    }
    samples
}

/// Before, hovered, scrolled by a step that is no block, a live corner, another page, and back.
fn recorded() -> Vec<Frame> {
    let (first, second) = (page(1), page(2));
    let steps = [
        (viewport(&first, 0), ScreenshotRelation::Before),
        (filled(viewport(&first, 0), (40, 60, 90, 30), 200), ScreenshotRelation::Burst),
        (filled(viewport(&first, 0), (300, 230, 30, 20), 9), ScreenshotRelation::After),
        (viewport(&first, 117), ScreenshotRelation::After),
        (viewport(&first, 117), ScreenshotRelation::Before),
        (filled(viewport(&first, 117), (0, 0, 330, 1), 77), ScreenshotRelation::After),
        (viewport(&second, 0), ScreenshotRelation::After),
        (filled(viewport(&first, 0), (2, 2, 3, 3), 1), ScreenshotRelation::After),
        (filled(viewport(&second, 0), (200, 100, 60, 40), 3), ScreenshotRelation::Before),
    ];
    steps.into_iter().map(|(samples, relation)| Frame { samples, relation }).collect()
}

pub(crate) async fn archived(level: ArchiveLevel) -> (Vec<(ContentHash, Frame)>, PublishedArchive, Bytes) {
    let (scratch, blobs) = (tempfile::tempdir().expect("folder"), ObjectBlobStore::memory());
    let (mut frames, mut uses) = (Vec::new(), Vec::new());
    for (frame, seq) in recorded().into_iter().zip(1..) {
        let hash = capture(&blobs, &png(SIDES.0, SIDES.1, &frame.samples)).await;
        let mut used: FrameInput = crate::support::frame(seq, hash, SIDES.0, SIDES.1);
        used.screenshot.relation = frame.relation;
        uses.push(used);
        frames.push((hash, frame));
    }
    let mut writer = ArchiveWriter::create(settings(level, &scratch), session()).await.expect("scratch");
    assert_eq!(writer.add_frames(&blobs, uses).await.expect("frames"), []);
    let published = writer.finish(&blobs, &QualityReport::default()).await.expect("published");
    let bytes = archive_bytes(&blobs).await;
    (frames, published, bytes)
}

pub(crate) async fn open(bytes: Bytes) -> ArchiveReader<'static> {
    let reader = ArchiveReader::open_bytes(bytes, &ArchiveLimits::default()).await.expect("opens");
    assert!(verify(&reader).await.expect("reads").is_sound());
    reader
}

/// The error of the worst channel, root mean square.
fn error(one: &[u8], other: &[u8]) -> f64 {
    let sum: f64 = one.iter().zip(other).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    (sum / one.len() as f64).sqrt()
}

#[tokio::test]
async fn every_level_gives_back_every_frame() {
    let mut plain = Vec::new();
    for level in LEVELS {
        let (frames, _, bytes) = archived(level).await;
        let reader = open(bytes).await;
        for (place, (hash, frame)) in frames.iter().enumerate() {
            let pixels = reader.read_pixels(hash).await.expect("frame");
            assert_eq!((pixels.width(), pixels.height()), SIDES);
            if level == ArchiveLevel::Exact {
                assert_eq!(pixels.samples(), frame.samples, "frame {place} is not bit-exact");
            } else {
                let found = error(pixels.samples(), &frame.samples);
                if level == ArchiveLevel::Full {
                    plain.push(found);
                }
                let allowed = plain[place] * 1.15 + 0.5;
                assert!(found <= allowed, "{level:?} frame {place}: {found:.2} instead of {allowed:.2}");
            }
            // As one image it is what the pixels are: nothing is encoded with loss a second time.
            let image = reader.read_frame(hash).await.expect("image");
            assert_eq!(decode(&image.bytes, &ImageLimits::default()).expect("WebP"), pixels);
        }
    }
}

#[tokio::test]
async fn before_frames_of_a_hybrid_archive_are_whole_and_the_others_are_what_changed() {
    let (frames, published, bytes) = archived(ArchiveLevel::Hybrid).await;
    let reader = open(bytes).await;
    let index = reader.frame_index().await.expect("index");
    for (hash, frame) in &frames {
        let entry = index.frames.iter().find(|entry| entry.hash == *hash).expect("listed");
        let acted_on =
            frames.iter().any(|(other, frame)| other == hash && frame.relation == ScreenshotRelation::Before);
        assert!(entry.is_whole() || !acted_on, "a frame somebody acted on is composed");
        assert!(!entry.is_whole() || acted_on || frame.samples == viewport(&page(2), 0));
    }
    let files = &published.archive.manifest.files;
    assert_eq!(files.iter().filter(|file| file.role == FileRole::Frame).count(), 4);
    assert!(files.iter().any(|file| file.role == FileRole::Patch));
}

#[tokio::test]
async fn scrolled_content_is_not_stored_again() {
    let (frames, _, bytes) = archived(ArchiveLevel::Compact).await;
    let reader = open(bytes).await;
    let index = reader.frame_index().await.expect("index");
    let scrolled = index.frames.iter().find(|entry| entry.hash == frames[3].0).expect("listed");
    let moved: u32 = scrolled
        .pieces
        .iter()
        .filter(|piece| piece.file == index.frames[0].file && piece.from_y == piece.y + 117)
        .map(|piece| piece.width * piece.height)
        .sum();
    assert!(moved * 10 > SIDES.0 * (SIDES.1 - 117) * 9, "only {moved} pixels come from the frame before");
}

#[tokio::test]
async fn each_level_is_smaller_than_the_one_before() {
    let mut sizes = Vec::new();
    for level in [ArchiveLevel::Full, ArchiveLevel::Hybrid, ArchiveLevel::Compact] {
        sizes.push(archived(level).await.1.archive.size);
    }
    assert!(sizes.is_sorted_by(|larger, smaller| larger > smaller), "{sizes:?}");
}

#[tokio::test]
async fn the_viewer_names_what_it_composes() {
    let (_, _, bytes) = archived(ArchiveLevel::Compact).await;
    let page = open(bytes).await.read_entry("index.html").await.expect("viewer");
    let page = std::str::from_utf8(&page).expect("text");
    assert!(page.contains("\"pieces\":[{\"file\":\"screenshots/"));
    assert!(page.contains("screenshots/patches/000001.webp"));
}
