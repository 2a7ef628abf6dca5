//! The port [`Tuner`] on Together's API, by its OpenAPI description of 2026-04-28.
//!
//! A job has no metadata there. The run is written into the suffix of the model's name, which the list of jobs shows, so that a job is
//! looked for before it is made and after every try whose outcome is not known.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError};

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
use http::Method;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::service::{ProgressTeller, ServiceTuner, check_size, status_of};
use crate::client::{Body, Call, Client, Form, is_outcome_unknown};
use crate::files::Files;
use crate::uploads::{BytesSource, Progress, Range, Source, digest};

/// How often a job is looked for after a try whose outcome is not known, and how often its end is waited for after it was cancelled.
const LOOKS: u32 = 3;
/// Letters of the run's hash in the suffix.
const STAMP: usize = 16;

const STATUSES: [(&str, TuningStatus); 8] = [
    ("pending", TuningStatus::Queued),
    ("queued", TuningStatus::Queued),
    ("running", TuningStatus::Running),
    ("compressing", TuningStatus::Running),
    ("uploading", TuningStatus::Running),
    ("cancelled", TuningStatus::Cancelled),
    ("error", TuningStatus::Failed),
    ("completed", TuningStatus::Succeeded),
];

#[derive(Debug, Deserialize)]
struct StoredFile {
    id: String,
    #[serde(default)]
    filename: String,
    #[serde(default)]
    bytes: u64,
}

#[derive(Debug, Deserialize)]
struct Listed<T> {
    #[serde(default = "Vec::new")]
    data: Vec<T>,
}

#[derive(Debug, Deserialize)]
struct Job {
    id: String,
    status: String,
    #[serde(default)]
    created_at: String,
    #[serde(default)]
    suffix: Option<String>,
    #[serde(default)]
    model_output_name: Option<String>,
    #[serde(default)]
    token_count: Option<u64>,
    #[serde(default)]
    n_epochs: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct Event {
    #[serde(default)]
    created_at: String,
    #[serde(default)]
    message: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    hash: String,
}

#[derive(Debug, Serialize)]
struct Create<'r> {
    model: &'r str,
    training_file: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    validation_file: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n_epochs: Option<u32>,
    suffix: &'r str,
}

/// Trains at Together.
#[derive(Debug)]
pub struct TogetherTuner {
    client: Client,
    /// Held while a job is looked for and made.
    making: Mutex<()>,
    /// The runs this value started, by their suffix: the service gives back no more than that.
    runs: std::sync::Mutex<BTreeMap<String, String>>,
}

impl fmt::Display for TogetherTuner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} fine-tuning", self.client.profile().name)
    }
}

fn path(job: &str, rest: &str) -> String {
    format!("/fine-tunes/{}{rest}", Call::segment(job))
}

/// The suffix of a run's model: the caller's words, and what tells the run from every other.
fn suffix_of(run_id: &str, words: Option<&str>) -> String {
    let hash = ContentHash::of(run_id.as_bytes()).to_string();
    format!("{}-{}", words.unwrap_or("codesight"), &hash[..STAMP.min(hash.len())])
}

impl TogetherTuner {
    /// At the service that `client` speaks to.
    pub fn new(client: Client) -> Self {
        Self { client, making: Mutex::default(), runs: std::sync::Mutex::default() }
    }

    async fn jobs(&self) -> Result<Vec<Job>> {
        let list: Listed<Job> = self.client.fetch(Call::new("jobs.list", Method::GET, "/fine-tunes")).await?;
        Ok(list.data)
    }

    /// The oldest job of that suffix: two programs that asked at the same moment can both have made one.
    async fn find(&self, suffix: &str) -> Result<Option<Job>> {
        // The words before the stamp can differ between two calls for one run.
        let stamp = suffix.rsplit('-').next().unwrap_or(suffix);
        let is_it = |job: &Job| job.suffix.as_deref().is_some_and(|known| known.ends_with(stamp));
        let mut jobs: Vec<Job> = self.jobs().await?.into_iter().filter(is_it).collect();
        jobs.sort_by(|one, other| (&one.created_at, &one.id).cmp(&(&other.created_at, &other.id)));
        Ok(jobs.into_iter().next())
    }

