//! A tuner that trains nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;

use super::lock;
use crate::error::{Error, ErrorKind, Result};
use crate::id::ContentHash;
use crate::model::TrainingMetrics;
use crate::ports::{Tuner, TunerCapabilities, TuningEvent, TuningJob, TuningRequest, TuningStatus};
use crate::privacy::Masked;
use crate::time::Clock;

/// Walks every job through `validating`, `queued`, `running` and `succeeded`, one step each time the job is asked
/// for, so that a whole run can be played without a service. It trains nothing: the figures are counts of lines,
/// and the model it names does not exist. A training file without lines fails, as it does elsewhere.
pub struct MemoryTuner {
    capabilities: TunerCapabilities,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Lines in each file, by its id.
    files: BTreeMap<String, u64>,
    jobs: BTreeMap<String, StoredJob>,
}

struct StoredJob {
    job: TuningJob,
    request: TuningRequest,
    lines: u64,
    events: Vec<TuningEvent>,
}

impl MemoryTuner {
    /// A tuner that offers, and keeps to, `capabilities`. Events carry the time of `clock`.
    pub fn new(capabilities: TunerCapabilities, clock: Arc<dyn Clock>) -> Self {
        Self { capabilities, clock, state: Mutex::default() }
    }

    fn record(&self, stored: &mut StoredJob, message: &str) {
        let id = format!("{}-{}", stored.job.id, stored.events.len() + 1);
        stored.events.push(TuningEvent { id, at: self.clock.now(), message: message.to_owned() });
    }

    /// Takes the one step that follows.
    fn advance(&self, stored: &mut StoredJob) {
        stored.job.status = match stored.job.status {
            TuningStatus::Validating if stored.lines == 0 => {
                let reason = ("empty-file".to_owned(), "the training file holds no lines".to_owned());
                stored.job.error = Some(reason);
                TuningStatus::Failed
            }
            TuningStatus::Validating => TuningStatus::Queued,
            TuningStatus::Queued => TuningStatus::Running,
            TuningStatus::Running => {
                let epochs = stored.request.epochs.unwrap_or(1);
                stored.job.metrics.steps = stored.lines.saturating_mul(u64::from(epochs));
                stored.job.metrics.epochs = f64::from(epochs);
                let suffix = stored.request.suffix.as_deref().unwrap_or("codesight");
                stored.job.model_id =
                    Some(format!("{}:{suffix}:{}", stored.request.base_model, stored.job.run_id));
                TuningStatus::Succeeded
            }
            _ => return,
        };
        let message = match stored.job.status {
            TuningStatus::Queued => "the files are valid",
            TuningStatus::Running => "training began",
            TuningStatus::Failed => "the files are not valid",
            _ => "training ended",
        };
        self.record(stored, message);
    }
}

fn no_such_job(operation: &'static str) -> Error {
    Error::not_found(operation, "no such job")
}

impl fmt::Debug for MemoryTuner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = lock(&self.state);
        f.debug_struct("MemoryTuner")
            .field("capabilities", &self.capabilities)
            .field("files", &state.files.len())
            .field("jobs", &state.jobs.len())
            .finish()
    }
}

impl fmt::Display for MemoryTuner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory tuner")
    }
}

#[async_trait]
impl Tuner for MemoryTuner {
    fn capabilities(&self) -> TunerCapabilities {
        self.capabilities.clone()
    }

    async fn upload(&self, lines: Masked<Bytes>) -> Result<String> {
        if let Some(limit) = self.capabilities.max_file_bytes
            && lines.len() as u64 > limit
        {
            return Err(Error::new(ErrorKind::LimitExceeded, "tuner.upload", "the file is too large")
                .with("bytes", lines.len())
                .with("limit", limit));
        }
        let id = format!("file-{}", ContentHash::of(&lines));
        let count = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
        lock(&self.state).files.insert(id.clone(), count as u64);
        Ok(id)
    }

    async fn start(&self, request: TuningRequest) -> Result<TuningJob> {
        let mut state = lock(&self.state);
        let id = format!("job-{}", ContentHash::of(request.run_id.as_bytes()));
        if let Some(known) = state.jobs.get(&id) {
            return Ok(known.job.clone());
        }
        let no_such_file = || Error::not_found("tuner.start", "no such file");
        let lines = *state.files.get(&request.training_file).ok_or_else(no_such_file)?;
        if let Some(file) = &request.validation_file {
            state.files.get(file).ok_or_else(no_such_file)?;
        }
        let job = TuningJob {
            id: id.clone(),
            run_id: request.run_id.clone(),
            status: TuningStatus::Validating,
            model_id: None,
            metrics: TrainingMetrics::default(),
            error: None,
        };
        let mut stored = StoredJob { job: job.clone(), request, lines, events: Vec::new() };
        self.record(&mut stored, "the job was created");
        state.jobs.insert(id, stored);
        Ok(job)
    }

    async fn get(&self, job: &str) -> Result<TuningJob> {
        let mut state = lock(&self.state);
        let stored = state.jobs.get_mut(job).ok_or_else(|| no_such_job("tuner.get"))?;
        self.advance(stored);
        Ok(stored.job.clone())
    }

    async fn events(&self, job: &str, after: Option<&str>, limit: usize) -> Result<Vec<TuningEvent>> {
        let state = lock(&self.state);
        let stored = state.jobs.get(job).ok_or_else(|| no_such_job("tuner.events"))?;
        let seen = match after {
            None => 0,
            Some(after) => {
                let place = stored.events.iter().position(|event| event.id == after);
                place.ok_or_else(|| Error::not_found("tuner.events", "no such event"))? + 1
            }
        };
        Ok(stored.events.iter().skip(seen).take(limit).cloned().collect())
    }

    async fn cancel(&self, job: &str) -> Result<TuningJob> {
        if !self.capabilities.cancel {
            return Err(Error::new(ErrorKind::Unsupported, "tuner.cancel", "this tuner cannot cancel"));
        }
        let mut state = lock(&self.state);
        let stored = state.jobs.get_mut(job).ok_or_else(|| no_such_job("tuner.cancel"))?;
        if !stored.job.status.is_final() {
            stored.job.status = TuningStatus::Cancelled;
            self.record(stored, "the job was cancelled");
        }
        Ok(stored.job.clone())
    }
}
