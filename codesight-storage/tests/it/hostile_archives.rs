//! Archives that are broken, lie, or want too much.

use std::io::Write;
use std::time::Instant;

use bytes::Bytes;
use codesight_core::error::{ErrorKind, Result};
use codesight_core::id::ContentHash;
use codesight_core::model::{ArchiveLevel, ArchiveManifest};
use codesight_storage::archive::{
    ArchiveLimits, EntryDecoder, Method, Refusal, Structure, verify, verify_pixels,
};
use codesight_storage::{ArchiveReader, ObjectBlobStore};
use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::corpora::{files, folder};
use crate::support::*;

/// Every check that does not need a manifest: the skeleton, each local header, each file's size and CRC-32.
async fn check_skeleton(bytes: &Bytes, limits: &ArchiveLimits) -> Result<u64> {
    let structure = Structure::read(bytes, limits).await?;
    let mut total = 0;
    for entry in &structure.entries {
        let mut decoder = EntryDecoder::new(entry);
        let span = entry.span();
        decoder.feed(&bytes[span.start as usize..span.end as usize], &mut |content| {
            total += content.len() as u64;
            Ok(())
        })?;
        decoder.finish()?;
    }
    Ok(total)
}

fn code(outcome: Result<impl Sized>) -> Option<Refusal> {
    match outcome {
        Ok(_) => None,
        Err(error) => Some(Refusal::of(&error).unwrap_or_else(|| panic!("no code: {error}"))),
    }
}

#[tokio::test]
async fn every_zip_of_the_corpora_is_opened_or_refused_with_a_code() {
    for name in ["zip/libzip-regress/data", "zip/zip2/tests-data", "zip/zip2/tests-data/legacy"] {
        let Some(folder) = folder(name) else { return };
        let (mut inconsistent, mut refused, mut passed) = (0, 0, 0);
        for (file, bytes) in files(&folder) {
            let bytes = Bytes::from(bytes);
            let skeleton = code(check_skeleton(&bytes, &ArchiveLimits::default()).await);
            assert!(
                code(ArchiveReader::open_bytes(bytes, &ArchiveLimits::default()).await).is_some(),
                "{file} is no archive of ours"
            );
            match skeleton {
                Some(_) => refused += 1,
                None => passed += 1,
            }
            if file.starts_with("incons-") {
                assert!(skeleton.is_some(), "{file} is inconsistent");
                inconsistent += 1;
            }
        }
        println!("{name}: {refused} refused, {passed} with a plain skeleton; {inconsistent} were incons-*");
    }
}

#[tokio::test]
async fn no_flipped_bit_goes_unnoticed() {
    let scratch = tempfile::tempdir().expect("folder");
    let blobs = ObjectBlobStore::memory();
    let recorded = write_small(&blobs, ArchiveLevel::Full, &scratch).await.archive;
    let original = archive_bytes(&blobs).await;
    let limits = ArchiveLimits::default();
    let whole = ArchiveReader::open_bytes(original.clone(), &limits).await.expect("opens");
    // Of all bits of the directory, of every local header, and of some thousand others.
    let directory = Structure::read(&original, &limits).await.expect("skeleton");
    let mut bits: Vec<usize> = (directory.directory_start as usize * 8..original.len() * 8).collect();
    for entry in &directory.entries {
        let start = entry.start as usize * 8;
        bits.extend(start..start + entry.header_length() * 8);
    }
    let mut random: u64 = 0x5eed;
    for _ in 0..4_000 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bits.push((random >> 33) as usize % (original.len() * 8));
    }
    let mut without_meaning = 0;
    for bit in &bits {
        let mut changed = original.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        let reader = match ArchiveReader::open_bytes(changed.into(), &limits).await {
            Ok(reader) => reader,
            Err(error) => {
                assert!(Refusal::of(&error).is_some(), "bit {bit}: {error}");
                continue;
            }
        };
        let report = verify(&reader).await.expect("memory does not fail");
        assert!(!report.is_exactly(&recorded), "bit {bit} is not noticed");
        if report.is_sound() {
            // Deflate ends within a byte, and what is left of that byte says nothing; neither does the version of
            // the writer. Only the checksum of the whole archive covers those.
            for file in &recorded.manifest.files {
                let (before, after) =
                    (whole.read_entry(&file.path).await, reader.read_entry(&file.path).await);
                assert_eq!(before.expect("file"), after.expect("file"), "bit {bit} changes {}", file.path);
            }
            assert_eq!(reader.manifest(), whole.manifest(), "bit {bit} changes the manifest");
            without_meaning += 1;
        }
    }
    println!("{} bits flipped, {without_meaning} of them without meaning", bits.len());
    assert!(without_meaning < 150, "{without_meaning}");
}

