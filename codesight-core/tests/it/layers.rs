//! The layers: each keeps every contract, and does what it is there for.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use codesight_core::layer::{
    CallMetrics, ConcurrencyLimit, Layer, LayeredAuditLog, LayeredBlobStore, LayeredCatalog, LayeredKeyStore,
    Measured, Retry, RetryPolicy, TimeLimit, VerifiedBlobStore,
};
use codesight_core::memory::{MemoryAuditLog, MemoryBlobStore, MemoryCatalog, MemoryKeyStore};
use codesight_core::ports::{
    AuditLog, BlobKey, BlobStore, Catalog, JobQueue as _, KeyStore, PutOutcome, SessionCatalog as _,
    SessionChange,
};
use codesight_core::testkit::{
    self, FaultMoment, Faults, FaultyBlobStore, FaultyCatalog, Lie, LyingBlobStore, Suite, fixtures,
};
use codesight_core::time::{InstantTimer, Timer};
use codesight_core::{Error, ErrorKind, Result, Retry as Verdict};
use futures_util::future::{BoxFuture, join_all};

/// A timer whose pauses never end.
#[derive(Debug)]
struct Frozen;

impl Timer for Frozen {
    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

fn held<P: ?Sized + Send + Sync + 'static>(
    suite: &Suite<P>,
    backend: &str,
    fresh: impl Fn() -> Arc<P> + Send + Sync,
) {
    let summary = pollster::block_on(suite.run(backend, || async { fresh() })).expect("the contract is kept");
    assert_eq!((summary.held, summary.skipped.len()), (suite.scenarios().len(), 0));
}

/// Runs every suite through a layer.
fn keeps_every_contract<L: Layer>(make: impl Fn() -> L + Send + Sync) {
    let name = format!("memory with {}", make());
    for suite in [testkit::catalog_suite(), testkit::journal_suite(), testkit::jobs_suite()] {
        held(&suite, &name, || {
            Arc::new(LayeredCatalog::new(Arc::new(MemoryCatalog::new()), Arc::new(make())))
                as Arc<dyn Catalog>
        });
    }
    held(&testkit::blobs_suite(), &name, || {
        Arc::new(LayeredBlobStore::new(Arc::new(MemoryBlobStore::new()), Arc::new(make())))
            as Arc<dyn BlobStore>
    });
    held(&testkit::keys_suite(), &name, || {
        Arc::new(LayeredKeyStore::new(Arc::new(MemoryKeyStore::new()), Arc::new(make()))) as Arc<dyn KeyStore>
    });
    held(&testkit::audit_suite(), &name, || {
        Arc::new(LayeredAuditLog::new(Arc::new(MemoryAuditLog::new()), Arc::new(make()))) as Arc<dyn AuditLog>
    });
}

fn retry(policy: RetryPolicy) -> (Retry, Arc<InstantTimer>) {
    let timer = Arc::new(InstantTimer::default());
    (Retry::new(policy, Arc::<InstantTimer>::clone(&timer), 1), timer)
}

#[test]
fn every_layer_keeps_every_contract() {
    keeps_every_contract(|| retry(RetryPolicy::default()).0);
    keeps_every_contract(|| TimeLimit::new(Duration::from_secs(1), Arc::new(Frozen)));
    keeps_every_contract(|| ConcurrencyLimit::new(2));
    keeps_every_contract(|| {
        Measured::new(Arc::new(CallMetrics::default()), Arc::new(InstantTimer::default()))
    });
    held(&testkit::blobs_suite(), "memory, read back", || {
        Arc::new(VerifiedBlobStore::new(Arc::new(MemoryBlobStore::new()))) as Arc<dyn BlobStore>
    });
}

#[test]
fn retries_hide_faults_that_pass_from_every_caller() {
    // Every third call fails before anything is done. (The catalog's suite adds errors, which is done once.)
    for suite in [testkit::journal_suite(), testkit::jobs_suite()] {
        held(&suite, "memory with faults, tried again", || {
            let faulty = FaultyCatalog::new(Arc::new(MemoryCatalog::new()), Arc::new(Faults::every(3)));
            let retry = retry(RetryPolicy::default()).0;
            Arc::new(LayeredCatalog::new(Arc::new(faulty), Arc::new(retry))) as Arc<dyn Catalog>
        });
    }
}

