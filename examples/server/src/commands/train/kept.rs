//! What the server is told of a training while it is followed.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::ports::{TuningEvent, TuningJob, TuningStatus};
use codesight_openai::client::Client;
use codesight_openai::jobs::{FineTuning, Watcher};
use codesight_openai::validate::Verdict;

use super::super::gathered::Gathered;
use super::super::ledger::Ledger;
use crate::trainings::{Estimate, LossPoint, Reported, Training};

/// Letters of a service's sentence that are kept.
const LONGEST_MESSAGE: usize = 300;

/// A training as it begins.
pub(super) fn begun(
    job: &TuningJob,
    service: &str,
    base_model: &str,
    gathered: &Gathered,
    verdict: &Verdict,
) -> Training {
    let estimate = verdict.price.as_ref().map(|price| Estimate {
        usd: price.usd,
        epochs: price.epochs,
        as_of: price.as_of.to_owned(),
    });
    Training {
        run: job.run_id.clone(),
        job: job.id.clone(),
        service: service.to_owned(),
        base_model: base_model.to_owned(),
        status: word(&job.status),
        sessions: 0,
        lines: gathered.tasks.len() as u64,
        tokens_a_pass: verdict.tokens.billed,
        estimate,
        began_at: codesight_core::time::Timestamp::default(),
        updated_at: codesight_core::time::Timestamp::default(),
        model: None,
        error: None,
        metrics: job.metrics.clone(),
        losses: Vec::new(),
        events: Vec::new(),
        evaluation: None,
    }
}

/// Tells the server what it tells another watcher, too.
pub(super) struct Kept<'k, W> {
    pub(super) inner: W,
    pub(super) ledger: &'k Ledger,
    pub(super) gathered: &'k Gathered,
    pub(super) training: Training,
}

impl<W> Kept<'_, W> {
    pub(super) async fn keep(&mut self) -> Result<()> {
        self.ledger.keep_training(&self.gathered.sessions, &mut self.training).await
    }

    /// The end, with the curve where the service has one: a table of figures as OpenAI writes it.
    pub(super) async fn end(&mut self, client: Client, job: &TuningJob) -> Result<()> {
        self.take(job);
        let jobs = FineTuning::new(client);
        if let Ok(ended) = jobs.get(&job.id).await
            && let Ok(table) = jobs.metrics(&ended).await
        {
            let point = |row: &codesight_openai::jobs::MetricsRow| LossPoint {
                step: row.step,
                training: row.train_loss,
                validation: row.valid_loss,
            };
            self.training.curve(table.rows.iter().map(point).collect());
        }
        self.keep().await
    }

    fn take(&mut self, job: &TuningJob) {
        self.training.status = word(&job.status);
        self.training.model.clone_from(&job.model_id);
        self.training.error = job.error.as_ref().map(|(code, _)| code.clone());
        self.training.metrics = job.metrics.clone();
    }
}

#[async_trait]
impl<W: Watcher> Watcher for Kept<'_, W> {
    async fn event(&mut self, event: &TuningEvent) -> Result<()> {
        let message = event.message.chars().take(LONGEST_MESSAGE).collect();
        self.training.report(Reported { at: event.at, message });
        self.keep().await?;
        self.inner.event(event).await
    }

    async fn status(&mut self, job: &TuningJob) -> Result<()> {
        self.take(job);
        self.keep().await?;
        self.inner.status(job).await
    }
}

/// The status as JSON has it.
fn word(status: &TuningStatus) -> String {
    match serde_json::to_value(status) {
        Ok(serde_json::Value::String(word)) => word,
        _ => "unknown".to_owned(),
    }
}
