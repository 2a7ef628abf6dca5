//! Event streams.

use codesight_core::dom::{self, Document, NodeData};
use codesight_core::import::{PageState, rules};
use codesight_core::model::{FieldPolicy, InteractionType, SelectorKind};
use serde_json::{Value, json};

use super::{interactions, one, options};
use crate::corpora;

/// The events of a corpus file, whatever they are wrapped in.
fn events(bytes: &[u8]) -> Vec<Value> {
    match serde_json::from_slice(bytes).expect("JSON") {
        Value::Array(events) => events,
        Value::Object(mut object) if object.contains_key("events") => {
            object["events"]["events"].take().as_array().cloned().unwrap_or_default()
        }
        snapshot => vec![json!({ "type": 2, "data": snapshot })],
    }
}

#[test]
fn every_public_stream_imports_with_every_node_resolved() {
    let Some(root) = corpora::folder("rrweb") else { return };
    let (mut streams, mut raw) = (0, 0);
    for folder in ["snapshots-json", "events-json", "highlight-sample-events"] {
        for (name, bytes) in corpora::files(&root.join(folder)) {
            if !name.ends_with(".json") {
                continue;
            }
            let imported = one("rrweb", &name, bytes.clone());
            let session = &imported.sessions[0];
            assert_eq!(session.raw_events, events(&bytes).len(), "{name}");
            for rule in
                [&rules::EVENT_UNKNOWN, &rules::EVENT_INVALID, &rules::NODE_UNKNOWN, &rules::SNAPSHOT_MISSING]
            {
                assert_eq!(imported.count_of(rule), 0, "{name}: {:?}", session.findings);
            }
            streams += 1;
            raw += session.raw_events;
        }
    }
    eprintln!("{streams} streams, {raw} events");
    assert!(streams >= 90, "only {streams} streams were found");
}

#[test]
fn every_click_and_input_of_the_public_streams_is_told_with_its_element() {
    let Some(root) = corpora::folder("rrweb") else { return };
    let (mut clicks, mut inputs) = (0, 0);
    for (name, bytes) in corpora::files(&root.join("snapshots-json")) {
        if !name.ends_with(".json") {
            continue;
        }
        let told = interactions(&one("rrweb", &name, bytes.clone()));
        let raw = events(&bytes);
        let is = |event: &&Value, source: u64, kind: Option<u64>| {
            event["type"] == 3
                && event["data"]["source"] == source
                && kind.is_none_or(|kind| event["data"]["type"] == kind)
        };
        let raw_clicks = raw.iter().filter(|event| is(event, 2, Some(2))).count();
        let told_clicks: Vec<_> = told.iter().filter(|told| told.kind == InteractionType::Click).collect();
        assert_eq!(told_clicks.len(), raw_clicks, "{name}");
        assert!(
            told_clicks.iter().all(|click| click.element.is_some() && click.selectors.is_some()),
            "{name}"
        );
        clicks += raw_clicks;
        inputs += told.iter().filter(|told| told.kind == InteractionType::Input).count();
    }
    eprintln!("{clicks} clicks, {inputs} inputs");
    assert!(clicks > 0 && inputs > 0);
}

#[test]
fn frames_shadow_roots_and_adopted_styles_keep_their_order() {
    let Some(root) = corpora::folder("rrweb") else { return };
    let state = |name: &str, until: usize| {
        let bytes = std::fs::read(root.join("events-json").join(name)).expect("corpus file");
        let mut page = PageState::new(100_000);
        for event in events(&bytes).iter().take(until) {
            assert!(page.apply(event), "{name}: an event could not be applied");
        }
        page
    };
    let adopted = state("adopted-style-sheet.json", usize::MAX);
    assert_eq!(adopted.adopted_styles(10), [1, 2]);
    assert_eq!((adopted.adopted_styles(1), adopted.adopted_styles(16)), (&[1][..], &[4][..]));
    let page = adopted.document();
    let inner: Vec<&str> =
        page.children(adopted.node(16).expect("host")).map(|node| page.tag(node)).collect();
    assert_eq!(inner, ["div", "span"], "the later node was added before the earlier one");

    let shadow = state("shadow-dom.json", 8);
    let page = shadow.document();
    let chain: Vec<bool> = [7, 9, 10].map(|id| page.in_shadow(shadow.node(id).expect("node"))).to_vec();
    assert_eq!(chain, [true, true, true]);
    assert_eq!(page.parent(shadow.node(10).expect("node")), shadow.node(9));

    let frames = state("iframe.json", usize::MAX);
    let page = frames.document();
    let within = frames.node(7).expect("the document of the first frame");
    assert_eq!(page.data(within), &NodeData::Document);
    assert_eq!(page.parent(within), frames.node(6));
    assert_eq!(page.text(within, 100), "iframe 1");

    let replaced = state("document-replacement.json", usize::MAX);
    let page = replaced.document();
    let top: Vec<_> = page.children(page.root()).collect();
    assert_eq!(top.len(), 2);
    assert_eq!(
        page.data(top[0]),
        &NodeData::Doctype,
        "the document type goes before the element it was added after"
    );
}

