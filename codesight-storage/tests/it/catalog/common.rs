//! What is tested on every database in the same way.

use std::sync::Arc;
use std::time::Duration;

use codesight_core::ErrorKind;
use codesight_core::ports::{Catalog, JobQueue, SessionCatalog, SessionJournal};
use codesight_core::testkit::{self, Suite, fixtures};
use futures_util::future::join_all;

/// The suites of sessions, journals and jobs.
pub(super) fn catalog_suites() -> [Suite<dyn Catalog>; 4] {
    [testkit::catalog_suite(), testkit::journal_suite(), testkit::jobs_suite(), testkit::reviews_suite()]
}

/// Two nodes on one database: the newer writer fences the older one off, and work is handed out once.
pub(super) async fn two_nodes_fence_each_other<C>(one: &C, two: &C)
where
    C: SessionCatalog + SessionJournal + JobQueue,
{
    let session = fixtures::session_ref(1).expect("a session");
    let now = fixtures::at(0);
    let append = async |node: &C, epoch: u64, seq: u64| {
        let record = fixtures::record(1, seq, 1_024).expect("a record");
        node.append(&session, epoch, vec![record], now).await
    };
    one.create(fixtures::new_session(1).expect("a session")).await.expect("created");
    let first = one.open_epoch(&session, now).await.expect("opened").epoch;
    append(one, first, 1).await.expect("appended");
    let second = two.open_epoch(&session, now).await.expect("opened").epoch;
    assert_eq!((first, second), (1, 2));
    let stale = append(one, first, 2).await.expect_err("fenced off");
    assert_eq!(stale.kind(), ErrorKind::Conflict);
    let head = append(two, second, 2).await.expect("appended");
    assert_eq!(head.through, 2);
    assert_eq!(one.head(&session).await.expect("a head"), head);

    for seed in 1..=20 {
        one.create(fixtures::new_session(seed).expect("a session")).await.expect("created");
        one.enqueue(fixtures::job(seed, now).expect("a job")).await.expect("queued");
    }
    let leases = (0..40).map(|number| {
        let node = if number % 2 == 0 { one } else { two };
        let worker = fixtures::worker(number).expect("a worker");
        async move { node.lease(&worker, now, Duration::from_secs(60)).await.expect("asked") }
    });
    let mut jobs: Vec<_> = join_all(leases).await.into_iter().flatten().map(|job| job.id).collect();
    assert_eq!(jobs.len(), 20);
    jobs.sort();
    jobs.dedup();
    assert_eq!(jobs.len(), 20);
}

/// Callers that give up at some moment leave their session without a hole, and everybody else undisturbed.
pub(super) async fn callers_that_go_away_break_no_group(catalog: Arc<dyn Catalog>) {
    let now = fixtures::at(0);
    const SESSIONS: u64 = 40;
    for seed in 0..SESSIONS {
        catalog.create(fixtures::new_session(seed).expect("a session")).await.expect("created");
        catalog.open_epoch(&fixtures::session_ref(seed).expect("a session"), now).await.expect("opened");
    }
    let tasks: Vec<_> = (0..SESSIONS)
        .map(|seed| {
            let catalog = Arc::clone(&catalog);
            tokio::spawn(async move {
                let session = fixtures::session_ref(seed).expect("a session");
                for seq in 1..=50 {
                    let record = fixtures::record(seed, seq, 4_096).expect("a record");
                    catalog.append(&session, 1, vec![record], now).await.expect("appended");
                }
            })
        })
        .collect();
    // Every second caller goes away at some moment.
    let mut numbers = fixtures::Seeded::new(1);
    for task in tasks.iter().step_by(2) {
        tokio::time::sleep(Duration::from_micros(numbers.below(1_500))).await;
        task.abort();
    }
    for (seed, task) in (0..).zip(tasks) {
        let finished = task.await.is_ok();
        let session = fixtures::session_ref(seed).expect("a session");
        // An append that was under way when its caller left may still be committed, whole.
        let records = catalog.read(&session, 0, 100).await.expect("records");
        let through = catalog.head(&session).await.expect("a head").through;
        assert!(through == 50 || !finished, "session {seed} ended at {through}");
        let places: Vec<_> = records.iter().map(|record| record.seq).collect();
        assert_eq!(places, (1..=places.len() as u64).collect::<Vec<_>>());
    }
}
