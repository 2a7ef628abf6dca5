//! Intent: what the person was after, from what they did and where.
//!
//! The first rule that holds gives the intent of an interaction:
//!
//! | rule | intent | confidence | evidence |
//! |---|---|---|---|
//! | a navigation through the history, or Alt+ArrowLeft | backtrack | 0.90 | `history` |
//! | on a confirmation page, or a click or submit in checkout that leads to one | purchase | 0.95 | `confirmation` |
//! | the cart changed | cart | 0.95 | `cart-changed` |
//! | the element is a search field, or lies in a search landmark | search | 0.90 | `search-field` |
//! | on a checkout page, or a click on a cart page that leads to one | checkout | 0.90 | `page-kind` or `leads-to` |
//! | on a cart page | cart | 0.80 | `page-kind` |
//! | on an account page | account | 0.80 | `page-kind` |
//! | on results: a choice, a box to tick, or anything in a complementary landmark | filter | 0.80 | `filter-control` |
//! | on a product page: a choice, a box to tick, or a number field | configure | 0.80 | `option-control` |
//! | on a product page that is part of a comparison | compare | 0.60 | `comparison` |
//! | on a product page, or a click that leads to one | inspect | 0.70 | `page-kind` or `leads-to` |
//! | on results or the home page | browse | 0.60 | `page-kind` |
//!
//! Neighbouring interactions with one intent form a run; its confidence is their mean. What a vision model says stands
//! beside it, under the model's name, and changes neither the rules' answer nor any score.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{facts, options, psychology};
use crate::error::Result;
use crate::id::ContentHash;
use crate::model::{
    InferredBy, InteractionData, InteractionType, NavigationPatternKind, PageKind, StateChangeKind,
    UserIntent, UserIntentKind,
};
use crate::pipeline::{Draft, EnhancedInteraction, Stage};

/// Options of [`Intent`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct IntentOptions {
    /// A pause before an action of at least this long counts as hesitation, in milliseconds; 5,000 by default.
    pub hesitation_ms: f64,
    /// Resting on a target this long before acting counts as hesitation too, in milliseconds; 1,500 by default.
    pub resting_ms: f64,
}

impl Default for IntentOptions {
    fn default() -> Self {
        Self { hesitation_ms: 5_000.0, resting_ms: 1_500.0 }
    }
}

/// Finds intents and how the person decided.
#[derive(Debug, Default)]
pub struct Intent {
    options: IntentOptions,
}

impl Intent {
    /// With options.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a negative number.
    pub fn new(options: IntentOptions) -> Result<Self> {
        options::not_negative("hesitationMs", options.hesitation_ms)?;
        options::not_negative("restingMs", options.resting_ms)?;
        Ok(Self { options })
    }
}

impl Stage for Intent {
    fn name(&self) -> &'static str {
        "intent"
    }

    fn run(&self, draft: &mut Draft) {
        let judged: Vec<Option<Judgement>> = judge_all(draft);
        for (step, judgement) in draft.steps.iter_mut().zip(&judged) {
            step.derived.intent = judgement.as_ref().map(|judgement| judgement.intent.clone());
        }
        draft.intents = runs(&draft.steps, &judged);
        let mut seen = seen_by_model(draft);
        draft.intents.append(&mut seen);
        draft.psychology = psychology::judge(draft, &self.options);
    }
}

/// The intent of one interaction.
struct Judgement {
    intent: UserIntentKind,
    confidence: f64,
    evidence: &'static str,
}

impl Judgement {
    fn new(intent: UserIntentKind, confidence: f64, evidence: &'static str) -> Self {
        Self { intent, confidence, evidence }
    }
}

fn judge_all(draft: &Draft) -> Vec<Option<Judgement>> {
    let comparisons: Vec<(u64, u64)> = draft
        .navigation
        .patterns
        .iter()
        .filter(|pattern| pattern.kind == NavigationPatternKind::Comparison)
        .map(|pattern| (pattern.first_seq, pattern.last_seq))
        .collect();
    let mut comparison = comparisons.iter().peekable();
    let mut judged = Vec::with_capacity(draft.steps.len());
    for (index, step) in draft.steps.iter().enumerate() {
        // Patterns of one kind follow one another, so one pass is enough.
        while comparison.next_if(|(_, last)| *last < step.seq).is_some() {}
        let compares = comparison.peek().is_some_and(|(first, _)| *first <= step.seq);
        let next = draft.steps.get(index + 1);
        let leads_to = next
            .filter(|next| next.derived.page_view != step.derived.page_view)
            .and_then(|next| next.derived.page_kind.as_ref());
        judged.push(judge(step, leads_to, compares));
    }
    judged
}

