//! Journal writes, and what the database can do at best with the same bytes.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use codesight_core::ports::{Catalog, JournalKind, JournalRecord};
use codesight_core::privacy::Masked;
use codesight_core::testkit::fixtures;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

use crate::interaction;
use crate::server::Outcome;

/// Sessions that append at once, each as many records in one append.
const SESSIONS: u64 = 100;
const RECORDS: u64 = 16;
/// Rows in one of the database's own transactions.
const BATCH: usize = 512;

fn payload(number: u64) -> Outcome<Bytes> {
    Ok(serde_json::to_vec(&interaction(number))?.into())
}

/// What a journal stores of a payload, deflated as it deflates.
fn stored(number: u64) -> Outcome<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(vec![1], Compression::fast());
    encoder.write_all(&payload(number)?)?;
    Ok(encoder.finish()?)
}

/// Records a second that a catalog acknowledges, of 100 sessions that each append 16 at a time.
///
/// # Errors
/// What the catalog says.
pub async fn catalog(catalog: Arc<dyn Catalog>, time: Duration) -> Outcome<f64> {
    let payloads = (0..RECORDS).map(payload).collect::<Outcome<Vec<_>>>()?;
    for seed in 0..SESSIONS {
        catalog.create(fixtures::new_session(seed)?).await?;
        catalog.open_epoch(&fixtures::session_ref(seed)?, fixtures::at(0)).await?;
    }
    let acknowledged = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let writers: Vec<_> = (0..SESSIONS)
        .map(|seed| {
            let (catalog, payloads) = (Arc::clone(&catalog), payloads.clone());
            let acknowledged = Arc::clone(&acknowledged);
            tokio::spawn(async move {
                let session = fixtures::session_ref(seed)?;
                let mut head = catalog.head(&session).await?;
                while begun.elapsed() < time {
                    let records = (head.through + 1..).zip(&payloads).map(|(seq, payload)| JournalRecord {
                        seq,
                        kind: JournalKind::Interaction,
                        payload: Masked::from_store(payload.clone()),
                    });
                    let records = records.collect();
                    head = catalog.append(&session, head.epoch, records, fixtures::at(0)).await?;
                    acknowledged.fetch_add(RECORDS, Ordering::Relaxed);
                }
                Outcome::Ok(())
            })
        })
        .collect();
    for writer in writers {
        writer.await??;
    }
    Ok(acknowledged.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64())
}

/// Rows a second that PostgreSQL commits from one connection, 512 in one statement, with the same key and bytes as a
/// journal's: its own limit.
///
/// # Errors
/// What the database says.
pub async fn postgres(connection: &mut PgConnection, time: Duration) -> Outcome<f64> {
    connection
        .execute("CREATE TABLE limit_of_rows (session TEXT, seq BIGINT, payload BYTEA, PRIMARY KEY (session, seq));")
        .await?;
    connection.execute("ALTER TABLE limit_of_rows ALTER COLUMN payload SET STORAGE EXTERNAL").await?;
    let payloads = (0..BATCH as u64).map(stored).collect::<Outcome<Vec<_>>>()?;
    let sessions: Vec<String> =
        (0..BATCH).map(|row| format!("session-{}", row % SESSIONS as usize)).collect();
    let (begun, mut rows) = (Instant::now(), 0);
    while begun.elapsed() < time {
        let places: Vec<i64> = (rows..rows + BATCH as i64).collect();
        sqlx::query("INSERT INTO limit_of_rows SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[])")
            .bind(&sessions)
            .bind(places)
            .bind(&payloads)
            .execute(&mut *connection)
            .await?;
        rows += BATCH as i64;
    }
    Ok(rows as f64 / begun.elapsed().as_secs_f64())
}

/// Rows a second that SQLite commits, 512 in one transaction, with `synchronous=FULL`: its own limit.
///
/// # Errors
/// What the database says.
pub async fn sqlite(connection: &mut SqliteConnection, time: Duration) -> Outcome<f64> {
    connection
        .execute("CREATE TABLE limit_of_rows (session TEXT, seq INTEGER, payload BLOB, PRIMARY KEY (session, seq)) STRICT")
        .await?;
    let payloads = (0..BATCH as u64).map(stored).collect::<Outcome<Vec<_>>>()?;
    let (begun, mut rows) = (Instant::now(), 0_i64);
    while begun.elapsed() < time {
        let mut transaction = connection.begin().await?;
        for (row, payload) in payloads.iter().enumerate() {
            sqlx::query("INSERT INTO limit_of_rows VALUES (?, ?, ?)")
                .bind(format!("session-{}", row % SESSIONS as usize))
                .bind(rows)
                .bind(payload)
                .execute(&mut *transaction)
                .await?;
            rows += 1;
        }
        transaction.commit().await?;
    }
    Ok(rows as f64 / begun.elapsed().as_secs_f64())
}
