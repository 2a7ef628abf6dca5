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

use super::facts;
use super::rules::{self, Rule, ScorePart};
use crate::model::{
    CaptureGap, CaptureGapKind, DataGap, DataGapKind, Finding, Improvement, QualityPart, QualityScore,
    RuleId, Severity,
};
use crate::pipeline::{Draft, Stage};

/// Works out score, gaps and improvements from the findings so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Score;

impl Stage for Score {
    fn name(&self) -> &'static str {
        "score"
    }

    fn run(&self, draft: &mut Draft) {
        draft.score = calculate(draft);
        draft.data_gaps = gaps(draft);
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

/// How many places a part looks at.
fn checked(draft: &Draft, part: ScorePart) -> usize {
    let interactions = || draft.steps.iter().map(|step| &*step.interaction);
    match part {
        ScorePart::Capture => places(draft),
        ScorePart::Frames => {
            interactions().filter(|it| facts::needs_frame(&it.kind) || !it.screenshots.is_empty()).count()
        }
        ScorePart::Targets => {
            interactions().filter(|it| facts::acts_on_element(&it.kind) || facts::point(it).is_some()).count()
        }
        ScorePart::Context | ScorePart::Sequence => draft.steps.len(),
        ScorePart::Goal => usize::from(!draft.steps.is_empty()),
    }
}

fn places(draft: &Draft) -> usize {
    draft.steps.len() + draft.gaps.len() + draft.quarantined.len() + draft.holes as usize
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
    let losses = losses(&draft.findings);
    let counted: Vec<(ScorePart, usize)> = ScorePart::ALL
        .into_iter()
        .map(|part| (part, checked(draft, part)))
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
    if draft.steps.is_empty() {
        overall = 0.0;
    }
    QualityScore {
        overall: facts::round(overall.clamp(0.0, 100.0), 1),
        completeness: completeness(draft),
        reliability: reliability(draft),
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

fn completeness(draft: &Draft) -> f64 {
    let lost_in = |gap: &CaptureGap| match gap.kind {
        CaptureGapKind::Paused | CaptureGapKind::Excluded => 0,
        _ => u64::from(gap.lost.unwrap_or(1).max(1)),
    };
    let in_gaps: u64 = draft.gaps.iter().map(|placed| lost_in(&placed.gap)).sum();
    let expected = (places(draft) - draft.gaps.len()) as f64 + in_gaps as f64;
    let pictures = draft.steps.iter().filter(|step| facts::needs_frame(&step.interaction.kind)).count();
    let lost = gaps(draft)
        .iter()
        .filter(|gap| gap.kind == DataGapKind::Frame)
        .map(|gap| gap.count as usize)
        .sum::<usize>()
        .min(pictures);
    let whole = expected + pictures as f64;
    if whole == 0.0 { 0.0 } else { facts::share((draft.steps.len() + pictures - lost) as f64 / whole) }
}

fn reliability(draft: &Draft) -> f64 {
    let (sum, count) = draft
        .steps
        .iter()
        .filter(|step| facts::acts_on_element(&step.interaction.kind))
        .fold((0.0, 0_u32), |(sum, count), step| (sum + step.derived.reliability.unwrap_or(0.0), count + 1));
    if count == 0 { 0.0 } else { facts::share(sum / f64::from(count)) }
}

/// The specification's `identifyDataGaps`: runs of neighbouring places at which the same kind of thing is missing.
pub(crate) fn gaps(draft: &Draft) -> Vec<DataGap> {
    let mut missing: Vec<(DataGapKind, Option<u64>)> = draft
        .findings
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
    let whole: f64 = ScorePart::ALL.into_iter().filter(|part| checked(draft, *part) > 0).map(weight).sum();
    let mut found: Vec<(&Rule, u32, f64)> = Vec::new();
    for place in losses.chunk_by(|a, b| a.part == b.part && a.seq == b.seq) {
        let Some(first) = place.first() else { continue };
        let next = place.get(1).map_or(0.0, |second| cost(second.rule.severity));
        let count = checked(draft, first.part);
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
