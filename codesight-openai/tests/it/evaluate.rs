//! Models on held-out steps: figures, comparison, golden answers, report.

use std::sync::Arc;

use codesight_core::ports::Tuner;
use codesight_core::time::Timestamp;
use codesight_openai::chat::{ChatModel, ChatPrice};
use codesight_openai::evaluate::{
    EvaluationCase, EvaluationOptions, EvaluationReport, GoldenSet, evaluate, inventory, to_html,
};
use codesight_openai::format::ChatFormat;
use codesight_openai::format::{to_preference, to_reinforcement};
use codesight_openai::jobs::{FineTuning, OpenAiTuner, TunerOptions};
use codesight_openai::testkit::{ChatTurn, FakeOptions, FakeService, Fault};
use http::Method;

use crate::service::{client_of, fake, fixed};
use crate::support::{archive, click, example, masked};

fn line(x: f64) -> Vec<u8> {
    let line = ChatFormat::default().line(&masked(example(vec![click(x, 480.0)])), &archive(640, 480));
    line.expect("in memory").bytes.expect("a line")
}

fn cases() -> Vec<EvaluationCase> {
    let case = |step: u32| {
        EvaluationCase::from_line(format!("step {step}"), "<b>task</b>", &line(f64::from(step) * 100.0))
    };
    (1..=8).map(|step| case(step).expect("a line of ours")).collect()
}

/// Answers each step with the click it expects, moved by what `off` says for the model and the step.
fn service(cases: &[EvaluationCase], off: fn(&str, usize) -> Option<i32>) -> FakeService {
    let known: Vec<_> =
        cases.iter().map(|case| (case.question.messages.clone(), case.expected.clone())).collect();
    FakeService::new(FakeOptions::default(), fixed()).answering(Arc::new(move |request| {
        // Questions differ in nothing but what the person did, so they come in order.
        let at = known.iter().position(|(messages, _)| *messages == request["messages"]).unwrap_or_default();
        let model = request["model"].as_str().unwrap_or_default();
        let Some(off) = off(model, at) else { return ChatTurn::Refusal("No.".into()) };
        let mut actions = serde_json::to_value(&known[at].1).expect("actions");
        actions[0]["x"] = (actions[0]["x"].as_i64().expect("a number") + i64::from(off)).into();
        ChatTurn::Call { name: "computer".into(), arguments: format!("{{\"actions\":{actions}}}") }
    }))
}

/// Lines whose questions differ, too.
fn distinct() -> Vec<EvaluationCase> {
    let mut cases = cases();
    for (at, case) in cases.iter_mut().enumerate() {
        case.question.messages[1]["content"][0]["text"] = format!("Question {at}").into();
    }
    cases
}

#[tokio::test]
async fn figures_comparison_and_report() {
    let cases = distinct();
    // 640 x 480: the diagonal is 800 pixels, 4 % of it 32.
    let service = service(&cases, |model, at| match (model, at) {
        ("second", 0) => None,
        ("second", 1..=3) => Some(100),
        _ => Some(10),
    });
    let client = client_of(&service, fixed());
    let price = ChatPrice::of_tuned("gpt-4.1");
    let options = EvaluationOptions { price, ..EvaluationOptions::default() };
    let mut models = Vec::new();
    for name in ["second", "first"] {
        models.push(evaluate(&ChatModel::new(client.clone(), name), &cases, &options, |_| {}).await);
    }
    let (second, first) = (&models[0], &models[1]);
    assert_eq!((first.step_success.value, second.step_success.value), (1.0, 0.5));
    assert_eq!((second.valid_answers.value, second.type_accuracy.value), (0.875, 0.875));
    assert_eq!((first.task_success.value, second.task_success.value), (1.0, 0.0));
    assert!(first.step_success.low < 1.0 && first.cost_usd.expect("a price") > 0.0);
    assert_eq!(first.steps[0].score.distance_px, Some(10.0));
    assert_eq!((second.performance().steps, second.performance().step_success), (8, 0.5));
    let report = EvaluationReport::new(Timestamp::from_millis(0), models);
    let versus = &report.comparisons[0];
    assert_eq!((versus.steps, versus.only_candidate, versus.only_baseline), (8, 4, 0));
    assert!(versus.step_success.low > 0.0 && (versus.p_value - 0.125).abs() < 1e-9, "{versus:?}");
    let page = to_html(&report, &cases);
    assert_eq!(page.matches("<article").count(), 8);
    assert!(
        page.contains("&lt;b&gt;task") && !page.contains("<b>task"),
        "what comes from outside is escaped"
    );
    assert!(page.contains("data:image/png;base64,") && !page.contains("<script") && !page.contains("://"));
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(json["models"][1]["steps"][7]["score"]["stepRight"], true);
}