    async fn create_once(&self, request: &TuningRequest, suffix: &str) -> Result<Job> {
        let body = Create {
            model: &request.base_model,
            training_file: &request.training_file,
            validation_file: request.validation_file.as_deref(),
            n_epochs: request.epochs,
            suffix,
        };
        let _making = self.making.lock().await;
        let mut tries = 0;
        loop {
            if let Some(job) = self.find(suffix).await? {
                return Ok(job);
            }
            let call = Call::new("jobs.create", Method::POST, "/fine-tunes").json(&body)?;
            let error = match self.client.fetch(call).await {
                Ok(job) => return Ok(job),
                Err(error) if is_outcome_unknown(&error) => error,
                Err(error) => return Err(error),
            };
            for look in 0..LOOKS {
                self.client.pause(look, &error).await;
                if let Some(job) = self.find(suffix).await? {
                    return Ok(job);
                }
            }
            if tries >= self.client.policy().max_retries {
                return Err(error);
            }
            tries += 1;
        }
    }

    async fn stored_as(&self, name: &str) -> Result<Vec<StoredFile>> {
        let list: Listed<StoredFile> =
            self.client.fetch(Call::new("files.list", Method::GET, "/files")).await?;
        Ok(list.data.into_iter().filter(|file| file.filename == name).collect())
    }

    async fn stored(&self, name: &str, bytes: u64) -> Result<Option<String>> {
        let found = self.stored_as(name).await?.into_iter().find(|file| file.bytes == bytes);
        Ok(found.map(|file| file.id))
    }

    async fn reported(&self, job: &str) -> Result<Vec<Event>> {
        let list: Listed<Event> =
            self.client.fetch(Call::new("jobs.events", Method::GET, path(job, "/events"))).await?;
        let mut events = list.data;
        events.sort_by(|one, other| one.created_at.cmp(&other.created_at));
        Ok(events)
    }

    async fn told(&self, job: Job) -> Result<TuningJob> {
        let status = status_of(&job.status, &STATUSES);
        let error = if status == TuningStatus::Failed {
            let last =
                self.reported(&job.id).await?.into_iter().rev().find(|event| event.kind == "job_error");
            Some(("error".to_owned(), last.map(|event| event.message).unwrap_or_default()))
        } else {
            None
        };
        let suffix = job.suffix.unwrap_or_default();
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(TuningJob {
            run_id: runs.get(&suffix).cloned().unwrap_or(suffix),
            model_id: job.model_output_name.filter(|_| status == TuningStatus::Succeeded),
            metrics: TrainingMetrics {
                trained_tokens: job.token_count.unwrap_or_default(),
                epochs: job.n_epochs.unwrap_or_default(),
                ..TrainingMetrics::default()
            },
            status,
            error,
            id: job.id,
        })
    }

    async fn fetch(&self, job: &str) -> Result<Job> {
        self.client.fetch(Call::new("jobs.get", Method::GET, path(job, ""))).await
    }
}

#[async_trait]
impl ProviderFiles for TogetherTuner {
    fn service(&self) -> &str {
        &self.client.profile().name
    }

