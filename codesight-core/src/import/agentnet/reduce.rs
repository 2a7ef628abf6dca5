//! From the raw events of a mouse and a keyboard to actions.
//!
//! | raw events | action |
//! |---|---|
//! | a button pressed and released within 6 px | click |
//! | farther apart | drag along the pointer's path |
//! | two clicks of a button within 500 ms and 6 px | double click |
//! | wheel turns in one direction, each within 3 s of the one before, nothing else between | one scroll |
//! | keys that are letters, one after another | typed text |
//! | other keys, and keys with Control, Alt or Meta held | key press |
//! | pointer moves | none |
//! | a button, key or modifier still held when the recording ends | none, and reported |

use serde_json::Value;

use crate::import::json;
use crate::model::{MouseButton, Point};

/// A release farther away than this from its press ends a drag, in pixels.
const CLICK_RADIUS: f64 = 6.0;
/// Two presses within this time may be a double click, in seconds.
const DOUBLE_CLICK_S: f64 = 0.5;
/// Turns of the wheel with longer pauses are several scrolls, in seconds.
const SCROLL_PAUSE_S: f64 = 3.0;

/// What was done, with the raw events it is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Action {
    pub(super) kind: ActionKind,
    /// Number of the first raw event.
    pub(super) first_event: u64,
    pub(super) raw_events: u32,
    /// Seconds by the recorder's clock.
    pub(super) start: f64,
    pub(super) end: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum ActionKind {
    Click {
        at: Point,
        button: MouseButton,
        twice: bool,
    },
    Drag {
        path: Vec<Point>,
    },
    /// Turns to the right and upwards.
    Scroll {
        at: Point,
        right: f64,
        up: f64,
    },
    Type {
        text: String,
    },
    Keys {
        keys: Vec<String>,
    },
}

#[derive(Debug, Default)]
pub(super) struct Reducer {
    actions: Vec<Action>,
    pressed: Option<(u64, f64, Point, MouseButton)>,
    path: Vec<Point>,
    modifiers: Vec<String>,
    /// The last wheel turn's time, while nothing but moves came after it.
    scrolling: Option<f64>,
    moves: u32,
    pub(super) invalid: usize,
    pub(super) unknown: usize,
    /// Whether the last action was made with a modifier that was not released since.
    open_chord: bool,
}

impl Reducer {
    pub(super) fn event(&mut self, event: &Value, number: u64) {
        let Some(time) = json::number(event, "time_stamp") else {
            self.invalid += 1;
            return;
        };
        let number = json::whole(event, "event_idx").unwrap_or(number);
        let at = json::number(event, "x").zip(json::number(event, "y")).map(|(x, y)| Point { x, y });
        match (json::text(event, "action"), at) {
            (Some("move"), Some(at)) => {
                self.moves = self.moves.saturating_add(1);
                if self.pressed.is_some() {
                    self.path.push(at);
                }
            }
            (Some("click"), Some(at)) => self.button(event, number, time, at),
            (Some("scroll"), Some(at)) => self.wheel(event, number, time, at),
            (Some("press"), _) => self.press(event, number, time),
            (Some("release"), _) => {
                let key = key_name(json::text(event, "name").unwrap_or_default());
                if let Some(held) = self.modifiers.iter().position(|held| *held == key) {
                    self.modifiers.remove(held);
                    self.open_chord = false;
                }
            }
            (Some("move" | "click" | "scroll"), None) => self.invalid += 1,
            (Some(_), _) => self.unknown += 1,
            (None, _) => self.invalid += 1,
        }
    }

    /// The actions, and how many had not ended with the recording.
    pub(super) fn finish(mut self) -> (Vec<Action>, usize) {
        let mut cut_off = usize::from(self.pressed.is_some());
        if self.open_chord && !self.modifiers.is_empty() {
            self.actions.pop();
            cut_off += 1;
        }
        (self.actions, cut_off)
    }

