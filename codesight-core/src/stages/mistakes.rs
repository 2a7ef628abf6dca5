//! Mistakes: which actions served the task, and which were taken back.
//!
//! | label | rule |
//! |---|---|
//! | wrong, recovery | an action leads to another page, and the next action goes back within `maxDwellMs`, with nothing done there |
//! | wrong, recovery | a box is ticked and the next action unticks it |
//! | wrong, recovery | the next action is Control+z or Meta+z |
//! | redundant | a dead click, a repetition, a scroll without effect; clicks after the first of a rage click |
//! | redundant | two scrolls in a row that take each other back |
//! | correct | any other action |
//!
//! Interactions that are no actions, such as arrivals on a page, have no label. Labels come from structure, never from
//! the words of a page.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::intent::goes_back;
use super::{facts, options, rules};
use crate::error::Result;
use crate::model::{
    Finding, InferredBy, InteractionData, InteractionType, NavigationPatternKind, PageKind, StateChangeKind,
    StepLabel, UserIntentKind,
};
use crate::pipeline::{Draft, EnhancedInteraction, Stage};

/// How sure a rule must be of an intent before the recorder's own is called contradicted.
const SURE: f64 = 0.9;
/// How far two scrolls may be from taking each other back, in CSS pixels.
const SCROLL_TOLERANCE: f64 = 2.0;

/// Options of [`Mistakes`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MistakesOptions {
    /// How long a page may be looked at and still count as reached by mistake, in milliseconds; 5,000 by default.
    pub max_dwell_ms: f64,
    /// The fewest filled fields of a form that can be abandoned; 2 by default.
    pub abandoned_fields: usize,
}

impl Default for MistakesOptions {
    fn default() -> Self {
        Self { max_dwell_ms: 5_000.0, abandoned_fields: 2 }
    }
}

/// Labels actions and reports what went wrong on the way.
#[derive(Debug, Default)]
pub struct Mistakes {
    options: MistakesOptions,
}

impl Mistakes {
    /// With options.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a negative number.
    pub fn new(options: MistakesOptions) -> Result<Self> {
        options::not_negative("maxDwellMs", options.max_dwell_ms)?;
        Ok(Self { options })
    }
}

impl Stage for Mistakes {
    fn name(&self) -> &'static str {
        "mistakes"
    }

    fn run(&self, draft: &mut Draft) {
        let labels = self.labels(draft);
        let mut findings = Vec::new();
        for (step, label) in draft.steps.iter_mut().zip(labels) {
            step.derived.label = label;
            if label == Some(StepLabel::Wrong) {
                findings.push(rules::MISCLICK_CORRECTED.at(step.seq));
            }
        }
        loops(draft, &mut findings);
        self.abandoned_forms(draft, &mut findings);
        contradicted_intents(draft, &mut findings);
        unreached_goal(draft, &mut findings);
        draft.findings.append(&mut findings);
    }
}

impl Mistakes {
    fn labels(&self, draft: &Draft) -> Vec<Option<StepLabel>> {
        let without_effect = places_without_effect(&draft.findings);
        let mut labels: Vec<Option<StepLabel>> = draft
            .steps
            .iter()
            .map(|step| {
                let redundant = without_effect.contains(&step.seq);
                is_action(&step.interaction).then_some(if redundant {
                    StepLabel::Redundant
                } else {
                    StepLabel::Correct
                })
            })
            .collect();
        let actions: Vec<usize> =
            labels.iter().enumerate().filter(|(_, label)| label.is_some()).map(|(index, _)| index).collect();
        let mut set = |index: usize, label: StepLabel| {
            if let Some(slot) = labels.get_mut(index) {
                *slot = Some(label);
            }
        };
        for pair in actions.windows(2) {
            let [first, second] = *pair else { continue };
            let between = draft.steps.get(first..=second).unwrap_or_default();
            let [before, .., now] = between else { continue };
            if self.takes_back(between) {
                set(first, StepLabel::Wrong);
                set(second, StepLabel::Recovery);
            } else if scrolls_back(before, now) {
                set(first, StepLabel::Redundant);
                set(second, StepLabel::Redundant);
            }
        }
        labels
    }

    /// Whether the last action undoes the first; between them is only what came of the first. What was a recovery
    /// itself cannot be taken back,
    /// and an address that was typed was meant.
    fn takes_back(&self, between: &[EnhancedInteraction]) -> bool {
        let [first, .., second] = between else { return false };
        let (first, second): (&InteractionData, &InteractionData) = (&first.interaction, &second.interaction);
        if first.kind == InteractionType::Navigation || goes_back(first) || undoes(first) {
            return false;
        }
        if undoes(second) {
            return true;
        }
        if goes_back(second) {
            return self.was_left_at_once(between);
        }
        first.kind == InteractionType::Click
            && second.kind == InteractionType::Click
            && second.element.as_ref().is_some_and(facts::is_toggle)
            && facts::same_element(first, second)
            && facts::same_address(first, second)
    }

    /// Whether the first action of these led to another page and the last one left it soon.
    fn was_left_at_once(&self, between: &[EnhancedInteraction]) -> bool {
        let [first, .., last] = between else { return false };
        let (first, last): (&InteractionData, &InteractionData) = (&first.interaction, &last.interaction);
        let elapsed = last.timestamp.millis_since(first.timestamp);
        let led_away = between.iter().any(|step| !facts::same_address(&step.interaction, first))
            || first.state_changes.iter().any(|change| change.kind == StateChangeKind::Url);
        led_away && elapsed >= 0 && elapsed as f64 <= self.options.max_dwell_ms
    }

