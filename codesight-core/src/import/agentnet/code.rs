//! The Python calls in which AgentNet writes actions, such as `pyautogui.click(x=0.5, y=0.3)`.

use super::reduce::key_name;
use crate::model::{MouseButton, Point};

/// One call. Points are shares of the picture's width and height, 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CodeAction {
    Click {
        at: Point,
        button: MouseButton,
        clicks: u32,
    },
    Move {
        at: Point,
    },
    Drag {
        to: Point,
    },
    /// Turns to the right and upwards; where the pointer is, unless said.
    Scroll {
        at: Option<Point>,
        right: f64,
        up: f64,
    },
    Write {
        text: String,
    },
    Press {
        keys: Vec<String>,
    },
    Hotkey {
        keys: Vec<String>,
    },
    Wait,
    Terminate {
        success: bool,
    },
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq)]
enum Argument {
    Number(f64),
    Text(String),
    List(Vec<String>),
}

/// The calls of a piece of code, one a line; `Err` is the number of the first line that is no known call.
pub(crate) fn read_code(code: &str) -> Result<Vec<CodeAction>, usize> {
    let lines = code.lines().map(str::trim).enumerate();
    let calls =
        lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#') && !line.starts_with("import "));
    calls.map(|(number, line)| call(line).ok_or(number + 1)).collect()
}

fn call(line: &str) -> Option<CodeAction> {
    let (name, rest) = line.split_once('(')?;
    let arguments = arguments(rest.strip_suffix(')')?)?;
    let named =
        |name: &str| arguments.iter().find(|(own, _)| own.as_deref() == Some(name)).map(|(_, value)| value);
    let nth =
        |index: usize| arguments.iter().filter(|(name, _)| name.is_none()).nth(index).map(|(_, value)| value);
    let number = |name: &str, index: usize| match named(name).or_else(|| nth(index)) {
        Some(Argument::Number(number)) => Some(*number),
        _ => None,
    };
    let text = |name: &str| match named(name).or_else(|| nth(0)) {
        Some(Argument::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let keys = |name: &str| match named(name) {
        Some(Argument::List(keys)) => keys.clone(),
        Some(Argument::Text(key)) => vec![key.clone()],
        _ => arguments
            .iter()
            .flat_map(|(_, value)| match value {
                Argument::Text(key) => vec![key.clone()],
                Argument::List(keys) => keys.clone(),
                Argument::Number(_) => Vec::new(),
            })
            .collect(),
    };
    let keys = |name: &str| keys(name).iter().map(|key| key_name(key)).collect::<Vec<_>>();
    let point = || number("x", 0).zip(number("y", 1)).map(|(x, y)| Point { x, y });
    let click = |button, clicks| point().map(|at| CodeAction::Click { at, button, clicks });
    match name.rsplit('.').next()? {
        "click" => {
            let button = match named("button") {
                Some(Argument::Text(button)) if button == "right" => MouseButton::Right,
                Some(Argument::Text(button)) if button == "middle" => MouseButton::Middle,
                _ => MouseButton::Left,
            };
            click(button, number("clicks", 2).map_or(1, |clicks| clicks as u32))
        }
        "doubleClick" => click(MouseButton::Left, 2),
        "tripleClick" => click(MouseButton::Left, 3),
        "rightClick" => click(MouseButton::Right, 1),
        "middleClick" => click(MouseButton::Middle, 1),
        "moveTo" => point().map(|at| CodeAction::Move { at }),
        "dragTo" => point().map(|to| CodeAction::Drag { to }),
        "scroll" | "hscroll" => {
            let turns = number("clicks", 0)?;
            let at = match (named("x"), named("y")) {
                (Some(Argument::Number(x)), Some(Argument::Number(y))) => Some(Point { x: *x, y: *y }),
                _ => None,
            };
            let sideways = name.ends_with("hscroll");
            let (right, up) = if sideways { (turns, 0.0) } else { (0.0, turns) };
            Some(CodeAction::Scroll { at, right, up })
        }
        "write" | "typewrite" => text("message").map(|text| CodeAction::Write { text }),
        "press" => Some(CodeAction::Press { keys: keys("keys") }),
        "hotkey" => Some(CodeAction::Hotkey { keys: keys("args") }),
        "wait" | "sleep" => Some(CodeAction::Wait),
        "terminate" => text("status").map(|status| CodeAction::Terminate { success: status == "success" }),
        _ => None,
    }
}

/// Numbers, quoted texts and lists of quoted texts, with or without a name.
fn arguments(text: &str) -> Option<Vec<(Option<String>, Argument)>> {
    let mut arguments = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let mut name = None;
        let end = rest
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
            .unwrap_or(rest.len());
        let after = rest[end..].trim_start();
        if end > 0 && after.starts_with('=') {
            name = Some(rest[..end].to_owned());
            rest = after[1..].trim_start();
        }
        let (argument, more) = argument(rest)?;
        arguments.push((name, argument));
        rest = more.trim_start();
        match rest.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None if rest.is_empty() => {}
            None => return None,
        }
    }
    Some(arguments)
}

fn argument(text: &str) -> Option<(Argument, &str)> {
    let (opening, closing) = if text.starts_with('[') { ('[', ']') } else { ('(', ')') };
    if let Some(mut rest) = text.strip_prefix(opening) {
        let mut list = Vec::new();
        loop {
            rest = rest.trim_start();
            if let Some(rest) = rest.strip_prefix(closing) {
                return Some((Argument::List(list), rest));
            }
            let (item, more) = quoted(rest)?;
            list.push(item);
            rest = more.trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest);
        }
    }
    if text.starts_with(['\'', '"']) {
        return quoted(text).map(|(text, rest)| (Argument::Text(text), rest));
    }
    let end = text.find([',', ')']).unwrap_or(text.len());
    let number = text[..end].trim().parse::<f64>().ok().filter(|number| number.is_finite())?;
    Some((Argument::Number(number), &text[end..]))
}

/// A text between quotes, with Python's escapes.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut letters = text.char_indices();
    let (_, quote) = letters.next().filter(|(_, letter)| matches!(letter, '\'' | '"'))?;
    let mut plain = String::new();
    while let Some((place, letter)) = letters.next() {
        match letter {
            letter if letter == quote => return Some((plain, &text[place + 1..])),
            '\\' => match letters.next()?.1 {
                'n' => plain.push('\n'),
                't' => plain.push('\t'),
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
    fn calls_are_read_with_their_arguments_and_strange_ones_refused_with_their_line() {
        let code = "pyautogui.click(x=0.5, y=0.25)\npyautogui.write(message='it\\'s, (ok)')\npyautogui.hotkey(['ctrl', 'c'])";
        let calls = read_code(code).expect("known calls");
        assert_eq!(
            calls,
            [
                CodeAction::Click { at: Point { x: 0.5, y: 0.25 }, button: MouseButton::Left, clicks: 1 },
                CodeAction::Write { text: "it's, (ok)".to_owned() },
                CodeAction::Hotkey { keys: vec!["Control".to_owned(), "c".to_owned()] },
            ]
        );
        assert_eq!(read_code("pyautogui.scroll(-5)\nos.system('rm')"), Err(2));
        assert_eq!(read_code("pyautogui.click(x=nan, y=1)"), Err(1));
        assert_eq!(read_code("pyautogui.write('open"), Err(1));
    }
}
