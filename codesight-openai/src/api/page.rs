//! Lists that come in pages.

use serde::Deserialize;

/// One page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Page<T> {
    /// What is on it.
    #[serde(default = "Vec::new")]
    pub data: Vec<T>,
    /// Whether there is another.
    #[serde(default)]
    pub has_more: bool,
}
