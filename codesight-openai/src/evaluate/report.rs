//! What came of an evaluation, for programs.

use std::collections::BTreeMap;

use codesight_core::model::ModelPerformance;
use codesight_core::time::Timestamp;
use serde::Serialize;

use super::compare::{Comparison, compare};
use super::score::StepScore;
use super::statistics::{Interval, wilson};
use crate::chat::Usage;
use crate::format::ToolAction;

/// One step and one model.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepReport {
    /// The step.
    pub id: String,
    /// Its task.
    pub task: String,
    /// What the person did.
    pub expected: Vec<ToolAction>,
    /// What is right about the answer.
    pub score: StepScore,
    /// Milliseconds to the answer.
    pub latency_ms: f64,
    /// Tokens; none when the service does not tell.
    pub usage: Option<Usage>,
    /// Why there is no answer: the code of the error.
    pub error: Option<String>,
}

/// One model on all steps.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelReport {
    /// The model.
    pub model: String,
    /// The service.
    pub provider: String,
    /// Share of steps right as a whole.
    pub step_success: Interval,
    /// Share of steps whose type is right.
    pub type_accuracy: Interval,
    /// Share of steps whose place is right.
    pub place_accuracy: Interval,
    /// Share of tasks with every step right.
    pub task_success: Interval,
    /// Share of answers in the tool's vocabulary.
    pub valid_answers: Interval,
    /// Median milliseconds to an answer.
    pub median_latency_ms: Option<f64>,
    /// 95 % of answers come within this many milliseconds.
    pub p95_latency_ms: Option<f64>,
    /// Tokens of all steps.
    pub tokens: Usage,
    /// US dollars for all steps, where the price is known.
    pub cost_usd: Option<f64>,
    /// The steps.
    pub steps: Vec<StepReport>,
}

impl ModelReport {
    /// Sums steps up. `cost` gives US dollars for tokens.
    pub(super) fn of(
        model: &str,
        provider: &str,
        steps: Vec<StepReport>,
        cost: impl Fn(Usage) -> Option<f64>,
    ) -> Self {
        let share = |is_right: fn(&StepReport) -> bool| {
            wilson(steps.iter().filter(|step| is_right(step)).count() as u64, steps.len() as u64)
        };
        let mut tasks: BTreeMap<&str, bool> = BTreeMap::new();
        for step in &steps {
            *tasks.entry(&step.task).or_insert(true) &= step.score.step_right;
        }
        let done = tasks.values().filter(|done| **done).count() as u64;
        let mut latencies: Vec<f64> =
            steps.iter().filter(|step| step.error.is_none()).map(|step| step.latency_ms).collect();
        latencies.sort_by(f64::total_cmp);
        let percentile = |share: f64| {
            let at = ((latencies.len() as f64 * share).ceil() as usize).saturating_sub(1);
            latencies.get(at).copied()
        };
        let tokens = steps.iter().filter_map(|step| step.usage).fold(Usage::default(), |sum, usage| Usage {
            input: sum.input + usage.input,
            output: sum.output + usage.output,
        });
        Self {
            model: model.to_owned(),
            provider: provider.to_owned(),
            step_success: share(|step| step.score.step_right),
            type_accuracy: share(|step| step.score.type_right),
            place_accuracy: share(|step| step.score.place_right),
            task_success: wilson(done, tasks.len() as u64),
            valid_answers: share(|step| step.score.valid),
            median_latency_ms: percentile(0.5),
            p95_latency_ms: percentile(0.95),
            tokens,
            cost_usd: cost(tokens),
            steps,
        }
    }

    /// The figures as a session carries them.
    pub fn performance(&self) -> ModelPerformance {
        ModelPerformance {
            model_id: self.model.clone(),
            steps: u32::try_from(self.steps.len()).unwrap_or(u32::MAX),
            element_accuracy: self.place_accuracy.value,
            step_success: self.step_success.value,
            task_success: self.task_success.value,
            latency_ms: self.median_latency_ms,
            cost_usd: self.cost_usd,
        }
    }
}

/// Several models on the same steps; the first is what the others are compared with.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EvaluationReport {
    /// Version of this form.
    pub version: u32,
    /// When.
    pub created_at: Timestamp,
    /// The models.
    pub models: Vec<ModelReport>,
    /// Each but the first beside the first.
    pub comparisons: Vec<Comparison>,
}

impl EvaluationReport {
    /// Of models that were asked the same steps.
    pub fn new(created_at: Timestamp, models: Vec<ModelReport>) -> Self {
        let comparisons = match models.split_first() {
            Some((baseline, candidates)) => {
                candidates.iter().map(|candidate| compare(baseline, candidate)).collect()
            }
            None => Vec::new(),
        };
        Self { version: 1, created_at, models, comparisons }
    }
}