/// A page with a form, then `events` at one second each.
fn stream(events: &[Value]) -> Vec<u8> {
    let element = |id: i64, tag: &str, attributes: Value, children: Value| json!({ "type": 2, "id": id, "tagName": tag, "attributes": attributes, "childNodes": children });
    let form = element(
        4,
        "form",
        json!({}),
        json!([
            element(5, "input", json!({ "type": "text", "name": "q", "id": "search" }), json!([])),
            element(6, "input", json!({ "type": "password", "name": "secret" }), json!([])),
            element(
                7,
                "select",
                json!({ "name": "size" }),
                json!([
                    element(
                        8,
                        "option",
                        json!({ "value": "s" }),
                        json!([{ "type": 3, "id": 9, "textContent": "Small" }])
                    ),
                    element(
                        10,
                        "option",
                        json!({ "value": "l" }),
                        json!([{ "type": 3, "id": 11, "textContent": "Large" }])
                    ),
                ])
            ),
            element(12, "button", json!({}), json!([{ "type": 3, "id": 13, "textContent": "Buy now" }])),
        ]),
    );
    let page = json!({ "type": 0, "id": 1, "childNodes": [element(2, "html", json!({}), json!([element(3, "body", json!({}), json!([form]))]))] });
    let mut all = vec![
        json!({ "type": 4, "data": { "href": "https://shop.test/", "width": 800, "height": 600 } }),
        json!({ "type": 2, "data": { "node": page, "initialOffset": { "left": 0, "top": 0 } } }),
    ];
    all.extend(events.iter().cloned());
    for (second, event) in all.iter_mut().enumerate() {
        if event.get("timestamp").is_none() {
            event["timestamp"] = json!(1_800_000_000_000_u64 + 1_000 * second as u64);
        }
    }
    serde_json::to_vec(&all).expect("JSON")
}

#[expect(clippy::needless_pass_by_value, reason = "every caller makes it for this")]
fn change(data: Value) -> Value {
    json!({ "type": 3, "data": data })
}

fn input(id: i64, text: &str) -> Value {
    change(json!({ "source": 5, "id": id, "text": text, "isChecked": false }))
}

#[test]
fn typing_choosing_clicking_and_scrolling_are_told_as_a_person_would() {
    let events = [
        change(json!({ "source": 2, "type": 2, "id": 5, "x": 20, "y": 30 })),
        input(5, "sho"),
        input(5, "shoes"),
        input(7, "l"),
        change(json!({ "source": 3, "id": 1, "x": 0, "y": 100 })),
        json!({ "type": 3, "timestamp": 1_800_000_006_200_u64, "data": { "source": 3, "id": 1, "x": 0, "y": 250 } }),
        change(json!({ "source": 2, "type": 2, "id": 12, "x": 20, "y": 30 })),
        json!({ "type": 4, "data": { "href": "https://shop.test/done", "width": 800, "height": 600 } }),
    ];
    let imported = one("rrweb", "stream.json", stream(&events));
    let told = interactions(&imported);
    use InteractionType::{Click, Input, Navigation, Scroll, Select};
    let kinds: Vec<_> = told.iter().map(|told| told.kind.clone()).collect();
    assert_eq!(kinds, [Navigation, Click, Input, Select, Scroll, Click, Navigation]);
    assert_eq!(told[2].action.text.as_deref(), Some("shoes"));
    assert_eq!(told[2].action.raw_events, Some(2));
    assert_eq!(told[3].action.text.as_deref(), Some("Large"), "an option is told by its words");
    assert_eq!((told[4].action.scroll_y, told[5].page_context.scroll.y), (Some(250.0), 250.0));
    let button = told[5].element.as_ref().expect("element");
    assert_eq!((button.role.as_deref(), button.name.as_deref()), (Some("button"), Some("Buy now")));
    let found = told[1].selectors.as_ref().expect("selectors");
    assert_eq!(
        (found.primary.as_str(), found.css_path.as_str()),
        ("[id=\"search\"]", "html > body > form > input:nth-of-type(1)")
    );
    assert_eq!(found.xpath, "/html[1]/body[1]/form[1]/input[1]");
}

