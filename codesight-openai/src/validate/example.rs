//! One example: its top level, and what its messages say together.

use std::collections::HashSet;

use codesight_core::Result;

use super::code::Code;
use super::images::ImageTally;
use super::known_tools::{FoundTools, KnownTools};
use super::node::Node;
use super::options::{ImageSource, LineKind, ValidatorOptions};
use super::place::Place;
use super::sink::Sink;
use super::tools::{Conversation, ToolIndex};
use crate::special::{self, SpecialToken};
use crate::tokens::ImageRule;

/// Looks at one example.
pub(super) struct Checker<'c> {
    pub(super) options: &'c ValidatorOptions,
    pub(super) source: Option<&'c dyn ImageSource>,
    pub(super) image_rule: ImageRule,
    pub(super) sink: &'c mut Sink,
    pub(super) images: ImageTally,
    pub(super) known_tools: &'c KnownTools,
    /// The tools of the example, unless they are the known ones or have a fault.
    pub(super) found_tools: Option<FoundTools>,
}

/// What the messages of one example amount to.
#[derive(Default)]
pub(super) struct MessageTally {
    pub(super) system: bool,
    pub(super) user: bool,
    pub(super) assistant: bool,
    /// Whether a model would learn from an assistant message.
    pub(super) trained: bool,
    /// Whether a message was too broken to know its role.
    pub(super) unclear: bool,
}

impl<'c> Checker<'c> {
    /// Every rule but those on tokens.
    ///
    /// # Errors
    /// Those of the source of images.
    pub(super) fn check(&mut self, example: &Node<'_>) -> Result<()> {
        let root = Place::Root;
        let Some(entries) = example.as_object() else {
            self.sink.add(Code::NotAnObject, &root);
            return Ok(());
        };
        self.repeated_keys(example, &root);
        match self.options.kind {
            LineKind::Supervised => {}
            LineKind::Preference => return self.preference(example),
            LineKind::Reinforcement => return self.reinforcement(example),
        }
        for (key, _) in entries {
            match &**key {
                "messages" | "tools" | "parallel_tool_calls" => {}
                "functions" => self.sink.add(Code::DeprecatedFunctions, &root.key(key)),
                _ => self.sink.add(Code::UnknownTopLevelKey, &root.key(key)),
            }
        }
        let parallel = match example.get("parallel_tool_calls") {
            None => true,
            Some(Node::Bool(parallel)) => *parallel,
            Some(_) => {
                self.sink.add(Code::WrongParallelToolCalls, &root.key("parallel_tool_calls"));
                true
            }
        };
        let findings = self.sink.total();
        let tools = self.tools(example, &root);
        if self.sink.total() == findings && !matches!(example.get("tools"), Some(Node::KnownTools)) {
            self.found_tools = Some(tools.to_owned());
        }
        let Some(messages) = example.get("messages") else {
            self.sink.add(Code::MissingMessages, &root);
            return Ok(());
        };
        let place = root.key("messages");
        match messages.as_list() {
            Some(messages) if !messages.is_empty() => self.messages(messages, &place, &tools, parallel),
            _ => {
                self.sink.add(Code::MessagesNotAList, &place);
                Ok(())
            }
        }
    }

    fn messages(
        &mut self,
        messages: &[Node<'_>],
        place: &Place<'_>,
        tools: &ToolIndex<'_>,
        parallel: bool,
    ) -> Result<()> {
        let mut tally = MessageTally::default();
        let mut conversation = Conversation::new(tools, parallel);
        for (index, message) in messages.iter().enumerate() {
            self.message(message, index, place, &mut conversation, &mut tally)?;
        }
        if let Some(max) = self.options.limits.max_images_per_example
            && self.images.count > u64::from(max)
        {
            let note = format!("{} images, at most {max}", self.images.count);
            self.sink.add_note(Code::TooManyImages, place, note);
        }
        if tally.unclear {
            return Ok(());
        }
        let last = messages.len() - 1;
        let last_role = messages[last].get("role").and_then(Node::as_text);
        if !tally.assistant {
            self.sink.add(Code::NoAssistantMessage, place);
        } else if last_role != Some("assistant") {
            self.sink.add(Code::LastNotAssistant, &place.index(last));
        } else if !tally.trained {
            self.sink.add(Code::NothingTrained, place);
        }
        if !tally.system {
            self.sink.add(Code::NoSystemMessage, place);
        }
        if !tally.user {
            self.sink.add(Code::NoUserMessage, place);
        }
        Ok(())
    }

    /// Special tokens in one text.
    pub(super) fn text(&mut self, text: &str, place: &Place<'_>) {
        match special::find(text) {
            Some(SpecialToken::OpenAi) => self.sink.add(Code::SpecialToken, place),
            Some(SpecialToken::Foreign) => self.sink.add(Code::ForeignSpecialToken, place),
            None => {}
        }
    }

    /// Special tokens in every text of a value; at most one finding.
    pub(super) fn texts(&mut self, value: &Node<'_>, place: &Place<'_>) {
        let mut worst = None;
        value.each_text(&mut |text| worst = worst.max(special::find(text)));
        match worst {
            Some(SpecialToken::OpenAi) => self.sink.add(Code::SpecialToken, place),
            Some(SpecialToken::Foreign) => self.sink.add(Code::ForeignSpecialToken, place),
            None => {}
        }
    }

    /// Keys that stand in an object more than once.
    pub(super) fn repeated_keys(&mut self, value: &Node<'_>, place: &Place<'_>) {
        let Some(entries) = value.as_object() else { return };
        let repeated = if entries.len() <= 8 {
            entries
                .iter()
                .enumerate()
                .any(|(at, (key, _))| entries[..at].iter().any(|(other, _)| other == key))
        } else {
            let mut seen = HashSet::with_capacity(entries.len());
            !entries.iter().all(|(key, _)| seen.insert(&**key))
        };
        if repeated {
            self.sink.add(Code::DuplicateKey, place);
        }
    }

    /// Keys that an object of this kind does not have.
    pub(super) fn unknown_keys(&mut self, value: &Node<'_>, place: &Place<'_>, known: &[&str], code: Code) {
        for (key, _) in value.as_object().unwrap_or_default() {
            if !known.contains(&&**key) {
                self.sink.add(code, &place.key(key));
            }
        }
    }
}
