//! Archives that are broken, lie, or want too much.

mod lies;
mod manifests;
mod raw_zip;

pub(crate) use manifests::with_manifest;

use self::raw_zip::{RawEntry, raw_zip};
use crate::corpora::{files, folder};
use crate::support::*;
use bytes::Bytes;
use codesight_core::error::Result;
use codesight_core::model::ArchiveLevel;
use codesight_storage::archive::{ArchiveLimits, EntryDecoder, Method, Refusal, Structure, verify};
use codesight_storage::{ArchiveReader, ObjectBlobStore};

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
