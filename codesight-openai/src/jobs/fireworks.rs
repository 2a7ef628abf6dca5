//! The port [`Tuner`] on Fireworks' API, by its API reference as of 2026-11-22.
//!
//! Ids are chosen by the caller there. A dataset is named by its content and a job by its run, so that the service itself makes each once.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::DateTime;
use codesight_core::id::ContentHash;
use codesight_core::model::TrainingMetrics;
use codesight_core::ports::{
    ProviderFiles, Tuner, TunerCapabilities, TuningEvent, TuningJob, TuningRequest, TuningStatus,
};
use codesight_core::privacy::Masked;
use codesight_core::time::Timestamp;
use codesight_core::{Error, ErrorKind, Result};
use futures_util::StreamExt;
use http::Method;
use serde::Deserialize;
use serde_json::json;

use super::service::{ProgressTeller, ServiceTuner, check_size, status_of};
use crate::client::{Body, Call, Client, Form};
use crate::files::Files;
use crate::uploads::{BytesSource, Digests, Progress, Range, Source, digest};

const STATUSES: [(&str, TuningStatus); 12] = [
    ("JOB_STATE_CREATING", TuningStatus::Queued),
    ("JOB_STATE_PENDING", TuningStatus::Queued),
    ("JOB_STATE_VALIDATING", TuningStatus::Validating),
    ("JOB_STATE_RUNNING", TuningStatus::Running),
    ("JOB_STATE_WRITING_RESULTS", TuningStatus::Running),
    ("JOB_STATE_EVALUATION", TuningStatus::Running),
    ("JOB_STATE_PAUSED", TuningStatus::Paused),
    ("JOB_STATE_COMPLETED", TuningStatus::Succeeded),
    ("JOB_STATE_EARLY_STOPPED", TuningStatus::Succeeded),
    ("JOB_STATE_FAILED", TuningStatus::Failed),
    ("JOB_STATE_EXPIRED", TuningStatus::Failed),
    ("JOB_STATE_CANCELLED", TuningStatus::Cancelled),
];

/// Letters of a hash in an id: ids are short there.
const HASH: usize = 40;

#[derive(Debug, Deserialize)]
struct Dataset {
    #[serde(default)]
    state: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
struct Told {
    code: String,
    message: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Advance {
    epoch: f64,
    input_tokens: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    name: String,
    state: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    output_model: Option<String>,
    #[serde(default)]
    create_time: String,
    #[serde(default)]
    completed_time: Option<String>,
    #[serde(default)]
    status: Told,
    #[serde(default)]
    job_progress: Option<Advance>,
}

/// Trains at Fireworks.
#[derive(Debug)]
pub struct FireworksTuner {
    client: Client,
    account: String,
}

impl fmt::Display for FireworksTuner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} fine-tuning", self.client.profile().name)
    }
}

fn job_id(run_id: &str) -> String {
    let hash = ContentHash::of(run_id.as_bytes()).to_string();
    format!("codesight-{}", &hash[..HASH.min(hash.len())])
}

fn dataset_id(digests: &Digests) -> String {
    short(&Files::name_of(digests))
}

/// The id of the dataset with the content of that name. Other names are ids.
fn short(name: &str) -> String {
    if !Files::is_name(name) {
        return name.to_owned();
    }
    let id = name.trim_end_matches(".jsonl");
    id.chars().take("codesight-".len() + HASH).collect()
}

impl FireworksTuner {
    /// At the service that `client` speaks to, below an account.
    pub fn new(client: Client, account: &str) -> Self {
        Self { client, account: account.to_owned() }
    }

    fn path(&self, rest: &str) -> String {
        format!("/accounts/{}{rest}", Call::segment(&self.account))
    }

    fn dataset_path(&self, id: &str, action: &str) -> String {
        self.path(&format!("/datasets/{}{action}", Call::segment(id)))
    }

    fn job_path(&self, id: &str, action: &str) -> String {
        self.path(&format!("/supervisedFineTuningJobs/{}{action}", Call::segment(id)))
    }

    /// The full name of something of the account.
    fn resource(&self, kind: &str, id: &str) -> String {
        format!("accounts/{}/{kind}/{id}", self.account)
    }

