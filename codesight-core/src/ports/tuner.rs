//! A service that trains models.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::model::TrainingMetrics;
use crate::privacy::Masked;
use crate::time::Timestamp;

/// What a service offers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TunerCapabilities {
    /// Examples may hold images.
    pub images: bool,
    /// Examples may call tools.
    pub tools: bool,
    /// A running job can be cancelled.
    pub cancel: bool,
    /// Largest training file, bytes.
    pub max_file_bytes: Option<u64>,
}

/// What to train.
#[derive(Debug, Clone, PartialEq)]
pub struct TuningRequest {
    /// The caller's own id of the run: at most one job is ever made for it.
    pub run_id: String,
    /// Model to start from.
    pub base_model: String,
    /// File from [`Tuner::upload`].
    pub training_file: String,
    /// File from [`Tuner::upload`].
    pub validation_file: Option<String>,
    /// Passes over the data; `None` leaves it to the service.
    pub epochs: Option<u32>,
    /// Part of the new model's name.
    pub suffix: Option<String>,
}

/// Where a job stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum TuningStatus {
    /// The files are being checked.
    Validating,
    /// Waiting for its turn.
    Queued,
    /// Training.
    Running,
    /// Held.
    Paused,
    /// The model is there.
    Succeeded,
    /// It gave up.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
    /// A status this version does not know: not finished, as far as one can tell.
    #[serde(untagged)]
    Unknown(String),
}

impl TuningStatus {
    /// Whether the job will not change any more.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

/// A training job.
#[derive(Debug, Clone, PartialEq)]
pub struct TuningJob {
    /// The service's id.
    pub id: String,
    /// The caller's id of the run.
    pub run_id: String,
    /// Where it stands.
    pub status: TuningStatus,
    /// The new model, once there is one.
    pub model_id: Option<String>,
    /// Figures so far.
    pub metrics: TrainingMetrics,
    /// Why it failed: the service's code and sentence.
    pub error: Option<(String, String)>,
}

/// Something a job reported.
#[derive(Debug, Clone, PartialEq)]
pub struct TuningEvent {
    /// The service's id, for paging.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub message: String,
}

/// Trains models.
#[async_trait]
pub trait Tuner: fmt::Debug + fmt::Display + Send + Sync {
    /// What the service offers.
    fn capabilities(&self) -> TunerCapabilities;

    /// Uploads training lines and returns the file's id.
    ///
    /// # Behaviour
    /// - the same bytes twice may return the same file
    /// - more than `max_file_bytes` is `LimitExceeded`
    async fn upload(&self, lines: Masked<Bytes>) -> Result<String>;

    /// Starts a job, or finds the one of the same run.
    ///
    /// # Behaviour
    /// - the same `run_id` twice returns the same job
    /// - an unknown file is `NotFound`
    async fn start(&self, request: TuningRequest) -> Result<TuningJob>;

    /// The job; `NotFound` when there is none.
    async fn get(&self, job: &str) -> Result<TuningJob>;

    /// Up to `limit` events after the event `after`, oldest first.
    async fn events(&self, job: &str, after: Option<&str>, limit: usize) -> Result<Vec<TuningEvent>>;

    /// Cancels the job and returns it; a finished one is returned as it is; `Unsupported` where the capability says so.
    async fn cancel(&self, job: &str) -> Result<TuningJob>;
}