fn judge(step: &EnhancedInteraction, leads_to: Option<&PageKind>, compares: bool) -> Option<Judgement> {
    use UserIntentKind as Kind;
    let interaction = &step.interaction;
    let here = step.derived.page_kind.as_ref();
    let acts = facts::is_click(&interaction.kind)
        || matches!(interaction.kind, InteractionType::Submit | InteractionType::Key);
    let leads = |kind: &PageKind| acts && leads_to == Some(kind);
    if goes_back(interaction) {
        return Some(Judgement::new(Kind::Backtrack, 0.90, "history"));
    }
    if here == Some(&PageKind::Confirmation)
        || (here == Some(&PageKind::Checkout) && leads(&PageKind::Confirmation))
    {
        return Some(Judgement::new(Kind::Purchase, 0.95, "confirmation"));
    }
    if interaction.state_changes.iter().any(|change| change.kind == StateChangeKind::Cart) {
        return Some(Judgement::new(Kind::Cart, 0.95, "cart-changed"));
    }
    if is_search(step) {
        return Some(Judgement::new(Kind::Search, 0.90, "search-field"));
    }
    if here == Some(&PageKind::Cart) && leads(&PageKind::Checkout) {
        return Some(Judgement::new(Kind::Checkout, 0.90, "leads-to"));
    }
    match here? {
        PageKind::Checkout => Some(Judgement::new(Kind::Checkout, 0.90, "page-kind")),
        PageKind::Cart => Some(Judgement::new(Kind::Cart, 0.80, "page-kind")),
        PageKind::Account => Some(Judgement::new(Kind::Account, 0.80, "page-kind")),
        PageKind::Results if chooses(interaction) || step.derived.region == Some("complementary") => {
            Some(Judgement::new(Kind::Filter, 0.80, "filter-control"))
        }
        PageKind::Product if chooses(interaction) => {
            Some(Judgement::new(Kind::Configure, 0.80, "option-control"))
        }
        PageKind::Product if compares => Some(Judgement::new(Kind::Compare, 0.60, "comparison")),
        PageKind::Product => Some(Judgement::new(Kind::Inspect, 0.70, "page-kind")),
        PageKind::Results | PageKind::Home if leads(&PageKind::Product) => {
            Some(Judgement::new(Kind::Inspect, 0.70, "leads-to"))
        }
        PageKind::Results | PageKind::Home => Some(Judgement::new(Kind::Browse, 0.60, "page-kind")),
        PageKind::Confirmation | PageKind::Other(_) => None,
    }
}

pub(super) fn goes_back(interaction: &InteractionData) -> bool {
    let has_key = |name: &str| interaction.action.keys.iter().any(|key| key == name);
    match interaction.kind {
        InteractionType::Navigation => interaction.action.cause.as_deref() == Some("history"),
        InteractionType::Key => has_key("Alt") && has_key("ArrowLeft"),
        _ => false,
    }
}

fn is_search(step: &EnhancedInteraction) -> bool {
    let to_field = facts::acts_on_element(&step.interaction.kind)
        || facts::is_typing(&step.interaction.kind)
        || matches!(step.interaction.kind, InteractionType::Key | InteractionType::Submit);
    let Some(element) = step.interaction.element.as_ref().filter(|_| to_field) else { return false };
    element.input_type.as_deref() == Some("search")
        || element.role.as_deref() == Some("searchbox")
        || step.derived.region == Some("search")
}

/// Whether the element offers a choice: a list, a box to tick, a number.
fn chooses(interaction: &InteractionData) -> bool {
    if interaction.kind == InteractionType::Select {
        return true;
    }
    let acts = facts::acts_on_element(&interaction.kind);
    interaction.element.as_ref().filter(|_| acts).is_some_and(|element| {
        facts::is_toggle(element)
            || facts::is_native_list(element)
            || matches!(element.input_type.as_deref(), Some("number" | "range"))
            || matches!(element.role.as_deref(), Some("slider" | "spinbutton" | "option" | "listbox"))
    })
}

fn runs(steps: &[EnhancedInteraction], judged: &[Option<Judgement>]) -> Vec<UserIntent> {
    let mut intents: Vec<UserIntent> = Vec::new();
    // How many interactions the open run has; 0 when there is none.
    let mut length = 0_u32;
    for (step, judgement) in steps.iter().zip(judged) {
        let Some(judgement) = judgement else {
            length = 0;
            continue;
        };
        match intents.last_mut().filter(|run| length > 0 && run.intent == judgement.intent) {
            Some(run) => {
                run.last_seq = step.seq;
                run.confidence =
                    (run.confidence * f64::from(length) + judgement.confidence) / f64::from(length + 1);
                if !run.evidence.iter().any(|word| word == judgement.evidence) {
                    run.evidence.push(judgement.evidence.to_owned());
                }
                length = length.saturating_add(1);
            }
            None => {
                intents.push(UserIntent {
                    intent: judgement.intent.clone(),
                    first_seq: step.seq,
                    last_seq: step.seq,
                    confidence: judgement.confidence,
                    evidence: vec![judgement.evidence.to_owned()],
                    inferred_by: InferredBy::Rule,
                });
                length = 1;
            }
        }
    }
    for run in &mut intents {
        run.confidence = facts::share(run.confidence);
    }
    intents
}

/// What a vision model says about the pictures people acted on, under its own name.
fn seen_by_model(draft: &Draft) -> Vec<UserIntent> {
    let Some(model) = &draft.vision.model else { return Vec::new() };
    let by_frame: BTreeMap<ContentHash, _> =
        draft.vision.observations.iter().map(|seen| (seen.frame, seen)).collect();
    let mut intents: Vec<UserIntent> = Vec::new();
    for step in &draft.steps {
        let seen = step.derived.before_frame.and_then(|hash| by_frame.get(&hash));
        let Some((seen, intent)) = seen.and_then(|seen| seen.intent.clone().map(|intent| (seen, intent)))
        else {
            continue;
        };
        let confidence = facts::share(seen.confidence);
        match intents.last_mut().filter(|run| run.intent == intent) {
            Some(run) => {
                run.last_seq = step.seq;
                run.confidence = run.confidence.min(confidence);
            }
            None => intents.push(UserIntent {
                intent,
                first_seq: step.seq,
                last_seq: step.seq,
                confidence,
                evidence: vec!["picture".to_owned()],
                inferred_by: InferredBy::Model(model.clone()),
            }),
        }
    }
    intents
}
