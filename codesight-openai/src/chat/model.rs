//! A model behind `/chat/completions`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use codesight_core::{Error, ErrorKind, Result};
use http::Method;
use serde_json::Value;

use super::wire::{Answer, Binding, Question};
use crate::client::{ApiFailure, Call, Client};

/// One model at one service.
#[derive(Debug, Clone)]
pub struct ChatModel {
    client: Client,
    model: String,
    /// The strictest way of asking for a schema that the service has not refused.
    binding: Arc<AtomicU8>,
}

impl ChatModel {
    /// The model of that name at the service of `client`.
    pub fn new(client: Client, model: impl Into<String>) -> Self {
        let binding = u8::from(!client.profile().offers.json_schema);
        Self { client, model: model.into(), binding: Arc::new(AtomicU8::new(binding)) }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.model
    }

    /// The client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Asks, and reads the answer. Where a service refuses a schema, an object is asked for, and where it refuses that, words say
    /// what is wanted; what was refused once is not tried again.
    ///
    /// # Errors
    /// Those of the client; [`ErrorKind::Corrupt`] for a reply that is no answer.
    pub async fn ask(&self, question: &Question) -> Result<Answer> {
        loop {
            let tried = self.binding.load(Ordering::Relaxed);
            let body = question.body(&self.model, binding(tried));
            // Asking twice costs two answers and changes nothing.
            let call = Call::new("chat.ask", Method::POST, "/chat/completions").json(&body)?.repeatable();
            match self.client.fetch::<Value>(call).await {
                Ok(reply) => return Answer::read(reply),
                Err(error) if question.schema.is_some() && tried < 2 && is_refused_format(&error) => {
                    self.binding.fetch_max(tried + 1, Ordering::Relaxed);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The question as a line of a batch.
    pub(super) fn batch_line(&self, id: &str, question: &Question) -> Value {
        let body = question.body(&self.model, binding(self.binding.load(Ordering::Relaxed)));
        serde_json::json!({ "custom_id": id, "method": "POST", "url": "/v1/chat/completions", "body": body })
    }
}

fn binding(tried: u8) -> Binding {
    match tried {
        0 => Binding::Schema,
        1 => Binding::Object,
        _ => Binding::Words,
    }
}

/// A refusal of the request's form, which may be about `response_format`.
fn is_refused_format(error: &Error) -> bool {
    error.kind() == ErrorKind::Invalid
        && ApiFailure::of(error).is_some_and(|failure| matches!(failure.status, 400 | 422))
}
