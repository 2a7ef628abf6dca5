//! Examples: which actions a model can learn from, and what it is shown for each.
//!
//! An action becomes an example when
//! - it can be said in the vocabulary of [`ComputerAction`](crate::model::ComputerAction),
//! - the picture the person acted on is stored, not blank, of the action's viewport, and not late,
//! - every point it names lies inside that picture,
//! - no finding of the frames or targets part calls its place unusable,
//! - it was not taken back right afterwards,
//! - no earlier example has the same picture and the same answer.
//!
//! What is left out as an example still stands in the history of later ones. A last example says that the task is
//! done, when the session ends on a page whose address confirms it and a picture of that page is stored.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::rules::{self, ScorePart};
use super::{facts, options};
use crate::error::Result;
use crate::id::ContentHash;
use crate::model::{
    ComputerAction, ExampleObservation, Finding, InteractionType, PageKind, Screenshot, ScreenshotRelation,
    Severity, StepLabel, TrainingExample,
};
use crate::pipeline::{Draft, EnhancedInteraction, FrameFacts, PageView, Stage};
use crate::training::{self, History};

/// Options of [`Examples`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ExamplesOptions {
    /// How many earlier actions an example tells; 8 by default.
    pub history: usize,
    /// How many elements an example names; 20 by default. The nearest to the target are kept.
    pub elements: usize,
    /// How late a picture from before the action may be, in milliseconds; 250 by default, as in validation.
    pub max_frame_lag_ms: f64,
    /// Whether a last example says that the task is done; true by default.
    pub terminate: bool,
    /// Bytes of text that an example may tell beside its picture; any number by default. Over it the oldest actions are left out first, then
    /// the elements farthest from the target. The goal, the address and the target always stay.
    pub text_bytes: Option<usize>,
}

impl Default for ExamplesOptions {
    fn default() -> Self {
        Self {
            history: 8,
            elements: 20,
            max_frame_lag_ms: facts::MAX_FRAME_LAG_MS,
            terminate: true,
            text_bytes: None,
        }
    }
}

/// Makes the training examples.
#[derive(Debug, Default)]
pub struct Examples {
    options: ExamplesOptions,
}

impl Examples {
    /// With options.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a negative number.
    pub fn new(options: ExamplesOptions) -> Result<Self> {
        options::not_negative("maxFrameLagMs", options.max_frame_lag_ms)?;
        Ok(Self { options })
    }
}

impl Stage for Examples {
    fn name(&self) -> &'static str {
        "examples"
    }

    fn run(&self, draft: &mut Draft) {
        let (reduced, not_expressible) = training::reduce(&draft.steps);
        let worst = draft.worst_by_step();
        let unusable = unusable_places(&draft.findings);
        let mut findings: Vec<Finding> =
            not_expressible.into_iter().map(|seq| rules::ACTION_NOT_EXPRESSIBLE.at(seq)).collect();
        let mut history = History::new(self.options.history);
        let mut known = BTreeSet::new();
        let mut examples = Vec::with_capacity(reduced.len());
        for action in &reduced {
            let Some(step) = draft.steps.get(action.step) else { continue };
            let Some(last) = action.actions.last() else {
                history.push(step.seq, training::describe_secret(&step.interaction));
                continue;
            };
            if !unusable.contains(&step.seq)
                && step.derived.label != Some(StepLabel::Wrong)
                && let Some(frame) = self.frame(draft, step)
                && action.actions.iter().all(|action| training::fits(action, frame))
            {
                if known.insert(answer_to_picture(draft, frame, &action.actions)) {
                    let worst = worst.get(action.step).copied().flatten();
                    examples.extend(self.example(draft, step, frame, &action.actions, &history, worst));
                } else {
                    findings.push(rules::EXAMPLE_DUPLICATE.at(step.seq));
                }
            }
            history.push(step.seq, training::describe(last, &step.interaction));
        }
        if self.options.terminate
            && let Some((step, frame)) = confirmed_end(draft)
        {
            let done = ComputerAction::Terminate { success: true };
            examples.extend(self.example(draft, step, frame, &[done], &history, None));
        }
        draft.examples = examples;
        draft.findings.append(&mut findings);
    }
}

