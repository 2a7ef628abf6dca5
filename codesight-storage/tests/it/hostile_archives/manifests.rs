//! Archives whose files are not what their manifest and their index say.

use bytes::Bytes;
use codesight_core::id::ContentHash;
use codesight_core::model::{ArchiveLevel, ArchiveManifest};
use codesight_storage::archive::{ArchiveLimits, Refusal, verify, verify_pixels};
use codesight_storage::{ArchiveReader, ObjectBlobStore};

use super::code;
use super::raw_zip::{RawEntry, raw_zip};
use crate::support::*;

/// The files of a valid archive, to be put together again with changes.
async fn taken_apart() -> (Vec<RawEntry>, ArchiveManifest) {
    let scratch = tempfile::tempdir().expect("folder");
    let blobs = ObjectBlobStore::memory();
    write_small(&blobs, ArchiveLevel::Full, &scratch).await;
    entries_of(&archive_bytes(&blobs).await).await
}

/// An archive with another manifest than it had.
pub(crate) async fn with_manifest(archive: &Bytes, change: impl FnOnce(&mut serde_json::Value)) -> Bytes {
    let (entries, manifest) = entries_of(archive).await;
    let mut manifest = serde_json::to_value(&manifest).expect("JSON");
    change(&mut manifest);
    put_together(&entries, &manifest)
}

async fn entries_of(archive: &Bytes) -> (Vec<RawEntry>, ArchiveManifest) {
    let opened = ArchiveReader::open_bytes(archive.clone(), &ArchiveLimits::default()).await;
    let reader = opened.expect("opens");
    let mut manifest = reader.manifest().clone();
    let mut entries = Vec::new();
    for file in &mut manifest.files {
        let content = reader.read_entry(&file.path).await.expect("file");
        file.compressed_size = file.size;
        entries.push(RawEntry::stored(&file.path, &content));
    }
    (entries, manifest)
}

fn put_together(entries: &[RawEntry], manifest: &serde_json::Value) -> Bytes {
    let manifest = RawEntry::stored("manifest.json", manifest.to_string().as_bytes());
    raw_zip(&[entries, &[manifest]].concat())
}

#[tokio::test]
async fn the_manifest_is_the_authority() {
    let (entries, manifest) = taken_apart().await;
    let manifest = serde_json::to_value(&manifest).expect("JSON");
    let limits = ArchiveLimits::default();
    let open = async |entries: &[RawEntry], manifest: &serde_json::Value| {
        code(ArchiveReader::open_bytes(put_together(entries, manifest), &limits).await)
    };
    assert_eq!(open(&entries, &manifest).await, None);

    let with = |change: fn(&mut serde_json::Value)| {
        let mut changed = manifest.clone();
        change(&mut changed);
        changed
    };
    let changes: Vec<(serde_json::Value, Refusal)> = vec![
        (with(|m| m["version"] = 99.into()), Refusal::UnknownVersion),
        (with(|m| m["version"] = "one".into()), Refusal::ManifestUnreadable),
        (with(|m| m["files"] = serde_json::json!({})), Refusal::ManifestUnreadable),
        (with(|m| m["files"][0]["size"] = 1.into()), Refusal::SizeMismatch),
        (with(|m| m["files"][0]["role"] = "viewer".into()), Refusal::ManifestInconsistent),
        (with(|m| m["files"][0]["path"] = "elsewhere".into()), Refusal::FileNotInManifest),
        (
            with(|m| drop(m["checksums"].as_object_mut().expect("map").remove("index.html"))),
            Refusal::ManifestInconsistent,
        ),
        (with(|m| drop(m["files"].as_array_mut().expect("list").pop())), Refusal::ManifestInconsistent),
    ];
    for (place, (changed, expected)) in changes.into_iter().enumerate() {
        assert_eq!(open(&entries, &changed).await, Some(expected), "change {place}");
    }
    let extra = [&entries[..], &[RawEntry::stored("screenshots/000099.webp", b"x")]].concat();
    assert_eq!(open(&extra, &manifest).await, Some(Refusal::FileNotInManifest));
    assert_eq!(open(&entries[1..], &manifest).await, Some(Refusal::FileMissing));
    assert_eq!(
        code(ArchiveReader::open_bytes(raw_zip(&entries), &limits).await),
        Some(Refusal::ManifestMissing)
    );
    // Consistent, but without a file that every archive has.
    let mut without = manifest.clone();
    without["files"].as_array_mut().expect("list").retain(|file| file["path"] != "training.jsonl");
    drop(without["checksums"].as_object_mut().expect("map").remove("training.jsonl"));
    let fewer: Vec<_> = entries.iter().filter(|entry| entry.name != b"training.jsonl").cloned().collect();
    assert_eq!(open(&fewer, &without).await, Some(Refusal::FileMissing));
}

