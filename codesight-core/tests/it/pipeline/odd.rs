//! Whatever comes in: no panic, findings in order, scores within their ranges, work in proportion.

use codesight_core::model::{CaptureGap, InteractionData};
use codesight_core::pipeline::ProcessedSession;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixture::{Place, Session, from, interaction, target};

fn check(processed: &ProcessedSession) {
    let findings = &processed.report.findings;
    assert!(findings.is_sorted_by_key(|finding| (finding.place.seq, &finding.rule)));
    let score = &processed.report.score;
    assert!((0.0..=100.0).contains(&score.overall), "{}", score.overall);
    for part in &score.parts {
        assert!((0.0..=1.0).contains(&part.score) && (0.0..=1.0).contains(&part.weight));
    }
    assert!((0.0..=1.0).contains(&score.completeness) && (0.0..=1.0).contains(&score.reliability));
    for example in &processed.training.examples {
        assert!((0.0..=1.0).contains(&example.training_value) && (0.0..=1.0).contains(&example.complexity));
        for point in example.actions.iter().flat_map(codesight_core::model::ComputerAction::points) {
            assert!((0.0..=example.frame.viewport_width).contains(&point.x));
            assert!((0.0..=example.frame.viewport_height).contains(&point.y));
        }
    }
    for improvement in &processed.report.improvements {
        assert!((0.0..=100.0).contains(&improvement.points));
    }
    // Recorded numbers stay as they came; derived ones can always be said in JSON.
    let derived = (&processed.report, &processed.training, &processed.navigation, &processed.intents);
    let json = serde_json::to_string(&derived).expect("JSON");
    assert!(!json.contains(":null"), "a number that JSON cannot say");
}

fn odd_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(0.0),
        Just(-0.0),
        Just(-1.0),
        Just(f64::MAX),
        Just(f64::MIN),
        Just(f64::MIN_POSITIVE),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        -2_000.0..2_000.0,
    ]
}

fn odd_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("https://shop.test/cart.html".to_owned()),
        Just("#/".to_owned()),
        Just("://?#&=".to_owned()),
        Just("https://shop.test/search?q=1".to_owned()),
        "\\PC{0,12}",
    ]
}

const KINDS: [&str; 16] = [
    "click",
    "doubleClick",
    "input",
    "change",
    "select",
    "key",
    "scroll",
    "drag",
    "copy",
    "paste",
    "hover",
    "submit",
    "navigation",
    "tabSwitch",
    "pinch",
    "",
];

