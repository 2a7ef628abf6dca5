//! A service that trains models and answers questions.

use std::path::PathBuf;
use std::sync::Arc;

use codesight_core::ports::{Tuner, TuningJob, TuningRequest};
use codesight_core::{Error, Result};
use codesight_openai::client::{ApiFailure, ApiKey, Client, HttpExchange};
use codesight_openai::jobs::{OpenAiTuner, TunerOptions};
use codesight_openai::provider::Profile;
use codesight_openai::records::{FolderRecords, MemoryRecords, Records};
use codesight_openai::uploads::{FileSource, Progress};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde::Serialize;

use crate::archive::json;
use crate::clock::SystemClock;
use crate::errors::{exception, invalid};
use crate::runtime::{Owned, wait};
use crate::told::Told;

/// A service, and what is remembered of uploads and jobs.
#[pyclass(frozen, module = "codesight_sdk._native")]
pub(crate) struct Service {
    client: Owned<Client>,
    tuner: Owned<Arc<OpenAiTuner>>,
    records: Arc<dyn Records>,
}

impl Service {
    pub(crate) fn client(&self, operation: &'static str) -> PyResult<&Client> {
        self.client.get(operation)
    }

    pub(crate) fn tuner(&self, operation: &'static str) -> PyResult<Arc<OpenAiTuner>> {
        self.tuner.get(operation).cloned()
    }

    pub(crate) fn records(&self) -> Arc<dyn Records> {
        Arc::clone(&self.records)
    }
}

#[pymethods]
impl Service {
    /// `with_` is JSON of fields that replace those of the known profile; `records` a folder, or nothing is remembered.
    #[new]
    #[pyo3(signature = (provider, *, base_url, key, with_, records))]
    fn open(
        provider: &str,
        base_url: Option<&str>,
        key: Option<String>,
        with_: Option<&str>,
        records: Option<PathBuf>,
    ) -> PyResult<Self> {
        let client = client(provider, base_url, key, with_).map_err(exception)?;
        let records: Arc<dyn Records> = match records {
            Some(folder) => Arc::new(FolderRecords(folder)),
            None => Arc::new(MemoryRecords::default()),
        };
        let options = TunerOptions { records: Arc::clone(&records), ..TunerOptions::default() };
        let tuner = Arc::new(OpenAiTuner::new(client.clone(), options));
        Ok(Self { client: Owned::new(client), tuner: Owned::new(tuner), records })
    }

    /// Uploads a file of lines unless it is there already, and returns its id.
    fn upload(&self, py: Python<'_>, path: PathBuf, told: Option<Py<PyAny>>) -> PyResult<String> {
        let tuner = self.tuner("service.upload")?;
        let told = Arc::new(Told::new(told));
        let telling = Arc::clone(&told);
        let uploaded = wait(py, async move {
            let source = Arc::new(FileSource::open(&path).await?);
            let progress = move |Progress { done, total }| {
                // What it raises is raised when the upload has ended: a part under way is not cut.
                let _ = telling.tell((done, total));
            };
            tuner.upload_from(source, progress).await.map_err(explained)
        });
        told.end(uploaded)
    }

    /// Starts the job of a run, or finds it, and returns it as JSON.
    #[pyo3(signature = (*, run, model, training_file, validation_file, epochs, suffix))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn start<'py>(
        &self,
        py: Python<'py>,
        run: String,
        model: String,
        training_file: String,
        validation_file: Option<String>,
        epochs: Option<u32>,
        suffix: Option<String>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let tuner = self.tuner("service.start")?;
        let request =
            TuningRequest { run_id: run, base_model: model, training_file, validation_file, epochs, suffix };
        let job = wait(py, async move {
            tuner.jobs().probe(&request.base_model).await.map_err(explained)?;
            tuner.start(request).await.map_err(explained)
        })?;
        job_json(py, &job)
    }

    /// A job as JSON.
    fn job<'py>(&self, py: Python<'py>, id: &str) -> PyResult<Bound<'py, PyBytes>> {
        let tuner = self.tuner("service.job")?;
        let job = wait(py, async { tuner.get(id).await.map_err(explained) })?;
        job_json(py, &job)
    }

    /// Cancels a job and returns it as JSON; one that has ended is returned as it is.
    fn cancel<'py>(&self, py: Python<'py>, id: &str) -> PyResult<Bound<'py, PyBytes>> {
        let tuner = self.tuner("service.cancel")?;
        let job = wait(py, async { tuner.cancel(id).await.map_err(explained) })?;
        job_json(py, &job)
    }
}

fn client(provider: &str, base_url: Option<&str>, key: Option<String>, with: Option<&str>) -> Result<Client> {
    let mut profile = Profile::named(provider).ok_or_else(|| {
        Error::invalid("service.open", format!("a service is one of {}", Profile::names().join(", ")))
    })?;
    if let Some(with) = with {
        let with = serde_json::from_str(with)
            .map_err(|_| Error::invalid("service.open", "the fields of the profile are no JSON"))?;
        profile = profile.overridden(&with)?;
    }
    if let Some(url) = base_url {
        profile = profile.at(url);
    }
    Ok(Client::new(profile, key.map(ApiKey::new), Arc::new(HttpExchange::new()?), Arc::new(SystemClock)))
}

/// The error with what the service said: whoever sent the lines may read it.
pub(crate) fn explained(error: Error) -> Error {
    match ApiFailure::of(&error).map(|failure| failure.message().to_owned()) {
        Some(said) if !said.is_empty() => error.with("said", said),
        _ => error,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JobFacts<'j> {
    id: &'j str,
    run: &'j str,
    status: &'j codesight_core::ports::TuningStatus,
    is_final: bool,
    model: Option<&'j str>,
    metrics: &'j codesight_core::model::TrainingMetrics,
    error: Option<&'j (String, String)>,
}

/// A job as JSON.
pub(crate) fn job_json<'py>(py: Python<'py>, job: &TuningJob) -> PyResult<Bound<'py, PyBytes>> {
    json(
        py,
        &JobFacts {
            id: &job.id,
            run: &job.run_id,
            status: &job.status,
            is_final: job.status.is_final(),
            model: job.model_id.as_deref(),
            metrics: &job.metrics,
            error: job.error.as_ref(),
        },
    )
}

/// The services whose ways are known.
#[pyfunction]
pub(crate) fn services() -> Vec<&'static str> {
    Profile::names().to_vec()
}

/// A pause of that many seconds.
pub(crate) fn pause(seconds: f64) -> PyResult<std::time::Duration> {
    std::time::Duration::try_from_secs_f64(seconds)
        .map_err(|_| invalid("service.monitor", "a pause is a number of seconds, zero or more"))
}
