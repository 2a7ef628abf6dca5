//! The element an action was done to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Extra, Rect};

/// What may be kept of a form field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FieldPolicy {
    /// Nothing: passwords, card security codes, one-time codes. Not even the length.
    Drop,
    /// A typed stand-in, the same for the same value.
    Pseudonymise,
    /// Only its shape: letters as `x`, digits as `0`.
    Shape,
    /// The value, after detection: search boxes, quantities.
    Keep,
}

/// What is known of one element.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ElementData {
    /// Lower-case tag name.
    pub tag: String,
    /// ARIA role, explicit or implied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Accessible name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Visible text, shortened by the recorder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The value of a form field after the interaction, already masked at the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The `type` of an input or button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_type: Option<String>,
    /// The policy the recorder applied to `value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field_policy: Option<FieldPolicy>,
    /// Attributes by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Box in the top viewport.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub bounding_box: Option<Rect>,
    /// Whether it had the focus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focused: Option<bool>,
    /// Whether it was disabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// Checked state of a check box or radio button, as the action found it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<bool>,
    /// Origin of the frame it lives in, when that is not the top document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_origin: Option<String>,
    /// Whether it lives in a shadow root, and whether that root is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow_root: Option<String>,
    /// What survives when all selectors break.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<ElementFingerprint>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// Properties by which an element can be found again among the candidates of a changed page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ElementFingerprint {
    /// Text of the neighbours, in document order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neighbour_text: Option<String>,
    /// Position among its siblings, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sibling_index: Option<u32>,
    /// XPath made of tag names and positions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexed_xpath: Option<String>,
    /// Whether it behaves as a button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_button: Option<bool>,
    /// Further properties by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, String>,
}
