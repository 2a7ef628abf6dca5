//! Without an answer the session is understood by rules alone, and says so.

use codesight_core::model::{Finding, RuleId, Severity, VisionAnalysis};
use codesight_core::ports::{VisionFrame, VisionModel};

/// No frame was looked at by a model; what is known of the session comes from rules. Warning.
pub const VISION_UNAVAILABLE: RuleId = RuleId::new("vision-unavailable");
/// Some frames were not looked at by a model. Info.
pub const VISION_INCOMPLETE: RuleId = RuleId::new("vision-incomplete");

/// What the model sees; when it cannot be asked, nothing, with a finding: the pipeline then goes by its rules.
pub async fn analyze_or_rules(
    model: &dyn VisionModel,
    goal: &str,
    frames: &[VisionFrame],
) -> (VisionAnalysis, Vec<Finding>) {
    match model.analyze(goal, frames).await {
        Ok(analysis) if analysis.observations.len() < frames.len() => {
            let message = format!("{} of {} frames were judged", analysis.observations.len(), frames.len());
            let finding = Finding::session(VISION_INCOMPLETE, Severity::Info, message);
            (analysis, vec![finding])
        }
        Ok(analysis) => (analysis, Vec::new()),
        Err(error) => {
            let message = format!("the model could not be asked ({})", error.kind().code());
            let finding = Finding::session(VISION_UNAVAILABLE, Severity::Warning, message);
            (VisionAnalysis::default(), vec![finding])
        }
    }
}
