//! The score of a session while it is being recorded.

use super::{Draft, FrameFacts, RecordContent, SessionInput, SessionRecord};
use crate::id::ContentHash;
use crate::model::{DataGap, Finding, QualityScore, UnifiedSession};
use crate::privacy::Masked;
use crate::stages::{self, LOOK_BACK, Lint, Selectors, Tally, Validate};

/// How many interactions are kept beyond those that rules look back at, so that dropping old ones costs little.
const SLACK: usize = 64;
/// Interactions kept at most while they wait for their pictures.
const MOST_KEPT: usize = 256;

/// Scores a session as its places and pictures arrive, in constant memory but for the findings.
///
/// After the same places and pictures it tells the same score, to the last digit, as the whole pipeline does with its
/// defaults. A picture that is named and has not come yet counts as missing until it comes; whether a picture is blank
/// or repeats another's pixels is known only once somebody has decoded it and says so in its [`FrameFacts`]. An
/// interaction that still waits for a picture when 256 more have come is no longer looked at again.
#[derive(Debug)]
pub struct LiveScore {
    /// The last interactions, and all gaps and pictures.
    draft: Draft,
    /// Findings about each of the interactions kept.
    recent: Vec<Vec<Finding>>,
    /// Findings that nothing to come can change.
    settled: Vec<Finding>,
    tally: Tally,
    validate: Validate,
    lint: Lint,
    selectors: Selectors,
}

impl LiveScore {
    /// Of a session that nothing has been recorded of yet.
    pub fn new(session: Masked<UnifiedSession>) -> Self {
        let input = SessionInput {
            session,
            records: Vec::new(),
            frames: Vec::new(),
            vision: None,
            findings: Vec::new(),
        };
        Self {
            draft: Draft::new(input),
            recent: Vec::new(),
            settled: Vec::new(),
            tally: Tally::default(),
            validate: Validate::default(),
            lint: Lint::default(),
            selectors: Selectors::default(),
        }
    }

    /// The next place of the session. Places come in order; a copy of an earlier one is told as a finding, as the
    /// pipeline does.
    pub fn record(&mut self, record: SessionRecord) {
        let is_interaction = matches!(record.content, RecordContent::Interaction(_));
        let (steps, gaps) = (self.draft.steps.len(), self.draft.gaps.len());
        self.draft.take(record);
        self.settled.append(&mut self.draft.findings);
        if let Some(placed) = self.draft.gaps.get(gaps) {
            self.tally.add_gap(&placed.gap);
            self.settled.push(stages::capture_gap(placed));
        }
        if is_interaction && self.draft.steps.len() > steps {
            self.recent.push(Vec::new());
            self.judge(steps);
            if let Some(step) = self.draft.steps.get(steps) {
                self.tally.add_step(step);
            }
            self.forget();
        }
    }

    /// A picture that is stored now.
    pub fn frame(&mut self, facts: FrameFacts) {
        let hash = facts.hash;
        self.draft.frames.insert(hash, facts);
        // What an interaction shows is compared with the one before, so the one after is looked at again as well.
        let mut follows = false;
        for index in 0..self.draft.steps.len() {
            let names = self.names(index, &hash);
            if names || follows {
                self.judge(index);
            }
            follows = names;
        }
    }

    /// What the session says of itself has changed: its goal, its outcome.
    pub fn session(&mut self, session: Masked<UnifiedSession>) {
        self.draft.session = session;
    }

    /// The score, were the recording to end now.
    pub fn score(&self) -> QualityScore {
        let mut tally = self.tally.clone();
        tally.set_unusable(&self.draft);
        stages::score(&tally, &self.findings())
    }

    /// What is missing so far.
    pub fn gaps(&self) -> Vec<DataGap> {
        stages::gaps(&self.findings())
    }

    /// Everything found so far.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = stages::session_findings(&self.draft);
        findings.extend(self.settled.iter().chain(self.recent.iter().flatten()).cloned());
        findings
    }

    /// The last place recorded.
    pub fn through(&self) -> u64 {
        self.draft.through
    }

    /// Pictures that the latest interactions name and that have not come.
    pub fn frames_awaited(&self) -> usize {
        let named = self.draft.steps.iter().flat_map(|step| &step.interaction.screenshots);
        named.filter(|frame| !self.draft.frames.contains_key(&frame.hash)).count()
    }

    fn judge(&mut self, index: usize) {
        let mut findings = Vec::new();
        self.validate.check_step(&self.draft, index, &mut findings);
        self.lint.check_step(&self.draft, index, &mut findings);
        if let Some(step) = self.draft.steps.get_mut(index) {
            self.selectors.judge(step, &mut findings);
        }
        if let Some(slot) = self.recent.get_mut(index) {
            *slot = findings;
        }
    }

    fn names(&self, index: usize, hash: &ContentHash) -> bool {
        let step = self.draft.steps.get(index);
        step.is_some_and(|step| step.interaction.screenshots.iter().any(|frame| frame.hash == *hash))
    }

    fn is_waiting(&self, index: usize) -> bool {
        let step = self.draft.steps.get(index);
        step.is_some_and(|step| {
            step.interaction.screenshots.iter().any(|frame| !self.draft.frames.contains_key(&frame.hash))
        })
    }

    /// Drops interactions that no rule looks at or back at any more: those well before the first that waits for a
    /// picture, and well before the last.
    fn forget(&mut self) {
        let kept = self.draft.steps.len();
        if kept < LOOK_BACK + SLACK {
            return;
        }
        let waiting = (0..kept).find(|index| kept <= MOST_KEPT && self.is_waiting(*index));
        let old = waiting.unwrap_or(kept).saturating_sub(LOOK_BACK);
        if old >= SLACK {
            self.draft.steps.drain(..old);
            self.settled.extend(self.recent.drain(..old).flatten());
        }
    }
}
