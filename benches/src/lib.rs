//! What the measurements share.

pub mod archive;
pub mod catalog;
pub mod load;
pub mod server;

use std::time::{Duration, Instant};

use codesight_core::model::InteractionData;
use serde_json::json;

/// An interaction of about 12 kB of JSON, as a recorder sends it; `number` makes it differ from the others.
pub fn interaction(number: u64) -> InteractionData {
    let button = |index: u64| {
        json!({
            "tag": "button", "role": "button", "text": format!("Add item {index} of page {number} to the cart"),
            "selector": format!("[data-testid=\"add-{index}\"]"), "interactive": true, "distance": 40.0 + index as f64,
            "box": { "x": 20.5 * index as f64, "y": 310.0, "width": 180.0, "height": 36.0 }
        })
    };
    let reliability = |index: u64| {
        json!({
            "selector": format!("main > section:nth-of-type({index}) > ul > li:nth-of-type(4) > article > button.add"),
            "kind": "css-path", "score": 0.62, "matches": 1, "reasons": ["positional"]
        })
    };
    let ancestor = |index: u64| json!({ "tag": "div", "id": format!("region-{index}"), "classes": ["grid", "wide"], "index": index });
    let section = |index: u64| json!({ "kind": "list", "label": format!("Shelf {index}"), "items": 12 });
    let frame = |relation: &str| {
        json!({
            "hash": codesight_core::id::ContentHash::of(format!("{relation}{number}").as_bytes()),
            "mediaType": "image/jpeg", "width": 1280, "height": 800, "relation": relation,
            "capturedAt": 1_700_000_000_000_u64 + number * 1_500, "lagMs": -18.0,
            "viewport": { "width": 1280.0, "height": 800.0, "devicePixelRatio": 1.0 },
            "trigger": "interaction", "source": "visible-tab"
        })
    };
    serde_json::from_value(json!({
        "type": "click",
        "timestamp": 1_700_000_000_000_u64 + number * 1_500,
        "coordinates": { "x": 110.5, "y": 328.0, "pageX": 110.5, "pageY": 1128.0 },
        "action": { "button": "left", "isTrusted": true, "rawEvents": 5, "durationMs": 83.0 },
        "selectors": {
            "primary": "[data-testid=\"add-4\"]", "xpath": "//main/section[2]/ul/li[4]/article/button",
            "cssPath": "main > section:nth-of-type(2) > ul > li:nth-of-type(4) > article > button.add",
            "reliability": (1..=10).map(reliability).collect::<Vec<_>>()
        },
        "element": {
            "tag": "button", "role": "button", "name": format!("Add item 4 of page {number} to the cart"),
            "attributes": { "class": "add primary", "data-testid": "add-4", "type": "button" },
            "box": { "x": 20.5, "y": 310.0, "width": 180.0, "height": 36.0 }
        },
        "pageContext": {
            "url": format!("https://shop.example/search?q=lamp&page={number}"), "title": "Lamps | Shop",
            "viewport": { "width": 1280.0, "height": 800.0 },
            "pageStructure": { "heading": "Lamps", "sections": (0..12).map(section).collect::<Vec<_>>(), "nodes": 3466 },
            "nearbyElements": (0..24).map(button).collect::<Vec<_>>(),
            "domHierarchy": { "ancestors": (0..12).map(ancestor).collect::<Vec<_>>(), "depth": 12 }
        },
        "visualContext": { "visibleRatio": 1.0, "cursor": "pointer" },
        "screenshots": [frame("before"), frame("after")],
        "confidence": 1.0
    }))
    .unwrap_or_else(|error| unreachable!("the interaction above is one: {error}"))
}

/// The shortest of several runs: what the code costs when nobody disturbs it.
pub fn fastest(runs: u32, mut work: impl FnMut()) -> Duration {
    let time = |work: &mut dyn FnMut()| {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    (0..runs).map(|_| time(&mut work)).min().unwrap_or_default()
}

/// The least processor time of several runs on this thread: unlike the clock's it is no longer when others use the machine. Where the
/// system does not tell (`/proc/thread-self/schedstat`), the clock's.
pub fn least_processor_time(runs: u32, mut work: impl FnMut()) -> Duration {
    let spent = || {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        told.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
    };
    let mut time = || {
        let (before, begun) = (spent(), Instant::now());
        work();
        match (before, spent()) {
            (Some(before), Some(after)) => after.saturating_sub(before),
            _ => begun.elapsed(),
        }
    };
    (0..runs).map(|_| time()).min().unwrap_or_default()
}
