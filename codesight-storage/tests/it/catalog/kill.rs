//! A process that appends is killed at random moments; whatever it had been told is stored is there, once.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use codesight_core::ports::Catalog;
use codesight_core::testkit::fixtures::{self, Seeded};
use tempfile::TempDir;

use super::open;

const ROUNDS: u64 = 50;
const SESSIONS: u64 = 12;
const BYTES: usize = 6_000;
/// Names the catalog to the child.
const PLACE: &str = "CODESIGHT_KILL_TEST_PLACE";

/// Where the catalog of a test is.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Sqlite(PathBuf),
    #[cfg(feature = "postgres")]
    Postgres {
        url: String,
        schema: String,
    },
}

impl Place {
    fn to_text(&self) -> String {
        match self {
            Self::Sqlite(folder) => folder.display().to_string(),
            #[cfg(feature = "postgres")]
            Self::Postgres { url, schema } => format!("{schema} {url}"),
        }
    }

    fn from_text(text: &str) -> Self {
        #[cfg(feature = "postgres")]
        if let Some((schema, url)) = text.split_once(' ') {
            return Self::Postgres { url: url.to_owned(), schema: schema.to_owned() };
        }
        Self::Sqlite(text.into())
    }

    async fn open(&self) -> Arc<dyn Catalog> {
        match self {
            Self::Sqlite(folder) => Arc::new(open(folder).await),
            #[cfg(feature = "postgres")]
            Self::Postgres { url, schema } => Arc::new(super::postgres::open(url, schema).await),
        }
    }
}

/// The child: appends to all sessions at once, for ever, and prints each acknowledged place.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "the child of the kill test, started by it"]
async fn child() {
    let catalog = Place::from_text(&std::env::var(PLACE).expect("the place")).open().await;
    let writers = (0..SESSIONS).map(|seed| tokio::spawn(write(Arc::clone(&catalog), seed)));
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("appends for ever");
    }
}

async fn write(catalog: Arc<dyn Catalog>, seed: u64) {
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

fn start(place: &Place) -> (Child, BufReader<ChildStdout>) {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "catalog::kill::child", "--ignored", "--nocapture", "--test-threads=1"])
        .env(PLACE, place.to_text())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let lines = BufReader::new(child.stdout.take().expect("its output"));
    (child, lines)
}

/// Runs a child until some time after its first acknowledgement, kills it, and returns the last place it printed for
/// each session.
async fn run_and_kill(place: &Place, after: Duration) -> BTreeMap<u64, u64> {
    let (mut child, mut output) = start(place);
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
    survives_being_killed(&Place::Sqlite(folder.path().to_owned())).await;
}

/// Kills a process again and again that appends there; whatever it had been told is stored is there, once.
pub(super) async fn survives_being_killed(place: &Place) {
    let (mut moments, mut known) = (Seeded::new(42), BTreeMap::<u64, u64>::new());
    for round in 0..ROUNDS {
        let after = Duration::from_micros(moments.below(60_000));
        for (seed, through) in run_and_kill(place, after).await {
            let before = known.insert(seed, through).unwrap_or(0);
            assert!(through > before, "session {seed} went back from {before} to {through}");
        }
        let catalog = place.open().await;
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
    }
    let total: u64 = known.values().sum();
    eprintln!("killed {ROUNDS} times, {total} acknowledged records, none lost");
    assert!(total > ROUNDS * 10, "only {total} records were acknowledged");
}
