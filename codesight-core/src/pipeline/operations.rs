//! The specification's processing interface as functions on a [`Draft`], each with the defaults of its stage. On one draft
//! each is called at most once; later ones use what earlier ones found.
//!
//! | specification | here |
//! |---|---|
//! | `processSession` | [`process_session`] |
//! | `validateData` | [`validate_data`] |
//! | `enhanceContext` | [`enhance_context`] |
//! | `calculateQualityScore` | [`calculate_quality_score`] |
//! | `identifyDataGaps` | [`identify_data_gaps`] |
//! | `suggestImprovements` | [`suggest_improvements`] |
//! | `generateTrainingData` | [`generate_training_data`] |
//! | `extractUserIntent` | [`extract_user_intent`] |
//! | `identifyNavigationPatterns` | [`identify_navigation_patterns`] |
//! | `formatForOpenAI`, `validateTrainingFormat` | a [`TrainingFormat`](crate::training::TrainingFormat) of the provider's crate |
//! | `analyzeScreenshots` | the [`VisionModel`](crate::ports::VisionModel) port; its answer is part of the input |

use super::{Draft, EnhancedInteraction, Pipeline, ProcessedSession, SessionInput, Stage};
use crate::model::{
    DataGap, Finding, Improvement, NavigationPattern, QualityScore, TrainingData, UserIntent,
};
use crate::privacy::Masked;
use crate::stages::{self, Context, Examples, Intent, Lint, Navigation, Selectors, Validate};

/// Runs all stages with their defaults.
pub fn process_session(input: SessionInput) -> ProcessedSession {
    Pipeline::default().process_session(input)
}

/// Checks places and their order; returns everything reported so far.
pub fn validate_data(draft: &mut Draft) -> &[Finding] {
    Validate::default().run(draft);
    Lint::default().run(draft);
    draft.findings()
}

/// Derives page views, page kinds and surroundings, and how well each element can be found again.
pub fn enhance_context(draft: &mut Draft) -> &[EnhancedInteraction] {
    Context.run(draft);
    Selectors::default().run(draft);
    draft.steps()
}

/// Finds recognisable ways of moving through the site, after [`enhance_context`].
pub fn identify_navigation_patterns(draft: &mut Draft) -> &[NavigationPattern] {
    Navigation.run(draft);
    &draft.navigation().patterns
}

/// Finds what the person was after, after [`enhance_context`]; what a vision model said is taken from the input.
pub fn extract_user_intent(draft: &mut Draft) -> &[UserIntent] {
    Intent::default().run(draft);
    draft.intents()
}

/// The score that follows from the findings so far.
pub fn calculate_quality_score(draft: &Draft) -> QualityScore {
    stages::calculate(draft)
}

/// What is missing, by the findings so far.
pub fn identify_data_gaps(draft: &Draft) -> Vec<DataGap> {
    stages::gaps(draft.findings())
}

/// What to do better, by the findings so far; what wins most comes first.
pub fn suggest_improvements(draft: &Draft) -> Vec<Improvement> {
    stages::improvements(draft)
}

/// Makes the training data from what earlier steps found. Takes it out of the draft.
pub fn generate_training_data(draft: &mut Draft) -> Masked<TrainingData> {
    Examples::default().run(draft);
    Masked::new(crate::training::collect(draft))
}