#[test]
fn retries_end_and_their_pauses_grow_within_bounds() {
    let policy = RetryPolicy {
        attempts: 4,
        first_pause: Duration::from_millis(100),
        longest_pause: Duration::from_millis(300),
        patience: Duration::from_secs(10),
    };
    let away = |policy| {
        let (retry, timer) = retry(policy);
        let faults = Arc::new(Faults::from(1));
        let store = FaultyBlobStore::new(Arc::new(MemoryBlobStore::new()), Arc::clone(&faults));
        let store = LayeredBlobStore::new(Arc::new(store), Arc::new(retry));
        let error = pollster::block_on(store.get(&BlobKey::new("a").expect("key"))).expect_err("away");
        (error, faults.calls(), timer.elapsed())
    };
    let (error, calls, waited) = away(policy);
    assert_eq!((error.kind(), calls), (ErrorKind::Unavailable, 4));
    assert!(error.to_string().ends_with("attempts=4"), "{error}");
    assert!(waited > Duration::ZERO && waited <= Duration::from_millis(100 + 200 + 300), "{waited:?}");
    let (_, calls, waited) = away(RetryPolicy { patience: Duration::ZERO, ..policy });
    assert_eq!((calls, waited), (1, Duration::ZERO), "no pause fits into no patience");
}

#[test]
fn what_the_other_side_asks_for_is_the_shortest_pause_and_what_cannot_help_is_not_tried() {
    let (retry, timer) = retry(RetryPolicy::default());
    let answers = std::sync::Mutex::new(vec![
        Err(Error::invalid("test", "never")),
        Ok(1),
        Err(Error::new(ErrorKind::Unavailable, "test", "slow down")
            .retry_when(Verdict::After(Duration::from_secs(7)))),
    ]);
    let next = || -> BoxFuture<'_, Result<u32>> {
        Box::pin(async { answers.lock().expect("not poisoned").pop().expect("no more calls") })
    };
    assert_eq!(pollster::block_on(retry.repeatable("test", next)).expect("the second answer"), 1);
    assert!(timer.elapsed() >= Duration::from_secs(7), "{:?}", timer.elapsed());
    let error = pollster::block_on(retry.repeatable("test", next)).expect_err("the last answer");
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

#[test]
fn what_would_count_twice_is_made_once() {
    // The work is done and the answer is lost: the second call would do it again.
    pollster::block_on(async {
        let memory: Arc<dyn Catalog> = Arc::new(MemoryCatalog::new());
        memory.create(fixtures::new_session(1).expect("a session")).await.expect("created");
        let lost = || Arc::new(Faults::nth(1).when(FaultMoment::After));
        let faulty = || Arc::new(FaultyCatalog::new(Arc::clone(&memory), lost()));
        let catalog = || LayeredCatalog::new(faulty(), Arc::new(retry(RetryPolicy::default()).0));
        let session = fixtures::session_ref(1).expect("a session");
        let problem = serde_json::from_value(serde_json::json!({
            "category": "processing", "code": "c", "message": "m", "step": "s", "at": 1, "retryable": true
        }));
        let change =
            SessionChange { new_errors: vec![problem.expect("an error")], ..SessionChange::default() };
        catalog().update(&session, change).await.expect_err("its answer was lost");
        assert_eq!(memory.get(&session).await.expect("stored").errors.len(), 1);
        let change = SessionChange { archive_url: Some("a".into()), ..SessionChange::default() };
        catalog().update(&session, change).await.expect("made again");

        let log: Arc<dyn AuditLog> = Arc::new(MemoryAuditLog::new());
        let faulty = LayeredAuditLog::new(Arc::clone(&log), lost());
        let careful = LayeredAuditLog::new(Arc::new(faulty), Arc::new(retry(RetryPolicy::default()).0));
        careful.append(fixtures::audit_event(1).expect("an event")).await.expect_err("its answer was lost");
        assert_eq!(log.read(0, 10).await.expect("entries").len(), 1);
    });
}

