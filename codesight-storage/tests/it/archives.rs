//! Archives that are written, read back, and opened by other tools.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::process::Command;

use bytes::Bytes;
use codesight_core::error::ErrorKind;
use codesight_core::id::ContentHash;
use codesight_core::model::{ArchiveLevel, FileRole, Finding, QualityReport};
use codesight_core::ports::{BlobKey, BlobStore, PutOutcome};
use codesight_core::privacy::Masked;
use codesight_storage::archive::{
    ArchiveLimits, FRAME_HASH_MISMATCH, FRAME_MISSING, FRAME_SIZE_MISMATCH, FRAME_TOO_LARGE,
    FRAME_UNDECODABLE, FrameInput, INTERACTION_UNREADABLE, verify,
};
use codesight_storage::image::{ImageLimits, WebpSettings, decode};
use codesight_storage::{ArchiveReader, ArchiveWriter, ObjectBlobStore};

use crate::support::*;

const LIMITS: ArchiveLimits = ArchiveLimits {
    max_archive_bytes: 1 << 30,
    max_entries: 1_000,
    max_entry_bytes: 1 << 30,
    max_total_bytes: 1 << 30,
    max_manifest_bytes: 1 << 20,
    max_ratio: 100,
    ratio_free_bytes: 1 << 20,
};

#[tokio::test]
async fn what_was_written_is_read_back() {
    let scratch = tempfile::tempdir().expect("folder");
    let blobs = ObjectBlobStore::local(scratch.path().join("store")).expect("store");
    let published = write_small(&blobs, ArchiveLevel::Full, &scratch).await;
    assert_eq!(published.outcome, PutOutcome::Created);

    let key = BlobKey::new(&published.archive.url).expect("key");
    let reader = ArchiveReader::open_blob(&blobs, key, &LIMITS).await.expect("opens");
    let report = verify(&reader).await.expect("reads");
    assert!(report.is_exactly(&published.archive), "{report:?}");
    assert_eq!(reader.manifest(), &published.archive.manifest);
    let roles: BTreeMap<_, _> =
        reader.manifest().files.iter().map(|file| (file.path.as_str(), file.role)).collect();
    assert_eq!(
        roles,
        BTreeMap::from([
            ("index.html", FileRole::Viewer),
            ("interactions.json", FileRole::Interactions),
            ("quality-report.json", FileRole::QualityReport),
            ("screenshots/000001.webp", FileRole::Frame),
            ("screenshots/000002.webp", FileRole::Frame),
            ("screenshots/000003.webp", FileRole::Frame),
            ("screenshots/index.json", FileRole::FrameIndex),
            ("training.jsonl", FileRole::TrainingData),
            ("vision-analysis.json", FileRole::VisionAnalysis),
        ])
    );
    let interactions = reader.read_entry("interactions.json").await.expect("file");
    let interactions: Vec<serde_json::Value> = serde_json::from_slice(&interactions).expect("an array");
    assert_eq!(interactions.len(), 4);
    assert_eq!(reader.read_entry("training.jsonl").await.expect("file"), "{\"messages\":[]}\n");
    assert_eq!(reader.read_entry("missing").await.expect_err("no such file").kind(), ErrorKind::NotFound);

    for entry in &reader.frame_index().await.expect("index").frames.clone() {
        let stored = reader.read_frame(&entry.hash).await.expect("frame");
        let pixels = decode(&stored.bytes, &ImageLimits::default()).expect("image");
        assert_eq!((pixels.width(), pixels.height()), (entry.width, entry.height));
    }
}

#[tokio::test]
async fn exact_archives_give_back_every_pixel() {
    let scratch = tempfile::tempdir().expect("folder");
    let blobs = ObjectBlobStore::memory();
    let samples: Vec<u8> = picture(64, 48, 9)
        .chunks_exact(3)
        .enumerate()
        .flat_map(|(place, pixel)| [pixel[0], pixel[1], pixel[2], if place % 5 == 0 { 0 } else { 255 }])
        .collect();
    let hash = capture(&blobs, &png(64, 48, &samples)).await;
    let mut writer =
        ArchiveWriter::create(settings(ArchiveLevel::Exact, &scratch), session()).await.expect("scratch");
    writer.add_frames(&blobs, [frame(1, hash, 64, 48)]).await.expect("frames");
    let published = writer.finish(&blobs, &QualityReport::default()).await.expect("published");
    assert!(published.archive.manifest.compression.images.lossless);
    let reader = ArchiveReader::open_bytes(archive_bytes(&blobs).await, &LIMITS).await.expect("opens");
    let stored = reader.read_frame(&hash).await.expect("frame");
    assert_eq!(decode(&stored.bytes, &ImageLimits::default()).expect("image").samples(), samples);
}

