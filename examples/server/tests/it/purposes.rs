//! Whoever did not agree to training is in no training data that commands make.

use std::path::{Path, PathBuf};

use crate::process::command;

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
fn sessions_of_other_purposes_are_neither_exported_nor_trained_on() {
    for (purpose, agreed) in [("training", true), ("research", false)] {
        let folder = tempfile::tempdir().expect("a folder");
        let archive = archive_for(folder.path(), purpose);
        let commands: [&[&str]; 2] =
            [&["export", "--format", "agentnet", "--output"], &["train", "--provider", "fake", "--folder"]];
        for arguments in commands {
            let (done, said) = outcome(arguments, &archive, &folder.path().join("out"));
            assert_eq!(said.contains("purpose-missing"), !agreed, "{arguments:?} for {purpose}: {said}");
            assert!(agreed || !done, "{arguments:?} for {purpose}");
        }
    }
}
