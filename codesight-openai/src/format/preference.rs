//! Lines for learning from preferences and from a grader, made of supervised lines.
//!
//! Both take text alone, by OpenAI's documentation: pictures are left out, and the page data of the user message stays.

use codesight_core::{Error, Result};
use serde_json::{Map, Value, json};

use super::action::{ActionList, ToolAction};
use super::line::value_to_bytes;
use super::tool::TOOL_NAME;

/// The parts of a supervised line: all messages but the last, the last, and the rest.
struct Parts {
    asked: Vec<Value>,
    answer: Value,
    rest: Map<String, Value>,
}

fn take(line: &[u8]) -> Result<Parts> {
    let bad =
        || Error::invalid("format.preference", "not a supervised line that ends with the assistant's answer");
    let Ok(Value::Object(mut rest)) = serde_json::from_slice(line) else { return Err(bad()) };
    let Some(Value::Array(mut asked)) = rest.remove("messages") else { return Err(bad()) };
    let answer = asked.pop().filter(|answer| answer["role"] == "assistant").ok_or_else(bad)?;
    asked.iter_mut().for_each(text_only);
    Ok(Parts { asked, answer, rest })
}

/// Joins the texts of a message's parts; pictures are left out.
fn text_only(message: &mut Value) {
    if let Value::Array(parts) = &message["content"] {
        let texts: Vec<_> = parts.iter().filter_map(|part| part["text"].as_str()).collect();
        message["content"] = texts.join("\n").into();
    }
}

/// A pair of answers to the same question: the person's, and a worse one, such as what a model did wrong in an evaluation. The form
/// is that of the guide (`preferred_output`), which every service takes.
///
/// # Errors
/// [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid) for a line that is not supervised, or a worse answer that is none or the same.
pub fn to_preference(line: &[u8], worse: &[ToolAction]) -> Result<Vec<u8>> {
    let Parts { asked, answer, mut rest } = take(line)?;
    let bad = |what: &'static str| Error::invalid("format.preference", what);
    let arguments = serde_json::to_string(&ActionList { actions: worse.to_vec() })
        .map_err(|_| bad("the worse answer is not serialisable"))?;
    let theirs = &answer["tool_calls"][0]["function"]["arguments"];
    let better = theirs.as_str().and_then(|text| serde_json::from_str::<ActionList>(text).ok());
    if worse.is_empty() || better.is_some_and(|better| better.actions == worse) {
        return Err(bad("the worse answer is none, or the same as the better one"));
    }
    let call = json!({ "id": "call_worse", "type": "function",
                       "function": { "name": TOOL_NAME, "arguments": arguments } });
    rest.insert("messages".to_owned(), asked.into());
    let line = json!({
        "input": rest,
        "preferred_output": [answer],
        "non_preferred_output": [{ "role": "assistant", "tool_calls": [call] }],
    });
    to_line(&line)
}

/// A question for a grader: the messages end with the user's, and what the person did stands beside them as `answer`, where a grader
/// finds it as `item.answer`.
///
/// # Errors
/// [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid) for a line that is not supervised.
pub fn to_reinforcement(line: &[u8]) -> Result<Vec<u8>> {
    let Parts { asked, answer, rest } = take(line)?;
    let said = match &answer["tool_calls"][0]["function"]["arguments"] {
        Value::String(arguments) => arguments.clone(),
        _ => answer["content"].as_str().unwrap_or_default().to_owned(),
    };
    let mut line = json!({ "messages": asked, "answer": said });
    if let Some(tools) = rest.get("tools") {
        line["tools"] = tools.clone();
    }
    to_line(&line)
}

fn to_line(line: &Value) -> Result<Vec<u8>> {
    let mut bytes = value_to_bytes(line)
        .map_err(|_| Error::invalid("format.preference", "the line is not serialisable"))?;
    bytes.push(b'\n');
    Ok(bytes)
}
