//! Tools, calls and their answers.

use std::collections::HashMap;

use super::code::Code;
use super::example::Checker;
use super::known_tools::FoundTools;
use super::message::Role;
use super::node::{Node, parse};
use super::place::Place;
use crate::format::{ActionList, TOOL_NAME, ToolAction};

/// The tools of one example.
#[derive(Default)]
pub(super) struct ToolIndex<'l> {
    pub(super) names: Vec<&'l str>,
    /// Whether `computer` is the tool of this crate: its parameters have `actions`.
    pub(super) computer: bool,
}

impl ToolIndex<'_> {
    pub(super) fn to_owned(&self) -> FoundTools {
        FoundTools {
            names: self.names.iter().map(|name| (*name).to_owned()).collect(),
            computer: self.computer,
        }
    }
}

/// What was called and not answered yet.
pub(super) struct Conversation<'t, 'l> {
    tools: &'t ToolIndex<'t>,
    parallel: bool,
    /// Index of the message that called.
    caller: usize,
    /// By its id, the index of each call that waits for its answer.
    waiting: HashMap<&'l str, usize>,
}

impl<'t> Conversation<'t, '_> {
    pub(super) fn new(tools: &'t ToolIndex<'t>, parallel: bool) -> Self {
        Self { tools, parallel, caller: 0, waiting: HashMap::new() }
    }
}

/// OpenAI's rule for names of functions.
fn is_function_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

