//! Mind2Web, WebLINX, WebArena, WebShop, MolmoWeb.

use std::collections::BTreeSet;

use codesight_core::import::{Candidate, Imported, rules};
use codesight_core::model::{InteractionType, ScreenshotRelation, SessionOutcome};
use codesight_core::wire::ReceivedEntry;
use serde_json::{Value, json};

use super::{interactions, one};
use crate::corpora;

fn corpus(path: &str) -> Option<Vec<u8>> {
    let folder = corpora::folder("trajectories")?;
    Some(std::fs::read(folder.join(path)).expect("corpus file"))
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn counted(imported: &Imported, rule: &rules::ImportRule) -> usize {
    let of_rule = imported
        .sessions
        .iter()
        .flat_map(|session| &session.findings)
        .filter(|finding| finding.rule == rule.id);
    let number = |message: &str| message.rsplit("Met ").next()?.split(' ').next()?.parse::<usize>().ok();
    of_rule.filter_map(|finding| number(&finding.message)).sum()
}

#[test]
fn every_step_of_mind2web_has_its_operation_value_box_and_earlier_actions() {
    let Some(bytes) = corpus("uground-mind2web/cross_task_blocks.jsonl") else { return };
    let rows = lines(&bytes);
    let imported = one("mind2web", "cross_task_blocks.jsonl", bytes);
    assert_eq!((rows.len(), imported.sessions.len()), (1_338, 177));
    let told = interactions(&imported);
    assert_eq!(told.len(), 1_338);
    for rule in [&rules::EVENT_INVALID, &rules::CONTRADICTION] {
        assert_eq!(counted(&imported, rule), 0);
    }
    // 81 rows have no box and one has a box without a size; the last step of one task is not among the rows.
    assert_eq!(counted(&imported, &rules::TARGET_MISSING), 82);
    assert_eq!(
        (counted(&imported, &rules::STEPS_MISSING), counted(&imported, &rules::STEPS_INCOMPLETE)),
        (0, 1)
    );
    let by_id: std::collections::BTreeMap<&str, &Value> =
        rows.iter().map(|row| (row["action_uid"].as_str().expect("id"), row)).collect();
    let mut named = 0;
    for told in &told {
        let row = by_id[told.extra["sourceId"].as_str().expect("id")];
        let expected = match row["operation"].as_str().expect("operation") {
            "TYPE" => vec![InteractionType::Input],
            "SELECT" => vec![InteractionType::Select],
            _ => vec![InteractionType::Click, InteractionType::Hover, InteractionType::Key],
        };
        assert!(expected.contains(&told.kind), "{row}");
        if expected.len() == 1 {
            assert_eq!(told.action.text.as_deref(), row["value"].as_str());
        }
        if let Some(area) = row["bbox"].get(0).filter(|area| area[2] != 0.0 && area[3] != 0.0) {
            let point = told.coordinates.expect("coordinates");
            let side = |index: usize| area[index].as_f64().expect("number");
            let (x, y) = (point.page_x.expect("x"), point.page_y.expect("y"));
            assert!(
                x >= side(0) && x <= side(0) + side(2) && y >= side(1) && y <= side(1) + side(3),
                "{row}"
            );
        }
        named += usize::from(told.element.as_ref().is_some_and(|element| element.role.is_some()));
    }
    // Every step but the last of each task is told in words by the row after it.
    assert!(named >= 1_338 - 177, "{named}");
}

#[test]
fn a_mind2web_task_with_its_pages_gives_selectors_and_attributes() {
    let html = r#"<html backend_node_id="1"><body backend_node_id="2"><button backend_node_id="7" id="go" aria-label="Search flights">Go</button></body></html>"#;
    let task = json!([{
        "annotation_id": "a", "website": "fly", "confirmed_task": "Find a flight", "action_reprs": ["[button]  Search flights -> CLICK", "[textbox]  To -> TYPE: Oslo"],
        "actions": [
            { "action_uid": "u1", "raw_html": html, "operation": { "op": "CLICK", "original_op": "CLICK", "value": "" },
              "pos_candidates": [{ "tag": "button", "backend_node_id": "7", "attributes": "{\"bounding_box_rect\": \"10,20,30,40\"}" }], "neg_candidates": [] },
            { "action_uid": "u2", "raw_html": html, "operation": { "op": "TYPE", "original_op": "TYPE", "value": "Oslo" }, "pos_candidates": [], "neg_candidates": [] }
        ]
    }]);
    let imported = one("mind2web", "train.json", serde_json::to_vec(&task).expect("JSON"));
    let told = interactions(&imported);
    assert_eq!(told.len(), 2);
    let selectors = told[0].selectors.as_ref().expect("selectors");
    assert_eq!(
        (selectors.primary.as_str(), selectors.xpath.as_str()),
        ("role=button[name=\"Search flights\"]", "/html[1]/body[1]/button[1]")
    );
    assert_eq!(told[0].coordinates.map(|at| (at.x, at.y)), Some((25.0, 40.0)));
    assert_eq!(told[1].action.text.as_deref(), Some("Oslo"));
    assert_eq!(
        imported.count_of(&rules::TARGET_MISSING),
        1,
        "the cleaning of the source lost the second target"
    );
}

#[test]
fn every_candidate_of_weblinx_has_the_tag_of_its_xpath_and_a_box() {
    let Some(bytes) = corpus("weblinx/candidates_unittest.jsonl") else { return };
    let rows = lines(&bytes);
    assert_eq!(rows.len(), 2_055);
    for row in &rows {
        let candidate = Candidate::read(row).expect("a candidate");
        assert_eq!(candidate.xpath_tag(), candidate.tag);
        assert!(candidate.bounding_box.is_some(), "{}", row["elem_dict"]["bbox"]);
    }
    let imported = one("weblinx", "candidates_unittest.jsonl", bytes);
    assert_eq!(imported.sessions.len(), 1);
    assert_eq!(imported.sessions[0].raw_events, 2_055);
    for rule in
        [&rules::CONTRADICTION, &rules::EVENT_INVALID, &rules::ACTION_UNKNOWN, &rules::VIEWPORT_MISSING]
    {
        assert_eq!(imported.count_of(rule), 0, "{:?}", imported.sessions[0].findings);
    }
    let told = interactions(&imported);
    let kinds: BTreeSet<_> = told.iter().map(|told| told.kind.clone()).collect();
    use InteractionType::{Click, Copy, Navigation, Paste};
    assert!([Click, Navigation, Copy, Paste].iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    assert!(told.iter().any(|told| told.selectors.is_some()), "no click met its target");
    assert!(told.windows(2).filter(|pair| pair[0].timestamp > pair[1].timestamp).count() < told.len() / 3);
}

#[test]
fn a_weblinx_demonstration_keeps_its_good_screenshots() {
    let png = png(4, 3);
    let replay = json!({ "data": [
        { "type": "chat", "speaker": "instructor", "utterance": "Open the shop", "timestamp": 1.0 },
        { "type": "browser", "timestamp": 2.5, "state": { "screenshot": "s-1.png", "screenshot_status": "good" },
          "action": { "intent": "click", "arguments": { "metadata": { "url": "https://shop.test/", "viewportWidth": 8, "viewportHeight": 6 },
             "properties": { "clientX": 3, "clientY": 2 },
             "element": { "tagName": "A", "textContent": "Shoes", "xpath": "/html/body/a", "bbox": { "x": 1, "y": 1, "width": 4, "height": 4 } } } } },
        { "type": "browser", "timestamp": 3.0, "state": { "screenshot": "s-2.png" }, "action": { "intent": "textInput", "arguments": { "text": "boots" } } },
        { "type": "browser", "timestamp": 4.0, "state": {}, "action": { "intent": "teleport" } },
    ] });
    let files = [
        ("demo/replay.json".to_owned(), bytes::Bytes::from(replay.to_string())),
        ("demo/screenshots/s-1.png".to_owned(), png.into()),
    ];
    let source = codesight_core::import::Source::folder(files);
    let imported = codesight_core::import::import(&source, &super::options()).expect("a demonstration");
    let told = interactions(&imported);
    assert_eq!(told.len(), 2);
    assert_eq!((told[0].screenshots[0].width, told[0].screenshots[0].scale()), (4, (0.5, 0.5)));
    assert_eq!(imported.sessions[0].blobs.len(), 1);
    assert_eq!((imported.count_of(&rules::FRAME_MISSING), imported.count_of(&rules::ACTION_UNKNOWN)), (1, 1));
    imported.sessions[0].start.inspect(|start| assert_eq!(start.goal.text, "Open the shop"));
}

#[test]
fn every_row_of_autowebbench_has_a_gold_command() {
    let Some(bytes) = corpus("autowebbench/en-ind-test.json") else { return };
    let rows: Vec<Value> = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(rows.len(), 349);
    let imported = one("webarena", "en-ind-test.json", bytes);
    let read: usize = imported.sessions.iter().map(|session| session.raw_events).sum();
    assert_eq!(read, 349);
    let asked = rows
        .iter()
        .filter(|row| row["target"].as_str().is_some_and(|target| target.starts_with("user_input")))
        .count();
    // Asking the user is no action on a page; every other command is told.
    assert_eq!(counted(&imported, &rules::ACTION_UNKNOWN), asked);
    assert_eq!(
        counted(&imported, &rules::TARGET_MISSING),
        0,
        "a command names an element that is not in its page"
    );
    let finished =
        imported.sessions.iter().filter(|session| session.outcome == SessionOutcome::Succeeded).count();
    let finishes = rows
        .iter()
        .filter(|row| row["target"].as_str().is_some_and(|target| target.starts_with("finish")))
        .count();
    assert_eq!(finished, finishes);
    eprintln!("{} sessions, {finished} finished", imported.sessions.len());
}

#[test]
fn the_goals_of_webshop_give_what_is_wanted_and_for_how_much() {
    let Some(bytes) = corpus("webshop/human_goals.json") else { return };
    let goals: Vec<String> = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(goals.len(), 12_087);
    let imported = one("webshop", "human_goals.json", bytes);
    assert_eq!(imported.tasks.len(), 12_087);
    let nothing = imported.tasks.iter().filter(|task| task.attributes.is_empty());
    let nothing: Vec<_> = nothing.map(|task| task.goal.text.as_str()).collect();
    assert_eq!(nothing, ["i am looking for"], "the one goal that was never finished");
    for (goal, task) in goals.iter().zip(&imported.tasks) {
        assert!(task.attributes.iter().all(|word| goal.to_lowercase().contains(word.as_str())), "{goal}");
        let says_price =
            goal.contains(" dollars") && (goal.contains("lower than") || goal.contains("less than"));
        assert!(!says_price || task.price_bound.is_some(), "{goal}");
    }
    let bounded = imported.tasks.iter().filter(|task| task.price_bound.is_some()).count();
    eprintln!("{bounded} of 12087 goals have a price bound");
}

#[test]
fn the_search_terms_of_webshop_come_from_their_goals() {
    let Some(bytes) = corpus("webshop/goal_query_map.json") else { return };
    let imported = one("webshop", "goal_query_map.json", bytes);
    assert_eq!(imported.tasks.len(), 1_506);
    let (mut terms, mut from_goal) = (0_u32, 0_u32);
    for task in &imported.tasks {
        let goal = task.goal.text.to_lowercase();
        for term in task.queries.iter().flat_map(|query| query.split_whitespace()) {
            let term = term.to_lowercase();
            let stem = term.trim_end_matches(|letter: char| !letter.is_alphanumeric()).trim_end_matches('s');
            terms += 1;
            from_goal += u32::from(goal.contains(stem));
        }
    }
    let share = f64::from(from_goal) / f64::from(terms);
    eprintln!("{from_goal} of {terms} search terms stand in their goal: {share:.3}");
    assert!(share > 0.85, "{share}");
}

#[test]
fn a_molmoweb_file_is_read_packed_and_plain_with_its_screenshots_after_the_events() {
    use base64::Engine as _;
    let url = |picture: &[u8]| {
        format!("data:image/png;base64,{}", base64::engine::general_purpose::STANDARD.encode(picture))
    };
    let event = |kind: &str, time: u64| {
        json!({ "type": kind, "timestamp": 1_800_000_000_000_u64 + time, "x": 3, "y": 2, "viewport_width": 8, "viewport_height": 6,
                "element": "BUTTON", "id": "go", "ariaLabel": "Go", "url": "https://shop.test/", "page_title": "Shop", "button": 0,
                "bbox": { "x": 1, "y": 1, "width": 4, "height": 4 } })
    };
    let rows = json!([
        { "event": event("click", 0), "html": null, "screenshot": url(&png(4, 3)) },
        { "event": event("click", 900), "html": null, "screenshot": url(&png(8, 6)) },
        { "event": event("hologram", 950), "html": null, "screenshot": "data:image/png;base64,AAAA" },
    ]);
    let plain = serde_json::to_vec(&rows).expect("JSON");
    let packed = {
        use std::io::Write as _;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(&plain).expect("memory");
        packer.finish().expect("memory")
    };
    let imported = one("molmoweb", "task.gz", packed);
    let told = interactions(&imported);
    assert_eq!(told, interactions(&one("molmoweb", "task.json", plain)));
    assert_eq!(told.len(), 2);
    let relations: Vec<_> = told[1].screenshots.iter().map(|frame| (frame.relation, frame.width)).collect();
    assert_eq!(relations, [(ScreenshotRelation::Before, 4), (ScreenshotRelation::After, 8)]);
    assert_eq!(told[0].element.as_ref().and_then(|element| element.name.as_deref()), Some("Go"));
    assert_eq!((imported.count_of(&rules::EVENT_UNKNOWN), imported.count_of(&rules::FRAME_INVALID)), (1, 1));
}

/// The head of a PNG of this size; no importer looks at more.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0]);
    bytes
}

#[test]
fn pictures_tell_their_size_by_their_head() {
    let Some(folder) = corpora::folder("trajectories/weblinx/screens") else { return };
    let mut sizes = 0;
    for (name, bytes) in corpora::files(&folder) {
        let replay = json!({ "data": [{ "type": "browser", "timestamp": 1, "state": { "screenshot": name }, "action": { "intent": "click", "arguments": {} } }] });
        let files = [
            ("replay.json".to_owned(), bytes::Bytes::from(replay.to_string())),
            (name.clone(), bytes.into()),
        ];
        let source = codesight_core::import::Source::folder(files);
        let imported = codesight_core::import::import(&source, &super::options()).expect("a demonstration");
        let told = interactions(&imported);
        let frame = told[0].screenshots.first().unwrap_or_else(|| panic!("{name}"));
        assert!(
            (100..5_000).contains(&frame.width) && (100..20_000).contains(&frame.height),
            "{name}: {}x{}",
            frame.width,
            frame.height
        );
        sizes += 1;
    }
    assert_eq!(sizes, 20);
}

#[test]
fn steps_that_are_missing_in_between_are_a_gap() {
    let row = |step: u64| {
        json!({ "annotation_id": "a", "action_uid": step.to_string(), "task": "Go", "operation": "CLICK", "value": "",
                "bbox": [[1.0, 2.0, 3.0, 4.0]], "previous_actions": [], "step": step, "total_steps": 4 })
    };
    let lines = format!("{}\n{}\n", row(2), row(0));
    let imported = one("mind2web", "rows.jsonl", lines.into_bytes());
    let entries = &imported.sessions[0].entries;
    assert!(matches!(&entries[1], ReceivedEntry::Gap(gap) if gap.lost == Some(1)), "{entries:?}");
    assert_eq!(entries.len(), 3);
    assert_eq!(
        (imported.count_of(&rules::STEPS_MISSING), imported.count_of(&rules::STEPS_INCOMPLETE)),
        (1, 1)
    );
}