    async fn dataset(&self, id: &str) -> Result<Option<Dataset>> {
        let call = Call::new("datasets.get", Method::GET, self.dataset_path(id, ""));
        found(self.client.fetch(call).await)
    }

    async fn job(&self, id: &str) -> Result<Option<Job>> {
        found(self.client.fetch(Call::new("jobs.get", Method::GET, self.job_path(id, ""))).await)
    }

    async fn existing(&self, id: &str) -> Result<Job> {
        self.job(id).await?.ok_or_else(|| Error::not_found("jobs.get", "there is no such job"))
    }

    /// Makes the dataset, which holds nothing yet. Another that made it meanwhile, or a lost reply, is no failure.
    async fn make_dataset(&self, id: &str, examples: u64) -> Result<()> {
        let body = json!({
            "datasetId": id,
            "dataset": { "displayName": id, "exampleCount": examples.to_string(), "userUploaded": {}, "format": "CHAT" },
        });
        let mut tries = 0;
        while self.dataset(id).await?.is_none() {
            let call = Call::new("datasets.create", Method::POST, self.path("/datasets")).json(&body)?;
            let Err(error) = self.client.send(call).await else { break };
            if self.dataset(id).await?.is_some() {
                break;
            }
            if tries >= self.client.policy().max_retries || error.retry() == codesight_core::Retry::Never {
                return Err(error);
            }
            self.client.pause(tries, &error).await;
            tries += 1;
        }
        Ok(())
    }

    fn told(&self, job: Job) -> TuningJob {
        let status = status_of(&job.state, &STATUSES);
        let advance = job.job_progress.unwrap_or_default();
        let error = (status == TuningStatus::Failed).then_some((job.status.code, job.status.message));
        TuningJob {
            id: job.name.rsplit('/').next().unwrap_or(&job.name).to_owned(),
            run_id: job.display_name,
            model_id: job.output_model.filter(|_| status == TuningStatus::Succeeded),
            metrics: TrainingMetrics {
                trained_tokens: advance.input_tokens,
                epochs: advance.epoch,
                ..TrainingMetrics::default()
            },
            status,
            error,
        }
    }
}

