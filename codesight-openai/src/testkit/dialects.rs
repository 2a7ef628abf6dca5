//! Stand-ins for Together and Fireworks: the calls their tuners make, with memory, and creations whose reply is lost on demand.
//!
//! Written by their documents; no call to either service was ever made.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::BytesMut;
use futures_util::stream::{self, StreamExt};
use http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::exchange::path_of;
use crate::client::{Exchange, ExchangeFailure, Reply, Request};
use crate::provider::Dialect;

#[derive(Debug, Default)]
struct Memory {
    files: Vec<Value>,
    jobs: Vec<Value>,
    /// How many replies to creations are still to be lost.
    lost: u32,
    /// Every call, as method and path.
    calls: Vec<String>,
}

/// A stand-in for a service with another dialect than OpenAI's.
#[derive(Debug, Clone)]
pub struct OtherService {
    dialect: Dialect,
    memory: Arc<Mutex<Memory>>,
}

/// What a route gives.
type Answered = Result<Value, u16>;

impl OtherService {
    /// One that has nothing yet.
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, memory: Arc::default() }
    }

    /// Acts upon the next creations of jobs and loses the replies.
    pub fn lose_replies(&self, count: u32) {
        self.memory().lost = count;
    }

    /// How many jobs there are.
    pub fn jobs(&self) -> usize {
        self.memory().jobs.len()
    }

    /// How many files there are.
    pub fn files(&self) -> usize {
        self.memory().files.len()
    }

    /// Every call so far, as method and path.
    pub fn calls(&self) -> Vec<String> {
        self.memory().calls.clone()
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn together(&self, method: &Method, parts: &[&str], body: &[u8]) -> Answered {
        let mut memory = self.memory();
        match (method, parts) {
            (&Method::POST, ["files", "upload"]) => {
                let file = json!({
                    "id": format!("file-{}", memory.files.len() + 1), "object": "file", "created_at": 1,
                    "filename": form_field(body, "file_name").ok_or(400_u16)?, "bytes": content(body).len(),
                    "purpose": form_field(body, "purpose").ok_or(400_u16)?, "FileType": "jsonl", "Processed": true,
                });
                memory.files.push(file.clone());
                Ok(file)
            }
            (&Method::GET, ["files"]) => Ok(json!({ "data": memory.files })),
            (&Method::GET, ["files", id]) => named(&memory.files, "id", id).cloned().ok_or(404),
            (&Method::DELETE, ["files", id]) => delete(&mut memory.files, "id", id),
            (&Method::GET, ["fine-tunes"]) => Ok(json!({ "data": memory.jobs })),
            (&Method::POST, ["fine-tunes"]) => {
                let asked: Value = serde_json::from_slice(body).map_err(|_| 400_u16)?;
                let number = memory.jobs.len() + 1;
                let job = json!({
                    "id": format!("ft-{number}"), "status": "pending", "suffix": asked["suffix"],
                    "created_at": format!("2026-11-22T10:00:{number:02}.000Z"), "updated_at": "2026-11-22T10:00:00Z",
                    "model": asked["model"], "training_file": asked["training_file"], "n_epochs": asked["n_epochs"],
                    "model_output_name": format!("team/{}-{}", text(&asked["model"]), text(&asked["suffix"])),
                });
                memory.jobs.push(job.clone());
                Ok(job)
            }
            (&Method::GET, ["fine-tunes", id]) => {
                let job = named_mut(&mut memory.jobs, "id", id).ok_or(404_u16)?;
                const WAY: [&str; 6] =
                    ["pending", "queued", "running", "compressing", "uploading", "completed"];
                advance(job, "status", &WAY, ("cancel_requested", "cancelled"));
                Ok(job.clone())
            }
            (&Method::GET, ["fine-tunes", id, "events"]) => {
                let job = named(&memory.jobs, "id", id).ok_or(404_u16)?;
                let event = |second: u32, kind: &str| {
                    json!({ "object": "fine-tune-event", "created_at": format!("2026-11-22T10:00:{second:02}Z"),
                            "message": kind, "type": kind, "hash": "", "step": 0 })
                };
                let mut events = vec![event(1, "job_pending"), event(2, "job_start")];
                if job["status"] == "completed" {
                    // They are not promised to come in order.
                    events.insert(0, event(3, "job_complete"));
                }
                Ok(json!({ "data": events }))
            }
            (&Method::POST, ["fine-tunes", id, "cancel"]) => {
                let job = named_mut(&mut memory.jobs, "id", id).ok_or(404_u16)?;
                job["status"] = "cancel_requested".into();
                Ok(job.clone())
            }
            _ => Err(404),
        }
    }

    fn fireworks(
        &self,
        method: &Method,
        parts: &[&str],
        query: &[(String, String)],
        body: &[u8],
    ) -> Answered {
        let ["accounts", "team", parts @ ..] = parts else { return Err(404) };
        let mut memory = self.memory();
        let full = |kind: &str, id: &str| format!("accounts/team/{kind}/{id}");
        match (method, parts) {
            (&Method::POST, ["datasets"]) => {
                let asked: Value = serde_json::from_slice(body).map_err(|_| 400_u16)?;
                let name = full("datasets", text(&asked["datasetId"]));
                if named(&memory.files, "name", &name).is_some() {
                    return Err(409);
                }
                let count = text(&asked["dataset"]["exampleCount"]).parse::<u64>().map_err(|_| 400_u16)?;
                let dataset =
                    json!({ "name": name, "state": "UPLOADING", "exampleCount": count.to_string() });
                memory.files.push(dataset.clone());
                Ok(dataset)
            }
            (&Method::GET, ["datasets", id]) => {
                named(&memory.files, "name", &full("datasets", id)).cloned().ok_or(404)
            }
            (&Method::DELETE, ["datasets", id]) => delete(&mut memory.files, "name", &full("datasets", id)),
            (&Method::POST, ["datasets", action]) => {
                let id = action.strip_suffix(":upload").ok_or(404_u16)?;
                let dataset = named_mut(&mut memory.files, "name", &full("datasets", id)).ok_or(404_u16)?;
                let lines =
                    content(body).split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
                if text(&dataset["exampleCount"]).parse() != Ok(lines) {
                    return Err(400);
                }
                dataset["state"] = "READY".into();
                Ok(json!({ "id": id, "object": "file", "bytes": content(body).len() }))
            }
            (&Method::POST, ["supervisedFineTuningJobs"]) => {
                let asked: Value = serde_json::from_slice(body).map_err(|_| 400_u16)?;
                let id = query.iter().find(|(name, _)| name == "supervisedFineTuningJobId").ok_or(400_u16)?;
                let name = full("supervisedFineTuningJobs", &id.1);
                if named(&memory.jobs, "name", &name).is_some() {
                    return Err(409);
                }
                let model = asked.get("outputModel").cloned().unwrap_or_else(|| full("models", &id.1).into());
                let job = json!({
                    "name": name, "displayName": asked["displayName"], "state": "JOB_STATE_CREATING",
                    "createTime": "2026-11-22T10:00:00Z", "completedTime": "2026-11-22T11:00:00Z",
                    "dataset": asked["dataset"], "baseModel": asked["baseModel"], "outputModel": model,
                    "status": { "code": "OK", "message": "" },
                    "jobProgress": { "percent": 1, "epoch": 1, "inputTokens": 1200 },
                });
                memory.jobs.push(job.clone());
                Ok(job)
            }
            (&Method::GET, ["supervisedFineTuningJobs", id]) => {
                let job = named_mut(&mut memory.jobs, "name", &full("supervisedFineTuningJobs", id))
                    .ok_or(404_u16)?;
                const WAY: [&str; 4] =
                    ["JOB_STATE_CREATING", "JOB_STATE_PENDING", "JOB_STATE_RUNNING", "JOB_STATE_COMPLETED"];
                advance(job, "state", &WAY, ("JOB_STATE_CANCELLING", "JOB_STATE_CANCELLED"));
                Ok(job.clone())
            }
            (&Method::POST, ["supervisedFineTuningJobs", action]) => {
                let id = action.strip_suffix(":cancel").ok_or(404_u16)?;
                let job = named_mut(&mut memory.jobs, "name", &full("supervisedFineTuningJobs", id))
                    .ok_or(404_u16)?;
                job["state"] = "JOB_STATE_CANCELLING".into();
                Ok(json!({}))
            }
            _ => Err(404),
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn named<'v>(all: &'v [Value], key: &str, name: &str) -> Option<&'v Value> {
    all.iter().find(|value| value[key] == name)
}

fn named_mut<'v>(all: &'v mut [Value], key: &str, name: &str) -> Option<&'v mut Value> {
    all.iter_mut().find(|value| value[key] == name)
}

