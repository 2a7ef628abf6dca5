//! What the score counts, interaction by interaction, so that it can be told while they arrive.

use super::gaps;
use crate::model::{CaptureGap, CaptureGapKind, DataGapKind, Finding};
use crate::pipeline::{Draft, EnhancedInteraction};
use crate::stages::facts;
use crate::stages::rules::ScorePart;

/// How many places each part of the score looks at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    interactions: usize,
    /// Those that a model is to learn from a picture.
    pictures: usize,
    /// Those that have a picture, or should have one.
    frames: usize,
    /// Those done to an element or at a point.
    targets: usize,
    /// Those done to an element.
    elements: usize,
    reliability: f64,
    gaps: usize,
    lost_in_gaps: u64,
    /// Places that hold nothing usable, and runs of missing ones.
    unusable: usize,
}

impl Tally {
    /// Of everything the draft holds.
    pub(crate) fn of(draft: &Draft) -> Self {
        let mut tally = Self::default();
        draft.steps.iter().for_each(|step| tally.add_step(step));
        draft.gaps.iter().for_each(|placed| tally.add_gap(&placed.gap));
        tally.set_unusable(draft);
        tally
    }

    /// One more interaction, its selectors judged.
    pub(crate) fn add_step(&mut self, step: &EnhancedInteraction) {
        let interaction = &step.interaction;
        let acts = facts::acts_on_element(&interaction.kind);
        let needs_frame = facts::needs_frame(&interaction.kind);
        self.interactions += 1;
        self.pictures += usize::from(needs_frame);
        self.frames += usize::from(needs_frame || !interaction.screenshots.is_empty());
        self.targets += usize::from(acts || facts::point(interaction).is_some());
        if acts {
            self.elements += 1;
            self.reliability += step.derived.reliability.unwrap_or(0.0);
        }
    }

    /// One more gap. One that the recorder made on purpose lost nothing.
    pub(crate) fn add_gap(&mut self, gap: &CaptureGap) {
        self.gaps += 1;
        self.lost_in_gaps += match gap.kind {
            CaptureGapKind::Paused | CaptureGapKind::Excluded => 0,
            _ => u64::from(gap.lost.unwrap_or(1).max(1)),
        };
    }

    /// Counts the places of the draft that hold nothing usable.
    pub(crate) fn set_unusable(&mut self, draft: &Draft) {
        self.unusable = draft.quarantined.len() + draft.holes as usize;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.interactions == 0
    }

    pub(super) fn checked(&self, part: ScorePart) -> usize {
        match part {
            ScorePart::Capture => self.interactions + self.gaps + self.unusable,
            ScorePart::Frames => self.frames,
            ScorePart::Targets => self.targets,
            ScorePart::Context | ScorePart::Sequence => self.interactions,
            ScorePart::Goal => usize::from(!self.is_empty()),
        }
    }

    pub(super) fn completeness(&self, findings: &[Finding]) -> f64 {
        let expected = (self.interactions + self.unusable) as f64 + self.lost_in_gaps as f64;
        let lost: usize = gaps(findings)
            .iter()
            .filter(|gap| gap.kind == DataGapKind::Frame)
            .map(|gap| gap.count as usize)
            .sum();
        let there = self.pictures - lost.min(self.pictures);
        let whole = expected + self.pictures as f64;
        if whole == 0.0 { 0.0 } else { facts::share((self.interactions + there) as f64 / whole) }
    }

    pub(super) fn reliability(&self) -> f64 {
        if self.elements == 0 { 0.0 } else { facts::share(self.reliability / self.elements as f64) }
    }
}