/// None where the service says that there is no such thing.
fn found<T>(reply: Result<T>) -> Result<Option<T>> {
    match reply {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// How many lines hold something: the service wants to know before it sees them.
async fn count_lines(source: &dyn Source) -> Result<u64> {
    let mut pieces = source.read(0, source.len());
    let (mut lines, mut begun) = (0, false);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(crate::files::unreadable)?;
        let mut rest = &piece[..];
        while let Some(end) = memchr::memchr(b'\n', rest) {
            lines += u64::from(begun || end > 0);
            begun = false;
            rest = &rest[end + 1..];
        }
        begun |= !rest.is_empty();
    }
    Ok(lines + u64::from(begun))
}

#[async_trait]
impl ProviderFiles for FireworksTuner {
    fn service(&self) -> &str {
        &self.client.profile().name
    }

    async fn delete_file(&self, file: &str) -> Result<()> {
        let call = Call::new("datasets.delete", Method::DELETE, self.dataset_path(&short(file), ""));
        found(self.client.send(call).await).map(|_| ())
    }
}

#[async_trait]
impl ServiceTuner for FireworksTuner {
    async fn upload_source(&self, source: Arc<dyn Source>, progress: ProgressTeller) -> Result<String> {
        check_size(&*source, self.capabilities().max_file_bytes)?;
        let digests = digest(&*source).await?;
        let id = dataset_id(&digests);
        let total = digests.bytes;
        if self.dataset(&id).await?.is_none_or(|dataset| dataset.state != "READY") {
            self.make_dataset(&id, count_lines(&*source).await?).await?;
            let content = Body::Stream { source: Arc::new(Range::whole(Arc::clone(&source))), length: total };
            let name = format!("{id}.jsonl");
            let form = Form::new(&digests.sha256).file("file", &name, "application/jsonl", content);
            // The same content into the same dataset: sending it twice changes nothing.
            let call = Call::new("datasets.upload", Method::POST, self.dataset_path(&id, ":upload"));
            self.client.send(call.form(form).repeatable()).await?;
        }
        progress(Progress { done: total, total });
        Ok(id)
    }

    async fn probe(&self, _: &str) -> Result<()> {
        // Which models can be trained is told by the creation of a job.
        Ok(())
    }
}

#[async_trait]
impl Tuner for FireworksTuner {
    fn capabilities(&self) -> TunerCapabilities {
        let profile = self.client.profile();
        TunerCapabilities {
            images: profile.offers.training_images,
            tools: profile.offers.training_tools,
            cancel: true,
            // Larger ones go to a signed address of a cloud's store, which this version does not speak to.
            max_file_bytes: profile.limits.max_direct_file_bytes,
        }
    }

    async fn upload(&self, lines: Masked<Bytes>) -> Result<String> {
        self.upload_source(Arc::new(BytesSource(lines.into_inner())), Arc::new(|_| {})).await
    }

    async fn start(&self, request: TuningRequest) -> Result<TuningJob> {
        let id = job_id(&request.run_id);
        if let Some(job) = self.job(&id).await? {
            return Ok(self.told(job));
        }
        for file in std::iter::once(&request.training_file).chain(&request.validation_file) {
            if self.dataset(file).await?.is_none() {
                return Err(Error::not_found("jobs.create", "there is no such dataset"));
            }
        }
        let mut body = json!({
            "displayName": request.run_id,
            "dataset": self.resource("datasets", &request.training_file),
            "baseModel": request.base_model,
            "evalAutoCarveout": false,
        });
        if let Some(file) = &request.validation_file {
            body["evaluationDataset"] = self.resource("datasets", file).into();
        }
        if let Some(epochs) = request.epochs {
            body["epochs"] = epochs.into();
        }
        if let Some(suffix) = &request.suffix {
            let model = format!("{suffix}-{}", &id[id.len() - 8..]);
            body["outputModel"] = self.resource("models", &model).into();
        }
        let mut tries = 0;
        loop {
            let call = Call::new("jobs.create", Method::POST, self.path("/supervisedFineTuningJobs"))
                .query("supervisedFineTuningJobId", &id)
                .json(&body)?;
            let error = match self.client.fetch(call).await {
                Ok(job) => return Ok(self.told(job)),
                Err(error) => error,
            };
            // Lost on the way back, or made by another at the same moment.
            if let Some(job) = self.job(&id).await? {
                return Ok(self.told(job));
            }
            if tries >= self.client.policy().max_retries || error.retry() == codesight_core::Retry::Never {
                return Err(error);
            }
            self.client.pause(tries, &error).await;
            tries += 1;
        }
    }

    async fn get(&self, job: &str) -> Result<TuningJob> {
        Ok(self.told(self.existing(job).await?))
    }

    /// The service keeps no list of events: creation and end are told as such.
    async fn events(&self, job: &str, after: Option<&str>, limit: usize) -> Result<Vec<TuningEvent>> {
        let job = self.existing(job).await?;
        let created = moment(&job.create_time);
        let mut events = vec![("created", created, "The job was created.".to_owned())];
        if status_of(&job.state, &STATUSES).is_final() {
            let ended = job.completed_time.as_deref().map_or(created, moment);
            events.push(("ended", ended, format!("The job ended as {}.", job.state)));
        }
        let seen = match after {
            None => 0,
            Some(after) => {
                let place = events.iter().position(|(id, _, _)| *id == after);
                place.ok_or_else(|| Error::not_found("jobs.events", "the job reported no such event"))? + 1
            }
        };
        let event =
            |(id, at, message): (&str, Timestamp, String)| TuningEvent { id: id.to_owned(), at, message };
        Ok(events.into_iter().skip(seen).take(limit).map(event).collect())
    }

    async fn cancel(&self, job: &str) -> Result<TuningJob> {
        let current = self.get(job).await?;
        if current.status.is_final() {
            return Ok(current);
        }
        let call = Call::new("jobs.cancel", Method::POST, self.job_path(job, ":cancel")).json(&json!({}))?;
        let refused = self.client.send(call.repeatable()).await.err();
        let current = self.get(job).await?;
        match refused {
            Some(error) if !current.status.is_final() => Err(error),
            _ => Ok(current),
        }
    }
}

fn moment(text: &str) -> Timestamp {
    Timestamp::from_millis(DateTime::parse_from_rfc3339(text).map_or(0, |at| at.timestamp_millis()))
}
