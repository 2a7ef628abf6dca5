//! The tuner against the stand-in: the suite of the port, and every exchange by the API's description.

use std::sync::Arc;

use codesight_core::ErrorKind;
use codesight_core::ports::Tuner;
use codesight_core::testkit::tuner_suite;
use codesight_openai::api::{CreateJob, DpoHyperparameters, Method, OrAuto, ReinforcementHyperparameters};
use codesight_openai::client::ApiFailure;
use codesight_openai::jobs::{FineTuning, OpenAiTuner, TunerOptions};
use codesight_openai::provider::{LocalTrainer, Recipe};
use codesight_openai::testkit::{FakeOptions, FakeService};
use codesight_openai::uploads::UploadOptions;
use serde_json::json;

use crate::service::{Description, client_of, fake, fixed};

fn small(service: &FakeService) -> OpenAiTuner {
    let client = client_of(service, fixed());
    // Small enough for the suite to try one byte too many, and for the parts to be used.
    let profile = client.profile().overridden(&json!({
        "limits": { "maxDirectFileBytes": 1_000, "maxFileBytes": 5_000 },
    }));
    let client = codesight_openai::client::Client::new(
        profile.expect("fields there are"),
        Some(codesight_openai::client::ApiKey::new("sk-fake-0000")),
        Arc::new(service.clone()),
        fixed(),
    );
    let uploads = UploadOptions { part_bytes: 700, parallel: 3 };
    OpenAiTuner::new(client, TunerOptions { uploads, ..TunerOptions::default() })
}

