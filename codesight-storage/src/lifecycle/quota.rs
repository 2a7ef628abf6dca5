//! How much may be stored, and when people are told.

use serde::{Deserialize, Serialize};

/// The limits of a tenant or of a whole store, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quota {
    /// From here on people are warned.
    pub warn_bytes: u64,
    /// From here on no new session is begun. Those under way go on: what was begun is not thrown away.
    pub stop_bytes: u64,
}

/// Where a store stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuotaState {
    /// There is room.
    Free,
    /// Room is running out: somebody should be told.
    Warning,
    /// No new session may begin.
    Full,
}

impl Quota {
    /// Warning at four fifths.
    pub fn of(stop_bytes: u64) -> Self {
        Self { warn_bytes: stop_bytes / 5 * 4, stop_bytes }
    }

    /// Where a store of `used` bytes stands. It warns before it stops, whatever the limits are.
    pub fn state(&self, used: u64) -> QuotaState {
        if used >= self.stop_bytes {
            QuotaState::Full
        } else if used >= self.warn_bytes.min(self.stop_bytes / 5 * 4) {
            QuotaState::Warning
        } else {
            QuotaState::Free
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_warned_before_anything_stops() {
        let quota = Quota::of(1_000);
        let state = |used| quota.state(used);
        assert_eq!(
            [state(0), state(799), state(800), state(999)],
            [QuotaState::Free, QuotaState::Free, QuotaState::Warning, QuotaState::Warning]
        );
        assert_eq!([state(1_000), state(u64::MAX)], [QuotaState::Full, QuotaState::Full]);
        // Also when somebody set the warning behind the stop.
        assert_eq!(Quota { warn_bytes: 5_000, stop_bytes: 1_000 }.state(900), QuotaState::Warning);
    }
}
