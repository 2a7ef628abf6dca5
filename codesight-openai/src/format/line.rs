//! The shape of a line, and bytes that stay one line for every reader.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use serde_json::value::RawValue;

use super::images::ImageDetail;

/// One supervised example.
#[derive(Serialize)]
pub(super) struct ChatLine<'l> {
    pub(super) messages: (SystemMessage, UserMessage, AssistantMessage),
    pub(super) tools: [&'l RawValue; 1],
    pub(super) parallel_tool_calls: bool,
}

#[derive(Serialize)]
pub(super) struct SystemMessage {
    pub(super) role: &'static str,
    pub(super) content: String,
}

#[derive(Serialize)]
pub(super) struct UserMessage {
    pub(super) role: &'static str,
    pub(super) content: (TextPart, ImagePart),
}

#[derive(Serialize)]
pub(super) struct TextPart {
    pub(super) r#type: &'static str,
    pub(super) text: String,
}

#[derive(Serialize)]
pub(super) struct ImagePart {
    pub(super) r#type: &'static str,
    pub(super) image_url: ImageUrl,
}

#[derive(Serialize)]
pub(super) struct ImageUrl {
    pub(super) url: String,
    pub(super) detail: ImageDetail,
}

#[derive(Serialize)]
pub(super) struct AssistantMessage {
    pub(super) role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content: Option<String>,
    pub(super) tool_calls: [ToolCall; 1],
}

#[derive(Serialize)]
pub(super) struct ToolCall {
    pub(super) id: String,
    pub(super) r#type: &'static str,
    pub(super) function: FunctionCall,
}

#[derive(Serialize)]
pub(super) struct FunctionCall {
    pub(super) name: &'static str,
    pub(super) arguments: String,
}

/// The line as bytes, without its line feed.
pub(super) fn to_bytes(line: &ChatLine<'_>) -> serde_json::Result<Vec<u8>> {
    value_to_bytes(line)
}

/// Any value as one line for every reader, without its line feed.
pub(crate) fn value_to_bytes(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(4_096);
    value.serialize(&mut Serializer::with_formatter(&mut bytes, OneLine))?;
    Ok(bytes)
}

/// Compact JSON that also escapes the line breaks JSON allows in strings: NEL, LINE SEPARATOR and PARAGRAPH SEPARATOR.
/// Python's `str.splitlines` and some editors cut a line there.
struct OneLine;

impl Formatter for OneLine {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut done = 0;
        for (at, found) in fragment.match_indices(['\u{85}', '\u{2028}', '\u{2029}']) {
            writer.write_all(&fragment.as_bytes()[done..at])?;
            let code = found.chars().next().map_or(0, u32::from);
            write!(writer, "\\u{code:04x}")?;
            done = at + found.len();
        }
        writer.write_all(&fragment.as_bytes()[done..])
    }
}
