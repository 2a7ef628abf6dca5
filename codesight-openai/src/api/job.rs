//! Fine-tuning jobs, their events and checkpoints.

use std::collections::BTreeMap;

use codesight_core::ports::TuningStatus;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A job.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct JobObject {
    /// The service's id.
    pub id: String,
    /// Where it stands, in the service's word.
    pub status: String,
    /// The model it starts from.
    #[serde(default)]
    pub model: String,
    /// The new model.
    #[serde(default)]
    pub fine_tuned_model: Option<String>,
    /// Why it failed. Successful jobs carry `{}` here, which is none.
    #[serde(default, deserialize_with = "job_error")]
    pub error: Option<JobErrorObject>,
    /// Seconds since 1970.
    #[serde(default)]
    pub created_at: i64,
    /// Seconds since 1970.
    #[serde(default)]
    pub finished_at: Option<i64>,
    /// Seconds since 1970, as far as the service can tell.
    #[serde(default)]
    pub estimated_finish: Option<i64>,
    /// The file it learns from.
    #[serde(default)]
    pub training_file: String,
    /// The file it is measured on.
    #[serde(default)]
    pub validation_file: Option<String>,
    /// Files with figures.
    #[serde(default)]
    pub result_files: Vec<String>,
    /// Tokens billed.
    #[serde(default)]
    pub trained_tokens: Option<u64>,
    /// What the caller wrote on it.
    #[serde(default)]
    pub metadata: Option<BTreeMap<String, String>>,
}

/// Why a job failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobErrorObject {
    /// For example `invalid_training_file`.
    pub code: String,
    /// The service's sentence. It may quote the training file.
    pub message: String,
}

fn job_error<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<JobErrorObject>, D::Error> {
    let Some(Value::Object(error)) = Option::<Value>::deserialize(deserializer)? else { return Ok(None) };
    let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let error = JobErrorObject { code: text("code"), message: text("message") };
    Ok((!error.code.is_empty() || !error.message.is_empty()).then_some(error))
}

impl JobObject {
    /// Where it stands, in the words of all services. A word nobody knows is kept, and is not an end.
    pub fn tuning_status(&self) -> TuningStatus {
        match self.status.as_str() {
            "validating_files" | "pending" => TuningStatus::Validating,
            "queued" => TuningStatus::Queued,
            "running" | "compressing" | "uploading" => TuningStatus::Running,
            "paused" | "pausing" => TuningStatus::Paused,
            "succeeded" | "completed" => TuningStatus::Succeeded,
            "failed" | "error" | "user_error" => TuningStatus::Failed,
            "cancelled" | "canceled" => TuningStatus::Cancelled,
            other => TuningStatus::Unknown(other.to_owned()),
        }
    }
}

/// Something a job reported.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct EventObject {
    /// The service's id.
    pub id: String,
    /// Seconds since 1970.
    #[serde(default)]
    pub created_at: i64,
    /// `info`, `warn`, `error`, or a word this version does not know.
    #[serde(default)]
    pub level: String,
    /// The service's sentence.
    #[serde(default)]
    pub message: String,
    /// `message`, `metrics`, `moderation_checks`, or a word this version does not know.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// Figures or results.
    #[serde(default)]
    pub data: Option<Value>,
}

/// A model saved on the way.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct CheckpointObject {
    /// The service's id.
    pub id: String,
    /// The model.
    pub fine_tuned_model_checkpoint: String,
    /// After which step.
    #[serde(default)]
    pub step_number: u64,
    /// Figures by their name; those that are no numbers are none.
    #[serde(default)]
    pub metrics: BTreeMap<String, Option<f64>>,
}
