//! Sessions made for tests.

use std::io::Cursor;

use bytes::Bytes;
use codesight_core::id::{ContentHash, SessionId, TenantId};
use codesight_core::model::{
    ArchiveLevel, ConsentSummary, FrameSource, QualityReport, Rect, Redaction, RedactionReason,
    RedactionSummary, Screenshot, ScreenshotRelation, ScreenshotTrigger, Scroll, Viewport,
};
use codesight_core::ports::{BlobKey, BlobStore};
use codesight_core::privacy::Masked;
use codesight_core::time::Timestamp;
use codesight_storage::archive::{FrameInput, PublishedArchive};
use codesight_storage::{ArchiveSession, ArchiveSettings, ArchiveWriter};
use image::{ExtendedColorType, ImageEncoder};

pub(crate) fn session() -> ArchiveSession {
    ArchiveSession {
        tenant: TenantId::new("shop").expect("name"),
        session: SessionId::new("s-1").expect("name"),
        created_at: Timestamp::from_millis(1_790_000_000_000),
        redaction: RedactionSummary { detector: "test".into(), ..RedactionSummary::default() },
        consent: ConsentSummary { text_version: "1".into(), purposes: vec!["training".into()] },
    }
}

pub(crate) fn settings(level: ArchiveLevel, scratch: &tempfile::TempDir) -> ArchiveSettings {
    ArchiveSettings::new(level, scratch.path())
}

/// A page-like picture: flat areas, edges, and some noise.
pub(crate) fn picture(width: u32, height: u32, seed: u32) -> Vec<u8> {
    let mut noise = seed.wrapping_mul(2_654_435_761) | 1;
    let mut samples = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            let block = (x / 16 + y / 16 * 7 + seed * 13) % 11;
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let texture = if block == 3 { (noise >> 24) as u8 / 4 } else { 0 };
            samples.extend([(block * 23) as u8 ^ texture, 255 - (block * 11) as u8, (x * 255 / width) as u8]);
        }
    }
    samples
}

pub(crate) fn png(width: u32, height: u32, samples: &[u8]) -> Bytes {
    let mut bytes = Vec::new();
    let colour = if samples.len() == (width * height * 4) as usize {
        ExtendedColorType::Rgba8
    } else {
        ExtendedColorType::Rgb8
    };
    image::codecs::png::PngEncoder::new(Cursor::new(&mut bytes))
        .write_image(samples, width, height, colour)
        .expect("png");
    bytes.into()
}

pub(crate) async fn capture(blobs: &dyn BlobStore, bytes: &Bytes) -> ContentHash {
    let hash = ContentHash::of(bytes);
    let of = session();
    blobs.put(&BlobKey::captured(&of.tenant, &of.session, &hash), bytes.clone()).await.expect("put");
    hash
}

pub(crate) fn screenshot(hash: ContentHash, width: u32, height: u32) -> Screenshot {
    Screenshot {
        hash,
        media_type: "image/png".into(),
        width,
        height,
        relation: ScreenshotRelation::Before,
        captured_at: Timestamp::from_millis(1_789_000_000_000),
        lag_ms: -12.0,
        viewport: Viewport {
            width: f64::from(width) / 2.0,
            height: f64::from(height) / 2.0,
            device_pixel_ratio: 2.0,
        },
        scroll: Scroll::default(),
        trigger: ScreenshotTrigger::Interaction,
        source: FrameSource::VisibleTab,
        redactions: Vec::new(),
        extra: Default::default(),
    }
}

pub(crate) fn frame(seq: u64, hash: ContentHash, width: u32, height: u32) -> FrameInput {
    FrameInput { seq: Some(seq), screenshot: screenshot(hash, width, height), redactions: Vec::new() }
}

pub(crate) fn redaction(x: f64, y: f64, width: f64, height: f64) -> Redaction {
    Redaction { area: Rect { x, y, width, height }, reason: RedactionReason::SensitiveField }
}

/// An interaction as it lies in a journal.
pub(crate) fn interaction(seq: u64, hash: Option<ContentHash>, text: &str) -> Masked<Bytes> {
    let screenshots: Vec<_> = hash.map(|hash| screenshot(hash, 320, 200)).into_iter().collect();
    let json = serde_json::json!({
        "sessionId": "s-1", "seq": seq, "type": "click", "timestamp": 1_789_000_000_000_i64 + seq as i64 * 900,
        "coordinates": {"x": 40.0 + seq as f64, "y": 30.0},
        "element": {"tag": "button", "text": text, "box": {"x": 30.0, "y": 20.0, "width": 60.0, "height": 24.0}},
        "selectors": {"primary": "[data-testid=add]"},
        "pageContext": {"url": "https://shop.test/", "title": text},
        "action": {"button": "left"},
        "screenshots": screenshots,
    });
    Masked::from_store(Bytes::from(json.to_string()))
}

/// Three pictures, one of them used twice, and four interactions; every file of the format but audio.
pub(crate) async fn write_small(
    blobs: &dyn BlobStore,
    level: ArchiveLevel,
    scratch: &tempfile::TempDir,
) -> PublishedArchive {
    let mut hashes = Vec::new();
    for seed in [1, 2, 1, 3] {
        hashes.push(capture(blobs, &png(320, 200, &picture(320, 200, seed))).await);
    }
    let mut writer = ArchiveWriter::create(settings(level, scratch), session()).await.expect("scratch");
    let frames = hashes.iter().zip(1..).map(|(hash, seq)| frame(seq, *hash, 320, 200)).collect::<Vec<_>>();
    let findings = writer.add_frames(blobs, frames).await.expect("frames");
    assert!(findings.is_empty(), "{findings:?}");
    let page =
        hashes.iter().zip(1..).map(|(hash, seq)| interaction(seq, Some(*hash), "Add to cart")).collect();
    writer.add_interactions(page).await.expect("interactions");
    writer
        .add_training_lines(vec![Masked::from_store(Bytes::from_static(b"{\"messages\":[]}"))])
        .await
        .expect("lines");
    writer.finish(blobs, &QualityReport::default()).await.expect("published")
}

pub(crate) async fn archive_bytes(blobs: &dyn BlobStore) -> Bytes {
    let of = session();
    blobs.get(&BlobKey::archive(&of.tenant, &of.session)).await.expect("archive")
}

/// The service that a variable names, or nothing with the reason printed.
#[cfg(any(feature = "postgres", feature = "s3"))]
pub(crate) fn service(variable: &str) -> Option<String> {
    let found = std::env::var(variable).ok().filter(|value| !value.is_empty());
    if found.is_none() {
        eprintln!("SKIPPED: {variable} is not set; ./scripts/test starts the service and sets it");
    }
    found
}
