//! The service: who may call, which route, what is remembered.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use codesight_core::time::{Clock, Timestamp};
use http::Method;
use serde_json::Value;

use super::chat::{ChatResponder, canned};
use super::fault::{Fault, FaultPlan};
use super::respond::{FakeReply, FakeRequest, Routed};
use super::state::{Counts, State};

/// How the stand-in behaves.
#[derive(Debug, Clone)]
pub struct FakeOptions {
    /// The key it wants.
    pub key: String,
    /// The statuses a job walks through, one each time it is asked for. The last is its end.
    pub statuses: Vec<&'static str>,
    /// Whether the training file is judged as a real service would.
    pub check_files: bool,
    /// Whether ended jobs carry what the documentation's own example carries against its own schema: `"error": {}` and unknown fields.
    pub quirks: bool,
    /// Whether new jobs are refused with `training_not_available`.
    pub closed: bool,
    /// Whether the content of files is kept; otherwise they only have a size.
    pub keep_content: bool,
    /// Models, each with the day it is switched off.
    pub models: Vec<(&'static str, Option<&'static str>)>,
}

impl Default for FakeOptions {
    fn default() -> Self {
        Self {
            key: "sk-fake-0000".to_owned(),
            statuses: vec!["validating_files", "queued", "running", "running", "succeeded"],
            check_files: false,
            quirks: false,
            closed: false,
            keep_content: true,
            models: vec![("gpt-4o-2024-08-06", Some("2027-01-14")), ("gpt-4.1-2025-04-14", None)],
        }
    }
}

/// One exchange that took place, for checks against the API's description. The form's file is not among the request's fields.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The method.
    pub method: Method,
    /// What follows `/v1`.
    pub path: String,
    /// The JSON of the request, or the fields of its form.
    pub request: Option<Value>,
    /// Whether the request was a form.
    pub form: bool,
    /// The status of the reply.
    pub status: u16,
    /// The JSON of the reply, if it was JSON.
    pub reply: Option<Value>,
}

/// The stand-in. Clones share their memory.
#[derive(Clone)]
pub struct FakeService {
    pub(super) options: Arc<FakeOptions>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) responder: ChatResponder,
    state: Arc<Mutex<State>>,
    faults: Arc<Mutex<FaultPlan>>,
    seen: Arc<Mutex<Option<Vec<Seen>>>>,
}

