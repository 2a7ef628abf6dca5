//! Functions of Python that are told how far something is, from within the wait for it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use codesight_core::{Error, ErrorKind, Result};
use pyo3::call::PyCallArgs;
use pyo3::prelude::*;

/// A function to tell, or nobody. What it raises ends the telling and is raised by [`Told::end`].
pub(crate) struct Told {
    function: Option<Py<PyAny>>,
    raised: Mutex<Option<PyErr>>,
}

impl Told {
    pub(crate) fn new(function: Option<Py<PyAny>>) -> Self {
        Self { function, raised: Mutex::new(None) }
    }

    /// Calls the function.
    pub(crate) fn tell(&self, arguments: impl for<'py> PyCallArgs<'py>) -> Result<()> {
        let Some(function) = &self.function else { return Ok(()) };
        self.check()?;
        // The lock is not held while Python runs: it may wait for the interpreter, or call back.
        if let Err(raised) = Python::attach(|py| function.bind(py).call1(arguments).map(drop)) {
            *self.raised() = Some(raised);
        }
        self.check()
    }

    /// Whether all is well so far.
    pub(crate) fn check(&self) -> Result<()> {
        match &*self.raised() {
            None => Ok(()),
            Some(_) => Err(Error::new(ErrorKind::Unexpected, "python.told", "the function raised")),
        }
    }

    fn raised(&self) -> MutexGuard<'_, Option<PyErr>> {
        self.raised.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The outcome, unless the function raised: then that.
    pub(crate) fn end<T>(&self, outcome: PyResult<T>) -> PyResult<T> {
        match self.raised().take() {
            Some(raised) => Err(raised),
            None => outcome,
        }
    }
}
