//! How often each call is made, how it ends, and how long it takes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::Layer;
use crate::error::Result;
use crate::time::Timer;

/// Takes note of calls: words of our own and durations, never content.
pub trait CallRecorder: fmt::Debug + Send + Sync {
    /// A call of `operation` ended after `took`; `outcome` is `ok` or the code of the error's kind.
    fn record(&self, operation: &'static str, outcome: &'static str, took: Duration);
}

/// Tells a [`CallRecorder`] of every call.
#[derive(Debug)]
pub struct Measured {
    recorder: Arc<dyn CallRecorder>,
    timer: Arc<dyn Timer>,
}

impl Measured {
    /// A layer that tells `recorder`.
    pub fn new(recorder: Arc<dyn CallRecorder>, timer: Arc<dyn Timer>) -> Self {
        Self { recorder, timer }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("measurements")
    }
}

impl Layer for Measured {
    fn once<'m, T: Send + 'm>(
        &'m self,
        operation: &'static str,
        call: BoxFuture<'m, Result<T>>,
    ) -> BoxFuture<'m, Result<T>> {
        async move {
            let began = self.timer.elapsed();
            let answer = call.await;
            let outcome = answer.as_ref().err().map_or("ok", |error| error.kind().code());
            self.recorder.record(operation, outcome, self.timer.elapsed().saturating_sub(began));
            answer
        }
        .boxed()
    }
}

/// What was noted of one operation and outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallFigures {
    /// How many calls.
    pub calls: u64,
    /// How long they took together.
    pub total: Duration,
    /// How many took at most as long as each bound of [`CallMetrics::BOUNDS`].
    pub within: [u64; CallMetrics::BOUNDS.len()],
}

/// A [`CallRecorder`] that counts in memory.
#[derive(Debug, Default)]
pub struct CallMetrics(Mutex<BTreeMap<(&'static str, &'static str), CallFigures>>);

impl CallMetrics {
    /// The bounds up to which calls are counted.
    pub const BOUNDS: [Duration; 8] = [
        Duration::from_millis(1),
        Duration::from_millis(5),
        Duration::from_millis(20),
        Duration::from_millis(50),
        Duration::from_millis(200),
        Duration::from_secs(1),
        Duration::from_secs(5),
        Duration::from_secs(30),
    ];

    /// The figures of every operation and outcome so far.
    pub fn figures(&self) -> BTreeMap<(&'static str, &'static str), CallFigures> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl CallRecorder for CallMetrics {
    fn record(&self, operation: &'static str, outcome: &'static str, took: Duration) {
        let mut figures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let figures = figures.entry((operation, outcome)).or_default();
        figures.calls += 1;
        figures.total += took;
        for (within, bound) in figures.within.iter_mut().zip(Self::BOUNDS) {
            *within += u64::from(took <= bound);
        }
    }
}
