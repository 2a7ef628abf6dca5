//! How much of a foreign recording is read.

use serde::{Deserialize, Serialize};

/// Limits of the importers. What passes one is refused whole, or left out with a finding where the rest is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ImportLimits {
    /// Bytes of all files together, unpacked; 512 MiB by default.
    pub max_bytes: usize,
    /// Events, rows, steps or requests; 1,000,000 by default.
    pub max_events: usize,
    /// Nesting of JSON; 1,000 by default. Deep pages nest twice for each element.
    pub max_depth: usize,
    /// Nodes of one page; 500,000 by default.
    pub max_nodes: usize,
    /// Bytes of one packed event, unpacked; 64 MiB by default.
    pub max_event_bytes: usize,
    /// Characters of one text that is kept; 20,000 by default.
    pub max_text: usize,
    /// Sessions in one source; 100,000 by default.
    pub max_sessions: usize,
}

impl Default for ImportLimits {
    fn default() -> Self {
        Self {
            max_bytes: 512 << 20,
            max_events: 1_000_000,
            max_depth: 1_000,
            max_nodes: 500_000,
            max_event_bytes: 64 << 20,
            max_text: 20_000,
            max_sessions: 100_000,
        }
    }
}
