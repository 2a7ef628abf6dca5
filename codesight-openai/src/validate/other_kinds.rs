//! Lines for preferences and for graders, by OpenAI's guides "Direct preference optimization" and "Reinforcement fine-tuning".

use codesight_core::Result;

use super::code::Code;
use super::example::{Checker, MessageTally};
use super::node::Node;
use super::place::Place;
use super::tools::Conversation;

/// The two answers of a line for preferences. An older description of the API calls them `preferred_completion` and
/// `non_preferred_completion`; services take these.
const OUTPUTS: [&str; 2] = ["preferred_output", "non_preferred_output"];

impl Checker<'_> {
    /// A question with a better and a worse answer.
    pub(super) fn preference(&mut self, example: &Node<'_>) -> Result<()> {
        let root = Place::Root;
        for (key, _) in example.as_object().unwrap_or_default() {
            if key != "input" && !OUTPUTS.contains(&&**key) {
                self.sink.add(Code::UnknownTopLevelKey, &root.key(key));
            }
        }
        let asked = example.get("input").filter(|input| input.get("messages").is_some());
        match asked {
            None => self.sink.add(Code::MissingInput, &root),
            Some(input) => {
                let place = root.key("input");
                self.unknown_keys(
                    input,
                    &place,
                    &["messages", "tools", "parallel_tool_calls"],
                    Code::UnknownTopLevelKey,
                );
                self.question(input, &place)?;
            }
        }
        for key in OUTPUTS {
            let place = root.key(key);
            match example.get(key).and_then(Node::as_list) {
                Some([answer]) if answer.get("role").and_then(Node::as_text) == Some("assistant") => {
                    let empty = Node::Object(Vec::new());
                    let tools = self.tools(asked.unwrap_or(&empty), &root.key("input"));
                    let mut conversation = Conversation::new(&tools, true);
                    self.message(answer, 0, &place, &mut conversation, &mut MessageTally::default())?;
                }
                Some(_) => self.sink.add(Code::WrongPreferenceOutput, &place),
                None if example.get(key).is_some() => self.sink.add(Code::WrongPreferenceOutput, &place),
                None => self.sink.add(Code::WrongPreferenceOutput, &root),
            }
        }
        let [better, worse] = OUTPUTS.map(|key| example.get(key).map(|output| format!("{output:?}")));
        if better.is_some() && better == worse {
            self.sink.add(Code::SameOutputs, &root.key(OUTPUTS[1]));
        }
        Ok(())
    }

    /// A question for a grader. Other keys are the grader's.
    pub(super) fn reinforcement(&mut self, example: &Node<'_>) -> Result<()> {
        if example.get("messages").is_none() {
            self.sink.add(Code::MissingMessages, &Place::Root);
            return Ok(());
        }
        self.question(example, &Place::Root)
    }

    /// Messages that end with the user's, without pictures.
    fn question(&mut self, asked: &Node<'_>, place: &Place<'_>) -> Result<()> {
        let tools = self.tools(asked, place);
        let place = place.key("messages");
        let Some(messages) = asked.get("messages").and_then(Node::as_list).filter(|list| !list.is_empty())
        else {
            self.sink.add(Code::MessagesNotAList, &place);
            return Ok(());
        };
        let mut tally = MessageTally::default();
        let mut conversation = Conversation::new(&tools, true);
        for (index, message) in messages.iter().enumerate() {
            self.message(message, index, &place, &mut conversation, &mut tally)?;
        }
        let last = messages.len() - 1;
        let role = messages[last].get("role").and_then(Node::as_text);
        if !tally.unclear && !matches!(role, Some("user" | "tool")) {
            self.sink.add(Code::LastNotUser, &place.index(last));
        }
        if self.images.count > 0 {
            self.sink.add(Code::ImagesNotTrained, &place);
        }
        Ok(())
    }
}
