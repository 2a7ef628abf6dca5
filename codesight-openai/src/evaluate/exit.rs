//! Leaving a service in time: which models there are, and how long.

use codesight_core::Result;
use serde::Serialize;

use crate::api::CreateJob;
use crate::jobs::{Availability, FineTuning, availability};

/// A trained model and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelEntry {
    /// The job.
    pub job: String,
    /// The model, and how many days it has.
    pub availability: Availability,
    /// The model it was trained from.
    pub base_model: String,
    /// The file it learnt from: the same canonical data trains the next one.
    pub training_file: String,
    /// The file it was measured on.
    pub validation_file: Option<String>,
}

/// What there is to take elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExitInventory {
    /// The service.
    pub provider: String,
    /// The models, those with the fewest days first.
    pub models: Vec<ModelEntry>,
}

impl ExitInventory {
    /// The job that trains a model's successor elsewhere, from the files as they were uploaded there.
    pub fn retrain(
        entry: &ModelEntry,
        base_model: &str,
        training_file: &str,
        validation_file: Option<String>,
    ) -> CreateJob {
        let suffix: String = entry.job.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
        CreateJob {
            model: base_model.to_owned(),
            training_file: training_file.to_owned(),
            validation_file,
            suffix: (!suffix.is_empty()).then_some(suffix),
            ..CreateJob::default()
        }
    }
}

/// Every model that was trained at the service, with the days it has left.
///
/// # Errors
/// Those of the client.
pub async fn inventory(jobs: &FineTuning) -> Result<ExitInventory> {
    let profile = jobs.client().profile();
    let now = jobs.client().clock().now();
    let mut models = Vec::new();
    for job in jobs.list(None).await? {
        let Some(model) = job.fine_tuned_model.filter(|model| !model.is_empty()) else { continue };
        let found = match jobs.model(&model).await {
            Ok(found) => found,
            // It is gone already.
            Err(error) if error.kind() == codesight_core::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        models.push(ModelEntry {
            job: job.id,
            availability: availability(&found, &[], now),
            base_model: job.model,
            training_file: job.training_file,
            validation_file: job.validation_file,
        });
    }
    models.sort_by_key(|entry| entry.availability.days_left.unwrap_or(i64::MAX));
    Ok(ExitInventory { provider: profile.name.clone(), models })
}
