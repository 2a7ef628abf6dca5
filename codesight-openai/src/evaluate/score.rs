//! One answer beside what the person did.

use serde::Serialize;

use super::case::EvaluationCase;
use crate::chat::Answer;
use crate::format::{ActionList, PixelPoint, TOOL_NAME, ToolAction};

/// How far a place may be off, as a share of the image's diagonal: 4 % is 60 pixels at 1280 x 800. Lines name no target box, so that nearness
/// stands for it; the same bound holds for every model.
const NEAR: f64 = 0.04;

/// What is right about an answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepScore {
    /// The answer is a call of the tool in its vocabulary.
    pub valid: bool,
    /// The first action is of the right type.
    pub type_right: bool,
    /// The first action is at the right place; true for right actions that have none.
    pub place_right: bool,
    /// The whole answer is right.
    pub step_right: bool,
    /// How far the first place is off, in pixels; none without one on both sides.
    pub distance_px: Option<f64>,
    /// What the model would do.
    pub predicted: Vec<ToolAction>,
}

/// Judges an answer.
pub fn score(case: &EvaluationCase, answer: &Answer) -> StepScore {
    let call = answer.calls.iter().find(|call| call.name == TOOL_NAME);
    // Models that were not trained on the tool write its argument as text.
    let arguments = call.map(|call| call.arguments.clone()).or_else(|| Some(answer.object()?.to_string()));
    let Some(list) = arguments.and_then(|text| serde_json::from_str::<ActionList>(&text).ok()) else {
        return StepScore::default();
    };
    let reach = case.size.map(|(width, height)| f64::from(width).hypot(f64::from(height)) * NEAR);
    let mut score = StepScore { valid: true, predicted: list.actions, ..StepScore::default() };
    let (Some(expected), Some(predicted)) = (case.expected.first(), score.predicted.first()) else {
        return score;
    };
    score.type_right = std::mem::discriminant(expected) == std::mem::discriminant(predicted);
    score.distance_px = match (expected.points().first(), predicted.points().first()) {
        (Some(expected), Some(predicted)) => Some(distance(*expected, *predicted)),
        _ => None,
    };
    score.place_right = score.type_right && near(expected, predicted, reach);
    score.step_right = case.expected.len() == score.predicted.len()
        && case.expected.iter().zip(&score.predicted).all(|(one, other)| same(one, other, reach));
    score
}

fn distance(one: PixelPoint, other: PixelPoint) -> f64 {
    f64::from(one.x - other.x).hypot(f64::from(one.y - other.y))
}

/// Every place of one near its fellow of the other. Without a picture's size places must be the same.
fn near(one: &ToolAction, other: &ToolAction, reach: Option<f64>) -> bool {
    let (one, other) = (one.points(), other.points());
    one.len() == other.len()
        && one.iter().zip(&other).all(|(one, other)| distance(*one, *other) <= reach.unwrap_or(0.0))
}

/// The same thing done at the same place.
fn same(one: &ToolAction, other: &ToolAction, reach: Option<f64>) -> bool {
    use ToolAction::{Click, Drag, Keypress, Navigate, Scroll, SelectOption, Terminate, Type};
    match (one, other) {
        (Click { button, .. }, Click { button: theirs, .. }) => button == theirs && near(one, other, reach),
        (Scroll { scroll_x, scroll_y, .. }, Scroll { scroll_x: x, scroll_y: y, .. }) => {
            scroll_x.signum() == x.signum() && scroll_y.signum() == y.signum()
        }
        (Keypress { keys }, Keypress { keys: theirs }) => {
            let sorted = |keys: &[String]| {
                let mut keys: Vec<_> = keys.iter().map(|key| key.to_lowercase()).collect();
                keys.sort_unstable();
                keys
            };
            sorted(keys) == sorted(theirs)
        }
        (Type { text }, Type { text: theirs }) => plain(text) == plain(theirs),
        (SelectOption { option, .. }, SelectOption { option: theirs, .. }) => {
            plain(option) == plain(theirs) && near(one, other, reach)
        }
        (Navigate { url }, Navigate { url: theirs }) => address(url) == address(theirs),
        (Terminate { status }, Terminate { status: theirs }) => status == theirs,
        (Drag { path }, Drag { path: theirs }) => {
            let ends = |path: &[PixelPoint]| Some((*path.first()?, *path.last()?));
            match (ends(path), ends(theirs)) {
                (Some(one), Some(other)) => {
                    let reach = reach.unwrap_or(0.0);
                    distance(one.0, other.0) <= reach && distance(one.1, other.1) <= reach
                }
                _ => false,
            }
        }
        _ => std::mem::discriminant(one) == std::mem::discriminant(other) && near(one, other, reach),
    }
}

/// Letters without case and with single blanks.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Without fragment and trailing slash.
fn address(url: &str) -> &str {
    url.split('#').next().unwrap_or(url).trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{Question, ToolUse};
    use crate::format::{ToolButton, ToolOutcome};

    fn case(expected: ToolAction) -> EvaluationCase {
        EvaluationCase {
            id: "1".into(),
            task: "t".into(),
            question: Question::default(),
            expected: vec![expected],
            image: None,
            size: Some((300, 400)),
        }
    }

    fn judged(expected: ToolAction, arguments: &str) -> StepScore {
        let call = ToolUse { name: TOOL_NAME.into(), arguments: arguments.into() };
        score(&case(expected), &Answer { calls: vec![call], ..Answer::default() })
    }

    #[test]
    fn near_is_a_share_of_the_diagonal() {
        let click = |x| ToolAction::Click { button: ToolButton::Left, x, y: 100 };
        let at = |x: i32| format!(r#"{{"actions":[{{"type":"click","button":"left","x":{x},"y":100}}]}}"#);
        // The diagonal is 500 pixels, 4 % of it 20.
        assert!(judged(click(100), &at(120)).step_right);
        let far = judged(click(100), &at(121));
        assert!(far.type_right && !far.place_right && !far.step_right);
        assert_eq!(far.distance_px, Some(21.0));
        assert!(!judged(click(100), &at(100).replace("left", "right")).step_right);
    }

    #[test]
    fn words_are_compared_without_case_and_blanks() {
        let typed = ToolAction::Type { text: "Blue  Shirt ".into() };
        assert!(judged(typed.clone(), r#"{"actions":[{"type":"type","text":"blue shirt"}]}"#).step_right);
        assert!(!judged(typed.clone(), r#"{"actions":[{"type":"type","text":"red shirt"}]}"#).step_right);
        let keys = ToolAction::Keypress { keys: vec!["Control".into(), "a".into()] };
        assert!(judged(keys, r#"{"actions":[{"type":"keypress","keys":["A","control"]}]}"#).step_right);
        let go = ToolAction::Navigate { url: "https://shop.test/a/".into() };
        assert!(judged(go, r#"{"actions":[{"type":"navigate","url":"https://shop.test/a#b"}]}"#).step_right);
        let two = r#"{"actions":[{"type":"type","text":"blue shirt"},{"type":"wait"}]}"#;
        assert!(!judged(typed, two).step_right, "more than was done");
    }

    #[test]
    fn what_is_no_call_is_not_valid() {
        let end = ToolAction::Terminate { status: ToolOutcome::Success };
        assert!(!judged(end.clone(), "{}").valid);
        let text =
            |text: &str| score(&case(end.clone()), &Answer { text: Some(text.into()), ..Answer::default() });
        assert!(!text("I cannot help with that.").valid);
        assert!(
            text("```json\n{\"actions\":[{\"type\":\"terminate\",\"status\":\"success\"}]}\n```").step_right
        );
    }
}
