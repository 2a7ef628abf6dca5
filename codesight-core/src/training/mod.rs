//! Training examples before any provider's format: which actions there are, how they are told, what is shown for them,
//! what they are worth, and the contract a format keeps.

mod card;
mod duplicates;
mod format;
pub mod formats;
pub mod metrics;
mod observe;
mod reduce;
mod split;
mod trajectory;
mod value;
mod words;

pub use card::DatasetCard;
pub use duplicates::{LeftOut, Selection, SelectionOptions};
pub use format::{FrameImage, ImageSource, TrainingFormat};
pub use split::{Leak, Part, SplitBy, SplitItem, SplitOptions, leaks, split};
pub use trajectory::{Trajectory, TrajectoryFormat, TrajectoryStep};
pub use value::{complexity, value};
pub use words::describe;

pub(crate) use observe::{example_frame, fits, observe};
pub(crate) use reduce::reduce;
pub(crate) use words::{History, describe_secret};

use crate::model::TrainingData;
use crate::pipeline::Draft;
use crate::stages::share;

/// Everything the session gives to training. Takes examples and selector tests out of the draft.
pub(crate) fn collect(draft: &mut Draft) -> TrainingData {
    let examples = std::mem::take(&mut draft.examples);
    let mean = |of: fn(&crate::model::TrainingExample) -> f64| {
        let sum: f64 = examples.iter().map(of).sum();
        if examples.is_empty() { 0.0 } else { share(sum / examples.len() as f64) }
    };
    TrainingData {
        training_value: mean(|example| example.training_value),
        complexity: mean(|example| example.complexity),
        vision_analysis: draft.vision.clone(),
        user_psychology: draft.psychology.clone(),
        navigation_strategy: draft.navigation.clone(),
        selector_reliability: std::mem::take(&mut draft.selector_tests),
        page_structure: draft
            .steps
            .iter()
            .rev()
            .find_map(|step| step.interaction.page_context.page_structure.clone()),
        examples,
    }
}
