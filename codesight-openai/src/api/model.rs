//! Models.

use serde::Deserialize;

/// A model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ModelObject {
    /// Its name.
    pub id: String,
    /// Whose it is.
    #[serde(default)]
    pub owned_by: Option<String>,
    /// Seconds since 1970.
    #[serde(default)]
    pub created: Option<i64>,
    /// The day it is switched off, `YYYY-MM-DD`; none when none is set.
    #[serde(default)]
    pub shutdown_date: Option<String>,
}
