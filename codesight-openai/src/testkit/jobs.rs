//! Fine-tuning jobs. They train nothing: the figures are made up of counts.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::respond::{FakeReply, FakeRequest, Routed, page};
use super::service::{FakeOptions, FakeService};
use super::state::{Event, Job, State};
use crate::limits::Limits;
use crate::validate::{Code, ValidatorOptions, validate};

const CLOSED: &str = "OpenAI is winding down the fine-tuning platform and your organization is no longer able to create new fine-tuning training jobs.";

impl Job {
    fn status(&self, options: &FakeOptions) -> &'static str {
        let walk = options.statuses.get(self.place).or(options.statuses.last());
        self.outside.unwrap_or_else(|| walk.copied().unwrap_or("succeeded"))
    }

    fn is_final(&self, options: &FakeOptions) -> bool {
        matches!(self.status(options), "succeeded" | "failed" | "cancelled")
    }

    fn record(&mut self, id: String, message: &str, now: i64) {
        self.events.push(Event { id, created_at: now, message: message.to_owned() });
    }

    fn show(&self, options: &FakeOptions) -> Value {
        let of = |key: &str| self.request.get(key).cloned().unwrap_or_default();
        let method = match of("method") {
            Value::Null => json!({ "type": "supervised", "supervised": { "hyperparameters": {} } }),
            method => method,
        };
        let kind = method["type"].as_str().unwrap_or("supervised");
        let epochs = method[kind]["hyperparameters"]["n_epochs"].as_u64().unwrap_or(3);
        let error = match &self.error {
            Some((code, message)) => json!({ "code": code, "message": message, "param": "training_file" }),
            None if options.quirks => json!({}),
            None => Value::Null,
        };
        let mut job = json!({
            "object": "fine_tuning.job", "id": self.id, "model": of("model"), "created_at": self.created_at,
            "finished_at": self.finished_at, "fine_tuned_model": self.model, "organization_id": "org-fake",
            "result_files": self.result_file.iter().collect::<Vec<_>>(), "status": self.status(options),
            "validation_file": of("validation_file"), "training_file": of("training_file"),
            "hyperparameters": { "n_epochs": epochs, "batch_size": 1, "learning_rate_multiplier": 1.0 },
            "trained_tokens": self.model.as_ref().map(|_| self.lines * 100 * epochs), "error": error,
            "seed": of("seed").as_u64().unwrap_or(42), "method": method, "integrations": [],
        });
        if let Value::Object(metadata) = of("metadata") {
            job["metadata"] = metadata.into();
        }
        if options.quirks {
            job["user_provided_suffix"] = of("suffix");
            job["usage_metrics"] = Value::Null;
            job["shared_with_openai"] = false.into();
        }
        job
    }
}

/// What the service would say against the file, if anything.
fn verdict(content: &[u8]) -> Option<(String, String)> {
    let limits = Limits::openai();
    let verdict =
        validate(&mut &*content, ValidatorOptions { limits, ..ValidatorOptions::default() }, None).ok()?;
    if verdict.is_accepted() {
        return None;
    }
    let first =
        verdict.findings.iter().find(|finding| finding.severity == codesight_core::model::Severity::Error)?;
    let code =
        if first.code == Code::TooFewExamples { "invalid_n_examples" } else { "invalid_training_file" };
    let place = first.line.map_or_else(String::new, |line| format!("Example {line}: "));
    Some((code.to_owned(), format!("{place}{}", first.message)))
}

impl FakeService {
    pub(super) fn create_job(&self, request: &FakeRequest) -> Routed {
        let body: Value = request.json()?;
        if self.options.closed {
            let code = Some("training_not_available");
            return Err(FakeReply::error(403, "invalid_request_error", code, CLOSED));
        }
        let now = self.seconds();
        let mut state = self.state();
        for (field, required) in [("training_file", true), ("validation_file", false)] {
            match body.get(field).and_then(Value::as_str) {
                Some(file) if state.file(file).is_some() => {}
                None if !required => {}
                _ => return Err(FakeReply::refuse(Some(field), &format!("invalid {field}"))),
            }
        }
        let model = body.get("model").and_then(Value::as_str).unwrap_or_default();
        if model.is_empty() {
            return Err(FakeReply::refuse(Some("model"), "you must provide a model parameter"));
        }
        let (file_lines, error) = {
            let file = body["training_file"].as_str().and_then(|file| state.file(file));
            let content = file.map(|file| file.content.clone()).unwrap_or_default();
            let lines = content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
            (lines as u64, self.options.check_files.then(|| verdict(&content)).flatten())
        };
        let id = state.id("ftjob-");
        let event = state.id("ftevent-");
        let mut job = Job {
            id,
            created_at: now,
            finished_at: None,
            request: body,
            place: 0,
            outside: None,
            error,
            lines: file_lines,
            result_file: None,
            model: None,
            events: Vec::new(),
        };
        job.record(event, "Created fine-tuning job", now);
        let mut shown = job.show(&self.options);
        // What is wrong with the file is found out later.
        shown["error"] = Value::Null;
        state.jobs.push(job);
        Ok(FakeReply::ok(&shown))
    }

