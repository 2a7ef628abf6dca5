//! The stand-in, clients of it, and the judge of what they say to each other.

use std::sync::Arc;

use codesight_core::time::{Clock, FixedClock, Timestamp};
use codesight_openai::client::{ApiKey, Chance, Client, RetryPolicy};
use codesight_openai::provider::Profile;
use codesight_openai::testkit::{FakeOptions, FakeService, Seen};
use serde_json::{Value, json};

/// 2026-11-22, noon.
pub(crate) const NOON: Timestamp = Timestamp::from_millis(1_795_348_800_000);

/// Time that goes on with tokio's, which tests may pause.
#[derive(Debug)]
pub(crate) struct TokioClock(tokio::time::Instant);

impl TokioClock {
    pub(crate) fn start() -> Arc<dyn Clock> {
        Arc::new(Self(tokio::time::Instant::now()))
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        NOON.after(self.0.elapsed())
    }
}

/// No chance: jitter shortens nothing.
#[derive(Debug)]
pub(crate) struct NoChance;

impl Chance for NoChance {
    fn next(&self) -> f64 {
        0.0
    }
}

pub(crate) fn fixed() -> Arc<dyn Clock> {
    Arc::new(FixedClock::at(NOON))
}

pub(crate) fn client_of(service: &FakeService, clock: Arc<dyn Clock>) -> Client {
    let profile = Profile::named("openai").expect("a profile").at("http://fake.test/v1");
    Client::new(profile, Some(ApiKey::new("sk-fake-0000")), Arc::new(service.clone()), clock)
        .with_chance(Arc::new(NoChance))
}

/// A stand-in without faults, and a client of it.
pub(crate) fn fake(options: FakeOptions) -> (FakeService, Client) {
    let clock = fixed();
    let service = FakeService::new(options, Arc::clone(&clock));
    let client = client_of(&service, clock);
    (service, client)
}

pub(crate) fn patient(retries: u32) -> RetryPolicy {
    RetryPolicy { max_retries: retries, ..RetryPolicy::default() }
}

/// OpenAI's API description, as far as this crate uses it.
pub(crate) struct Description(Value);

impl Description {
    pub(crate) fn load() -> Self {
        let bytes = include_bytes!("../data/openai-openapi/excerpt.json");
        let mut description: Value = serde_json::from_slice(bytes).expect("JSON");
        // The description has a call to pause jobs, and no status for those that are.
        let statuses =
            &mut description["components"]["schemas"]["FineTuningJob"]["properties"]["status"]["enum"];
        statuses.as_array_mut().expect("a list").push(json!("paused"));
        Self(description)
    }

    fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let parts: Vec<_> = path.trim_matches('/').split('/').collect();
        let fits = |template: &str| {
            let template: Vec<_> = template.trim_matches('/').split('/').collect();
            template.len() == parts.len()
                && template.iter().zip(&parts).all(|(one, other)| one.starts_with('{') || one == other)
        };
        let operations = self.0["operations"].as_array()?;
        operations
            .iter()
            .find(|operation| operation["method"] == method && operation["path"].as_str().is_some_and(&fits))
    }

    fn errors(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut schema = schema.clone();
        schema["components"] = self.0["components"].clone();
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    /// What is wrong with an exchange by the description; nothing, for a good one.
    pub(crate) fn judge(&self, seen: &Seen) -> Vec<String> {
        let mut wrong = Vec::new();
        let Some(operation) = self.operation(seen.method.as_str(), &seen.path) else {
            return vec![format!("{} {} is not described", seen.method, seen.path)];
        };
        let media = if seen.form { "multipart/form-data" } else { "application/json" };
        if let Some(schema) = operation["request"].get(media) {
            let request = seen.request.clone().unwrap_or(json!(null));
            wrong.extend(self.errors(schema, &request).into_iter().map(|error| format!("request {error}")));
        }
        let schema = if seen.status == 200 {
            operation["responses"]["200"].clone()
        } else {
            json!({ "$ref": "#/components/schemas/ErrorResponse" })
        };
        // The description says that content is a JSON text; it is raw bytes.
        if !schema.is_null() && !seen.path.ends_with("/content") {
            let reply = seen.reply.clone().unwrap_or(json!(null));
            wrong.extend(self.errors(&schema, &reply).into_iter().map(|error| format!("reply {error}")));
        }
        wrong.into_iter().map(|error| format!("{} {}: {error}", seen.method, seen.path)).collect()
    }
}
