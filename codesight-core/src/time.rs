//! Time as data: core code never reads a clock, it is given one.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z. In JSON a number, as `Date.now()` gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This moment plus `duration`; stops at the largest representable moment.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Milliseconds from `earlier` to this moment; negative when the clock went back.
    pub fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// RFC 3339 in UTC with milliseconds, or `None` outside the years chrono can print.
    pub fn to_rfc3339(self) -> Option<String> {
        chrono::DateTime::from_timestamp_millis(self.0)
            .map(|moment| moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_rfc3339() {
            Some(text) => f.write_str(&text),
            None => write!(f, "{} ms", self.0),
        }
    }
}

/// Where the current time comes from.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The current moment.
    fn now(&self) -> Timestamp;
}

/// Waits, and measures how long something took. The runtime's timer stands behind it, which this crate does not have.
pub trait Timer: fmt::Debug + Send + Sync {
    /// Ends after `pause`.
    fn sleep(&self, pause: Duration) -> BoxFuture<'static, ()>;

    /// The time since some fixed moment; never goes back, whatever becomes of the clock on the wall.
    fn elapsed(&self) -> Duration;
}

/// A clock that stands still until it is moved. For tests, replays and batch runs.
#[derive(Debug, Default)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock standing at `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_millis()))
    }

    /// Moves the clock forward.
    pub fn advance(&self, duration: Duration) {
        self.set(self.now().after(duration));
    }

    /// Sets the clock, also backwards.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_millis(), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// A timer whose pauses end at once and count as if they had passed. For tests and replays.
#[derive(Debug, Default)]
pub struct InstantTimer(Arc<AtomicU64>);

impl Timer for InstantTimer {
    fn sleep(&self, pause: Duration) -> BoxFuture<'static, ()> {
        let micros = u64::try_from(pause.as_micros()).unwrap_or(u64::MAX);
        let elapsed = Arc::clone(&self.0);
        Box::pin(async move {
            elapsed.fetch_add(micros, Ordering::SeqCst);
        })
    }

    fn elapsed(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_print_as_rfc3339_and_never_overflow() {
        assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_millis(i64::MAX).after(Duration::MAX).as_millis(), i64::MAX);
        assert_eq!(Timestamp::from_millis(i64::MIN).to_rfc3339(), None);
    }
}
