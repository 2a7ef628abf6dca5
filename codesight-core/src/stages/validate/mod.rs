//! Validation: is each recorded place right in itself.

mod frames;
mod place;
mod target;

use serde::{Deserialize, Serialize};

use super::{facts, options, rules};
use crate::error::Result;
use crate::model::{CaptureGapKind, Finding, SessionOutcome};
use crate::pipeline::{Draft, PlacedGap, Stage};

/// Options of [`Validate`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ValidateOptions {
    /// How late a picture from before the action may be, in milliseconds; 250 by default, the slowest capture that was
    /// measured to show the old page still.
    pub max_frame_lag_ms: f64,
    /// How old it may be, in milliseconds; 10,000 by default.
    pub max_frame_age_ms: f64,
    /// How far outside the viewport a place may be, in CSS pixels; 1 by default.
    pub viewport_tolerance: f64,
    /// How far outside its element's box a click may be, in CSS pixels; 2 by default.
    pub element_tolerance: f64,
}

impl Default for ValidateOptions {
    fn default() -> Self {
        Self {
            max_frame_lag_ms: facts::MAX_FRAME_LAG_MS,
            max_frame_age_ms: 10_000.0,
            viewport_tolerance: 1.0,
            element_tolerance: 2.0,
        }
    }
}

/// Checks each place of the session on its own, and each picture against the one before.
#[derive(Debug, Default)]
pub struct Validate {
    options: ValidateOptions,
}

impl Validate {
    /// With options.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a negative number.
    pub fn new(options: ValidateOptions) -> Result<Self> {
        options::not_negative("maxFrameLagMs", options.max_frame_lag_ms)?;
        options::not_negative("maxFrameAgeMs", options.max_frame_age_ms)?;
        options::not_negative("viewportTolerance", options.viewport_tolerance)?;
        options::not_negative("elementTolerance", options.element_tolerance)?;
        Ok(Self { options })
    }
}

impl Stage for Validate {
    fn name(&self) -> &'static str {
        "validate"
    }

    fn run(&self, draft: &mut Draft) {
        let mut findings = session(draft);
        findings.extend(draft.gaps.iter().map(gap));
        for index in 0..draft.steps.len() {
            self.check_step(draft, index, &mut findings);
        }
        draft.findings.append(&mut findings);
    }
}

impl Validate {
    /// Checks the interaction at an index on its own, and its picture against what came before.
    pub(crate) fn check_step(&self, draft: &Draft, index: usize, findings: &mut Vec<Finding>) {
        let Some(step) = draft.steps.get(index) else { return };
        let earlier = draft.steps.get(..index).unwrap_or_default();
        place::check(step, earlier.last(), findings);
        target::check(step, &self.options, findings);
        frames::check(step, earlier, &draft.frames, &self.options, findings);
    }
}

/// What the recorder missed.
pub(crate) fn gap(gap: &PlacedGap) -> Finding {
    match gap.gap.kind {
        CaptureGapKind::Paused | CaptureGapKind::Excluded => rules::CAPTURE_PAUSED.at(gap.seq),
        _ => rules::CAPTURE_GAP.at(gap.seq),
    }
}

/// What can be said of the session as a whole.
pub(crate) fn session(draft: &Draft) -> Vec<Finding> {
    let mut findings = Vec::new();
    if draft.session.goal.text.trim().is_empty() {
        findings.push(rules::GOAL_MISSING.session());
    }
    if draft.steps.is_empty() {
        findings.push(rules::SESSION_EMPTY.session());
    }
    if draft.session.outcome == Some(SessionOutcome::Succeeded) && !super::page_kind::ends_confirmed(draft) {
        findings.push(rules::OUTCOME_UNPROVEN.session());
    }
    findings
}
