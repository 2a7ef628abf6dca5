//! Every suite on the memory backends, bare and behind the wrappers, and the suites themselves: complete and able
//! to fail.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use codesight_core::error::ErrorKind;
use codesight_core::memory::{
    MemoryAccounts, MemoryAuditLog, MemoryBlobStore, MemoryCatalog, MemoryKeyStore, MemoryNotifier,
    MemoryProviderFiles, MemoryTuner, ScriptedTranscriber, ScriptedVisionModel,
};
use codesight_core::model::VisionObservation;
use codesight_core::ports::{
    Accounts, ApiKeyRegister, AuditLog, BlobKey, BlobStore, Catalog, ConsentLedger, ExportRegister, KeyStore,
    Notice, NoticeLevel, Notifier, ProviderFiles, PutOutcome, RightsRegister, Transcriber, TranscriptSegment,
    Tuner, TunerCapabilities, TuningStatus, VisionModel,
};
use codesight_core::testkit::{
    self, AuditBackend, FaultMoment, Faults, FaultyAccounts, FaultyBlobStore, FaultyCatalog, Scenario, Suite,
    SuiteFailed, Summary, fixtures,
};
use codesight_core::time::FixedClock;

fn held<P: ?Sized + Send + Sync + 'static>(
    suite: &Suite<P>,
    backend: &str,
    fresh: impl Fn() -> Arc<P> + Send + Sync,
) {
    let summary = pollster::block_on(suite.run(backend, || async { fresh() })).expect("the contract is kept");
    assert_eq!(summary, Summary { held: suite.scenarios().len(), skipped: Vec::new() });
}

fn catalog_suites() -> [Suite<dyn Catalog>; 4] {
    [testkit::catalog_suite(), testkit::journal_suite(), testkit::jobs_suite(), testkit::reviews_suite()]
}

#[test]
fn memory_catalog() {
    for suite in catalog_suites() {
        held(&suite, "memory", || Arc::new(MemoryCatalog::new()));
        held(&suite, "memory with no faults", || {
            Arc::new(FaultyCatalog::new(Arc::new(MemoryCatalog::new()), Arc::new(Faults::none())))
        });
    }
}

#[test]
fn memory_blobs() {
    let suite = testkit::blobs_suite();
    held(&suite, "memory", || Arc::new(MemoryBlobStore::new()) as Arc<dyn BlobStore>);
    held(&suite, "memory with no faults", || {
        Arc::new(FaultyBlobStore::new(Arc::new(MemoryBlobStore::new()), Arc::new(Faults::none())))
    });
}

#[test]
fn memory_keys_audit_and_notices() {
    held(&testkit::keys_suite(), "memory", || Arc::new(MemoryKeyStore::new()) as Arc<dyn KeyStore>);
    held(&testkit::audit_suite(), "memory", || Arc::new(MemoryAuditLog::new()) as Arc<dyn AuditLog>);
    let capacity = NonZeroUsize::new(10).expect("not zero");
    held(&testkit::notifier_suite(), "memory", || {
        Arc::new(MemoryNotifier::new(capacity)) as Arc<dyn Notifier>
    });
}

