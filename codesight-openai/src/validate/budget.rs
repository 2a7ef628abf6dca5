//! Tokens of one example.

use super::node::Node;
use crate::tokens::{TOKENS_FOR_REPLY, TOKENS_PER_MESSAGE, TOKENS_PER_NAME};

/// Tokens of the texts of an example, where `count` counts those of one text.
///
/// Messages count as OpenAI's cookbook counts them. How tools and calls are written into the model's text is not
/// documented: each of their keys and texts counts with two tokens of punctuation, which is more than the shortest form.
/// Known tools count nothing here.
pub(super) fn text_tokens(example: &Node<'_>, count: &dyn Fn(&str) -> u64) -> u64 {
    // Lines for preferences ask below `input` and answer twice.
    let asked = example.get("input").unwrap_or(example);
    let lists = [asked.get("messages"), example.get("preferred_output"), example.get("non_preferred_output")];
    let messages = lists.into_iter().flatten().filter_map(Node::as_list).flatten();
    let spoken: u64 = messages.map(|message| message_tokens(message, count)).sum();
    let tools = ["tools", "functions"].iter().filter_map(|key| asked.get(key));
    spoken + TOKENS_FOR_REPLY + tools.map(|tools| value_tokens(tools, count)).sum::<u64>()
}

fn message_tokens(message: &Node<'_>, count: &dyn Fn(&str) -> u64) -> u64 {
    let entries = message.as_object().unwrap_or_default();
    let said: u64 = entries
        .iter()
        .map(|(key, value)| match (&**key, value) {
            ("name", Node::Text(name)) => count(name) + TOKENS_PER_NAME,
            ("content", Node::List(parts)) => parts.iter().map(|part| part_tokens(part, count)).sum(),
            ("tool_calls" | "function_call", calls) => value_tokens(calls, count),
            (_, Node::Text(text)) => count(text),
            _ => 0,
        })
        .sum();
    TOKENS_PER_MESSAGE + said
}

/// Images are counted where their size is known.
fn part_tokens(part: &Node<'_>, count: &dyn Fn(&str) -> u64) -> u64 {
    ["text", "refusal"].iter().filter_map(|key| part.get(key)?.as_text()).map(count).sum()
}

pub(super) fn value_tokens(value: &Node<'_>, count: &dyn Fn(&str) -> u64) -> u64 {
    const PUNCTUATION: u64 = 2;
    let mut tokens = 0;
    value.each_text(&mut |text| tokens += count(text) + PUNCTUATION);
    tokens
}
