//! What becomes a training example.

use codesight_core::model::{ComputerAction, Severity, TrainingExample};
use codesight_core::pipeline::{Pipeline, PipelineConfig, ProcessedSession, StageConfig};
use codesight_core::stages;
use serde_json::{Value, json};

use super::fixture::{Session, from, interaction, target};

fn actions(processed: &ProcessedSession) -> Vec<(u64, Value)> {
    let told = |action: &ComputerAction| serde_json::to_value(action).expect("JSON");
    processed.training.examples.iter().map(|example| (example.seq, told(&example.actions[0]))).collect()
}

fn kinds(processed: &ProcessedSession) -> Vec<(u64, String)> {
    actions(processed)
        .into_iter()
        .map(|(seq, action)| (seq, action["type"].as_str().unwrap_or("").to_owned()))
        .collect()
}

fn typed(text: &str) -> Value {
    let mut value = target("input", "textbox", "Street", 400.0, 300.0);
    value["action"] = json!({"text": text});
    interaction("input", "/checkout/address.html", value)
}

#[test]
fn a_purchase_becomes_one_example_for_each_action_and_an_end() {
    let processed = Session::good().process();
    let expected = [
        (2, "click"),
        (3, "type"),
        (4, "keypress"),
        (6, "scroll"),
        (7, "click"),
        (9, "select_option"),
        (10, "click"),
        (11, "click"),
        (13, "click"),
        (15, "type"),
        (16, "click"),
        (17, "terminate"),
    ];
    assert_eq!(kinds(&processed), expected.map(|(seq, kind)| (seq, kind.to_owned())));
    let end = processed.training.examples.last().expect("an end");
    let told: Vec<_> = end.history.iter().map(|step| step.description.as_str()).collect();
    assert_eq!(
        told,
        [
            "Scrolled down 400 px",
            "Clicked link \"Blue vase\"",
            "Chose \"Large\" in combobox \"Size\"",
            "Clicked button \"Add to cart\"",
            "Clicked link \"Cart\"",
            "Clicked link \"Checkout\"",
            "Typed \"<ADDRESS_1>\" into textbox \"Street\"",
            "Clicked button \"Place order\"",
        ]
    );
    assert!(processed.training.examples.iter().all(|example| (0.0..=1.0).contains(&example.training_value)));
}

#[test]
fn the_end_is_told_only_where_the_page_confirms_it() {
    let mut session = Session::good();
    session.places.truncate(16);
    // The collector claims success; the pages do not show it.
    assert!(kinds(&session.process()).iter().all(|(_, kind)| kind != "terminate"));
    let mut titled = session.clone();
    titled.at(16).page_context.title = "Thank you for your order! Confirmation".to_owned();
    assert!(kinds(&titled.process()).iter().all(|(_, kind)| kind != "terminate"));
}

#[test]
fn input_on_one_field_becomes_one_action() {
    for (parts, whole) in
        [(vec!["a", "ab", "abc"], "abc"), (vec!["ab", "c", "d"], "abcd"), (vec!["abc", "ab", "abd"], "abd")]
    {
        let mut session = Session::empty();
        for part in &parts {
            session.push(typed(part));
        }
        let mut change = typed("");
        change["type"] = json!("change");
        change["action"] = json!({});
        session.push(change);
        let found = actions(&session.process());
        assert_eq!(found, [(1, json!({"type": "type", "text": whole}))], "{parts:?}");
    }
}

#[test]
fn the_click_into_a_field_comes_before_the_text_unless_it_has_the_focus() {
    let mut session = Session::good();
    let element =
        |session: &mut Session, seq| session.at(seq).element.as_mut().map(|it| it.focused = Some(false));
    // Clicked at place 2, so the field has the focus whatever it says; at place 15 nothing gave it.
    element(&mut session, 3);
    element(&mut session, 15);
    let processed = session.process();
    assert_eq!(processed.report.findings, []);
    let of = |seq| processed.training.examples.iter().find(|example| example.seq == seq).expect("an example");
    let told = |seq| serde_json::to_value(&of(seq).actions).expect("JSON");
    assert_eq!(told(3), json!([{"type": "type", "text": "vase"}]));
    assert_eq!(
        told(15),
        json!([
            {"type": "click", "button": "left", "at": {"x": 400.0, "y": 300.0}},
            {"type": "type", "text": "<ADDRESS_1>"},
        ])
    );
}

#[test]
fn a_secret_is_no_example_and_is_told_without_its_text() {
    let mut session = Session::good();
    session.at(15).action.text = None;
    session.at(15).element.as_mut().expect("an element").field_policy = Some(from(json!("drop")));
    let processed = session.process();
    assert!(processed.training.examples.iter().all(|example| example.seq != 15));
    let end = processed.training.examples.last().expect("an end");
    let told = end.history.iter().find(|step| step.seq == 15).expect("told");
    assert_eq!(told.description, "Typed something secret into textbox \"Street\"");
}

