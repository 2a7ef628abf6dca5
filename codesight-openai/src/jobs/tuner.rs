//! The port [`Tuner`] on an OpenAI-compatible service.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use codesight_core::model::TrainingMetrics;
use codesight_core::ports::{ProviderFiles, Tuner, TunerCapabilities, TuningEvent, TuningJob, TuningRequest};
use codesight_core::privacy::Masked;
use codesight_core::time::Timestamp;
use codesight_core::{Error, ErrorKind, Result};

use super::create::RUN_ID_KEY;
use super::resource::FineTuning;
use super::service::{ProgressTeller, ServiceTuner};
use crate::api::{CreateJob, DpoHyperparameters, Hyperparameters, JobObject, Method, OrAuto, Purpose};
use crate::client::Client;
use crate::files::Files;
use crate::records::{MemoryRecords, Records};
use crate::uploads::{BytesSource, PartUploader, Source, UploadOptions, digest};

/// How a tuner works.
#[derive(Debug, Clone)]
pub struct TunerOptions {
    /// How jobs learn. The epochs of a request replace those of the method.
    pub method: Method,
    /// How large files are cut.
    pub uploads: UploadOptions,
    /// Where uploads under way are remembered.
    pub records: Arc<dyn Records>,
}

impl Default for TunerOptions {
    fn default() -> Self {
        Self {
            method: Method::default(),
            uploads: UploadOptions::default(),
            records: Arc::new(MemoryRecords::default()),
        }
    }
}

/// Trains at a service that speaks OpenAI's dialect.
#[derive(Debug, Clone)]
pub struct OpenAiTuner {
    jobs: FineTuning,
    options: TunerOptions,
}

impl fmt::Display for OpenAiTuner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} fine-tuning", self.jobs.client.profile().name)
    }
}

impl OpenAiTuner {
    /// At the service that `client` speaks to.
    pub fn new(client: Client, options: TunerOptions) -> Self {
        Self { jobs: FineTuning::new(client), options }
    }

    /// The calls on jobs.
    pub fn jobs(&self) -> &FineTuning {
        &self.jobs
    }

    /// Uploads content from anywhere by the call that takes its size, unless it is there already; the file's id. `progress` is
    /// told after each part.
    ///
    /// # Errors
    /// [`ErrorKind::LimitExceeded`] for more than the service takes; those of the client and the source.
    pub async fn upload_from(
        &self,
        source: Arc<dyn Source>,
        progress: impl Fn(crate::uploads::Progress) + Send + Sync + 'static,
    ) -> Result<String> {
        let profile = self.jobs.client.profile();
        if let Some(limit) = profile.limits.max_file_bytes.filter(|limit| source.len() > *limit) {
            return Err(Error::new(ErrorKind::LimitExceeded, "tuner.upload", "the file is too large")
                .with("bytes", source.len())
                .with("limit", limit));
        }
        let digests = digest(&*source).await?;
        let in_parts = profile.offers.uploads
            && profile.limits.max_direct_file_bytes.is_some_and(|limit| source.len() > limit);
        let file = if in_parts {
            let records = Arc::clone(&self.options.records);
            PartUploader::new(self.jobs.client.clone(), records, self.options.uploads)
                .on_progress(progress)
                .upload(&source, &digests, Purpose::FineTune)
                .await?
        } else {
            let file =
                Files::new(self.jobs.client.clone()).upload(&source, &digests, Purpose::FineTune).await?;
            progress(crate::uploads::Progress { done: digests.bytes, total: digests.bytes });
            file
        };
        Ok(file.id)
    }

    fn method(&self, epochs: Option<u32>) -> Method {
        let Some(epochs) = epochs else { return self.options.method.clone() };
        let n_epochs = OrAuto::Value(epochs);
        match self.options.method.clone() {
            Method::Supervised(common) => Method::Supervised(Hyperparameters { n_epochs, ..common }),
            Method::Dpo(dpo) => {
                let common = Hyperparameters { n_epochs, ..dpo.common };
                Method::Dpo(DpoHyperparameters { common, ..dpo })
            }
            Method::Reinforcement { grader, mut hyperparameters } => {
                hyperparameters.common.n_epochs = n_epochs;
                Method::Reinforcement { grader, hyperparameters }
            }
        }
    }

