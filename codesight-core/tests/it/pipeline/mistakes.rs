//! Labels of actions, and whether the task was done.

use codesight_core::model::StepLabel;
use codesight_core::pipeline::ProcessedSession;
use serde_json::json;

use super::fixture::{Session, arrival, from, interaction, target, with};

fn labels(processed: &ProcessedSession) -> Vec<(u64, StepLabel)> {
    processed.interactions.iter().filter_map(|step| Some((step.seq, step.derived.label?))).collect()
}

fn likelihood(session: &Session) -> (f64, String) {
    let outcome = session.process().report.outcome.expect("an outcome");
    (outcome.likelihood, outcome.evidence.join(" "))
}

#[test]
fn a_clean_way_is_correct_and_what_comes_of_actions_has_no_label() {
    let processed = Session::good().process();
    let labels = labels(&processed);
    assert!(labels.iter().all(|(_, label)| *label == StepLabel::Correct));
    // The arrivals by link and form are no actions; the typed address is one.
    let without: Vec<u64> = [5, 8, 12, 14, 17].into();
    assert!(without.iter().all(|seq| !labels.iter().any(|(labelled, _)| labelled == seq)), "{labels:?}");
    assert!(labels.contains(&(1, StepLabel::Correct)));
}

#[test]
fn a_wrong_page_left_at_once_is_a_mistake_and_its_recovery_and_no_example() {
    let mut session = Session::good();
    let link = || target("a", "link", "Imprint", 300.0, 780.0);
    let _ = session.push(interaction("click", "/confirmation.html", link()));
    let _ = session.push(arrival("/imprint.html", "link"));
    let _ = session.push(arrival("/confirmation.html", "history"));
    let processed = session.process();
    let found = labels(&processed);
    assert!(found.contains(&(18, StepLabel::Wrong)), "{found:?}");
    assert!(found.contains(&(20, StepLabel::Recovery)), "{found:?}");
    assert!(processed.training.examples.iter().all(|example| example.seq != 18));

    // Looked at for longer, it was meant.
    session.at(20).timestamp = from(json!(90_000));
    assert!(!labels(&session.process()).contains(&(18, StepLabel::Wrong)));
}

#[test]
fn a_box_ticked_and_unticked_and_a_scroll_there_and_back() {
    let mut session = Session::good();
    let gift = || {
        with(target("input", "checkbox", "Gift", 300.0, 400.0), json!({"element": {"inputType": "checkbox"}}))
    };
    let _ = session.push(interaction("click", "/confirmation.html", gift()));
    let _ = session.push(interaction("click", "/confirmation.html", gift()));
    for by in [300, -300] {
        let wheel = json!({"action": {"scrollX": 0, "scrollY": by}, "coordinates": {"x": 640, "y": 400}});
        let _ = session.push(interaction("scroll", "/confirmation.html", wheel));
    }
    let found = labels(&session.process());
    assert_eq!(
        found[found.len() - 4..],
        [
            (18, StepLabel::Wrong),
            (19, StepLabel::Recovery),
            (20, StepLabel::Redundant),
            (21, StepLabel::Redundant)
        ]
    );
}

#[test]
fn whether_the_task_was_done_is_read_from_the_pages_and_not_from_the_claim() {
    let good = Session::good();
    assert_eq!(likelihood(&good), (0.95, "confirmation".to_owned()));

    let mut claims_too_much = good.clone();
    claims_too_much.places.truncate(16);
    claims_too_much.session.outcome = Some(from(json!("succeeded")));
    assert_eq!(likelihood(&claims_too_much), (0.2, "checkout-unfinished".to_owned()));

    let mut in_cart = good.clone();
    in_cart.places.truncate(10);
    assert_eq!(likelihood(&in_cart), (0.75, "cart-grew".to_owned()));

    let mut refused = good.clone();
    refused.places.truncate(16);
    refused.at(16).state_changes =
        from(json!([{"kind": "attribute", "property": "aria-invalid", "after": "true"}]));
    assert_eq!(likelihood(&refused), (0.1, "field-refused".to_owned()));

    assert_eq!(likelihood(&Session::empty()), (0.05, "nothing-done".to_owned()));
}
