//! Qwen's tool: `<tool_call>{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [1, 2]}}</tool_call>`.

use serde_json::{Value, json};

use super::super::space::Space;
use super::super::text;
use super::{Result, ends, keys, spelled_out, unsupported};
use crate::model::{ComputerAction, MouseButton, Point};

const BEGIN: &str = "<tool_call>\n";
const END: &str = "\n</tool_call>";

pub(super) fn write(actions: &[ComputerAction], space: &Space) -> Result<String> {
    let mut calls = Vec::new();
    for action in actions.iter().flat_map(spelled_out) {
        calls.extend(told(&action, space)?);
    }
    let calls = calls.into_iter().map(|arguments| {
        format!("{BEGIN}{}{END}", text::json(&json!({ "name": "computer_use", "arguments": arguments })))
    });
    Ok(calls.collect::<Vec<_>>().join("\n"))
}

/// The arguments of the calls of one action: where a call has no place of its own, the pointer moves there first.
fn told(action: &ComputerAction, space: &Space) -> Result<Vec<Value>> {
    let point = |at: &Point| space.write(*at).map(|(x, y)| json!([x.to_json(), y.to_json()]));
    let named = |action: &str, at: &Point| Ok(json!({ "action": action, "coordinate": point(at)? }));
    let moved = |at: &Point| named("mouse_move", at);
    Ok(match action {
        ComputerAction::Click { button, at } => vec![named(
            match button {
                MouseButton::Left => "left_click",
                MouseButton::Right => "right_click",
                MouseButton::Middle => "middle_click",
                MouseButton::Back | MouseButton::Forward => return Err(unsupported("click")),
            },
            at,
        )?],
        ComputerAction::DoubleClick { at } => vec![named("double_click", at)?],
        ComputerAction::Drag { path } => {
            let (from, to) = ends(path)?;
            vec![moved(&from)?, named("left_click_drag", &to)?]
        }
        ComputerAction::Move { at } => vec![moved(at)?],
        ComputerAction::Scroll { at, scroll_x, scroll_y } => {
            let (right, down) = space.write_distance(*scroll_x, *scroll_y);
            let mut calls = vec![moved(at)?];
            // Upwards is positive here.
            if down != 0.0 {
                calls.push(json!({ "action": "scroll", "pixels": -down.round() as i64 }));
            }
            if right != 0.0 {
                calls.push(json!({ "action": "hscroll", "pixels": right.round() as i64 }));
            }
            calls
        }
        ComputerAction::Keypress { keys: pressed } => {
            let pressed: Vec<String> = pressed.iter().map(|key| keys::write(key)).collect();
            vec![json!({ "action": "key", "keys": pressed })]
        }
        ComputerAction::Type { text } => vec![json!({ "action": "type", "text": text })],
        ComputerAction::Wait => vec![json!({ "action": "wait", "time": 1 })],
        ComputerAction::Terminate { success } => {
            vec![json!({ "action": "terminate", "status": if *success { "success" } else { "failure" } })]
        }
        ComputerAction::SelectOption { .. } | ComputerAction::Navigate { .. } => {
            return Err(unsupported("select"));
        }
    })
}

pub(super) fn read(answer: &str, space: &Space) -> Option<Vec<ComputerAction>> {
    let mut actions: Vec<ComputerAction> = Vec::new();
    let mut rest = answer;
    while let Some((_, after)) = rest.split_once("<tool_call>") {
        let (call, more) = after.split_once("</tool_call>")?;
        rest = more;
        let call: Value = serde_json::from_str(call.trim()).ok()?;
        let arguments = call.get("arguments")?;
        let point = || {
            let coordinate = arguments.get("coordinate")?;
            Some(space.read(coordinate.get(0)?.as_f64()?, coordinate.get(1)?.as_f64()?))
        };
        let click = |button| Some(ComputerAction::Click { button, at: point()? });
        let pixels = || arguments.get("pixels")?.as_f64();
        // A drag and a scroll begin where the pointer was moved to.
        let mut moved_to = || match actions.last() {
            Some(ComputerAction::Move { at }) => {
                let at = *at;
                actions.pop();
                Some(at)
            }
            Some(ComputerAction::Scroll { at, .. }) => Some(*at),
            _ => None,
        };
        let action = match arguments.get("action")?.as_str()? {
            "left_click" => click(MouseButton::Left)?,
            "right_click" => click(MouseButton::Right)?,
            "middle_click" => click(MouseButton::Middle)?,
            "double_click" => ComputerAction::DoubleClick { at: point()? },
            "mouse_move" => ComputerAction::Move { at: point()? },
            "left_click_drag" => ComputerAction::Drag { path: vec![moved_to()?, point()?] },
            "scroll" => {
                let (_, scroll_y) = space.read_distance(0.0, -pixels()?);
                ComputerAction::Scroll { at: moved_to()?, scroll_x: 0.0, scroll_y }
            }
            "hscroll" => {
                let (scroll_x, _) = space.read_distance(pixels()?, 0.0);
                ComputerAction::Scroll { at: moved_to()?, scroll_x, scroll_y: 0.0 }
            }
            "key" => {
                let pressed = arguments.get("keys")?.as_array()?.iter();
                ComputerAction::Keypress {
                    keys: pressed.map(|key| key.as_str().map(keys::read)).collect::<Option<_>>()?,
                }
            }
            "type" => ComputerAction::Type { text: arguments.get("text")?.as_str()?.to_owned() },
            "wait" => ComputerAction::Wait,
            "terminate" => {
                ComputerAction::Terminate { success: arguments.get("status")?.as_str()? == "success" }
            }
            _ => return None,
        };
        actions.push(action);
    }
    (!actions.is_empty()).then_some(actions)
}