#[tokio::test]
async fn a_file_that_is_not_what_the_manifest_says_is_named() {
    let (mut entries, manifest) = taken_apart().await;
    let place = entries.iter().position(|entry| entry.name == b"interactions.json").expect("file");
    let mut content = entries[place].data.clone();
    let at = content.len() / 2;
    content[at] ^= 1;
    // With a right CRC-32: only the SHA-256 tells.
    entries[place] = RawEntry::stored("interactions.json", &content);
    let bytes = put_together(&entries, &serde_json::to_value(&manifest).expect("JSON"));
    let reader = ArchiveReader::open_bytes(bytes, &ArchiveLimits::default()).await.expect("opens");
    let report = verify(&reader).await.expect("reads");
    let problems: Vec<_> =
        report.problems.iter().map(|problem| (problem.refusal, problem.path.as_str())).collect();
    assert_eq!(problems, [(Refusal::HashMismatch, "interactions.json")]);
    assert_eq!(code(reader.read_entry("interactions.json").await), Some(Refusal::HashMismatch));
    reader.read_entry("index.html").await.expect("the others are still readable");
}

#[tokio::test]
async fn an_index_that_names_what_is_not_there_is_noticed() {
    let (mut entries, manifest) = taken_apart().await;
    let mut manifest = serde_json::to_value(&manifest).expect("JSON");
    for (place, entry) in entries.iter_mut().enumerate().filter(|(_, e)| e.name == b"screenshots/index.json")
    {
        let text = String::from_utf8(entry.data.clone()).expect("text").replace("000003.webp", "000009.webp");
        *entry = RawEntry::stored("screenshots/index.json", text.as_bytes());
        manifest["files"][place]["size"] = text.len().into();
        manifest["checksums"]["screenshots/index.json"] = ContentHash::of(text.as_bytes()).to_hex().into();
    }
    let reader = ArchiveReader::open_bytes(put_together(&entries, &manifest), &ArchiveLimits::default())
        .await
        .expect("opens");
    let report = verify(&reader).await.expect("reads");
    assert_eq!(report.problems.len(), 1);
    assert_eq!(report.problems[0].refusal, Refusal::BadFrameIndex);
}

#[tokio::test]
async fn an_index_that_composes_what_it_must_not_is_refused() {
    let bytes = crate::levels::archived(ArchiveLevel::Compact).await.2;
    let reader = ArchiveReader::open_bytes(bytes, &ArchiveLimits::default()).await.expect("opens");
    let index = serde_json::to_value(reader.frame_index().await.expect("index")).expect("JSON");
    let place = index["frames"]
        .as_array()
        .and_then(|frames| frames.iter().position(|frame| frame.get("pieces").is_some()))
        .expect("a composed frame");
    let composed = index["frames"][place]["file"].clone();
    let changes: [(&str, serde_json::Value); 6] = [
        ("file", "screenshots/patches/000099.webp".into()),
        ("file", "../../etc/passwd".into()),
        // Composed of a composed frame.
        ("file", composed),
        ("width", 100_000.into()),
        ("y", 7.into()),
        ("height", 0.into()),
    ];
    for (field, value) in changes {
        let mut changed = index.clone();
        changed["frames"][place]["pieces"][0][field] = value.clone();
        let reader = with_index(&reader, &changed).await;
        assert_eq!(code(reader.frame_index().await), Some(Refusal::BadFrameIndex), "{field} = {value}");
    }
    // Right by itself, but the image is not that large: only who looks at the pixels can know.
    let mut changed = index.clone();
    changed["frames"][place]["pieces"][0]["fromX"] = 10_000.into();
    let reader = with_index(&reader, &changed).await;
    assert!(verify(&reader).await.expect("reads").is_sound());
    let problems = verify_pixels(&reader).await.expect("reads");
    assert_eq!(problems.iter().map(|problem| problem.refusal).collect::<Vec<_>>(), [Refusal::BadFrameIndex]);
}

/// The same archive with another index.
async fn with_index(reader: &ArchiveReader<'_>, index: &serde_json::Value) -> ArchiveReader<'static> {
    let mut manifest = serde_json::to_value(reader.manifest()).expect("JSON");
    let text = index.to_string();
    let mut entries = Vec::new();
    for (place, file) in reader.manifest().files.iter().enumerate() {
        let content = match file.path.as_str() {
            "screenshots/index.json" => Bytes::from(text.clone()),
            path => reader.read_entry(path).await.expect("file"),
        };
        manifest["files"][place]["size"] = content.len().into();
        manifest["files"][place]["compressedSize"] = content.len().into();
        manifest["checksums"][&file.path] = ContentHash::of(&content).to_hex().into();
        entries.push(RawEntry::stored(&file.path, &content));
    }
    let bytes = put_together(&entries, &manifest);
    ArchiveReader::open_bytes(bytes, &ArchiveLimits::default()).await.expect("opens")
}
