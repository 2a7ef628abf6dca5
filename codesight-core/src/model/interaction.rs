//! Interactions: what the person did, in order, with everything known at that moment.

use serde::{Deserialize, Serialize};

use super::{Coordinates, ElementData, Extra, PageContext, Point, Screenshot, SelectorSet, VisualContext};
use crate::id::SessionId;
use crate::time::Timestamp;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum InteractionType {
    /// One press and release of a pointer button.
    Click,
    /// Two of them.
    DoubleClick,
    /// Text went into a field.
    Input,
    /// A field took its new value.
    Change,
    /// An option was chosen.
    Select,
    /// A key that is not text, or a shortcut.
    Key,
    /// The page or a part of it was scrolled.
    Scroll,
    /// Something was dragged.
    Drag,
    /// Something was copied.
    Copy,
    /// Something was pasted.
    Paste,
    /// The pointer rested where it mattered.
    Hover,
    /// A form was submitted.
    Submit,
    /// Another document or route was shown.
    Navigation,
    /// Another tab came to the front.
    TabSwitch,
    /// A type this version does not know. Kept, and reported as a finding.
    #[serde(untagged)]
    Other(String),
}

/// A pointer button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MouseButton {
    /// The main button.
    #[default]
    Left,
    /// The wheel.
    Middle,
    /// The context menu button.
    Right,
    /// "Back".
    Back,
    /// "Forward".
    Forward,
}

/// The particulars of an action; which fields are set depends on its type.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ActionDetails {
    /// The button of a click or drag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub button: Option<MouseButton>,
    /// Text that was typed, pasted or selected, masked at the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Keys held or pressed, in the names of `KeyboardEvent.key`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    /// Scrolled to the right, CSS pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scroll_x: Option<f64>,
    /// Scrolled down, CSS pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scroll_y: Option<f64>,
    /// Where a drag went, start and end included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<Point>,
    /// Where a navigation led.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// How a navigation came about: `link`, `form`, `typed`, `reload`, `history`, `route`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Whether the browser says a person did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_trusted: Option<bool>,
    /// How many raw events were reduced to this action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_events: Option<u32>,
    /// Milliseconds from the first to the last raw event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
}

/// What kind of change an interaction caused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StateChangeKind {
    /// The address changed.
    Url,
    /// Nodes were added.
    Added,
    /// Nodes were removed.
    Removed,
    /// An attribute changed.
    Attribute,
    /// Text changed.
    Text,
    /// A field's value changed.
    Value,
    /// The focus moved.
    Focus,
    /// The cart changed.
    Cart,
    /// A kind this version does not know.
    #[serde(untagged)]
    Other(String),
}

/// One change of the page that followed an interaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StateChange {
    /// What changed.
    pub kind: StateChangeKind,
    /// Where, as a selector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The name of the attribute or property.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    /// The value before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The value after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many changes of this kind were summed up here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

/// One field of the form around the element.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FormField {
    /// Its `name`.
    pub name: String,
    /// Its `type`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_type: Option<String>,
    /// Its label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its autocomplete token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autocomplete: Option<String>,
    /// Its value, masked at the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Whether the page requires it.
    #[serde(default)]
    pub required: bool,
    /// Whether it holds anything.
    #[serde(default)]
    pub filled: bool,
}

/// What is known of the person at that moment; never who they are.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UserContext {
    /// Milliseconds since the interaction before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_previous_ms: Option<f64>,
    /// Milliseconds the pointer rested on the target before the action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hesitation_ms: Option<f64>,
    /// What the person answered when asked why, in their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<String>,
    /// The form being filled in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub form: Vec<FormField>,
    /// Tab number within the session, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tab: Option<u32>,
}

/// One interaction: the specification's `InteractionData` and `EnhancedInteractionData` in one record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct InteractionData {
    /// The session. Left out on the wire, where the batch names it; always set in storage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// Position in the session, from 1. Left out on the wire, where the batch gives the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// What was done.
    #[serde(rename = "type")]
    pub kind: InteractionType,
    /// When, by the collector's clock.
    pub timestamp: Timestamp,
    /// Where, for pointer actions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coordinates: Option<Coordinates>,
    /// The particulars.
    #[serde(default)]
    pub action: ActionDetails,
    /// How to find the element again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selectors: Option<SelectorSet>,
    /// The element.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<ElementData>,
    /// The page around it.
    #[serde(default)]
    pub page_context: PageContext,
    /// How it looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visual_context: Option<VisualContext>,
    /// What is known of the person.
    #[serde(default)]
    pub user_context: UserContext,
    /// Frames before, after and during.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub screenshots: Vec<Screenshot>,
    /// What changed afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub state_changes: Vec<StateChange>,
    /// What the recorder takes the person to be doing, as one word or phrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_intent: Option<String>,
    /// 0 to 1: how sure the recorder is of this reduction of raw events.
    #[serde(default = "sure")]
    pub confidence: f64,
    /// 0 to 1: how well the element can be found again.
    #[serde(default)]
    pub reliability: f64,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

fn sure() -> f64 {
    1.0
}

/// Why the recorder could not capture something.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CaptureGapKind {
    /// A part of the page could not be seen, such as a frame of another origin.
    BlindFrame,
    /// A frame was taken and then lost.
    DroppedFrame,
    /// The browser refused another screenshot.
    Quota,
    /// The outbox was full.
    OutboxFull,
    /// The person paused.
    Paused,
    /// The page is on the deny list, or asks not to be recorded.
    Excluded,
    /// The recorder was not running.
    RecorderAway,
    /// An interaction was larger than any server takes.
    InteractionTooLarge,
    /// A server lost what it had acknowledged.
    LostByServer,
    /// A kind this version does not know.
    #[serde(untagged)]
    Other(String),
}

/// Something that was not captured, told by the recorder. It takes a place in the sequence like an interaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CaptureGap {
    /// Why.
    pub kind: CaptureGapKind,
    /// When it began, by the collector's clock.
    pub from: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// How many things were lost, when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<u32>,
}
