//! One part of a batch: some archives of a store become lines and a report. A map step of an engine calls this.

use std::sync::Arc;
use std::time::Instant;

use codesight_core::pipeline::Pipeline;
use codesight_core::ports::{BlobKey, BlobStore};
use codesight_core::{Error, Result};
use codesight_openai::format::ChatFormat;
use codesight_storage::ArchiveReader;
use codesight_storage::archive::ArchiveLimits;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde::Serialize;

use crate::archive::{json, pipeline};
use crate::errors::exception;
use crate::examples::{chat_format, lines};
use crate::runtime::{blocking, wait};
use crate::store::{Blobs, source};

/// Archives that are fetched while one is worked on.
const AHEAD: usize = 2;

/// What became of one archive. Holds nothing that differs from run to run.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    /// The code of the error; none for an archive that could be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    quality: f64,
    completeness: f64,
    reliability: f64,
    interactions: usize,
    findings: usize,
    lines: u64,
    skipped: u64,
    bytes: u64,
}

/// Works on the archives of a part one after the other, while the next ones are fetched. Returns the lines in the order
/// of the keys, the report as JSON, and the seconds of each archive from its bytes on. One bad archive is an entry of the
/// report; only a store that is away ends the part, so that the engine tries it again.
#[pyfunction]
pub(crate) fn process_part<'py>(
    py: Python<'py>,
    blobs: &Blobs,
    keys: Vec<String>,
    config: Option<&str>,
    format: &str,
) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>, Vec<f64>)> {
    let store = blobs.store("fleet.part")?;
    let pipeline = Arc::new(pipeline(config).map_err(exception)?);
    let format = chat_format(format)?;
    let (lines, outcomes, seconds) = wait(py, part(store, keys, pipeline, format))?;
    Ok((PyBytes::new(py, &lines), json(py, &outcomes)?, seconds))
}

async fn part(
    store: Arc<dyn BlobStore>,
    keys: Vec<String>,
    pipeline: Arc<Pipeline>,
    format: ChatFormat,
) -> Result<(Vec<u8>, Vec<Outcome>, Vec<f64>)> {
    let mut waiting = std::collections::VecDeque::new();
    let mut coming = keys.into_iter();
    let (mut all, mut outcomes, mut seconds) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        while waiting.len() < AHEAD {
            let Some(key) = coming.next() else { break };
            let fetched = tokio::spawn(fetch(Arc::clone(&store), key.clone()));
            waiting.push_back((key, fetched));
        }
        let Some((key, fetched)) = waiting.pop_front() else { break };
        let reader = fetched.await.map_err(|error| {
            Error::new(codesight_core::ErrorKind::Unexpected, "fleet.fetch", "the task ended early")
                .caused_by(error)
        })?;
        let begin = Instant::now();
        let done = match reader {
            Ok(reader) => one(reader, &pipeline, &format).await,
            Err(error) => Err(error),
        };
        let outcome = match done {
            Ok((lines, mut outcome)) => {
                all.extend_from_slice(&lines);
                outcome.key = key;
                outcome
            }
            // The store is away: that is no fault of the archive.
            Err(error) if error.retry() != codesight_core::Retry::Never => return Err(error),
            Err(error) => failed(key, &error),
        };
        outcomes.push(outcome);
        seconds.push(begin.elapsed().as_secs_f64());
    }
    Ok((all, outcomes, seconds))
}

async fn fetch(store: Arc<dyn BlobStore>, key: String) -> Result<ArchiveReader<'static>> {
    ArchiveReader::open(source(store, BlobKey::new(key)?).await?, &ArchiveLimits::default()).await
}

async fn one(
    reader: ArchiveReader<'static>,
    pipeline: &Arc<Pipeline>,
    format: &ChatFormat,
) -> Result<(Vec<u8>, Outcome)> {
    let input = reader.session_input().await?;
    let pipeline = Arc::clone(pipeline);
    let processed = blocking(move || Ok(pipeline.process_session(input))).await?;
    let (lines, written) = lines(format, &processed, &reader).await?;
    let score = &processed.report.score;
    let outcome = Outcome {
        key: String::new(),
        session_id: Some(processed.session_id.to_string()),
        error: None,
        message: None,
        quality: score.overall,
        completeness: score.completeness,
        reliability: score.reliability,
        interactions: processed.interactions.len(),
        findings: processed.report.findings.len(),
        lines: written.lines,
        skipped: written.skipped,
        bytes: written.bytes,
    };
    Ok((lines, outcome))
}

fn failed(key: String, error: &Error) -> Outcome {
    let code = error.context().iter().find(|(name, _)| *name == "code").map(|(_, code)| code.as_str());
    Outcome {
        key,
        session_id: None,
        error: Some(error.kind().code()),
        message: Some(match code {
            Some(code) => format!("{} ({code})", error.message()),
            None => error.message().to_owned(),
        }),
        quality: 0.0,
        completeness: 0.0,
        reliability: 0.0,
        interactions: 0,
        findings: 0,
        lines: 0,
        skipped: 0,
        bytes: 0,
    }
}