    async fn tuning_job(&self, job: JobObject) -> Result<TuningJob> {
        let status = job.tuning_status();
        let metrics = if status.is_final() {
            // A table that cannot be read is no reason to lose the job.
            match self.jobs.metrics(&job).await {
                Err(error) if error.kind() != ErrorKind::Corrupt && error.kind() != ErrorKind::NotFound => {
                    return Err(error);
                }
                table => table.unwrap_or_default().summary(job.trained_tokens),
            }
        } else {
            TrainingMetrics {
                trained_tokens: job.trained_tokens.unwrap_or_default(),
                ..TrainingMetrics::default()
            }
        };
        let run_id = job.metadata.as_ref().and_then(|data| data.get(RUN_ID_KEY)).cloned();
        Ok(TuningJob {
            run_id: run_id.unwrap_or_default(),
            status,
            model_id: job.fine_tuned_model.filter(|model| !model.is_empty()),
            metrics,
            error: job.error.map(|error| (error.code, error.message)),
            id: job.id,
        })
    }
}

#[async_trait]
impl ProviderFiles for OpenAiTuner {
    fn service(&self) -> &str {
        &self.jobs.client.profile().name
    }

    async fn delete_file(&self, file: &str) -> Result<()> {
        Files::new(self.jobs.client.clone()).delete_file(file).await
    }
}

#[async_trait]
impl ServiceTuner for OpenAiTuner {
    async fn upload_source(&self, source: Arc<dyn Source>, progress: ProgressTeller) -> Result<String> {
        self.upload_from(source, move |done| progress(done)).await
    }

    async fn probe(&self, model: &str) -> Result<()> {
        self.jobs.probe(model).await.map(drop)
    }
}

#[async_trait]
impl Tuner for OpenAiTuner {
    fn capabilities(&self) -> TunerCapabilities {
        let profile = self.jobs.client.profile();
        TunerCapabilities {
            images: profile.offers.training_images,
            tools: profile.offers.training_tools,
            cancel: true,
            max_file_bytes: profile.limits.max_file_bytes,
        }
    }

    async fn upload(&self, lines: Masked<Bytes>) -> Result<String> {
        self.upload_from(Arc::new(BytesSource(lines.into_inner())), |_| {}).await
    }

    async fn start(&self, request: TuningRequest) -> Result<TuningJob> {
        if let Some(job) = self.jobs.find(&request.run_id).await? {
            return self.tuning_job(job).await;
        }
        let files = Files::new(self.jobs.client.clone());
        for file in std::iter::once(&request.training_file).chain(&request.validation_file) {
            files.get(file).await?;
        }
        let job = CreateJob {
            model: request.base_model,
            training_file: request.training_file,
            validation_file: request.validation_file,
            suffix: request.suffix,
            method: self.method(request.epochs),
            ..CreateJob::default()
        };
        let job = self.jobs.create_once(&request.run_id, job).await?;
        self.tuning_job(job).await
    }

    async fn get(&self, job: &str) -> Result<TuningJob> {
        self.tuning_job(self.jobs.get(job).await?).await
    }

    async fn events(&self, job: &str, after: Option<&str>, limit: usize) -> Result<Vec<TuningEvent>> {
        let events = self.jobs.events(job, after).await?;
        let told = events.into_iter().take(limit).map(|event| TuningEvent {
            id: event.id,
            at: Timestamp::from_millis(event.created_at.saturating_mul(1_000)),
            message: event.message,
        });
        Ok(told.collect())
    }

    async fn cancel(&self, job: &str) -> Result<TuningJob> {
        let current = self.jobs.get(job).await?;
        if current.tuning_status().is_final() {
            return self.tuning_job(current).await;
        }
        match self.jobs.cancel(job).await {
            Ok(job) => self.tuning_job(job).await,
            // It may have ended in between, or by an earlier try whose reply was lost.
            Err(error) => {
                let current = self.jobs.get(job).await?;
                if current.tuning_status().is_final() { self.tuning_job(current).await } else { Err(error) }
            }
        }
    }
}
