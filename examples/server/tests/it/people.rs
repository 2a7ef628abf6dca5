//! Data sets by person: archives and the catalog know people by the same stand-ins, and nobody is learned from and held out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Output;

use codesight_storage::archive::{ArchiveLimits, ArchiveReader};

use crate::process::command;
use crate::quality::archive_of_a_demo;

const PEOPLE: usize = 5;
/// An archive that was written before archives said whose they are.
const BEFORE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../codesight-storage/tests/data/archive/v2/hybrid.zip");

fn subject(person: usize) -> String {
    format!("jane-doe-{person}")
}

fn flow(person: usize, task: usize) -> String {
    format!(
        r##"{{ "title": "Task {task}", "steps": [
            {{ "type": "setViewport", "width": 1280, "height": 800, "deviceScaleFactor": 1, "isMobile": false, "hasTouch": false, "isLandscape": true }},
            {{ "type": "navigate", "url": "https://shop.example/mug-{person}", "assertedEvents": [] }},
            {{ "type": "click", "selectors": [["#add"]], "offsetX": 10, "offsetY": 8, "target": "main" }}
        ] }}"##
    )
}

/// Imports two tasks of each person; returns the person of each session.
fn record(folder: &Path) -> BTreeMap<String, usize> {
    let mut people = BTreeMap::new();
    for person in 0..PEOPLE {
        let mut import = command();
        import.args(["import", "--tenant", "t", "--purpose", "training", "--subject", &subject(person)]);
        import.args(["--collector", &format!("recorder-{person}"), "--data-dir"]).arg(folder);
        for task in 0..2 {
            let file = folder.join(format!("flow-{person}-{task}.json"));
            std::fs::write(&file, flow(person, task)).expect("written");
            import.arg(file);
        }
        let imported = import.output().expect("it runs");
        assert!(imported.status.success(), "{}", said(&imported));
        for archive in archives(folder) {
            people.entry(session_of(&archive)).or_insert(person);
        }
    }
    assert_eq!(people.len(), 2 * PEOPLE);
    people
}

fn archives(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.join("objects/t/archives")).expect("the archives");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

fn session_of(archive: &Path) -> String {
    archive.file_stem().expect("a name").to_string_lossy().into_owned()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn export(arguments: &[&str], archives: &[PathBuf], output: &Path) -> Output {
    let mut export = command();
    export.arg("export").args(arguments).arg("--output").arg(output).args(archives);
    export.output().expect("it runs")
}

/// The sessions of each part of an export by person, which is to go well.
fn parts(folder: &Path, name: &str, more: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let output = folder.join(name);
    let by_person = ["--format", "agentnet", "--split-by", "person", "--validation", "0.2", "--test", "0.2"];
    let arguments: Vec<&str> = by_person.iter().chain(more).copied().collect();
    let done = export(&arguments, &archives(folder), &output);
    assert!(done.status.success(), "{}", said(&done));
    let mut parts = BTreeMap::new();
    for part in ["train", "validation", "test"] {
        let rows = std::fs::read_to_string(output.join(format!("{part}.jsonl"))).expect("a part");
        let sessions = rows.lines().map(|row| {
            let row: serde_json::Value = serde_json::from_str(row).expect("a row");
            row["task_id"].as_str().expect("a session").to_owned()
        });
        parts.insert(part.to_owned(), sessions.collect());
    }
    parts
}

#[test]
fn nobody_stands_on_two_sides_of_a_split_by_person() {
    let folder = tempfile::tempdir().expect("a folder");
    let people = record(folder.path());
    let by_archives = parts(folder.path(), "by-archives", &[]);
    let mut seen = BTreeMap::new();
    for (part, sessions) in &by_archives {
        assert!(!sessions.is_empty(), "{by_archives:?}");
        for session in sessions {
            let person = people[session];
            assert_eq!(seen.entry(person).or_insert(part), &part, "person {person} is in two parts");
        }
    }
    assert_eq!(by_archives.values().map(BTreeSet::len).sum::<usize>(), people.len());

    let data = folder.path().to_str().expect("UTF-8");
    assert_eq!(parts(folder.path(), "by-catalog", &["--data-dir", data]), by_archives);
}

#[tokio::test]
async fn an_archive_says_whose_it_is_and_not_who() {
    let folder = tempfile::tempdir().expect("a folder");
    let people = record(folder.path());
    let mut subjects = BTreeMap::new();
    let mut collectors = BTreeSet::new();
    for archive in archives(folder.path()) {
        let person = people[&session_of(&archive)];
        let reader = ArchiveReader::open_file(&archive, &ArchiveLimits::default()).await.expect("sound");
        let manifest = serde_json::to_string(reader.manifest()).expect("JSON");
        assert!(!manifest.contains("jane") && !manifest.contains("recorder-"), "{manifest}");
        let found = reader.people();
        let subject = found.subject.expect("a stand-in");
        assert_eq!(subjects.entry(person).or_insert(subject.clone()), &subject);
        collectors.insert(found.collector.expect("a stand-in"));
        let input = reader.session_input().await.expect("readable");
        assert_eq!(input.session.consent.subject, subject);
    }
    let distinct: BTreeSet<_> = subjects.values().collect();
    assert_eq!((distinct.len(), collectors.len()), (PEOPLE, PEOPLE));
}

#[test]
fn where_it_decides_an_archive_must_say_whose_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = [PathBuf::from(BEFORE)];
    let output = folder.path().join("out");
    for deciding in [&["--split-by", "person", "--test", "0.5"][..], &["--per-collector", "3"]] {
        let arguments: Vec<&str> = ["--format", "trl"].iter().chain(deciding).copied().collect();
        let refused = export(&arguments, &before, &output);
        assert!(!refused.status.success() && said(&refused).contains("person-unknown"), "{}", said(&refused));
        assert!(!output.exists());
    }
    let done = export(&["--format", "trl", "--split-by", "person"], &before, &output);
    assert!(done.status.success(), "nothing is held out: {}", said(&done));
}

#[test]
fn a_collector_has_no_more_examples_than_the_share() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = archive_of_a_demo(folder.path());
    let output = folder.path().join("out");
    let done = export(&["--format", "trl", "--per-collector", "7"], &[archive.clone(), archive], &output);
    assert!(done.status.success(), "{}", said(&done));
    let rows = std::fs::read_to_string(output.join("train.jsonl")).expect("rows");
    assert_eq!(rows.lines().count(), 7);
    let card = std::fs::read_to_string(output.join("README.md")).expect("a card");
    assert!(card.contains("of 1 collectors") && card.contains("collector "), "{card}");
}
