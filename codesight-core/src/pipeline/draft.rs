//! The working state that stages read and add to.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Serialize;

use super::{FrameFacts, RecordContent, SessionInput, SessionRecord};
use crate::error::Result;
use crate::id::ContentHash;
use crate::model::{
    CaptureGap, DataGap, Finding, Improvement, InteractionData, NavigationStrategy, PageKind, QualityScore,
    SelectorTest, Severity, StepLabel, SurvivalReport, TaskOutcome, TrainingExample, UnifiedSession,
    UserIntent, UserIntentKind, UserPsychology, VisionAnalysis,
};
use crate::privacy::Masked;
use crate::stages::rules;

/// One interaction with what was derived about it. Serialises as the interaction itself with one more field,
/// `derived`, so that a reader of interactions reads it as well.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EnhancedInteraction {
    /// Position in the session; the same as the interaction's own.
    #[serde(skip)]
    pub seq: u64,
    /// The interaction as it was recorded.
    #[serde(flatten)]
    pub interaction: Masked<InteractionData>,
    /// What the stages made of it.
    pub derived: DerivedContext,
}

impl EnhancedInteraction {
    /// The interaction as a line of `interactions.json`. What was derived comes from masked text alone.
    ///
    /// # Errors
    /// As [`Masked::to_json`].
    pub fn to_json(&self) -> Result<Masked<Bytes>> {
        Masked::new(self).to_json()
    }
}

/// What the stages made of one interaction. Recorded facts and conclusions never mix.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DerivedContext {
    /// Index of the page view it happened in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_view: Option<u32>,
    /// Kind of that page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_kind: Option<PageKind>,
    /// The landmark the element lies in, such as `navigation` or `form`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<&'static str>,
    /// Milliseconds since the interaction before, by the collector's clock; none for the first and when time goes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_previous_ms: Option<i64>,
    /// Those of the recorded nearby elements that can be acted on, as indexes, from top left to bottom right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nearby: Vec<u32>,
    /// The stored picture the person acted on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_frame: Option<ContentHash>,
    /// What the person was after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<UserIntentKind>,
    /// What it did for the task; none for what is no action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<StepLabel>,
    /// 0 to 1: the score of the best selector of the element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reliability: Option<f64>,
}

/// One page as it was looked at, from the first interaction on it to the last before another page came.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageView {
    /// The address without what only moves within the page, masked.
    pub address: String,
    /// Tab number within the session.
    pub tab: u32,
    /// Kind of page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<PageKind>,
    /// Which facts speak for the kind, as stable words.
    pub evidence: Vec<String>,
    /// First interaction.
    pub first_seq: u64,
    /// Last interaction.
    pub last_seq: u64,
    /// Indexes of its interactions: from, until (not included).
    #[serde(skip)]
    pub(crate) steps: (usize, usize),
}

/// A gap with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedGap {
    /// Position in the session.
    pub seq: u64,
    /// The gap.
    pub gap: CaptureGap,
}

/// One session on its way through the stages.
#[derive(Debug)]
pub struct Draft {
    pub(crate) session: Masked<UnifiedSession>,
    pub(crate) steps: Vec<EnhancedInteraction>,
    /// The last place taken in.
    pub(crate) through: u64,
    pub(crate) gaps: Vec<PlacedGap>,
    pub(crate) quarantined: Vec<u64>,
    pub(crate) holes: u32,
    pub(crate) frames: BTreeMap<ContentHash, FrameFacts>,
    pub(crate) vision: VisionAnalysis,
    pub(crate) findings: Vec<Finding>,
    pub(crate) page_views: Vec<PageView>,
    pub(crate) navigation: NavigationStrategy,
    pub(crate) intents: Vec<UserIntent>,
    pub(crate) survival: Option<SurvivalReport>,
    pub(crate) psychology: UserPsychology,
    pub(crate) selector_tests: Vec<SelectorTest>,
    pub(crate) score: QualityScore,
    pub(crate) data_gaps: Vec<DataGap>,
    pub(crate) improvements: Vec<Improvement>,
    pub(crate) outcome: Option<TaskOutcome>,
    pub(crate) examples: Vec<TrainingExample>,
}

