//! What is missing, and what to do better next time.

use super::{Tally, cost, losses, weight};
use crate::model::{DataGap, DataGapKind, Finding, Improvement};
use crate::pipeline::Draft;
use crate::stages::facts;
use crate::stages::rules::{self, Rule, ScorePart};

/// The specification's `identifyDataGaps`: runs of neighbouring places at which the same kind of thing is missing.
pub(crate) fn gaps(findings: &[Finding]) -> Vec<DataGap> {
    let mut missing: Vec<(DataGapKind, Option<u64>)> = findings
        .iter()
        .filter_map(|finding| Some((rules::find(&finding.rule)?.gap.clone()?, finding.place.seq)))
        .collect();
    missing.sort();
    missing.dedup();
    let mut gaps: Vec<DataGap> = Vec::new();
    for (kind, seq) in missing {
        match gaps.last_mut() {
            Some(gap) if gap.kind == kind && follows(gap.last_seq, seq) => {
                gap.last_seq = seq;
                gap.count = gap.count.saturating_add(1);
            }
            _ => {
                let message = missing_message(&kind).to_owned();
                gaps.push(DataGap { kind, first_seq: seq, last_seq: seq, count: 1, message });
            }
        }
    }
    gaps.sort_by(|a, b| (a.first_seq, &a.kind).cmp(&(b.first_seq, &b.kind)));
    gaps
}

fn follows(last: Option<u64>, next: Option<u64>) -> bool {
    match (last, next) {
        (Some(last), Some(next)) => next == last.saturating_add(1),
        _ => false,
    }
}

fn missing_message(kind: &DataGapKind) -> &'static str {
    match kind {
        DataGapKind::Capture => "The recorder missed something.",
        DataGapKind::Interaction => "There is nothing usable.",
        DataGapKind::Frame => "There is no picture of what the person saw.",
        DataGapKind::Selector => "The element cannot be found again.",
        DataGapKind::Context => "The page is not known.",
        DataGapKind::Time => "A long silence.",
    }
}

/// The specification's `suggestImprovements`: for each rule, the points that the score would win if its findings were
/// gone and all others stayed; the most points first.
pub(crate) fn improvements(draft: &Draft) -> Vec<Improvement> {
    let losses = losses(&draft.findings);
    let tally = Tally::of(draft);
    let whole: f64 = ScorePart::ALL.into_iter().filter(|part| tally.checked(*part) > 0).map(weight).sum();
    let mut found: Vec<(&Rule, u32, f64)> = Vec::new();
    for place in losses.chunk_by(|a, b| a.part == b.part && a.seq == b.seq) {
        let Some(first) = place.first() else { continue };
        let next = place.get(1).map_or(0.0, |second| cost(second.rule.severity));
        let count = tally.checked(first.part);
        for (index, loss) in place.iter().enumerate() {
            let won = if index == 0 { cost(loss.rule.severity) - next } else { 0.0 };
            let points =
                if count == 0 { 0.0 } else { 100.0 * weight(loss.part) / whole * won / count as f64 };
            match found.iter_mut().find(|(rule, ..)| rule.id == loss.rule.id) {
                Some((_, findings, sum)) => {
                    *findings = findings.saturating_add(1);
                    *sum += points;
                }
                None => found.push((loss.rule, 1, points)),
            }
        }
    }
    let mut improvements: Vec<Improvement> = found
        .into_iter()
        .map(|(rule, findings, points)| Improvement {
            rule: rule.id.clone(),
            findings,
            points: facts::round(points, 2),
            advice: rule.fix.to_owned(),
        })
        .collect();
    improvements.sort_by(|a, b| b.points.total_cmp(&a.points).then_with(|| a.rule.cmp(&b.rule)));
    improvements
}