#[test]
fn memory_accounts() {
    fn accounts() -> Arc<MemoryAccounts> {
        Arc::new(MemoryAccounts::new(Arc::new(MemoryAuditLog::new())))
    }
    fn faulty() -> Arc<FaultyAccounts> {
        Arc::new(FaultyAccounts::new(accounts(), Arc::new(Faults::none())))
    }
    held(&testkit::api_keys_suite(), "memory", || accounts() as Arc<dyn ApiKeyRegister>);
    held(&testkit::api_keys_suite(), "memory with no faults", || faulty() as Arc<dyn ApiKeyRegister>);
    held(&testkit::consents_suite(), "memory", || accounts() as Arc<dyn ConsentLedger>);
    held(&testkit::consents_suite(), "memory with no faults", || faulty() as Arc<dyn ConsentLedger>);
    held(&testkit::register_suite(), "memory", || accounts() as Arc<dyn RightsRegister>);
    held(&testkit::register_suite(), "memory with no faults", || faulty() as Arc<dyn RightsRegister>);
    held(&testkit::exports_suite(), "memory", || accounts() as Arc<dyn ExportRegister>);
    held(&testkit::exports_suite(), "memory with no faults", || faulty() as Arc<dyn ExportRegister>);
    held(&testkit::scrub_suite(), "memory", || accounts() as Arc<dyn Accounts>);
    held(&testkit::evidence_suite(), "memory", || {
        let log = Arc::new(MemoryAuditLog::new());
        let evidence = Arc::new(MemoryAccounts::new(Arc::clone(&log)));
        Arc::new(AuditBackend { log, evidence })
    });
    held(&testkit::provider_files_suite(), "memory", || {
        Arc::new(MemoryProviderFiles::holding(["file-1"])) as Arc<dyn ProviderFiles>
    });
}

fn observation(seed: u64) -> VisionObservation {
    VisionObservation {
        frame: fixtures::frame(seed).expect("a frame").hash,
        page_kind: None,
        description: "a page in one colour".to_owned(),
        intent: None,
        confidence: 0.5,
    }
}

#[test]
fn scripted_models() {
    held(&testkit::vision_suite(), "scripted", || {
        Arc::new(ScriptedVisionModel::new("script").with(observation(1)).with(observation(3)))
            as Arc<dyn VisionModel>
    });
    held(&testkit::transcriber_suite(), "scripted", || {
        Arc::new(ScriptedTranscriber::new("script")) as Arc<dyn Transcriber>
    });
}

fn tuner(cancel: bool) -> Arc<dyn Tuner> {
    let capabilities =
        TunerCapabilities { cancel, max_file_bytes: Some(100_000), ..TunerCapabilities::default() };
    Arc::new(MemoryTuner::new(capabilities, Arc::new(FixedClock::at(fixtures::EPOCH))))
}

#[test]
fn memory_tuner_with_and_without_cancel() {
    held(&testkit::tuner_suite(), "memory", || tuner(true));
    held(&testkit::tuner_suite(), "memory without cancel", || tuner(false));
}

#[test]
fn memory_tuner_walks_through_its_statuses() {
    pollster::block_on(async {
        let tuner = tuner(true);
        let lines = |text: &'static str| {
            codesight_core::privacy::Masked::from_store(Bytes::from_static(text.as_bytes()))
        };
        let file = tuner.upload(lines("{}\n{}\n")).await.expect("uploaded");
        let job = tuner.start(fixtures::tuning_request("run", &file)).await.expect("started");
        let mut statuses = vec![job.status];
        for _ in 0..3 {
            statuses.push(tuner.get(&job.id).await.expect("known").status);
        }
        use TuningStatus::{Queued, Running, Succeeded, Validating};
        assert_eq!(statuses, [Validating, Queued, Running, Succeeded]);
        assert_eq!(tuner.get(&job.id).await.expect("known").metrics.steps, 4);

        let file = tuner.upload(lines("\n\n")).await.expect("uploaded");
        let job = tuner.start(fixtures::tuning_request("empty", &file)).await.expect("started");
        let job = tuner.get(&job.id).await.expect("known");
        assert_eq!(job.status, TuningStatus::Failed);
        assert_eq!(job.error.expect("a reason").0, "empty-file");
    });
}

#[test]
fn scripted_models_recite() {
    pollster::block_on(async {
        let model = ScriptedVisionModel::new("script").with(observation(1)).with(observation(3));
        let frames: Vec<_> = (1..=3).map(|seed| fixtures::frame(seed).expect("a frame")).collect();
        let analysis = model.analyze("goal", &frames).await.expect("recited");
        assert_eq!(analysis.observations, [observation(1), observation(3)]);

        let audio = fixtures::silence(10);
        let segments = vec![TranscriptSegment { from_ms: 0.0, until_ms: 10.0, text: "hm".to_owned() }];
        let hash = codesight_core::id::ContentHash::of(&audio);
        let transcriber = ScriptedTranscriber::new("script").with(hash, segments.clone());
        assert_eq!(transcriber.transcribe("audio/wav", audio).await.expect("recited").segments, segments);
    });
}