#[tokio::test]
async fn golden_answers_show_what_became_worse() {
    let cases = distinct();
    let client = |off| client_of(&service(&cases, off), fixed());
    let options = EvaluationOptions::default();
    let good = evaluate(&ChatModel::new(client(|_, _| Some(0)), "m"), &cases, &options, |_| {}).await;
    let golden = GoldenSet::record(&good);
    let golden = GoldenSet::from_json(&serde_json::to_vec(&golden).expect("JSON")).expect("read back");
    assert_eq!(golden.compare(&good), Vec::new());
    let worse = evaluate(
        &ChatModel::new(client(|_, at| Some(if at == 2 { 300 } else { 5 })), "m"),
        &cases,
        &options,
        |_| {},
    )
    .await;
    let changes = golden.compare(&worse);
    assert_eq!((changes.len(), changes[0].id.as_str(), changes[0].is_regression()), (1, "step 3", true));
    assert!(GoldenSet::from_json(b"{\"version\":2,\"model\":\"m\",\"answers\":{}}").is_err());
}

#[tokio::test]
async fn a_step_without_an_answer_is_wrong_and_says_why() {
    let (service, client) = fake(FakeOptions::default());
    service.faults(|plan| plan.next(Method::POST, "/chat", Fault::Refused(400, "too_long", "No.")));
    let cases = &distinct()[..2];
    let options = EvaluationOptions { parallel: 1, ..EvaluationOptions::default() };
    let report = evaluate(&ChatModel::new(client, "m"), cases, &options, |_| {}).await;
    assert_eq!((report.steps[0].error.as_deref(), report.steps[1].error.as_deref()), (Some("invalid"), None));
    assert_eq!(report.step_success.value, 0.0);
}

#[test]
fn lines_for_preferences_and_graders_hold_no_picture() {
    let line = line(100.0);
    let case = EvaluationCase::from_line("1", "t", &line).expect("a line of ours");
    let worse = [codesight_openai::format::ToolAction::Wait {}];
    let pair = to_preference(&line, &worse).expect("a pair");
    let pair: serde_json::Value = serde_json::from_slice(&pair).expect("JSON");
    assert_eq!(pair["preferred_output"][0]["role"], "assistant");
    assert!(
        pair["non_preferred_output"][0]["tool_calls"][0]["function"]["arguments"]
            .as_str()
            .is_some_and(|it| it.contains("wait"))
    );
    assert_eq!(pair["input"]["messages"].as_array().map(Vec::len), Some(2));
    assert!(pair["input"]["tools"].is_array() && !pair.to_string().contains("data:image"));
    assert!(to_preference(&line, &case.expected).is_err() && to_preference(&line, &[]).is_err());
    let graded = to_reinforcement(&line).expect("a question");
    let graded: serde_json::Value = serde_json::from_slice(&graded).expect("JSON");
    assert_eq!(
        graded["messages"].as_array().and_then(|all| all.last()).map(|last| last["role"].clone()),
        Some("user".into())
    );
    assert!(
        graded["answer"].as_str().is_some_and(|answer| answer.contains("click"))
            && !graded.to_string().contains("data:image")
    );
    assert!(to_reinforcement(b"{}").is_err());
}

#[tokio::test]
async fn the_inventory_says_how_long_each_model_has() {
    let (_, client) = fake(FakeOptions::default());
    let tuner = OpenAiTuner::new(client.clone(), TunerOptions::default());
    let file = tuner.upload(masked(bytes::Bytes::from_static(b"{}\n"))).await.expect("uploaded");
    let job =
        tuner.start(codesight_core::testkit::fixtures::tuning_request("run", &file)).await.expect("made");
    assert_eq!(inventory(&FineTuning::new(client.clone())).await.expect("listed").models, Vec::new());
    while !tuner.get(&job.id).await.expect("there").status.is_final() {}
    let inventory = inventory(&FineTuning::new(client)).await.expect("listed");
    let entry = &inventory.models[0];
    assert_eq!((entry.availability.days_left, entry.training_file.as_str()), (Some(53), file.as_str()));
}
