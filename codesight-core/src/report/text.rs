//! Text for a terminal.

use std::fmt::Write;

use crate::id::SessionId;
use crate::model::{Finding, KindSurvival, QualityReport, QualityScore, RuleId, Severity, SurvivalReport};
use crate::stages::rules;

/// One line for each finding from a severity on, the costliest first within a place, with what to do about each rule
/// once, at the end.
///
/// ```text
/// session-1:7 error frame-blank screenshots[0]: The picture shows one colour only.
///
/// frame-blank: Wait until the page is painted; check that no permission or private window hides it.
/// ```
pub fn list_findings(session: &SessionId, report: &QualityReport, from: Severity) -> String {
    let mut text = String::new();
    let mut told: Vec<&RuleId> = Vec::new();
    for finding in report.findings.iter().filter(|finding| finding.severity >= from) {
        line(&mut text, session, finding);
        if !told.contains(&&finding.rule) {
            told.push(&finding.rule);
        }
    }
    let fixes: Vec<_> = told.into_iter().filter_map(rules::find).collect();
    if !fixes.is_empty() {
        text.push('\n');
    }
    for rule in fixes {
        let _ = writeln!(text, "{}: {}", rule.id, rule.fix);
    }
    text
}

fn line(text: &mut String, session: &SessionId, finding: &Finding) {
    let _ = write!(text, "{session}");
    if let Some(seq) = finding.place.seq {
        let _ = write!(text, ":{seq}");
    }
    let _ = write!(text, " {} {}", severity(finding.severity), finding.rule);
    if let Some(field) = &finding.place.field {
        let _ = write!(text, " {field}");
    }
    let _ = writeln!(text, ": {}", finding.message);
}

pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// How selectors fared when their elements were met again: the whole, then each kind.
pub fn tell_survival(selectors: &SurvivalReport) -> String {
    let SurvivalReport { elements, whole, kinds } = selectors;
    let lost = whole.pages.saturating_sub(whole.found).saturating_sub(whole.relocated);
    let mut text = format!(
        "selectors    {elements} elements met again on {} pages: {} found, {} by their likeness, {lost} not\n",
        whole.pages, whole.found, whole.relocated
    );
    for KindSurvival { kind, tried, found } in kinds {
        let name = serde_json::to_value(kind).unwrap_or_default();
        let name = name.as_str().unwrap_or_default();
        let _ = writeln!(text, "             {name:<12} {found:>4} of {tried:>4}");
    }
    text
}

/// Where the points of the score went: each part with its weight, what it was judged by, and the rules that cost it
/// points; then what would win most.
pub fn explain_score(report: &QualityReport) -> String {
    let QualityScore { overall, completeness, reliability, parts } = &report.score;
    let mut text = String::new();
    let _ = writeln!(text, "quality      {overall:.2} of 100");
    let _ = writeln!(text, "completeness {completeness:.2}");
    let _ = writeln!(text, "reliability  {reliability:.2}");
    if let Some(outcome) = &report.outcome {
        let _ = writeln!(text, "task done    {:.2} ({})", outcome.likelihood, outcome.evidence.join(", "));
    }
    if let Some(selectors) = &report.selectors {
        text.push_str(&tell_survival(selectors));
    }
    let _ = writeln!(text, "\npart       points  of      places  lost to");
    for part in parts {
        let of = 100.0 * part.weight;
        let _ = write!(text, "{:<10} {:>6.2}  {of:>6.2}  {:>6}", part.name, of * part.score, part.checked);
        for (index, (rule, count)) in part.lost.iter().enumerate() {
            let _ = write!(text, "{} {count} {rule}", if index == 0 { " " } else { "," });
        }
        text.push('\n');
    }
    if !report.improvements.is_empty() {
        let _ = writeln!(text, "\nto win");
    }
    for improvement in &report.improvements {
        let _ = writeln!(text, "{:>6.2}  {}: {}", improvement.points, improvement.rule, improvement.advice);
    }
    text
}
