//! `exit` takes along what a closing service holds.

use std::sync::Arc;

use bytes::Bytes;
use codesight_core::ports::{Tuner, TuningRequest};
use codesight_core::privacy::Masked;
use codesight_core::time::{Clock, Timestamp};
use codesight_openai::client::{ApiKey, Client, HttpExchange};
use codesight_openai::jobs::{OpenAiTuner, TunerOptions};
use codesight_openai::provider::Profile;
use codesight_openai::testkit::{FakeOptions, FakeService, listen};
use serde_json::Value;

use crate::process::command;
use crate::quality::archive_of_a_demo;

#[derive(Debug)]
struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_795_348_800_000)
    }
}

/// A service with one trained model; the lines it learnt from, and where it listens.
async fn trained() -> (FakeService, codesight_openai::testkit::Listening, Bytes, String) {
    let service = FakeService::new(FakeOptions::default(), Arc::new(Fixed));
    let listening = listen(service.clone(), ([127, 0, 0, 1], 0).into()).await.expect("a free port");
    let profile = Profile::named("openai").expect("known").at(listening.base_url());
    let exchange = Arc::new(HttpExchange::new().expect("a client"));
    let key = ApiKey::new(FakeOptions::default().key);
    let client = Client::new(profile, Some(key), exchange, Arc::new(Fixed));
    let tuner = OpenAiTuner::new(client, TunerOptions::default());
    let lines = Bytes::from("{\"messages\":[]}\n".repeat(10));
    let file = tuner.upload(Masked::from_store(lines.clone())).await.expect("uploaded");
    let request = TuningRequest {
        run_id: "run-1".into(),
        base_model: "gpt-4o-2024-08-06".into(),
        training_file: file.clone(),
        validation_file: None,
        epochs: None,
        suffix: None,
    };
    let job = tuner.start(request).await.expect("started");
    while !tuner.get(&job.id).await.expect("there").status.is_final() {}
    (service, listening, lines, file)
}

#[tokio::test(flavor = "multi_thread")]
async fn models_lines_and_the_next_command_are_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_service, listening, lines, file) = trained().await;
    let run = |more: &[&str]| {
        let mut exit = command();
        exit.args(["exit", "--base-url", &listening.base_url(), "--key", &FakeOptions::default().key]);
        exit.arg("--folder").arg(folder.path().join("taken")).args(more);
        async move {
            let output = tokio::task::spawn_blocking(move || exit.output()).await.expect("no panic");
            let output = output.expect("it runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).expect("text")
        }
    };
    let listed = run(&["--list"]).await;
    assert!(listed.contains("model      ft:gpt-4o-2024-08-06:"), "{listed}");
    assert!(!folder.path().join("taken").exists(), "a list takes nothing");

    let taken = run(&[]).await;
    assert!(taken.contains("next       codesight-server train --provider together"), "{taken}");
    let taken = folder.path().join("taken");
    let kept = std::fs::read(taken.join(format!("{file}.jsonl"))).expect("the lines");
    assert_eq!(Bytes::from(kept), lines, "byte for byte what was uploaded");
    let inventory = std::fs::read(taken.join("inventory.json")).expect("the inventory");
    let inventory: Value = serde_json::from_slice(&inventory).expect("JSON");
    assert_eq!(inventory["models"][0]["trainingFile"], file);
    assert_eq!(inventory["models"][0]["baseModel"], "gpt-4o-2024-08-06");

    // The model still answers: what it says to the steps of an archive is kept, to hold its successor against.
    let archive = archive_of_a_demo(&folder.path().join("demo"));
    let archive = archive.to_str().expect("text");
    let data = folder.path().join("demo");
    let asked = run(&["--steps", archive, "--data-dir", data.to_str().expect("text")]).await;
    assert!(asked.contains("golden     "), "{asked}");
    let golden = std::fs::read_dir(&taken).expect("the folder").map(|entry| entry.expect("an entry").path());
    let golden = golden
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("golden-")))
        .collect::<Vec<_>>();
    let [golden] = golden.as_slice() else { panic!("one set of answers: {golden:?}") };
    let golden: Value = serde_json::from_slice(&std::fs::read(golden).expect("the set")).expect("JSON");
    assert_eq!(golden["model"], inventory["models"][0]["availability"]["model"]);
    let answers = golden["answers"].as_object().expect("by step").len();
    assert!(answers > 20, "every step of the archive is answered: {answers}");
    assert!(asked.contains(&format!("of {answers} steps right")), "{asked}");
}
