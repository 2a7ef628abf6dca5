//! The catalog and the audit log in SQLite; those on PostgreSQL are in `postgres`.

mod accounts;
mod common;
mod kill;
mod limits;
#[cfg(feature = "postgres")]
mod postgres;

use std::path::Path;
use std::sync::{Arc, Mutex};

use codesight_core::ErrorKind;
use codesight_core::ports::{
    AuditEntry, AuditLog, JobQueue, JournalHead, SessionCatalog, SessionJournal, SessionQuery,
};
use codesight_core::testkit::{self, Faults, FaultyCatalog, Suite, Summary, fixtures};
use codesight_storage::{Durability, SqliteCatalog, SqliteOptions};
use tempfile::TempDir;

fn options(folder: &Path) -> SqliteOptions {
    SqliteOptions::new(folder.join("catalog.sqlite"))
}

async fn open(folder: &Path) -> SqliteCatalog {
    SqliteCatalog::open(options(folder)).await.expect("opened")
}

/// Plays a suite on fresh files, each opened with `options` and dressed by `dress`.
async fn held<P: ?Sized + Send + Sync + 'static>(
    suite: Suite<P>,
    backend: &str,
    options: impl Fn(SqliteOptions) -> SqliteOptions + Send + Sync,
    dress: impl Fn(SqliteCatalog) -> Arc<P> + Send + Sync,
) {
    let folders = Mutex::new(Vec::new());
    let fresh = || async {
        let folder = TempDir::new().expect("a folder");
        let catalog = SqliteCatalog::open(options(self::options(folder.path()))).await.expect("opened");
        folders.lock().expect("not poisoned").push(folder);
        dress(catalog)
    };
    let summary = suite.run(backend, fresh).await.expect("the contract is kept");
    assert_eq!(summary, Summary { held: suite.scenarios().len(), skipped: Vec::new() });
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_the_contract() {
    for suite in common::catalog_suites() {
        held(suite, "SQLite", |options| options, |catalog| Arc::new(catalog)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn relaxed_sqlite_with_one_reader_behind_a_wrapper_keeps_the_contract() {
    for suite in common::catalog_suites() {
        held(
            suite,
            "relaxed SQLite with no faults",
            |options| options.durability(Durability::Relaxed).readers(1),
            |catalog| Arc::new(FaultyCatalog::new(Arc::new(catalog), Arc::new(Faults::none()))),
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_keeps_the_contract() {
    let log = |catalog: SqliteCatalog| Arc::new(catalog.audit_log()) as Arc<dyn AuditLog>;
    held(testkit::audit_suite(), "SQLite", |options| options, log).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reopening_keeps_everything() {
    let folder = TempDir::new().expect("a folder");
    let session = fixtures::session_ref(1).expect("a session");
    let now = fixtures::at(0);
    let (stored, head);
    {
        let catalog = open(folder.path()).await;
        for seed in [1, 2] {
            catalog.create(fixtures::new_session(seed).expect("a session")).await.expect("created");
        }
        let epoch = catalog.open_epoch(&session, now).await.expect("opened").epoch;
        let records = fixtures::records(1, 1, 40).expect("records");
        catalog.append(&session, epoch, records, now).await.expect("appended");
        head = catalog
            .seal(&session, Some(epoch), fixtures::job(1, now).expect("a job"), now)
            .await
            .expect("sealed");
        stored = catalog.get(&session).await.expect("stored");
        let log = catalog.audit_log();
        for seed in 0..3 {
            log.append(fixtures::audit_event(seed).expect("an event")).await.expect("appended");
        }
        // Dropped without being closed.
    }
    for _ in 0..2 {
        let catalog = open(folder.path()).await;
        assert_eq!(catalog.get(&session).await.expect("stored"), stored);
        assert_eq!(catalog.head(&session).await.expect("a head"), head);
        assert_eq!(head, JournalHead { epoch: 1, through: 40, sealed: true });
        let records = catalog.read(&session, 0, 100).await.expect("records");
        assert_eq!(records, fixtures::records(1, 1, 40).expect("records"));
        let page = catalog.query(&session.tenant, &SessionQuery::default()).await.expect("a page");
        assert_eq!(page.sessions.len(), 2);
        assert_eq!(catalog.counts(now).await.expect("counts").waiting, 1);
        let entries = catalog.audit_log().read(0, 10).await.expect("entries");
        assert_eq!(entries.len(), 3);
        AuditEntry::verify(None, &entries).expect("the chain holds");
        catalog.close().await;
        let closed = catalog.open_epoch(&session, now).await.expect_err("closed");
        assert_eq!(closed.kind(), ErrorKind::Unavailable);
        assert_eq!(catalog.get(&session).await.expect_err("closed").kind(), ErrorKind::Unavailable);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_on_one_file_fence_each_other() {
    let folder = TempDir::new().expect("a folder");
    // Opened at once, so that both find a file without tables.
    let (one, two) = tokio::join!(open(folder.path()), open(folder.path()));
    common::two_nodes_fence_each_other(&one, &two).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_that_go_away_break_no_group() {
    let folder = TempDir::new().expect("a folder");
    common::callers_that_go_away_break_no_group(Arc::new(open(folder.path()).await)).await;
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("catalog.sqlite"), "not a database, ".repeat(1_000)).expect("written");
    let refused = SqliteCatalog::open(options(folder.path())).await.expect_err("no database");
    assert_eq!(refused.kind(), ErrorKind::Corrupt);
    let nowhere = SqliteCatalog::open(options(&folder.path().join("missing"))).await.expect_err("no folder");
    assert_eq!(nowhere.kind(), ErrorKind::Unavailable);
}