    fn button(&mut self, event: &Value, number: u64, time: f64, at: Point) {
        let button = match json::text(event, "button") {
            Some("right") => MouseButton::Right,
            Some("middle") => MouseButton::Middle,
            _ => MouseButton::Left,
        };
        if event.get("pressed") != Some(&Value::Bool(false)) {
            self.pressed = Some((number, time, at, button));
            self.path = vec![at];
            return;
        }
        let Some((first_event, start, from, pressed)) = self.pressed.take() else {
            self.invalid += 1;
            return;
        };
        if pressed != button {
            self.invalid += 1;
        }
        let mut raw_events = 2 + std::mem::take(&mut self.moves);
        let mut path = std::mem::take(&mut self.path);
        let kind = if distance(from, at) > CLICK_RADIUS {
            path.push(at);
            ActionKind::Drag { path }
        } else {
            let twice = match self.actions.last() {
                Some(Action {
                    kind: ActionKind::Click { at: before, button: same, twice: false },
                    start: then,
                    ..
                }) => {
                    *same == pressed
                        && start - then <= DOUBLE_CLICK_S
                        && distance(*before, from) <= CLICK_RADIUS
                }
                _ => false,
            };
            if twice && let Some(before) = self.actions.pop() {
                raw_events += before.raw_events;
                return self.push(
                    ActionKind::Click { at: from, button: pressed, twice: true },
                    (before.first_event, raw_events, before.start, time),
                );
            }
            ActionKind::Click { at: from, button: pressed, twice: false }
        };
        self.push(kind, (first_event, raw_events, start, time));
    }

    fn wheel(&mut self, event: &Value, number: u64, time: f64, at: Point) {
        let right = json::number(event, "dx").unwrap_or(0.0);
        let up = json::number(event, "dy").unwrap_or(0.0);
        let moves = std::mem::take(&mut self.moves);
        if self.scrolling.is_some_and(|last| time - last <= SCROLL_PAUSE_S)
            && let Some(last) = self.actions.last_mut()
            && let ActionKind::Scroll { right: so_far_right, up: so_far_up, .. } = &mut last.kind
            && same_direction(*so_far_right, right)
            && same_direction(*so_far_up, up)
        {
            *so_far_right += right;
            *so_far_up += up;
            last.end = time;
            last.raw_events = last.raw_events.saturating_add(1 + moves);
        } else {
            self.push(ActionKind::Scroll { at, right, up }, (number, 1 + moves, time, time));
        }
        self.scrolling = Some(time);
    }

    fn press(&mut self, event: &Value, number: u64, time: f64) {
        let name = json::text(event, "name").unwrap_or_default();
        let key = key_name(name);
        if matches!(key.as_str(), "Control" | "Alt" | "Meta" | "Shift") {
            if !self.modifiers.contains(&key) {
                self.modifiers.push(key);
            }
            return;
        }
        let is_letter = key.chars().count() == 1;
        let chord = self.modifiers.iter().any(|held| held != "Shift");
        if is_letter && !chord {
            if self.scrolling.is_none()
                && let Some(Action { kind: ActionKind::Type { text }, raw_events, end, .. }) =
                    self.actions.last_mut()
            {
                text.push_str(&key);
                *raw_events = raw_events.saturating_add(1);
                *end = time;
                return;
            }
            return self.push(ActionKind::Type { text: key }, (number, 1, time, time));
        }
        let keys = self.modifiers.iter().cloned().chain([key]).collect();
        self.push(ActionKind::Keys { keys }, (number, 1, time, time));
        self.open_chord = chord;
    }

    fn push(&mut self, kind: ActionKind, (first_event, raw_events, start, end): (u64, u32, f64, f64)) {
        self.scrolling = None;
        self.open_chord = false;
        self.actions.push(Action { kind, first_event, raw_events, start, end });
    }
}

fn distance(a: Point, b: Point) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

fn same_direction(so_far: f64, more: f64) -> bool {
    so_far * more > 0.0 || (so_far == 0.0 && more == 0.0)
}

/// The recorder's names of keys in the names of `KeyboardEvent.key`.
pub(crate) fn key_name(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let known = match lower.as_str() {
        "ctrl" | "ctrl_l" | "ctrl_r" | "control" => "Control",
        "alt" | "alt_l" | "alt_r" | "alt_gr" | "option" => "Alt",
        "shift" | "shift_l" | "shift_r" => "Shift",
        "cmd" | "cmd_l" | "cmd_r" | "win" | "super" | "command" | "meta" => "Meta",
        "enter" | "return" => "Enter",
        "esc" | "escape" => "Escape",
        "tab" => "Tab",
        "space" => " ",
        "backspace" => "Backspace",
        "delete" | "del" => "Delete",
        "up" => "ArrowUp",
        "down" => "ArrowDown",
        "left" => "ArrowLeft",
        "right" => "ArrowRight",
        "home" => "Home",
        "end" => "End",
        "page_up" | "pageup" | "pgup" => "PageUp",
        "page_down" | "pagedown" | "pgdn" => "PageDown",
        "caps_lock" | "capslock" => "CapsLock",
        "insert" => "Insert",
        _ => return name.to_owned(),
    };
    known.to_owned()
}
