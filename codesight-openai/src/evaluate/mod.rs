//! How good models are at held-out steps: the same question as in training, the answer beside what the person did.
//!
//! A step is right when the action is of the same type, hits the place, and says the same. Figures come with 95 % intervals, and
//! two models are compared step by step on the same steps.

mod case;
mod compare;
mod exit;
mod golden;
mod html;
mod report;
mod run;
mod score;
mod statistics;

pub use case::EvaluationCase;
pub use compare::{Comparison, compare};
pub use exit::{ExitInventory, ModelEntry, inventory};
pub use golden::{GoldenAnswer, GoldenChange, GoldenSet};
pub use html::to_html;
pub use report::{EvaluationReport, ModelReport, StepReport};
pub use run::{EvaluationOptions, evaluate};
pub use score::{StepScore, score};
pub use statistics::{Interval, mcnemar, paired_difference, wilson};
