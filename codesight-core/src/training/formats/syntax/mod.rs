//! The ways in which models write actions.

mod flat;
mod keys;
mod molmo;
mod pyautogui;
mod qwen;
mod tars;

use super::space::{Convention, SmartResize, Space};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ComputerAction, MouseButton, Point};

/// A way to write actions, each with the convention its models are trained on.
///
/// What a way cannot say as one action is said as those a person would do: choosing an option is a click and typing
/// its first letters, going to an address is typing it into the address bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// One JSON object with a list of actions, in pixels of the stored picture.
    Flat,
    /// UI-TARS 1: calls with boxes, thousandths.
    Tars1,
    /// UI-TARS 1.5: calls with points, pixels after the resize.
    Tars15,
    /// The `computer_use` tool of Qwen2.5-VL, pixels after the resize.
    Qwen25,
    /// The same of Qwen2-VL and Qwen3-VL, thousandths.
    Qwen3,
    /// Python calls of AgentNet, shares of the sides.
    Pyautogui,
    /// MolmoWeb's JSON, per cent.
    Molmo,
}

impl Syntax {
    /// Every way.
    pub const ALL: [Self; 7] =
        [Self::Flat, Self::Tars1, Self::Tars15, Self::Qwen25, Self::Qwen3, Self::Pyautogui, Self::Molmo];

    /// How it counts places.
    pub fn convention(self) -> Convention {
        match self {
            Self::Flat => Convention::Pixels,
            Self::Tars1 | Self::Qwen3 => Convention::Thousand,
            Self::Tars15 => Convention::SmartResize(SmartResize::UI_TARS),
            Self::Qwen25 => Convention::SmartResize(SmartResize::QWEN_2_5),
            Self::Pyautogui => Convention::Unit,
            Self::Molmo => Convention::Percent,
        }
    }

    /// How to answer, for the system text.
    pub fn told(self) -> &'static str {
        match self {
            Self::Flat => "Answer with one JSON object, {\"actions\": [...]}.",
            Self::Tars1 | Self::Tars15 => {
                "Answer with lines `Thought:` and `Action:`; several actions are calls on lines of their own."
            }
            Self::Qwen25 | Self::Qwen3 => "Answer with calls of the tool computer_use.",
            Self::Pyautogui => "Answer with calls of pyautogui, one a line.",
            Self::Molmo => "Answer with one JSON object a line, {\"action\": {...}}.",
        }
    }

    /// The actions as the answer of a model.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for an action that cannot be said; [`ErrorKind::Invalid`] for a point outside the
    /// picture.
    pub fn write(self, actions: &[ComputerAction], space: &Space) -> Result<String> {
        match self {
            Self::Flat => flat::write(actions, space),
            Self::Tars1 | Self::Tars15 => tars::write(actions, space, self == Self::Tars15),
            Self::Qwen25 | Self::Qwen3 => qwen::write(actions, space),
            Self::Pyautogui => pyautogui::write(actions, space),
            Self::Molmo => molmo::write(actions, space),
        }
    }

    /// Reads an answer, of a model or written by [`Syntax::write`].
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for what is no such answer.
    pub fn read(self, answer: &str, space: &Space) -> Result<Vec<ComputerAction>> {
        let actions = match self {
            Self::Flat => flat::read(answer, space),
            Self::Tars1 | Self::Tars15 => tars::read(answer, space, self == Self::Tars15),
            Self::Qwen25 | Self::Qwen3 => qwen::read(answer, space),
            Self::Pyautogui => pyautogui::read(answer, space),
            Self::Molmo => molmo::read(answer, space),
        };
        actions.ok_or_else(|| Error::invalid("format.answer", "this is no answer of the expected form"))
    }
}

fn unsupported(what: &'static str) -> Error {
    Error::new(ErrorKind::Unsupported, "format.action", "the format cannot say this action")
        .with("action", what)
}

/// Choosing an option and going to an address in actions that every way can say.
fn spelled_out(action: &ComputerAction) -> Vec<ComputerAction> {
    let keys =
        |keys: &[&str]| ComputerAction::Keypress { keys: keys.iter().map(|key| (*key).to_owned()).collect() };
    match action {
        ComputerAction::SelectOption { at, option } => vec![
            ComputerAction::Click { button: MouseButton::Left, at: *at },
            ComputerAction::Type { text: option.clone() },
        ],
        ComputerAction::Navigate { url } => {
            vec![keys(&["Control", "l"]), ComputerAction::Type { text: url.clone() }, keys(&["Enter"])]
        }
        action => vec![action.clone()],
    }
}

fn ends(path: &[Point]) -> Result<(Point, Point)> {
    match path {
        [first, .., last] => Ok((*first, *last)),
        _ => Err(Error::invalid("format.action", "a drag has a beginning and an end")),
    }
}
