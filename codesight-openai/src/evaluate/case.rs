//! One held-out step, taken from a training line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use codesight_core::{Error, Result};
use serde_json::Value;

use crate::chat::Question;
use crate::format::{ActionList, TOOL_NAME, ToolAction};
use crate::image::ImageHeader;

/// Tokens of an answer at most.
const MAX_TOKENS: u32 = 500;

/// A question with its right answer.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationCase {
    /// Its name, the same in every run over the same lines.
    pub id: String,
    /// The task it belongs to: a task is done when every step of it is right.
    pub task: String,
    /// What the model is asked: the line without its last answer.
    pub question: Question,
    /// What the person did.
    pub expected: Vec<ToolAction>,
    /// The last picture the model is shown, encoded.
    pub image: Option<Bytes>,
    /// Its pixels, width and height.
    pub size: Option<(u32, u32)>,
}

impl EvaluationCase {
    /// From a line whose last message calls the tool `computer`.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid) for every other line.
    pub fn from_line(id: impl Into<String>, task: impl Into<String>, line: &[u8]) -> Result<Self> {
        let bad = |what: &'static str| Error::invalid("evaluate.case", what);
        let mut line: Value = serde_json::from_slice(line).map_err(|_| bad("the line is not JSON"))?;
        let Some(Value::Array(mut messages)) = line.get_mut("messages").map(Value::take) else {
            return Err(bad("the line has no messages"));
        };
        let answer = messages.pop().filter(|answer| answer["role"] == "assistant");
        let answer = answer.ok_or_else(|| bad("the last message is not the assistant's"))?;
        let function = &answer["tool_calls"][0]["function"];
        if function["name"] != TOOL_NAME {
            return Err(bad("the answer does not call the tool `computer`"));
        }
        let arguments = function["arguments"].as_str().unwrap_or_default();
        let list: ActionList =
            serde_json::from_str(arguments).map_err(|_| bad("the call is not in the tool's vocabulary"))?;
        let image = messages.iter().rev().find_map(last_image);
        let size = image.as_deref().and_then(|image| ImageHeader::read(image).ok());
        Ok(Self {
            id: id.into(),
            task: task.into(),
            question: Question {
                messages: Value::Array(messages),
                tools: line.get_mut("tools").map(Value::take),
                schema: None,
                max_tokens: MAX_TOKENS,
            },
            expected: list.actions,
            image,
            size: size.map(|header| (header.width, header.height)),
        })
    }
}

fn last_image(message: &Value) -> Option<Bytes> {
    let parts = message["content"].as_array()?;
    let url = parts.iter().rev().find_map(|part| part["image_url"]["url"].as_str())?;
    let (_, packed) = url.strip_prefix("data:")?.split_once(";base64,")?;
    STANDARD.decode(packed).ok().map(Bytes::from)
}
