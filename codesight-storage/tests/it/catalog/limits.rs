//! When the database has no room, or belongs to somebody else for a while.

use std::time::Duration;

use codesight_core::ErrorKind;
use codesight_core::ports::{SessionCatalog, SessionJournal};
use codesight_core::testkit::fixtures;
use codesight_storage::SqliteCatalog;
use futures_util::future::join_all;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;

use super::{open, options};

const SESSIONS: u64 = 8;

async fn fill(catalog: &SqliteCatalog) -> Vec<u64> {
    let writers = (0..SESSIONS).map(|seed| async move {
        let session = fixtures::session_ref(seed).expect("a session");
        let head = catalog.head(&session).await.expect("a head");
        let mut through = head.through;
        loop {
            let record = fixtures::record(seed, through + 1, 12_000).expect("a record");
            match catalog.append(&session, head.epoch, vec![record], fixtures::at(0)).await {
                Ok(head) => through = head.through,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
                    return through;
                }
            }
        }
    });
    join_all(writers).await
}

async fn holds(catalog: &SqliteCatalog, acknowledged: &[u64]) {
    for (seed, through) in (0..).zip(acknowledged) {
        let session = fixtures::session_ref(seed).expect("a session");
        assert_eq!(catalog.head(&session).await.expect("a head").through, *through);
        let records = catalog.read(&session, 0, usize::MAX).await.expect("records");
        let expected: Vec<_> =
            (1..=*through).map(|seq| fixtures::record(seed, seq, 12_000).expect("a record")).collect();
        assert!(records == expected, "the records of session {seed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_database_refuses_keeps_and_recovers() {
    let folder = TempDir::new().expect("a folder");
    let limited = options(folder.path()).max_bytes(4_000_000);
    let catalog = SqliteCatalog::open(limited).await.expect("opened");
    for seed in 0..SESSIONS {
        catalog.create(fixtures::new_session(seed).expect("a session")).await.expect("created");
        let session = fixtures::session_ref(seed).expect("a session");
        catalog.open_epoch(&session, fixtures::at(0)).await.expect("opened");
    }
    let mut acknowledged = fill(&catalog).await;
    let total: u64 = acknowledged.iter().sum();
    assert!((150..4_000).contains(&total), "{total} records fit into the limit");
    holds(&catalog, &acknowledged).await;

    // Room is made, and the same catalog goes on.
    let gone = fixtures::session_ref(0).expect("a session");
    catalog.delete(&gone).await.expect("deleted, though the database is full");
    let session = fixtures::session_ref(1).expect("a session");
    let record = fixtures::record(1, acknowledged[1] + 1, 12_000).expect("a record");
    catalog.append(&session, 1, vec![record], fixtures::at(0)).await.expect("appended");
    acknowledged[1] += 1;
    catalog.close().await;

    // The limit is raised, and everything is still there.
    let catalog = SqliteCatalog::open(options(folder.path()).max_bytes(8_000_000)).await.expect("opened");
    catalog.create(fixtures::new_session(0).expect("a session")).await.expect("created");
    catalog.open_epoch(&gone, fixtures::at(0)).await.expect("opened");
    acknowledged[0] = 0;
    holds(&catalog, &acknowledged).await;
    let after = fill(&catalog).await;
    assert!(after.iter().sum::<u64>() > total + 100);
    holds(&catalog, &after).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_refuses_and_recovers() {
    let folder = TempDir::new().expect("a folder");
    open(folder.path()).await.close().await;
    let impatient = options(folder.path()).busy_timeout(Duration::from_millis(50));
    let catalog = SqliteCatalog::open(impatient).await.expect("opened");
    for seed in 0..SESSIONS {
        catalog.create(fixtures::new_session(seed).expect("a session")).await.expect("created");
        let session = fixtures::session_ref(seed).expect("a session");
        catalog.open_epoch(&session, fixtures::at(0)).await.expect("opened");
    }
    let append = |seed: u64| {
        let catalog = &catalog;
        async move {
            let session = fixtures::session_ref(seed)?;
            catalog.append(&session, 1, fixtures::records(seed, 1, 3)?, fixtures::at(0)).await
        }
    };
    let other = SqliteConnectOptions::new().filename(folder.path().join("catalog.sqlite"));
    let mut other = other.connect().await.expect("connected");
    let lock = other.begin_with("BEGIN IMMEDIATE").await.expect("locked");
    for outcome in join_all((0..SESSIONS).map(append)).await {
        assert_eq!(outcome.expect_err("locked").kind(), ErrorKind::Unavailable);
    }
    // Reading goes on meanwhile.
    let session = fixtures::session_ref(1).expect("a session");
    assert_eq!(catalog.head(&session).await.expect("a head").through, 0);
    lock.rollback().await.expect("unlocked");
    for outcome in join_all((0..SESSIONS).map(append)).await {
        assert_eq!(outcome.expect("appended").through, 3);
    }
}
