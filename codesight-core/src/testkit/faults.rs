//! When a wrapper lets a call fail.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::error::{Error, ErrorKind, Result};
use crate::layer::Layer;

/// Waits as long as it likes; a test passes its runtime's timer, since this crate has none.
pub type Sleep = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// On which side of the call it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FaultMoment {
    /// Nothing is done.
    #[default]
    Before,
    /// The work is done and the answer is lost.
    After,
}

#[derive(Debug, Clone, Copy)]
enum Which {
    None,
    Nth(u64),
    Every(u64),
    From(u64),
}

/// Decides which calls fail, counting all calls of the wrappers that share it.
pub struct Faults {
    which: Which,
    moment: FaultMoment,
    sleep: Option<Sleep>,
    calls: AtomicU64,
}

impl Faults {
    /// No call fails.
    pub fn none() -> Self {
        Self::new(Which::None)
    }

    /// Only call `n` fails, counted from 1.
    pub fn nth(n: u64) -> Self {
        Self::new(Which::Nth(n))
    }

    /// Every call whose number is a multiple of `n` fails.
    pub fn every(n: u64) -> Self {
        Self::new(Which::Every(n))
    }

    /// Call `n` and all after it fail: the backend is away.
    pub fn from(n: u64) -> Self {
        Self::new(Which::From(n))
    }

    fn new(which: Which) -> Self {
        Self { which, moment: FaultMoment::Before, sleep: None, calls: AtomicU64::new(0) }
    }

    /// Lets the calls fail at `moment` instead of before anything is done.
    #[must_use]
    pub fn when(mut self, moment: FaultMoment) -> Self {
        self.moment = moment;
        self
    }

    /// Makes every call wait before it is made.
    #[must_use]
    pub fn slowed_by(mut self, sleep: Sleep) -> Self {
        self.sleep = Some(sleep);
        self
    }

    /// How many calls there were.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("faults")
    }
}

/// Lets calls fail with [`ErrorKind::Unavailable`].
impl Layer for Faults {
    fn once<'m, T: Send + 'm>(
        &'m self,
        _operation: &'static str,
        call: BoxFuture<'m, Result<T>>,
    ) -> BoxFuture<'m, Result<T>> {
        async move {
            let number = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
            if let Some(sleep) = &self.sleep {
                sleep().await;
            }
            let fails = match self.which {
                Which::None => false,
                Which::Nth(n) => number == n,
                Which::Every(n) => number.is_multiple_of(n),
                Which::From(n) => number >= n,
            };
            if !fails {
                return call.await;
            }
            if self.moment == FaultMoment::After {
                call.await?;
            }
            let error = Error::new(ErrorKind::Unavailable, "testkit.fault", "an injected fault");
            Err(error.with("call", number))
        }
        .boxed()
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults")
            .field("which", &self.which)
            .field("moment", &self.moment)
            .field("calls", &self.calls())
            .finish_non_exhaustive()
    }
}