#[tokio::test]
async fn the_port_is_kept_and_every_exchange_is_as_described() {
    let description = Description::load();
    let services = std::sync::Mutex::new(Vec::new());
    let fresh = || -> Arc<dyn Tuner> {
        let service = FakeService::new(FakeOptions::default(), fixed());
        service.record();
        services.lock().expect("no panic").push(service.clone());
        Arc::new(small(&service))
    };
    tuner_suite().run("openai tuner", || async { fresh() }).await.expect("the suite of the port");
    let seen: Vec<_> = services.into_inner().expect("no panic").iter().flat_map(FakeService::seen).collect();
    assert!(seen.len() > 100, "{} exchanges", seen.len());
    let paths: std::collections::BTreeSet<_> =
        seen.iter().map(|seen| seen.path.split('/').nth(1).unwrap_or_default().to_owned()).collect();
    assert!(["files", "uploads", "fine_tuning"].iter().all(|path| paths.contains(*path)), "{paths:?}");
    let wrong: std::collections::BTreeSet<_> = seen.iter().flat_map(|seen| description.judge(seen)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_method_is_asked_for_as_described() {
    let description = Description::load();
    let (service, client) = fake(FakeOptions::default());
    service.record();
    let tuner = OpenAiTuner::new(client, TunerOptions::default());
    let lines = codesight_core::privacy::Masked::from_store(bytes::Bytes::from_static(b"{}\n"));
    let file = tuner.upload(lines).await.expect("uploaded");
    let grader = json!({ "type": "string_check", "name": "exact", "operation": "eq",
                         "input": "{{sample.output_text}}", "reference": "{{item.answer}}" });
    let methods = [
        Method::default(),
        Method::Dpo(DpoHyperparameters { beta: OrAuto::Value(0.1), ..DpoHyperparameters::default() }),
        Method::Reinforcement {
            grader,
            hyperparameters: ReinforcementHyperparameters {
                reasoning_effort: Some("low"),
                ..ReinforcementHyperparameters::default()
            },
        },
    ];
    for (run, method) in methods.into_iter().enumerate() {
        let request = CreateJob {
            model: "gpt-4.1-2025-04-14".into(),
            training_file: file.clone(),
            validation_file: Some(file.clone()),
            seed: Some(7),
            method,
            ..CreateJob::default()
        };
        let job = tuner.jobs().create_once(&format!("run-{run}"), request).await.expect("made");
        tuner.jobs().pause(&job.id).await.expect("held");
        tuner.jobs().resume(&job.id).await.expect("let go");
        while !tuner.jobs().get(&job.id).await.expect("there").tuning_status().is_final() {}
        let ended = tuner.jobs().get(&job.id).await.expect("there");
        assert_eq!(tuner.jobs().checkpoints(&job.id).await.expect("listed").len(), 3);
        assert_eq!(tuner.jobs().metrics(&ended).await.expect("a table").rows.len(), 3);
    }
    let wrong: Vec<_> = service.seen().iter().flat_map(|seen| description.judge(seen)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // The judge can find fault.
    let mut bad =
        service.seen().into_iter().find(|seen| seen.path == "/fine_tuning/jobs" && seen.request.is_some());
    let bad = bad.as_mut().expect("a creation");
    bad.request.as_mut().expect("JSON")["method"]["supervised"]["hyperparameters"]["n_epochs"] = json!(99);
    assert_eq!(description.judge(bad).len(), 1);
}

#[tokio::test]
async fn a_wrong_figure_costs_no_call() {
    let (service, client) = fake(FakeOptions::default());
    service.record();
    let jobs = FineTuning::new(client);
    let good = CreateJob { model: "gpt-4.1".into(), training_file: "file-1".into(), ..CreateJob::default() };
    let dpo = |beta| Method::Dpo(DpoHyperparameters { beta: OrAuto::Value(beta), ..Default::default() });
    let epochs = codesight_openai::api::Hyperparameters { n_epochs: OrAuto::Value(51), ..Default::default() };
    let wrong = [
        CreateJob { model: String::new(), ..good.clone() },
        CreateJob { suffix: Some("x".repeat(65)), ..good.clone() },
        CreateJob { method: dpo(2.5), ..good.clone() },
        CreateJob { method: Method::Supervised(epochs), ..good.clone() },
        CreateJob {
            method: Method::Reinforcement { grader: json!({}), hyperparameters: Default::default() },
            ..good.clone()
        },
    ];
    for request in wrong {
        assert_eq!(
            jobs.create_once("run", request).await.expect_err("out of range").kind(),
            ErrorKind::Invalid
        );
    }
    let long = "r".repeat(513);
    assert_eq!(jobs.create_once(&long, good).await.expect_err("too long").kind(), ErrorKind::Invalid);
    assert!(service.seen().is_empty());
}

#[tokio::test]
async fn a_closed_service_says_so_and_what_to_do() {
    let (_, client) = fake(FakeOptions { closed: true, ..FakeOptions::default() });
    let tuner = OpenAiTuner::new(client, TunerOptions::default());
    let lines = codesight_core::privacy::Masked::from_store(bytes::Bytes::from_static(b"{}\n"));
    // The upload is accepted all the same, as it is by the service.
    let file = tuner.upload(lines).await.expect("uploaded");
    let request = CreateJob { model: "gpt-4.1".into(), training_file: file, ..CreateJob::default() };
    let error = tuner.jobs().create_once("run", request).await.expect_err("closed");
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("train elsewhere"), "{error}");
    let failure = ApiFailure::of(&error).expect("what the service said");
    assert!(failure.has_code("training_not_available") && failure.message().contains("winding down"));
    assert!(
        !format!("{error} {error:?}").contains("winding down"),
        "the sentence is not in the error's texts"
    );
}

#[tokio::test]
async fn the_probe_knows_the_day_a_model_is_switched_off() {
    let models = vec![("old", Some("2026-11-22")), ("late", Some("2027-01-14")), ("open", None)];
    let (_, client) = fake(FakeOptions { models, ..FakeOptions::default() });
    let jobs = FineTuning::new(client);
    assert_eq!(jobs.probe("old").await.expect_err("its day has come").kind(), ErrorKind::Unsupported);
    let late = jobs.probe("late").await.expect("some days are left");
    assert_eq!((late.days_left, late.notices.is_empty()), (Some(53), false));
    assert_eq!(jobs.probe("open").await.expect("no day is set").days_left, None);
    assert_eq!(jobs.probe("none").await.expect_err("no such model").kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn odd_jobs_are_read() {
    let statuses = vec!["validating_files", "warming_up", "pausing", "running", "succeeded"];
    let (_, client) = fake(FakeOptions { quirks: true, statuses, ..FakeOptions::default() });
    let tuner = OpenAiTuner::new(client, TunerOptions::default());
    let lines = codesight_core::privacy::Masked::from_store(bytes::Bytes::from_static(b"{}\n"));
    let file = tuner.upload(lines).await.expect("uploaded");
    let request = codesight_core::testkit::fixtures::tuning_request("run", &file);
    let job = tuner.start(request).await.expect("made");
    let mut statuses = Vec::new();
    let ended = loop {
        let job = tuner.get(&job.id).await.expect("read");
        statuses.push(format!("{:?}", job.status));
        if job.status.is_final() {
            break job;
        }
    };
    assert_eq!(statuses, ["Validating", "Unknown(\"warming_up\")", "Paused", "Running", "Succeeded"]);
    assert!(ended.error.is_none() && ended.model_id.is_some());
    assert!(ended.metrics.training_loss.is_some());
}

#[tokio::test]
async fn a_trainer_of_ones_own_keeps_the_port() {
    let folders = std::sync::Mutex::new(Vec::new());
    let fresh = || -> Arc<dyn Tuner> {
        let folder = tempfile::tempdir().expect("a folder");
        let command = ["sh", "-c", "test -s lines.jsonl && test -s recipe.sh && sleep 0.3 && mkdir output"];
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        let trainer = LocalTrainer::new(folder.path().to_owned(), command, Recipe::MsSwift, fixed());
        folders.lock().expect("no panic").push(folder);
        Arc::new(trainer)
    };
    let summary =
        tuner_suite().run("local trainer", || async { fresh() }).await.expect("the suite of the port");
    assert_eq!(summary.skipped.len(), 1, "it states no limit on files: {:?}", summary.skipped);
}

#[tokio::test]
async fn a_command_that_fails_is_a_failed_job() {
    let folder = tempfile::tempdir().expect("a folder");
    let command = vec!["sh".to_owned(), "-c".to_owned(), "exit 3".to_owned()];
    let trainer = LocalTrainer::new(folder.path().to_owned(), command, Recipe::Trl, fixed());
    let lines = codesight_core::privacy::Masked::from_store(bytes::Bytes::from_static(b"{}\n"));
    let file = trainer.upload(lines).await.expect("kept");
    let job = trainer
        .start(codesight_core::testkit::fixtures::tuning_request("run", &file))
        .await
        .expect("started");
    let ended = loop {
        let job = trainer.get(&job.id).await.expect("there");
        if job.status.is_final() {
            break job;
        }
    };
    assert_eq!(ended.error.map(|(code, _)| code).as_deref(), Some("exit-3"));
    let recipe = Recipe::Trl.write("a \"model\"", Some(2), true);
    assert!(recipe.contains("MODEL = \"a \\\"model\\\"\"\nEPOCHS = 2\nVALIDATED = True\n"), "{recipe}");
    assert!(Recipe::MsSwift.write("it's", None, false).contains("--model 'it'\\''s'"));
}