#[tokio::test]
async fn every_cut_and_every_addition_is_noticed() {
    let scratch = tempfile::tempdir().expect("folder");
    let blobs = ObjectBlobStore::memory();
    write_small(&blobs, ArchiveLevel::Full, &scratch).await;
    let original = archive_bytes(&blobs).await;
    for end in (0..original.len()).step_by(97).chain(original.len() - 60..original.len()) {
        let cut = original.slice(..end);
        assert!(
            code(ArchiveReader::open_bytes(cut, &ArchiveLimits::default()).await).is_some(),
            "cut at {end}"
        );
    }
    for junk in [&b"\0"[..], b"%PDF-1.7", &original] {
        let before = Bytes::from([junk, &original[..]].concat());
        assert_eq!(
            code(ArchiveReader::open_bytes(before, &ArchiveLimits::default()).await),
            Some(Refusal::BadEndRecord)
        );
        let after = Bytes::from([&original[..], junk].concat());
        assert!(code(ArchiveReader::open_bytes(after, &ArchiveLimits::default()).await).is_some());
    }
}

/// An entry whose every field can be a lie.
#[derive(Clone)]
struct RawEntry {
    name: Vec<u8>,
    local_name: Option<Vec<u8>>,
    method: u16,
    flags: u16,
    data: Vec<u8>,
    crc: u32,
    size: u32,
    attributes: u32,
    start: Option<u32>,
    extra: Vec<u8>,
    /// Bytes that belong to nobody, before the entry.
    gap: usize,
}

impl RawEntry {
    fn stored(name: &str, content: &[u8]) -> Self {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        Self {
            name: name.into(),
            local_name: None,
            method: 0,
            flags: 0,
            data: content.to_vec(),
            crc: crc.sum(),
            size: content.len() as u32,
            attributes: 0o100_644 << 16,
            start: None,
            extra: Vec::new(),
            gap: 0,
        }
    }

    fn deflated(name: &str, content: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(9));
        encoder.write_all(content).expect("memory");
        Self { method: 8, data: encoder.finish().expect("memory"), ..Self::stored(name, content) }
    }
}

fn raw_zip(entries: &[RawEntry]) -> Bytes {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        zip.resize(zip.len() + entry.gap, b'?');
        let start = entry.start.unwrap_or(zip.len() as u32);
        let common = |flags: u16, name: &[u8], extra: &[u8]| {
            let mut fields = 20_u16.to_le_bytes().to_vec();
            for short in [flags, entry.method, 0, 0x21] {
                fields.extend(short.to_le_bytes());
            }
            for long in [entry.crc, entry.data.len() as u32, entry.size] {
                fields.extend(long.to_le_bytes());
            }
            fields.extend((name.len() as u16).to_le_bytes());
            fields.extend((extra.len() as u16).to_le_bytes());
            fields
        };
        let local_name = entry.local_name.as_ref().unwrap_or(&entry.name);
        zip.extend(b"PK\x03\x04");
        zip.extend(common(entry.flags, local_name, &[]));
        zip.extend(local_name);
        zip.extend(&entry.data);
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(common(entry.flags, &entry.name, &entry.extra));
        directory.extend([0; 6]);
        directory.extend(entry.attributes.to_le_bytes());
        directory.extend(start.to_le_bytes());
        directory.extend(&entry.name);
        directory.extend(&entry.extra);
    }
    let start = zip.len() as u32;
    zip.extend(&directory);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend((entries.len() as u16).to_le_bytes());
    zip.extend((entries.len() as u16).to_le_bytes());
    zip.extend((directory.len() as u32).to_le_bytes());
    zip.extend(start.to_le_bytes());
    zip.extend([0, 0]);
    zip.into()
}

