//! The demo from end to end, and the proof that nothing personal of it is left anywhere.

use std::path::{Path, PathBuf};
use std::process::Command;

use codesight_core::Error;
use codesight_core::pipeline::Pipeline;
use codesight_openai::format::{ChatFormat, FrameIndexImages, ImagePolicy};
use codesight_storage::ArchiveReader;
use codesight_storage::archive::ArchiveLimits;
use serde::Deserialize;

use crate::process::command;

const RECORDING: &[u8] = include_bytes!("../../../shop/recording/shopping-session.wire");
/// What a recorder without any masking made of the same person; see `examples/shop/README.md`.
const UNMASKED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shop/recording/unmasked-session.wire");
const PLANTED: &str = include_str!("../../../shop/recording/planted.json");

#[derive(Deserialize)]
struct Planted {
    values: Vec<Plant>,
    dropped: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plant {
    value: String,
    kind: String,
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The ways a value may have been written somewhere.
fn encodings(value: &str) -> Vec<String> {
    let percent: String =
        value
            .bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect();
    let mut all = vec![value.to_owned(), percent, value.replace('@', "%40"), value.replace(' ', "+")];
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= 9 {
        all.push(digits);
    }
    all
}

/// Whether lower-case `bytes` hold the value, in whatever case it was written.
fn holds(bytes: &[u8], value: &str) -> bool {
    memchr::memmem::find(bytes, value.to_ascii_lowercase().as_bytes()).is_some()
}

/// Runs the demo and gives every byte it left, by where it is: files, entries of archives, log and report.
async fn left_behind(arguments: &[&str]) -> Vec<(String, Vec<u8>)> {
    let folder = tempfile::tempdir().expect("a folder");
    let output = command()
        .args(["demo", "--exit", "--data-dir"])
        .arg(folder.path())
        .args(arguments)
        .env("RUST_LOG", "trace")
        .output()
        .expect("the demo runs");
    let report = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{report}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(report.contains("verified") && report.contains("; accepted"), "{report}");

    let mut places =
        vec![("the log".to_owned(), output.stderr), ("the report".to_owned(), report.into_bytes())];
    for path in files(folder.path()) {
        let name = path.strip_prefix(folder.path()).expect("inside").display().to_string();
        if name.ends_with(".zip") {
            let archive = ArchiveReader::open_file(&path, &ArchiveLimits::default()).await.expect("sound");
            let entries: Vec<String> =
                archive.manifest().files.iter().map(|file| file.path.clone()).collect();
            assert!(entries.len() > 40, "the archive holds {} files", entries.len());
            for entry in entries {
                places.push((
                    format!("{name}/{entry}"),
                    archive.read_entry(&entry).await.expect("readable").to_vec(),
                ));
            }
        }
        places.push((name, std::fs::read(&path).expect("readable")));
    }
    places.iter_mut().for_each(|(_, bytes)| bytes.make_ascii_lowercase());
    places
}

fn planted() -> Planted {
    let planted: Planted = serde_json::from_str(PLANTED).expect("the list of plants");
    assert!(planted.values.len() > 10 && !planted.dropped.is_empty());
    planted
}

fn assert_none_of(planted: &Planted, places: &[(String, Vec<u8>)]) {
    for plant in &planted.values {
        for written in encodings(&plant.value) {
            let found: Vec<&str> = places
                .iter()
                .filter(|(_, bytes)| holds(bytes, &written))
                .map(|(name, _)| name.as_str())
                .collect();
            assert!(found.is_empty(), "a planted {} is left in {found:?}", plant.kind);
        }
    }
}

/// The browser extension recorded the demo's session: it masks before it sends, and nothing comes back on the way.
#[tokio::test]
async fn the_demo_succeeds_and_nothing_planted_is_left_in_any_byte() {
    let mut places = left_behind(&[]).await;
    places.push(("the recording".to_owned(), RECORDING.to_ascii_lowercase()));
    assert_none_of(&planted(), &places);
}

/// The server must not rely on that: the same person, sent in plain by a recorder that masks nothing.
#[tokio::test]
async fn nothing_planted_is_left_of_a_recording_that_was_not_masked() {
    let planted = planted();
    let recording = std::fs::read(UNMASKED).expect("the recording").to_ascii_lowercase();
    for plant in &planted.values {
        assert!(holds(&recording, &plant.value), "a {} is not in the recording", plant.kind);
    }
    assert_none_of(&planted, &left_behind(&["--recording", UNMASKED]).await);
}

/// The archive opens with tools that know nothing of us.
#[test]
fn ordinary_tools_open_the_archive() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo =
        command().args(["demo", "--exit", "--data-dir"]).arg(folder.path()).output().expect("the demo runs");
    assert!(demo.status.success());
    let archive =
        files(folder.path()).into_iter().find(|path| path.extension().is_some_and(|end| end == "zip"));
    let archive = archive.expect("an archive");
    let python = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(len(z.namelist()))";
    let mut tried = 0;
    for (tool, arguments) in [("unzip", vec!["-t", "-q"]), ("python3", vec!["-c", python])] {
        match Command::new(tool).args(arguments).arg(&archive).output() {
            Ok(output) => {
                tried += 1;
                assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
            }
            Err(error) => eprintln!("SKIPPED {tool}: {error}"),
        }
    }
    assert!(tried > 0, "no tool is installed to try the archive with");
}

/// An archive holds all that its pipeline was given: run again on it, the pipeline finds the same and writes the same lines.
#[tokio::test]
async fn the_pipeline_runs_again_on_the_archive_and_gives_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo =
        command().args(["demo", "--exit", "--data-dir"]).arg(folder.path()).output().expect("the demo runs");
    assert!(demo.status.success());
    let archive =
        files(folder.path()).into_iter().find(|path| path.extension().is_some_and(|end| end == "zip"));
    let archive = archive.expect("an archive");
    let reader = ArchiveReader::open_file(&archive, &ArchiveLimits::default()).await.expect("sound");

    let input = reader.session_input().await.expect("readable");
    assert!(!input.session.goal.text.is_empty());
    let again = Pipeline::default().process_session(input);

    let report = serde_json::to_vec_pretty(&again.report).expect("JSON");
    assert!(report == reader.read_entry("quality-report.json").await.expect("there"), "another report");
    let interactions: Vec<_> =
        again.interactions.iter().map(|one| one.to_json().expect("JSON").into_inner()).collect();
    let stored = reader.read_entry("interactions.json").await.expect("there");
    let stored: Vec<&serde_json::value::RawValue> = serde_json::from_slice(&stored).expect("JSON");
    assert_eq!(interactions.len(), stored.len());
    for (made, stored) in interactions.iter().zip(&stored) {
        assert!(made == stored.get().as_bytes(), "another interaction");
    }
    let index = reader.frame_index().await.expect("there");
    let images = FrameIndexImages::new(index, |_| Err(Error::invalid("test", "lines name images by path")));
    let format = ChatFormat { images: ImagePolicy::Path, ..ChatFormat::default() };
    let mut lines = Vec::new();
    format.write(&again.training, &images, &mut lines).expect("written");
    assert!(lines == reader.read_entry("training.jsonl").await.expect("there"), "other lines");
}
