//! The stages of the pipeline, one file each, with the table of [`rules`] they report by.
//!
//! | stage | reads | adds |
//! |---|---|---|
//! | [`Validate`] | interactions, gaps, frames | findings: is each recorded place right in itself |
//! | [`Lint`] | interactions | findings: do the actions follow from one another |
//! | [`Context`] | interactions | page views, page kinds, regions, nearby elements in order, before-frames |
//! | [`Navigation`] | page views | patterns and style |
//! | [`Intent`] | page views, interactions, vision | intents with evidence, psychology |
//! | [`Mistakes`] | page views, patterns, intents, findings | labels: correct, redundant, wrong, recovery; findings |
//! | [`Outcome`] | page views, labels, state changes, goal | whether the task was done, with evidence; findings |
//! | [`Selectors`] | recorded selectors | selector tests, reliability, findings |
//! | [`Score`] | findings | quality score, gaps, improvements |
//! | [`Examples`] | all of it | training examples, findings |
//!
//! **What a page says changes nothing but the observation.** Visible text, titles, headings, accessible names,
//! descriptions and values written by a page are never read by a rule. Rules read structure: addresses, roles, tags,
//! input types, landmarks, counts, boxes, times, declared product data and changes of state. There is one exception:
//! whether the task was done is also judged by whether the words of what the person acted on hold what the goal names,
//! see `goal`. No other rule, and no point of the quality score, depends on it.

mod context;
mod examples;
mod facts;
mod goal;
mod intent;
mod lint;
mod mistakes;
mod navigation;
mod options;
mod outcome;
mod page_kind;
mod psychology;
pub mod rules;
mod score;
mod selectors;
mod survival;
mod validate;

use serde_json::{Map, Value};

pub use context::Context;
pub use examples::{Examples, ExamplesOptions};
pub use intent::{Intent, IntentOptions};
pub use lint::{Lint, LintOptions};
pub use mistakes::{Mistakes, MistakesOptions};
pub use navigation::Navigation;
pub use outcome::Outcome;
pub use score::Score;
pub(crate) use score::{Tally, calculate, gaps, improvements, score};
pub use selectors::{Selectors, SelectorsOptions};
pub use survival::Survival;
pub use validate::{Validate, ValidateOptions};
pub(crate) use validate::{gap as capture_gap, session as session_findings};

pub(crate) use facts::{
    BeforeFrame, LOOK_BACK, MAX_FRAME_LAG_MS, before_frame, clicked_into, element_box, had_focus, is_inside,
    is_native_list, is_toggle, is_typing, page_address, point, same_address, same_element, share, viewport,
};

use crate::error::Result;
use crate::pipeline::Stage;

/// The names of this crate's stages, in the order they run by default.
pub const NAMES: [&str; 10] = [
    "validate",
    "lint",
    "context",
    "navigation",
    "intent",
    "mistakes",
    "outcome",
    "selectors",
    "score",
    "examples",
];

/// No options: refuses whatever is set.
#[derive(Debug, Clone, Copy, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct NoOptions {}

/// The stage of that name, or none when there is no such stage.
pub(crate) fn make(name: &str, given: &Map<String, Value>) -> Option<Result<Box<dyn Stage>>> {
    fn boxed<T: Stage + 'static>(stage: Result<T>) -> Result<Box<dyn Stage>> {
        stage.map(|stage| Box::new(stage) as Box<dyn Stage>)
    }
    let plain = || options::read::<NoOptions>(given);
    Some(match name {
        "validate" => boxed(options::read(given).and_then(Validate::new)),
        "lint" => boxed(options::read(given).and_then(Lint::new)),
        "context" => boxed(plain().map(|_| Context)),
        "navigation" => boxed(plain().map(|_| Navigation)),
        "intent" => boxed(options::read(given).and_then(Intent::new)),
        "mistakes" => boxed(options::read(given).and_then(Mistakes::new)),
        "outcome" => boxed(plain().map(|_| Outcome)),
        "selectors" => boxed(options::read(given).and_then(Selectors::new)),
        "score" => boxed(plain().map(|_| Score)),
        "examples" => boxed(options::read(given).and_then(Examples::new)),
        _ => return None,
    })
}

/// All stages with their defaults.
pub(crate) fn standard() -> Vec<Box<dyn Stage>> {
    vec![
        Box::new(Validate::default()),
        Box::new(Lint::default()),
        Box::new(Context),
        Box::new(Navigation),
        Box::new(Intent::default()),
        Box::new(Mistakes::default()),
        Box::new(Outcome),
        Box::new(Selectors::default()),
        Box::new(Score),
        Box::new(Examples::default()),
    ]
}
