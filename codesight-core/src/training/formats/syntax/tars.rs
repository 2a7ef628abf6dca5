//! UI-TARS: `Action: click(start_box='<|box_start|>(500,300)<|box_end|>')`, and in 1.5 `click(point='<point>500 300</point>')`.

use super::super::space::Space;
use super::super::text::{read_single_quoted, single_quoted};
use super::{Result, ends, keys, spelled_out, unsupported};
use crate::model::{ComputerAction, MouseButton, Point};

/// How far a scroll goes whose answer says the direction alone, in CSS pixels.
const SCROLL: f64 = 500.0;

pub(super) fn write(actions: &[ComputerAction], space: &Space, points: bool) -> Result<String> {
    let calls = actions.iter().flat_map(spelled_out).map(|action| call(&action, space, points));
    Ok(format!("Action: {}", calls.collect::<Result<Vec<_>>>()?.join("\n\n")))
}

fn call(action: &ComputerAction, space: &Space, points: bool) -> Result<String> {
    let place = |at: Point| {
        let (x, y) = space.write(at)?;
        Ok(if points {
            format!("'<point>{x} {y}</point>'")
        } else {
            format!("'<|box_start|>({x},{y})<|box_end|>'")
        })
    };
    let at = if points { "point" } else { "start_box" };
    Ok(match action {
        ComputerAction::Click { button, at: point } => {
            let name = match button {
                MouseButton::Left => "click",
                MouseButton::Right => "right_single",
                MouseButton::Middle | MouseButton::Back | MouseButton::Forward => {
                    return Err(unsupported("click"));
                }
            };
            format!("{name}({at}={})", place(*point)?)
        }
        ComputerAction::DoubleClick { at: point } => format!("left_double({at}={})", place(*point)?),
        ComputerAction::Drag { path } => {
            let (from, to) = ends(path)?;
            let (start, end) = if points { ("start_point", "end_point") } else { ("start_box", "end_box") };
            format!("drag({start}={}, {end}={})", place(from)?, place(to)?)
        }
        ComputerAction::Scroll { at: point, scroll_x, scroll_y } => {
            let direction = if scroll_y.abs() >= scroll_x.abs() {
                if *scroll_y < 0.0 { "up" } else { "down" }
            } else if *scroll_x < 0.0 {
                "left"
            } else {
                "right"
            };
            format!("scroll({at}={}, direction='{direction}')", place(*point)?)
        }
        ComputerAction::Keypress { keys: pressed } => {
            let pressed: Vec<String> = pressed.iter().map(|key| keys::write(key)).collect();
            format!("hotkey(key={})", single_quoted(&pressed.join(" ")))
        }
        ComputerAction::Type { text } => format!("type(content={})", single_quoted(text)),
        ComputerAction::Wait => "wait()".to_owned(),
        ComputerAction::Terminate { success: true } => "finished(content='')".to_owned(),
        ComputerAction::Terminate { success: false } => "call_user()".to_owned(),
        ComputerAction::Move { .. } => return Err(unsupported("move")),
        ComputerAction::SelectOption { .. } | ComputerAction::Navigate { .. } => {
            return Err(unsupported("select"));
        }
    })
}

pub(super) fn read(answer: &str, space: &Space, points: bool) -> Option<Vec<ComputerAction>> {
    let (_, calls) = answer.rsplit_once("Action:")?;
    let calls = calls.split("\n\n").map(str::trim).filter(|call| !call.is_empty());
    calls.map(|call| action_of(call, space, points)).collect()
}

fn action_of(call: &str, space: &Space, points: bool) -> Option<ComputerAction> {
    let (name, mut rest) = call.split_once('(')?;
    let mut arguments = Vec::new();
    loop {
        rest = rest.trim_start_matches([',', ' ']);
        if rest.starts_with(')') {
            break;
        }
        let (argument, value) = rest.split_once('=')?;
        let (value, more) = read_single_quoted(value)?;
        arguments.push((argument, value));
        rest = more;
    }
    let argument =
        |name: &str| arguments.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str());
    let point = |name: &str| {
        let text = argument(name)?;
        let inner = if points {
            text.strip_prefix("<point>")?.strip_suffix("</point>")?
        } else {
            text.strip_prefix("<|box_start|>(")?.strip_suffix(")<|box_end|>")?
        };
        let (x, y) = inner.split_once(if points { ' ' } else { ',' })?;
        Some(space.read(x.trim().parse().ok()?, y.trim().parse().ok()?))
    };
    let at = if points { "point" } else { "start_box" };
    Some(match name {
        "click" => ComputerAction::Click { button: MouseButton::Left, at: point(at)? },
        "right_single" => ComputerAction::Click { button: MouseButton::Right, at: point(at)? },
        "left_double" => ComputerAction::DoubleClick { at: point(at)? },
        "drag" if points => ComputerAction::Drag { path: vec![point("start_point")?, point("end_point")?] },
        "drag" => ComputerAction::Drag { path: vec![point("start_box")?, point("end_box")?] },
        "scroll" => {
            let (scroll_x, scroll_y) = match argument("direction")? {
                "down" => (0.0, SCROLL),
                "up" => (0.0, -SCROLL),
                "right" => (SCROLL, 0.0),
                "left" => (-SCROLL, 0.0),
                _ => return None,
            };
            ComputerAction::Scroll { at: point(at)?, scroll_x, scroll_y }
        }
        "hotkey" => {
            let pressed = argument("key")?.split(' ').filter(|key| !key.is_empty());
            ComputerAction::Keypress { keys: pressed.map(keys::read).collect() }
        }
        "type" => ComputerAction::Type { text: argument("content")?.to_owned() },
        "wait" => ComputerAction::Wait,
        "finished" => ComputerAction::Terminate { success: true },
        "call_user" => ComputerAction::Terminate { success: false },
        _ => return None,
    })
}
