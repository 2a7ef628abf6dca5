//! SARIF 2.1.0, the format in which static analysers report to editors and code review.

use serde_json::{Value, json};

use crate::id::SessionId;
use crate::model::{Finding, QualityReport, Severity};
use crate::stages::rules;

/// A session with its report and the file it was read from.
#[derive(Debug, Clone, Copy)]
pub struct ReportedSession<'a> {
    /// The session.
    pub session: &'a SessionId,
    /// Its report.
    pub report: &'a QualityReport,
    /// The file that results point to, as a URI reference; the session's id where there is none.
    pub artifact: Option<&'a str>,
}

/// The findings of several sessions as one SARIF log with one run, every rule described. A place of a session is a
/// logical location `SESSION/SEQ`, with the field after it where one is known.
pub fn sarif<'a>(sessions: impl IntoIterator<Item = ReportedSession<'a>>) -> Value {
    let results: Vec<Value> = sessions
        .into_iter()
        .flat_map(|reported| reported.report.findings.iter().map(move |finding| result(&reported, finding)))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "codesight",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules::ALL.iter().map(|rule| json!({
                    "id": rule.id,
                    "shortDescription": {"text": rule.explanation},
                    "help": {"text": rule.fix},
                    "defaultConfiguration": {"level": level(rule.severity)},
                })).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(reported: &ReportedSession<'_>, finding: &Finding) -> Value {
    let session = reported.session.as_str();
    let place = match (finding.place.seq, &finding.place.field) {
        (Some(seq), Some(field)) => format!("{session}/{seq}/{field}"),
        (Some(seq), None) => format!("{session}/{seq}"),
        (None, Some(field)) => format!("{session}/{field}"),
        (None, None) => session.to_owned(),
    };
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": {"text": finding.message},
        "locations": [{
            "physicalLocation": {"artifactLocation": {"uri": reported.artifact.unwrap_or(session)}},
            "logicalLocations": [{"fullyQualifiedName": place, "kind": "element"}],
        }],
    });
    // Findings of other parts, such as a refusal at the socket, have no rule in the table.
    if let (Ok(index), Value::Object(fields)) =
        (rules::ALL.binary_search_by(|rule| rule.id.cmp(&finding.rule)), &mut result)
    {
        fields.insert("ruleIndex".to_owned(), json!(index));
    }
    result
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}