#[test]
fn what_was_masked_stays_masked() {
    let imported = one("rrweb", "stream.json", stream(&[input(6, "********")]));
    let told = interactions(&imported);
    let typed = told.last().expect("an input");
    assert_eq!(typed.kind, InteractionType::Input);
    assert_eq!(typed.action.text, None);
    let element = typed.element.as_ref().expect("element");
    assert_eq!((element.field_policy, element.value.as_ref()), (Some(FieldPolicy::Drop), None));
    assert_eq!(imported.count_of(&rules::MASKED), 1);
    assert!(!serde_json::to_string(typed).expect("JSON").contains("***"));
}

#[test]
fn packed_events_and_those_of_posthog_read_as_the_plain_ones() {
    let plain = stream(&[
        input(5, "shoes"),
        change(
            json!({ "source": 0, "texts": [{ "id": 13, "value": "Sold" }], "attributes": [], "removes": [], "adds": [] }),
        ),
    ]);
    let events: Vec<Value> = serde_json::from_slice(&plain).expect("JSON");
    let expected = interactions(&one("rrweb", "plain.json", plain.clone()));
    let latin1 = |bytes: Vec<u8>| bytes.into_iter().map(char::from).collect::<String>();
    let gzip = |value: &Value| {
        use std::io::Write as _;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(value.to_string().as_bytes()).expect("memory");
        latin1(packer.finish().expect("memory"))
    };
    let zlib = |value: &Value| {
        use std::io::Write as _;
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(value.to_string().as_bytes()).expect("memory");
        latin1(packer.finish().expect("memory"))
    };
    let packed: Vec<String> = events.iter().map(zlib).collect();
    let packed = serde_json::to_vec(&packed).expect("JSON");
    assert_eq!(interactions(&one("rrweb", "packed.json", packed)), expected);

    let mut lines = String::new();
    for event in &events {
        let mut event = event.clone();
        event["cv"] = json!("2024-10");
        match (event["type"].as_u64(), event["data"]["source"].as_u64()) {
            (Some(2), _) => event["data"] = json!(gzip(&event["data"])),
            (Some(3), Some(0)) => event["data"]["texts"] = json!(gzip(&event["data"]["texts"])),
            _ => {}
        }
        lines.push_str(&json!(["window-1", event]).to_string());
        lines.push('\n');
    }
    assert_eq!(interactions(&one("rrweb", "posthog.jsonl", lines.into_bytes())), expected);
    let wrapped = json!({ "version": "2023-04-28", "data": { "id": "x", "snapshots": events } });
    assert_eq!(interactions(&one("rrweb", "export.json", wrapped.to_string().into_bytes())), expected);
}

#[test]
fn odd_streams_cost_what_is_odd_and_keep_the_rest() {
    let odd = [
        json!({ "type": 99, "data": {} }),
        change(json!({ "source": 77 })),
        change(json!({ "source": 2, "type": 2, "id": 404, "x": 1, "y": 1 })),
        json!({ "type": 3 }),
        json!({ "hello": true }),
        json!("not packed"),
        json!({ "type": 3, "timestamp": 5, "data": { "source": 5, "id": 5, "text": "ok", "isChecked": false } }),
    ];
    let mut events: Vec<Value> = serde_json::from_slice(&stream(&[])).expect("JSON");
    events.extend(odd);
    let imported = one("rrweb", "odd.json", serde_json::to_vec(&events).expect("JSON"));
    for rule in [&rules::EVENT_UNKNOWN, &rules::EVENT_INVALID, &rules::NODE_UNKNOWN, &rules::TIME_BACKWARDS] {
        assert_eq!(imported.count_of(rule), 1, "{:?}", imported.sessions[0].findings);
    }
    let told = interactions(&imported);
    assert_eq!(told.last().and_then(|told| told.action.text.as_deref()), Some("ok"));

    let without_page =
        serde_json::to_vec(&[change(json!({ "source": 2, "type": 2, "id": 5, "x": 1, "y": 1 }))])
            .expect("JSON");
    assert_eq!(one("rrweb", "late.json", without_page).count_of(&rules::SNAPSHOT_MISSING), 1);
}

