//! The vocabulary of the `computer` tool: OpenAI's computer actions and what the web needs besides.
//!
//! `click`, `double_click`, `drag`, `move`, `scroll`, `keypress`, `type` and `wait` are those of the computer tool in
//! OpenAI's API reference; `select_option`, `navigate` and `terminate` are ours.

use codesight_core::model::{ComputerAction, MouseButton};
use serde::{Deserialize, Serialize};

use super::pixels::PixelSpace;
use crate::special::neutralise;

/// A pixel of the image, from its top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PixelPoint {
    /// To the right; the first pixel is 0.
    pub x: i32,
    /// Downwards; the first pixel is 0.
    pub y: i32,
}

/// A pointer button in the tool's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolButton {
    /// The main button.
    Left,
    /// The context menu button.
    Right,
    /// The wheel pressed.
    Wheel,
    /// "Back".
    Back,
    /// "Forward".
    Forward,
}

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolOutcome {
    /// It is done.
    Success,
    /// It cannot be done.
    Failure,
}

/// One action of a call. Places are pixels of the image, scroll distances too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ToolAction {
    /// Press and release.
    Click {
        /// Which button.
        button: ToolButton,
        /// To the right.
        x: i32,
        /// Downwards.
        y: i32,
    },
    /// Twice with the main button.
    DoubleClick {
        /// To the right.
        x: i32,
        /// Downwards.
        y: i32,
    },
    /// Press, move along the path, release.
    Drag {
        /// Start to end.
        path: Vec<PixelPoint>,
    },
    /// Move without pressing.
    Move {
        /// To the right.
        x: i32,
        /// Downwards.
        y: i32,
    },
    /// Turn the wheel.
    Scroll {
        /// To the right.
        x: i32,
        /// Downwards.
        y: i32,
        /// Distance to the right.
        scroll_x: i32,
        /// Distance downwards.
        scroll_y: i32,
    },
    /// Press keys together.
    Keypress {
        /// Names of `KeyboardEvent.key`.
        keys: Vec<String>,
    },
    /// Type text into what has the focus.
    Type {
        /// The text.
        text: String,
    },
    /// Choose an option of a list.
    SelectOption {
        /// To the right.
        x: i32,
        /// Downwards.
        y: i32,
        /// The option's text.
        option: String,
    },
    /// Go to an address.
    Navigate {
        /// The address.
        url: String,
    },
    /// Do nothing for a while.
    Wait {},
    /// The task ends.
    Terminate {
        /// How.
        status: ToolOutcome,
    },
}

/// The argument of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionList {
    /// In order; at least one.
    pub actions: Vec<ToolAction>,
}

impl ToolAction {
    /// Every pixel the action names.
    pub fn points(&self) -> Vec<PixelPoint> {
        match self {
            Self::Click { x, y, .. }
            | Self::DoubleClick { x, y }
            | Self::Move { x, y }
            | Self::Scroll { x, y, .. }
            | Self::SelectOption { x, y, .. } => vec![PixelPoint { x: *x, y: *y }],
            Self::Drag { path } => path.clone(),
            Self::Keypress { .. }
            | Self::Type { .. }
            | Self::Navigate { .. }
            | Self::Wait {}
            | Self::Terminate { .. } => Vec::new(),
        }
    }

    /// The action in CSS pixels again: each place is the middle of its pixel.
    pub fn to_computer(&self, space: &PixelSpace) -> ComputerAction {
        let at = |x: &i32, y: &i32| space.to_css(PixelPoint { x: *x, y: *y });
        match self {
            Self::Click { button, x, y } => {
                ComputerAction::Click { button: button.to_computer(), at: at(x, y) }
            }
            Self::DoubleClick { x, y } => ComputerAction::DoubleClick { at: at(x, y) },
            Self::Drag { path } => {
                ComputerAction::Drag { path: path.iter().map(|point| space.to_css(*point)).collect() }
            }
            Self::Move { x, y } => ComputerAction::Move { at: at(x, y) },
            Self::Scroll { x, y, scroll_x, scroll_y } => {
                let (scroll_x, scroll_y) = space.distance_to_css(*scroll_x, *scroll_y);
                ComputerAction::Scroll { at: at(x, y), scroll_x, scroll_y }
            }
            Self::Keypress { keys } => ComputerAction::Keypress { keys: keys.clone() },
            Self::Type { text } => ComputerAction::Type { text: text.clone() },
            Self::SelectOption { x, y, option } => {
                ComputerAction::SelectOption { at: at(x, y), option: option.clone() }
            }
            Self::Navigate { url } => ComputerAction::Navigate { url: url.clone() },
            Self::Wait {} => ComputerAction::Wait,
            Self::Terminate { status } => {
                ComputerAction::Terminate { success: *status == ToolOutcome::Success }
            }
        }
    }
}