#[test]
fn memory_notifier_keeps_the_latest() {
    pollster::block_on(async {
        let notifier = MemoryNotifier::new(NonZeroUsize::new(3).expect("not zero"));
        for number in 1..=5 {
            let (level, message) = (NoticeLevel::Info, String::new());
            notifier
                .notify(Notice { session: None, level, code: format!("code-{number}"), message })
                .await
                .expect("kept");
        }
        let codes: Vec<_> = notifier.latest().into_iter().map(|notice| notice.code).collect();
        assert_eq!(codes, ["code-3", "code-4", "code-5"]);
        assert_eq!(notifier.let_go(), 2);
    });
}

#[test]
fn faults_fail_the_calls_they_should() {
    pollster::block_on(async {
        let key = |name: &str| BlobKey::new(name).expect("a key");
        let store = |faults: Faults| {
            let inner: Arc<dyn BlobStore> = Arc::new(MemoryBlobStore::new());
            (FaultyBlobStore::new(Arc::clone(&inner), Arc::new(faults)), inner)
        };
        let outcomes = async |store: &FaultyBlobStore| {
            let mut outcomes = String::new();
            for number in 1..=5 {
                let put = store.put(&key(&number.to_string()), Bytes::new()).await;
                outcomes.push(match put {
                    Ok(PutOutcome::Created) => '+',
                    Ok(PutOutcome::AlreadyThere) => '=',
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::Unavailable);
                        '-'
                    }
                });
            }
            outcomes
        };
        for (faults, expected) in
            [(Faults::nth(2), "+-+++"), (Faults::every(2), "+-+-+"), (Faults::from(3), "++---")]
        {
            assert_eq!(outcomes(&store(faults).0).await, expected);
        }
        // A lost answer: the caller sees an error, the blob is there.
        let (faulty, inner) = store(Faults::nth(1).when(FaultMoment::After));
        assert_eq!(outcomes(&faulty).await, "-++++");
        assert!(inner.head(&key("1")).await.is_ok());
        // Slow calls wait once each.
        let waits = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&waits);
        let sleep: testkit::Sleep = Arc::new(move || {
            count.fetch_add(1, Ordering::SeqCst);
            Box::pin(async {})
        });
        let (faulty, _) = store(Faults::none().slowed_by(sleep));
        assert_eq!(outcomes(&faulty).await, "+++++");
        assert_eq!(waits.load(Ordering::SeqCst), 5);
        // The steps of an upload are calls, too.
        let (faulty, inner) = store(Faults::nth(3));
        let mut upload = faulty.upload(&key("u")).await.expect("begun");
        upload.write(Bytes::from_static(b"x")).await.expect("written");
        assert!(upload.finish().await.is_err());
        assert!(inner.head(&key("u")).await.is_err());
    });
}

/// A suite must notice a backend that does not keep the contract: here, one that is away from the third call on.
#[test]
fn a_suite_fails_on_a_backend_that_fails() {
    let fresh = || async {
        let catalog = FaultyCatalog::new(Arc::new(MemoryCatalog::new()), Arc::new(Faults::from(3)));
        Arc::new(catalog) as Arc<dyn Catalog>
    };
    let failed: SuiteFailed =
        pollster::block_on(testkit::journal_suite().run("away", fresh)).expect_err("most scenarios fail");
    assert!(failed.failed().len() > 20, "{failed}");
    assert!(failed.to_string().contains("append: all or none of the records are stored: a call failed"));
}

#[test]
fn fixtures_are_the_same_every_time_and_records_as_large_as_asked_for() {
    for bytes in [1_000, 1_024, 12_000, 100_000] {
        let record = fixtures::record(5, 9, bytes).expect("a record");
        assert_eq!(record.payload.len(), bytes);
        assert_eq!(record, fixtures::record(5, 9, bytes).expect("a record"));
        let back = record.payload.parse::<codesight_core::model::InteractionData>().expect("an interaction");
        assert_eq!(back.seq, Some(9));
    }
    assert_ne!(fixtures::record(5, 9, 2_000).expect("one"), fixtures::record(6, 9, 2_000).expect("another"));
}

