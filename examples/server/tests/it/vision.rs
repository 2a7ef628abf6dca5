//! A vision model beside the server: what it says of the frames is in the archive, under its name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use codesight_core::model::InferredBy;
use codesight_core::pipeline::Pipeline;
use codesight_core::time::{Clock, Timestamp};
use codesight_openai::testkit::{ChatResponder, ChatTurn, FakeOptions, FakeService, Listening, listen};
use codesight_storage::ArchiveReader;
use codesight_storage::archive::ArchiveLimits;
use serde_json::{Value, json};

use crate::process::command;

const MODEL: &str = "gpt-4.1";

#[derive(Debug)]
struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000)
    }
}

fn seen() -> ChatResponder {
    Arc::new(|request| {
        assert!(request["messages"][1]["content"][1]["image_url"]["url"].is_string(), "a frame is shown");
        let seen = json!({
            "pageKind": "product", "pageState": "ready", "description": "A lamp for ottilie@canary.example",
            "intent": "inspect", "decisionStyle": "deliberate", "confidence": 0.75,
        });
        ChatTurn::Text(seen.to_string())
    })
}

async fn service() -> (FakeService, Listening) {
    let service = FakeService::new(FakeOptions::default(), Arc::new(Fixed)).answering(seen());
    let listening = listen(service.clone(), ([127, 0, 0, 1], 0).into()).await.expect("a free port");
    (service, listening)
}

/// Replays the demo into a server with these flags, and gives its archive.
async fn archive(folder: &Path, base_url: &str, flags: &[&str]) -> PathBuf {
    let mut demo = command();
    demo.args(["demo", "--exit", "--vision-model", MODEL, "--vision-base-url", base_url]).args(flags);
    demo.args(["--vision-key", &FakeOptions::default().key, "--data-dir"]).arg(folder);
    let output = tokio::task::spawn_blocking(move || demo.output()).await.expect("no panic");
    let output = output.expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let archives = std::fs::read_dir(folder.join("objects/demo/archives")).expect("the archives");
    archives.map(|entry| entry.expect("an entry").path()).next().expect("an archive")
}

async fn entry(archive: &Path, name: &str) -> Value {
    let reader = ArchiveReader::open_file(archive, &ArchiveLimits::default()).await.expect("sound");
    serde_json::from_slice(&reader.read_entry(name).await.expect("there")).expect("JSON")
}

/// How many files there are in a folder and below it.
fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

fn rules(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().expect("findings");
    findings.iter().filter_map(|finding| finding["rule"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_model_says_is_kept_masked_and_under_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let (service, listening) = service().await;
    let archive = archive(folder.path(), &listening.base_url(), &["--vision-frames", "3"]).await;
    assert_eq!(service.counts().chats, 3, "no more frames than the settings allow, each once");

    let analysis = entry(&archive, "vision-analysis.json").await;
    assert_eq!(analysis["model"], MODEL);
    let observations = analysis["observations"].as_array().expect("observations");
    assert_eq!(observations.len(), 3);
    assert!(
        observations.iter().all(|seen| seen["description"]
            .as_str()
            .is_some_and(|said| { said.starts_with("A lamp for <EMAIL_") })),
        "{observations:?}"
    );

    let report = entry(&archive, "quality-report.json").await;
    assert!(rules(&report).contains(&"vision-frames-left-out"), "{report}");
    let reader = ArchiveReader::open_file(&archive, &ArchiveLimits::default()).await.expect("sound");
    let input = reader.session_input().await.expect("what the pipeline was given");
    let intents = Pipeline::default().process_session(input).intents;
    let said_by = |who: InferredBy| intents.iter().filter(|intent| intent.inferred_by == who).count();
    assert!(
        said_by(InferredBy::Model(MODEL.into())) > 0,
        "the archive holds what the model said: {intents:?}"
    );
    assert!(said_by(InferredBy::Rule) > 0, "rules still speak for themselves");
    let left = files(&folder.path().join("objects/demo/captured"));
    assert_eq!(left, 0, "answers go with the captured frames");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_answer_or_money_rules_alone_speak_and_a_finding_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let (service, listening) = service().await;
    let poor = ["--vision-price", "2.5/10", "--vision-most-usd", "0.000001"];
    let poor = archive(&folder.path().join("poor"), &listening.base_url(), &poor).await;
    assert_eq!(service.counts().chats, 0);
    drop(listening);
    let gone = archive(&folder.path().join("gone"), "http://127.0.0.1:1/v1", &[]).await;
    for archive in [poor, gone] {
        let report = entry(&archive, "quality-report.json").await;
        assert!(rules(&report).contains(&"vision-unavailable"), "{report}");
        assert_eq!(entry(&archive, "vision-analysis.json").await["model"], Value::Null);
    }
}
