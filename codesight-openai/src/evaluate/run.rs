//! Asking a model every step.

use futures_util::stream::{self, StreamExt};
use tokio::time::Instant;

use super::case::EvaluationCase;
use super::report::{ModelReport, StepReport};
use super::score::{StepScore, score};
use crate::chat::{ChatModel, ChatPrice};

/// How models are asked.
#[derive(Debug, Clone)]
pub struct EvaluationOptions {
    /// Questions under way at once. More make latencies longer.
    pub parallel: usize,
    /// The price of the model, where it is known.
    pub price: Option<ChatPrice>,
}

impl Default for EvaluationOptions {
    fn default() -> Self {
        Self { parallel: 2, price: None }
    }
}

/// Asks the model every step and judges the answers. A step without an answer is wrong, and its report says why; `told` is called after
/// each with how many are done.
pub async fn evaluate(
    model: &ChatModel,
    cases: &[EvaluationCase],
    options: &EvaluationOptions,
    told: impl Fn(usize) + Send + Sync,
) -> ModelReport {
    let each: Vec<_> = cases.iter().map(|case| ask(model, case)).collect();
    let mut answers = stream::iter(each).buffered(options.parallel.max(1));
    let mut steps = Vec::with_capacity(cases.len());
    while let Some(step) = answers.next().await {
        steps.push(step);
        told(steps.len());
    }
    let provider = model.client().profile().name.clone();
    ModelReport::of(model.name(), &provider, steps, |usage| {
        options.price.as_ref().map(|price| price.of(usage))
    })
}

async fn ask(model: &ChatModel, case: &EvaluationCase) -> StepReport {
    let begun = Instant::now();
    let answer = model.ask(&case.question).await;
    let latency_ms = begun.elapsed().as_secs_f64() * 1_000.0;
    let (score, usage, error) = match answer {
        Ok(answer) => (score(case, &answer), answer.usage, None),
        Err(error) => (StepScore::default(), None, Some(error.kind().code().to_owned())),
    };
    StepReport {
        id: case.id.clone(),
        task: case.task.clone(),
        expected: case.expected.clone(),
        score,
        latency_ms,
        usage,
        error,
    }
}
