//! One message: role, keys, weight.

use codesight_core::Result;

use super::code::Code;
use super::example::{Checker, MessageTally};
use super::node::Node;
use super::place::Place;
use super::tools::Conversation;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    System,
    User,
    Assistant,
    Tool,
    Function,
}

impl Role {
    fn parse(role: &str) -> Option<Self> {
        match role {
            "system" => Some(Self::System),
            "user" => Some(Self::User),
            "assistant" => Some(Self::Assistant),
            "tool" => Some(Self::Tool),
            "function" => Some(Self::Function),
            _ => None,
        }
    }

    /// The keys of the line schema in OpenAI's API description (`FineTuneChatRequestInput`).
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::System | Self::User | Self::Function => &["role", "content", "name"],
            Self::Tool => &["role", "content", "tool_call_id"],
            Self::Assistant => {
                &["role", "content", "name", "weight", "refusal", "audio", "tool_calls", "function_call"]
            }
        }
    }
}

impl Checker<'_> {
    pub(super) fn message<'l>(
        &mut self,
        message: &'l Node<'l>,
        index: usize,
        messages: &Place<'_>,
        conversation: &mut Conversation<'_, 'l>,
        tally: &mut MessageTally,
    ) -> Result<()> {
        let place = messages.index(index);
        if message.as_object().is_none() {
            self.sink.add(Code::MessageNotAnObject, &place);
            tally.unclear = true;
            return Ok(());
        }
        self.repeated_keys(message, &place);
        let Some(role) = message.get("role") else {
            self.sink.add(Code::MissingRole, &place);
            tally.unclear = true;
            return Ok(());
        };
        let Some(role) = role.as_text().and_then(Role::parse) else {
            self.sink.add(Code::UnknownRole, &place.key("role"));
            tally.unclear = true;
            return Ok(());
        };
        self.unknown_keys(message, &place, role.keys(), Code::UnknownMessageKey);
        match message.get("name") {
            None => {}
            Some(Node::Text(name)) => self.text(name, &place.key("name")),
            Some(_) => self.sink.add(Code::WrongName, &place.key("name")),
        }
        if role == Role::Function || message.get("function_call").is_some() {
            self.sink.add(Code::DeprecatedFunctions, &place);
        }
        self.content(role, message, &place)?;
        self.calls(role, message, &place, index, messages, conversation);
        match role {
            Role::System => tally.system = true,
            Role::User => tally.user = true,
            Role::Assistant => {
                tally.assistant = true;
                tally.trained |= self.weight(message, &place);
            }
            Role::Tool | Role::Function => {}
        }
        Ok(())
    }

    /// Whether the message is learnt.
    fn weight(&mut self, message: &Node<'_>, place: &Place<'_>) -> bool {
        match message.get("weight") {
            None | Some(Node::Whole(1)) => true,
            Some(Node::Whole(0)) => false,
            Some(_) => {
                self.sink.add(Code::WrongWeight, &place.key("weight"));
                true
            }
        }
    }
}
