//! Whole trajectories: written, and read back by the importers of the same formats.

use codesight_core::import::{Source, import};
use codesight_core::model::{InteractionType, UnifiedSession};
use codesight_core::privacy::Masked;
use codesight_core::training::Trajectory;
use codesight_core::training::formats::{TRAJECTORY_FORMATS, trajectory_format};
use serde_json::Value;

use super::Pictures;
use crate::import::{interactions, options};
use crate::pipeline::fixture::Session;

fn written(format: &str) -> Vec<u8> {
    let fixture = Session::good();
    let processed = fixture.process();
    let session: Masked<UnifiedSession> = Masked::from_store(fixture.session.clone());
    let trajectory = Trajectory::of(&session, &processed);
    assert!(trajectory.steps.len() >= 5, "{} steps", trajectory.steps.len());
    let mut out = Vec::new();
    let format = trajectory_format(format).expect("a format");
    format.write(&trajectory, &Pictures(1_280, 720), &mut out).expect("a trajectory");
    out
}

#[test]
fn every_format_writes_the_same_bytes_twice() {
    for format in TRAJECTORY_FORMATS {
        let once = written(format.name());
        assert!(!once.is_empty());
        assert_eq!(once, written(format.name()), "{}", format.name());
    }
}

#[test]
fn agentnet_and_mind2web_and_recorder_files_are_read_back_by_their_importers() {
    for (format, ending) in [("agentnet", "jsonl"), ("mind2web", "jsonl"), ("chrome-recorder", "json")] {
        let bytes = written(format);
        let imported = import(&Source::file(format!("ours.{ending}"), bytes), &options())
            .unwrap_or_else(|error| panic!("{format}: {error}"));
        assert_eq!(imported.format, format);
        let told = interactions(&imported);
        let clicks = told.iter().filter(|told| told.kind == InteractionType::Click).count();
        assert!(clicks >= 3, "{format}: {clicks} clicks came back");
        let typed = told.iter().any(|told| told.action.text.is_some());
        assert!(typed, "{format}: no typing came back");
    }
}

#[test]
fn a_molmoweb_row_has_its_json_within_json_and_places_in_per_cent() {
    let row: Value = serde_json::from_slice(&written("molmoweb")).expect("JSON");
    let steps: Value = serde_json::from_str(row["trajectory"].as_str().expect("text")).expect("JSON");
    let instruction: Value = serde_json::from_str(row["instruction"].as_str().expect("text")).expect("JSON");
    assert_eq!(instruction["high_level"], "Buy a blue vase");
    assert_eq!(steps.as_object().map(serde_json::Map::len), row["image_paths"].as_array().map(Vec::len));
    let click = steps
        .as_object()
        .into_iter()
        .flatten()
        .map(|(_, step)| &step["action"]["action_output"]["action"])
        .find(|action| action["name"] == "click")
        .expect("a click");
    assert!((0.0..=100.0).contains(&click["x"].as_f64().expect("x")));
}

#[test]
fn a_script_replays_by_locators_and_has_no_masked_value_in_it() {
    let script = String::from_utf8(written("playwright")).expect("UTF-8");
    assert!(script.contains("export async function replay(page, options = {})"));
    assert!(script.contains("await page.goto(origin + ") && script.contains(".click();"), "{script}");
}
