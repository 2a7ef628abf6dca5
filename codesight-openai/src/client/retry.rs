//! When a request is sent again, and after how long: the published rules of OpenAI's Python client (3.x,
//! `_base_client.py`), and what they leave out.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::failure::ApiFailure;

/// A source of chance, passed in so that tests decide.
pub trait Chance: fmt::Debug + Send + Sync {
    /// At least 0, less than 1.
    fn next(&self) -> f64;
}

/// The system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn next(&self) -> f64 {
        // Without randomness there is no jitter, and nothing else is lost.
        getrandom::u32().map_or(0.0, |number| f64::from(number) / (f64::from(u32::MAX) + 1.0))
    }
}

/// Whether a request may be sent twice without harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It changes nothing, or the same thing to the same effect.
    Safe,
    /// It makes something that costs. It is sent again only when it cannot have been acted upon; otherwise the caller looks
    /// first.
    LookFirst,
}

/// How patient a client is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct RetryPolicy {
    /// Further tries after the first.
    pub max_retries: u32,
    /// The first pause.
    pub first_delay: Duration,
    /// The longest pause of its own making.
    pub max_delay: Duration,
    /// The longest pause a service may ask for; a longer one is an error that says how long.
    pub max_asked_delay: Duration,
    /// How long one try may take.
    pub attempt_timeout: Duration,
    /// How long a call may take in all, pauses included.
    pub deadline: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_retries: 2,
            first_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(8),
            max_asked_delay: Duration::from_secs(120),
            attempt_timeout: Duration::from_secs(600),
            deadline: Duration::from_secs(1_800),
        }
    }
}

impl RetryPolicy {
    /// The pause before retry number `retry`, counted from 0: doubled each time, shortened by up to a quarter by chance.
    pub fn backoff(&self, retry: u32, chance: &dyn Chance) -> Duration {
        let doubled = self.first_delay.saturating_mul(2_u32.saturating_pow(retry));
        doubled.min(self.max_delay).mul_f64(1.0 - 0.25 * chance.next().clamp(0.0, 1.0))
    }

    /// Whether and after how long a refused request is sent again.
    pub fn after_refusal(&self, refusal: &ApiFailure, retry: u32, chance: &dyn Chance) -> Option<Duration> {
        if retry >= self.max_retries || !refusal.is_transient() {
            return None;
        }
        match refusal.retry_after {
            Some(asked) if asked > self.max_asked_delay => None,
            Some(asked) => Some(asked),
            None => Some(self.backoff(retry, chance)),
        }
    }
}