#[test]
fn a_call_that_never_ends_is_ended() {
    let faults = Faults::none().slowed_by(Arc::new(|| Box::pin(std::future::pending())));
    let stuck = FaultyCatalog::new(Arc::new(MemoryCatalog::new()), Arc::new(faults));
    let limit = TimeLimit::new(Duration::from_secs(3), Arc::new(InstantTimer::default()));
    let catalog = LayeredCatalog::new(Arc::new(stuck), Arc::new(limit));
    let error = pollster::block_on(catalog.counts(fixtures::at(0))).expect_err("ended");
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Unavailable, Verdict::Later));
    assert_eq!(error.operation(), "jobs.counts");
}

#[test]
fn no_more_calls_are_under_way_than_allowed() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NOW: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let limit = ConcurrencyLimit::new(3);
    let call = || -> BoxFuture<'_, Result<()>> {
        Box::pin(async {
            MOST.fetch_max(NOW.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            for _ in 0..3 {
                let mut waited = false;
                std::future::poll_fn(|context| {
                    context.waker().wake_by_ref();
                    if std::mem::replace(&mut waited, true) {
                        std::task::Poll::Ready(())
                    } else {
                        std::task::Poll::Pending
                    }
                })
                .await;
            }
            NOW.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        })
    };
    pollster::block_on(join_all((0..20).map(|_| limit.repeatable("test", call))));
    assert_eq!(MOST.load(Ordering::SeqCst), 3);
}

#[test]
fn calls_are_counted_by_how_they_end() {
    let metrics = Arc::new(CallMetrics::default());
    let measured = Measured::new(Arc::<CallMetrics>::clone(&metrics), Arc::new(InstantTimer::default()));
    let store = LayeredBlobStore::new(Arc::new(MemoryBlobStore::new()), Arc::new(measured));
    let key = BlobKey::new("a").expect("key");
    pollster::block_on(async {
        store.get(&key).await.expect_err("missing");
        store.put(&key, Bytes::from_static(b"x")).await.expect("put");
        store.get(&key).await.expect("there");
        store.get(&key).await.expect("there");
    });
    let figures = metrics.figures();
    let calls: Vec<_> = figures.iter().map(|(name, figures)| (*name, figures.calls)).collect();
    assert_eq!(calls, [(("blob.get", "not-found"), 1), (("blob.get", "ok"), 2), (("blob.put", "ok"), 1)]);
    assert_eq!(figures[&("blob.get", "ok")].within, [2; CallMetrics::BOUNDS.len()]);
}

#[test]
fn a_store_that_lies_is_found_out_and_leaves_no_blob_in_the_way() {
    pollster::block_on(async {
        let (key, bytes) = (BlobKey::new("t/one").expect("key"), Bytes::from(vec![7; 100_000]));
        for lie in [Lie::Torn, Lie::Forgotten, Lie::Changed, Lie::Misread] {
            let memory: Arc<dyn BlobStore> = Arc::new(MemoryBlobStore::new());
            let liar: Arc<dyn BlobStore> = Arc::new(LyingBlobStore::new(Arc::clone(&memory), lie));
            // Bare, nothing is noticed.
            assert_eq!(liar.put(&key, bytes.clone()).await.expect("so it says"), PutOutcome::Created);
            memory.delete(&key).await.expect("deleted");

            let careful = VerifiedBlobStore::new(liar);
            let error = careful.put(&key, bytes.clone()).await.expect_err("found out");
            assert_eq!((error.kind(), error.retry()), (ErrorKind::Corrupt, Verdict::Later), "{lie:?}");
            let mut upload = careful.upload(&key).await.expect("begun");
            upload.write(bytes.clone()).await.expect("written");
            assert_eq!(upload.finish().await.expect_err("found out").kind(), ErrorKind::Corrupt, "{lie:?}");

            assert_eq!(memory.head(&key).await.expect_err("nothing is left").kind(), ErrorKind::NotFound);
            assert_eq!(memory.put(&key, bytes.clone()).await.expect("put"), PutOutcome::Created);
        }
    });
}