impl fmt::Debug for FakeService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeService").finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FakeService {
    /// A service without files and jobs. Times are those of `clock`.
    pub fn new(options: FakeOptions, clock: Arc<dyn Clock>) -> Self {
        Self {
            options: Arc::new(options),
            clock,
            responder: canned(),
            state: Arc::default(),
            faults: Arc::default(),
            seen: Arc::default(),
        }
    }

    /// Answers chats with `responder`.
    #[must_use]
    pub fn answering(mut self, responder: ChatResponder) -> Self {
        self.responder = responder;
        self
    }

    /// Says what is to go wrong.
    pub fn faults(&self, plan: impl FnOnce(&mut FaultPlan)) {
        plan(&mut lock(&self.faults));
    }

    /// Remembers every exchange from now on.
    pub fn record(&self) {
        *lock(&self.seen) = Some(Vec::new());
    }

    /// What was remembered.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.seen).clone().unwrap_or_default()
    }

    /// How much there is of everything.
    pub fn counts(&self) -> Counts {
        let state = lock(&self.state);
        Counts {
            training_files: state.files.iter().filter(|file| file.purpose == "fine-tune").count(),
            uploads: state.uploads.len(),
            parts: state.uploads.values().map(|upload| upload.parts.len()).sum(),
            jobs: state.jobs.len(),
            chats: state.chats,
        }
    }

    /// The events of a job, oldest first, as its ids.
    pub fn event_ids(&self, job: &str) -> Vec<String> {
        let state = lock(&self.state);
        let job = state.jobs.iter().find(|known| known.id == job);
        job.map(|job| job.events.iter().map(|event| event.id.clone()).collect()).unwrap_or_default()
    }

    /// The bytes of a file.
    pub fn content(&self, file: &str) -> Option<Bytes> {
        lock(&self.state).file(file).map(|file| file.content.clone())
    }

    pub(super) fn take_fault(&self, method: &Method, path: &str) -> Option<Fault> {
        lock(&self.faults).take(method, path)
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Seconds since 1970.
    pub(super) fn seconds(&self) -> i64 {
        self.now().as_millis() / 1_000
    }

    /// Acts upon a request.
    pub(super) async fn act(&self, request: &FakeRequest) -> FakeReply {
        let number = {
            let mut state = self.state();
            state.next += 1;
            state.next
        };
        let reply = match self.route(request).await {
            Ok(reply) | Err(reply) => reply,
        };
        self.remember(request, &reply).await;
        reply.header("x-request-id", format!("req_{number:08}"))
    }

    async fn route(&self, request: &FakeRequest) -> Routed {
        let expected = format!("Bearer {}", self.options.key);
        let by_header = request.header("api-key") == Some(&self.options.key);
        if request.header("authorization") != Some(&expected) && !by_header {
            let message = "Incorrect API key provided.";
            return Err(FakeReply::error(401, "invalid_request_error", Some("invalid_api_key"), message));
        }
        let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        match (&request.method, parts.as_slice()) {
            (&Method::POST, ["files"]) => self.create_file(request).await,
            (&Method::GET, ["files"]) => self.list_files(request),
            (&Method::GET, ["files", id]) => self.get_file(id),
            (&Method::GET, ["files", id, "content"]) => self.file_content(id),
            (&Method::DELETE, ["files", id]) => self.delete_file(id),
            (&Method::POST, ["uploads"]) => self.create_upload(request),
            (&Method::POST, ["uploads", id, "parts"]) => self.add_part(id, request).await,
            (&Method::POST, ["uploads", id, "complete"]) => self.complete_upload(id, request),
            (&Method::POST, ["uploads", id, "cancel"]) => self.cancel_upload(id),
            (&Method::POST, ["fine_tuning", "jobs"]) => self.create_job(request),
            (&Method::GET, ["fine_tuning", "jobs"]) => self.list_jobs(request),
            (&Method::GET, ["fine_tuning", "jobs", id]) => self.get_job(id),
            (&Method::POST, ["fine_tuning", "jobs", id, action]) => self.act_on_job(id, action),
            (&Method::GET, ["fine_tuning", "jobs", id, "events"]) => self.job_events(id, request),
            (&Method::GET, ["fine_tuning", "jobs", id, "checkpoints"]) => self.job_checkpoints(id, request),
            (&Method::GET, ["models"]) => self.list_models(),
            (&Method::GET, ["models", id]) => self.get_model(id),
            (&Method::POST, ["batches"]) => self.create_batch(request),
            (&Method::GET, ["batches"]) => self.list_batches(request),
            (&Method::GET, ["batches", id]) => self.get_batch(id),
            (&Method::POST, ["batches", id, "cancel"]) => self.cancel_batch(id),
            (&Method::POST, ["chat", "completions"]) => self.chat(request),
            (&Method::POST, ["audio", "transcriptions"]) => self.transcribe(request).await,
            _ => Err(FakeReply::not_found("route")),
        }
    }

    async fn remember(&self, request: &FakeRequest, reply: &FakeReply) {
        if lock(&self.seen).is_none() {
            return;
        }
        let content_type = request.header("content-type").unwrap_or_default();
        let form = content_type.starts_with("multipart/form-data");
        let fields = if form {
            super::files::form(request).await.ok().map(|form| form.to_json())
        } else {
            serde_json::from_slice(&request.body).ok()
        };
        let seen = Seen {
            method: request.method.clone(),
            path: request.path.clone(),
            request: fields,
            form,
            status: reply.status,
            reply: serde_json::from_slice(&reply.body).ok(),
        };
        if let Some(list) = lock(&self.seen).as_mut() {
            list.push(seen);
        }
    }
}
