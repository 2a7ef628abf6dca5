//! What people agreed to limits what commands make of their archives, and an erasure reaches what was uploaded.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use codesight_core::time::{FixedClock, Timestamp};
use codesight_openai::testkit::{FakeOptions, FakeService, Fault, Listening, listen};

use crate::process::command;
use crate::quality::archive_of_a_demo;
use crate::rights::{DEMO_SUBJECT, found, holding, run, succeed, until};

/// A user flow of the Chrome DevTools Recorder.
const FLOW: &str = r#"{ "title": "Put a mug into the cart", "steps": [
    { "type": "setViewport", "width": 1280, "height": 800, "deviceScaleFactor": 1, "isMobile": false, "hasTouch": false, "isLandscape": true },
    { "type": "navigate", "url": "https://shop.example/mug", "assertedEvents": [] },
    { "type": "click", "selectors": [["aria/Add to cart"], ["button.add"]], "offsetX": 10, "offsetY": 8, "target": "main" }
] }"#;

/// The archive of an imported session whose person agreed to `purpose`.
fn archive_for(folder: &Path, purpose: &str) -> PathBuf {
    let flow = folder.join("flow.json");
    std::fs::write(&flow, FLOW).expect("written");
    let arguments = ["import", "--tenant", "t", "--purpose", purpose, "--data-dir"];
    let imported = command().args(arguments).arg(folder).arg(&flow).output().expect("it runs");
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    let mut archives = std::fs::read_dir(folder.join("objects/t/archives")).expect("the archives");
    archives.next().expect("an archive").expect("an entry").path()
}

/// Whether a command went well, and what it said when it did not.
fn outcome(arguments: &[&str], archive: &Path, folder: &Path) -> (bool, String) {
    let mut command = command();
    let output = command.args(arguments).arg(folder).arg(archive).output().expect("it runs");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn sessions_of_other_purposes_are_neither_exported_nor_trained_on_nor_asked_about() {
    for (purpose, agreed) in [("training", true), ("research", false)] {
        let folder = tempfile::tempdir().expect("a folder");
        let archive = archive_for(folder.path(), purpose);
        let commands: [&[&str]; 3] = [
            &["export", "--format", "agentnet", "--output"],
            &["train", "--provider", "fake", "--folder"],
            &["evaluate", "--provider", "fake", "--model", "gpt-4o", "--folder"],
        ];
        for arguments in commands {
            let (done, said) = outcome(arguments, &archive, &folder.path().join("out"));
            assert_eq!(said.contains("purpose-missing"), !agreed, "{arguments:?} for {purpose}: {said}");
            assert!(agreed || !done, "{arguments:?} for {purpose}");
        }
    }
}

fn export(archive: &Path, output: &Path, data: Option<&Path>) -> std::process::Output {
    let mut export = command();
    export.args(["export", "--format", "trl", "--output"]).arg(output).arg(archive);
    if let Some(data) = data {
        export.arg("--data-dir").arg(data);
    }
    export.output().expect("the server binary runs")
}

/// The audit log, as it is handed out.
fn log(data: &Path) -> String {
    let file = data.join("log.jsonl");
    succeed(data, &["audit", "export", "--out", file.to_str().expect("UTF-8")]);
    std::fs::read_to_string(file).expect("written")
}

#[test]
fn what_was_taken_back_since_is_known_to_the_ledger() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = archive_of_a_demo(folder.path());
    let elsewhere = tempfile::tempdir().expect("a folder");
    let (first, second) = (elsewhere.path().join("first"), elsewhere.path().join("second"));
    let made = export(&archive, &first, Some(folder.path()));
    assert!(made.status.success(), "{made:?}");
    assert!(log(folder.path()).contains("training-exported"));

    succeed(
        folder.path(),
        &["consent", "withdraw", "--subject", DEMO_SUBJECT, "--purpose", "training", "--keep"],
    );
    let refused = export(&archive, &second, Some(folder.path()));
    assert!(!refused.status.success() && !second.exists());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("purpose-missing"), "{refused:?}");
    assert!(log(folder.path()).contains("export-refused"));
    let nowhere = export(&archive, &second, Some(elsewhere.path()));
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("there is no data"), "{nowhere:?}");
    assert!(succeed(folder.path(), &["audit", "verify"]).contains("whole"));
}

