//! Trying again.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::Layer;
use crate::error::{Error, Result, Retry as Verdict};
use crate::time::Timer;

/// When and how often a call is made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a call is made at most, the first time included.
    pub attempts: u32,
    /// The longest first pause; each next one may be twice as long.
    pub first_pause: Duration,
    /// The longest pause of all.
    pub longest_pause: Duration,
    /// No pause begins that would end later than this after the first call.
    pub patience: Duration,
}

impl Default for RetryPolicy {
    /// Five calls within half a minute, pauses from 100 ms to 5 s.
    fn default() -> Self {
        Self {
            attempts: 5,
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(5),
            patience: Duration::from_secs(30),
        }
    }
}

/// Makes a call again whose error says that this can help, after a pause of random length: callers that failed
/// together must not come back together. What the other side asks for
/// ([`Retry::After`](crate::error::Retry::After)) is the shortest pause.
pub struct Retry {
    policy: RetryPolicy,
    timer: Arc<dyn Timer>,
    /// A counter that is turned into pseudo-random numbers; chance is passed in as its start.
    state: AtomicU64,
}

impl Retry {
    /// A layer with this policy. `seed` should differ from process to process.
    pub fn new(policy: RetryPolicy, timer: Arc<dyn Timer>, seed: u64) -> Self {
        Self { policy, timer, state: AtomicU64::new(seed) }
    }

    /// The pause before the call after number `attempt`, or nothing when there is to be none.
    fn pause(&self, attempt: u32, error: &Error, since: Duration) -> Option<Duration> {
        let least = match error.retry() {
            Verdict::Never => return None,
            Verdict::Later => Duration::ZERO,
            Verdict::After(pause) => pause,
        };
        let doubled = self.policy.first_pause.saturating_mul(1 << (attempt - 1).min(20));
        let most = doubled.min(self.policy.longest_pause);
        let pause = least + most.mul_f64(self.fraction());
        let is_allowed = attempt < self.policy.attempts && since + pause <= self.policy.patience;
        is_allowed.then_some(pause)
    }

    /// A number from 0 to 1 (SplitMix64, Steele and others 2014).
    fn fraction(&self) -> f64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut number = self.state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((number ^ (number >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl fmt::Debug for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl fmt::Display for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "up to {} attempts", self.policy.attempts)
    }
}

impl Layer for Retry {
    fn once<'m, T: Send + 'm>(
        &'m self,
        _operation: &'static str,
        call: BoxFuture<'m, Result<T>>,
    ) -> BoxFuture<'m, Result<T>> {
        call
    }

    fn repeatable<'m, T, F>(&'m self, _operation: &'static str, call: F) -> BoxFuture<'m, Result<T>>
    where
        T: Send + 'm,
        F: Fn() -> BoxFuture<'m, Result<T>> + Send + Sync + 'm,
    {
        async move {
            let began = self.timer.elapsed();
            let mut attempt = 1;
            loop {
                let error = match call().await {
                    Ok(value) => return Ok(value),
                    Err(error) => error,
                };
                let since = self.timer.elapsed().saturating_sub(began);
                let Some(pause) = self.pause(attempt, &error, since) else {
                    return Err(if attempt > 1 { error.with("attempts", attempt) } else { error });
                };
                self.timer.sleep(pause).await;
                attempt += 1;
            }
        }
        .boxed()
    }
}
