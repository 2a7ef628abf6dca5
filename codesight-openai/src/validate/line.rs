//! One line by itself: what it is, what is wrong in it, what it costs. Lines can be judged at the same time; what they are to each
//! other is the file's part.

use std::hash::{DefaultHasher, Hasher};

use codesight_core::Result;

use super::budget::text_tokens;
use super::code::Code;
use super::example::Checker;
use super::images::ImageTally;
use super::known_tools::KnownTools;
use super::node::{LineTree, Node, parse_line};
use super::options::{ImageSource, ValidatorOptions};
use super::place::Place;
use super::sink::Sink;
use crate::tokens::{ImageRule, TextCounter};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What every line is judged with.
pub(super) struct LineRules<'i> {
    pub(super) options: ValidatorOptions,
    pub(super) images: Option<&'i dyn ImageSource>,
    pub(super) counter: TextCounter,
    pub(super) image_rule: ImageRule,
    /// Whether the tokens of every line are counted with the encoding.
    pub(super) exact: bool,
}

/// A line without what stands around it.
#[derive(Clone, Copy)]
pub(super) struct Stripped<'l> {
    pub(super) bytes: &'l [u8],
    pub(super) byte_order_mark: bool,
    pub(super) carriage_return: bool,
}

impl<'l> Stripped<'l> {
    pub(super) fn of(bytes: &'l [u8], is_first: bool) -> Self {
        let marked = if is_first { bytes.strip_prefix(BYTE_ORDER_MARK) } else { None };
        let rest = marked.unwrap_or(bytes);
        let returned = rest.strip_suffix(b"\r");
        Self {
            bytes: returned.unwrap_or(rest),
            byte_order_mark: marked.is_some(),
            carriage_return: returned.is_some(),
        }
    }

    /// How many bytes stand before the line itself.
    pub(super) fn shift(&self) -> u64 {
        if self.byte_order_mark { BYTE_ORDER_MARK.len() as u64 } else { 0 }
    }
}

/// What one line is.
pub(super) enum Judged {
    /// No JSON value, from that byte on, counted from 1.
    Unreadable { code: Code, column: u64 },
    /// A JSON value.
    Value(JudgedValue),
}

/// A line that is a JSON value.
pub(super) struct JudgedValue {
    pub(super) is_object: bool,
    pub(super) has_images: bool,
    /// Uncut.
    pub(super) tokens: u64,
    /// Of its bytes: equal lines have equal ones.
    pub(super) hash: u64,
    pub(super) sink: Sink,
}

impl LineRules<'_> {
    /// Judges a line. `known` is what this thread learnt from the lines before.
    ///
    /// # Errors
    /// Those of the source of images.
    pub(super) fn judge(&self, bytes: &[u8], known: &mut KnownTools) -> Result<Judged> {
        let unreadable = |code, column: usize| Ok(Judged::Unreadable { code, column: column as u64 });
        if bytes.trim_ascii().is_empty() {
            return unreadable(Code::BlankLine, 1);
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => return unreadable(Code::InvalidUtf8, error.valid_up_to() + 1),
        };
        let reader = &self.options.reader;
        match parse_line(text, reader.max_depth, reader.max_values, known) {
            Ok(tree) => self.value(text, &tree, known).map(Judged::Value),
            Err(failure) => unreadable(failure.code, failure.column),
        }
    }

    fn value(&self, text: &str, tree: &LineTree<'_>, known: &mut KnownTools) -> Result<JudgedValue> {
        let mut sink = Sink::new(self.options.reader.max_findings_per_line);
        let mut checker = Checker {
            options: &self.options,
            source: self.images,
            image_rule: self.image_rule,
            sink: &mut sink,
            images: ImageTally::default(),
            known_tools: known,
            found_tools: None,
        };
        checker.check(&tree.root)?;
        let (images, found) = (checker.images, checker.found_tools);
        if let (Some(raw), Some(found), Some(tools)) = (tree.new_tools, found, tree.root.get("tools")) {
            known.remember(raw, tools, found);
        }
        let is_object = tree.root.as_object().is_some();
        let tokens = if is_object { self.tokens(&tree.root, images.tokens, known, &mut sink) } else { 0 };
        // Fixed keys: the same file gives the same verdict.
        let mut hasher = DefaultHasher::new();
        hasher.write(text.trim_ascii().as_bytes());
        Ok(JudgedValue { is_object, has_images: images.count > 0, tokens, hash: hasher.finish(), sink })
    }

    fn tokens(&self, example: &Node<'_>, images: u64, known: &mut KnownTools, sink: &mut Sink) -> u64 {
        let max = self.options.limits.max_example_tokens.unwrap_or(u64::MAX);
        let has_known = matches!(example.get("tools"), Some(Node::KnownTools));
        let by_bytes = |text: &str| text.len() as u64;
        let by_encoding = |text: &str| self.counter.count(text);
        let mut count = |exact: bool| {
            let tools = match (has_known, exact) {
                (false, _) => 0,
                (true, false) => known.byte_tokens(),
                (true, true) => known.tokens(&by_encoding),
            };
            let texts =
                if exact { text_tokens(example, &by_encoding) } else { text_tokens(example, &by_bytes) };
            images + tools + texts
        };
        let mut exact = self.exact;
        let mut tokens = count(exact);
        if tokens > max && !exact && self.counter.is_exact() {
            exact = true;
            tokens = count(exact);
        }
        if tokens > max {
            let code = if exact { Code::TooManyTokens } else { Code::MaybeTooManyTokens };
            sink.add_note(code, &Place::Root, format!("{tokens} tokens, at most {max}"));
        }
        tokens
    }
}