prop_compose! {
    fn odd_interaction()(
        kind in 0..KINDS.len(), time in any::<i64>(), numbers in proptest::array::uniform12(odd_number()),
        texts in proptest::array::uniform6(odd_text()), flags in any::<u16>(), picture in 0..3_u8,
    ) -> InteractionData {
        let flag = |bit: u16| flags & (1 << bit) != 0;
        let mut it: InteractionData = from(interaction(KINDS[kind], "/", json!({})));
        if flag(0) {
            it = from(interaction(KINDS[kind], "/product.html", target(["input", "select", "button"][kind % 3], "button", "Go", 100.0, 100.0)));
            let area = it.element.as_mut().and_then(|element| element.bounding_box.as_mut());
            if let (true, Some(area)) = (flag(1), area) {
                (area.x, area.y, area.width, area.height) = (numbers[0], numbers[1], numbers[2], numbers[3]);
            }
            if let (true, Some(element)) = (flag(2), it.element.as_mut()) {
                element.value = Some(texts[0].clone());
                element.focused = None;
            }
        }
        it.timestamp = if flag(3) { from(json!(time)) } else { from(json!(time % 1_000)) };
        if flag(4) {
            it.coordinates = Some(from(json!({"x": 0, "y": 0})));
            if let Some(at) = &mut it.coordinates {
                (at.x, at.y) = (numbers[4], numbers[5]);
            }
        }
        if flag(5) {
            it.page_context.url.clone_from(&texts[1]);
        }
        if let (true, Some(viewport)) = (flag(6), it.page_context.viewport.as_mut()) {
            (viewport.width, viewport.height) = (numbers[6], numbers[7]);
        }
        it.action.scroll_y = Some(numbers[8]);
        it.action.text = flag(7).then(|| texts[2].clone());
        it.action.keys = vec![texts[3].clone(); usize::from(flags % 3)];
        it.action.cause = [None, Some("typed"), Some("history"), Some("reload")][usize::from(flags % 4)].map(str::to_owned);
        it.action.path = vec![codesight_core::model::Point { x: numbers[9], y: 1.0 }; usize::from(flags % 4)];
        it.confidence = numbers[10];
        it.user_context.tab = flag(8).then_some(u32::from(flags));
        if flag(9) {
            it.seq = Some(u64::from(flags));
        }
        if let (true, Some(selectors)) = (flag(10), it.selectors.as_mut()) {
            selectors.primary.clone_from(&texts[4]);
            selectors.xpath.clone_from(&texts[5]);
        }
        if picture > 0 {
            let hash = codesight_core::id::ContentHash::of(&[picture]);
            let mut frame: codesight_core::model::Screenshot = from(json!({
                "hash": hash, "mediaType": "image/png", "width": 1280, "height": 800, "relation": "before",
                "capturedAt": 0, "lagMs": 0, "viewport": {"width": 1280, "height": 800}, "trigger": "interaction",
                "source": "visible-tab"
            }));
            if flag(11) {
                frame.lag_ms = numbers[11];
            }
            if flag(12) {
                (frame.viewport.width, frame.viewport.height, frame.width) = (numbers[6], numbers[7], u32::from(flags));
            }
            it.screenshots.push(frame);
        }
        it
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_sequence_is_processed(
        interactions in proptest::collection::vec((odd_interaction(), 0..40_u64, any::<bool>()), 0..40),
    ) {
        let mut session = Session::good();
        session.frames.truncate(1);
        session.frames[0].hash = codesight_core::id::ContentHash::of(&[1]);
        session.places.clear();
        for (index, (interaction, seq, in_order)) in interactions.into_iter().enumerate() {
            let seq = if in_order { index as u64 + 1 } else { seq };
            session.places.push((seq, Place::Interaction(Box::new(interaction))));
        }
        check(&session.process());
    }
}

fn click(seq: u64) -> Value {
    let kinds = ["click", "scroll", "key", "hover"];
    interaction(
        kinds[seq as usize % 4],
        ["/", "/search.html"][seq as usize / 50 % 2],
        target("a", "link", "More", 100.0, 100.0),
    )
}

#[test]
fn sessions_of_every_size() {
    let empty = Session::empty();
    check(&empty.process());
    assert_eq!(empty.process().report.score.overall, 0.0);

    let mut one = Session::empty();
    one.push(click(0));
    check(&one.process());
    assert_eq!(one.process().training.examples.len(), 1);

    let mut no_frames = Session::good();
    no_frames.frames.clear();
    let processed = no_frames.process();
    check(&processed);
    assert_eq!(processed.training.examples.len(), 0);
    assert!(processed.report.score.overall < 80.0, "{}", processed.report.score.overall);
    assert!(processed.report.score.completeness < 0.7, "{}", processed.report.score.completeness);

    let mut frames_only = Session::good();
    frames_only.places.clear();
    check(&frames_only.process());

    let gap: CaptureGap = from(json!({"kind": "recorder-away", "from": 0}));
    let mut gaps_only = Session::empty();
    gaps_only.places = (1..=9).map(|seq| (seq, Place::Gap(gap.clone()))).collect();
    let processed = gaps_only.process();
    check(&processed);
    assert_eq!((processed.report.gaps.len(), processed.report.gaps[0].count), (1, 9));
    assert_eq!(processed.report.score.completeness, 0.0);
}

#[test]
fn ten_thousand_events() {
    let mut long = Session::empty();
    for seq in 0..10_000 {
        long.push(click(seq));
    }
    let processed = long.process();
    check(&processed);
    assert_eq!(processed.interactions.len(), 10_000);
    assert!(processed.training.examples.iter().all(|example| example.history.len() <= 8));
}

/// Work grows in proportion: tabs, loops and fields that would make a careless stage look back over everything.
#[test]
fn awkward_long_sessions_stay_cheap() {
    let mut tabs = Session::empty();
    let mut fields = Session::empty();
    for seq in 0..10_000_u32 {
        tabs.push(click(0)).user_context.tab = Some(seq % 2);
        let mut typed = target("input", "textbox", &format!("Field {seq}"), 100.0, 100.0);
        typed["element"]["focused"] = json!(false);
        typed["action"] = json!({"text": "x"});
        fields.push(interaction("input", "/", typed));
    }
    check(&tabs.process());
    check(&fields.process());
}
