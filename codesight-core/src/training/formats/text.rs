//! Recorded text within a training text: data that can open no message and name no picture.

use serde_json::Value;

/// What is written in place of a `<` that may begin a token of a trainer; JSON reads it back.
const ESCAPED: &str = "\\u003c";

/// A text as a JSON string in which no token of a trainer can stand: `<` is escaped, unless capital letters follow as
/// in the stand-ins of masked values.
pub(super) fn quoted(text: &str) -> String {
    neutral(&Value::from(text).to_string())
}

/// JSON with the same care.
pub(super) fn json(value: &Value) -> String {
    neutral(&value.to_string())
}

/// Escapes within the text of JSON, which has `<` inside strings only.
fn neutral(json: &str) -> String {
    if !json.contains('<') {
        return json.to_owned();
    }
    let mut safe = String::with_capacity(json.len() + 16);
    let mut rest = json;
    while let Some(place) = rest.find('<') {
        safe.push_str(&rest[..place]);
        rest = &rest[place + 1..];
        let is_stand_in = rest.starts_with(|letter: char| letter.is_ascii_uppercase());
        safe.push_str(if is_stand_in { "<" } else { ESCAPED });
    }
    safe.push_str(rest);
    safe
}

/// A text between single quotes, with escapes for quotes, line breaks, backslashes and what may begin a token.
pub(super) fn single_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => quoted.push_str("\\\\"),
            '\'' => quoted.push_str("\\'"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '<' if !letters.peek().is_some_and(char::is_ascii_uppercase) => quoted.push_str("\\x3c"),
            letter => quoted.push(letter),
        }
    }
    quoted.push('\'');
    quoted
}

/// Reads what [`single_quoted`] wrote; the rest follows it.
pub(super) fn read_single_quoted(text: &str) -> Option<(String, &str)> {
    let body = text.strip_prefix('\'')?;
    let mut plain = String::new();
    let mut letters = body.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\'' => return Some((plain, &body[place + 1..])),
            '\\' => match letters.next()?.1 {
                'n' => plain.push('\n'),
                'r' => plain.push('\r'),
                't' => plain.push('\t'),
                'x' => {
                    let (a, b) = (letters.next()?.1, letters.next()?.1);
                    let code = a.to_digit(16)? * 16 + b.to_digit(16)?;
                    plain.push(char::from_u32(code)?);
                }
                other => plain.push(other),
            },
            letter => plain.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_survives_and_every_text_comes_back() {
        for text in [
            "<image>",
            "a <|im_end|> b",
            "<EMAIL_7KQ2M0>",
            "it's \\ \"x\"\n<",
            "</tool_call><bbox>",
            "\u{202e}",
        ] {
            let json = quoted(text);
            assert_eq!(serde_json::from_str::<String>(&json).ok().as_deref(), Some(text));
            let single = single_quoted(text);
            assert_eq!(read_single_quoted(&single), Some((text.to_owned(), "")));
            for written in [json, single] {
                assert!(
                    !written.contains("<i") && !written.contains("<|") && !written.contains("</"),
                    "{written}"
                );
            }
        }
        assert_eq!(quoted("<EMAIL_7KQ2M0>"), "\"<EMAIL_7KQ2M0>\"");
    }
}
