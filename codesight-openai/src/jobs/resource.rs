//! The calls on jobs.

use std::sync::Arc;

use codesight_core::{Error, Result};
use http::Method;
use tokio::sync::Mutex;

use super::metrics::MetricsTable;
use crate::api::{CheckpointObject, EventObject, JobObject, ModelObject, Page};
use crate::client::{Call, Client};
use crate::files::Files;

/// Items asked for in one page.
const PAGE: usize = 100;

/// The fine-tuning jobs of one project at a service.
#[derive(Debug, Clone)]
pub struct FineTuning {
    pub(super) client: Client,
    /// Held while a job is looked for and made, so that two callers in one process do not both make it.
    pub(super) making: Arc<Mutex<()>>,
}

fn path(job: &str, rest: &str) -> String {
    format!("/fine_tuning/jobs/{}{rest}", Call::segment(job))
}

impl FineTuning {
    /// Of the service that `client` speaks to.
    pub fn new(client: Client) -> Self {
        Self { client, making: Arc::default() }
    }

    /// The client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// A job.
    ///
    /// # Errors
    /// Those of the client; [`ErrorKind::NotFound`](codesight_core::ErrorKind::NotFound) when there is none.
    pub async fn get(&self, job: &str) -> Result<JobObject> {
        self.client.fetch(Call::new("jobs.get", Method::GET, path(job, ""))).await
    }

    /// Jobs, newest first, those with `metadata[key] = value` alone if one is given.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn list(&self, with: Option<(&str, &str)>) -> Result<Vec<JobObject>> {
        let mut jobs: Vec<JobObject> = Vec::new();
        loop {
            let mut call =
                Call::new("jobs.list", Method::GET, "/fine_tuning/jobs").query("limit", PAGE.to_string());
            if let Some((key, value)) = with {
                call = call.query(format!("metadata[{key}]"), value);
            }
            if let Some(last) = jobs.last() {
                call = call.query("after", &last.id);
            }
            let page: Page<JobObject> = self.client.fetch(call).await?;
            let is_last = !page.has_more || page.data.is_empty();
            jobs.extend(page.data);
            if is_last {
                break;
            }
        }
        // A service that does not know the filter gives them all.
        if let Some((key, value)) = with {
            let fits = |job: &JobObject| {
                job.metadata.as_ref().and_then(|data| data.get(key)).is_some_and(|found| found == value)
            };
            jobs.retain(fits);
        }
        Ok(jobs)
    }

    /// Cancels a job. One that has ended is refused by the service.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn cancel(&self, job: &str) -> Result<JobObject> {
        self.client.fetch(Call::new("jobs.cancel", Method::POST, path(job, "/cancel")).repeatable()).await
    }

    /// Holds a running job.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn pause(&self, job: &str) -> Result<JobObject> {
        self.client.fetch(Call::new("jobs.pause", Method::POST, path(job, "/pause")).repeatable()).await
    }

    /// Lets a held job go on.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn resume(&self, job: &str) -> Result<JobObject> {
        self.client.fetch(Call::new("jobs.resume", Method::POST, path(job, "/resume")).repeatable()).await
    }

    /// What a job reported after the event `after`, oldest first.
    ///
    /// The service lists the newest first, so that its pages are read until the known event comes; events that arrive meanwhile
    /// disturb nothing.
    ///
    /// # Errors
    /// Those of the client; [`ErrorKind::NotFound`](codesight_core::ErrorKind::NotFound) when the job never reported `after`.
    pub async fn events(&self, job: &str, after: Option<&str>) -> Result<Vec<EventObject>> {
        let mut events: Vec<EventObject> = Vec::new();
        loop {
            let mut call =
                Call::new("jobs.events", Method::GET, path(job, "/events")).query("limit", PAGE.to_string());
            if let Some(last) = events.last() {
                call = call.query("after", &last.id);
            }
            let page: Page<EventObject> = self.client.fetch(call).await?;
            let is_last = !page.has_more || page.data.is_empty();
            let known = after.and_then(|after| page.data.iter().position(|event| event.id == after));
            let new = page.data.into_iter().take(known.unwrap_or(usize::MAX));
            events.extend(new);
            if known.is_some() {
                break;
            }
            if is_last {
                if after.is_some() {
                    return Err(Error::not_found("jobs.events", "the job reported no such event"));
                }
                break;
            }
        }
        events.reverse();
        Ok(events)
    }

    /// The models saved on the way, newest first.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn checkpoints(&self, job: &str) -> Result<Vec<CheckpointObject>> {
        let mut found: Vec<CheckpointObject> = Vec::new();
        loop {
            let mut call =
                Call::new("jobs.checkpoints", Method::GET, path(job, "/checkpoints")).query("limit", "10");
            if let Some(last) = found.last() {
                call = call.query("after", &last.id);
            }
            let page: Page<CheckpointObject> = self.client.fetch(call).await?;
            let is_last = !page.has_more || page.data.is_empty();
            found.extend(page.data);
            if is_last {
                return Ok(found);
            }
        }
    }

    /// The figures of a job that has ended; empty while there is no result file.
    ///
    /// # Errors
    /// Those of the client; [`ErrorKind::Corrupt`](codesight_core::ErrorKind::Corrupt) for a result file that is no table.
    pub async fn metrics(&self, job: &JobObject) -> Result<MetricsTable> {
        let Some(file) = job.result_files.first() else { return Ok(MetricsTable::default()) };
        MetricsTable::read(&Files::new(self.client.clone()).content(file).await?)
    }

    /// What is known about a model.
    ///
    /// # Errors
    /// Those of the client; [`ErrorKind::NotFound`](codesight_core::ErrorKind::NotFound) when there is none.
    pub async fn model(&self, model: &str) -> Result<ModelObject> {
        let path = format!("/models/{}", Call::segment(model));
        self.client.fetch(Call::new("models.get", Method::GET, path)).await
    }

    /// Every model the key may use.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn models(&self) -> Result<Vec<ModelObject>> {
        let page: Page<ModelObject> =
            self.client.fetch(Call::new("models.list", Method::GET, "/models")).await?;
        Ok(page.data)
    }
}
