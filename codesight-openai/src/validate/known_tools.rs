//! The tools of the last good line. Nearly every file has the same in every line, where they are judged once.

use super::budget::value_tokens;
use super::node::{Node, parse};
use super::tools::ToolIndex;

/// Tools in which no fault was found.
#[derive(Debug)]
pub(super) struct FoundTools {
    pub(super) names: Vec<String>,
    pub(super) computer: bool,
}

/// Tools without a finding, with what is asked of them again and again.
#[derive(Debug, Default)]
pub(super) struct KnownTools {
    /// As they are written.
    raw: String,
    names: Vec<String>,
    /// Whether `computer` is the tool of this crate.
    computer: bool,
    /// How many JSON values they are.
    pub(super) values: u64,
    /// A token a byte.
    byte_tokens: u64,
    /// By the model's encoding, once somebody asked.
    tokens: Option<u64>,
}

impl KnownTools {
    /// Takes these in place of the others. `tree` is `raw`, parsed.
    pub(super) fn remember(&mut self, raw: &str, tree: &Node<'_>, found: FoundTools) {
        raw.clone_into(&mut self.raw);
        self.names = found.names;
        self.computer = found.computer;
        self.values = tree.values();
        self.byte_tokens = value_tokens(tree, &|text| text.len() as u64);
        self.tokens = None;
    }

    /// Whether a line's tools are these.
    pub(super) fn are(&self, raw: &str) -> bool {
        !self.raw.is_empty() && self.raw == raw
    }

    /// What calls are checked against.
    pub(super) fn index(&self) -> ToolIndex<'_> {
        ToolIndex { names: self.names.iter().map(String::as_str).collect(), computer: self.computer }
    }

    /// A token a byte.
    pub(super) fn byte_tokens(&self) -> u64 {
        self.byte_tokens
    }

    /// By an encoding; `count` is asked once.
    pub(super) fn tokens(&mut self, count: &dyn Fn(&str) -> u64) -> u64 {
        let raw = &self.raw;
        *self.tokens.get_or_insert_with(|| {
            parse(raw, u32::MAX, u64::MAX).map_or(0, |tree| value_tokens(&tree, count))
        })
    }
}
