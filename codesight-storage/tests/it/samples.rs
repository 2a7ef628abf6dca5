//! Archives that every version wrote stay readable.
//!
//! `UPDATE_EXPECT=1` writes the samples of the current version; those of earlier ones are never written again.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use codesight_core::id::ContentHash;
use codesight_core::model::{ARCHIVE_VERSION, ArchiveLevel};
use codesight_storage::ArchiveReader;
use codesight_storage::archive::{ArchiveLimits, verify};
use serde_json::{Value, json};

use crate::levels::{LEVELS, archived};

fn folder(version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/archive/v{version}"))
}

fn name(level: ArchiveLevel) -> String {
    format!("{level:?}.zip").to_lowercase()
}

/// What a reader must find in a sample: sides and pixels of every frame, and the files.
async fn content(bytes: Bytes) -> Value {
    let reader = ArchiveReader::open_bytes(bytes, &ArchiveLimits::default()).await.expect("opens");
    assert!(verify(&reader).await.expect("reads").is_sound());
    let mut frames = Vec::new();
    for entry in &reader.frame_index().await.expect("index").frames {
        let pixels = reader.read_pixels(&entry.hash).await.expect("frame");
        frames.push(json!({
            "hash": entry.hash, "width": entry.width, "height": entry.height, "pixels": ContentHash::of(pixels.samples())
        }));
    }
    json!({ "files": reader.manifest().checksums, "frames": frames })
}

#[tokio::test]
async fn samples_of_every_version_are_read_as_they_were() {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::create_dir_all(folder(ARCHIVE_VERSION)).expect("folder");
        for level in LEVELS {
            let bytes = archived(level).await.2;
            std::fs::write(folder(ARCHIVE_VERSION).join(name(level)), bytes).expect("sample");
        }
    }
    let mut samples = 0;
    for version in 1..=ARCHIVE_VERSION {
        for level in LEVELS.map(name) {
            let path = folder(version).join(level);
            let Ok(bytes) = std::fs::read(&path) else { continue };
            samples += 1;
            let found = content(bytes.into()).await;
            let expected = path.with_extension("expected.json");
            if std::env::var_os("UPDATE_EXPECT").is_some() && !expected.exists() {
                let text = serde_json::to_string_pretty(&found).expect("JSON") + "\n";
                std::fs::write(&expected, text).expect("expectation");
            }
            let expected: Value =
                serde_json::from_slice(&std::fs::read(&expected).expect("expectation")).expect("JSON");
            assert_eq!(found, expected, "{}", path.display());
        }
    }
    assert_eq!(samples, 6, "two of version 1, and every level of version 2");
}
