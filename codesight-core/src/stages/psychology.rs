//! How the person decided, from behaviour alone.
//!
//! - hesitation: share of actions after a long pause, or after resting on the target
//! - correction: share of actions that undo: going back, Backspace, Delete, Control+z, ticking the same box again
//! - confidence: 1 - (hesitation + correction) / 2
//! - style: `hesitant` when hesitation is above 0.4 or correction above 0.25; otherwise `exploring` when three or more
//!   different product pages were looked at and the cart never changed; otherwise `deliberate` when products were
//!   compared or hesitation is above 0.2; otherwise `decisive`
//!
//! Nothing is said about fewer than three interactions.

use std::collections::BTreeSet;

use super::facts;
use super::intent::{IntentOptions, goes_back};
use crate::model::{
    InferredBy, InteractionData, InteractionType, NavigationPatternKind, PageKind, UserIntentKind,
    UserPsychology,
};
use crate::pipeline::Draft;

/// The fewest interactions that say something about a person.
const FEWEST: usize = 3;

pub(super) fn judge(draft: &Draft, options: &IntentOptions) -> UserPsychology {
    let steps = &draft.steps;
    if steps.len() < FEWEST {
        return UserPsychology::default();
    }
    let of_all = |count: usize| facts::share(count as f64 / steps.len() as f64);
    let pauses = |step: &&crate::pipeline::EnhancedInteraction| {
        let long = step.derived.since_previous_ms.is_some_and(|pause| pause as f64 >= options.hesitation_ms);
        long || step.interaction.user_context.hesitation_ms.is_some_and(|rest| rest >= options.resting_ms)
    };
    let hesitation = of_all(steps.iter().filter(pauses).count());
    let undoes = |index: &usize| {
        let at = |index: usize| steps.get(index).map(|step| &*step.interaction);
        let previous = index.checked_sub(1).and_then(at);
        at(*index).is_some_and(|interaction| corrects(interaction, previous))
    };
    let correction = of_all((0..steps.len()).filter(undoes).count());

    let products: BTreeSet<_> = draft
        .page_views
        .iter()
        .filter(|view| view.kind == Some(PageKind::Product))
        .map(|view| &view.address)
        .collect();
    let compared =
        draft.navigation.patterns.iter().any(|pattern| pattern.kind == NavigationPatternKind::Comparison);
    let bought = draft.intents.iter().any(|run| {
        run.inferred_by == InferredBy::Rule
            && matches!(
                run.intent,
                UserIntentKind::Cart | UserIntentKind::Checkout | UserIntentKind::Purchase
            )
    });
    let mut evidence = Vec::new();
    let mut holds = |fact: bool, word: &str| {
        if fact {
            evidence.push(word.to_owned());
        }
        fact
    };
    let hesitant = holds(hesitation > 0.4, "long-pauses") | holds(correction > 0.25, "corrections");
    let exploring = holds(products.len() >= 3 && !bought, "many-products");
    let deliberate = holds(compared, "comparison") | holds(hesitation > 0.2 && !hesitant, "pauses");
    let style = if hesitant {
        "hesitant"
    } else if exploring {
        "exploring"
    } else if deliberate {
        "deliberate"
    } else {
        "decisive"
    };
    UserPsychology {
        decision_style: style.to_owned(),
        hesitation,
        correction,
        confidence: facts::share(1.0 - (hesitation + correction) / 2.0),
        evidence,
        inferred_by: Some(InferredBy::Rule),
    }
}

fn corrects(interaction: &InteractionData, previous: Option<&InteractionData>) -> bool {
    let keys = &interaction.action.keys;
    let has_key = |name: &str| keys.iter().any(|key| key == name);
    let deletes = interaction.kind == InteractionType::Key
        && (has_key("Backspace") || has_key("Delete") || (has_key("Control") && has_key("z")));
    let ticks_again = interaction.kind == InteractionType::Click
        && interaction.element.as_ref().is_some_and(facts::is_toggle)
        && previous.is_some_and(|previous| {
            previous.kind == InteractionType::Click && facts::same_element(previous, interaction)
        });
    goes_back(interaction) || deletes || ticks_again
}
