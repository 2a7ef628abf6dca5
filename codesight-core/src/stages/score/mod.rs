//! The quality score, the gaps and what to do better: all of it follows from the findings.
//!
//! | part | weight | places looked at |
//! |---|---|---|
//! | capture | 0.20 | every place of the session, missing ones included |
//! | frames | 0.30 | interactions that a model is to learn from a picture |
//! | targets | 0.20 | interactions that are done to an element or at a point |
//! | context | 0.08 | all interactions |
//! | sequence | 0.12 | all interactions |
//! | goal | 0.10 | the session |
//!
//! A place loses 1 by an error and 0.5 by a warning of the part; several findings of one part at one place cost as
//! much as the worst of them. The score of a part is 1 minus the lost share. A part without places is left out and the
//! other weights grow in proportion. `overall` is 100 times the weighted sum; without any interaction it is 0.
//!
//! `completeness` is the share of places that hold something usable together with the share of pictures that are there:
//! (usable places + good pictures) / (all places + needed pictures), where a gap counts as many places as the recorder
//! says it lost, and one it made on purpose counts none. `reliability` is the mean of the interactions' best selectors, over interactions done to an element.
//!
//! What the collector claims about success plays no part.

mod advice;
mod tally;

use super::facts;
use super::rules::{self, Rule, ScorePart};
use crate::model::{Finding, QualityPart, QualityScore, RuleId, Severity};
use crate::pipeline::{Draft, Stage};

pub(crate) use advice::{gaps, improvements};
pub(crate) use tally::Tally;

/// Works out score, gaps and improvements from the findings so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Score;

impl Stage for Score {
    fn name(&self) -> &'static str {
        "score"
    }

    fn run(&self, draft: &mut Draft) {
        draft.score = calculate(draft);
        draft.data_gaps = gaps(&draft.findings);
        draft.improvements = improvements(draft);
    }
}

fn weight(part: ScorePart) -> f64 {
    match part {
        ScorePart::Capture => 0.20,
        ScorePart::Frames => 0.30,
        ScorePart::Targets => 0.20,
        ScorePart::Context => 0.08,
        ScorePart::Sequence => 0.12,
        ScorePart::Goal => 0.10,
    }
}

fn cost(severity: Severity) -> f64 {
    match severity {
        Severity::Error => 1.0,
        Severity::Warning => 0.5,
        Severity::Info => 0.0,
    }
}

/// One finding that weighs on a part.
struct Loss<'a> {
    part: ScorePart,
    seq: Option<u64>,
    rule: &'a Rule,
}

/// The findings that weigh on the score, by part and place, the costliest of a place first.
fn losses(findings: &[Finding]) -> Vec<Loss<'static>> {
    let mut losses: Vec<_> = findings
        .iter()
        .filter_map(|finding| {
            let rule = rules::find(&finding.rule)?;
            Some(Loss { part: rule.part?, seq: finding.place.seq, rule })
        })
        .collect();
    losses.sort_by(|a, b| {
        (a.part, a.seq, b.rule.severity, &a.rule.id).cmp(&(b.part, b.seq, a.rule.severity, &b.rule.id))
    });
    losses.dedup_by(|a, b| a.part == b.part && a.seq == b.seq && a.rule.id == b.rule.id);
    losses
}

/// The specification's `calculateQualityScore`.
pub(crate) fn calculate(draft: &Draft) -> QualityScore {
    score(&Tally::of(draft), &draft.findings)
}

/// The score of what was counted and found.
pub(crate) fn score(tally: &Tally, findings: &[Finding]) -> QualityScore {
    let losses = losses(findings);
    let counted: Vec<(ScorePart, usize)> = ScorePart::ALL
        .into_iter()
        .map(|part| (part, tally.checked(part)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let whole: f64 = counted.iter().map(|(part, _)| weight(*part)).sum();
    let mut overall = 0.0;
    let mut parts = Vec::with_capacity(counted.len());
    for (part, count) in counted {
        let of_part = losses.iter().filter(|loss| loss.part == part);
        let score = part_score(of_part.clone(), count);
        let share = weight(part) / whole;
        overall += 100.0 * share * score;
        parts.push(QualityPart {
            name: part.as_str().to_owned(),
            weight: facts::share(share),
            score: facts::share(score),
            checked: u32::try_from(count).unwrap_or(u32::MAX),
            lost: count_by_rule(of_part),
        });
    }
    if tally.is_empty() {
        overall = 0.0;
    }
    QualityScore {
        overall: facts::round(overall.clamp(0.0, 100.0), 2),
        completeness: tally.completeness(findings),
        reliability: tally.reliability(),
        parts,
    }
}

fn part_score<'a>(losses: impl Iterator<Item = &'a Loss<'a>>, checked: usize) -> f64 {
    let mut lost = 0.0;
    let mut last_place = None;
    for loss in losses {
        // The first of a place is the costliest.
        if last_place != Some(loss.seq) {
            lost += cost(loss.rule.severity);
        }
        last_place = Some(loss.seq);
    }
    (1.0 - lost / checked.max(1) as f64).clamp(0.0, 1.0)
}

fn count_by_rule<'a>(losses: impl Iterator<Item = &'a Loss<'a>>) -> Vec<(RuleId, u32)> {
    let mut counts: Vec<(RuleId, u32)> = Vec::new();
    for loss in losses {
        match counts.iter_mut().find(|(rule, _)| *rule == loss.rule.id) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => counts.push((loss.rule.id.clone(), 1)),
        }
    }
    counts.sort();
    counts
}