#[tokio::test]
async fn the_same_input_gives_the_same_bytes() {
    let scratch = tempfile::tempdir().expect("folder");
    let mut runs = Vec::new();
    for frames_in_flight in [1, 2, 5, 5] {
        let blobs = ObjectBlobStore::memory();
        let mut uses = Vec::new();
        for seq in 1..=12 {
            // Two encodings of the same picture next to each other: which task ends first must not matter.
            let samples = picture(160, 100, seq / 2);
            let bytes = if seq % 2 == 0 {
                png(160, 100, &samples)
            } else {
                with_text_chunk(&png(160, 100, &samples))
            };
            uses.push(frame(u64::from(seq), capture(&blobs, &bytes).await, 160, 100));
        }
        let mut settings = settings(ArchiveLevel::Full, &scratch);
        settings.frames_in_flight = frames_in_flight;
        let mut writer = ArchiveWriter::create(settings, session()).await.expect("scratch");
        assert_eq!(writer.add_frames(&blobs, uses).await.expect("frames"), []);
        assert_eq!(writer.frame_index().frames.len(), 12);
        writer.add_interactions((1..5).map(|seq| interaction(seq, None, "x")).collect()).await.expect("page");
        let published = writer.finish(&blobs, &QualityReport::default()).await.expect("published");
        let images =
            published.archive.manifest.files.iter().filter(|file| file.role == FileRole::Frame).count();
        assert_eq!(images, 7, "equal pixels are stored once");
        runs.push(archive_bytes(&blobs).await);
    }
    assert!(runs.iter().all(|run| *run == runs[0]));
}

/// The same pixels in another file.
fn with_text_chunk(png: &Bytes) -> Bytes {
    let mut chunk = b"tEXtComment\0GPS 52.5 13.4".to_vec();
    let mut crc = flate2::Crc::new();
    crc.update(&chunk);
    let mut bytes = png[..33].to_vec();
    bytes.extend(u32::try_from(chunk.len() - 4).expect("short").to_be_bytes());
    bytes.append(&mut chunk);
    bytes.extend(crc.sum().to_be_bytes());
    bytes.extend(&png[33..]);
    bytes.into()
}

#[tokio::test]
async fn metadata_does_not_reach_the_archive() {
    let scratch = tempfile::tempdir().expect("folder");
    let blobs = ObjectBlobStore::memory();
    let bytes = with_text_chunk(&png(32, 32, &picture(32, 32, 1)));
    let hash = capture(&blobs, &bytes).await;
    let mut writer =
        ArchiveWriter::create(settings(ArchiveLevel::Exact, &scratch), session()).await.expect("scratch");
    writer.add_frames(&blobs, [frame(1, hash, 32, 32)]).await.expect("frames");
    writer.finish(&blobs, &QualityReport::default()).await.expect("published");
    let archive = archive_bytes(&blobs).await;
    assert!(bytes.windows(3).any(|window| window == b"GPS"));
    assert!(!archive.windows(3).any(|window| window == b"GPS"));
}

#[tokio::test]
async fn bad_frames_are_findings_and_the_rest_is_kept() {
    let scratch = tempfile::tempdir().expect("folder");
    let blobs = ObjectBlobStore::memory();
    let good = capture(&blobs, &png(64, 40, &picture(64, 40, 1))).await;
    let broken = capture(&blobs, &png(64, 40, &picture(64, 40, 2)).slice(..200)).await;
    let text = capture(&blobs, &Bytes::from_static(b"<svg onload=alert(1)>")).await;
    let other_size = capture(&blobs, &png(64, 40, &picture(64, 40, 3))).await;
    let large = capture(&blobs, &Bytes::from(vec![0; (10 << 20) + 1])).await;
    let missing = ContentHash::of(b"never captured");
    let false_hash = ContentHash::of(b"something else");
    let of = session();
    let key = BlobKey::captured(&of.tenant, &of.session, &false_hash);
    blobs.put(&key, png(64, 40, &picture(64, 40, 4))).await.expect("put");

    let mut writer =
        ArchiveWriter::create(settings(ArchiveLevel::Full, &scratch), session()).await.expect("scratch");
    let frames = [broken, good, missing, text, other_size, false_hash, large, good]
        .iter()
        .zip(1..)
        .map(|(hash, seq)| frame(seq, *hash, if *hash == other_size { 65 } else { 64 }, 40))
        .collect::<Vec<_>>();
    let findings = writer.add_frames(&blobs, frames).await.expect("frames");
    let found: Vec<_> = findings.iter().map(|finding| (finding.place.seq, finding.rule.clone())).collect();
    assert_eq!(
        found,
        [
            (Some(1), FRAME_UNDECODABLE),
            (Some(3), FRAME_MISSING),
            (Some(4), FRAME_UNDECODABLE),
            (Some(5), FRAME_SIZE_MISMATCH),
            (Some(6), FRAME_HASH_MISMATCH),
            (Some(7), FRAME_TOO_LARGE),
        ]
    );
    let not_json = Masked::from_store(Bytes::from_static(b"{\"half\":"));
    let unknown_shape = Masked::from_store(Bytes::from_static(b"{\"later\":\"format\"}"));
    let more = writer.add_interactions(vec![not_json, unknown_shape]).await.expect("page");
    assert_eq!(more.iter().map(|finding| finding.rule.clone()).collect::<Vec<_>>(), [INTERACTION_UNREADABLE]);
    let report = QualityReport { findings: [findings, more].concat(), ..QualityReport::default() };
    writer.finish(&blobs, &report).await.expect("published");

    let reader = ArchiveReader::open_bytes(archive_bytes(&blobs).await, &LIMITS).await.expect("opens");
    assert!(verify(&reader).await.expect("reads").is_sound());
    assert_eq!(reader.frame_index().await.expect("index").frames.len(), 1);
    let kept = reader.read_entry("interactions.json").await.expect("file");
    assert_eq!(serde_json::from_slice::<Vec<serde_json::Value>>(&kept).expect("an array").len(), 1);
    let stored: QualityReport =
        serde_json::from_slice(&reader.read_entry("quality-report.json").await.expect("file"))
            .expect("report");
    assert_eq!(stored.findings.iter().map(|f: &Finding| f.rule.as_str()).collect::<Vec<_>>().len(), 7);
}

