//! Waiting for asynchronous work from Python: without the interpreter's lock, interruptible, and safe across `fork`.

use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use codesight_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use tokio::runtime::{Builder, Runtime};

use crate::errors::{exception, forked};

/// How often a waiting call looks for signals such as Ctrl-C.
const TICK: Duration = Duration::from_millis(50);
const WORKERS: usize = 2;

/// The runtime of this process. `fork` copies memory and not threads, so a child makes a runtime of its own and leaves
/// the parent's alone. The lock is only taken by a thread that is attached to the interpreter, as the thread that forks
/// is: no other one can hold it at that moment.
static RUNTIME: Mutex<Option<(u32, &'static Runtime)>> = Mutex::new(None);

fn runtime(_attached: Python<'_>) -> PyResult<&'static Runtime> {
    let mut current = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    if let Some((owner, runtime)) = *current
        && owner == process
    {
        return Ok(runtime);
    }
    let made = Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build().map_err(|error| {
        let message = "no threads could be started";
        exception(Error::new(ErrorKind::Unavailable, "python.runtime", message).caused_by(error))
    })?;
    let runtime: &'static Runtime = Box::leak(Box::new(made));
    *current = Some((process, runtime));
    Ok(runtime)
}

/// Runs `future` to its end while other Python threads go on. A signal ends the wait with its exception.
pub(crate) fn wait<T: Send>(py: Python<'_>, future: impl Future<Output = Result<T>> + Send) -> PyResult<T> {
    let runtime = runtime(py)?;
    let mut future = pin!(future);
    loop {
        let turn =
            py.detach(|| runtime.block_on(async { tokio::time::timeout(TICK, future.as_mut()).await }));
        match turn {
            Ok(outcome) => return outcome.map_err(exception),
            // Outside of the runtime: a signal's handler is Python code and may call into this package.
            Err(_) => py.check_signals()?,
        }
    }
}

/// Runs work that uses the processor as [`wait`] does. Work that was interrupted runs on, unheard, to its end.
pub(crate) fn work<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> PyResult<T> {
    wait(py, blocking(work))
}

/// Work on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        Error::new(ErrorKind::Unexpected, "python.work", "the work ended early").caused_by(error)
    })?
}

/// Something that belongs to the process that opened it: files, connections, tasks.
pub(crate) struct Owned<T> {
    process: u32,
    value: Option<T>,
}

impl<T> Owned<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { process: std::process::id(), value: Some(value) }
    }

    /// The thing, in the process that opened it.
    pub(crate) fn get(&self, operation: &'static str) -> PyResult<&T> {
        self.value.as_ref().filter(|_| self.process == std::process::id()).ok_or_else(|| forked(operation))
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            // Closing it here would close it for the parent too: file locks and sockets are shared.
            std::mem::forget(self.value.take());
        }
    }
}