#[test]
fn many_events_deep_pages_and_bombs_stay_within_limits() {
    let clicks: Vec<Value> = (0..100_000)
        .map(|at| {
            change(json!({ "source": 1, "positions": [{ "x": at, "y": 1, "id": 5, "timeOffset": 0 }] }))
        })
        .collect();
    let imported = one("rrweb", "long.json", stream(&clicks));
    assert_eq!(imported.sessions[0].raw_events, 100_002);

    let deep = format!(
        r#"[{{"type":2,"timestamp":1,"data":{{"initialOffset":{{"left":0,"top":0}},"node":{}{}}}}}]"#,
        r#"{"type":2,"id":1,"tagName":"b","attributes":{},"childNodes":["#.repeat(480),
        "]}".repeat(480),
    );
    assert_eq!(one("rrweb", "deep.json", deep.into_bytes()).count_of(&rules::EVENT_INVALID), 0);
    let deeper =
        format!(r#"[{{"type":2,"data":{{"source":{}{}}}}}]"#, "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(one("rrweb", "deeper.json", deeper.into_bytes()).count_of(&rules::EVENT_INVALID), 1);

    let mut options = options();
    options.limits.max_events = 10;
    let source = codesight_core::import::Source::file("long.json", stream(&clicks[..20]));
    let refused = codesight_core::import::import(&source, &options).err();
    assert_eq!(refused.map(|error| error.kind()), Some(codesight_core::ErrorKind::LimitExceeded));
}

/// A page as a stream tells it: two products, each with a button.
fn shelf(ids_from: i64, class: &str, products: &[&str]) -> Value {
    let mut next = ids_from;
    let mut id = || {
        next += 1;
        next
    };
    let mut element = |tag: &str, attributes: Value, children: Vec<Value>| json!({ "type": 2, "tagName": tag, "attributes": attributes, "childNodes": children, "id": id() });
    let articles: Vec<Value> = products
        .iter()
        .enumerate()
        .map(|(at, product)| {
            let words = |text: &str, id: i64| json!({ "type": 3, "textContent": text, "id": id });
            let place = ids_from + 500 + 10 * at as i64;
            let heading = element("h2", json!({}), vec![words(product, place)]);
            let button = element(
                "button",
                json!({ "class": class, "id": format!("{class}-{at}") }),
                vec![words("Add", place + 1)],
            );
            element("article", json!({}), vec![heading, button])
        })
        .collect();
    let body = element("body", json!({}), articles);
    let html = element("html", json!({}), vec![body]);
    json!({ "node": { "type": 0, "childNodes": [html], "id": ids_from }, "initialOffset": { "top": 0, "left": 0 } })
}

#[test]
fn selectors_are_tried_again_on_later_visits_of_their_page() {
    let meta = |at: u64| json!({ "type": 4, "data": { "href": "https://shop.test/", "width": 800, "height": 600 }, "timestamp": at });
    let snapshot = |page: Value, at: u64| json!({ "type": 2, "data": page, "timestamp": at });
    let first = shelf(1, "css-a1b2c3", &["Red lamp", "Blue lamp"]);
    // The button of the second product: ids are given out children first.
    let button =
        first.pointer("/node/childNodes/0/childNodes/0/childNodes/1/childNodes/1/id").expect("there");
    let click = json!({ "type": 3, "data": { "source": 2, "type": 2, "id": button, "x": 5, "y": 5 }, "timestamp": 30 });
    let stream = json!([
        meta(10),
        snapshot(first.clone(), 20),
        click,
        meta(40),
        // Built anew, with one product more before the others: no name and no path is what it was.
        snapshot(shelf(1_000, "css-z9y8x7", &["Green lamp", "Red lamp", "Blue lamp"]), 50),
    ]);
    let told = interactions(&one("rrweb", "stream.json", stream.to_string().into_bytes()));
    let clicked = told.iter().find(|it| it.kind == InteractionType::Click).expect("a click");
    let set = clicked.selectors.as_ref().expect("selectors");
    let of = |kind: SelectorKind| {
        let known = set.reliability.iter().find(|known| known.kind == kind).expect("measured");
        (known.matches, known.later.expect("tried"))
    };
    let (matches, id) = of(SelectorKind::Id);
    assert_eq!(
        (matches, id.found),
        (Some(1), 1),
        "as the click left it, and not after the new build: {id:?}"
    );
    assert!(id.pages > id.found);
    // Both buttons are called the same, so that their name never found one alone.
    assert_eq!(of(SelectorKind::Role).0, Some(2));
    let later = set.later.expect("looked for");
    assert!(later.relocated > 0 && later.found + later.relocated == later.pages, "{later:?}");
}

#[test]
fn paths_made_for_elements_of_public_pages_find_them_alone() {
    let Some(root) = corpora::folder("selectors/finder/pages") else { return };
    let mut elements = 0;
    for (name, bytes) in corpora::files(&root) {
        if !name.ends_with(".html") {
            continue;
        }
        let page = Document::parse(&String::from_utf8_lossy(&bytes), 20_000);
        // Every seventh: a path costs as much as the page is large.
        for node in dom::members(&page, page.root()).step_by(7) {
            for selector in dom::selectors(&page, node).alternatives {
                if matches!(selector.kind, SelectorKind::CssPath | SelectorKind::Xpath) {
                    let found = dom::resolve(&page, node, &selector);
                    assert_eq!(found, Some(vec![node]), "{name}: {}", selector.value);
                }
            }
            elements += 1;
        }
    }
    eprintln!("{elements} elements");
    assert!(elements > 100, "only {elements} elements were found");
}
