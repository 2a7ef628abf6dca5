//! Every rule: one defect in a good session fires exactly that rule at that place.

use std::collections::BTreeSet;

use codesight_core::id::ContentHash;
use codesight_core::model::{Finding, InteractionType, RuleId, Severity};
use codesight_core::stages::rules;
use serde_json::json;

use super::fixture::{Place, Session, arrival, fired, from, interaction, target, with};

type Damage = fn(&mut Session);

/// Rule, place, what is done to the good session. Places of the good session: see `fixture::purchase`.
const CASES: &[(&str, Option<u64>, Damage)] = &[
    ("action-not-expressible", Some(3), |session| {
        session.at(3).action.text = None;
        session.at(3).element.as_mut().expect("element").value = None;
    }),
    ("capture-gap", Some(18), |session| {
        session.places.push((18, Place::Gap(from(json!({"kind": "quota", "from": 50_000})))));
    }),
    ("capture-paused", Some(18), |session| {
        session.places.push((18, Place::Gap(from(json!({"kind": "paused", "from": 50_000})))));
    }),
    ("click-outside-element", Some(7), |session| {
        session.at(7).element.as_mut().expect("element").bounding_box =
            Some(from(json!({"x": 0, "y": 0, "width": 20, "height": 20})));
    }),
    ("context-missing", Some(4), |session| session.at(4).page_context.url.clear()),
    ("coordinates-missing", Some(7), |session| session.at(7).coordinates = None),
    ("coordinates-outside-viewport", Some(7), |session| {
        session.at(7).coordinates = Some(from(json!({"x": 1300, "y": 10})));
    }),
    ("copy-without-selection", Some(11), |session| session.at(11).kind = InteractionType::Copy),
    ("dead-click", Some(11), |session| {
        let mut after = session.at(11).screenshots[0].clone();
        after.relation = from(json!("after"));
        session.at(11).screenshots.push(after);
    }),
    ("element-missing", Some(7), |session| session.at(7).element = None),
    ("event-untrusted", Some(7), |session| session.at(7).action.is_trusted = Some(false)),
    ("example-duplicate", Some(11), |session| {
        let earlier = session.at(10).clone();
        let later = session.at(11);
        later.coordinates = earlier.coordinates;
        later.element = earlier.element;
        later.screenshots[0].hash = earlier.screenshots[0].hash;
    }),
    ("form-abandoned", Some(19), |session| {
        for name in ["Voucher", "Note"] {
            let field = target("input", "textbox", name, 400.0, 300.0);
            let _ = session.push(interaction(
                "input",
                "/confirmation.html",
                with(field, json!({"action": {"text": name}})),
            ));
        }
    }),
    ("frame-after-action", Some(7), |session| session.at(7).screenshots[0].lag_ms = 900.0),
    ("frame-after-not-stored", Some(7), |session| {
        let mut after = session.at(7).screenshots[0].clone();
        after.relation = from(json!("after"));
        after.hash = ContentHash::of(b"lost");
        session.at(7).screenshots.push(after);
    }),
    ("frame-before-missing", Some(7), |session| session.at(7).screenshots.clear()),
    ("frame-blank", Some(7), |session| session.frame(7).blank = true),
    ("frame-duplicate", Some(7), |session| {
        session.frame(7).pixel_hash = Some(ContentHash::of(b"same pixels"));
        session.frame(6).pixel_hash = Some(ContentHash::of(b"same pixels"));
        session.at(7).page_context.scroll.y = 400.0;
        session.at(7).screenshots[0].scroll.y = 400.0;
    }),
    ("frame-not-stored", Some(7), |session| {
        let hash = session.at(7).screenshots[0].hash;
        session.frames.retain(|frame| frame.hash != hash);
    }),
    ("frame-size-mismatch", Some(7), |session| session.frame(7).width = 640),
    ("frame-stale", Some(7), |session| session.at(7).screenshots[0].lag_ms = -60_000.0),
    ("frame-viewport-mismatch", Some(7), |session| {
        session.at(7).screenshots[0].viewport = from(json!({"width": 640, "height": 400}));
    }),
    ("frame-wrong-page", Some(9), |session| {
        let it = session.at(9);
        it.screenshots[0].captured_at = from(json!(25_900));
        it.screenshots[0].lag_ms = -2_100.0;
    }),
    ("frame-wrong-scroll", Some(7), |session| session.at(7).screenshots[0].scroll.y = 300.0),
    ("goal-missing", None, |session| session.session.goal.text.clear()),
    ("goal-not-met", None, |session| {
        // Before the fields of which nothing is told: what is named could be in them.
        session.places.truncate(10);
        session.session.outcome = None;
        session.session.goal.text = "Buy the \"Crimson teapot\"".to_owned();
    }),
    ("goal-not-reached", None, |session| {
        session.places.truncate(16);
        session.session.outcome = None;
    }),
    ("input-without-focus", Some(15), |session| {
        session.at(15).element.as_mut().expect("element").focused = Some(false);
        session.at(15).coordinates = None;
    }),
    ("intent-contradicted", Some(10), |session| session.at(10).user_intent = Some("account".to_owned())),
    ("interaction-duplicate", Some(11), |session| {
        let mut again = session.at(10).clone();
        again.seq = None;
        *session.at(11) = again;
    }),
    ("interaction-type-unknown", Some(6), |session| {
        session.at(6).kind = InteractionType::Other("pinch".to_owned());
    }),
    ("misclick-corrected", Some(18), |session| {
        let link = target("a", "link", "Imprint", 300.0, 780.0);
        let _ = session.push(interaction("click", "/confirmation.html", link));
        let _ = session.push(arrival("/imprint.html", "link"));
        let _ = session.push(arrival("/confirmation.html", "history"));
    }),
    ("navigation-loop", Some(18), |session| {
        for _ in 0..2 {
            let link = target("a", "link", "Orders", 300.0, 780.0);
            let _ = session.push(interaction("click", "/imprint.html", link.clone()));
            let _ = session.push(arrival("/help.html", "link"));
            let _ = session.push(interaction("click", "/help.html", link));
            let _ = session.push(arrival("/imprint.html", "link"));
        }
        session.session.outcome = None;
    }),
    ("outcome-unproven", None, |session| session.places.truncate(13)),
    ("place-duplicate", Some(7), |session| {
        let place = session.places[6].clone();
        session.places.insert(7, place);
    }),
    ("place-mismatch", Some(7), |session| session.at(7).seq = Some(70)),
    ("place-missing", Some(6), |session| {
        session.places.remove(5);
    }),
    ("quarantined", Some(18), |session| {
        let reason =
            Finding::session(RuleId::new("interaction-invalid"), Severity::Error, "It is not of its shape.");
        session.places.push((18, Place::Quarantined(reason)));
    }),
    ("rage-click", Some(20), |session| {
        for _ in 0..3 {
            session.push(interaction(
                "click",
                "/confirmation.html",
                target("a", "link", "Print", 300.0, 300.0),
            ));
        }
        for (seq, millis) in [(19, 48_200), (20, 48_400)] {
            session.at(seq).timestamp = from(json!(millis));
        }
        session.at(18).timestamp = from(json!(48_000));
    }),
    ("record-unreadable", Some(18), |session| {
        session.places.push((18, Place::Quarantined(rules::RECORD_UNREADABLE.at(18))));
    }),
    ("scroll-without-effect", Some(6), |session| session.at(6).action.scroll_y = Some(0.0)),
    ("select-click-duplicate", Some(10), |session| {
        let list = session.at(9).clone();
        let click = session.at(10);
        click.element = list.element;
        click.coordinates = list.coordinates;
        click.selectors = list.selectors;
    }),
    ("selector-ambiguous", Some(7), |session| {
        session.at(7).selectors.as_mut().expect("selectors").reliability[0].matches = Some(3);
    }),
    ("selector-fragile", Some(7), |session| {
        session.at(7).selectors = Some(from(json!({"primary": "div > div:nth-child(3) > a"})));
    }),
    ("selectors-missing", Some(7), |session| session.at(7).selectors = None),
    ("target-not-in-page", Some(7), |session| {
        for known in &mut session.at(7).selectors.as_mut().expect("selectors").reliability {
            known.matches = Some(0);
        }
    }),
    ("session-empty", None, |session| {
        session.places.clear();
        session.session.outcome = None;
    }),
    ("step-gap", Some(7), |session| {
        session.at(7).page_context.url = "https://shop.test/other.html".to_owned();
    }),
    ("time-backwards", Some(7), |session| session.at(7).timestamp = from(json!(20_000))),
    ("time-gap", Some(17), |session| session.at(17).timestamp = from(json!(900_000))),
    ("viewport-missing", Some(4), |session| session.at(4).page_context.viewport = None),
];

