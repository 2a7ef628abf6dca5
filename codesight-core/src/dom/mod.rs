//! A document as a tree: what was stored of a page, from HTML or from a recorder's own nodes.
//!
//! The tree holds what a page declares, without layout: it knows no boxes, no styles and no visibility but the
//! elements that never show.

mod css;
mod describe;
mod identify;
mod names;
mod parse;
mod relocate;
mod resolve;
mod tree;

pub use css::CssSelector;
pub use describe::{describe, hierarchy, nearby, structure};
pub use identify::{css_path, selectors, shadow_hosts, xpath};
pub use names::{accessible_name, role};
pub use relocate::{Relocated, fingerprint, likeness, relocate};
pub use resolve::{members, resolve};
pub use tree::{Document, Element, NodeData, NodeId};
