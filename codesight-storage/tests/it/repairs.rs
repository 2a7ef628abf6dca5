//! Damaged archives: what is saved of them, and that what replaces one is safe at every moment.

use std::sync::Arc;

use bytes::Bytes;
use codesight_core::model::{ArchiveLevel, QualityReport};
use codesight_core::ports::{BlobKey, BlobStore};
use codesight_core::testkit::{FaultMoment, Faults, FaultyBlobStore};
use codesight_storage::archive::{
    ARCHIVE_REPAIRED, ArchiveLimits, Refusal, RepairReport, Replacement, Structure, diff, extract, repair,
    replace, verify, verify_pixels,
};
use codesight_storage::image::{ImageLimits, decode};
use codesight_storage::{ArchiveReader, ObjectBlobStore};

use crate::levels::{LEVELS, archived, open};
use crate::support::*;

fn successor() -> BlobKey {
    BlobKey::archive_successor(&session().tenant, &session().session)
}

async fn repaired(damaged: &Bytes) -> (RepairReport, Bytes) {
    let (scratch, blobs) = (tempfile::tempdir().expect("folder"), ObjectBlobStore::memory());
    let settings = settings(ArchiveLevel::Hybrid, &scratch);
    let report = repair(damaged, &blobs, successor(), settings, session()).await.expect("repaired");
    let bytes = blobs.get(&successor()).await.expect("archive");
    (report, bytes)
}

async fn small() -> Bytes {
    let (scratch, blobs) = (tempfile::tempdir().expect("folder"), ObjectBlobStore::memory());
    write_small(&blobs, ArchiveLevel::Hybrid, &scratch).await;
    archive_bytes(&blobs).await
}

#[tokio::test]
async fn repairing_a_sound_archive_changes_nothing() {
    for level in LEVELS {
        let bytes = archived(level).await.2;
        let (report, again) = repaired(&bytes).await;
        assert_eq!((report.problems.len(), report.lost_frames), (0, 0));
        assert!(diff(&open(bytes).await, &open(again).await).await.expect("reads").is_empty());
    }
}

#[tokio::test]
async fn an_archive_cut_off_anywhere_is_repaired_up_to_there() {
    let whole = small().await;
    let reader = open(whole.clone()).await;
    let frames = reader.frame_index().await.expect("index").frames.len();
    let directory = Structure::read(&whole, &ArchiveLimits::default()).await.expect("sound").directory_start;
    let directory = usize::try_from(directory).expect("small");
    let (mut most_frames, mut most_interactions) = (0, 0);
    for cut in (0..whole.len()).step_by(97).chain([whole.len() - 1]) {
        let (report, bytes) = repaired(&whole.slice(..cut)).await;
        let again = open(bytes).await;
        assert_eq!(verify_pixels(&again).await.expect("reads"), []);
        // What was saved never becomes less when more is there.
        assert!(report.frames >= most_frames && report.interactions >= most_interactions, "cut at {cut}");
        (most_frames, most_interactions) = (report.frames, report.interactions);
        let quality: QualityReport =
            serde_json::from_slice(&again.read_entry("quality-report.json").await.expect("file"))
                .expect("JSON");
        let says_so = quality.findings.iter().any(|finding| finding.rule == ARCHIVE_REPAIRED);
        assert_eq!(says_so, cut < directory, "cut at {cut}");
    }
    assert_eq!((most_frames, most_interactions), (frames, 4), "only the directory was cut off");
}

#[tokio::test]
async fn one_bad_byte_costs_one_file() {
    let whole = small().await;
    for at in (0..whole.len()).step_by(151) {
        let mut damaged = whole.to_vec();
        damaged[at] ^= 0x40;
        let (report, bytes) = repaired(&damaged.into()).await;
        // A changed name is a file too many and one too few.
        assert!(report.problems.len() <= 2, "byte {at}: {:?}", report.problems);
        // An image takes the frames that need it with it, any other file only itself.
        assert!(report.frames + report.lost_frames >= 2, "byte {at}: {report:?}");
        open(bytes).await;
    }
}

#[tokio::test]
async fn a_broken_image_is_found_by_looking_at_the_pixels() {
    let (scratch, blobs) = (tempfile::tempdir().expect("folder"), ObjectBlobStore::memory());
    write_small(&blobs, ArchiveLevel::Hybrid, &scratch).await;
    let reader = open(archive_bytes(&blobs).await).await;
    assert_eq!(verify_pixels(&reader).await.expect("reads"), []);
}

