//! A report as text and as SARIF.

use codesight_core::model::Severity;
use codesight_core::report::{ReportedSession, explain_score, list_findings, sarif};
use codesight_core::stages::rules;
use serde_json::json;

use super::fixture::Session;

fn damaged() -> Session {
    let mut session = Session::good();
    session.frame(7).blank = true;
    session.at(4).page_context.viewport = None;
    session.session.goal.text.clear();
    session
}

#[test]
fn text_names_place_rule_and_what_to_do() {
    let processed = damaged().process();
    let text = list_findings(&processed.session_id, &processed.report, Severity::Info);
    let expected = "\
session-1 warning goal-missing: Nobody said what the person was to do.
session-1:4 warning viewport-missing pageContext.viewport: The size of the visible part of the page is not known.
session-1:7 error frame-blank screenshots[0]: The picture shows one colour only.

goal-missing: Name the goal when the session starts.
viewport-missing: Record the viewport with every interaction.
frame-blank: Wait until the page is painted; check that no permission or private window hides it.
";
    assert_eq!(text, expected);
    let errors = list_findings(&processed.session_id, &processed.report, Severity::Error);
    assert_eq!(errors.lines().count(), 3);
    let clean = Session::good().process();
    assert_eq!(list_findings(&clean.session_id, &clean.report, Severity::Info), "");
}

#[test]
fn the_points_of_the_parts_add_up_to_the_score() {
    let report = damaged().process().report;
    let text = explain_score(&report);
    let points: f64 = text
        .lines()
        .skip_while(|line| !line.starts_with("part "))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(|line| line.split_whitespace().nth(1).expect("points").parse::<f64>().expect("a number"))
        .sum();
    assert!((points - report.score.overall).abs() < 0.05, "{points} of\n{text}");
    assert!(text.contains("1 frame-blank") && text.contains("task done    0.95 (confirmation)"), "{text}");
}

#[test]
fn sarif_describes_every_rule_and_points_to_each_place() {
    let processed = damaged().process();
    let reported = ReportedSession {
        session: &processed.session_id,
        report: &processed.report,
        artifact: Some("a.zip"),
    };
    let log = sarif([reported]);
    let run = &log["runs"][0];
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(run["tool"]["driver"]["rules"].as_array().map(Vec::len), Some(rules::ALL.len()));
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), processed.report.findings.len());
    let blank = results.iter().find(|result| result["ruleId"] == "frame-blank").expect("the blank frame");
    assert_eq!(blank["level"], "error");
    assert_eq!(blank["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "a.zip");
    let place = &blank["locations"][0]["logicalLocations"][0]["fullyQualifiedName"];
    assert_eq!(*place, json!("session-1/7/screenshots[0]"));
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
}
