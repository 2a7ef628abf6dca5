//! Outcome: whether the task was done, judged by what the pages became. The first rule that holds decides:
//!
//! | rule | likelihood | evidence |
//! |---|---|---|
//! | nothing was done | 0.05 | `nothing-done` |
//! | the session ends on a page that confirms | 0.95 | `confirmation` |
//! | the page answered the last sending of a form with a field marked wrong | 0.10 | `field-refused` |
//! | fields were filled in at the end and not sent | 0.15 | `form-abandoned` |
//! | checkout was begun and not confirmed | 0.20 | `checkout-unfinished` |
//! | the last action had no effect, or was taken back | 0.30 | `last-action-idle` |
//! | the cart grew and holds what was put into it | 0.75 | `cart-grew` |
//! | a form was sent last and the page changed | 0.70 | `form-sent` |
//! | none of them | 0.50 | `unknown` |
//!
//! Where the goal names what is to be done letter for letter, how far that agrees with what was done (`goal`) moves
//! the likelihood of all but the first and the third: of a confirmed purchase to no less than 0.6 of it, when what the
//! goal states letter for letter was missed; of the others to a quarter of the rule's and three quarters of the
//! agreement's. The evidence then says `goal-done` (four fifths or more of it), `goal-in-part` or `goal-missed` (less
//! than three tenths).
//!
//! The numbers are judged, ordered by how often each end is a success; what the collector says is not looked at.

use super::goal::GoalProgress;
use super::{facts, goal, page_kind, rules};
use crate::model::{Finding, InteractionData, InteractionType, StateChangeKind, StepLabel, TaskOutcome};
use crate::pipeline::{Draft, EnhancedInteraction, Stage};

/// How many of the last interactions count as the end of the session.
const END: usize = 3;

/// Judges whether the task was done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Outcome;

impl Stage for Outcome {
    fn name(&self) -> &'static str {
        "outcome"
    }

    fn run(&self, draft: &mut Draft) {
        let (mut likelihood, rule) = judge(draft);
        let mut evidence = vec![rule.to_owned()];
        let decides = matches!(rule, "nothing-done" | "field-refused");
        if let Some(agreement) = agreement(draft).filter(|_| !decides) {
            likelihood = weigh(likelihood, rule, &agreement);
            evidence.push(word(&agreement).to_owned());
            if agreement.missed {
                draft.report(rules::GOAL_NOT_MET.session());
            }
        }
        let claimed = draft.session.outcome.clone();
        draft.outcome = Some(TaskOutcome { likelihood: facts::share(likelihood), evidence, claimed });
    }
}

fn agreement(draft: &Draft) -> Option<goal::Agreement> {
    let mut progress = GoalProgress::of(&draft.session.goal.text);
    draft.steps.iter().for_each(|step| progress.add(&step.interaction));
    progress.agreement()
}

fn weigh(likelihood: f64, rule: &str, agreement: &goal::Agreement) -> f64 {
    match rule {
        "confirmation" if !agreement.missed => likelihood,
        "confirmation" => likelihood * (0.6 + 0.4 * agreement.share),
        _ => 0.25 * likelihood + 0.75 * agreement.share,
    }
}

fn word(agreement: &goal::Agreement) -> &'static str {
    match agreement.share {
        share if share >= 0.8 => "goal-done",
        share if share >= 0.3 => "goal-in-part",
        _ => "goal-missed",
    }
}

fn judge(draft: &Draft) -> (f64, &'static str) {
    let acts = draft.steps.iter().any(|step| facts::acts_on_element(&step.interaction.kind));
    if !acts {
        (0.05, "nothing-done")
    } else if page_kind::ends_confirmed(draft) {
        (0.95, "confirmation")
    } else if end(draft).any(|it| {
        it.state_changes.iter().any(|change| {
            change.kind == StateChangeKind::Attribute
                && change.property.as_deref() == Some("aria-invalid")
                && change.after.as_deref() == Some("true")
        })
    }) {
        (0.10, "field-refused")
    } else if reported_at_end(draft, &rules::FORM_ABANDONED.id) {
        (0.15, "form-abandoned")
    } else if draft.findings.iter().any(|finding| finding.rule == rules::GOAL_NOT_REACHED.id) {
        (0.20, "checkout-unfinished")
    } else if last_action(draft)
        .is_some_and(|step| matches!(step.derived.label, Some(StepLabel::Redundant | StepLabel::Wrong)))
    {
        (0.30, "last-action-idle")
    } else if cart_growth(draft) > 0.0 {
        (0.75, "cart-grew")
    } else if end(draft).any(sends_form) {
        (0.70, "form-sent")
    } else {
        (0.50, "unknown")
    }
}

fn end(draft: &Draft) -> impl Iterator<Item = &InteractionData> {
    draft.steps.iter().rev().take(END).map(|step| &*step.interaction)
}

fn last_action(draft: &Draft) -> Option<&EnhancedInteraction> {
    draft.steps.iter().rev().find(|step| step.derived.label.is_some())
}

fn reported_at_end(draft: &Draft, rule: &crate::model::RuleId) -> bool {
    let end = draft.steps.len().saturating_sub(END);
    let first = draft.steps.get(end).map_or(0, |step| step.seq);
    let reported = |finding: &Finding| finding.rule == *rule && finding.place.seq >= Some(first);
    draft.findings.iter().any(reported)
}

fn sends_form(interaction: &InteractionData) -> bool {
    interaction.kind == InteractionType::Submit
        || (interaction.kind == InteractionType::Navigation
            && interaction.action.cause.as_deref() == Some("form"))
}

/// How many more things the cart holds than at the first change of it that was recorded.
fn cart_growth(draft: &Draft) -> f64 {
    let number = |text: &Option<String>| text.as_deref().and_then(|text| text.trim().parse::<f64>().ok());
    let mut changes = draft
        .steps
        .iter()
        .flat_map(|step| &step.interaction.state_changes)
        .filter(|change| change.kind == StateChangeKind::Cart);
    let Some(first) = changes.next() else { return 0.0 };
    let last = changes.next_back().unwrap_or(first);
    let growth = number(&last.after).unwrap_or(0.0) - number(&first.before).unwrap_or(0.0);
    if growth.is_finite() { growth } else { 0.0 }
}
