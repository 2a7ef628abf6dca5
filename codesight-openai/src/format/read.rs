//! Reading a line back, to see what a model would learn from it.

use codesight_core::model::ComputerAction;
use codesight_core::{Error, Result};
use serde::Deserialize;

use super::action::{ActionList, ToolAction};
use super::pixels::PixelSpace;
use super::tool::TOOL_NAME;

/// One call of the tool `computer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadCall {
    /// The call's id.
    pub id: String,
    /// Its actions.
    pub actions: Vec<ToolAction>,
}

impl ReadCall {
    /// The actions in CSS pixels of the viewport.
    pub fn to_computer(&self, space: &PixelSpace) -> Vec<ComputerAction> {
        self.actions.iter().map(|action| action.to_computer(space)).collect()
    }
}

/// What a line of [`ChatFormat`](super::ChatFormat) says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadLine {
    /// The system text.
    pub system: String,
    /// The user text.
    pub user: String,
    /// The image: a data URL or a path.
    pub image: String,
    /// What the assistant says before it acts.
    pub rationale: Option<String>,
    /// What the assistant does.
    pub call: ReadCall,
}

#[derive(Deserialize)]
struct WireLine {
    messages: (SystemWire, UserWire, AssistantWire),
}

#[derive(Deserialize)]
struct SystemWire {
    role: String,
    content: String,
}

#[derive(Deserialize)]
struct UserWire {
    role: String,
    content: (TextWire, ImageWire),
}

#[derive(Deserialize)]
struct TextWire {
    text: String,
}

#[derive(Deserialize)]
struct ImageWire {
    image_url: UrlWire,
}

#[derive(Deserialize)]
struct UrlWire {
    url: String,
}

#[derive(Deserialize)]
struct AssistantWire {
    role: String,
    #[serde(default)]
    content: Option<String>,
    tool_calls: (CallWire,),
}

#[derive(Deserialize)]
struct CallWire {
    id: String,
    function: FunctionWire,
}

#[derive(Deserialize)]
struct FunctionWire {
    name: String,
    arguments: String,
}

/// Reads a line that [`ChatFormat`](super::ChatFormat) wrote.
///
/// # Errors
/// [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid) for every other line.
pub fn read_line(line: &[u8]) -> Result<ReadLine> {
    // The parser's own message could quote the line.
    let bad = |error: &serde_json::Error| {
        Error::invalid("format.read", "not a line of this format").with("column", error.column())
    };
    let line: WireLine = serde_json::from_slice(line).map_err(|error| bad(&error))?;
    let (system, user, assistant) = line.messages;
    if [&system.role, &user.role, &assistant.role] != ["system", "user", "assistant"] {
        return Err(Error::invalid("format.read", "the roles are not system, user, assistant"));
    }
    let (call,) = assistant.tool_calls;
    if call.function.name != TOOL_NAME {
        return Err(Error::invalid("format.read", "the call is not one of the tool `computer`"));
    }
    let list: ActionList = serde_json::from_str(&call.function.arguments).map_err(|error| bad(&error))?;
    Ok(ReadLine {
        system: system.content,
        user: user.content.0.text,
        image: user.content.1.image_url.url,
        rationale: assistant.content,
        call: ReadCall { id: call.id, actions: list.actions },
    })
}
