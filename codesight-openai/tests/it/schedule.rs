//! A thousand random schedules of faults: one job for each run, one file for each content, no event lost, in time.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use codesight_core::ports::{Tuner, TuningEvent, TuningJob, TuningRequest, TuningStatus};
use codesight_core::privacy::Masked;
use codesight_core::{Error, Result, Retry};
use codesight_openai::jobs::{Monitor, MonitorOptions, OpenAiTuner, TunerOptions, Watcher};
use codesight_openai::records::{MemoryRecords, Records};
use codesight_openai::testkit::{FakeOptions, FakeService, Fault, RateForm};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::time::{Instant, sleep};

use crate::service::{TokioClock, client_of};

/// What the whole run may take; a real training takes longer, its faults do not.
const DEADLINE: Duration = Duration::from_secs(4 * 3_600);

#[derive(Debug, Clone)]
struct Schedule {
    faults: Vec<Option<Fault>>,
    /// After how many requests the program dies and is started anew, again and again.
    lives: Vec<u8>,
    lines: u16,
}

fn fault() -> impl Strategy<Value = Fault> {
    let form = prop_oneof![
        (1_u64..5_000).prop_map(RateForm::Millis),
        (1_u8..200).prop_map(|seconds| RateForm::Seconds(f64::from(seconds) / 2.0)),
        (1_u64..150).prop_map(|seconds| RateForm::Date(Duration::from_secs(seconds))),
        Just(RateForm::Silent),
    ];
    prop_oneof![
        1 => Just(Fault::Unreachable),
        1 => Just(Fault::LostRequest),
        3 => Just(Fault::LostReply),
        2 => Just(Fault::ResetMidBody),
        2 => Just(Fault::Truncated),
        2 => Just(Fault::Page),
        1 => (1_u64..900).prop_map(|seconds| Fault::Slow(Duration::from_secs(seconds))),
        1 => form.prop_map(Fault::Limited),
        1 => prop_oneof![Just(500_u16), Just(502), Just(503), Just(504), Just(520)].prop_map(Fault::Failing),
        1 => Just(Fault::Refused(408, "timeout", "Too slow.")),
        1 => Just(Fault::Refused(409, "conflict", "Try again.")),
    ]
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let faults = prop::collection::vec(prop::option::weighted(0.45, fault()), 0..60);
    let lives = prop::collection::vec(1_u8..20, 0..4);
    (faults, lives, 1_u16..400).prop_map(|(faults, lives, lines)| Schedule { faults, lives, lines })
}

#[derive(Default)]
struct Seen {
    events: Vec<String>,
    statuses: Vec<TuningStatus>,
}

#[async_trait]
impl Watcher for Seen {
    async fn event(&mut self, event: &TuningEvent) -> Result<()> {
        self.events.push(event.id.clone());
        Ok(())
    }

    async fn status(&mut self, job: &TuningJob) -> Result<()> {
        self.statuses.push(job.status.clone());
        Ok(())
    }
}

/// One life of the program: upload, start, watch. Its end may come at any await.
async fn live(
    tuner: Arc<OpenAiTuner>,
    records: Arc<dyn Records>,
    lines: Bytes,
    seen: &mut Seen,
) -> Result<TuningJob> {
    let file = tuner.upload(Masked::from_store(lines)).await?;
    let request = TuningRequest {
        run_id: "run-1".into(),
        base_model: "gpt-4.1-2025-04-14".into(),
        training_file: file,
        validation_file: None,
        epochs: Some(2),
        suffix: None,
    };
    let job = tuner.start(request).await?;
    let options = MonitorOptions { deadline: Duration::from_secs(3_600), ..MonitorOptions::default() };
    Monitor::new(tuner, records, options).follow(&job.id, seen).await
}

async fn play(schedule: &Schedule) -> std::result::Result<(), TestCaseError> {
    let clock = TokioClock::start();
    let begun = Instant::now();
    let service = FakeService::new(FakeOptions::default(), Arc::clone(&clock));
    service.faults(|plan| plan.in_turn(schedule.faults.clone()));
    let client = client_of(&service, clock);
    let uploads = codesight_openai::uploads::UploadOptions { part_bytes: 4_000, parallel: 2 };
    let profile =
        client.profile().overridden(&serde_json::json!({ "limits": { "maxDirectFileBytes": 10_000 } }));
    let profile = profile.map_err(|error: Error| TestCaseError::fail(error.to_string()))?;
    let records: Arc<dyn Records> = Arc::new(MemoryRecords::default());
    let lines = Bytes::from(
        "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}\n".repeat(schedule.lines.into()),
    );
    let mut seen = Seen::default();
    let mut lives = schedule.lives.iter();
    let job = loop {
        prop_assert!(begun.elapsed() <= DEADLINE, "not done in time");
        let client = codesight_openai::client::Client::new(
            profile.clone(),
            Some(codesight_openai::client::ApiKey::new("sk-fake-0000")),
            Arc::new(service.clone()),
            Arc::clone(client.clock()),
        );
        let options = TunerOptions { uploads, records: Arc::clone(&records), ..TunerOptions::default() };
        let tuner = Arc::new(OpenAiTuner::new(client, options));
        let life = live(tuner, Arc::clone(&records), lines.clone(), &mut seen);
        let lived = match lives.next() {
            // Killed in the middle of whatever it does.
            Some(length) => tokio::time::timeout(Duration::from_millis(u64::from(*length) * 700), life).await,
            None => Ok(life.await),
        };
        match lived {
            Ok(Ok(job)) => break job,
            Ok(Err(error)) => match error.retry() {
                Retry::Never => return Err(TestCaseError::fail(format!("gave up: {error}"))),
                Retry::Later => sleep(Duration::from_secs(5)).await,
                Retry::After(wait) => sleep(wait).await,
            },
            Err(_) => {}
        }
    };
    prop_assert!(begun.elapsed() <= DEADLINE, "not done in time");
    prop_assert_eq!(&job.status, &TuningStatus::Succeeded);
    prop_assert_eq!(service.counts().jobs, 1, "jobs of the run");
    prop_assert_eq!(service.counts().training_files, 1, "files of the content");
    let all = service.event_ids(&job.id);
    let told: BTreeSet<_> = seen.events.iter().collect();
    prop_assert!(
        all.iter().all(|event| told.contains(event)),
        "an event was lost: {:?} of {:?}",
        seen.events,
        all
    );
    if schedule.lives.is_empty() {
        prop_assert_eq!(&seen.events, &all, "each event once, in order");
    }
    Ok(())
}

#[test]
fn a_thousand_schedules_lose_and_double_nothing() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime")
    };
    let config = Config { cases: 1_000, failure_persistence: None, ..Config::default() };
    let run = TestRunner::new(config).run(&schedule(), |schedule| runtime().block_on(play(&schedule)));
    if let Err(error) = run {
        panic!("{error}");
    }
}
