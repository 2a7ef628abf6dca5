//! Measures against values computed by hand from their definitions, and by the code they come from.

use codesight_core::model::{Point, Rect};
use codesight_core::training::metrics::{agentnet, mind2web, weblinx};

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn operation_f1_is_that_of_the_sets_of_words() {
    // Words {TYPE, new, york} against {TYPE, york}: precision 2/3, recall 1.
    assert!(close(mind2web::operation_f1("TYPE new york", "TYPE york"), 0.8));
    // A word counts once, however often it stands there.
    assert!(close(mind2web::operation_f1("TYPE a a a", "TYPE a"), 1.0));
    assert!(close(mind2web::operation_f1("", ""), 1.0));
    assert!(close(mind2web::operation_f1("CLICK", ""), 0.0));
    assert!(close(mind2web::operation_f1("CLICK", "TYPE x"), 0.0));
    // One definition counts punctuation that stands alone, the other does not.
    assert!(close(mind2web::operation_f1("TYPE a - b", "TYPE a b"), 6.0 / 7.0));
    assert!(close(mind2web::operation_f1_words("TYPE a - b", "TYPE a b"), 1.0));
}

#[test]
fn steps_and_tasks_are_summed_up_both_ways() {
    let right = mind2web::RightElements {
        ids: vec!["7".to_owned()],
        boxes: vec![Rect { x: 0.0, y: 0.0, width: 10.0, height: 10.0 }],
    };
    let by_id = |id: &str, operation: &str| {
        mind2web::StepScore::of(&mind2web::PredictedElement::Id(id.to_owned()), operation, &right, "CLICK")
    };
    let inside = mind2web::PredictedElement::Point(Point { x: 10.0, y: 5.0 });
    let outside = mind2web::PredictedElement::Point(Point { x: 10.1, y: 5.0 });
    assert!(right.has(&inside) && !right.has(&outside));
    // One task of three steps, two right; one task of one right step; one without steps.
    let tasks = [
        vec![by_id("7", "CLICK"), by_id("7", "CLICK"), by_id("8", "CLICK")],
        vec![by_id("7", "CLICK")],
        Vec::new(),
    ];
    let sum = mind2web::summary(&tasks);
    assert!(
        close(sum.step_success_micro, 3.0 / 4.0) && close(sum.step_success_macro, (2.0 / 3.0 + 1.0) / 2.0)
    );
    assert!(close(sum.task_success, 0.5) && close(sum.operation_f1_micro, 1.0));
    assert!(!by_id("7", "CLICK now").is_success(), "an operation that is nearly right is not right");
}

#[test]
fn chrf_equals_sacrebleu() {
    // sacrebleu 2.5.1, CHRF() with its defaults, sentence scores over 100.
    for (predicted, right, expected) in CHRF {
        let got = weblinx::chrf(predicted, right);
        assert!((got - expected).abs() < 1e-6, "{predicted:?} {right:?}: {got} instead of {expected}");
    }
}

const CHRF: [(&str, &str, f64); 8] = [
    ("Open the second one", "Open the second one", 1.000000000),
    ("Open the first one", "Open the second one", 0.403913491),
    ("buy shoes", "find some red shoes in size 9", 0.134754714),
    ("abc", "abc", 1.000000000),
    ("a", "b", 0.000000000),
    ("", "x", 0.000000000),
    ("Straße 7", "Strasse 7", 0.318475442),
    ("The cat sat on the mat.", "The cat is sitting on the mat.", 0.496485170),
];

#[test]
fn a_turn_with_another_intent_scores_nothing() {
    let area = Rect { x: 0.0, y: 0.0, width: 10.0, height: 10.0 };
    let half = Rect { x: 5.0, y: 0.0, width: 10.0, height: 10.0 };
    let turn = |intent: &str, bounding_box| weblinx::Turn {
        intent: intent.to_owned(),
        bounding_box,
        ..weblinx::Turn::default()
    };
    let score = weblinx::TurnScore::of(&turn("click", Some(half)), &turn("click", Some(area)));
    assert_eq!((score.intent, score.text), (1.0, None));
    assert!(close(score.element.expect("a box"), 1.0 / 3.0));
    let score = weblinx::TurnScore::of(&turn("hover", Some(area)), &turn("click", Some(area)));
    assert_eq!((score.intent, score.element), (0.0, Some(0.0)));
    assert!(close(weblinx::url_f1("https://www.shop.test/a/b", "https://shop.test/a/c?x=1"), 2.0 / 3.0));
    assert!(close(weblinx::url_f1("no address", "https://shop.test/"), 0.0));
}

