//! Lint: do the actions follow from one another. The rules are the defects that users of other recorders counted in
//! published demonstrations: steps that do not connect, input into nothing, one choice recorded twice, copies of nothing.

use serde::{Deserialize, Serialize};

use super::{facts, options, rules};
use crate::error::Result;
use crate::model::{Finding, InteractionData, InteractionType, SessionType, StateChangeKind};
use crate::pipeline::{Draft, EnhancedInteraction, Stage};

/// Options of [`Lint`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LintOptions {
    /// The longest time between two interactions that needs no explanation, in milliseconds; 120,000 by default.
    pub max_silence_ms: f64,
    /// The longest time between two clicks of a rage click, in milliseconds; 300 by default.
    pub rage_click_gap_ms: f64,
    /// How many clicks make a rage click; 3 by default.
    pub rage_clicks: usize,
}

impl Default for LintOptions {
    fn default() -> Self {
        Self { max_silence_ms: 120_000.0, rage_click_gap_ms: 300.0, rage_clicks: 3 }
    }
}

/// Checks each interaction against those before it.
#[derive(Debug, Default)]
pub struct Lint {
    options: LintOptions,
}

impl Lint {
    /// With options.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a negative number, or a rage click of fewer than two.
    pub fn new(options: LintOptions) -> Result<Self> {
        options::not_negative("maxSilenceMs", options.max_silence_ms)?;
        options::not_negative("rageClickGapMs", options.rage_click_gap_ms)?;
        options::not_negative("rageClicks", options.rage_clicks as f64 - 2.0)?;
        Ok(Self { options })
    }
}

impl Stage for Lint {
    fn name(&self) -> &'static str {
        "lint"
    }

    fn run(&self, draft: &mut Draft) {
        let mut findings = Vec::new();
        for index in 0..draft.steps.len() {
            self.check_step(draft, index, &mut findings);
        }
        draft.findings.append(&mut findings);
    }
}

impl Lint {
    /// Checks the interaction at an index against those before it.
    pub(crate) fn check_step(&self, draft: &Draft, index: usize, findings: &mut Vec<Finding>) {
        let Some(step) = draft.steps.get(index) else { return };
        let earlier = draft.steps.get(..index).unwrap_or_default();
        if draft.session.kind == SessionType::Human && step.interaction.action.is_trusted == Some(false) {
            findings.push(rules::EVENT_UNTRUSTED.at(step.seq).in_field("action.isTrusted"));
        }
        Self::check_alone(draft, step, earlier, findings);
        if let Some(previous) = earlier.last() {
            self.check_pair(draft, previous, step, findings);
        }
        // Told once, at the click that makes it one.
        if self.quick_clicks(draft, index) == self.options.rage_clicks {
            findings.push(rules::RAGE_CLICK.at(step.seq));
        }
    }

    /// How many clicks in quick succession on one element end here, counted up to one more than make a rage click.
    fn quick_clicks(&self, draft: &Draft, index: usize) -> usize {
        let pairs = draft.steps.get(..=index).unwrap_or_default().windows(2).rev();
        let quick = pairs.take(self.options.rage_clicks).take_while(
            |pair| matches!(pair, [before, now] if self.is_quick(&before.interaction, &now.interaction)),
        );
        quick.count() + 1
    }

    fn check_alone(
        draft: &Draft,
        step: &EnhancedInteraction,
        earlier: &[EnhancedInteraction],
        findings: &mut Vec<Finding>,
    ) {
        let now: &InteractionData = &step.interaction;
        match now.kind {
            InteractionType::Input if !facts::clicked_into(now) && !facts::had_focus(now, earlier) => {
                findings.push(rules::INPUT_WITHOUT_FOCUS.at(step.seq));
            }
            InteractionType::Copy if !had_selection(now, earlier) => {
                findings.push(rules::COPY_WITHOUT_SELECTION.at(step.seq));
            }
            InteractionType::Scroll if moved_nothing(draft, now) => {
                findings.push(rules::SCROLL_WITHOUT_EFFECT.at(step.seq));
            }
            InteractionType::Click if now.state_changes.is_empty() && shows_no_change(draft, now) => {
                findings.push(rules::DEAD_CLICK.at(step.seq));
            }
            _ => {}
        }
    }