impl Draft {
    /// Takes the session in: puts the places in order and reports what cannot be used.
    pub fn new(input: SessionInput) -> Self {
        let SessionInput { session, mut records, frames, vision, findings } = input;
        records.sort_by_key(|record| record.seq);
        let mut draft = Self {
            session,
            steps: Vec::with_capacity(records.len()),
            through: 0,
            gaps: Vec::new(),
            quarantined: Vec::new(),
            holes: 0,
            frames: frames.into_iter().map(|facts| (facts.hash, facts)).collect(),
            vision: vision.unwrap_or_default(),
            findings,
            page_views: Vec::new(),
            navigation: NavigationStrategy::default(),
            intents: Vec::new(),
            survival: None,
            psychology: UserPsychology::default(),
            selector_tests: Vec::new(),
            score: QualityScore::default(),
            data_gaps: Vec::new(),
            improvements: Vec::new(),
            outcome: None,
            examples: Vec::new(),
        };
        for record in records {
            draft.take(record);
        }
        draft
    }

    /// Takes the next place in. Places come in order; one that is taken already is reported and left out.
    pub(crate) fn take(&mut self, record: SessionRecord) {
        let seq = record.seq;
        if seq <= self.through && seq > 0 {
            self.report(rules::PLACE_DUPLICATE.at(seq));
            return;
        }
        let first = self.through.saturating_add(1);
        if seq > first {
            self.holes = self.holes.saturating_add(1);
            let count = seq - first;
            self.report(
                rules::PLACE_MISSING.told(first, format!("{count} places are missing from here on.")),
            );
        }
        self.through = seq;
        match record.content {
            RecordContent::Interaction(interaction) => self.take_interaction(seq, *interaction),
            RecordContent::Gap(gap) => self.gaps.push(PlacedGap { seq, gap }),
            RecordContent::Quarantined(mut finding) => {
                finding.place.seq = Some(seq);
                self.quarantined.push(seq);
                if finding.rule != rules::RECORD_UNREADABLE.id {
                    self.report(rules::QUARANTINED.at(seq));
                }
                self.report(finding);
            }
        }
    }

    fn take_interaction(&mut self, seq: u64, interaction: Masked<InteractionData>) {
        let mut inner = interaction.into_inner();
        let own_place = inner.seq.get_or_insert(seq);
        let own_session = inner.session_id.get_or_insert_with(|| self.session.id.clone());
        if *own_place != seq || *own_session != self.session.id {
            self.findings.push(rules::PLACE_MISMATCH.at(seq));
            inner.seq = Some(seq);
        }
        // What an earlier run wrote; this run writes its own.
        inner.extra.remove("derived");
        let derived = DerivedContext::default();
        self.steps.push(EnhancedInteraction { seq, interaction: Masked::new(inner), derived });
    }

    /// The session.
    pub fn session(&self) -> &Masked<UnifiedSession> {
        &self.session
    }

    /// The interactions in order.
    pub fn steps(&self) -> &[EnhancedInteraction] {
        &self.steps
    }

    /// What the recorder missed, in order.
    pub fn gaps(&self) -> &[PlacedGap] {
        &self.gaps
    }

    /// The stored frame of that hash.
    pub fn frame(&self, hash: &ContentHash) -> Option<&FrameFacts> {
        self.frames.get(hash)
    }

    /// The page views in order; empty before the context stage.
    pub fn page_views(&self) -> &[PageView] {
        &self.page_views
    }

    /// The patterns and the style; empty before the navigation stage.
    pub fn navigation(&self) -> &NavigationStrategy {
        &self.navigation
    }

    /// What the person was after; empty before the intent stage.
    pub fn intents(&self) -> &[UserIntent] {
        &self.intents
    }

    /// Whether the task was done; none before the outcome stage.
    pub fn outcome(&self) -> Option<&TaskOutcome> {
        self.outcome.as_ref()
    }

    /// The examples; empty before the examples stage.
    pub fn examples(&self) -> &[TrainingExample] {
        &self.examples
    }

    /// Leaves out the examples that are not wanted.
    pub fn retain_examples(&mut self, wanted: impl FnMut(&TrainingExample) -> bool) {
        self.examples.retain(wanted);
    }

    /// Everything reported so far, in the order it was reported.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Adds a finding. It must not hold content.
    pub fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// The worst finding about each interaction, by index.
    pub(crate) fn worst_by_step(&self) -> Vec<Option<Severity>> {
        let mut worst = vec![None; self.steps.len()];
        for finding in &self.findings {
            let index =
                finding.place.seq.and_then(|seq| self.steps.binary_search_by_key(&seq, |step| step.seq).ok());
            if let Some(slot) = index.and_then(|index| worst.get_mut(index)) {
                *slot = (*slot).max(Some(finding.severity));
            }
        }
        worst
    }
}
