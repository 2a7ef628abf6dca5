//! MolmoWeb: `{"action": {"name": "click", "x": 12.3, "y": 45.6, "button": "left", "click_type": "single"}}`.

use serde_json::{Value, json};

use super::super::space::Space;
use super::super::text;
use super::{Result, ends, spelled_out, unsupported};
use crate::model::{ComputerAction, MouseButton, Point};

pub(super) fn write(actions: &[ComputerAction], space: &Space) -> Result<String> {
    let lines = actions.iter().flat_map(|action| match action {
        // Going to an address is an action of its own here.
        ComputerAction::Navigate { .. } => vec![action.clone()],
        action => spelled_out(action),
    });
    let lines =
        lines.map(|action| told(&action, space).map(|action| text::json(&json!({ "action": action }))));
    Ok(lines.collect::<Result<Vec<_>>>()?.join("\n"))
}

/// The action as the value of `action`.
pub(in super::super) fn told(action: &ComputerAction, space: &Space) -> Result<Value> {
    let point = |at: &Point| space.write(*at).map(|(x, y)| (x.to_json(), y.to_json()));
    let click = |at: &Point, button: &str, kind: &str| {
        point(at)
            .map(|(x, y)| json!({ "name": "click", "x": x, "y": y, "button": button, "click_type": kind }))
    };
    Ok(match action {
        ComputerAction::Click { button, at } => match button {
            MouseButton::Left => click(at, "left", "single")?,
            MouseButton::Right => click(at, "right", "single")?,
            MouseButton::Middle => click(at, "middle", "single")?,
            MouseButton::Back | MouseButton::Forward => return Err(unsupported("click")),
        },
        ComputerAction::DoubleClick { at } => click(at, "left", "double")?,
        ComputerAction::Drag { path } => {
            let (from, to) = ends(path)?;
            let ((from_x, from_y), (to_x, to_y)) = (point(&from)?, point(&to)?);
            json!({ "name": "mouse_drag_and_drop", "from_x": from_x, "from_y": from_y, "to_x": to_x, "to_y": to_y })
        }
        ComputerAction::Move { at } => {
            let (x, y) = point(at)?;
            json!({ "name": "mouse_move", "x": x, "y": y })
        }
        ComputerAction::Scroll { at, scroll_x, scroll_y } => {
            let (x, y) = point(at)?;
            let (right, down) = space.write_distance(*scroll_x, *scroll_y);
            let tenth = |distance: f64| (distance * 10.0).round() / 10.0;
            json!({ "name": "scroll_at", "x": x, "y": y, "delta_x": tenth(right), "delta_y": tenth(down) })
        }
        ComputerAction::Keypress { keys } => json!({ "name": "keyboard_press", "key": keys.join("+") }),
        ComputerAction::Type { text } => json!({ "name": "keyboard_type", "text": text }),
        ComputerAction::Navigate { url } => json!({ "name": "goto", "url": url }),
        ComputerAction::Wait => json!({ "name": "noop", "noop_reason": "loading" }),
        ComputerAction::Terminate { success: true } => json!({ "name": "send_msg_to_user", "msg": "[EXIT]" }),
        ComputerAction::Terminate { success: false } => {
            json!({ "name": "report_infeasible", "infeasibility_reason": "" })
        }
        ComputerAction::SelectOption { .. } => return Err(unsupported("select")),
    })
}

pub(super) fn read(answer: &str, space: &Space) -> Option<Vec<ComputerAction>> {
    let lines = answer.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| action_of(serde_json::from_str::<Value>(line).ok()?.get("action")?, space)).collect()
}

fn action_of(action: &Value, space: &Space) -> Option<ComputerAction> {
    let number = |name: &str| action.get(name)?.as_f64();
    let text = |name: &str| action.get(name)?.as_str();
    let point = |x: &str, y: &str| Some(space.read(number(x)?, number(y)?));
    Some(match text("name")? {
        "click" if text("click_type") == Some("double") => {
            ComputerAction::DoubleClick { at: point("x", "y")? }
        }
        "click" => {
            let button = match text("button").unwrap_or("left") {
                "right" => MouseButton::Right,
                "middle" => MouseButton::Middle,
                _ => MouseButton::Left,
            };
            ComputerAction::Click { button, at: point("x", "y")? }
        }
        "mouse_drag_and_drop" => {
            ComputerAction::Drag { path: vec![point("from_x", "from_y")?, point("to_x", "to_y")?] }
        }
        "mouse_move" => ComputerAction::Move { at: point("x", "y")? },
        "scroll_at" => {
            let (scroll_x, scroll_y) = space.read_distance(number("delta_x")?, number("delta_y")?);
            ComputerAction::Scroll { at: point("x", "y")?, scroll_x, scroll_y }
        }
        "keyboard_press" => {
            let keys = text("key")?.split('+').filter(|key| !key.is_empty()).map(str::to_owned).collect();
            ComputerAction::Keypress { keys }
        }
        "keyboard_type" => ComputerAction::Type { text: text("text")?.to_owned() },
        "goto" => ComputerAction::Navigate { url: text("url")?.to_owned() },
        "noop" => ComputerAction::Wait,
        "send_msg_to_user" => ComputerAction::Terminate { success: true },
        "report_infeasible" => ComputerAction::Terminate { success: false },
        _ => return None,
    })
}
