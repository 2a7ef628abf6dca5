//! Two models on the same steps.

use serde::Serialize;

use super::report::ModelReport;
use super::statistics::{Interval, mcnemar, paired_difference};

/// How much better one model is than another.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// The model compared with.
    pub baseline: String,
    /// The model compared.
    pub candidate: String,
    /// Steps that both were asked.
    pub steps: usize,
    /// Difference of the shares of right steps, candidate less baseline.
    pub step_success: Interval,
    /// How likely a difference like this would be between equals.
    pub p_value: f64,
    /// Steps that only the baseline got right.
    pub only_baseline: usize,
    /// Steps that only the candidate got right.
    pub only_candidate: usize,
}

/// Compares on the steps that both were asked, found by their ids.
pub fn compare(baseline: &ModelReport, candidate: &ModelReport) -> Comparison {
    let pairs: Vec<(bool, bool)> = baseline
        .steps
        .iter()
        .filter_map(|step| {
            let other = candidate.steps.iter().find(|other| other.id == step.id)?;
            Some((step.score.step_right, other.score.step_right))
        })
        .collect();
    Comparison {
        baseline: baseline.model.clone(),
        candidate: candidate.model.clone(),
        steps: pairs.len(),
        step_success: paired_difference(&pairs),
        p_value: mcnemar(&pairs),
        only_baseline: pairs.iter().filter(|(one, other)| *one && !*other).count(),
        only_candidate: pairs.iter().filter(|(one, other)| !*one && *other).count(),
    }
}
