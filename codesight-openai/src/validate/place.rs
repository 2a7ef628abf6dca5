//! Where in a line a finding is: a field path, and the byte it begins at.
//!
//! Good lines never need a position, so the tree carries none. For a finding the line is read once more along its path.

use std::fmt::Write as _;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::node::Key;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// A path while walking, linked to the caller's; nothing is allocated for a good line.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'p> {
    Root,
    Key(&'p Place<'p>, &'p str),
    Index(&'p Place<'p>, usize),
}

impl<'p> Place<'p> {
    pub(super) fn key(&'p self, key: &'p str) -> Place<'p> {
        Place::Key(self, key)
    }

    pub(super) fn index(&'p self, index: usize) -> Place<'p> {
        Place::Index(self, index)
    }

    pub(super) fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut place = self;
        loop {
            match place {
                Place::Root => break,
                Place::Key(parent, key) => {
                    steps.push(Step::Key((*key).to_owned()));
                    place = parent;
                }
                Place::Index(parent, index) => {
                    steps.push(Step::Index(*index));
                    place = parent;
                }
            }
        }
        steps.reverse();
        steps
    }
}

/// The path as text, such as `messages[2].content`. A key that is no plain name could be content and shows as `?`.
pub(super) fn path_text(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Index(index) => {
                // Writing to a text cannot fail.
                let _ = write!(text, "[{index}]");
            }
            Step::Key(key) => {
                if !text.is_empty() {
                    text.push('.');
                }
                let plain = (1..=40).contains(&key.len())
                    && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
                text.push_str(if plain { key } else { "?" });
            }
        }
    }
    text
}

/// The byte of `line`, counted from 1, at which the value at the end of `steps` begins. Of a repeated key the last counts.
pub(super) fn column(line: &str, steps: &[Step]) -> usize {
    let mut at = leading_blanks(line);
    let mut value = &line[at..];
    for step in steps {
        let Some(next) = child(value, step) else { break };
        at += next.as_ptr().addr() - value.as_ptr().addr();
        value = next;
    }
    at + 1
}

fn leading_blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t', '\r', '\n']).len()
}

fn child<'l>(value: &'l str, step: &Step) -> Option<&'l str> {
    match step {
        Step::Index(index) => {
            let items: Vec<&RawValue> = serde_json::from_str(value).ok()?;
            items.get(*index).map(|item| item.get())
        }
        Step::Key(key) => {
            let Entries(entries) = serde_json::from_str(value).ok()?;
            entries.iter().rev().find(|(name, _)| name.0 == *key).map(|(_, value)| value.get())
        }
    }
}

/// The entries of an object as they are written.
struct Entries<'l>(Vec<(Key<'l>, &'l RawValue)>);

impl<'de: 'l, 'l> Deserialize<'de> for Entries<'l> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;

        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Vec<(Key<'de>, &'de RawValue)>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }

        deserializer.deserialize_map(EntriesVisitor).map(Entries)
    }
}
