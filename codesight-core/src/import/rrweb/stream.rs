//! Where the events are in a file, whoever wrapped them.

use serde_json::Value;

use super::unpack;
use crate::error::Result;
use crate::import::{ImportLimits, json};

/// An event with the window it is of, where the source has several.
pub(super) struct Event {
    pub(super) window: Option<String>,
    /// What is left of an event that cannot be read is null.
    pub(super) value: Value,
}

/// Calls `each` with every event of a file, in order.
///
/// A file is a list of events, a list of lines, or one object that holds such a list; a line is an event, a packed
/// event, `[window, event]`, or the events of one window. A page without events is a stream of one.
pub(super) fn events(text: &[u8], limits: &ImportLimits, each: &mut dyn FnMut(Event)) -> Result<()> {
    let values = json::values(text, limits)?;
    let mut count = 0_usize;
    for raw in values {
        let Ok(value) = json::parse(raw.get().as_bytes(), limits) else {
            each(Event { window: None, value: Value::Null });
            continue;
        };
        walk(value, None, limits, &mut count, each)?;
    }
    Ok(())
}

fn walk(
    value: Value,
    window: Option<String>,
    limits: &ImportLimits,
    count: &mut usize,
    each: &mut dyn FnMut(Event),
) -> Result<()> {
    match value {
        Value::Array(mut pair) if pair.len() == 2 && pair[0].is_string() && pair[1].is_object() => {
            let event = pair.swap_remove(1);
            let window = pair.swap_remove(0).as_str().map(str::to_owned);
            walk(event, window, limits, count, each)
        }
        Value::Object(mut wrapper) if !wrapper.contains_key("type") => {
            let named = |name: &str| wrapper.get(name).and_then(Value::as_str).map(str::to_owned);
            let window = named("window_id").or_else(|| named("windowId")).or(window);
            if wrapper.contains_key("node") {
                let snapshot = serde_json::json!({ "type": 2, "data": Value::Object(wrapper) });
                return give(Event { window, value: snapshot }, limits, count, each);
            }
            for name in ["events", "snapshots", "data"] {
                match wrapper.remove(name) {
                    Some(Value::Array(events)) => {
                        for event in events {
                            walk(event, window.clone(), limits, count, each)?;
                        }
                        return Ok(());
                    }
                    Some(inner @ Value::Object(_)) => return walk(inner, window, limits, count, each),
                    _ => {}
                }
            }
            give(Event { window, value: Value::Null }, limits, count, each)
        }
        Value::String(text) => {
            let value = unpack::packed(&text, limits).unwrap_or(Value::Null);
            give(Event { window, value }, limits, count, each)
        }
        mut value @ Value::Object(_) => {
            let own = ["windowId", "window_id"].into_iter().find_map(|name| json::text(&value, name));
            let window = own.map(str::to_owned).or(window);
            if !unpack::unpack_parts(&mut value, limits) {
                value = Value::Null;
            }
            give(Event { window, value }, limits, count, each)
        }
        _ => give(Event { window, value: Value::Null }, limits, count, each),
    }
}

fn give(event: Event, limits: &ImportLimits, count: &mut usize, each: &mut dyn FnMut(Event)) -> Result<()> {
    *count += 1;
    json::check_count(*count, limits.max_events)?;
    each(event);
    Ok(())
}
