//! The database is away: crashed in the middle of appends and started again, on a server of the test's own.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use codesight_core::ErrorKind;
use codesight_core::ports::{SessionCatalog, SessionJournal};
use codesight_core::testkit::fixtures;
use codesight_storage::PostgresCatalog;
use futures_util::future::join_all;

use super::{SERVER, options};
use crate::support::service;

const SESSIONS: u64 = 8;
const BYTES: usize = 3_000;
const CRASHES: u64 = 3;

/// A server that is gone when this is dropped.
struct OwnServer {
    folder: PathBuf,
}

impl OwnServer {
    fn run(&self, action: &[&str]) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/services/postgres");
        let output = Command::new(script).arg(action[0]).arg(&self.folder).args(&action[1..]).output();
        let output = output.expect("the script runs");
        assert!(output.status.success(), "{action:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        self.run(&["remove"]);
    }
}

/// Appends for ever, again after every failure, and notes what was acknowledged.
async fn write(
    catalog: &PostgresCatalog,
    seed: u64,
    acknowledged: &AtomicU64,
    failures: &AtomicU64,
    stop: &AtomicBool,
) {
    let session = fixtures::session_ref(seed).expect("a session");
    while !stop.load(Ordering::SeqCst) {
        let seq = acknowledged.load(Ordering::SeqCst) + 1;
        let record = fixtures::record(seed, seq, BYTES).expect("a record");
        match catalog.append(&session, 1, vec![record], fixtures::at(0)).await {
            Ok(head) => acknowledged.store(head.through, Ordering::SeqCst),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
                failures.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_crashes_and_comes_back_has_all_that_was_acknowledged() {
    if service(SERVER).is_none() {
        return;
    }
    let parent = tempfile::tempdir().expect("a folder");
    // The server's own user has to come through.
    std::fs::set_permissions(parent.path(), std::fs::Permissions::from_mode(0o755)).expect("changed");
    let server = OwnServer { folder: parent.path().join("postgres") };
    let url = server.run(&["start"]);
    let patient = options(&url, "codesight").patience(Duration::from_secs(2));
    let catalog = PostgresCatalog::open(patient).await.expect("opened");
    for seed in 0..SESSIONS {
        catalog.create(fixtures::new_session(seed).expect("a session")).await.expect("created");
        catalog
            .open_epoch(&fixtures::session_ref(seed).expect("a session"), fixtures::at(0))
            .await
            .expect("opened");
    }
    let acknowledged: Arc<Vec<AtomicU64>> = Arc::new((0..SESSIONS).map(|_| AtomicU64::new(0)).collect());
    let (failures, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let writers = join_all((0..SESSIONS).map(|seed| {
        let (catalog, failures, stop) = (&catalog, &failures, &stop);
        let acknowledged = &acknowledged[seed as usize];
        async move { write(catalog, seed, acknowledged, failures, stop).await }
    }));
    let crashes = async {
        for round in 0..CRASHES {
            let before: u64 = acknowledged.iter().map(|count| count.load(Ordering::SeqCst)).sum();
            tokio::time::sleep(Duration::from_millis(300 + 170 * round)).await;
            let noticed = failures.load(Ordering::SeqCst);
            tokio::task::block_in_place(|| server.run(&["stop", "immediate"]));
            // It stays away for longer than a writer is patient.
            let notices = async {
                while failures.load(Ordering::SeqCst) <= noticed {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(60), notices).await.expect("the crash is noticed");
            tokio::task::block_in_place(|| server.run(&["start"]));
            // It goes on by itself, without being opened anew.
            let goes_on = async {
                while acknowledged.iter().map(|count| count.load(Ordering::SeqCst)).sum::<u64>()
                    <= before + 20
                {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(60), goes_on).await.expect("it goes on");
        }
        stop.store(true, Ordering::SeqCst);
    };
    tokio::join!(writers, crashes);
    for seed in 0..SESSIONS {
        let session = fixtures::session_ref(seed).expect("a session");
        let through = acknowledged[seed as usize].load(Ordering::SeqCst);
        let head = catalog.head(&session).await.expect("a head");
        // What was stored and not acknowledged may be there too: its answer was lost.
        assert!(head.through >= through, "{through} of session {seed} acknowledged, {} there", head.through);
        let records = catalog.read(&session, 0, usize::MAX).await.expect("records");
        let expected: Vec<_> =
            (1..=head.through).map(|seq| fixtures::record(seed, seq, BYTES).expect("a record")).collect();
        assert!(records == expected, "the records of session {seed}");
    }
    catalog.close().await;
}
