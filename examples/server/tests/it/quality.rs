//! `lint` and `score` on the archive that a demo leaves.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::process::command;

fn run(arguments: &[&str], archive: &Path) -> Output {
    command().args(arguments).arg(archive).output().expect("the server binary runs")
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

pub(crate) fn archive_of_a_demo(folder: &Path) -> PathBuf {
    let demo = command().args(["demo", "--exit", "--data-dir"]).arg(folder).output().expect("it runs");
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    let archives = std::fs::read_dir(folder.join("objects/demo/archives")).expect("the archives");
    archives.map(|entry| entry.expect("an entry").path()).next().expect("an archive")
}

#[test]
fn an_archive_is_linted_and_scored_as_it_was_when_it_was_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = archive_of_a_demo(folder.path());

    let linted = run(&["lint", "--format", "json", "--level", "info"], &archive);
    let linted: Value = serde_json::from_str(&text(&linted)).expect("one document");
    let report = &linted["report"];
    let rules: Vec<&str> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|finding| finding["rule"].as_str())
        .collect();
    assert!(rules.contains(&"capture-paused"), "{rules:?}");

    let scored = text(&run(&["score"], &archive));
    let overall = report["score"]["overall"].as_f64().expect("a number");
    assert!(scored.contains(&format!("quality {overall:.2} ")), "{scored}");
    assert!(scored.contains("task-done 0.95"), "{scored}");
    let explained = text(&run(&["score", "--explain"], &archive));
    assert!(explained.contains("frames ") && explained.contains("confirmation"), "{explained}");

    let sarif = text(&run(&["lint", "--format", "sarif"], &archive));
    let sarif: Value = serde_json::from_str(&sarif).expect("one document");
    assert_eq!(sarif["version"], "2.1.0");

    let passes = run(&["lint", "--level", "info"], &archive);
    assert!(passes.status.success());
    let fails = run(&["lint", "--level", "info", "--fail-on", "info"], &archive);
    assert!(!fails.status.success());
    assert!(String::from_utf8_lossy(&fails.stderr).contains("findings matter"));

    let missing = run(&["lint"], Path::new("no-such-archive.zip"));
    assert!(!missing.status.success());
    assert!(String::from_utf8_lossy(&missing.stderr).contains("no-such-archive.zip"));
}
