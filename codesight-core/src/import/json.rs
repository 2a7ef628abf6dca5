//! JSON of unknown origin: of any depth up to a limit, one value after another.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::ImportLimits;
use crate::error::{Error, ErrorKind, Result};

const OPERATION: &str = "import.json";

/// One JSON value.
///
/// # Errors
/// [`ErrorKind::LimitExceeded`] for nesting past the limit; [`ErrorKind::Invalid`] for what is no JSON, with its place.
pub(crate) fn parse(text: &[u8], limits: &ImportLimits) -> Result<Value> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    check_depth(text, limits.max_depth)?;
    let mut reader = serde_json::Deserializer::from_slice(text);
    // The depth was checked above, so the stack is bounded by the limit.
    reader.disable_recursion_limit();
    let value = Value::deserialize(&mut reader).map_err(|error| invalid(&error))?;
    reader.end().map_err(|error| invalid(&error))?;
    Ok(value)
}

/// The values of a list, or of the lines of a file, none of them read yet.
///
/// # Errors
/// As [`parse`]; [`ErrorKind::LimitExceeded`] for more values than the limit.
pub(crate) fn values<'a>(text: &'a [u8], limits: &ImportLimits) -> Result<Vec<&'a RawValue>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    let values: Vec<&RawValue> = if first == Some(&b'[') && !is_lines(text) {
        serde_json::from_slice(text).map_err(|error| invalid(&error))?
    } else {
        serde_json::Deserializer::from_slice(text)
            .into_iter::<&RawValue>()
            .take(limits.max_events.saturating_add(1))
            .collect::<std::result::Result<_, _>>()
            .map_err(|error| invalid(&error))?
    };
    check_count(values.len(), limits.max_events)?;
    Ok(values)
}

/// Whether a text that begins with a list goes on with another on the next line, as `[window, event]` lines do.
fn is_lines(text: &[u8]) -> bool {
    let mut lines = serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>();
    matches!((lines.next(), lines.next()), (Some(Ok(_)), Some(Ok(_))))
}

/// # Errors
/// [`ErrorKind::LimitExceeded`].
pub(crate) fn check_count(count: usize, limit: usize) -> Result<()> {
    if count > limit {
        return Err(Error::new(ErrorKind::LimitExceeded, OPERATION, "more events than the limit")
            .with("events", count)
            .with("limit", limit));
    }
    Ok(())
}

fn check_depth(text: &[u8], limit: usize) -> Result<()> {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                if depth > limit {
                    return Err(Error::new(ErrorKind::LimitExceeded, OPERATION, "nested too deeply")
                        .with("limit", limit));
                }
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

fn invalid(error: &serde_json::Error) -> Error {
    Error::invalid(OPERATION, "this is no JSON of the expected shape")
        .with("line", error.line())
        .with("column", error.column())
}

/// A field that is text.
pub(crate) fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field)?.as_str()
}

/// A field that is a finite number.
pub(crate) fn number(value: &Value, field: &str) -> Option<f64> {
    value.get(field)?.as_f64().filter(|number| number.is_finite())
}

/// A field that is a whole number not below zero.
pub(crate) fn whole(value: &Value, field: &str) -> Option<u64> {
    let value = value.get(field)?;
    value.as_u64().or_else(|| {
        let number =
            value.as_f64().filter(|number| number.fract() == 0.0 && (0.0..9.0e15).contains(number))?;
        Some(number as u64)
    })
}

/// A field that is a list; empty when it is not.
pub(crate) fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