/// What was there of that name is not there any more.
fn delete(all: &mut Vec<Value>, key: &str, name: &str) -> Answered {
    let before = all.len();
    all.retain(|value| value[key] != name);
    if all.len() < before { Ok(json!({ "id": name, "deleted": true })) } else { Err(404) }
}

/// Walks a job one status further along its way, or from the request to be cancelled to that.
fn advance(job: &mut Value, key: &str, way: &[&str], cancelled: (&str, &str)) {
    let status = text(&job[key]).to_owned();
    if status == cancelled.0 {
        job[key] = cancelled.1.into();
    } else if let Some(at) = way.iter().position(|word| *word == status) {
        job[key] = way[(at + 1).min(way.len() - 1)].into();
    }
}

/// The value of a plain field of a form.
fn form_field(body: &[u8], name: &str) -> Option<String> {
    let mark = format!("name=\"{name}\"\r\n\r\n");
    let at = memchr::memmem::find(body, mark.as_bytes())? + mark.len();
    let end = memchr::memmem::find(&body[at..], b"\r\n")?;
    String::from_utf8(body[at..at + end].to_vec()).ok()
}

/// The content of a form's file, which comes last.
fn content(body: &[u8]) -> &[u8] {
    let Some(at) = memchr::memmem::find(body, b"filename=") else { return &[] };
    let Some(head) = memchr::memmem::find(&body[at..], b"\r\n\r\n") else { return &[] };
    let rest = &body[at + head + 4..];
    memchr::memmem::rfind(rest, b"\r\n--").map_or(rest, |end| &rest[..end])
}

