//! The way to every text of a record: which fields hold text, and of what kind.
//!
//! Each record is taken apart without `..`, so that a new field does not compile until somebody has said here what it
//! holds. That is how nothing is forgotten.

mod interaction;
mod page;
mod session;

use std::collections::BTreeMap;

use serde_json::Value;

use super::Surface;
use crate::model::Extra;

/// Is shown every text of a record and may change it.
pub(super) trait TextVisitor {
    /// A text, where it was found and what is known of it.
    fn text(&mut self, text: &mut String, surface: Surface, cue: &str);

    /// A word from a list that newer versions may extend. Anything else than a plain word is replaced.
    fn word(&mut self, word: &mut String);
}

/// A record that can show its texts.
pub(super) trait Walk {
    fn walk(&mut self, visitor: &mut dyn TextVisitor);
}

/// Text in one of its containers.
pub(super) trait WalkText {
    fn walk_text(&mut self, surface: Surface, cue: &str, visitor: &mut dyn TextVisitor);
}

impl WalkText for String {
    fn walk_text(&mut self, surface: Surface, cue: &str, visitor: &mut dyn TextVisitor) {
        if !self.is_empty() {
            visitor.text(self, surface, cue);
        }
    }
}

impl<T: WalkText> WalkText for Option<T> {
    fn walk_text(&mut self, surface: Surface, cue: &str, visitor: &mut dyn TextVisitor) {
        if let Some(text) = self {
            text.walk_text(surface, cue, visitor);
        }
    }
}

impl<T: WalkText> WalkText for Vec<T> {
    fn walk_text(&mut self, surface: Surface, cue: &str, visitor: &mut dyn TextVisitor) {
        for text in self {
            text.walk_text(surface, cue, visitor);
        }
    }
}

impl WalkText for Value {
    fn walk_text(&mut self, surface: Surface, cue: &str, visitor: &mut dyn TextVisitor) {
        match self {
            Value::String(text) => text.walk_text(surface, cue, visitor),
            Value::Array(items) => items.walk_text(surface, cue, visitor),
            Value::Object(fields) => fields.walk(visitor),
            // A number can be a card number as well as a text can.
            Value::Number(number) => {
                let mut text = number.to_string();
                let before = text.clone();
                visitor.text(&mut text, surface, cue);
                if text != before {
                    *self = Value::String(text);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }
}

impl<T: Walk> Walk for Option<T> {
    fn walk(&mut self, visitor: &mut dyn TextVisitor) {
        if let Some(record) = self {
            record.walk(visitor);
        }
    }
}

impl<T: Walk> Walk for Vec<T> {
    fn walk(&mut self, visitor: &mut dyn TextVisitor) {
        for record in self {
            record.walk(visitor);
        }
    }
}

impl Walk for Extra {
    fn walk(&mut self, visitor: &mut dyn TextVisitor) {
        if self.is_empty() {
            return;
        }
        let fields = std::mem::take(self);
        for (mut name, mut value) in fields {
            value.walk_text(Surface::Unknown, &name, visitor);
            name.walk_text(Surface::Unknown, "", visitor);
            self.insert(name, value);
        }
    }
}

/// Attributes: each value on the surface its name tells, with the name as cue. Style is left alone: it is no text.
pub(super) fn walk_attributes(attributes: &mut BTreeMap<String, String>, visitor: &mut dyn TextVisitor) {
    let fields = std::mem::take(attributes);
    for (mut name, mut value) in fields {
        match name.as_str() {
            "class" | "style" | "type" | "role" => {}
            "href" | "src" | "action" | "formaction" | "poster" | "srcset" => {
                value.walk_text(Surface::Url, &name, visitor);
            }
            "value" => value.walk_text(Surface::FieldValue, &name, visitor),
            _ => value.walk_text(Surface::Attribute, &name, visitor),
        }
        name.walk_text(Surface::Unknown, "", visitor);
        attributes.insert(name, value);
    }
}

/// Says of each field of a record what it holds: `none` (no text), `nested` (a record), or the surface of its text.
macro_rules! surfaces {
    ($record:ident { $($field:ident => $what:tt),* $(,)? }) => {
        impl Walk for $record {
            fn walk(&mut self, visitor: &mut dyn TextVisitor) {
                let Self { $($field),* } = self;
                $(surfaces!(@$what $field visitor);)*
            }
        }
    };
    (@none $field:ident $visitor:ident) => { let _ = $field; };
    (@nested $field:ident $visitor:ident) => { $field.walk($visitor); };
    (@attributes $field:ident $visitor:ident) => { walk_attributes($field, $visitor); };
    (@$surface:ident $field:ident $visitor:ident) => { $field.walk_text(Surface::$surface, "", $visitor); };
}

/// Lists of words that newer versions may extend.
macro_rules! words {
    ($($list:ident :: $open:ident),* $(,)?) => {
        $(impl Walk for $list {
            fn walk(&mut self, visitor: &mut dyn TextVisitor) {
                if let Self::$open(word) = self {
                    visitor.word(word);
                }
            }
        })*
    };
}

use {surfaces, words};
