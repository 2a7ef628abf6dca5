//! The page around an interaction.

use serde::{Deserialize, Serialize};

use super::{Extra, PageKind, Rect, Scroll, Viewport};

/// Everything known of the page at the moment of an interaction.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PageContext {
    /// Address, query values masked.
    #[serde(default)]
    pub url: String,
    /// Title.
    #[serde(default)]
    pub title: String,
    /// Language of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Visible part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewport: Option<Viewport>,
    /// Scroll position.
    #[serde(default)]
    pub scroll: Scroll,
    /// Size of the whole document, CSS pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_height: Option<f64>,
    /// Landmarks, forms and lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_structure: Option<PageStructure>,
    /// Elements near the target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nearby_elements: Vec<NearbyElement>,
    /// The target's ancestors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dom_hierarchy: Option<DomHierarchy>,
    /// Products the page declares (JSON-LD, microdata, OpenGraph).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<ProductInfo>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The kind of a landmark or section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SectionKind {
    /// Page header.
    Banner,
    /// Navigation.
    Navigation,
    /// Main content.
    Main,
    /// Search.
    Search,
    /// Complementary content, such as filters.
    Complementary,
    /// Page footer.
    Contentinfo,
    /// A dialog.
    Dialog,
    /// A list of things of one kind.
    List,
    /// A table.
    Table,
    /// A kind this version does not know.
    #[serde(untagged)]
    Other(String),
}

/// One landmark or section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SectionSummary {
    /// What it is.
    pub kind: SectionKind,
    /// Its heading or label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// How many items or interactive elements it holds.
    #[serde(default)]
    pub items: u32,
    /// Its box.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub bounding_box: Option<Rect>,
}

/// One form.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FormSummary {
    /// Its name, id or label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many fields it has.
    #[serde(default)]
    pub fields: u32,
    /// How many of them are filled in.
    #[serde(default)]
    pub filled: u32,
    /// How many are required.
    #[serde(default)]
    pub required: u32,
}

/// The page's structure.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PageStructure {
    /// What kind of page it is, when the recorder can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_kind: Option<PageKind>,
    /// The main heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// Landmarks and sections in document order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<SectionSummary>,
    /// Forms in document order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<FormSummary>,
    /// How many elements can be acted on.
    #[serde(default)]
    pub interactive_elements: u32,
    /// How many nodes the document has.
    #[serde(default)]
    pub nodes: u32,
}

/// One element near the target.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NearbyElement {
    /// Lower-case tag name.
    pub tag: String,
    /// ARIA role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Accessible name or text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A selector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// Its box.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub bounding_box: Option<Rect>,
    /// CSS pixels from middle to middle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<f64>,
    /// Whether it can be acted on.
    #[serde(default)]
    pub interactive: bool,
}

/// One node of the hierarchy.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DomNode {
    /// Lower-case tag name.
    pub tag: String,
    /// `id` attribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// ARIA role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Class names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// Position among its siblings, from 0.
    #[serde(default)]
    pub index: u32,
}

/// Where the target sits in the document.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DomHierarchy {
    /// From the parent outwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ancestors: Vec<DomNode>,
    /// How many ancestors there are in all.
    #[serde(default)]
    pub depth: u32,
    /// How many siblings the target has.
    #[serde(default)]
    pub siblings: u32,
    /// How many children it has.
    #[serde(default)]
    pub children: u32,
}

/// How the target looked.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct VisualContext {
    /// Its box in the top viewport.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub bounding_box: Option<Rect>,
    /// 0 to 1: how much of it lay in the viewport.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible_ratio: Option<f64>,
    /// Whether something lay over its middle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occluded: Option<bool>,
    /// Computed `cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A product as the page itself declares it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProductInfo {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its price as the page writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    /// ISO 4217 code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Stock-keeping unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Its brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// How many, in a cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// Availability as the page writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<String>,
}
