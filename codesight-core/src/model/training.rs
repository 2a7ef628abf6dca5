//! Training examples, before any provider's format.

use serde::{Deserialize, Serialize};

use super::{
    Extra, MouseButton, NavigationStrategy, PageStructure, Point, SelectorTest, Severity, UserPsychology,
    VisionAnalysis,
};
use crate::id::{ContentHash, SessionId};

/// One action in the vocabulary models are trained on. Coordinates are CSS pixels of the viewport of the step's
/// frame; a format converts them to its own convention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ComputerAction {
    /// Press and release.
    Click {
        /// Which button.
        button: MouseButton,
        /// Where.
        at: Point,
    },
    /// Twice.
    DoubleClick {
        /// Where.
        at: Point,
    },
    /// Press, move along the path, release.
    Drag {
        /// Start to end.
        path: Vec<Point>,
    },
    /// Move without pressing.
    Move {
        /// Where to.
        at: Point,
    },
    /// Turn the wheel.
    Scroll {
        /// Where the pointer is.
        at: Point,
        /// CSS pixels to the right.
        scroll_x: f64,
        /// CSS pixels down.
        scroll_y: f64,
    },
    /// Press keys together.
    Keypress {
        /// Names of `KeyboardEvent.key`.
        keys: Vec<String>,
    },
    /// Type text into what has the focus.
    Type {
        /// The text, masked.
        text: String,
    },
    /// Choose an option of a list.
    SelectOption {
        /// Where the list is.
        at: Point,
        /// The option's text, masked.
        option: String,
    },
    /// Go to an address.
    Navigate {
        /// The address, masked.
        url: String,
    },
    /// Do nothing for a while.
    Wait,
    /// The task is done.
    Terminate {
        /// Whether it succeeded.
        success: bool,
    },
}

impl ComputerAction {
    /// Every point the action names.
    pub fn points(&self) -> Vec<Point> {
        match self {
            Self::Click { at, .. }
            | Self::DoubleClick { at }
            | Self::Move { at }
            | Self::Scroll { at, .. }
            | Self::SelectOption { at, .. } => vec![*at],
            Self::Drag { path } => path.clone(),
            Self::Keypress { .. }
            | Self::Type { .. }
            | Self::Navigate { .. }
            | Self::Wait
            | Self::Terminate { .. } => Vec::new(),
        }
    }
}

/// The frame a model is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExampleFrame {
    /// SHA-256 of the frame as captured; the archive's frame index finds the stored image by it.
    pub hash: ContentHash,
    /// Image pixels.
    pub width: u32,
    /// Image pixels.
    pub height: u32,
    /// CSS pixels.
    pub viewport_width: f64,
    /// CSS pixels.
    pub viewport_height: f64,
}

/// One element named in the observation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ObservedElement {
    /// ARIA role or tag.
    pub role: String,
    /// Accessible name or text, masked.
    pub name: String,
}

/// What the model is told besides the frame. Page text: data, never instructions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExampleObservation {
    /// Address, masked.
    pub url: String,
    /// Title, masked.
    pub title: String,
    /// Elements that can be acted on near the target, in page order.
    pub elements: Vec<ObservedElement>,
}

/// One earlier action, told in the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExampleStep {
    /// The interaction.
    pub seq: u64,
    /// The action in words, masked.
    pub description: String,
}

/// One training item, neutral to providers: this goal, this history, this frame, therefore these actions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TrainingExample {
    /// The session.
    pub session_id: SessionId,
    /// The interaction.
    pub seq: u64,
    /// The goal in words, masked.
    pub goal: String,
    /// Earlier actions, oldest first.
    pub history: Vec<ExampleStep>,
    /// What the person saw.
    pub frame: ExampleFrame,
    /// What else the model is told.
    pub observation: ExampleObservation,
    /// What the person did.
    pub actions: Vec<ComputerAction>,
    /// Why, as far as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<String>,
    /// 0 to 1.
    pub training_value: f64,
    /// 0 to 1.
    pub complexity: f64,
    /// The worst finding about this interaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst_finding: Option<Severity>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Everything a session gives to training. The specification's `messages` are made from `examples` by a format.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TrainingData {
    /// One item for each usable interaction.
    pub examples: Vec<TrainingExample>,
    /// What a model saw.
    pub vision_analysis: VisionAnalysis,
    /// How the person decided.
    pub user_psychology: UserPsychology,
    /// How the person moved.
    pub navigation_strategy: NavigationStrategy,
    /// Selectors tried again.
    pub selector_reliability: Vec<SelectorTest>,
    /// Structure of the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_structure: Option<PageStructure>,
    /// 0 to 1: the mean of the examples.
    pub training_value: f64,
    /// 0 to 1: the mean of the examples.
    pub complexity: f64,
}

/// Figures of a training run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TrainingMetrics {
    /// Steps done.
    #[serde(default)]
    pub steps: u64,
    /// Passes over the data.
    #[serde(default)]
    pub epochs: f64,
    /// Tokens trained on.
    #[serde(default)]
    pub trained_tokens: u64,
    /// Last training loss.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training_loss: Option<f64>,
    /// Last validation loss.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_loss: Option<f64>,
    /// Last share of tokens predicted right, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_accuracy: Option<f64>,
}

/// Figures of a model on held-out steps.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ModelPerformance {
    /// The model.
    pub model_id: String,
    /// How many steps were tried.
    #[serde(default)]
    pub steps: u32,
    /// Share of steps whose element was right, 0 to 1.
    #[serde(default)]
    pub element_accuracy: f64,
    /// Share of steps that were right as a whole, 0 to 1.
    #[serde(default)]
    pub step_success: f64,
    /// Share of tasks that were right as a whole, 0 to 1.
    #[serde(default)]
    pub task_success: f64,
    /// Median milliseconds to an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<f64>,
    /// US dollars for all steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
}
