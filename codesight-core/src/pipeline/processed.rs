//! What the pipeline gives back.

use serde::Serialize;

use super::{Draft, EnhancedInteraction, PageView};
use crate::id::SessionId;
use crate::model::{
    NavigationStrategy, ProcessingStep, QualityReport, TrainingData, TrainingExample, UserIntent,
    UserPsychology,
};
use crate::privacy::Masked;

/// One processed session. Everything in it was made from masked input and from nothing else.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcessedSession {
    /// The session.
    pub session_id: SessionId,
    /// `quality-report.json`: score, findings by place and rule, gaps, improvements.
    pub report: QualityReport,
    /// What training is made from.
    pub training: Masked<TrainingData>,
    /// `interactions.json`: the interactions with what was derived about each.
    pub interactions: Vec<EnhancedInteraction>,
    /// The pages that were looked at, in order.
    pub page_views: Masked<Vec<PageView>>,
    /// What the person was after, in order.
    pub intents: Vec<UserIntent>,
    /// How the person moved.
    pub navigation: NavigationStrategy,
    /// How the person decided.
    pub psychology: UserPsychology,
    /// Which stages ran and how much each found. Times are left out: they would differ on every run.
    pub steps: Vec<ProcessingStep>,
}

impl ProcessedSession {
    pub(crate) fn from_draft(mut draft: Draft, steps: Vec<ProcessingStep>) -> Self {
        sort_findings(&mut draft);
        let training = crate::training::collect(&mut draft);
        Self {
            session_id: draft.session.id.clone(),
            report: QualityReport {
                score: draft.score,
                findings: draft.findings,
                gaps: draft.data_gaps,
                improvements: draft.improvements,
                outcome: draft.outcome,
                selectors: draft.survival,
            },
            training: Masked::new(training),
            interactions: draft.steps,
            page_views: Masked::new(draft.page_views),
            intents: draft.intents,
            navigation: draft.navigation,
            psychology: draft.psychology,
            steps,
        }
    }

    /// The training examples, each as masked as the whole.
    pub fn examples(&self) -> impl Iterator<Item = Masked<&TrainingExample>> {
        self.training.examples.iter().map(Masked::new)
    }
}

fn sort_findings(draft: &mut Draft) {
    draft.findings.sort_by(|a, b| {
        let key = |finding: &crate::model::Finding| finding.place.seq;
        (key(a), &a.rule, &a.place.field).cmp(&(key(b), &b.rule, &b.place.field))
    });
}
