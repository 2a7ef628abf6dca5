//! Chat requests, and replies read with tolerance: services leave out `usage`, `object` or `finish_reason`, or leave them empty.

use codesight_core::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A question.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Question {
    /// The messages, as the API has them.
    pub messages: Value,
    /// The function tools that may be called.
    pub tools: Option<Value>,
    /// The name and JSON Schema that the answer is bound to.
    pub schema: Option<(&'static str, Value)>,
    /// Tokens of the answer at most.
    pub max_tokens: u32,
}

/// How strictly a schema is asked for. Services that do not know a way refuse it with 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binding {
    Schema,
    Object,
    Words,
}

impl Question {
    pub(super) fn body(&self, model: &str, binding: Binding) -> Value {
        let mut body = json!({ "model": model, "messages": self.messages, "temperature": 0 });
        if self.max_tokens > 0 {
            body["max_tokens"] = self.max_tokens.into();
        }
        if let Some(tools) = &self.tools {
            body["tools"] = tools.clone();
            body["tool_choice"] = "auto".into();
        }
        let Some((name, schema)) = &self.schema else { return body };
        match binding {
            Binding::Schema => {
                body["response_format"] = json!({
                    "type": "json_schema", "json_schema": { "name": name, "strict": true, "schema": schema },
                });
            }
            Binding::Object => body["response_format"] = json!({ "type": "json_object" }),
            Binding::Words => {}
        }
        if binding != Binding::Schema
            && let Value::Array(messages) = &mut body["messages"]
        {
            let words =
                format!("Answer with one JSON object and nothing else. It fits this JSON Schema: {schema}");
            messages.insert(0, json!({ "role": "system", "content": words }));
        }
        body
    }
}

/// A call of a tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolUse {
    /// The tool.
    pub name: String,
    /// The arguments, as the JSON text the model wrote.
    pub arguments: String,
}

/// Tokens of a question and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// Read.
    #[serde(default, rename = "prompt_tokens")]
    pub input: u64,
    /// Written.
    #[serde(default, rename = "completion_tokens")]
    pub output: u64,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// What it says.
    pub text: Option<String>,
    /// Why it does not answer.
    pub refusal: Option<String>,
    /// What it calls.
    pub calls: Vec<ToolUse>,
    /// Tokens; none when the service does not tell.
    pub usage: Option<Usage>,
}

#[derive(Deserialize)]
struct WireReply {
    choices: Vec<WireChoice>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct WireChoice {
    message: WireMessage,
}

#[derive(Deserialize)]
struct WireMessage {
    #[serde(default)]
    content: Value,
    #[serde(default)]
    refusal: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<WireCall>>,
}

#[derive(Deserialize)]
struct WireCall {
    function: WireFunction,
}

#[derive(Deserialize)]
struct WireFunction {
    name: String,
    /// A text by the API; an object from some services.
    #[serde(default)]
    arguments: Value,
}

impl Answer {
    /// Reads the body of a reply.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] for what is no answer.
    pub fn read(reply: Value) -> Result<Self> {
        let corrupt = || Error::new(ErrorKind::Corrupt, "chat.read", "the reply is no answer");
        let reply: WireReply = serde_json::from_value(reply).map_err(|_| corrupt())?;
        let message = reply.choices.into_iter().next().ok_or_else(corrupt)?.message;
        let text = match message.content {
            Value::String(text) => Some(text),
            Value::Array(parts) => {
                let texts = parts.iter().filter_map(|part| part["text"].as_str());
                Some(texts.collect::<String>())
            }
            _ => None,
        };
        let calls = message.tool_calls.unwrap_or_default().into_iter().map(|call| ToolUse {
            name: call.function.name,
            arguments: match call.function.arguments {
                Value::String(text) => text,
                other => other.to_string(),
            },
        });
        Ok(Self {
            text: text.filter(|text| !text.is_empty()),
            refusal: message.refusal.filter(|refusal| !refusal.is_empty()),
            calls: calls.collect(),
            usage: reply.usage.filter(|usage| *usage != Usage::default()),
        })
    }

    /// The JSON object in the answer: models put words or a fence around it where nothing binds them.
    pub fn object(&self) -> Option<Value> {
        let text = self.text.as_deref()?;
        let inner = text.get(text.find('{')?..=text.rfind('}')?)?;
        serde_json::from_str(inner).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_of_drifting_services_are_read() {
        let bare = json!({ "choices": [{ "finish_reason": "", "message": { "content": [{ "type": "text", "text": "hi" }] } }] });
        let answer = Answer::read(bare).unwrap();
        assert_eq!((answer.text.as_deref(), answer.usage), (Some("hi"), None));
        let call = json!({ "choices": [{ "message": { "content": null, "tool_calls": [
            { "function": { "name": "computer", "arguments": { "actions": [] } } } ] } }], "usage": {} });
        assert_eq!(Answer::read(call).unwrap().calls[0].arguments, "{\"actions\":[]}");
        for odd in [json!({}), json!({ "choices": [] }), json!([1])] {
            assert_eq!(Answer::read(odd).unwrap_err().kind(), ErrorKind::Corrupt);
        }
        let fenced = Answer { text: Some("Sure:\n```json\n{\"a\": 1}\n```".into()), ..Answer::default() };
        assert_eq!(fenced.object(), Some(json!({ "a": 1 })));
    }
}