impl<'c> Checker<'c> {
    pub(super) fn tools<'l>(&mut self, example: &'l Node<'l>, root: &Place<'_>) -> ToolIndex<'l>
    where
        'c: 'l,
    {
        let mut index = ToolIndex::default();
        let Some(tools) = example.get("tools") else { return index };
        if matches!(tools, Node::KnownTools) {
            return self.known_tools.index();
        }
        let place = root.key("tools");
        let Some(tools) = tools.as_list().filter(|tools| !tools.is_empty()) else {
            self.sink.add(Code::ToolsNotAList, &place);
            return index;
        };
        let max = self.options.limits.max_tools;
        if tools.len() as u64 > u64::from(max) {
            self.sink.add_note(Code::TooManyTools, &place, format!("{} tools, at most {max}", tools.len()));
        }
        for (at, tool) in tools.iter().enumerate() {
            let place = place.index(at);
            self.repeated_keys(tool, &place);
            self.texts(tool, &place);
            let function = tool.get("function");
            let name = function.and_then(|function| function.get("name")).and_then(Node::as_text);
            let (Some("function"), Some(name)) = (tool.get("type").and_then(Node::as_text), name) else {
                self.sink.add(Code::WrongTool, &place);
                continue;
            };
            let parameters = function.and_then(|function| function.get("parameters"));
            if parameters.is_some_and(|parameters| parameters.as_object().is_none()) {
                self.sink.add(Code::WrongTool, &place.key("function").key("parameters"));
            }
            if !is_function_name(name) {
                self.sink.add(Code::WrongFunctionName, &place.key("function").key("name"));
            }
            // A list, for there are a few; the bound keeps a hostile line from making it slow.
            if index.names.contains(&name) {
                self.sink.add(Code::DuplicateTool, &place.key("function").key("name"));
            } else if index.names.len() < max as usize {
                index.names.push(name);
            }
            index.computer |= name == TOOL_NAME
                && parameters
                    .and_then(|parameters| parameters.get("properties"))
                    .is_some_and(|properties| properties.get("actions").is_some());
        }
        index
    }

    /// The calls a message makes and the calls it answers.
    pub(super) fn calls<'l>(
        &mut self,
        role: Role,
        message: &'l Node<'l>,
        place: &Place<'_>,
        index: usize,
        messages: &Place<'_>,
        conversation: &mut Conversation<'_, 'l>,
    ) {
        if role == Role::Tool {
            self.answer(message, place, conversation);
            return;
        }
        let mut unanswered: Vec<usize> = conversation.waiting.drain().map(|(_, at)| at).collect();
        unanswered.sort_unstable();
        for at in unanswered {
            let caller = messages.index(conversation.caller);
            self.sink.add(Code::UnansweredCall, &caller.key("tool_calls").index(at));
        }
        if role != Role::Assistant {
            return;
        }
        let Some(calls) = message.get("tool_calls") else { return };
        let place = place.key("tool_calls");
        let Some(calls) = calls.as_list().filter(|calls| !calls.is_empty()) else {
            self.sink.add(Code::ToolCallsNotAList, &place);
            return;
        };
        if !conversation.parallel && calls.len() > 1 {
            self.sink.add(Code::ParallelCalls, &place);
        }
        conversation.caller = index;
        for (at, call) in calls.iter().enumerate() {
            let place = place.index(at);
            self.repeated_keys(call, &place);
            let Some(id) = self.call(call, &place, conversation.tools) else { continue };
            if conversation.waiting.insert(id, at).is_some() {
                self.sink.add(Code::DuplicateToolCallId, &place.key("id"));
            }
        }
    }

    fn answer(&mut self, message: &Node<'_>, place: &Place<'_>, conversation: &mut Conversation<'_, '_>) {
        let Some(id) = message.get("tool_call_id").and_then(Node::as_text) else {
            self.sink.add(Code::MissingToolCallId, place);
            return;
        };
        if conversation.waiting.remove(id).is_none() {
            self.sink.add(Code::AnswerWithoutCall, &place.key("tool_call_id"));
        }
    }

    /// One call; its id, unless it is too broken to have one.
    fn call<'l>(&mut self, call: &'l Node<'l>, place: &Place<'_>, tools: &ToolIndex<'_>) -> Option<&'l str> {
        let function = call.get("function");
        let name = function.and_then(|function| function.get("name")).and_then(Node::as_text);
        let (Some("function"), Some(id), Some(name)) =
            (call.get("type").and_then(Node::as_text), call.get("id").and_then(Node::as_text), name)
        else {
            self.sink.add(Code::WrongToolCall, place);
            return None;
        };
        let place = place.key("function");
        if !tools.names.contains(&name) {
            self.sink.add(Code::UnknownFunction, &place.key("name"));
        }
        match function.and_then(|function| function.get("arguments")) {
            Some(Node::Text(arguments)) => {
                self.arguments(arguments, &place.key("arguments"), name == TOOL_NAME && tools.computer);
            }
            Some(_) => self.sink.add(Code::ArgumentsNotText, &place.key("arguments")),
            None => self.sink.add(Code::WrongToolCall, &place),
        }
        Some(id)
    }

    fn arguments(&mut self, arguments: &str, place: &Place<'_>, computer: bool) {
        let actions = computer.then(|| serde_json::from_str::<ActionList>(arguments));
        // What is in the tool's vocabulary is an object without a repeated key, and without escapes all its texts show.
        if let Some(Ok(list)) = &actions
            && !arguments.contains('\\')
        {
            self.text(arguments, place);
            self.computer(list, place);
            return;
        }
        let reader = &self.options.reader;
        let parsed = match parse(arguments, reader.max_depth, reader.max_values) {
            Ok(parsed @ Node::Object(_)) => parsed,
            _ => {
                self.text(arguments, place);
                self.sink.add(Code::ArgumentsNotJson, place);
                return;
            }
        };
        // Escapes can hide a token from the text that a template shows once it has parsed the arguments.
        if arguments.contains('\\') {
            self.texts(&parsed, place);
        } else {
            self.text(arguments, place);
        }
        self.repeated_keys(&parsed, place);
        match actions {
            None => {}
            Some(Ok(list)) => self.computer(&list, place),
            Some(Err(_)) => self.sink.add(Code::WrongComputerArguments, place),
        }
    }

    fn computer(&mut self, list: &ActionList, place: &Place<'_>) {
        if !is_complete(list) {
            self.sink.add(Code::WrongComputerArguments, place);
            return;
        }
        let Some((width, height)) = self.images.last_size else { return };
        let outside = |at: i32, side: u32| u32::try_from(at).map_or(true, |at| at >= side);
        let lost = list
            .actions
            .iter()
            .flat_map(ToolAction::points)
            .filter(|point| outside(point.x, width) || outside(point.y, height))
            .count();
        if lost > 0 {
            let note = format!("{lost} point(s) outside {width} x {height}");
            self.sink.add_note(Code::CoordinatesOutsideImage, place, note);
        }
    }
}

/// The `minItems` of the tool's schema.
fn is_complete(list: &ActionList) -> bool {
    !list.actions.is_empty()
        && list.actions.iter().all(|action| match action {
            ToolAction::Drag { path } => !path.is_empty(),
            ToolAction::Keypress { keys } => !keys.is_empty(),
            _ => true,
        })
}
