//! Chats and transcriptions.

use std::sync::Arc;

use serde_json::{Value, json};

use super::files::form;
use super::respond::{FakeReply, FakeRequest, Routed};
use super::service::FakeService;

/// What the stand-in says to a chat.
#[derive(Debug, Clone, PartialEq)]
pub enum ChatTurn {
    /// A text.
    Text(String),
    /// A call of a tool, with its arguments as JSON text.
    Call {
        /// The tool.
        name: String,
        /// The arguments.
        arguments: String,
    },
    /// It will not answer.
    Refusal(String),
}

/// Answers the JSON of a chat request.
pub type ChatResponder = Arc<dyn Fn(&Value) -> ChatTurn + Send + Sync>;

pub(super) fn canned() -> ChatResponder {
    Arc::new(|_| ChatTurn::Text("{}".to_owned()))
}

impl FakeService {
    /// The reply to a chat, as its body.
    pub(super) fn complete(&self, request: &Value) -> Value {
        let now = self.seconds();
        let id = {
            let mut state = self.state();
            state.chats += 1;
            state.id("chatcmpl-")
        };
        let turn = (self.responder)(request);
        let (message, finish) = match turn {
            ChatTurn::Text(text) => {
                (json!({ "role": "assistant", "content": text, "refusal": null }), "stop")
            }
            ChatTurn::Refusal(text) => {
                (json!({ "role": "assistant", "content": null, "refusal": text }), "stop")
            }
            ChatTurn::Call { name, arguments } => (
                json!({
                    "role": "assistant", "content": null, "refusal": null,
                    "tool_calls": [{ "id": "call_1", "type": "function",
                                     "function": { "name": name, "arguments": arguments } }],
                }),
                "tool_calls",
            ),
        };
        let tokens = (request.to_string().len() / 4) as u64;
        json!({
            "id": id, "object": "chat.completion", "created": now, "model": request["model"],
            "choices": [{ "index": 0, "message": message, "logprobs": null, "finish_reason": finish }],
            "usage": { "prompt_tokens": tokens, "completion_tokens": 20, "total_tokens": tokens + 20 },
        })
    }

    pub(super) fn chat(&self, request: &FakeRequest) -> Routed {
        let body: Value = request.json()?;
        if body.get("model").and_then(Value::as_str).is_none() {
            return Err(FakeReply::refuse(Some("model"), "you must provide a model parameter"));
        }
        Ok(FakeReply::ok(&self.complete(&body)))
    }

    /// It hears nothing, or the words that follow `say:` in the file: enough to see where they end up.
    pub(super) async fn transcribe(&self, request: &FakeRequest) -> Routed {
        let form = form(request).await?;
        let Some((_, _, audio)) = &form.file else {
            return Err(FakeReply::refuse(Some("file"), "'file' is a required property."));
        };
        let said = memchr::memmem::find(audio, b"say:")
            .map(|at| String::from_utf8_lossy(&audio[at + 4..]).into_owned());
        let text = said.unwrap_or_default();
        let segments = if text.is_empty() {
            json!([])
        } else {
            json!([{
                "id": 0, "seek": 0, "start": 0.5, "end": 2.0, "text": text, "tokens": [1], "temperature": 0.0,
                "avg_logprob": -0.1, "compression_ratio": 1.0, "no_speech_prob": 0.01,
            }])
        };
        let reply = json!({
            "task": "transcribe", "language": "english", "duration": 2.0, "text": text, "segments": segments,
        });
        Ok(FakeReply::ok(&reply))
    }
}
