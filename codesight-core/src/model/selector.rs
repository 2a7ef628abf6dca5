//! Selectors: how to find the element of an action again, and how far each one can be trusted.

use serde::{Deserialize, Serialize};

use super::Extra;
use crate::time::Timestamp;

/// The language a selector is written in, and what it hangs on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SelectorKind {
    /// `[data-testid="…"]` and its relatives.
    TestId,
    /// Role and accessible name, as Playwright's `getByRole`.
    Role,
    /// A form field by its label.
    Label,
    /// A form field by its placeholder.
    Placeholder,
    /// Visible text.
    Text,
    /// `#id`.
    Id,
    /// The `name` attribute.
    Name,
    /// A CSS path.
    CssPath,
    /// An XPath 1.0 expression.
    Xpath,
    /// A Playwright locator expression.
    Playwright,
    /// A kind this version does not know.
    #[serde(untagged)]
    Other(String),
}

/// One way to find an element.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Selector {
    /// Its language.
    pub kind: SelectorKind,
    /// The expression.
    pub value: String,
    /// The chain of shadow hosts from the document inwards, each as a CSS selector. Empty in the light DOM.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shadow_hosts: Vec<String>,
}

/// How far one selector can be trusted, with the evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SelectorReliability {
    /// The expression this is about.
    pub selector: String,
    /// Its language.
    pub kind: SelectorKind,
    /// 0 to 1: the prior of the kind, times uniqueness, times the quality of the value.
    pub score: f64,
    /// How many elements it matched when it was recorded; 1 is what it should be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matches: Option<u32>,
    /// Why the score is not higher, as stable words such as `hash-like-class`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// How it did on later states of its page, where those are stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<SelectorSurvival>,
}

/// How one selector did on later states of its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SelectorSurvival {
    /// On how many it was tried.
    pub pages: u32,
    /// On how many it found the recorded element and nothing else.
    pub found: u32,
}

/// How one element fared on later states of its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ElementSurvival {
    /// On how many it was looked for.
    pub pages: u32,
    /// On how many at least one selector found it.
    pub found: u32,
    /// On how many of the others it was found again by its fingerprint. It may be gone from the rest.
    pub relocated: u32,
}

/// How selectors of one kind fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct KindSurvival {
    /// The kind.
    pub kind: SelectorKind,
    /// How often one was tried.
    pub tried: u32,
    /// How often it found the recorded element and nothing else.
    pub found: u32,
}

/// How the selectors of a session, or of many, fared when their elements were met again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SurvivalReport {
    /// How many elements were met again.
    pub elements: u32,
    /// All of them together.
    #[serde(flatten)]
    pub whole: ElementSurvival,
    /// By kind of selector.
    pub kinds: Vec<KindSurvival>,
}

/// All the ways to find one element.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SelectorSet {
    /// The best one.
    #[serde(default)]
    pub primary: String,
    /// Others, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Selector>,
    /// An XPath.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub xpath: String,
    /// A full CSS path.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub css_path: String,
    /// One entry for each selector above.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reliability: Vec<SelectorReliability>,
    /// How the element fared on later states of its page, where those are stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<ElementSurvival>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One selector tried on one stored page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SelectorTest {
    /// The expression.
    pub selector: String,
    /// Its language.
    pub kind: SelectorKind,
    /// The interaction it belongs to.
    pub seq: u64,
    /// How many elements it matched.
    pub matches: u32,
    /// Whether the one it matched is the recorded element.
    pub found_target: bool,
    /// The score after the test, 0 to 1.
    pub score: f64,
    /// When the page was stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested_at: Option<Timestamp>,
}
