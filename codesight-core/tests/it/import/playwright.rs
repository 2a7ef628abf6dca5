//! Traces and the code generator's lines.

use bytes::Bytes;
use codesight_core::ErrorKind;
use codesight_core::import::{Imported, Source, import, rules};
use codesight_core::model::{InteractionType, ScreenshotRelation, SelectorKind};
use serde_json::{Value, json};

use super::{interactions, one, options};

fn lines(lines: &[Value]) -> Vec<u8> {
    lines.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes()
}

/// A trace of `version` with a click, a fill that failed, and calls that do nothing on the page.
fn trace(version: u64) -> Vec<Value> {
    let page = json!(["HTML", {}, ["HEAD", {}, ["TITLE", {}, "Shop"]], ["BODY", {}, ["BUTTON", { "id": "buy", "__playwright_target__": "call@2" }, "Buy now"]]]);
    // The second snapshot names the head of the first one: text 0, title 1, head 2.
    let again = json!(["HTML", {}, [[1, 2]], ["BODY", {}, ["INPUT", { "name": "q", "__playwright_target__": "call@3" }]]]);
    let snapshot = |call: &str, html: &Value| {
        json!({ "type": "frame-snapshot", "snapshot": { "callId": call, "snapshotName": format!("before@{call}"), "pageId": "p", "frameId": "f",
            "frameUrl": "https://shop.test/", "html": html, "viewport": { "width": 8, "height": 6 }, "isMainFrame": true } })
    };
    vec![
        json!({ "type": "context-options", "version": version, "browserName": "chromium", "wallTime": 1_800_000_000_000_u64, "monotonicTime": 100.0, "options": { "viewport": { "width": 8, "height": 6 }, "deviceScaleFactor": 0.5 } }),
        json!({ "type": "before", "callId": "call@1", "startTime": 110.0, "class": "Frame", "method": "goto", "params": { "url": "https://shop.test/" } }),
        json!({ "type": "screencast-frame", "pageId": "p", "sha1": "frame.png", "width": 4, "height": 3, "timestamp": 150.0 }),
        json!({ "type": "before", "callId": "call@2", "startTime": 200.0, "class": "Frame", "method": "click", "params": { "selector": "internal:role=button[name=\"Buy now\"i]" } }),
        snapshot("call@2", &page),
        json!({ "type": "input", "callId": "call@2", "point": { "x": 3, "y": 2 }, "box": { "x": 1, "y": 1, "width": 4, "height": 4 } }),
        json!({ "type": "after", "callId": "call@2", "endTime": 220.0 }),
        json!({ "type": "before", "callId": "call@4", "startTime": 230.0, "class": "Frame", "method": "waitForSelector", "params": {} }),
        json!({ "type": "before", "callId": "call@3", "startTime": 240.0, "class": "Frame", "method": "fill", "params": { "selector": "input", "value": "shoes" } }),
        snapshot("call@3", &again),
        json!({ "type": "before", "callId": "call@5", "startTime": 260.0, "class": "Frame", "method": "click", "params": { "selector": "#gone" } }),
        json!({ "type": "after", "callId": "call@5", "endTime": 300.0, "error": { "message": "timeout" } }),
        json!({ "type": "future-event" }),
    ]
}

fn read(version: u64) -> codesight_core::Result<Imported> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend([0, 0, 0, 4, 0, 0, 0, 3, 8, 2, 0, 0, 0]);
    let files = [
        ("trace.trace".to_owned(), Bytes::from(lines(&trace(version)))),
        ("trace.network".to_owned(), Bytes::new()),
        ("resources/frame.png".to_owned(), png.into()),
    ];
    import(&Source::folder(files), &options())
}