    fn check_pair(
        &self,
        draft: &Draft,
        previous: &EnhancedInteraction,
        step: &EnhancedInteraction,
        findings: &mut Vec<Finding>,
    ) {
        let (before, now): (&InteractionData, &InteractionData) = (&previous.interaction, &step.interaction);
        let elapsed = now.timestamp.millis_since(before.timestamp);
        if is_repetition(before, now) {
            findings.push(rules::INTERACTION_DUPLICATE.at(step.seq));
        }
        if elapsed as f64 > self.options.max_silence_ms && !has_gap_between(draft, previous.seq, step.seq) {
            let message = format!("{} s lie between this interaction and the one before.", elapsed / 1_000);
            findings.push(rules::TIME_GAP.told(step.seq, message));
        }
        if is_one_choice_told_twice(before, now) {
            findings.push(rules::SELECT_CLICK_DUPLICATE.at(step.seq));
        }
        if !facts::same_address(before, now)
            && !explains_new_page(before, now)
            && !has_gap_between(draft, previous.seq, step.seq)
        {
            findings.push(rules::STEP_GAP.at(step.seq));
        }
    }

    fn is_quick(&self, before: &InteractionData, now: &InteractionData) -> bool {
        let elapsed = now.timestamp.millis_since(before.timestamp);
        now.kind == InteractionType::Click
            && before.kind == InteractionType::Click
            && elapsed >= 0
            && elapsed as f64 <= self.options.rage_click_gap_ms
            && facts::same_element(before, now)
    }
}

/// Whether the recorder, or the collector, told of something missing between two places.
fn has_gap_between(draft: &Draft, first: u64, last: u64) -> bool {
    let after = draft.gaps.partition_point(|gap| gap.seq <= first);
    let quarantined = draft.quarantined.partition_point(|seq| *seq <= first);
    draft.gaps.get(after).is_some_and(|gap| gap.seq < last)
        || draft.quarantined.get(quarantined).is_some_and(|seq| *seq < last)
}

/// The copied text is known, or something just before may have selected it.
fn had_selection(now: &InteractionData, earlier: &[EnhancedInteraction]) -> bool {
    let told = now.action.text.as_ref().is_some_and(|text| !text.is_empty());
    told || earlier
        .iter()
        .rev()
        .take(facts::LOOK_BACK)
        .map(|step| &step.interaction)
        .take_while(|it| facts::same_address(it, now))
        .any(|it| match it.kind {
            InteractionType::Drag | InteractionType::DoubleClick => true,
            InteractionType::Key => {
                it.action.keys.iter().any(|key| key == "Control" || key == "Shift" || key == "Meta")
            }
            _ => false,
        })
}

fn moved_nothing(draft: &Draft, now: &InteractionData) -> bool {
    let details = &now.action;
    let distance = [details.scroll_x, details.scroll_y];
    distance.iter().all(|part| part.unwrap_or(0.0) == 0.0) || shows_no_change(draft, now)
}

/// Whether the picture after is stored and is the same as the one before.
fn shows_no_change(draft: &Draft, now: &InteractionData) -> bool {
    use crate::model::ScreenshotRelation::{After, Before};
    let picture = |relation| {
        let mut frames = now.screenshots.iter().filter(|frame| frame.relation == relation);
        let frame = frames.next_back()?;
        draft.frames.get(&frame.hash).map(crate::pipeline::FrameFacts::picture)
    };
    picture(Before).is_some() && picture(Before) == picture(After)
}

/// Whether the same event was recorded twice.
fn is_repetition(before: &InteractionData, now: &InteractionData) -> bool {
    before.timestamp == now.timestamp
        && before.kind == now.kind
        && before.coordinates == now.coordinates
        && before.action == now.action
        && before.page_context.url == now.page_context.url
        && before.element.as_ref().map(|element| &element.tag)
            == now.element.as_ref().map(|element| &element.tag)
        && before.selectors.as_ref().map(|it| &it.primary) == now.selectors.as_ref().map(|it| &it.primary)
}

/// Whether a click in a native list stands beside the choice made in it.
fn is_one_choice_told_twice(before: &InteractionData, now: &InteractionData) -> bool {
    let in_list = |it: &InteractionData| it.element.as_ref().is_some_and(facts::is_native_list);
    let kinds = (&before.kind, &now.kind);
    matches!(
        kinds,
        (InteractionType::Click, InteractionType::Select) | (InteractionType::Select, InteractionType::Click)
    ) && in_list(before)
        && in_list(now)
        && facts::same_address(before, now)
}

/// Whether the first interaction may have led to the page of the second, or the second tells how the page came.
fn explains_new_page(before: &InteractionData, now: &InteractionData) -> bool {
    let leads = matches!(
        before.kind,
        InteractionType::Click
            | InteractionType::DoubleClick
            | InteractionType::Submit
            | InteractionType::Key
            | InteractionType::Select
            | InteractionType::Change
            | InteractionType::Navigation
            | InteractionType::TabSwitch
            | InteractionType::Other(_)
    );
    leads
        || matches!(now.kind, InteractionType::Navigation | InteractionType::TabSwitch)
        || before.user_context.tab != now.user_context.tab
        || before.page_context.url.is_empty()
        || now.page_context.url.is_empty()
        || before.state_changes.iter().any(|change| change.kind == StateChangeKind::Url)
}
