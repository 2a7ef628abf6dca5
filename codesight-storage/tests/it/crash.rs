//! The process that archives dies, or its disk takes no more, at any moment. Real processes and real files.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use codesight_core::id::ContentHash;
use codesight_core::model::{ArchiveLevel, QualityReport};
use codesight_core::ports::{BlobKey, BlobStore, BlobStoreExt as _};
use codesight_core::testkit::fixtures::Seeded;
use codesight_storage::archive::{ArchiveLimits, FrameInput, verify};
use codesight_storage::{ArchiveReader, ArchiveSettings, ArchiveWriter, ObjectBlobStore};

use crate::support::*;

const KILLS: u64 = 60;
/// Names the folder to the child.
const FOLDER: &str = "CODESIGHT_CRASH_TEST_FOLDER";

fn store(folder: &Path) -> ObjectBlobStore {
    ObjectBlobStore::local(folder.join("objects")).expect("store")
}

fn frames() -> Vec<(FrameInput, bytes::Bytes)> {
    let frames = (1..=12).map(|seed| {
        let bytes = png(160, 100, &picture(160, 100, seed / 2));
        (frame(u64::from(seed), ContentHash::of(&bytes), 160, 100), bytes)
    });
    frames.collect()
}

/// What a worker does with a session: archive it, and delete what was captured once the archive is verified.
async fn archive(folder: &Path) -> codesight_core::Result<()> {
    let blobs = store(folder);
    let of = session();
    let settings = ArchiveSettings::new(ArchiveLevel::Hybrid, folder);
    let mut writer = ArchiveWriter::create(settings, session()).await?;
    writer.add_frames(&blobs, frames().into_iter().map(|(frame, _)| frame)).await?;
    writer.add_interactions((1..5).map(|seq| interaction(seq, None, "x")).collect()).await?;
    writer.finish(&blobs, &QualityReport::default()).await?;
    blobs.delete_all(&BlobKey::captured_prefix(&of.tenant, &of.session)).await?;
    Ok(())
}

/// The child: captures what is missing, and archives.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the child of the crash tests, started by them"]
async fn child() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("the folder"));
    match archive(&folder).await {
        Ok(()) => println!("archived"),
        Err(error) => println!("refused {}", error.kind().code()),
    }
}

fn command(folder: &Path, before: &[&str]) -> Command {
    let test = std::env::current_exe().expect("this test");
    let words: Vec<_> = before.iter().map(std::ffi::OsStr::new).chain([test.as_os_str()]).collect();
    let mut command = Command::new(words[0]);
    command
        .args(&words[1..])
        .args(["--exact", "crash::child", "--ignored", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

async fn captured(folder: &Path) {
    let (blobs, of) = (store(folder), session());
    for (frame, bytes) in frames() {
        let key = BlobKey::captured(&of.tenant, &of.session, &frame.screenshot.hash);
        blobs.put(&key, bytes).await.expect("put");
    }
}

/// Either there is a sound archive, or everything that was captured is still there. Says which.
async fn nothing_is_lost(folder: &Path) -> bool {
    let (blobs, of) = (store(folder), session());
    let key = BlobKey::archive(&of.tenant, &of.session);
    if blobs.head(&key).await.is_ok() {
        let reader = ArchiveReader::open_blob(&blobs, key, &ArchiveLimits::default()).await.expect("opens");
        assert!(verify(&reader).await.expect("reads").is_sound(), "what is there under its name is whole");
        return true;
    }
    for (frame, bytes) in frames() {
        let key = BlobKey::captured(&of.tenant, &of.session, &frame.screenshot.hash);
        assert_eq!(blobs.get(&key).await.expect("a captured frame"), bytes);
    }
    false
}

fn no_scratch_is_left(folder: &Path) {
    let left: Vec<_> = std::fs::read_dir(folder)
        .expect("folder")
        .map(|entry| entry.expect("entry").file_name())
        .filter(|name| name != "objects")
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

fn ended(child: Child) -> Output {
    child.wait_with_output().expect("ended")
}

#[tokio::test]
async fn archiving_that_is_killed_leaves_an_archive_or_what_it_is_made_from() {
    let mut moments = Seeded::new(7);
    let (mut with_archive, mut without) = (0, 0);
    let mut longest = Duration::from_millis(400);
    for _ in 0..KILLS {
        let folder = tempfile::tempdir().expect("folder");
        captured(folder.path()).await;
        let mut child = command(folder.path(), &[]).spawn().expect("started");
        let begun = std::time::Instant::now();
        tokio::time::sleep(longest.mul_f64(moments.below(1_000) as f64 / 1_000.0)).await;
        let was_done = child.try_wait().expect("asked").is_some();
        child.kill().expect("killed");
        ended(child);
        if was_done {
            longest = longest.min(begun.elapsed());
        }
        if nothing_is_lost(folder.path()).await {
            with_archive += 1;
        } else {
            without += 1;
        }
        no_scratch_is_left(folder.path());
        // The job runs again and comes to its end.
        captured(folder.path()).await;
        archive(folder.path()).await.expect("archived");
        assert!(nothing_is_lost(folder.path()).await);
    }
    println!("killed {KILLS} times: {with_archive} times the archive was there, {without} times it was not");
}

/// What the child said, and whether that fits what is there.
async fn check(folder: &Path, mut child: Command, what: &str) -> String {
    let output = ended(child.spawn().expect("started"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let is_there = nothing_is_lost(folder).await;
    // What was reported as done is there; what was not may be there, whole.
    assert!(is_there || !said.contains("archived"), "{what}: {said}");
    no_scratch_is_left(folder);
    said
}

/// A limit on the size of files is met at any write, as the end of a disk is, and a test may set it.
#[tokio::test]
async fn a_full_disk_at_any_write_is_an_error_and_loses_nothing() {
    let script = "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"";
    let (mut refused, mut archived) = (0, 0);
    for kilobytes in 0..40 {
        let folder = tempfile::tempdir().expect("folder");
        captured(folder.path()).await;
        let limit = kilobytes.to_string();
        let child = command(folder.path(), &["bash", "-c", script, &limit]);
        let said = check(folder.path(), child, &format!("full after {kilobytes} kB")).await;
        refused += usize::from(said.contains("refused unavailable"));
        archived += usize::from(said.contains("archived"));
    }
    println!("full after 0 to 39 kB: {refused} refused, {archived} archived");
    assert!(
        refused > 5 && archived > 0 && refused + archived == 40,
        "{refused} refused, {archived} archived"
    );
}

#[tokio::test]
async fn an_fsync_that_fails_is_never_taken_for_success() {
    if let Err(error) = Command::new("strace").arg("-V").output() {
        eprintln!("SKIPPED failing fsync: strace is not there: {error}");
        return;
    }
    let (mut refused, mut archived) = (0, 0);
    for nth in 1..=12 {
        let folder = tempfile::tempdir().expect("folder");
        captured(folder.path()).await;
        let inject = format!("inject=fsync,fdatasync:error=EIO:when={nth}");
        let strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", &inject];
        let said = check(folder.path(), command(folder.path(), &strace), &format!("fsync {nth}")).await;
        if !said.contains("archived") && !said.contains("refused") {
            eprintln!("SKIPPED failing fsync: strace may not trace here");
            return;
        }
        refused += usize::from(said.contains("refused unavailable"));
        archived += usize::from(said.contains("archived"));
    }
    println!("fsync failed: {refused} refused, {archived} archived, for it was not called that often");
    assert!(refused > 0 && archived > 0, "{refused} refused, {archived} archived");
}
