//! A process that appends is killed at random moments; whatever it had been told is stored is there, once.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use codesight_core::ports::{SessionCatalog, SessionJournal};
use codesight_core::testkit::fixtures::{self, Seeded};
use codesight_storage::SqliteCatalog;
use tempfile::TempDir;

use super::open;

const ROUNDS: u64 = 50;
const SESSIONS: u64 = 12;
const BYTES: usize = 6_000;
/// Names the folder to the child.
const FOLDER: &str = "CODESIGHT_KILL_TEST_FOLDER";

/// The child: appends to all sessions at once, for ever, and prints each acknowledged place.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "the child of the kill test, started by it"]
async fn child() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("the folder"));
    let catalog = open(&folder).await;
    let writers = (0..SESSIONS).map(|seed| tokio::spawn(write(catalog.clone(), seed)));
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("appends for ever");
    }
}

async fn write(catalog: SqliteCatalog, seed: u64) {
    catalog.create(fixtures::new_session(seed).expect("a session")).await.expect("created");
    let session = fixtures::session_ref(seed).expect("a session");
    let mut head = catalog.open_epoch(&session, fixtures::at(0)).await.expect("opened");
    loop {
        let from = head.through + 1;
        let records = (from..from + 1 + seed % 3).map(|seq| fixtures::record(seed, seq, BYTES));
        let records = records.collect::<codesight_core::Result<Vec<_>>>().expect("records");
        head = catalog.append(&session, head.epoch, records, fixtures::at(0)).await.expect("appended");
        // One write a line: a line that has its end is one that was acknowledged.
        let line = format!("stored {seed} {}\n", head.through);
        std::io::stdout().write_all(line.as_bytes()).expect("printed");
    }
}

fn start(folder: &Path) -> (Child, BufReader<ChildStdout>) {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "catalog::kill::child", "--ignored", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let lines = BufReader::new(child.stdout.take().expect("its output"));
    (child, lines)
}

/// Runs a child until some time after its first acknowledgement, kills it, and returns the last place it printed for
/// each session.
async fn run_and_kill(folder: &Path, after: Duration) -> BTreeMap<u64, u64> {
    let (mut child, mut output) = start(folder);
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let reader = tokio::task::spawn_blocking(move || {
        let (mut printed, mut begun) = (BTreeMap::new(), Some(begun));
        let mut line = String::new();
        while output.read_line(&mut line).expect("read") > 0 {
            if let Some(rest) = line.strip_suffix('\n').and_then(|line| line.strip_prefix("stored ")) {
                let (seed, through) = rest.split_once(' ').expect("two numbers");
                printed.insert(seed.parse().expect("a number"), through.parse().expect("a number"));
                if let Some(begun) = begun.take() {
                    begun.send(()).expect("awaited");
                }
            }
            line.clear();
        }
        printed
    });
    has_begun.await.expect("something was acknowledged");
    tokio::time::sleep(after).await;
    child.kill().expect("killed");
    child.wait().expect("gone");
    reader.await.expect("read to the end")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_being_killed() {
    let folder = TempDir::new().expect("a folder");
    let (mut moments, mut known) = (Seeded::new(42), BTreeMap::<u64, u64>::new());
    for round in 0..ROUNDS {
        let after = Duration::from_micros(moments.below(60_000));
        for (seed, through) in run_and_kill(folder.path(), after).await {
            let before = known.insert(seed, through).unwrap_or(0);
            assert!(through > before, "session {seed} went back from {before} to {through}");
        }
        let catalog = open(folder.path()).await;
        for (seed, acknowledged) in &known {
            let session = fixtures::session_ref(*seed).expect("a session");
            let head = catalog.head(&session).await.expect("a head");
            assert!(head.through >= *acknowledged, "round {round}: {acknowledged} of session {seed} is lost");
            // All of it in the last round, the newest before.
            let after = if round == ROUNDS - 1 { 0 } else { acknowledged.saturating_sub(100) };
            let records = catalog.read(&session, after, usize::MAX).await.expect("records");
            let places: Vec<_> = records.iter().map(|record| record.seq).collect();
            assert_eq!(places, (after + 1..=head.through).collect::<Vec<_>>(), "session {seed}");
            let last = records.last().expect("a record");
            assert_eq!(*last, fixtures::record(*seed, last.seq, BYTES).expect("a record"));
        }
        catalog.close().await;
    }
    let total: u64 = known.values().sum();
    println!("killed {ROUNDS} times, {total} acknowledged records, none lost");
    assert!(total > ROUNDS * 10, "only {total} records were acknowledged");
}