    pub(super) fn list_jobs(&self, request: &FakeRequest) -> Routed {
        let state = self.state();
        let wanted: Vec<_> = request
            .query
            .iter()
            .filter_map(|(key, value)| {
                Some((key.strip_prefix("metadata[")?.strip_suffix(']')?, value.as_str()))
            })
            .collect();
        let fits = |job: &&Job| wanted.iter().all(|(key, value)| job.request["metadata"][*key] == *value);
        let jobs: Vec<&Job> = state.jobs.iter().rev().filter(fits).collect();
        let limit = request.limit(20);
        let show = |job: &&Job| job.show(&self.options);
        Ok(FakeReply::ok(&page(&jobs, request.query("after"), limit, |job| &job.id, show)))
    }

    pub(super) fn get_job(&self, id: &str) -> Routed {
        let now = self.seconds();
        let mut state = self.state();
        let at = index(&state, id)?;
        let shown = state.jobs[at].show(&self.options);
        if !state.jobs[at].is_final(&self.options) && state.jobs[at].outside.is_none() {
            self.advance(&mut state, at, now);
        }
        // The first look sees where the job stands, and each one moves it on.
        let mut shown = shown;
        if shown["status"] == self.options.statuses.first().copied().unwrap_or_default() {
            shown["error"] = Value::Null;
        }
        Ok(FakeReply::ok(&shown))
    }

    fn advance(&self, state: &mut State, at: usize, now: i64) {
        let event = state.id("ftevent-");
        if let Some((_, message)) = state.jobs[at].error.clone() {
            let job = &mut state.jobs[at];
            job.outside = Some("failed");
            job.finished_at = Some(now);
            job.record(event, &format!("The job failed: {message}"), now);
            return;
        }
        state.jobs[at].place += 1;
        let status = state.jobs[at].status(&self.options);
        let message = format!("The status is now {status}");
        state.jobs[at].record(event, &message, now);
        if status == "succeeded" {
            let table = figures(state.jobs[at].lines);
            let file = state.add_file("step_metrics.csv", "fine-tune-results", table.into(), now);
            let event = state.id("ftevent-");
            let job = &mut state.jobs[at];
            let base = job.request["model"].as_str().unwrap_or_default();
            let suffix = job.request["suffix"].as_str().unwrap_or_default();
            job.model = Some(format!("ft:{base}:fake:{suffix}:{}", &job.id[6..]));
            job.result_file = Some(file);
            job.finished_at = Some(now);
            job.record(event, "The job has successfully completed", now);
        }
    }

    pub(super) fn act_on_job(&self, id: &str, action: &str) -> Routed {
        let now = self.seconds();
        let mut state = self.state();
        let at = index(&state, id)?;
        let event = state.id("ftevent-");
        let job = &mut state.jobs[at];
        if job.is_final(&self.options) {
            return Err(FakeReply::refuse(None, "The job has already ended."));
        }
        let (outside, message) = match action {
            "cancel" => (Some("cancelled"), "The job was cancelled"),
            "pause" => (Some("paused"), "The job was paused"),
            "resume" => (None, "The job was resumed"),
            _ => return Err(FakeReply::not_found("route")),
        };
        job.outside = outside;
        if action == "cancel" {
            job.finished_at = Some(now);
        }
        job.record(event, message, now);
        Ok(FakeReply::ok(&job.show(&self.options)))
    }

    pub(super) fn job_events(&self, id: &str, request: &FakeRequest) -> Routed {
        let state = self.state();
        let job = &state.jobs[index(&state, id)?];
        let events: Vec<&Event> = job.events.iter().rev().collect();
        let show = |event: &&Event| {
            json!({
                "object": "fine_tuning.job.event", "id": event.id, "created_at": event.created_at,
                "level": "info", "message": event.message, "type": "message", "data": {},
            })
        };
        let limit = request.limit(20);
        Ok(FakeReply::ok(&page(&events, request.query("after"), limit, |event| &event.id, show)))
    }

    pub(super) fn job_checkpoints(&self, id: &str, request: &FakeRequest) -> Routed {
        let state = self.state();
        let job = &state.jobs[index(&state, id)?];
        let steps: Vec<(String, u64)> = match &job.model {
            Some(_) => (1..=3).rev().map(|epoch| (format!("ftckpt_{epoch}"), epoch * job.lines)).collect(),
            None => Vec::new(),
        };
        let show = |(id, step): &(String, u64)| {
            json!({
                "object": "fine_tuning.job.checkpoint", "id": id, "created_at": job.created_at,
                "fine_tuned_model_checkpoint": format!("{}:ckpt-step-{step}", job.model.as_deref().unwrap_or_default()),
                "step_number": step, "fine_tuning_job_id": job.id,
                "metrics": { "step": step, "train_loss": 1.0 / (*step as f64 + 1.0) },
            })
        };
        let limit = request.limit(10);
        Ok(FakeReply::ok(&page(&steps, request.query("after"), limit, |(id, _)| id, show)))
    }
}

fn index(state: &State, id: &str) -> Result<usize, FakeReply> {
    let at = state.jobs.iter().position(|job| job.id == id);
    at.ok_or_else(|| FakeReply::not_found("fine-tuning job"))
}

/// A loss that falls with the steps; empty cells where the service has none.
fn figures(lines: u64) -> String {
    let mut table = String::from("step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n");
    for step in 1..=(lines * 3).min(1_000) {
        let loss = 2.0 / (1.0 + step as f64 / 10.0);
        // Writing to a string cannot fail.
        let _ = writeln!(table, "{step},{loss:.5},{:.5},,", 1.0 - loss / 3.0);
    }
    table
}
