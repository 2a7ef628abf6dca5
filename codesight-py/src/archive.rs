//! One archive.

use std::path::PathBuf;
use std::sync::Arc;

use codesight_core::id::ContentHash;
use codesight_core::pipeline::{Pipeline, PipelineConfig};
use codesight_core::ports::BlobKey;
use codesight_core::{Error, ErrorKind, Result};
use codesight_storage::ArchiveReader;
use codesight_storage::archive::{ArchiveLimits, verify};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::arrow::ArrowTable;
use crate::errors::exception;
use crate::examples::Processed;
use crate::pixels::Pixels;
use crate::runtime::{Owned, blocking, wait};
use crate::store::{Blobs, source};
use crate::tables;

pub(crate) type Reader = Arc<ArchiveReader<'static>>;

/// An open archive. Directory and manifest were checked when it was opened; each file is checked when it is read.
#[pyclass(frozen, module = "codesight_sdk._native")]
pub(crate) struct Archive {
    reader: Owned<Reader>,
}

impl Archive {
    fn reader(&self) -> PyResult<Reader> {
        self.reader.get("archive.read").cloned()
    }
}

#[pymethods]
impl Archive {
    /// Opens a file of this machine.
    #[staticmethod]
    fn open_file(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let limits = ArchiveLimits::default();
        let reader = wait(py, async move { ArchiveReader::open_file(&path, &limits).await })?;
        Ok(Self { reader: Owned::new(Arc::new(reader)) })
    }

    /// Opens a blob of a store.
    #[staticmethod]
    fn open_blob(py: Python<'_>, blobs: &Blobs, key: &str) -> PyResult<Self> {
        let store = blobs.store("archive.open")?;
        let key = BlobKey::new(key).map_err(exception)?;
        let opened =
            async move { ArchiveReader::open(source(store, key).await?, &ArchiveLimits::default()).await };
        Ok(Self { reader: Owned::new(Arc::new(wait(py, opened)?)) })
    }

    /// Bytes of the ZIP.
    #[getter]
    fn size(&self) -> PyResult<u64> {
        Ok(self.reader()?.size())
    }

    /// `manifest.json`.
    fn manifest<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        json(py, self.reader()?.manifest())
    }

    /// One file, checked.
    fn entry<'py>(&self, py: Python<'py>, path: &str) -> PyResult<Bound<'py, PyBytes>> {
        let reader = self.reader()?;
        let bytes = wait(py, reader.read_entry(path))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// `screenshots/index.json`.
    fn frame_index<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let reader = self.reader()?;
        let index = wait(py, reader.frame_index())?;
        json(py, index)
    }

    /// The encoded image of a captured frame.
    fn frame<'py>(&self, py: Python<'py>, hash: &str) -> PyResult<Bound<'py, PyBytes>> {
        let reader = self.reader()?;
        let hash: ContentHash = hash.parse().map_err(exception)?;
        let frame = wait(py, async { reader.read_frame(&hash).await })?;
        Ok(PyBytes::new(py, &frame.bytes))
    }

    /// The pixels of a captured frame.
    fn pixels(&self, py: Python<'_>, hash: &str) -> PyResult<Pixels> {
        let reader = self.reader()?;
        let hash: ContentHash = hash.parse().map_err(exception)?;
        Ok(Pixels::new(wait(py, reader.read_pixels(&hash))?))
    }

    /// The interactions as a table.
    fn interactions_table(&self, py: Python<'_>) -> PyResult<ArrowTable> {
        let reader = self.reader()?;
        wait(py, async move { interactions(&reader).await })
    }

    /// The findings of the quality report as a table.
    fn findings_table(&self, py: Python<'_>) -> PyResult<ArrowTable> {
        let reader = self.reader()?;
        wait(py, async move {
            let report = reader.read_entry("quality-report.json").await?;
            let session = reader.manifest().session_id.clone();
            blocking(move || tables::findings(session.as_str(), &report)).await
        })
    }

    /// The frames as a table; with their encoded images when asked.
    fn frames_table(&self, py: Python<'_>, images: bool) -> PyResult<ArrowTable> {
        let reader = self.reader()?;
        wait(py, async move { tables::frames(&reader, images).await })
    }

    /// Reads every byte and says what is wrong, as pairs of a code and a path.
    fn verify(&self, py: Python<'_>) -> PyResult<Verification> {
        let reader = self.reader()?;
        wait(py, async move { verification(&reader).await })
    }

    /// Runs the pipeline on what the archive holds.
    fn process(&self, py: Python<'_>, config: Option<&str>) -> PyResult<Processed> {
        let reader = self.reader()?;
        let pipeline = pipeline(config).map_err(exception)?;
        let processed = wait(py, async {
            let input = reader.session_input().await?;
            blocking(move || Ok(pipeline.process_session(input))).await
        })?;
        Ok(Processed::new(processed, self.reader()?))
    }
}

/// Files checked, bytes, SHA-256, and pairs of code and path of what is wrong.
type Verification = (usize, u64, String, Vec<(&'static str, String)>);

async fn verification(reader: &ArchiveReader<'_>) -> Result<Verification> {
    let report = verify(reader).await?;
    let problems =
        report.problems.into_iter().map(|problem| (problem.refusal.code(), problem.path)).collect();
    Ok((report.files, report.size, report.checksum.to_hex(), problems))
}

/// Opens and verifies a file of this machine.
#[pyfunction]
pub(crate) fn verify_archive(py: Python<'_>, path: PathBuf) -> PyResult<Verification> {
    wait(py, async move {
        let reader = ArchiveReader::open_file(&path, &ArchiveLimits::default()).await?;
        verification(&reader).await
    })
}

async fn interactions(reader: &Reader) -> Result<ArrowTable> {
    let bytes = reader.read_entry("interactions.json").await?;
    let session = reader.manifest().session_id.clone();
    blocking(move || tables::interactions(session.as_str(), &bytes)).await
}

/// The pipeline of a configuration, or the default one.
pub(crate) fn pipeline(config: Option<&str>) -> Result<Pipeline> {
    match config {
        None => Ok(Pipeline::default()),
        Some(config) => Pipeline::from_config(&PipelineConfig::from_json(config)?),
    }
}

/// A value as JSON, which Python reads fastest with its own parser.
pub(crate) fn json<'py>(py: Python<'py>, value: &impl serde::Serialize) -> PyResult<Bound<'py, PyBytes>> {
    let bytes = serde_json::to_vec(value).map_err(|error| {
        exception(Error::new(ErrorKind::Unexpected, "python.json", "not serialisable").caused_by(error))
    })?;
    Ok(PyBytes::new(py, &bytes))
}