impl ToolButton {
    fn from_computer(button: MouseButton) -> Self {
        match button {
            MouseButton::Left => Self::Left,
            MouseButton::Right => Self::Right,
            MouseButton::Middle => Self::Wheel,
            MouseButton::Back => Self::Back,
            MouseButton::Forward => Self::Forward,
        }
    }

    fn to_computer(self) -> MouseButton {
        match self {
            Self::Left => MouseButton::Left,
            Self::Right => MouseButton::Right,
            Self::Wheel => MouseButton::Middle,
            Self::Back => MouseButton::Back,
            Self::Forward => MouseButton::Forward,
        }
    }
}

/// Turns actions into the tool's words and counts what had to be changed on the way.
pub(super) struct Translator<'s> {
    space: &'s PixelSpace,
    /// Points moved into the image.
    pub(super) clamped: u32,
    /// Special tokens written with a space.
    pub(super) neutralised: u32,
}

impl<'s> Translator<'s> {
    pub(super) fn new(space: &'s PixelSpace) -> Self {
        Self { space, clamped: 0, neutralised: 0 }
    }

    /// None for an action this vocabulary cannot say, or for a place that is not a number.
    pub(super) fn translate(&mut self, action: &ComputerAction) -> Option<ToolAction> {
        Some(match action {
            ComputerAction::Click { button, at } => {
                let PixelPoint { x, y } = self.point(*at)?;
                ToolAction::Click { button: ToolButton::from_computer(*button), x, y }
            }
            ComputerAction::DoubleClick { at } => {
                let PixelPoint { x, y } = self.point(*at)?;
                ToolAction::DoubleClick { x, y }
            }
            ComputerAction::Drag { path } if !path.is_empty() => {
                ToolAction::Drag { path: path.iter().map(|point| self.point(*point)).collect::<Option<_>>()? }
            }
            ComputerAction::Move { at } => {
                let PixelPoint { x, y } = self.point(*at)?;
                ToolAction::Move { x, y }
            }
            ComputerAction::Scroll { at, scroll_x, scroll_y } => {
                let PixelPoint { x, y } = self.point(*at)?;
                let (scroll_x, scroll_y) = self.space.distance_to_pixels(*scroll_x, *scroll_y)?;
                ToolAction::Scroll { x, y, scroll_x, scroll_y }
            }
            ComputerAction::Keypress { keys } if !keys.is_empty() => {
                ToolAction::Keypress { keys: keys.iter().map(|key| self.text(key)).collect() }
            }
            ComputerAction::Type { text } => ToolAction::Type { text: self.text(text) },
            ComputerAction::SelectOption { at, option } => {
                let PixelPoint { x, y } = self.point(*at)?;
                ToolAction::SelectOption { x, y, option: self.text(option) }
            }
            ComputerAction::Navigate { url } => ToolAction::Navigate { url: self.text(url) },
            ComputerAction::Wait => ToolAction::Wait {},
            ComputerAction::Terminate { success } => ToolAction::Terminate {
                status: if *success { ToolOutcome::Success } else { ToolOutcome::Failure },
            },
            _ => return None,
        })
    }

    fn point(&mut self, at: codesight_core::model::Point) -> Option<PixelPoint> {
        let (pixel, moved) = self.space.to_pixel(at)?;
        self.clamped += u32::from(moved);
        Some(pixel)
    }

    fn text(&mut self, text: &str) -> String {
        let (text, count) = neutralise(text);
        self.neutralised += count;
        text.into_owned()
    }
}
