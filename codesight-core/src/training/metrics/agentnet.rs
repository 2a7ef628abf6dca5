//! AgentNetBench's score of a step, as its evaluation code computes it.
//!
//! - a text followed by the Enter key is one text with a line break, in the prediction and in the answer
//! - the first predicted action must be of a kind that the answer has, otherwise the step scores 0
//! - actions are compared place by place; another kind scores 0, a missing one as well
//! - a point in any of the answer's boxes scores 1; elsewhere exp(-120 (d - 0.01 sqrt 2)) of its distance d in shares of
//!   the picture, 1 within 0.01 sqrt 2
//! - a text scores by its edit distance, and 1 from a similarity of 0.8 on
//! - keys score when they are the same; scrolling by direction and by the ratio of the amounts
//! - the step's score is the mean over the kinds of the answer of the mean over its actions of that kind, times the share
//!   of predicted actions that the answer has, when there are more
//!
//! A step with several right answers scores its best one.

use std::collections::BTreeMap;

use crate::model::Rect;

/// `agentnet/action-score@1`.
pub const ACTION_SCORE: &str = "agentnet/action-score@1";

const NEAR: f64 = 0.01 * std::f64::consts::SQRT_2;
const STEEPNESS: f64 = 120.0;
const SIMILAR: f64 = 0.8;

/// One action. Points and boxes are shares of the picture, 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Something at a point: `click`, `doubleclick`, `rightclick`, `tripleclick`, `moveto`, `dragto`.
    Pointer {
        /// Which of them.
        kind: &'static str,
        /// To the right.
        x: f64,
        /// Downwards.
        y: f64,
        /// Boxes of the right elements; of no meaning in a prediction.
        boxes: Vec<Rect>,
    },
    /// Typed text.
    Write {
        /// The text.
        text: String,
    },
    /// Keys, one after another.
    Press {
        /// Their names.
        keys: Vec<String>,
    },
    /// Keys held together.
    Hotkey {
        /// Their names.
        keys: Vec<String>,
    },
    /// Turns of the wheel.
    Scroll {
        /// Upwards.
        amount: f64,
    },
    /// The end.
    Terminate {
        /// `success` or `failure`.
        status: String,
    },
}

impl Action {
    fn kind(&self) -> &'static str {
        match self {
            Self::Pointer { kind, .. } => kind,
            Self::Write { .. } => "write",
            Self::Press { .. } => "press",
            Self::Hotkey { .. } => "hotkey",
            Self::Scroll { .. } => "scroll",
            Self::Terminate { .. } => "terminate",
        }
    }
}

/// The best score of a step among its right answers, 0 to 1.
pub fn step_score(predicted: &[Action], answers: &[Vec<Action>]) -> f64 {
    answers.iter().map(|answer| score(predicted, answer)).fold(0.0, f64::max)
}

/// The score of a step against one answer, 0 to 1.
pub fn score(predicted: &[Action], answer: &[Action]) -> f64 {
    // Enter may be pressed or held: in the answer both count, in a prediction only the first.
    let (predicted, answer) = (merged(predicted, false), merged(answer, true));
    let (Some(first), Some(right)) = (predicted.first(), answer.first()) else { return 0.0 };
    let penalty = (answer.len() as f64 / predicted.len() as f64).min(1.0);
    if right.kind() == "terminate" {
        return if first == right { penalty } else { 0.0 };
    }
    if !answer.iter().any(|right| right.kind() == first.kind()) {
        return 0.0;
    }
    let mut by_kind: BTreeMap<&str, (f64, u32)> = BTreeMap::new();
    for (place, right) in answer.iter().enumerate() {
        let entry = by_kind.entry(right.kind()).or_default();
        entry.1 += 1;
        entry.0 += predicted.get(place).map_or(0.0, |predicted| compare(predicted, right));
    }
    let total: f64 = by_kind.values().map(|(sum, count)| sum / f64::from(*count)).sum();
    total / by_kind.len() as f64 * penalty
}

fn merged(actions: &[Action], with_hotkey: bool) -> Vec<Action> {
    let mut merged: Vec<Action> = Vec::with_capacity(actions.len());
    for action in actions {
        let keys = match action {
            Action::Press { keys } => keys.as_slice(),
            Action::Hotkey { keys } if with_hotkey => keys.as_slice(),
            _ => &[],
        };
        let is_enter = matches!(keys, [key] if matches!(key.to_lowercase().as_str(), "enter" | "return"));
        match merged.last_mut() {
            Some(Action::Write { text }) if is_enter && !text.ends_with('\n') => text.push('\n'),
            _ => merged.push(action.clone()),
        }
    }
    merged
}

fn compare(predicted: &Action, right: &Action) -> f64 {
    match (predicted, right) {
        (
            Action::Pointer { kind: ours, x, y, .. },
            Action::Pointer { kind, x: right_x, y: right_y, boxes },
        ) if ours == kind => {
            let at = crate::model::Point { x: *x, y: *y };
            if boxes.iter().any(|area| area.contains(at, 0.0)) {
                return 1.0;
            }
            let distance = (x - right_x).hypot(y - right_y);
            if distance <= NEAR { 1.0 } else { (-STEEPNESS * (distance - NEAR)).exp() }
        }
        (Action::Write { text: ours }, Action::Write { text }) => similarity(ours, text),
        (Action::Press { keys: ours }, Action::Press { keys })
        | (Action::Hotkey { keys: ours }, Action::Hotkey { keys }) => {
            let lower = |keys: &[String]| keys.iter().map(|key| key.to_lowercase()).collect::<Vec<_>>();
            f64::from(u8::from(lower(ours) == lower(keys)))
        }
        (Action::Scroll { amount: ours }, Action::Scroll { amount }) => {
            if *amount != 0.0 && (*ours == 0.0 || ours.signum() != amount.signum()) {
                return 0.0;
            }
            let (small, large) = (ours.abs().min(amount.abs()), ours.abs().max(amount.abs()));
            if large == 0.0 { 1.0 } else { small / large }
        }
        _ => 0.0,
    }
}

/// White space around a text, the last line break included, does not count, and neither does the case of letters.
fn similarity(predicted: &str, right: &str) -> f64 {
    let plain = |text: &str| text.to_lowercase().trim().chars().collect::<Vec<char>>();
    let (predicted, right) = (plain(predicted), plain(right));
    let longest = predicted.len().max(right.len());
    if longest == 0 {
        return 1.0;
    }
    let similarity = 1.0 - edit_distance(&predicted, &right) as f64 / longest as f64;
    (similarity / SIMILAR).min(1.0)
}

fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(letter != other);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
