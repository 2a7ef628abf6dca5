//! The client's side of the protocol for a recording, without a socket: Python brings that.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use codesight_core::id::SessionKey;
use codesight_core::time::Clock;
use codesight_core::wire::{
    ClientMessage, Outgoing, PROTOCOL, Recording, ServerMessage, UplinkEvent, WireLimits,
};
use codesight_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyString};

use crate::clock::SystemClock;
use crate::errors::exception;

/// Messages to send, each a `str` or `bytes`.
type Messages<'py> = Vec<Bound<'py, PyAny>>;

/// Why the server closed, and whether connecting again is worth it.
type Closed = Option<(&'static str, bool)>;

/// The outbox of one recording: what is not acknowledged is sent again.
#[pyclass(frozen, module = "codesight_sdk._native")]
pub(crate) struct Uplink {
    uplink: Mutex<codesight_core::wire::Uplink>,
}

impl Uplink {
    fn lock(&self) -> MutexGuard<'_, codesight_core::wire::Uplink> {
        self.uplink.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Uplink {
    /// Name of the protocol, for the handshake.
    #[classattr]
    const PROTOCOL: &str = PROTOCOL;

    /// Puts a recording into the outbox. `key` names the session for its collector; the recording's own unless given.
    #[new]
    fn open(recording: PyBackedBytes, token: &str, key: Option<&str>) -> PyResult<Self> {
        let outbox = || -> Result<Self> {
            let limit = WireLimits::default().max_bytes(true);
            let recording = Recording::read(Bytes::from_owner(recording), limit)?;
            let mut start = recording.start.clone();
            if let Some(key) = key {
                start.key = SessionKey::new(key)?;
            }
            let mut uplink = codesight_core::wire::Uplink::new(token, start);
            recording.queue_into(&mut uplink)?;
            Ok(Self { uplink: Mutex::new(uplink) })
        };
        outbox().map_err(exception)
    }

    /// The connection is there: the first message.
    fn connected<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let message = self.lock().connected(SystemClock.now());
        encoded(py, message)
    }

    /// The connection is gone.
    fn disconnected(&self) {
        self.lock().disconnected();
    }

    /// A message of the server: what to answer, and whether it closes.
    fn receive<'py>(&self, py: Python<'py>, message: &str) -> PyResult<(Messages<'py>, Closed)> {
        let message: ServerMessage = serde_json::from_str(message).map_err(|_| {
            let what = "the server speaks another protocol";
            exception(Error::new(ErrorKind::Unexpected, "uplink.receive", what))
        })?;
        let (outgoing, event) = self.lock().receive(SystemClock.now(), message);
        let closed = match event {
            UplinkEvent::Closed(code) => Some((code.as_str(), code.is_worth_reconnecting())),
            _ => None,
        };
        Ok((all(py, outgoing)?, closed))
    }

    /// What may be sent now.
    fn poll<'py>(&self, py: Python<'py>) -> PyResult<Messages<'py>> {
        let outgoing = self.lock().poll(SystemClock.now()).map_err(exception)?;
        all(py, outgoing)
    }

    /// A message that keeps the connection open.
    #[staticmethod]
    fn ping(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        encoded(py, Outgoing::Text(ClientMessage::Ping { at: SystemClock.now() }))
    }

    /// The session, once the server named it.
    #[getter]
    fn session(&self) -> Option<String> {
        self.lock().session().map(ToString::to_string)
    }

    /// Places of the session that are durable, and how many there are.
    #[getter]
    fn progress(&self) -> (u64, u64) {
        let uplink = self.lock();
        (uplink.acknowledged(), uplink.last_seq())
    }

    /// Whether the server has everything.
    #[getter]
    fn sealed(&self) -> bool {
        self.lock().is_sealed()
    }
}

fn all(py: Python<'_>, outgoing: Vec<Outgoing>) -> PyResult<Messages<'_>> {
    outgoing.into_iter().map(|message| encoded(py, message)).collect()
}

fn encoded(py: Python<'_>, message: Outgoing) -> PyResult<Bound<'_, PyAny>> {
    match message {
        Outgoing::Binary(bytes) => Ok(PyBytes::new(py, &bytes).into_any()),
        Outgoing::Text(message) => {
            let text = text(&message).map_err(exception)?;
            Ok(PyString::new(py, &text).into_any())
        }
    }
}

fn text(message: &ClientMessage) -> Result<String> {
    serde_json::to_string(message).map_err(|error| {
        Error::new(ErrorKind::Unexpected, "uplink.send", "not serialisable").caused_by(error)
    })
}
