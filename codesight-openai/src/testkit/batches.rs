//! Chats by the file.

use serde_json::{Value, json};

use super::respond::{FakeReply, FakeRequest, Routed, page};
use super::service::FakeService;
use super::state::Batch;

/// One status each time the batch is asked for.
const WALK: &[&str] = &["validating", "in_progress", "finalizing", "completed"];

impl Batch {
    fn show(&self) -> Value {
        let status = WALK[self.place.min(WALK.len() - 1)];
        let mut batch = json!({
            "id": self.id, "object": "batch", "endpoint": self.request["endpoint"],
            "input_file_id": self.request["input_file_id"], "completion_window": "24h", "status": status,
            "created_at": self.created_at,
            "request_counts": { "total": self.total, "completed": self.total - self.failed, "failed": self.failed },
        });
        if let Value::Object(metadata) = &self.request["metadata"] {
            batch["metadata"] = metadata.clone().into();
        }
        if status == "completed" {
            for (key, file) in [("output_file_id", &self.output), ("error_file_id", &self.errors)] {
                if let Some(file) = file {
                    batch[key] = file.as_str().into();
                }
            }
        }
        batch
    }
}

impl FakeService {
    pub(super) fn create_batch(&self, request: &FakeRequest) -> Routed {
        let body: Value = request.json()?;
        let content = {
            let state = self.state();
            let file = body["input_file_id"].as_str().and_then(|file| state.file(file));
            let Some(file) = file.filter(|file| file.purpose == "batch") else {
                return Err(FakeReply::refuse(Some("input_file_id"), "invalid input_file_id"));
            };
            file.content.clone()
        };
        let (mut good, mut bad, mut total, mut failed) = (String::new(), String::new(), 0, 0);
        for line in content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            total += 1;
            let line: Value = serde_json::from_slice(line).unwrap_or_default();
            if line["url"] == "/v1/chat/completions" && line["body"]["model"].is_string() {
                let reply = json!({ "status_code": 200, "request_id": "req_batch", "body": self.complete(&line["body"]) });
                let entry = json!({ "id": "batch_req_1", "custom_id": line["custom_id"], "response": reply, "error": null });
                good.push_str(&format!("{entry}\n"));
            } else {
                failed += 1;
                let error = json!({ "code": "invalid_request", "message": "The line is no request." });
                let entry = json!({ "id": "batch_req_1", "custom_id": line["custom_id"], "response": null, "error": error });
                bad.push_str(&format!("{entry}\n"));
            }
        }
        let now = self.seconds();
        let mut state = self.state();
        let output =
            (!good.is_empty()).then(|| state.add_file("output.jsonl", "batch_output", good.into(), now));
        let errors =
            (!bad.is_empty()).then(|| state.add_file("errors.jsonl", "batch_output", bad.into(), now));
        let id = state.id("batch_");
        let batch = Batch { id, created_at: now, request: body, place: 0, output, errors, total, failed };
        let shown = batch.show();
        state.batches.push(batch);
        Ok(FakeReply::ok(&shown))
    }

    pub(super) fn list_batches(&self, request: &FakeRequest) -> Routed {
        let state = self.state();
        let batches: Vec<&Batch> = state.batches.iter().rev().collect();
        let limit = request.limit(20);
        let show = |batch: &&Batch| batch.show();
        Ok(FakeReply::ok(&page(&batches, request.query("after"), limit, |batch| &batch.id, show)))
    }

    pub(super) fn get_batch(&self, id: &str) -> Routed {
        let mut state = self.state();
        let batch = state.batches.iter_mut().find(|batch| batch.id == id);
        let batch = batch.ok_or_else(|| FakeReply::not_found("batch"))?;
        let shown = batch.show();
        batch.place += 1;
        Ok(FakeReply::ok(&shown))
    }

    pub(super) fn cancel_batch(&self, id: &str) -> Routed {
        let state = self.state();
        let batch = state.batches.iter().find(|batch| batch.id == id);
        let mut shown = batch.ok_or_else(|| FakeReply::not_found("batch"))?.show();
        shown["status"] = "cancelling".into();
        Ok(FakeReply::ok(&shown))
    }
}
