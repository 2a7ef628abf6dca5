//! Models.

use serde_json::{Value, json};

use super::respond::{FakeReply, Routed};
use super::service::FakeService;

fn show(id: &str, shutdown_date: Option<&str>) -> Value {
    json!({
        "id": id, "object": "model", "created": 1_700_000_000, "owned_by": "system", "shutdown_date": shutdown_date,
    })
}

impl FakeService {
    pub(super) fn list_models(&self) -> Routed {
        let state = self.state();
        let trained = state.jobs.iter().filter_map(|job| job.model.as_deref());
        let mut models: Vec<Value> = self.options.models.iter().map(|(id, date)| show(id, *date)).collect();
        models.extend(trained.map(|id| show(id, Some("2027-01-14"))));
        Ok(FakeReply::ok(&json!({ "object": "list", "data": models })))
    }

    pub(super) fn get_model(&self, id: &str) -> Routed {
        if let Some((id, date)) = self.options.models.iter().find(|(known, _)| *known == id) {
            return Ok(FakeReply::ok(&show(id, *date)));
        }
        let state = self.state();
        let is_trained = state.jobs.iter().any(|job| job.model.as_deref() == Some(id));
        if is_trained {
            Ok(FakeReply::ok(&show(id, Some("2027-01-14"))))
        } else {
            Err(FakeReply::not_found("model"))
        }
    }
}