/// A service that holds files, and the settings by which commands reach it.
struct Service {
    fake: FakeService,
    url: String,
    key: PathBuf,
    _listening: Listening,
}

impl Service {
    async fn start(folder: &Path) -> Self {
        let options = FakeOptions::default();
        let key = folder.join("key");
        std::fs::write(&key, &options.key).expect("written");
        let fake = FakeService::new(options, Arc::new(FixedClock::at(Timestamp::from_millis(1))));
        let listening = listen(fake.clone(), SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
        Self { fake, url: listening.base_url(), key, _listening: listening }
    }

    fn files(&self) -> usize {
        self.fake.counts().training_files
    }

    /// Starts `train`, and waits until the file is there.
    async fn upload(&self, archive: &Path, folder: &Path, data: &Path) -> Child {
        let mut train = command();
        train.args(["train", "--provider", "openai", "--base-url", &self.url, "--key-file"]).arg(&self.key);
        train.arg("--folder").arg(folder).arg("--data-dir").arg(data).arg(archive);
        let child = train.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("runs");
        until("the upload", || self.files() == 1).await;
        child
    }

    fn setting(&self) -> String {
        format!("openai@{}={}", self.url, self.key.display())
    }
}

fn kill(child: &mut Child) {
    let _ = child.kill();
    child.wait().expect("a child");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_reaches_what_was_uploaded_and_is_taken_up_after_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, training) = (folder.path().join("data"), folder.path().join("training"));
    let archive = archive_of_a_demo(&data);
    let service = Service::start(folder.path()).await;
    kill(&mut service.upload(&archive, &training, &data).await);
    let noted = found(&data, DEMO_SUBJECT)["exports"].to_string();
    assert!(noted.contains("\"service\":\"openai\""), "{noted}");

    // Without the service's key the file is named in the certificate as what is left.
    let report = succeed(&data, &["erase", "--subject", DEMO_SUBJECT]);
    assert!(report.contains("pending") && service.files() == 1, "{report}");

    // The service deletes and does not answer; the program is killed while it waits.
    service.fake.faults(|plan| plan.next(Method::DELETE, "/files/", Fault::Slow(Duration::from_secs(60))));
    let setting = service.setting();
    let mut child = command()
        .args(["erase", "--subject", DEMO_SUBJECT, "--uploads-at", &setting, "--data-dir"])
        .arg(&data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("runs");
    until("the deletion", || service.files() == 0).await;
    kill(&mut child);

    let erase = ["erase", "--subject", DEMO_SUBJECT, "--uploads-at", &setting];
    let report = succeed(&data, &erase);
    assert!(report.contains("certified") && !report.contains("pending"), "{report}");
    let after = found(&data, DEMO_SUBJECT);
    assert_eq!(after["requests"][0]["status"], "settled", "{after}");
    assert_eq!(holding(&data, DEMO_SUBJECT), Vec::<String>::new());
    assert!(!run(&data, &["erase", "--subject", "nobody"]).status.success());
}

/// Stops a program where it is, or lets it go on.
fn signal(child: &Child, name: &str) {
    let sent = std::process::Command::new("kill").args([name, &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_at_a_service_after_its_person_was_erased_is_deleted_by_who_sent_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, training) = (folder.path().join("data"), folder.path().join("training"));
    let archive = archive_of_a_demo(&data);
    let service = Service::start(folder.path()).await;
    service.fake.faults(|plan| plan.next(Method::POST, "/files", Fault::Slow(Duration::from_secs(12))));
    let train = service.upload(&archive, &training, &data).await;
    // Stopped before it was told that the file has arrived.
    signal(&train, "-STOP");
    let report = succeed(&data, &["erase", "--subject", DEMO_SUBJECT]);
    signal(&train, "-CONT");
    assert!(report.contains("certified"), "{report}");
    let ended = train.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success() && said.contains("erased meanwhile"), "{said}");
    assert_eq!(service.files(), 0);
}
