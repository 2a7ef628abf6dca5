//! `<script type="application/ld+json">`.

use serde::Deserialize;
use serde_json::Value;

use crate::dom::{Document, NodeData};

/// The objects of all scripts, lists taken apart. Comments and control characters, which pages write there though JSON
/// has none, are passed over; what is still no JSON is left out.
pub fn json_ld(document: &Document) -> Vec<Value> {
    let mut objects = Vec::new();
    for node in document.descendants(document.root()) {
        let kind = document.attribute(node, "type").unwrap_or_default().trim();
        if document.tag(node) != "script" || !kind.eq_ignore_ascii_case("application/ld+json") {
            continue;
        }
        let mut text = String::new();
        for child in document.children(node) {
            if let NodeData::Text(part) = document.data(child) {
                text.push_str(part);
            }
        }
        match read(&text) {
            Some(Value::Array(list)) => objects.extend(list.into_iter().filter(Value::is_object)),
            Some(value @ Value::Object(_)) => objects.push(value),
            _ => {}
        }
    }
    objects
}

fn read(text: &str) -> Option<Value> {
    let mut plain = text.trim();
    // A comment before the object is passed over; one around it is taken off.
    while let Some(comment) = plain.strip_prefix("<!--") {
        plain = match comment.split_once("-->") {
            Some((words, rest)) if !words.contains(['{', '[']) => rest.trim(),
            _ => comment.trim().trim_end_matches("-->").trim(),
        };
    }
    let plain = plain.strip_prefix("//<![CDATA[").or(plain.strip_prefix("<![CDATA[")).unwrap_or(plain);
    let plain = plain.strip_suffix("//]]>").or(plain.strip_suffix("]]>")).unwrap_or(plain);
    if let Ok(value) = serde_json::from_str(plain) {
        return Some(value);
    }
    let repaired = repaired(plain);
    // A page may end its JSON with a semicolon or more; the first value counts.
    Value::deserialize(&mut serde_json::Deserializer::from_str(&repaired)).ok()
}

/// The text without comments outside strings, control characters in strings as escapes, and no comma before a closing
/// bracket.
fn repaired(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let (mut in_text, mut escaped) = (false, false);
    while let Some(letter) = letters.next() {
        if in_text {
            match letter {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_text = false,
                _ => {}
            }
            match letter {
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                letter if letter.is_control() => {}
                letter => out.push(letter),
            }
            continue;
        }
        match (letter, letters.peek()) {
            ('"', _) => {
                in_text = true;
                out.push(letter);
            }
            ('/', Some('/')) => while letters.next_if(|letter| *letter != '\n').is_some() {},
            ('/', Some('*')) => {
                letters.next();
                let mut last = ' ';
                for letter in letters.by_ref() {
                    if last == '*' && letter == '/' {
                        break;
                    }
                    last = letter;
                }
            }
            (']' | '}', _) => {
                let end = out.trim_end().len();
                if out[..end].ends_with(',') {
                    out.truncate(end - 1);
                }
                out.push(letter);
            }
            (letter, _) if letter.is_control() && !letter.is_whitespace() => {}
            (letter, _) => out.push(letter),
        }
    }
    out
}