#[tokio::test]
async fn each_lie_has_its_code() {
    let good = RawEntry::deflated("a.txt", b"content content content");
    let other = RawEntry::stored("b.txt", b"other");
    let check =
        async |entries: &[RawEntry]| code(check_skeleton(&raw_zip(entries), &ArchiveLimits::default()).await);
    assert_eq!(check(&[good.clone(), other.clone()]).await, None);
    assert_eq!(check(&[]).await, None);

    let names = [
        "../a",
        "..\\a",
        "/tmp/a",
        "//a",
        "C:\\a",
        "C:a",
        "a/../../b",
        "",
        "a/",
        "a\0.txt",
        "./a",
        "\u{e9}",
        "a b",
    ];
    for name in names {
        let named = RawEntry { name: name.into(), ..good.clone() };
        assert_eq!(check(&[named]).await, Some(Refusal::UnsafePath), "{name:?}");
    }
    let same = RawEntry { name: b"A.TXT".to_vec(), ..other.clone() };
    let lies: Vec<(Vec<RawEntry>, Refusal)> = vec![
        (vec![good.clone(), good.clone()], Refusal::DuplicatePath),
        (vec![good.clone(), same], Refusal::DuplicatePath),
        (vec![RawEntry { attributes: 0o120_777 << 16, ..other.clone() }], Refusal::NotARegularFile),
        (vec![RawEntry { attributes: 0x10, ..other.clone() }], Refusal::NotARegularFile),
        (vec![RawEntry { flags: 1, ..other.clone() }], Refusal::Encrypted),
        (vec![RawEntry { flags: 8, ..other.clone() }], Refusal::UnexpectedField),
        (vec![RawEntry { extra: vec![1, 0, 0, 0], ..other.clone() }], Refusal::UnexpectedField),
        (vec![RawEntry { method: 9, ..other.clone() }], Refusal::UnknownMethod),
        (vec![RawEntry { method: 93, ..other.clone() }], Refusal::UnknownMethod),
        (vec![RawEntry { size: u32::MAX, ..good.clone() }], Refusal::Zip64),
        (vec![RawEntry { size: 4, ..other.clone() }], Refusal::SizeMismatch),
        (vec![RawEntry { size: 22, ..good.clone() }], Refusal::SizeMismatch),
        (vec![RawEntry { size: 24, ..good.clone() }], Refusal::SizeMismatch),
        (vec![RawEntry { crc: 1, ..good.clone() }], Refusal::CrcMismatch),
        (vec![RawEntry { data: vec![0xff; 20], ..good.clone() }], Refusal::BadDeflate),
        (vec![RawEntry { data: [&good.data[..], b"junk"].concat(), ..good.clone() }], Refusal::BadDeflate),
        (vec![RawEntry { data: good.data[..5].to_vec(), ..good.clone() }], Refusal::SizeMismatch),
        (vec![RawEntry { local_name: Some(b"z.txt".to_vec()), ..good.clone() }], Refusal::HeaderMismatch),
        (vec![good.clone(), RawEntry { start: Some(0), ..other.clone() }], Refusal::BadPlacement),
        (vec![good.clone(), RawEntry { gap: 5, ..other.clone() }], Refusal::BadPlacement),
        (vec![RawEntry { gap: 5, ..good.clone() }], Refusal::BadPlacement),
        (vec![RawEntry { start: Some(7), ..good.clone() }], Refusal::BadPlacement),
        (vec![RawEntry { local_name: Some(b"longer.txt".to_vec()), ..good.clone() }], Refusal::BadPlacement),
    ];
    for (entries, expected) in lies {
        assert_eq!(check(&entries).await, Some(expected));
    }
    // A folder of full-overlap entries, as in the "better zip bomb".
    let overlapping: Vec<_> = (0..50)
        .map(|number| RawEntry { name: format!("{number}").into(), start: Some(0), ..good.clone() })
        .collect();
    assert_eq!(check(&overlapping).await, Some(Refusal::BadPlacement));
}

