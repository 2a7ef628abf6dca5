//! How many records of 12 kB a second become durable: appended by 100 sessions at once through the catalog, against
//! plain inserts in batches of 100 on a connection of their own. Both with synchronous=FULL, in the same folder.
//!
//! `cargo run --release -p codesight-storage --example journal_throughput [FOLDER] [SECONDS]`
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use codesight_core::ports::{JournalRecord, SessionCatalog, SessionJournal};
use codesight_core::testkit::fixtures;
use codesight_storage::{SqliteCatalog, SqliteOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

const SESSIONS: u64 = 100;
const BYTES: usize = 12_000;
const BATCH: usize = 100;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = match arguments.next() {
        Some(folder) => tempfile::TempDir::new_in(PathBuf::from(folder))?,
        None => tempfile::TempDir::new()?,
    };
    let seconds = arguments.next().and_then(|text| text.to_str()?.parse().ok()).unwrap_or(5);
    let time = Duration::from_secs(seconds);
    // The same records for both, made beforehand.
    let records =
        (0..SESSIONS).map(|seed| fixtures::record(seed, 1, BYTES)).collect::<Result<Vec<_>, _>>()?;

    for round in 1..=2 {
        let plain = plain(&folder.path().join(format!("plain-{round}.sqlite")), &records, time).await?;
        println!("plain inserts, {BATCH} a commit:       {plain:>8.0} records/s");
        let (rate, slowest) =
            catalog(&folder.path().join(format!("catalog-{round}.sqlite")), &records, time).await?;
        println!(
            "catalog, {SESSIONS} sessions, one record each: {rate:>8.0} records/s, {:.2} of that; slowest hundredth {:.1} ms",
            rate / plain,
            slowest.as_secs_f64() * 1_000.0,
        );
    }
    Ok(())
}

/// One connection, one table, nothing else.
async fn plain(file: &Path, records: &[JournalRecord], time: Duration) -> Outcome<f64> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await?;
    sqlx::raw_sql(
        "CREATE TABLE journal (session TEXT, seq INTEGER, payload BLOB, PRIMARY KEY (session, seq)) STRICT",
    )
    .execute(&mut connection)
    .await?;
    let begun = Instant::now();
    let mut stored = 0;
    while begun.elapsed() < time {
        let mut transaction = connection.begin().await?;
        for (seed, record) in (0..BATCH as i64).zip(records.iter().cycle()) {
            sqlx::query("INSERT INTO journal (session, seq, payload) VALUES (?, ?, ?)")
                .bind(format!("session-{seed}"))
                .bind(stored)
                .bind(&record.payload[..])
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        stored += BATCH as i64;
    }
    Ok(stored as f64 / begun.elapsed().as_secs_f64())
}

/// Records a second, and the time within which 99 of 100 were acknowledged.
async fn catalog(file: &Path, records: &[JournalRecord], time: Duration) -> Outcome<(f64, Duration)> {
    let catalog = SqliteCatalog::open(SqliteOptions::new(file)).await?;
    for seed in 0..SESSIONS {
        catalog.create(fixtures::new_session(seed)?).await?;
        catalog.open_epoch(&fixtures::session_ref(seed)?, fixtures::at(0)).await?;
    }
    let (stored, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let begun = Instant::now();
    let mut writers = Vec::new();
    for (seed, record) in (0..SESSIONS).zip(records) {
        let (catalog, record) = (catalog.clone(), record.clone());
        let (stored, over) = (Arc::clone(&stored), Arc::clone(&over));
        writers.push(tokio::spawn(async move {
            let session = fixtures::session_ref(seed)?;
            let mut times = Vec::new();
            for seq in 1.. {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let asked = Instant::now();
                let record = JournalRecord { seq, ..record.clone() };
                catalog.append(&session, 1, vec![record], fixtures::at(0)).await?;
                times.push(asked.elapsed());
                stored.fetch_add(1, Ordering::Relaxed);
            }
            Outcome::Ok(times)
        }));
    }
    tokio::time::sleep(time).await;
    let rate = stored.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64();
    over.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for writer in writers {
        times.extend(writer.await??);
    }
    catalog.close().await;
    times.sort_unstable();
    let slowest = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    Ok((rate, slowest))
}