#[test]
fn what_another_action_caused_is_no_action_of_its_own() {
    let mut session = Session::empty();
    let button = || target("button", "button", "Go", 400.0, 300.0);
    session.push(interaction("click", "/", button()));
    session.push(interaction("submit", "/", json!({})));
    session.push(interaction("navigation", "/search.html", json!({"action": {"cause": "form"}})));
    let double = || target("p", "", "Word", 200.0, 300.0);
    session.push(interaction("click", "/search.html", double()));
    session.push(interaction("click", "/search.html", double()));
    session.push(interaction("doubleClick", "/search.html", double()));
    for seq in [4, 5] {
        session.at(seq).timestamp = from(json!(10_000 + 2_000 * 6 - 100));
    }
    session.push(interaction("navigation", "/cart.html", json!({"action": {"cause": "typed"}})));
    session.at(7).screenshots[0].relation = from(json!("before"));
    session.at(7).screenshots[0].lag_ms = 0.0;
    session.push(interaction("navigation", "/search.html", json!({"action": {"cause": "history"}})));
    session.at(8).screenshots[0].relation = from(json!("before"));
    session.at(8).screenshots[0].lag_ms = 0.0;
    let found = actions(&session.process());
    assert_eq!(
        found,
        [
            (1, json!({"type": "click", "button": "left", "at": {"x": 400.0, "y": 300.0}})),
            (6, json!({"type": "double_click", "at": {"x": 200.0, "y": 300.0}})),
            (7, json!({"type": "navigate", "url": "https://shop.test/cart.html"})),
            (8, json!({"type": "keypress", "keys": ["Alt", "ArrowLeft"]})),
        ]
    );
}

#[test]
fn a_place_that_cannot_be_learned_from_is_left_out_and_still_told() {
    let mut session = Session::good();
    session.frame(7).blank = true;
    session.at(10).coordinates = Some(from(json!({"x": 5_000, "y": 10})));
    let processed = session.process();
    let left: Vec<_> = kinds(&processed).into_iter().map(|(seq, _)| seq).collect();
    assert!(!left.contains(&7) && !left.contains(&10), "{left:?}");
    let next = processed.training.examples.iter().find(|example| example.seq == 9).expect("an example");
    assert!(next.history.iter().any(|step| step.seq == 7));
    assert_eq!(next.worst_finding, None::<Severity>);
}

#[test]
fn elements_are_named_in_page_order_and_bounded() {
    let mut session = Session::empty();
    let mut click = interaction("click", "/", target("button", "button", "Go", 400.0, 300.0));
    click["pageContext"]["nearbyElements"] = (0..50)
        .map(|row| {
            let y: i32 = 500 - 10 * row;
            json!({"tag": "a", "role": "link", "text": format!("row {y}"), "interactive": row != 49,
                   "box": {"x": 5, "y": y, "width": 10, "height": 10}, "distance": (y - 300).abs()})
        })
        .collect();
    session.push(click);
    let processed = session.process();
    let elements = &processed.training.examples[0].observation.elements;
    assert_eq!(elements.len(), 20);
    assert!(elements.iter().any(|element| element.role == "button" && element.name == "Go"));
    let rows: Vec<u32> =
        elements.iter().filter_map(|element| element.name.strip_prefix("row ")?.parse().ok()).collect();
    assert!(rows.is_sorted(), "{rows:?}");
}

#[test]
fn a_budget_costs_the_oldest_actions_and_the_farthest_elements_and_never_the_target() {
    let examples = |options: Value| {
        let mut stages: Vec<StageConfig> = stages::NAMES.into_iter().map(StageConfig::named).collect();
        let last = stages.last_mut().expect("examples");
        last.options = from(options);
        let pipeline = Pipeline::from_config(&PipelineConfig { stages }).expect("known stages");
        pipeline.process_session(Session::good().input()).training.examples.clone()
    };
    let told = |example: &TrainingExample| {
        let page = &example.observation;
        let history: usize = example.history.iter().map(|step| step.description.len()).sum();
        let elements: usize = page.elements.iter().map(|it| it.role.len() + it.name.len()).sum();
        example.goal.len() + page.url.len() + page.title.len() + history + elements
    };
    let whole = examples(json!({}));
    let largest = whole.iter().map(told).max().expect("examples");
    assert_eq!(examples(json!({ "textBytes": largest })), whole, "what fits stays");
    for most in [largest - 1, largest / 2, 0] {
        for (cut, whole) in examples(json!({ "textBytes": most })).iter().zip(&whole) {
            let least = cut.history.is_empty() && cut.observation.elements.len() <= 1;
            assert!(told(cut) <= most || least, "{} of {most} bytes", told(cut));
            assert!(whole.history.ends_with(&cut.history), "the latest actions stay");
            assert_eq!((&cut.goal, &cut.observation.url), (&whole.goal, &whole.observation.url));
            assert!(cut.observation.elements.iter().all(|it| whole.observation.elements.contains(it)));
            assert_eq!(cut.observation.elements.is_empty(), whole.observation.elements.is_empty());
        }
    }
}
