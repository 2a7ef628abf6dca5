//! What the pipeline made of a session, and the lines that are written from it.

use std::sync::Arc;

use bytes::Bytes;
use codesight_core::id::ContentHash;
use codesight_core::model::FrameIndex;
use codesight_core::pipeline::{PipelineConfig, ProcessedSession};
use codesight_core::privacy::Masked;
use codesight_core::{Error, ErrorKind, Result};
use codesight_openai::format::{
    ChatFormat, FrameIndexImages, ImagePolicy, ImageProvider, StoredImage, WriteReport,
};
use codesight_storage::ArchiveReader;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::archive::{Reader, json, pipeline};
use crate::errors::{exception, invalid};
use crate::runtime::{Owned, wait};

/// A processed session. Its archive stays open, for the images of the lines.
#[pyclass(frozen, module = "codesight_sdk._native")]
pub(crate) struct Processed {
    processed: Arc<ProcessedSession>,
    reader: Owned<Reader>,
}

impl Processed {
    pub(crate) fn new(processed: ProcessedSession, reader: Reader) -> Self {
        Self { processed: Arc::new(processed), reader: Owned::new(reader) }
    }
}

#[pymethods]
impl Processed {
    /// The quality report as JSON.
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        json(py, &self.processed.report)
    }

    /// The training data as JSON.
    fn training<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        json(py, &self.processed.training)
    }

    /// The interactions with what was derived about each, as JSON.
    fn interactions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        json(py, &self.processed.interactions)
    }

    /// Everything else that was found out, as JSON: page views, intents, navigation, psychology, steps.
    fn understanding<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let processed = &self.processed;
        json(
            py,
            &serde_json::json!({
                "pageViews": processed.page_views,
                "intents": processed.intents,
                "navigation": processed.navigation,
                "psychology": processed.psychology,
                "steps": processed.steps,
            }),
        )
    }

    /// Lines in OpenAI's chat format: the bytes, and what happened to the examples as JSON. `format` is the JSON of a
    /// `ChatFormat`.
    fn chat_lines<'py>(
        &self,
        py: Python<'py>,
        format: &str,
    ) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
        let format = chat_format(format)?;
        let reader = self.reader.get("lines.write")?;
        let (lines, report) = wait(py, lines(&format, &self.processed, reader))?;
        Ok((PyBytes::new(py, &lines), json(py, &Told::of(&report))?))
    }
}

/// A write report as JSON.
#[derive(serde::Serialize)]
pub(crate) struct Told<'r> {
    lines: u64,
    bytes: u64,
    skipped: u64,
    findings: &'r [codesight_core::model::Finding],
}

impl<'r> Told<'r> {
    pub(crate) fn of(report: &'r WriteReport) -> Self {
        let WriteReport { lines, bytes, skipped, findings } = report;
        Self { lines: *lines, bytes: *bytes, skipped: *skipped, findings }
    }
}

/// The format of these settings; those left out are the format's own.
pub(crate) fn chat_format(settings: &str) -> PyResult<ChatFormat> {
    serde_json::from_str(settings).map_err(|error| {
        let error = Error::invalid("lines.format", "the settings of the format do not fit")
            .with("column", error.column())
            .caused_by(error);
        exception(error)
    })
}

/// The lines of all examples. Memory is bounded by the lines and one image.
pub(crate) async fn lines(
    format: &ChatFormat,
    processed: &ProcessedSession,
    reader: &ArchiveReader<'_>,
) -> Result<(Vec<u8>, WriteReport)> {
    let index = reader.frame_index().await?;
    let mut lines = Vec::new();
    let mut report = WriteReport::default();
    for example in processed.examples() {
        let line = if format.images == ImagePolicy::Inline {
            format.line(&example, &OneImage::fetch(reader, index, &example.frame.hash).await?)?
        } else {
            let images = FrameIndexImages::new(index, |_| {
                Err(Error::new(ErrorKind::Unexpected, "lines.image", "lines by path need no bytes"))
            });
            format.line(&example, &images)?
        };
        match &line.bytes {
            Some(bytes) => {
                report.lines += 1;
                report.bytes += bytes.len() as u64;
                lines.extend_from_slice(bytes);
            }
            None => report.skipped += 1,
        }
        report.findings.extend(line.findings);
    }
    Ok((lines, report))
}

/// The image of the example at hand; none when the frame is not in the archive, which becomes a finding.
struct OneImage {
    image: Option<(StoredImage, Masked<Bytes>)>,
}

impl OneImage {
    async fn fetch(reader: &ArchiveReader<'_>, index: &FrameIndex, hash: &ContentHash) -> Result<Self> {
        if !index.frames.iter().any(|entry| entry.hash == *hash) {
            return Ok(Self { image: None });
        }
        let frame = reader.read_frame(hash).await?;
        let image =
            StoredImage { path: frame.entry.file, width: frame.entry.width, height: frame.entry.height };
        Ok(Self { image: Some((image, Masked::from_store(frame.bytes))) })
    }
}

impl ImageProvider for OneImage {
    fn locate(&self, _: &ContentHash) -> Result<StoredImage> {
        let missing = || Error::not_found("lines.image", "no such frame");
        self.image.as_ref().map(|(image, _)| image.clone()).ok_or_else(missing)
    }

    fn bytes(&self, _: &StoredImage) -> Result<Masked<Bytes>> {
        let missing = || Error::not_found("lines.image", "no such frame");
        self.image.as_ref().map(|(_, bytes)| bytes.clone()).ok_or_else(missing)
    }
}

/// The default configuration of the pipeline, as JSON.
#[pyfunction]
pub(crate) fn default_pipeline(py: Python<'_>) -> PyResult<Bound<'_, PyBytes>> {
    json(py, &PipelineConfig::default())
}

/// Checks a configuration and names its stages.
#[pyfunction]
pub(crate) fn pipeline_stages(config: &str) -> PyResult<Vec<&'static str>> {
    if config.is_empty() {
        return Err(invalid("pipeline.config", "the configuration is empty"));
    }
    Ok(pipeline(Some(config)).map_err(exception)?.stage_names())
}
