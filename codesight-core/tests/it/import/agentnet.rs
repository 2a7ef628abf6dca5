//! AgentNet's raw folders, trajectories and benchmark files.

use bytes::Bytes;
use codesight_core::import::{Source, import, rules};
use codesight_core::model::{InteractionType, SessionOutcome};
use serde_json::Value;

use super::{interactions, one, options};
use crate::corpora;

fn raw_folder() -> Option<Vec<(String, Bytes)>> {
    let folder = corpora::folder("trajectories/opencua-raw/20241106114028_MASKED")?;
    Some(corpora::files(&folder).into_iter().map(|(name, bytes)| (name, bytes.into())).collect())
}

/// First raw events and kinds of the actions that the annotation tool's own file lists.
fn expected(files: &[(String, Bytes)]) -> Vec<(u64, String)> {
    let (_, text) =
        files.iter().find(|(name, _)| name == "reduced_events_complete.jsonl").expect("the tool's file");
    let lines = std::str::from_utf8(text).expect("UTF-8").lines();
    let read = |line: &str| {
        let value: Value = serde_json::from_str(line).expect("JSON");
        (
            value["event_start_idx"].as_u64().expect("number"),
            value["action"].as_str().expect("name").to_owned(),
        )
    };
    lines.map(read).collect()
}

fn told(files: Vec<(String, Bytes)>) -> (usize, Vec<(u64, String)>) {
    let imported = import(&Source::folder(files), &options()).expect("a raw folder");
    let name = |kind: &InteractionType| match kind {
        InteractionType::Click => "click".to_owned(),
        InteractionType::Drag => "drag".to_owned(),
        InteractionType::Scroll => "scroll".to_owned(),
        other => format!("{other:?}"),
    };
    let told = interactions(&imported);
    let told =
        told.iter().map(|told| (told.extra["firstRawEvent"].as_u64().expect("number"), name(&told.kind)));
    (imported.sessions[0].raw_events, told.collect())
}

#[test]
fn the_raw_events_reduce_to_the_actions_of_the_annotation_tool() {
    let Some(mut files) = raw_folder() else { return };
    let expected = expected(&files);
    assert_eq!(expected.len(), 14);
    // Without the tool's own list: from the mouse, the keyboard and the accessibility trees alone.
    files.retain(|(name, _)| !name.starts_with("reduced_events"));
    assert_eq!(told(files), (4_099, expected));
}

#[test]
fn the_tools_own_review_decides_where_there_is_one() {
    let Some(files) = raw_folder() else { return };
    let expected = expected(&files);
    let imported = import(&Source::folder(files.clone()), &options()).expect("a raw folder");
    assert_eq!(imported.count_of(&rules::CONTRADICTION), 0);
    assert_eq!(imported.count_of(&rules::REVIEWED_OUT), 1);
    assert_eq!(told(files), (4_099, expected));
}

#[test]
fn a_benchmark_file_gives_an_interaction_for_each_call_and_its_points_lie_in_their_boxes() {
    let Some(folder) = corpora::folder("trajectories/agentnetbench") else { return };
    let files = corpora::files(&folder);
    let (name, bytes) = files.iter().find(|(name, _)| name.ends_with(".json")).expect("a task").clone();
    let imported = one("agentnet", &name, bytes);
    let session = &imported.sessions[0];
    assert_eq!(session.outcome, SessionOutcome::Succeeded);
    assert_eq!(session.raw_events, 11);
    let kinds: Vec<_> = interactions(&imported).into_iter().map(|told| told.kind).collect();
    use InteractionType::{Click, Input, Key, Scroll};
    assert_eq!(kinds, [Click, Input, Key, Click, Click, Input, Key, Click, Scroll, Click, Click, Click]);
    assert_eq!(imported.count_of(&rules::STEPS_MISSING), 1, "the file leaves out steps 2, 9 and 11");
    for rule in [&rules::BOX_MISMATCH, &rules::ACTION_UNKNOWN, &rules::EVENT_INVALID] {
        assert_eq!(imported.count_of(rule), 0, "{:?}", session.findings);
    }
}