#[tokio::test]
async fn bombs_stop_at_what_was_declared() {
    let begun = Instant::now();
    // 400 MB of zeros, honestly declared: the ratio gives it away before a byte is inflated.
    let zeros = vec![0; 400 << 20];
    let bomb = RawEntry::deflated("interactions.json", &zeros);
    drop(zeros);
    let declared = begun.elapsed();
    let outcome = check_skeleton(&raw_zip(std::slice::from_ref(&bomb)), &ArchiveLimits::default()).await;
    assert_eq!(outcome.expect_err("too large").kind(), ErrorKind::LimitExceeded);
    assert!((begun.elapsed() - declared).as_secs() < 2);

    // The same, declared as one byte.
    let lying = raw_zip(&[RawEntry { size: 1, ..bomb }]);
    let structure = Structure::read(&lying, &ArchiveLimits::default()).await.expect("a plain skeleton");
    let mut given = 0;
    let outcome = EntryDecoder::new(&structure.entries[0]).feed(
        &lying[..structure.directory_start as usize],
        &mut |bytes| {
            given += bytes.len();
            Ok(())
        },
    );
    assert_eq!(code(outcome), Some(Refusal::SizeMismatch));
    assert_eq!(given, 0, "nothing beyond the declared size is handed on");
}

#[tokio::test]
async fn many_entries_are_read_in_linear_time_or_refused() {
    let entries: Vec<_> = (0..65_000).map(|number| RawEntry::stored(&format!("{number}"), b"")).collect();
    let zip = raw_zip(&entries);
    let begun = Instant::now();
    let structure = Structure::read(&zip, &ArchiveLimits::default()).await.expect("within the limit");
    assert_eq!(structure.entries.len(), 65_000);
    assert!(begun.elapsed().as_secs() < 3, "{:?}", begun.elapsed());
    let limits = ArchiveLimits { max_entries: 1_000, ..ArchiveLimits::default() };
    assert_eq!(code(Structure::read(&zip, &limits).await), Some(Refusal::TooLarge));
}

/// The files of a valid archive, to be put together again with changes.
async fn taken_apart() -> (Vec<RawEntry>, ArchiveManifest) {
    let scratch = tempfile::tempdir().expect("folder");
    let blobs = ObjectBlobStore::memory();
    write_small(&blobs, ArchiveLevel::Full, &scratch).await;
    let reader = ArchiveReader::open_bytes(archive_bytes(&blobs).await, &ArchiveLimits::default())
        .await
        .expect("opens");
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

#[test]
fn a_decoder_does_not_care_how_its_bytes_are_cut() {
    let content: Vec<u8> = (0..200_000_u32).map(|place| (place / 7 % 251) as u8).collect();
    let zip = raw_zip(&[RawEntry::deflated("a", &content)]);
    let structure =
        futures_util::future::FutureExt::now_or_never(Structure::read(&zip, &ArchiveLimits::default()))
            .expect("memory is ready at once")
            .expect("skeleton");
    let entry = &structure.entries[0];
    assert_eq!(entry.method, Method::Deflate);
    for step in [1, 7, 31, 1000, usize::MAX] {
        let mut found = Vec::new();
        let mut decoder = EntryDecoder::new(entry);
        for piece in zip[..entry.span().end as usize].chunks(step) {
            decoder
                .feed(piece, &mut |bytes| {
                    found.extend_from_slice(bytes);
                    Ok(())
                })
                .expect("sound");
        }
        decoder.finish().expect("whole");
        assert_eq!(found, content);
    }
}
