//! AgentNet's Python: `pyautogui.click(x=0.5, y=0.3)`.

use super::super::space::Space;
use super::super::text::single_quoted;
use super::{Result, ends, keys, spelled_out, unsupported};
use crate::import::{CodeAction, read_code};
use crate::model::{ComputerAction, MouseButton, Point};

/// CSS pixels of one turn of the wheel.
const PIXELS_PER_TURN: f64 = 100.0;

pub(super) fn write(actions: &[ComputerAction], space: &Space) -> Result<String> {
    let mut lines = Vec::new();
    for action in actions.iter().flat_map(spelled_out) {
        lines.extend(calls(&action, space)?);
    }
    Ok(lines.join("\n"))
}

fn calls(action: &ComputerAction, space: &Space) -> Result<Vec<String>> {
    let place = |at: &Point| space.write(*at).map(|(x, y)| format!("x={x}, y={y}"));
    let list = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|key| single_quoted(&keys::write(key))).collect();
        format!("[{}]", names.join(", "))
    };
    Ok(match action {
        ComputerAction::Click { button: MouseButton::Left, at } => {
            vec![format!("pyautogui.click({})", place(at)?)]
        }
        ComputerAction::Click { button: MouseButton::Right, at } => {
            vec![format!("pyautogui.rightClick({})", place(at)?)]
        }
        ComputerAction::Click { button: MouseButton::Middle, at } => {
            vec![format!("pyautogui.middleClick({})", place(at)?)]
        }
        ComputerAction::Click { .. } => return Err(unsupported("click")),
        ComputerAction::DoubleClick { at } => vec![format!("pyautogui.doubleClick({})", place(at)?)],
        ComputerAction::Drag { path } => {
            let (from, to) = ends(path)?;
            vec![format!("pyautogui.moveTo({})", place(&from)?), format!("pyautogui.dragTo({})", place(&to)?)]
        }
        ComputerAction::Move { at } => vec![format!("pyautogui.moveTo({})", place(at)?)],
        ComputerAction::Scroll { at, scroll_x, scroll_y } => {
            let turns = |pixels: f64| (pixels / PIXELS_PER_TURN * 10.0).round() / 10.0;
            let mut lines = vec![format!("pyautogui.moveTo({})", place(at)?)];
            if *scroll_y != 0.0 {
                lines.push(format!("pyautogui.scroll({})", turns(-scroll_y)));
            }
            if *scroll_x != 0.0 {
                lines.push(format!("pyautogui.hscroll({})", turns(*scroll_x)));
            }
            lines
        }
        ComputerAction::Keypress { keys } if keys.len() == 1 => {
            vec![format!("pyautogui.press(keys={})", list(keys))]
        }
        ComputerAction::Keypress { keys } => vec![format!("pyautogui.hotkey({})", list(keys))],
        ComputerAction::Type { text } => vec![format!("pyautogui.write(message={})", single_quoted(text))],
        ComputerAction::Wait => vec!["computer.wait()".to_owned()],
        ComputerAction::Terminate { success } => {
            vec![format!("computer.terminate(status='{}')", if *success { "success" } else { "failure" })]
        }
        ComputerAction::SelectOption { .. } | ComputerAction::Navigate { .. } => {
            return Err(unsupported("select"));
        }
    })
}

pub(super) fn read(answer: &str, space: &Space) -> Option<Vec<ComputerAction>> {
    let mut actions: Vec<ComputerAction> = Vec::new();
    for call in read_code(answer).ok()? {
        let css = |at: Point| space.read(at.x, at.y);
        let moved_to = |actions: &mut Vec<ComputerAction>| match actions.last() {
            Some(ComputerAction::Move { at }) => {
                let at = *at;
                actions.pop();
                Some(at)
            }
            Some(ComputerAction::Scroll { at, .. }) => Some(*at),
            _ => None,
        };
        let action = match call {
            CodeAction::Click { at, clicks: 1, button } => ComputerAction::Click { button, at: css(at) },
            CodeAction::Click { at, .. } => ComputerAction::DoubleClick { at: css(at) },
            CodeAction::Move { at } => ComputerAction::Move { at: css(at) },
            CodeAction::Drag { to } => ComputerAction::Drag { path: vec![moved_to(&mut actions)?, css(to)] },
            CodeAction::Scroll { at, right, up } => ComputerAction::Scroll {
                at: at.map(css).or_else(|| moved_to(&mut actions))?,
                scroll_x: right * PIXELS_PER_TURN,
                scroll_y: -up * PIXELS_PER_TURN,
            },
            CodeAction::Write { text } => ComputerAction::Type { text },
            CodeAction::Press { keys } | CodeAction::Hotkey { keys } => ComputerAction::Keypress { keys },
            CodeAction::Wait => ComputerAction::Wait,
            CodeAction::Terminate { success } => ComputerAction::Terminate { success },
        };
        actions.push(action);
    }
    Some(actions)
}