fn click(x: f64, y: f64, boxes: &[Rect]) -> agentnet::Action {
    agentnet::Action::Pointer { kind: "click", x, y, boxes: boxes.to_vec() }
}

#[test]
fn agentnets_score_is_that_of_its_code() {
    let write = |text: &str| agentnet::Action::Write { text: text.to_owned() };
    let press = |key: &str| agentnet::Action::Press { keys: vec![key.to_owned()] };
    let area = Rect { x: 0.2, y: 0.5, width: 0.2, height: 0.1 };
    let answer = [click(0.3, 0.55, &[area])];
    assert!(close(agentnet::score(&[click(0.4, 0.6, &[])], &answer), 1.0), "the corner of the box is in it");
    // 0.05 to the right of the answer, outside the box.
    let near = 0.01 * 2.0_f64.sqrt();
    let missed = agentnet::score(&[click(0.45, 0.55, &[])], &answer);
    assert!(close(missed, (-120.0 * (0.15 - near)).exp()));
    assert!(close(agentnet::score(&[write("x")], &answer), 0.0));
    // Text and Enter are one action with a line break.
    assert!(close(agentnet::score(&[write("SPOTIFY"), press("enter")], &[write("spotify\n")]), 1.0));
    // 3 of 10 letters wrong: a similarity of 0.7, of which 0.8 is enough.
    assert!(close(agentnet::score(&[write("abcdefgxyz")], &[write("abcdefghij")]), 0.7 / 0.8));
    // Twice as many actions as wanted halve the score.
    assert!(close(agentnet::score(&[click(0.3, 0.55, &[]), press("a")], &answer), 0.5));
    let scroll = |amount: f64| agentnet::Action::Scroll { amount };
    assert!(close(agentnet::score(&[scroll(-27.0)], &[scroll(-54.0)]), 0.5));
    assert!(close(agentnet::score(&[scroll(54.0)], &[scroll(-54.0)]), 0.0));
    let end = |status: &str| agentnet::Action::Terminate { status: status.to_owned() };
    assert!(close(agentnet::score(&[end("success")], &[end("success")]), 1.0));
    assert!(close(agentnet::score(&[end("failure")], &[end("success")]), 0.0));
    assert!(close(agentnet::score(&[], &answer), 0.0));
    let other = vec![write("other")];
    assert!(
        close(agentnet::step_score(&[write("other")], &[answer.to_vec(), other]), 1.0),
        "the best of the answers counts"
    );
}

#[test]
fn a_recorded_benchmark_task_scores_full_marks_against_itself() {
    let Some(folder) = crate::corpora::folder("trajectories/agentnetbench") else { return };
    let (_, bytes) =
        crate::corpora::files(&folder).into_iter().find(|(name, _)| name.ends_with(".json")).expect("a task");
    let task: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
    for step in task["steps"].as_array().expect("steps") {
        let answers: Vec<agentnet::Action> =
            step["ground_truth_actions"].as_array().expect("actions").iter().map(answer).collect();
        assert!(close(agentnet::score(&answers, &answers), 1.0), "{step}");
    }
}

fn answer(action: &serde_json::Value) -> agentnet::Action {
    let parameters = &action["params"];
    let text = |name: &str| parameters[name].as_str().unwrap_or_default().to_owned();
    match action["type"].as_str().expect("type") {
        "write" => agentnet::Action::Write { text: text("text") },
        "scroll" => agentnet::Action::Scroll { amount: parameters["amount"].as_f64().expect("amount") },
        "terminate" => agentnet::Action::Terminate { status: text("status") },
        kind => {
            let kind = if kind == "click" { "click" } else { "moveto" };
            let boxes = action["metadata"]["bboxes"].as_array().expect("boxes").iter().map(|area| {
                let side = |index: usize| area["rel_bbox"][index].as_f64().expect("number");
                Rect { x: side(0), y: side(1), width: side(2), height: side(3) }
            });
            let at = &parameters["position"];
            agentnet::Action::Pointer {
                kind,
                x: at["x"].as_f64().expect("x"),
                y: at["y"].as_f64().expect("y"),
                boxes: boxes.collect(),
            }
        }
    }
}