#[tokio::test]
async fn an_extracted_archive_holds_every_frame_as_a_picture() {
    let (frames, _, bytes) = archived(ArchiveLevel::Exact).await;
    let folder = tempfile::tempdir().expect("folder");
    let reader = open(bytes).await;
    let done = extract(&reader, folder.path()).await.expect("extracted");
    assert_eq!(done.files, reader.manifest().files.len());
    assert!(done.composed > 0);
    for entry in &reader.frame_index().await.expect("index").frames {
        let image = std::fs::read(folder.path().join(&entry.file)).expect("picture");
        let (_, frame) = frames.iter().find(|(hash, _)| *hash == entry.hash).expect("recorded");
        assert_eq!(decode(&image, &ImageLimits::default()).expect("WebP").samples(), frame.samples);
    }
    assert!(folder.path().join("manifest.json").exists());
    // Nothing that is there is written over.
    assert!(extract(&reader, folder.path()).await.is_err());
}

#[tokio::test]
async fn a_difference_is_named() {
    let first = open(archived(ArchiveLevel::Full).await.2).await;
    let second = open(archived(ArchiveLevel::Exact).await.2).await;
    let found = diff(&first, &second).await.expect("reads");
    assert!(!found.changed_frames.is_empty() && found.added_frames.is_empty());
    assert!(found.added_files.iter().any(|file| file.starts_with("screenshots/patches/")));
    let other = open(small().await).await;
    let found = diff(&first, &other).await.expect("reads");
    assert_eq!((found.removed_frames.len(), found.added_interactions), (8, vec![1, 2, 3, 4]));
}

#[tokio::test]
async fn whenever_a_replacement_stops_an_archive_is_whole_and_calling_again_ends_it() {
    let (old, new) = (small().await, archived(ArchiveLevel::Compact).await.2);
    let of = session();
    let place = BlobKey::archive(&of.tenant, &of.session);
    let limits = ArchiveLimits::default();
    let mut calls = 0;
    for moment in [FaultMoment::Before, FaultMoment::After] {
        for nth in 1.. {
            let store: Arc<dyn BlobStore> = Arc::new(ObjectBlobStore::memory());
            store.put(&place, old.clone()).await.expect("put");
            store.put(&successor(), new.clone()).await.expect("put");
            let faults = Arc::new(Faults::nth(nth).when(moment));
            let faulty = FaultyBlobStore::new(Arc::clone(&store), Arc::clone(&faults));
            let outcome = replace(&faulty, &of.tenant, &of.session, &limits).await;
            let mut whole = 0;
            for key in [&place, &successor()] {
                if let Ok(reader) = ArchiveReader::open_blob(store.as_ref(), key.clone(), &limits).await {
                    whole += usize::from(verify(&reader).await.expect("reads").is_sound());
                }
            }
            assert!(whole > 0, "nothing is whole after call {nth} failed");
            if outcome.is_ok() {
                break;
            }
            calls += 1;
            replace(store.as_ref(), &of.tenant, &of.session, &limits).await.expect("goes on");
            assert_eq!(store.get(&place).await.expect("archive"), new);
            assert!(store.head(&successor()).await.is_err());
        }
    }
    assert!(calls > 10, "only {calls} faults were tried");
    let nothing = replace(&ObjectBlobStore::memory(), &of.tenant, &of.session, &limits).await.expect("fine");
    assert_eq!(nothing, Replacement::NothingToDo);
}

#[tokio::test]
async fn a_successor_that_is_damaged_replaces_nothing() {
    let store = ObjectBlobStore::memory();
    let of = session();
    let old = small().await;
    let mut new = old.to_vec();
    new[200] ^= 1;
    store.put(&BlobKey::archive(&of.tenant, &of.session), old.clone()).await.expect("put");
    store.put(&successor(), new.into()).await.expect("put");
    let refused =
        replace(&store, &of.tenant, &of.session, &ArchiveLimits::default()).await.expect_err("damaged");
    assert_eq!(refused.kind(), codesight_core::ErrorKind::Corrupt);
    assert!(Refusal::of(&refused).is_some());
    assert_eq!(archive_bytes(&store).await, old);
}
