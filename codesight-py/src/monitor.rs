//! Following a training job to its end.

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::ports::{TuningEvent, TuningJob};
use codesight_openai::jobs::{Monitor, MonitorOptions, Watcher};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::runtime::wait;
use crate::service::{Service, explained, job_json, pause};
use crate::told::Told;

/// Tells two functions of Python.
struct Telling<'t> {
    event: &'t Told,
    status: &'t Told,
}

#[async_trait]
impl Watcher for Telling<'_> {
    async fn event(&mut self, event: &TuningEvent) -> Result<()> {
        self.event.tell((event.id.clone(), event.at.as_millis(), event.message.clone()))
    }

    async fn status(&mut self, job: &TuningJob) -> Result<()> {
        let name = serde_json::to_value(&job.status).ok();
        self.status.tell((name.as_ref().and_then(|name| name.as_str()).unwrap_or_default().to_owned(),))
    }
}

/// Follows a job until it ends, and returns it as JSON. `on_event` is told the id, the time in milliseconds since 1970
/// and the message of each event, once also over restarts; `on_status` each new status.
#[pyfunction]
#[pyo3(signature = (service, id, *, first_pause, longest_pause, deadline, on_event, on_status))]
#[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
pub(crate) fn follow_job<'py>(
    py: Python<'py>,
    service: &Service,
    id: &str,
    first_pause: f64,
    longest_pause: f64,
    deadline: f64,
    on_event: Option<Py<PyAny>>,
    on_status: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let tuner = service.tuner("service.monitor")?;
    let options = MonitorOptions {
        first_pause: pause(first_pause)?,
        longest_pause: pause(longest_pause)?,
        deadline: pause(deadline)?,
    };
    let monitor = Monitor::new(tuner, service.records(), options);
    let (event, status) = (Told::new(on_event), Told::new(on_status));
    let mut telling = Telling { event: &event, status: &status };
    let followed = wait(py, async { monitor.follow(id, &mut telling).await.map_err(explained) });
    job_json(py, &status.end(event.end(followed))?)
}
