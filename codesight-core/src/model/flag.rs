//! Feature flags as sessions were given them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Extra;
use crate::id::{FlagKey, VariantName};

/// What a flag came to: the variant's name is what results are compared by, the value is what was done. Both are the
/// operator's, never a collector's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// The variant.
    pub variant: VariantName,
    /// Its value at the moment of the assignment, so that changing the flag later changes no session that was begun.
    #[serde(default)]
    pub value: Value,
}

/// Assignments by flag.
pub type Assignments = BTreeMap<FlagKey, Assignment>;

/// The values by flag, as recorders are told them.
pub fn values_of(assignments: &Assignments) -> Extra {
    assignments.iter().map(|(flag, assigned)| (flag.to_string(), assigned.value.clone())).collect()
}