#[tokio::test]
async fn boxes_of_every_use_are_painted_before_encoding() {
    let scratch = tempfile::tempdir().expect("folder");
    let blobs = ObjectBlobStore::memory();
    let hash = capture(&blobs, &png(200, 100, &vec![200; 200 * 100 * 3])).await;
    let mut writer =
        ArchiveWriter::create(settings(ArchiveLevel::Exact, &scratch), session()).await.expect("scratch");
    // The viewport is half as large as the image, so CSS pixels count twice.
    let uses = [
        frame(1, hash, 200, 100),
        FrameInput { redactions: vec![redaction(10.0, 10.0, 20.0, 5.0)], ..frame(2, hash, 200, 100) },
        FrameInput { redactions: vec![redaction(90.0, 40.0, 500.0, 500.0)], ..frame(3, hash, 200, 100) },
    ];
    writer.add_frames(&blobs, uses).await.expect("frames");
    let published = writer.finish(&blobs, &QualityReport::default()).await.expect("published");
    assert_eq!(published.archive.manifest.redaction.boxes, 2);
    let reader = ArchiveReader::open_bytes(archive_bytes(&blobs).await, &LIMITS).await.expect("opens");
    let stored = reader.read_frame(&hash).await.expect("frame");
    let pixels = decode(&stored.bytes, &ImageLimits::default()).expect("image");
    let at = |x: usize, y: usize| pixels.samples()[(y * 200 + x) * 3];
    // 20..60 by 20..30, three pixels wider on each side.
    for (x, y, value) in [
        (17, 17, 0),
        (62, 32, 0),
        (16, 20, 200),
        (63, 20, 200),
        (17, 33, 200),
        (199, 99, 0),
        (177, 77, 0),
        (176, 77, 200),
    ] {
        assert_eq!(at(x, y), value, "pixel {x},{y}");
    }
    assert_eq!(stored.entry.painted.len(), 2);
}

