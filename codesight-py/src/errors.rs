//! Errors on their way to Python: each becomes the exception of its kind.

use std::time::Duration;

use codesight_core::{Error, ErrorKind, Retry};
use pyo3::PyErr;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The exceptions are classes of Python, so that each can also be what Python programs expect, such as a
/// `FileNotFoundError`. This function there makes the one for a kind.
static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// The exception of an error.
pub(crate) fn exception(error: Error) -> PyErr {
    Python::attach(|py| match make(py, &error) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    })
}

fn make<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let make =
        MAKE.get_or_try_init(py, || py.import("codesight_sdk._errors")?.getattr("make").map(Bound::unbind))?;
    let context: Vec<(&str, &str)> =
        error.context().iter().map(|(name, value)| (*name, value.as_str())).collect();
    let retry = match error.retry() {
        Retry::Never => None,
        Retry::Later => Some(0.0),
        Retry::After(pause) => Some(pause.as_secs_f64().max(Duration::from_millis(1).as_secs_f64())),
    };
    make.bind(py).call1((error.kind().code(), error.operation(), error.message(), context, retry))
}

/// Something given from Python that is not what was asked for.
pub(crate) fn invalid(operation: &'static str, message: impl Into<String>) -> PyErr {
    exception(Error::invalid(operation, message))
}

/// A handle that was opened before the process was forked.
pub(crate) fn forked(operation: &'static str) -> PyErr {
    let message = "the handle was opened in another process; open it again in this one";
    exception(Error::new(ErrorKind::Unsupported, operation, message))
}
