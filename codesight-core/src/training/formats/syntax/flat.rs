//! `{"actions": [{"type": "click", "button": "left", "x": 1, "y": 2}]}`.

use serde_json::{Value, json};

use super::super::space::Space;
use super::super::text;
use super::Result;
use crate::model::{ComputerAction, MouseButton, Point};

pub(super) fn write(actions: &[ComputerAction], space: &Space) -> Result<String> {
    let actions = actions.iter().map(|action| told(action, space)).collect::<Result<Vec<_>>>()?;
    Ok(text::json(&json!({ "actions": actions })))
}

fn told(action: &ComputerAction, space: &Space) -> Result<Value> {
    let point = |at: &Point| space.write(*at).map(|(x, y)| (x.to_json(), y.to_json()));
    Ok(match action {
        ComputerAction::Click { button, at } => {
            let (x, y) = point(at)?;
            json!({ "type": "click", "button": button, "x": x, "y": y })
        }
        ComputerAction::DoubleClick { at } => {
            let (x, y) = point(at)?;
            json!({ "type": "double_click", "x": x, "y": y })
        }
        ComputerAction::Drag { path } => {
            let path = path.iter().map(|at| point(at).map(|(x, y)| json!({ "x": x, "y": y })));
            json!({ "type": "drag", "path": path.collect::<Result<Vec<_>>>()? })
        }
        ComputerAction::Move { at } => {
            let (x, y) = point(at)?;
            json!({ "type": "move", "x": x, "y": y })
        }
        ComputerAction::Scroll { at, scroll_x, scroll_y } => {
            let (x, y) = point(at)?;
            let (right, down) = space.write_distance(*scroll_x, *scroll_y);
            json!({ "type": "scroll", "x": x, "y": y, "scroll_x": right.round() as i64, "scroll_y": down.round() as i64 })
        }
        ComputerAction::Keypress { keys } => json!({ "type": "keypress", "keys": keys }),
        ComputerAction::Type { text } => json!({ "type": "type", "text": text }),
        ComputerAction::SelectOption { at, option } => {
            let (x, y) = point(at)?;
            json!({ "type": "select_option", "x": x, "y": y, "option": option })
        }
        ComputerAction::Navigate { url } => json!({ "type": "navigate", "url": url }),
        ComputerAction::Wait => json!({ "type": "wait" }),
        ComputerAction::Terminate { success } => {
            json!({ "type": "terminate", "status": if *success { "success" } else { "failure" } })
        }
    })
}

pub(super) fn read(answer: &str, space: &Space) -> Option<Vec<ComputerAction>> {
    let answer: Value = serde_json::from_str(answer.trim()).ok()?;
    answer.get("actions")?.as_array()?.iter().map(|action| action_of(action, space)).collect()
}

fn action_of(value: &Value, space: &Space) -> Option<ComputerAction> {
    let number = |value: &Value, name: &str| value.get(name)?.as_f64();
    let point = |value: &Value| Some(space.read(number(value, "x")?, number(value, "y")?));
    let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
    Some(match value.get("type")?.as_str()? {
        "click" => {
            let button: MouseButton = serde_json::from_value(value.get("button")?.clone()).ok()?;
            ComputerAction::Click { button, at: point(value)? }
        }
        "double_click" => ComputerAction::DoubleClick { at: point(value)? },
        "drag" => ComputerAction::Drag {
            path: value.get("path")?.as_array()?.iter().map(point).collect::<Option<_>>()?,
        },
        "move" => ComputerAction::Move { at: point(value)? },
        "scroll" => {
            let (scroll_x, scroll_y) =
                space.read_distance(number(value, "scroll_x")?, number(value, "scroll_y")?);
            ComputerAction::Scroll { at: point(value)?, scroll_x, scroll_y }
        }
        "keypress" => {
            let keys = value.get("keys")?.as_array()?.iter();
            ComputerAction::Keypress {
                keys: keys.map(|key| key.as_str().map(str::to_owned)).collect::<Option<_>>()?,
            }
        }
        "type" => ComputerAction::Type { text: text("text")? },
        "select_option" => ComputerAction::SelectOption { at: point(value)?, option: text("option")? },
        "navigate" => ComputerAction::Navigate { url: text("url")? },
        "wait" => ComputerAction::Wait,
        "terminate" => ComputerAction::Terminate { success: text("status")? == "success" },
        _ => return None,
    })
}