/// Rules that follow from a defect as well, and rightly so.
fn also_allowed(rule: &str) -> &'static [&'static str] {
    match rule {
        // What came is told beside the fact that it was kept out.
        "quarantined" => &["interaction-invalid"],
        // The picture and the answer are the same, too.
        "interaction-duplicate" => &["example-duplicate", "frame-after-action"],
        // What is recorded ends in checkout.
        "outcome-unproven" => &["goal-not-reached"],
        // It cannot be said as an action either.
        "interaction-type-unknown" | "coordinates-missing" => &["action-not-expressible"],
        _ => &[],
    }
}

#[test]
fn a_clean_session_has_no_finding_at_all() {
    let processed = Session::good().process();
    assert_eq!(fired(&processed, Severity::Info), []);
    assert_eq!(processed.report.score.overall, 100.0);
    assert_eq!(processed.report.score.completeness, 1.0);
    assert_eq!((processed.report.gaps.len(), processed.report.improvements.len()), (0, 0));
}

#[test]
fn one_defect_fires_exactly_its_rule_at_its_place() {
    for (rule, place, damage) in CASES {
        let mut session = Session::good();
        damage(&mut session);
        let processed = session.process();
        let found = fired(&processed, Severity::Info);
        assert!(found.contains(&((*rule).to_owned(), *place)), "{rule} at {place:?} did not fire: {found:?}");
        let others: Vec<_> = found
            .iter()
            .filter(|(id, at)| {
                (id.as_str(), at) != (*rule, place) && !also_allowed(rule).contains(&id.as_str())
            })
            .collect();
        assert!(others.is_empty(), "{rule}: {others:?} fired as well");
    }
}

#[test]
fn every_rule_has_a_case_and_every_warning_costs_points() {
    let tried: BTreeSet<_> = CASES.iter().map(|(rule, ..)| *rule).collect();
    let known: BTreeSet<_> = rules::ALL.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(tried, known);
    for (rule, _, damage) in CASES {
        let mut session = Session::good();
        damage(&mut session);
        let report = session.process().report;
        let severity = rules::find(&RuleId::new(rule)).expect("a known rule").severity;
        assert_eq!(
            report.score.overall < 100.0,
            severity > Severity::Info,
            "{rule}: {}",
            report.score.overall
        );
        if severity > Severity::Info && *rule != "session-empty" {
            let won = report.improvements.iter().find(|improvement| improvement.rule.as_str() == *rule);
            assert!(
                won.is_some_and(|won| won.points > 0.0),
                "{rule} is no improvement: {:?}",
                report.improvements
            );
        }
    }
}
