//! One line as a tree that borrows from it, bounded in depth and in number of values.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::code::Code;
use super::known_tools::KnownTools;

/// A JSON value. Keys keep their order and may repeat.
#[derive(Debug)]
pub(super) enum Node<'l> {
    Null,
    Bool(bool),
    Whole(i64),
    Number,
    Text(Cow<'l, str>),
    List(Vec<Node<'l>>),
    Object(Vec<(Cow<'l, str>, Node<'l>)>),
    /// The tools of a line that are, byte for byte, those of [`KnownTools`].
    KnownTools,
}

impl<'l> Node<'l> {
    /// The value of a key; of a repeated key the last, as most readers take it.
    pub(super) fn get(&self, key: &str) -> Option<&Node<'l>> {
        self.as_object()?.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub(super) fn as_object(&self) -> Option<&[(Cow<'l, str>, Node<'l>)]> {
        if let Self::Object(entries) = self { Some(entries) } else { None }
    }

    pub(super) fn as_list(&self) -> Option<&[Node<'l>]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// How many values it is, itself among them.
    pub(super) fn values(&self) -> u64 {
        let inside: u64 = match self {
            Self::List(items) => items.iter().map(Node::values).sum(),
            Self::Object(entries) => entries.iter().map(|(_, value)| value.values()).sum(),
            _ => 0,
        };
        1 + inside
    }

    /// Calls `look` with every text in the value, keys included.
    pub(super) fn each_text(&self, look: &mut dyn FnMut(&str)) {
        match self {
            Self::Text(text) => look(text),
            Self::List(items) => items.iter().for_each(|item| item.each_text(look)),
            Self::Object(entries) => {
                for (key, value) in entries {
                    look(key);
                    value.each_text(look);
                }
            }
            Self::Null | Self::Bool(_) | Self::Whole(_) | Self::Number | Self::KnownTools => {}
        }
    }
}

/// Why a text is no tree, and at which byte, counted from 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct ParseFailure {
    pub(super) code: Code,
    pub(super) column: usize,
}

/// Parses one JSON value of at most `max_depth` levels and `max_values` values.
pub(super) fn parse(text: &str, max_depth: u32, max_values: u64) -> Result<Node<'_>, ParseFailure> {
    parse_with(text, &Budget::new(max_depth, max_values, None))
}

/// A line, and its tools as they are written.
pub(super) struct LineTree<'l> {
    pub(super) root: Node<'l>,
    /// Where the line has tools that are not the known ones.
    pub(super) new_tools: Option<&'l str>,
}

/// Parses one line. Tools are many times the words that surround them and the same in every line, so that known ones are compared
/// instead of parsed.
pub(super) fn parse_line<'l>(
    text: &'l str,
    max_depth: u32,
    max_values: u64,
    known: &KnownTools,
) -> Result<LineTree<'l>, ParseFailure> {
    let budget = Budget::new(max_depth, max_values, Some(known));
    let root = parse_with(text, &budget)?;
    Ok(LineTree { root, new_tools: budget.new_tools.get() })
}

fn parse_with<'l>(text: &'l str, budget: &Budget<'l, '_>) -> Result<Node<'l>, ParseFailure> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let failure = |code, error: &serde_json::Error| ParseFailure { code, column: error.column().max(1) };
    let node = Seed { budget, depth: 0 }.deserialize(&mut deserializer).map_err(|error| {
        // A value inside that is parsed by itself counts its own columns.
        if let Some((inside, ParseFailure { code, column })) = budget.inside.take() {
            return ParseFailure { code, column: inside.as_ptr().addr() - text.as_ptr().addr() + column };
        }
        failure(budget.code_of(&error), &error)
    })?;
    deserializer.end().map_err(|error| failure(Code::TrailingData, &error))?;
    Ok(node)
}

struct Budget<'l, 'k> {
    left: Cell<u64>,
    max_depth: u32,
    /// Which bound was passed: the error that stops the parser says nothing that can be relied on.
    passed: Cell<Option<Code>>,
    known: Option<&'k KnownTools>,
    new_tools: Cell<Option<&'l str>>,
    /// The value that was parsed by itself, and why it failed.
    inside: Cell<Option<(&'l str, ParseFailure)>>,
}

impl<'l, 'k> Budget<'l, 'k> {
    fn new(max_depth: u32, max_values: u64, known: Option<&'k KnownTools>) -> Self {
        Self {
            left: Cell::new(max_values),
            max_depth,
            passed: Cell::new(None),
            known,
            new_tools: Cell::new(None),
            inside: Cell::new(None),
        }
    }

    fn code_of(&self, error: &serde_json::Error) -> Code {
        match (self.passed.get(), error.classify()) {
            (Some(code), _) => code,
            (None, Category::Eof) => Code::UnfinishedJson,
            (None, _) => Code::InvalidJson,
        }
    }
}

#[derive(Clone, Copy)]
struct Seed<'b, 'l> {
    budget: &'b Budget<'l, 'b>,
    depth: u32,
}

impl<'l> Seed<'_, 'l> {
    fn stop<E: serde::de::Error>(&self, code: Code) -> E {
        self.budget.passed.set(Some(code));
        E::custom("a bound of the reader")
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= self.budget.max_depth {
            return Err(self.stop(Code::TooDeep));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    /// The tools of a line: the known ones, or parsed by themselves.
    fn tools<A: MapAccess<'l>>(self, map: &mut A, known: &KnownTools) -> Result<Node<'l>, A::Error> {
        let raw = map.next_value::<&'l RawValue>()?.get();
        if known.are(raw) && known.values <= self.budget.left.get() {
            self.budget.left.set(self.budget.left.get() - known.values);
            self.budget.new_tools.set(None);
            return Ok(Node::KnownTools);
        }
        self.budget.new_tools.set(Some(raw));
        self.deserialize(&mut serde_json::Deserializer::from_str(raw)).map_err(|error| {
            let failure = ParseFailure { code: self.budget.code_of(&error), column: error.column().max(1) };
            self.budget.inside.set(Some((raw, failure)));
            A::Error::custom("the tools")
        })
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_, 'de> {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        let left = self.budget.left.get();
        if left == 0 {
            return Err(self.stop(Code::TooManyValues));
        }
        self.budget.left.set(left - 1);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_, 'de> {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node<'de>, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node<'de>, E> {
        Ok(Node::Whole(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node<'de>, E> {
        Ok(i64::try_from(value).map_or(Node::Number, Node::Whole))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node<'de>, E> {
        Ok(Node::Number)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node<'de>, A::Error> {
        let seed = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(seed)? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<'de>, A::Error> {
        let seed = self.deeper()?;
        let mut entries = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            let value = match self.budget.known {
                Some(known) if self.depth == 0 && key == "tools" => seed.tools(&mut map, known)?,
                _ => map.next_value_seed(seed)?,
            };
            entries.push((key, value));
        }
        Ok(Node::Object(entries))
    }
}

/// A key, borrowed where it has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Key<'l>(#[serde(borrow)] pub(super) Cow<'l, str>);