#[tokio::test]
async fn an_exact_archive_takes_no_lossy_images() {
    let scratch = tempfile::tempdir().expect("folder");
    let mut changed = settings(ArchiveLevel::Exact, &scratch);
    changed.images = WebpSettings::default();
    let refused = ArchiveWriter::create(changed, session()).await.map(|_| ()).expect_err("a promise");
    assert_eq!(refused.kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn finishing_twice_keeps_the_first_archive() {
    let scratch = tempfile::tempdir().expect("folder");
    let blobs = ObjectBlobStore::local(scratch.path().join("store")).expect("store");
    let first = write_small(&blobs, ArchiveLevel::Full, &scratch).await;
    let second = write_small(&blobs, ArchiveLevel::Exact, &scratch).await;
    assert_eq!(second.outcome, PutOutcome::AlreadyThere);
    assert_eq!(second.archive, first.archive);
}

#[tokio::test]
async fn pages_of_one_file_are_written_in_one_run() {
    let scratch = tempfile::tempdir().expect("folder");
    let mut writer =
        ArchiveWriter::create(settings(ArchiveLevel::Full, &scratch), session()).await.expect("scratch");
    writer.add_interactions(vec![interaction(1, None, "a")]).await.expect("first page");
    writer.add_interactions(vec![interaction(2, None, "b")]).await.expect("second page");
    writer.add_training_lines(Vec::new()).await.expect("another file");
    let late = writer.add_interactions(vec![interaction(3, None, "c")]).await.expect_err("too late");
    assert_eq!(late.kind(), ErrorKind::Invalid);
    let two = Masked::from_store(Bytes::from_static(b"{}\n{}"));
    assert_eq!(writer.add_training_lines(vec![two]).await.expect_err("two lines").kind(), ErrorKind::Invalid);
    let again = writer.add_frames(&ObjectBlobStore::memory(), []).await;
    again.expect("first call");
    assert!(writer.add_frames(&ObjectBlobStore::memory(), []).await.is_err());
}

#[tokio::test]
async fn an_empty_session_is_an_archive_too() {
    let scratch = tempfile::tempdir().expect("folder");
    let blobs = ObjectBlobStore::memory();
    let writer =
        ArchiveWriter::create(settings(ArchiveLevel::Full, &scratch), session()).await.expect("scratch");
    writer.finish(&blobs, &QualityReport::default()).await.expect("published");
    let reader = ArchiveReader::open_bytes(archive_bytes(&blobs).await, &LIMITS).await.expect("opens");
    let interactions = reader.read_entry("interactions.json").await.expect("file");
    assert_eq!(serde_json::from_slice::<Vec<serde_json::Value>>(&interactions).expect("an array").len(), 0);
}

#[tokio::test]
async fn the_viewer_keeps_hostile_page_text_inert() {
    let scratch = tempfile::tempdir().expect("folder");
    let blobs = ObjectBlobStore::memory();
    let mut writer =
        ArchiveWriter::create(settings(ArchiveLevel::Full, &scratch), session()).await.expect("scratch");
    let hostile = "</script><img src=x onerror=alert(1)>{{script}}{{steps}}\u{2028}";
    writer.add_interactions(vec![interaction(1, None, hostile)]).await.expect("page");
    writer.finish(&blobs, &QualityReport::default()).await.expect("published");
    let reader = ArchiveReader::open_bytes(archive_bytes(&blobs).await, &LIMITS).await.expect("opens");
    let page = String::from_utf8(reader.read_entry("index.html").await.expect("file").into()).expect("text");
    assert!(!page.contains("<img src=x") && !page.contains('\u{2028}'));
    let steps = page
        .split_once("id=\"data-steps\">")
        .and_then(|(_, rest)| rest.split_once("</script>"))
        .map(|(json, _)| json)
        .expect("steps");
    let steps: Vec<serde_json::Value> = serde_json::from_str(steps).expect("JSON");
    assert_eq!(steps[0]["title"], hostile);
    for outside in ["http://", "https://", "//cdn"] {
        let own = page.replace("https://shop.test/", "").replace("http://www.w3.org/2000/svg", "");
        assert!(!own.contains(outside), "the page names {outside}");
    }
}

#[tokio::test]
async fn other_tools_open_an_archive() {
    let scratch = tempfile::tempdir().expect("folder");
    let (_, published, bytes) = crate::levels::archived(ArchiveLevel::Hybrid).await;
    let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).expect("crate zip opens it");
    for file in &published.archive.manifest.files {
        let mut content = Vec::new();
        zip.by_name(&file.path).expect("entry").read_to_end(&mut content).expect("content");
        assert_eq!(ContentHash::of(&content), published.archive.manifest.checksums[&file.path]);
    }
    let path = scratch.path().join("session.zip");
    std::fs::write(&path, &bytes).expect("file");
    let check = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); sys.exit(z.testzip() is not None)";
    for (tool, arguments) in [("unzip", vec!["-tqq"]), ("python3", vec!["-c", check])] {
        match Command::new(tool).args(&arguments).arg(&path).output() {
            Err(error) => eprintln!("SKIPPED opening an archive with {tool}: {error}"),
            Ok(output) => assert!(output.status.success(), "{tool}: {output:?}"),
        }
    }
    // Every stored image, patches too, is one that any program shows.
    for file in published.archive.manifest.files.iter().filter(|file| file.path.ends_with(".webp")) {
        let mut content = Vec::new();
        zip.by_name(&file.path).expect("entry").read_to_end(&mut content).expect("content");
        let image = scratch.path().join("image.webp");
        std::fs::write(&image, content).expect("file");
        match Command::new("dwebp").arg("-quiet").arg(&image).args(["-o", "/dev/null"]).output() {
            Err(error) => {
                eprintln!("SKIPPED decoding an image with dwebp: {error}");
                break;
            }
            Ok(output) => assert!(output.status.success(), "{}: {output:?}", file.path),
        }
    }
}
