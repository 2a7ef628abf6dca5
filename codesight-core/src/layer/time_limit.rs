//! No call takes longer than it may.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Either, select};

use super::Layer;
use crate::error::{Error, ErrorKind, Result};
use crate::time::Timer;

/// Ends a call that takes too long with [`ErrorKind::Unavailable`]. What became of it is unknown then: it may still be
/// done, which is why every port's calls are safe to repeat.
pub struct TimeLimit {
    limit: Duration,
    timer: Arc<dyn Timer>,
}

impl TimeLimit {
    /// A layer that waits for `limit`.
    pub fn new(limit: Duration, timer: Arc<dyn Timer>) -> Self {
        Self { limit, timer }
    }
}

impl fmt::Debug for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeLimit").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a limit of {:?}", self.limit)
    }
}

impl Layer for TimeLimit {
    fn once<'m, T: Send + 'm>(
        &'m self,
        operation: &'static str,
        call: BoxFuture<'m, Result<T>>,
    ) -> BoxFuture<'m, Result<T>> {
        async move {
            match select(call, self.timer.sleep(self.limit)).await {
                Either::Left((answer, _)) => answer,
                Either::Right(((), _)) => {
                    let message = "the call took too long; whether it was done is not known";
                    let error = Error::new(ErrorKind::Unavailable, operation, message);
                    Err(error.with("limit_ms", self.limit.as_millis()))
                }
            }
        }
        .boxed()
    }
}