    /// Page views in which fields were filled in and that were left without sending them.
    fn abandoned_forms(&self, draft: &Draft, findings: &mut Vec<Finding>) {
        for view in &draft.page_views {
            let (from, until) = view.steps;
            let steps = draft.steps.get(from..until).unwrap_or_default();
            let fills = |step: &&EnhancedInteraction| {
                matches!(
                    step.interaction.kind,
                    InteractionType::Input | InteractionType::Paste | InteractionType::Select
                ) && step.derived.intent != Some(UserIntentKind::Search)
            };
            let Some(last) = steps.iter().rposition(|step| fills(&step)) else { continue };
            let mut fields: Vec<&InteractionData> = Vec::new();
            for step in steps.iter().filter(fills) {
                if fields.len() < self.options.abandoned_fields
                    && !fields.iter().any(|known| facts::same_element(known, &step.interaction))
                {
                    fields.push(&step.interaction);
                }
            }
            let sends = |step: &EnhancedInteraction| {
                facts::is_click(&step.interaction.kind)
                    || step.interaction.kind == InteractionType::Submit
                    || (step.interaction.kind == InteractionType::Key
                        && step.interaction.action.keys.iter().any(|key| key == "Enter"))
            };
            let sent = steps.get(last + 1..).unwrap_or_default().iter().any(sends);
            if fields.len() >= self.options.abandoned_fields
                && !sent
                && let Some(step) = steps.get(last)
            {
                findings.push(rules::FORM_ABANDONED.at(step.seq));
            }
        }
    }
}

/// What a person does, rather than what comes of it.
fn is_action(interaction: &InteractionData) -> bool {
    match interaction.kind {
        InteractionType::Navigation => {
            matches!(interaction.action.cause.as_deref(), Some("typed" | "reload" | "history"))
        }
        InteractionType::Other(_) | InteractionType::Change => false,
        _ => true,
    }
}

fn undoes(interaction: &InteractionData) -> bool {
    let has = |name: &str| interaction.action.keys.iter().any(|key| key == name);
    interaction.kind == InteractionType::Key && has("z") && (has("Control") || has("Meta"))
}

fn scrolls_back(before: &EnhancedInteraction, now: &EnhancedInteraction) -> bool {
    let (first, second): (&InteractionData, &InteractionData) = (&before.interaction, &now.interaction);
    let way = |it: &InteractionData| [it.action.scroll_x.unwrap_or(0.0), it.action.scroll_y.unwrap_or(0.0)];
    let back = way(first).iter().zip(way(second)).all(|(a, b)| (a + b).abs() <= SCROLL_TOLERANCE);
    let moved = way(first).iter().any(|part| part.abs() > SCROLL_TOLERANCE);
    first.kind == InteractionType::Scroll
        && second.kind == InteractionType::Scroll
        && facts::same_address(first, second)
        && back
        && moved
}

fn places_without_effect(findings: &[Finding]) -> BTreeSet<u64> {
    let idle = [
        &rules::DEAD_CLICK,
        &rules::RAGE_CLICK,
        &rules::INTERACTION_DUPLICATE,
        &rules::SCROLL_WITHOUT_EFFECT,
        &rules::SELECT_CLICK_DUPLICATE,
    ];
    findings
        .iter()
        .filter(|finding| idle.iter().any(|rule| rule.id == finding.rule))
        .filter_map(|finding| finding.place.seq)
        .collect()
}

fn loops(draft: &Draft, findings: &mut Vec<Finding>) {
    let loops =
        draft.navigation.patterns.iter().filter(|pattern| pattern.kind == NavigationPatternKind::Loop);
    findings.extend(loops.map(|pattern| rules::NAVIGATION_LOOP.at(pattern.first_seq)));
}

/// Places at which the recorder names an intent that this version knows, and the rules are sure of another.
fn contradicted_intents(draft: &Draft, findings: &mut Vec<Finding>) {
    let mut runs = draft.intents.iter().filter(|run| run.inferred_by == InferredBy::Rule).peekable();
    for step in &draft.steps {
        // Runs of the rules follow one another, so one pass is enough.
        while runs.next_if(|run| run.last_seq < step.seq).is_some() {}
        let Some(told) = step.interaction.user_intent.as_deref().and_then(known_intent) else { continue };
        let contradicts = runs
            .peek()
            .is_some_and(|run| run.first_seq <= step.seq && run.confidence >= SURE && run.intent != told);
        if contradicts {
            findings.push(rules::INTENT_CONTRADICTED.at(step.seq).in_field("userIntent"));
        }
    }
}

fn known_intent(word: &str) -> Option<UserIntentKind> {
    let intent: UserIntentKind = serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()?;
    (!matches!(intent, UserIntentKind::Other(_))).then_some(intent)
}

/// A purchase that was begun and that no page confirms.
fn unreached_goal(draft: &Draft, findings: &mut Vec<Finding>) {
    let last_of = |kind: PageKind| draft.page_views.iter().rposition(|view| view.kind == Some(kind.clone()));
    let begun = last_of(PageKind::Checkout);
    if begun.is_some() && begun > last_of(PageKind::Confirmation) {
        findings.push(rules::GOAL_NOT_REACHED.session());
    }
}
