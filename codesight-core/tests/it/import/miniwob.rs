//! MiniWoB++: small episodes of our own in the way it writes them.

use codesight_core::error::ErrorKind;
use codesight_core::import::{Source, import, rules};
use codesight_core::model::{InteractionType, SessionOutcome};
use serde_json::{Value, json};

use super::{interactions, one, options};

fn node(tag: &str, reference: u64, more: &Value) -> Value {
    let mut node = json!({"tag": tag, "left": 5, "top": 60, "width": 90, "height": 20, "ref": reference, "children": []});
    for (name, value) in more.as_object().expect("fields") {
        node[name] = value.clone();
    }
    node
}

/// A page with a labelled box, a field and a button; `target` is the one acted on.
fn page(target: u64, ticked: bool, text: &str) -> Value {
    let marked = |reference: u64, mut node: Value| {
        if reference == target {
            node["recordingTarget"] = json!(true);
        }
        node
    };
    let tick = marked(3, node("INPUT_checkbox", 3, &json!({"id": "ch0", "value": ticked})));
    let label =
        marked(2, node("LABEL", 2, &json!({"children": [tick, node("t", 4, &json!({"text": "xLhq"}))]})));
    let field = marked(5, node("INPUT_text", 5, &json!({"id": "tt", "value": text})));
    let button = marked(6, node("BUTTON", 6, &json!({"text": "Submit", "classes": "secondary-action"})));
    node("BODY", 1, &json!({"children": [label, field, button]}))
}

fn event(time: u64, kind: &str, more: &Value, dom: &Value) -> Value {
    let mut action = json!({"type": kind, "timing": 1});
    for (name, value) in more.as_object().expect("fields") {
        action[name] = value.clone();
    }
    json!({"time": time, "action": action, "dom": dom})
}

fn episode(states: &[Value], reward: f64) -> Vec<u8> {
    json!({"taskName": "click-checkboxes", "utterance": "Select xLhq and click Submit.", "states": states, "rawReward": reward})
        .to_string()
        .into_bytes()
}

#[test]
fn an_episode_becomes_what_a_person_did_with_the_page_around_it() {
    let at = json!({"x": 15, "y": 70});
    let states = vec![
        json!({"time": 0, "action": null, "dom": page(0, false, "")}),
        event(900, "mousedown", &at, &page(2, false, "")),
        // The browser makes the second click of the first.
        event(1_000, "click", &at, &page(2, false, "")),
        event(1_001, "click", &at, &page(3, true, "")),
        event(1_500, "click", &at, &page(5, true, "")),
        event(1_600, "keydown", &json!({"keyCode": 72}), &page(5, true, "")),
        event(1_700, "keydown", &json!({"keyCode": 73}), &page(5, true, "h")),
        event(2_000, "keydown", &json!({"keyCode": 13}), &page(5, true, "hi")),
        event(2_500, "click", &at, &page(6, true, "hi")),
        event(2_600, "scroll", &json!({}), &page(1, true, "hi")),
    ];
    let imported = one("miniwob", "episode.json", episode(&states, 1.0));
    let told = interactions(&imported);
    let kinds: Vec<&InteractionType> = told.iter().map(|it| &it.kind).collect();
    use InteractionType::{Click, Input, Key};
    assert_eq!(kinds, [&Click, &Click, &Input, &Key, &Click]);
    let element = |index: usize| told[index].element.as_ref().expect("an element");
    assert_eq!((element(0).tag.as_str(), element(0).checked), ("input", Some(false)));
    assert_eq!(element(0).name.as_deref(), Some("xLhq"));
    assert_eq!(told[2].action.text.as_deref(), Some("hi"));
    assert_eq!(told[3].action.keys, ["Enter"]);
    assert_eq!(element(4).text.as_deref(), Some("Submit"));
    assert_eq!(element(4).bounding_box.map(|area| (area.x, area.width)), Some((5.0, 90.0)));
    assert_eq!(told[4].user_context.form[0].value.as_deref(), Some("hi"));
    assert_eq!(told[4].timestamp.millis_since(told[0].timestamp), 1_499);
    let session = &imported.sessions[0];
    assert_eq!((session.outcome.clone(), session.raw_events), (SessionOutcome::Succeeded, 10));
    assert_eq!(imported.count_of(&rules::ACTION_UNKNOWN), 1, "how far a scroll went is not told");
}

#[test]
fn an_episode_without_reward_or_states_is_told_and_one_of_another_shape_refused() {
    let empty = one("miniwob", "episode.json", episode(&[], -1.0));
    assert_eq!(empty.sessions[0].interactions(), 0);
    assert_eq!(empty.sessions[0].outcome, SessionOutcome::Abandoned);
    let broken = one("miniwob", "episode.json", episode(&[json!({"time": 1}), json!(7)], 1.0));
    assert_eq!(broken.count_of(&rules::EVENT_INVALID), 1);
    let refused = import(&Source::file("e.json", br#"{"utterance": 1, "states": 2}"#.to_vec()), &options());
    assert_eq!(refused.err().map(|error| error.kind()), Some(ErrorKind::Invalid));
}
