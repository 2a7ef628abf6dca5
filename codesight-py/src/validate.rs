//! The verdict on training files, before a service gives it.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::PathBuf;

use codesight_core::{Error, ErrorKind, Result};
use codesight_openai::limits::Limits;
use codesight_openai::validate::{ValidatorOptions, validate};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::errors::invalid;
use crate::runtime::work;

const PROVIDERS: [&str; 4] = ["openai", "azure", "together", "fireworks"];

/// The services whose rules are known.
#[pyfunction]
pub(crate) fn providers() -> Vec<&'static str> {
    PROVIDERS.into_iter().filter(|name| Limits::named(name).is_some()).collect()
}

fn options(
    provider: &str,
    model: Option<String>,
    count_tokens: bool,
    archive_paths: bool,
) -> PyResult<ValidatorOptions> {
    let limits = Limits::named(provider)
        .ok_or_else(|| invalid("validate", "the rules of this service are not known"))?;
    Ok(ValidatorOptions { limits, model, count_tokens, archive_paths, ..ValidatorOptions::default() })
}

fn verdict(
    py: Python<'_>,
    input: impl Read + Send + 'static,
    options: ValidatorOptions,
) -> PyResult<(bool, String, String)> {
    let mut input = input;
    work(py, move || {
        let verdict = validate(&mut input, options, None)?;
        Ok((verdict.is_accepted(), verdict.to_json()?, verdict.to_string()))
    })
}

/// Judges a file: whether it is accepted, the report as JSON and as text.
#[pyfunction]
#[pyo3(signature = (path, *, provider, model, count_tokens, archive_paths))]
pub(crate) fn validate_file(
    py: Python<'_>,
    path: PathBuf,
    provider: &str,
    model: Option<String>,
    count_tokens: bool,
    archive_paths: bool,
) -> PyResult<(bool, String, String)> {
    let options = options(provider, model, count_tokens, archive_paths)?;
    let file = open(path).map_err(crate::errors::exception)?;
    verdict(py, file, options)
}

/// Judges lines in memory.
#[pyfunction]
#[pyo3(signature = (lines, *, provider, model, count_tokens, archive_paths))]
pub(crate) fn validate_bytes(
    py: Python<'_>,
    lines: PyBackedBytes,
    provider: &str,
    model: Option<String>,
    count_tokens: bool,
    archive_paths: bool,
) -> PyResult<(bool, String, String)> {
    verdict(py, Cursor::new(lines), options(provider, model, count_tokens, archive_paths)?)
}

fn open(path: PathBuf) -> Result<File> {
    File::open(path).map_err(|error| {
        let kind = match error.kind() {
            std::io::ErrorKind::NotFound => ErrorKind::NotFound,
            std::io::ErrorKind::PermissionDenied => ErrorKind::Forbidden,
            _ => ErrorKind::Unavailable,
        };
        Error::new(kind, "validate.open", "the file could not be opened").caused_by(error)
    })
}