    async fn delete_file(&self, file: &str) -> Result<()> {
        let files = Files::new(self.client.clone());
        if !Files::is_name(file) {
            return files.delete(file).await.map(|_| ());
        }
        for stored in self.stored_as(file).await? {
            files.delete(&stored.id).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl ServiceTuner for TogetherTuner {
    async fn upload_source(&self, source: Arc<dyn Source>, progress: ProgressTeller) -> Result<String> {
        check_size(&*source, self.capabilities().max_file_bytes)?;
        let digests = digest(&*source).await?;
        let name = Files::name_of(&digests);
        let mut tries = 0;
        loop {
            if let Some(file) = self.stored(&name, digests.bytes).await? {
                progress(Progress { done: digests.bytes, total: digests.bytes });
                return Ok(file);
            }
            let content =
                Body::Stream { source: Arc::new(Range::whole(Arc::clone(&source))), length: digests.bytes };
            let form = Form::new(&digests.sha256)
                .field("purpose", "fine-tune")
                .field("file_name", &name)
                .field("file_type", "jsonl")
                .file("file", &name, "application/jsonl", content);
            let call = Call::new("files.upload", Method::POST, "/files/upload").form(form);
            match self.client.fetch::<StoredFile>(call).await {
                Ok(file) => {
                    progress(Progress { done: digests.bytes, total: digests.bytes });
                    return Ok(file.id);
                }
                Err(error) if is_outcome_unknown(&error) && tries < self.client.policy().max_retries => {
                    self.client.pause(tries, &error).await;
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn probe(&self, _: &str) -> Result<()> {
        // Which models can be trained is told by the creation of a job.
        Ok(())
    }
}

#[async_trait]
impl Tuner for TogetherTuner {
    fn capabilities(&self) -> TunerCapabilities {
        let profile = self.client.profile();
        TunerCapabilities {
            images: profile.offers.training_images,
            tools: profile.offers.training_tools,
            cancel: true,
            max_file_bytes: profile.limits.max_file_bytes,
        }
    }

    async fn upload(&self, lines: Masked<Bytes>) -> Result<String> {
        self.upload_source(Arc::new(BytesSource(lines.into_inner())), Arc::new(|_| {})).await
    }

    async fn start(&self, request: TuningRequest) -> Result<TuningJob> {
        let suffix = suffix_of(&request.run_id, request.suffix.as_deref());
        for file in std::iter::once(&request.training_file).chain(&request.validation_file) {
            let path = format!("/files/{}", Call::segment(file));
            self.client.fetch::<StoredFile>(Call::new("files.get", Method::GET, path)).await?;
        }
        let job = self.create_once(&request, &suffix).await?;
        let known = job.suffix.clone().unwrap_or(suffix);
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).insert(known, request.run_id);
        self.told(job).await
    }

    async fn get(&self, job: &str) -> Result<TuningJob> {
        let job = self.fetch(job).await?;
        self.told(job).await
    }

    async fn events(&self, job: &str, after: Option<&str>, limit: usize) -> Result<Vec<TuningEvent>> {
        // An event has no id of its own but a hash that may be empty: its place in the order stands beside it.
        let events: Vec<TuningEvent> = self
            .reported(job)
            .await?
            .into_iter()
            .enumerate()
            .map(|(at, event)| TuningEvent {
                id: format!("{at}-{}-{}", event.kind, event.hash),
                at: moment(&event.created_at),
                message: event.message,
            })
            .collect();
        let seen = match after {
            None => 0,
            Some(after) => {
                let place = events.iter().position(|event| event.id == after);
                place.ok_or_else(|| Error::not_found("jobs.events", "the job reported no such event"))? + 1
            }
        };
        Ok(events.into_iter().skip(seen).take(limit).collect())
    }

    async fn cancel(&self, job: &str) -> Result<TuningJob> {
        let mut current = self.get(job).await?;
        if current.status.is_final() {
            return Ok(current);
        }
        let call = Call::new("jobs.cancel", Method::POST, path(job, "/cancel")).repeatable();
        let refused = self.client.send(call).await.err();
        // The request is noted first, and acted upon a little later.
        for look in 0..LOOKS {
            current = self.get(job).await?;
            if current.status.is_final() {
                return Ok(current);
            }
            let waiting = Error::new(ErrorKind::Unavailable, "jobs.cancel", "it is not cancelled yet");
            self.client.pause(look, refused.as_ref().unwrap_or(&waiting)).await;
        }
        match refused {
            Some(error) => Err(error),
            None => Ok(current),
        }
    }
}

fn moment(text: &str) -> Timestamp {
    Timestamp::from_millis(DateTime::parse_from_rfc3339(text).map_or(0, |at| at.timestamp_millis()))
}
