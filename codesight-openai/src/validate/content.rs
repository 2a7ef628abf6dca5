//! The content of a message: a text, or a list of parts.

use codesight_core::Result;

use super::code::Code;
use super::example::Checker;
use super::message::Role;
use super::node::Node;
use super::place::Place;

impl Checker<'_> {
    pub(super) fn content(
        &mut self,
        role: Role,
        message: &Node<'_>,
        message_place: &Place<'_>,
    ) -> Result<()> {
        let place = message_place.key("content");
        let acts =
            ["tool_calls", "function_call", "refusal", "audio"].iter().any(|key| message.get(key).is_some());
        let may_lack = (role == Role::Assistant && acts) || role == Role::Function;
        if let Some(Node::Text(refusal)) = message.get("refusal") {
            self.text(refusal, &message_place.key("refusal"));
        }
        match message.get("content") {
            None if !may_lack => self.sink.add(Code::MissingContent, message_place),
            Some(Node::Null) if !may_lack => self.sink.add(Code::MissingContent, &place),
            None | Some(Node::Null) => {}
            Some(Node::Text(text)) => {
                if role == Role::Assistant && text.is_empty() && !acts {
                    self.sink.add(Code::EmptyAnswer, &place);
                }
                self.text(text, &place);
            }
            Some(Node::List(parts)) if !parts.is_empty() && role != Role::Function => {
                for (index, part) in parts.iter().enumerate() {
                    self.part(role, part, &place.index(index))?;
                }
            }
            Some(_) => self.sink.add(Code::WrongContentType, &place),
        }
        Ok(())
    }

    fn part(&mut self, role: Role, part: &Node<'_>, place: &Place<'_>) -> Result<()> {
        self.repeated_keys(part, place);
        match part.get("type").and_then(Node::as_text) {
            Some("text") => {
                self.unknown_keys(part, place, &["type", "text"], Code::UnknownPartKey);
                self.part_text(part, place, "text");
            }
            Some("refusal") if role == Role::Assistant => {
                self.unknown_keys(part, place, &["type", "refusal"], Code::UnknownPartKey);
                self.part_text(part, place, "refusal");
            }
            Some("image_url") if role == Role::User => {
                self.unknown_keys(part, place, &["type", "image_url"], Code::UnknownPartKey);
                self.image(part, place)?;
            }
            Some("image_url") => self.sink.add(Code::ImageOutsideUser, place),
            _ => self.sink.add(Code::UnknownContentPart, place),
        }
        Ok(())
    }

    fn part_text(&mut self, part: &Node<'_>, place: &Place<'_>, key: &str) {
        match part.get(key) {
            Some(Node::Text(text)) => self.text(text, &place.key(key)),
            Some(_) => self.sink.add(Code::WrongContentType, &place.key(key)),
            None => self.sink.add(Code::WrongContentType, place),
        }
    }
}
