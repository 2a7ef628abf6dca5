//! The report of what was masked: of a session, and merged.

use std::sync::Arc;

use codesight_core::model::{Finding, InteractionData, RuleId, Severity};
use codesight_core::ports::SecretKey;
use codesight_core::privacy::{Masker, PatternDetector, PrivacyReport, Pseudonymizer, Raw};
use codesight_core::testkit::fixtures;
use serde_json::{Value, json};

fn report(interactions: &[Value]) -> PrivacyReport {
    let mut masker =
        Masker::new(Arc::new(PatternDetector::new()), Pseudonymizer::new(SecretKey::from_bytes([7; 32])));
    let masked: Vec<_> = interactions
        .iter()
        .map(|one| serde_json::from_value::<InteractionData>(one.clone()).expect("an interaction"))
        .map(|one| masker.interaction(Raw::new(one)))
        .collect();
    let finding = Finding::session(RuleId::new("interaction-invalid"), Severity::Error, "12 bytes");
    let session = codesight_core::privacy::Masked::from_store(fixtures::session(1).expect("a session"));
    PrivacyReport::of_session(&session, &masked, [&finding])
}

fn count(report: &PrivacyReport, kind: &str, surface: &str, evidence: &str) -> u64 {
    let of = |count: &&codesight_core::privacy::MaskedCount| {
        (count.kind.as_str(), count.surface.as_str(), count.evidence.as_str()) == (kind, surface, evidence)
    };
    report.masked.iter().find(of).map_or(0, |count| count.count)
}

#[test]
fn it_counts_by_type_surface_and_evidence_and_holds_no_value() {
    let typed = json!({
        "type": "input", "timestamp": 1, "action": { "text": "jane@canary.example" },
        "element": { "tag": "input", "inputType": "email", "value": "jane@canary.example" },
        "pageContext": { "title": "Order of bob@canary.example, card 4012 8888 8888 1881" }
    });
    let password = json!({
        "type": "input", "timestamp": 2, "action": { "text": "hunter2!" },
        "element": { "tag": "input", "inputType": "password" }
    });
    let report = report(&[typed, password]);
    assert_eq!((report.sessions, report.interactions), (1, 2));
    assert_eq!(count(&report, "email", "field-value", "field"), 2);
    assert_eq!(count(&report, "email", "title", "content"), 1);
    assert_eq!(count(&report, "card", "title", "content"), 1);
    assert_eq!(count(&report, "credential", "field-value", "field"), 1);
    assert_eq!(report.policies, [("drop".to_owned(), 1), ("pseudonymise".to_owned(), 1)].into());
    assert_eq!(report.findings, [("interaction-invalid".to_owned(), 1)].into());
    assert_eq!(report.licences, [("not stated".to_owned(), 1)].into());
    assert_eq!(report.consent.text_versions.values().sum::<u64>(), 1);
    let written = serde_json::to_string(&report).expect("JSON") + &report.to_text();
    assert!(
        !written.contains("canary") && !written.contains("hunter2") && !written.contains("4012"),
        "{written}"
    );
}

#[test]
fn reports_merge_to_the_report_of_all() {
    let page = |title: &str| json!({ "type": "click", "timestamp": 1, "pageContext": { "title": title } });
    let (one, other) = (
        report(&[page("To a@canary.example")]),
        report(&[page("IP 198.51.100.7"), page("b@canary.example")]),
    );
    let mut all = one.clone();
    all.merge(&other);
    assert_eq!((all.sessions, all.interactions), (2, 3));
    assert_eq!(count(&all, "email", "title", "content"), 2);
    assert_eq!(count(&all, "ip-address", "title", "content"), 1);
    let mut turned = other;
    turned.merge(&one);
    assert_eq!(turned, all);
    let read: PrivacyReport =
        serde_json::from_str(&serde_json::to_string(&all).expect("JSON")).expect("its own JSON");
    assert_eq!(read, all);
}