impl Examples {
    fn frame<'a>(&self, draft: &Draft, step: &'a EnhancedInteraction) -> Option<&'a Screenshot> {
        match facts::before_frame(&step.interaction, self.options.max_frame_lag_ms) {
            facts::BeforeFrame::Found(_, frame) => Some(frame).filter(|frame| is_shown(draft, frame)),
            facts::BeforeFrame::Late(_) | facts::BeforeFrame::Missing => None,
        }
    }

    fn example(
        &self,
        draft: &Draft,
        step: &EnhancedInteraction,
        frame: &Screenshot,
        actions: &[ComputerAction],
        history: &History,
        worst: Option<Severity>,
    ) -> Option<TrainingExample> {
        // What comes before it only leads up to the last action.
        let main = actions.last()?;
        let mut example = TrainingExample {
            session_id: draft.session.id.clone(),
            seq: step.seq,
            goal: draft.session.goal.text.clone(),
            history: history.window(),
            frame: training::example_frame(frame),
            observation: training::observe(step, main, self.options.elements),
            training_value: training::value(step, main, worst, !draft.session.goal.text.is_empty()),
            complexity: training::complexity(step, main, history.len()),
            actions: actions.to_vec(),
            rationale: step.interaction.user_context.rationale.clone(),
            worst_finding: worst,
            extra: serde_json::Map::new(),
        };
        if let Some(most) = self.options.text_bytes {
            fit(&mut example, most, |limit| training::observe(step, main, limit));
        }
        Some(example)
    }
}

/// Leaves out of an example what is worth least until it tells no more than `most` bytes, or nothing but what it cannot do without.
fn fit(example: &mut TrainingExample, most: usize, observe: impl Fn(usize) -> ExampleObservation) {
    let mut told = told_bytes(example);
    let oldest = example.history.iter().take_while(|step| {
        let is_over = told > most;
        told -= if is_over { step.description.len() } else { 0 };
        is_over
    });
    let left_out = oldest.count();
    example.history.drain(..left_out);
    while told_bytes(example) > most && example.observation.elements.len() > 1 {
        example.observation = observe(example.observation.elements.len() - 1);
    }
}

fn told_bytes(example: &TrainingExample) -> usize {
    let ExampleObservation { url, title, elements } = &example.observation;
    let history: usize = example.history.iter().map(|step| step.description.len()).sum();
    let elements: usize = elements.iter().map(|element| element.role.len() + element.name.len()).sum();
    example.goal.len() + url.len() + title.len() + history + elements
}

/// Places at which a rule about frames or targets says that nothing can be learned.
fn unusable_places(findings: &[Finding]) -> BTreeSet<u64> {
    findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .filter(|finding| {
            let part = rules::find(&finding.rule).and_then(|rule| rule.part);
            matches!(part, Some(ScorePart::Frames | ScorePart::Targets))
        })
        .filter_map(|finding| finding.place.seq)
        .collect()
}

/// Whether the picture is stored and shows something.
fn is_shown(draft: &Draft, frame: &Screenshot) -> bool {
    frame.width > 0
        && frame.height > 0
        && facts::has_size(&frame.viewport)
        && draft.frames.get(&frame.hash).is_some_and(|facts| !facts.blank)
}

/// What makes two examples the same: the picture and the answer.
fn answer_to_picture(draft: &Draft, frame: &Screenshot, actions: &[ComputerAction]) -> (ContentHash, String) {
    let picture = draft.frames.get(&frame.hash).map_or(frame.hash, FrameFacts::picture);
    (picture, serde_json::to_string(actions).unwrap_or_default())
}

/// The last interaction on the page that confirms the end of the task, with a picture of that page.
fn confirmed_end(draft: &Draft) -> Option<(&EnhancedInteraction, &Screenshot)> {
    let by_address = |view: &&PageView| {
        view.kind == Some(PageKind::Confirmation) && view.evidence.iter().any(|word| word == "url-path")
    };
    let (from, until) = draft.page_views.last().filter(by_address)?.steps;
    let steps = draft.steps.get(from..until)?;
    steps.iter().rev().find_map(|step| {
        // The picture before a navigation may still show the page it came from.
        let on_page = |frame: &&Screenshot| {
            let arrives = step.interaction.kind == InteractionType::Navigation;
            is_shown(draft, frame) && (frame.relation == ScreenshotRelation::After || !arrives)
        };
        step.interaction.screenshots.iter().rev().find(on_page).map(|frame| (step, frame))
    })
}
