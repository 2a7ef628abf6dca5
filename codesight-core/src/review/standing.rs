//! What the decisions about one session come to.

use std::collections::BTreeMap;

use super::{Review, ReviewDecision, StepMark, Verdict};
use crate::id::CollectorId;
use crate::model::{InferredBy, UserIntent, UserIntentKind};
use crate::pipeline::ProcessedSession;

/// What the decisions about one session come to, in the order in which they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    verdicts: BTreeMap<CollectorId, Verdict>,
    marks: BTreeMap<u64, StepMark>,
    intents: Vec<(u64, u64, Option<UserIntentKind>)>,
}

impl Standing {
    /// Reads the decisions of one session, oldest first.
    pub fn of(reviews: &[Review]) -> Self {
        let mut standing = Self::default();
        for review in reviews {
            standing.add(review);
        }
        standing
    }

    /// Adds a later decision.
    pub fn add(&mut self, review: &Review) {
        match &review.decision {
            ReviewDecision::Verdict { verdict: Verdict::Undecided, .. } => {
                self.verdicts.remove(&review.reviewer);
            }
            ReviewDecision::Verdict { verdict, .. } => {
                self.verdicts.insert(review.reviewer.clone(), *verdict);
            }
            ReviewDecision::Step { seq, mark: StepMark::None } => {
                self.marks.remove(seq);
            }
            ReviewDecision::Step { seq, mark } => {
                self.marks.insert(*seq, *mark);
            }
            ReviewDecision::Intent { first_seq, last_seq, intent } => {
                self.intents.push((*first_seq, *last_seq, intent.clone()));
            }
        }
    }

    /// The verdict of each reviewer who has one.
    pub fn verdicts(&self) -> &BTreeMap<CollectorId, Verdict> {
        &self.verdicts
    }

    /// Whether the session is left out of training: one objection is enough.
    pub fn is_rejected(&self) -> bool {
        self.verdicts.values().any(|verdict| *verdict == Verdict::Rejected)
    }

    /// Whether somebody accepted the session and nobody objected.
    pub fn is_accepted(&self) -> bool {
        !self.verdicts.is_empty() && !self.is_rejected()
    }

    /// What is said of a step, whoever said it last.
    pub fn mark(&self, seq: u64) -> Option<StepMark> {
        self.marks.get(&seq).copied()
    }

    /// Whether a line is made of a step.
    pub fn uses(&self, seq: u64) -> bool {
        !matches!(self.mark(seq), Some(StepMark::Wrong | StepMark::LeaveOut))
    }

    /// What reviewers say the person was after at a step.
    pub fn intent(&self, seq: u64) -> Option<&UserIntentKind> {
        let last = self.intents.iter().rev().find(|(first, last, _)| (*first..=*last).contains(&seq))?;
        last.2.as_ref()
    }

    /// Puts the decisions in place of what the pipeline concluded: examples of marked steps are left out, all of them
    /// when the session is rejected; intents are those of the reviewers, and say so.
    pub fn apply(&self, processed: &mut ProcessedSession) {
        let rejected = self.is_rejected();
        processed.training.retain_examples(|example| !rejected && self.uses(example.seq));
        if self.intents.is_empty() {
            return;
        }
        let mut labelled = Vec::new();
        for step in &mut processed.interactions {
            if let Some(intent) = self.intent(step.seq) {
                step.derived.intent = Some(intent.clone());
                labelled.push((step.seq, intent.clone()));
            }
        }
        let inferred = std::mem::take(&mut processed.intents);
        processed.intents = self.without_labelled(inferred);
        processed.intents.extend(spans(&labelled));
        processed.intents.sort_by_key(|span| (span.first_seq, span.last_seq));
    }

    /// The inferred spans, cut where a reviewer says otherwise.
    fn without_labelled(&self, inferred: Vec<UserIntent>) -> Vec<UserIntent> {
        let mut kept = Vec::new();
        for span in inferred {
            let mut open: Option<UserIntent> = None;
            for seq in span.first_seq..=span.last_seq {
                if self.intent(seq).is_some() {
                    kept.extend(open.take());
                } else {
                    let part = open.get_or_insert_with(|| UserIntent { first_seq: seq, ..span.clone() });
                    part.last_seq = seq;
                }
            }
            kept.extend(open);
        }
        kept
    }
}

/// Runs of the same label.
fn spans(labelled: &[(u64, UserIntentKind)]) -> Vec<UserIntent> {
    let mut spans: Vec<UserIntent> = Vec::new();
    for (seq, intent) in labelled {
        match spans.last_mut() {
            Some(last) if last.intent == *intent && last.last_seq + 1 == *seq => last.last_seq = *seq,
            _ => spans.push(UserIntent {
                intent: intent.clone(),
                first_seq: *seq,
                last_seq: *seq,
                confidence: 1.0,
                evidence: vec!["review".to_owned()],
                inferred_by: InferredBy::Person,
            }),
        }
    }
    spans
}