/// Every line under "Behaviour" in a port's documentation has a scenario that bears it as its name, and no scenario
/// bears a line that is no longer there.
#[test]
fn every_line_of_behaviour_has_a_scenario() {
    let mut scenarios = BTreeMap::<&str, BTreeSet<String>>::new();
    for suite in catalog_suites() {
        scenarios.entry(suite.name()).or_default().extend(names(&suite));
    }
    scenarios.insert("blobs", names(&testkit::blobs_suite()));
    scenarios.insert("keys", names(&testkit::keys_suite()));
    scenarios.insert("audit", names(&testkit::audit_suite()));
    scenarios.insert("notify", names(&testkit::notifier_suite()));
    scenarios.insert("api_keys", names(&testkit::api_keys_suite()));
    scenarios.insert("consents", names(&testkit::consents_suite()));
    scenarios.insert("register", names(&testkit::register_suite()));
    scenarios.insert("exports", names(&testkit::exports_suite()));
    scenarios.insert("evidence", names(&testkit::evidence_suite()));
    scenarios.insert("scrub", names(&testkit::scrub_suite()));
    scenarios.insert("provider_files", names(&testkit::provider_files_suite()));
    scenarios.insert("tuner", names(&testkit::tuner_suite()));
    let mut models = names(&testkit::vision_suite());
    models.extend(names(&testkit::transcriber_suite()));
    scenarios.insert("models", models);

    let mut documented = 0;
    for file in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/ports")).expect("the ports") {
        let path = file.expect("a file").path();
        let port = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        let lines = behaviour(&fs::read_to_string(&path).expect("text"));
        documented += lines.len();
        let played = scenarios.remove(port.as_str()).unwrap_or_default();
        let missing: Vec<_> = lines.difference(&played).collect();
        let stale: Vec<_> = played.difference(&lines).collect();
        assert!(missing.is_empty(), "lines of {port}.rs without a scenario: {missing:#?}");
        assert!(stale.is_empty(), "scenarios of {port} without a line: {stale:#?}");
    }
    assert!(scenarios.is_empty(), "suites without a port: {:?}", scenarios.keys());
    assert!(documented > 30, "only {documented} lines were found");
}

fn names<P: ?Sized + Send + Sync + 'static>(suite: &Suite<P>) -> BTreeSet<String> {
    let all: BTreeSet<_> = suite.scenarios().iter().map(Scenario::name).collect();
    assert_eq!(all.len(), suite.scenarios().len(), "two scenarios of {} share a name", suite.name());
    let contract = suite.scenarios().iter().filter(|scenario| scenario.is_from_contract());
    contract.map(|scenario| scenario.name().to_owned()).collect()
}

/// The lines under "Behaviour", each as `method: line`.
fn behaviour(source: &str) -> BTreeSet<String> {
    let (mut found, mut pending, mut within) = (BTreeSet::new(), Vec::<String>::new(), false);
    for line in source.lines().map(str::trim) {
        match line.strip_prefix("///").map(str::trim) {
            Some("# Behaviour") => within = true,
            Some(text) if within => match text.strip_prefix("- ") {
                Some(first) => pending.push(first.to_owned()),
                None => {
                    if let Some(last) = pending.last_mut() {
                        last.push(' ');
                        last.push_str(text);
                    }
                }
            },
            Some(_) => {}
            None => {
                within = false;
                let signature = line.trim_start_matches("async ").strip_prefix("fn ").unwrap_or("");
                let method = signature.split(['(', '<']).next().unwrap_or("");
                assert!(pending.is_empty() || !method.is_empty(), "behaviour without a method: {pending:?}");
                found.extend(pending.drain(..).map(|text| format!("{method}: {text}")));
            }
        }
    }
    found
}
