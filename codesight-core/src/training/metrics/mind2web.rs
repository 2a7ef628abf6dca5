//! Mind2Web's measures, as its evaluation code and those of models trained on it compute them.

use std::collections::BTreeSet;

use crate::model::{Point, Rect};

/// `mind2web/element-accuracy@1`.
pub const ELEMENT_ACCURACY: &str = "mind2web/element-accuracy@1";
/// `mind2web/operation-f1@1`.
pub const OPERATION_F1: &str = "mind2web/operation-f1@1";
/// `mind2web/operation-f1-words@1`: punctuation that stands alone is no word, as in ScribeAgent.
pub const OPERATION_F1_WORDS: &str = "mind2web/operation-f1-words@1";
/// `mind2web/step-success@1`.
pub const STEP_SUCCESS: &str = "mind2web/step-success@1";
/// `mind2web/task-success@1`.
pub const TASK_SUCCESS: &str = "mind2web/task-success@1";

/// F1 of the sets of words between white space; two empty texts are the same, one empty text has nothing in common.
pub fn operation_f1(predicted: &str, right: &str) -> f64 {
    f1(&predicted.split_whitespace().collect(), &right.split_whitespace().collect())
}

/// The same without words that are punctuation only.
pub fn operation_f1_words(predicted: &str, right: &str) -> f64 {
    let words = |text: &'_ str| -> BTreeSet<String> {
        let is_word = |word: &&str| !word.chars().all(|letter| letter.is_ascii_punctuation());
        text.split_whitespace().filter(is_word).map(str::to_owned).collect()
    };
    let (predicted, right) = (words(predicted), words(right));
    f1(&predicted.iter().map(String::as_str).collect(), &right.iter().map(String::as_str).collect())
}

fn f1(predicted: &BTreeSet<&str>, right: &BTreeSet<&str>) -> f64 {
    if predicted.is_empty() || right.is_empty() {
        return f64::from(u8::from(predicted.is_empty() && right.is_empty()));
    }
    let common = predicted.intersection(right).count() as f64;
    if common == 0.0 {
        return 0.0;
    }
    let (precision, recall) = (common / predicted.len() as f64, common / right.len() as f64);
    2.0 * precision * recall / (precision + recall)
}

/// An operation as it is compared: `CLICK`, or `TYPE` with its text.
pub fn operation_text(operation: &str, value: &str) -> String {
    if value.is_empty() { operation.to_owned() } else { format!("{operation} {value}") }
}

/// What a model named as the target.
#[derive(Debug, Clone, PartialEq)]
pub enum PredictedElement {
    /// An element by its number.
    Id(String),
    /// A point.
    Point(Point),
}

/// The right targets of a step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RightElements {
    /// Numbers of the right elements.
    pub ids: Vec<String>,
    /// Their boxes.
    pub boxes: Vec<Rect>,
}

impl RightElements {
    /// Whether the prediction names one of them.
    pub fn has(&self, predicted: &PredictedElement) -> bool {
        match predicted {
            PredictedElement::Id(id) => self.ids.contains(id),
            PredictedElement::Point(at) => self.boxes.iter().any(|area| area.contains(*at, 0.0)),
        }
    }
}

/// The outcome of one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepScore {
    /// Whether the element is right.
    pub element: bool,
    /// F1 of the operation.
    pub operation_f1: f64,
}

impl StepScore {
    /// Compares a step.
    pub fn of(
        predicted: &PredictedElement,
        predicted_operation: &str,
        right: &RightElements,
        right_operation: &str,
    ) -> Self {
        Self {
            element: right.has(predicted),
            operation_f1: operation_f1(predicted_operation, right_operation),
        }
    }

    /// Whether the step is right as a whole.
    pub fn is_success(&self) -> bool {
        self.element && self.operation_f1 >= 1.0
    }
}

/// Means over tasks. `macro` means give each task the same weight, `micro` means each step.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Summary {
    /// Mean of the tasks' shares of right elements.
    pub element_accuracy_macro: f64,
    /// Share of right elements.
    pub element_accuracy_micro: f64,
    /// Mean of the tasks' mean F1.
    pub operation_f1_macro: f64,
    /// Mean F1.
    pub operation_f1_micro: f64,
    /// Mean of the tasks' shares of right steps.
    pub step_success_macro: f64,
    /// Share of right steps.
    pub step_success_micro: f64,
    /// Share of tasks of which every step is right.
    pub task_success: f64,
}

/// Sums up tasks; tasks without steps count for nothing.
pub fn summary(tasks: &[Vec<StepScore>]) -> Summary {
    let tasks: Vec<_> = tasks.iter().filter(|steps| !steps.is_empty()).collect();
    let mean = |values: &mut dyn Iterator<Item = f64>| {
        let (mut sum, mut count) = (0.0, 0_u32);
        for value in values {
            sum += value;
            count += 1;
        }
        if count == 0 { 0.0 } else { sum / f64::from(count) }
    };
    let one = |flag: bool| f64::from(u8::from(flag));
    let element = |step: &StepScore| one(step.element);
    let f1 = |step: &StepScore| step.operation_f1;
    let success = |step: &StepScore| one(step.is_success());
    let by_task =
        |of: &dyn Fn(&StepScore) -> f64| mean(&mut tasks.iter().map(|task| mean(&mut task.iter().map(of))));
    let by_step =
        |of: &dyn Fn(&StepScore) -> f64| mean(&mut tasks.iter().flat_map(|task| task.iter()).map(of));
    Summary {
        element_accuracy_macro: by_task(&element),
        element_accuracy_micro: by_step(&element),
        operation_f1_macro: by_task(&f1),
        operation_f1_micro: by_step(&f1),
        step_success_macro: by_task(&success),
        step_success_micro: by_step(&success),
        task_success: mean(&mut tasks.iter().map(|task| one(task.iter().all(StepScore::is_success)))),
    }
}
