//! What was going on: intent, patterns, psychology, and what a vision model saw.

use serde::{Deserialize, Serialize};

use crate::id::ContentHash;

/// Who drew a conclusion.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum InferredBy {
    /// A rule of this crate.
    Rule,
    /// The person was asked.
    Person,
    /// A model, by name.
    #[serde(untagged)]
    Model(String),
}

/// What kind of page it is, in a shop's terms.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PageKind {
    /// Start page.
    Home,
    /// Search results or a category.
    Results,
    /// One product.
    Product,
    /// The cart.
    Cart,
    /// Address, delivery, payment.
    Checkout,
    /// The order is placed.
    Confirmation,
    /// Sign in, register, account.
    Account,
    /// A kind this version does not know.
    #[serde(untagged)]
    Other(String),
}

/// What the person is after.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum UserIntentKind {
    /// Find things by words.
    Search,
    /// Narrow down what was found.
    Filter,
    /// Look around without a query.
    Browse,
    /// Look closely at one product.
    Inspect,
    /// Weigh products against each other.
    Compare,
    /// Choose size, colour, number.
    Configure,
    /// Put into, or change, the cart.
    Cart,
    /// Fill in address, delivery, payment.
    Checkout,
    /// Place the order.
    Purchase,
    /// Sign in or look after the account.
    Account,
    /// Go back or undo.
    Backtrack,
    /// An intent this version does not know.
    #[serde(untagged)]
    Other(String),
}

/// What the person was after during a run of interactions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UserIntent {
    /// What.
    pub intent: UserIntentKind,
    /// First interaction.
    pub first_seq: u64,
    /// Last interaction.
    pub last_seq: u64,
    /// 0 to 1.
    pub confidence: f64,
    /// Which facts speak for it, as stable words.
    pub evidence: Vec<String>,
    /// Who says so.
    pub inferred_by: InferredBy,
}

/// A recognisable way of moving through a site.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NavigationPatternKind {
    /// Forward through new pages.
    Linear,
    /// Out to a page and back to where it began.
    HubAndSpoke,
    /// Back to an earlier page.
    Backtrack,
    /// The same pages again and again.
    Loop,
    /// Several products looked at from one list.
    Comparison,
    /// Cart to confirmation.
    CheckoutFunnel,
}

/// One occurrence of a pattern.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NavigationPattern {
    /// Which.
    pub kind: NavigationPatternKind,
    /// First interaction.
    pub first_seq: u64,
    /// Last interaction.
    pub last_seq: u64,
    /// How many page views it spans.
    pub pages: u32,
}

/// How the person moved through the site as a whole.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NavigationStrategy {
    /// `search-led`, `browse-led`, `direct` or `mixed`.
    pub style: String,
    /// The patterns found.
    pub patterns: Vec<NavigationPattern>,
    /// How many pages were viewed.
    pub page_views: u32,
    /// How many of them were different.
    pub distinct_pages: u32,
}

/// How the person decided, from behaviour alone.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UserPsychology {
    /// `decisive`, `deliberate`, `exploring` or `hesitant`.
    pub decision_style: String,
    /// 0 to 1: share of actions after a long pause.
    pub hesitation: f64,
    /// 0 to 1: share of actions that undo an earlier one.
    pub correction: f64,
    /// 0 to 1.
    pub confidence: f64,
    /// Which facts speak for it, as stable words.
    pub evidence: Vec<String>,
    /// Who says so; none when nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inferred_by: Option<InferredBy>,
}

/// What a model saw in one frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct VisionObservation {
    /// The frame.
    pub frame: ContentHash,
    /// The page kind it takes the frame to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_kind: Option<PageKind>,
    /// What the frame shows.
    #[serde(default)]
    pub description: String,
    /// What the person seems to be after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<UserIntentKind>,
    /// 0 to 1.
    #[serde(default)]
    pub confidence: f64,
}

/// `vision-analysis.json`: what a model saw. Empty, with `model` unset, when no model was asked.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct VisionAnalysis {
    /// Which model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// One entry a frame.
    #[serde(default)]
    pub observations: Vec<VisionObservation>,
}