#[async_trait]
impl Exchange for OtherService {
    async fn exchange(&self, request: Request) -> Result<Reply, ExchangeFailure> {
        let url = url::Url::parse(&request.url).map_err(|_| ExchangeFailure::unreachable("no address"))?;
        let mut body = BytesMut::new();
        let mut pieces = request.body.open();
        while let Some(piece) = pieces.next().await {
            body.extend_from_slice(&piece.map_err(|_| ExchangeFailure::interrupted("the body broke off"))?);
        }
        let path = path_of(url.path());
        self.memory().calls.push(format!("{} {path}", request.method));
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let answered = match self.dialect {
            Dialect::Fireworks => self.fireworks(&request.method, &parts, &query, &body),
            _ => self.together(&request.method, &parts, &body),
        };
        let creates = matches!(parts.last(), Some(&("fine-tunes" | "supervisedFineTuningJobs")));
        if request.method == Method::POST && creates && answered.is_ok() {
            let mut memory = self.memory();
            if memory.lost > 0 {
                memory.lost -= 1;
                return Err(ExchangeFailure::interrupted("the connection broke"));
            }
        }
        let (status, body) = match answered {
            Ok(value) => (200, value),
            Err(status) => {
                (status, json!({ "error": { "message": "refused", "type": "invalid_request_error" } }))
            }
        };
        Ok(Reply {
            status,
            headers: HeaderMap::new(),
            body: stream::iter([Ok(body.to_string().into())]).boxed(),
        })
    }
}