#[test]
fn a_trace_gives_actions_with_their_elements_pages_and_pictures() {
    for version in [4, 8, 9] {
        let imported = read(version).expect("a known version");
        assert_eq!(imported.format, "playwright-trace");
        let told = interactions(&imported);
        let kinds: Vec<_> = told.iter().map(|told| told.kind.clone()).collect();
        assert_eq!(kinds, [InteractionType::Navigation, InteractionType::Click, InteractionType::Input]);
        let click = &told[1];
        assert_eq!(click.timestamp.as_millis(), 1_800_000_000_100);
        assert_eq!(click.coordinates.map(|at| (at.x, at.y)), Some((3.0, 2.0)));
        let element = click.element.as_ref().expect("element");
        assert_eq!((element.tag.as_str(), element.name.as_deref()), ("button", Some("Buy now")));
        let ways: Vec<_> = click
            .selectors
            .as_ref()
            .expect("selectors")
            .alternatives
            .iter()
            .map(|way| way.kind.clone())
            .collect();
        assert_eq!(ways[0], SelectorKind::Role);
        assert!(ways.contains(&SelectorKind::Id) && ways.contains(&SelectorKind::Xpath));
        let frame = &click.screenshots[0];
        assert_eq!(
            (frame.relation, frame.lag_ms, frame.scale()),
            (ScreenshotRelation::Before, -50.0, (0.5, 0.5))
        );
        assert_eq!(told[2].page_context.title, "Shop", "the head stands in the snapshot before");
        assert_eq!(told[2].element.as_ref().map(|element| element.tag.as_str()), Some("input"));
        assert_eq!(
            (imported.count_of(&rules::ACTION_FAILED), imported.count_of(&rules::EVENT_UNKNOWN)),
            (1, 1)
        );
    }
}

#[test]
fn the_oldest_traces_write_a_call_once() {
    let old = [
        json!({ "type": "context-options", "version": 3, "browserName": "chromium", "wallTime": 1_800_000_000_000_u64, "options": {} }),
        json!({ "type": "action", "metadata": { "id": "call@2", "startTime": 20, "endTime": 30, "type": "Frame", "method": "click", "params": { "selector": "text=Buy" }, "point": { "x": 1, "y": 2 }, "log": [], "snapshots": [] } }),
    ];
    let told = interactions(&one("playwright-trace", "trace.trace", lines(&old)));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].element.as_ref().and_then(|element| element.text.as_deref()), Some("Buy"));
}

#[test]
fn traces_of_other_versions_are_refused_loudly() {
    for version in [0, 2, 10, 99] {
        let refused = read(version).expect_err("an unknown version");
        assert_eq!(refused.kind(), ErrorKind::Unsupported);
        assert!(refused.to_string().contains("supported=3 to 9"), "{refused}");
    }
}

#[test]
fn the_code_generators_lines_become_interactions() {
    let recorded = [
        json!({ "browserName": "chromium", "launchOptions": {}, "contextOptions": { "viewport": { "width": 800, "height": 600 } } }),
        json!({ "name": "openPage", "url": "about:blank", "signals": [], "pageAlias": "page" }),
        json!({ "name": "navigate", "url": "https://shop.test/", "signals": [] }),
        json!({ "name": "click", "selector": "internal:testid=[data-testid=\"buy\"s]", "button": "left", "modifiers": 0, "clickCount": 1, "signals": [{ "name": "navigation", "url": "https://shop.test/cart" }] }),
        json!({ "name": "fill", "selector": "internal:label=\"Quantity\"i", "text": "2", "signals": [] }),
        json!({ "name": "press", "selector": "#q", "key": "a", "modifiers": 2, "signals": [] }),
        json!({ "name": "select", "selector": "iframe >> select", "options": ["L"], "signals": [] }),
        json!({ "name": "assertText", "selector": "h1", "text": "Cart", "signals": [] }),
        json!({ "name": "dance", "signals": [] }),
        json!({ "name": "closePage", "signals": [] }),
    ];
    let imported = one("playwright-codegen", "recorded.jsonl", lines(&recorded));
    let told = interactions(&imported);
    use InteractionType::{Click, Input, Key, Navigation, Select};
    let kinds: Vec<_> = told.iter().map(|told| told.kind.clone()).collect();
    assert_eq!(kinds, [Navigation, Click, Input, Key, Select]);
    assert_eq!(told[2].page_context.url, "https://shop.test/cart");
    assert_eq!(told[3].action.keys, ["Control", "a"]);
    let ways: Vec<_> = told[1..]
        .iter()
        .map(|told| told.selectors.as_ref().expect("selectors").alternatives[0].clone())
        .collect();
    let ways: Vec<_> = ways.iter().map(|way| (way.kind.clone(), way.value.as_str())).collect();
    assert_eq!(ways[0], (SelectorKind::TestId, "[data-testid=\"buy\"]"));
    assert_eq!((ways[1].0.clone(), ways[3].0.clone()), (SelectorKind::Label, SelectorKind::Playwright));
    assert_eq!(imported.count_of(&rules::ACTION_UNKNOWN), 1);
}
