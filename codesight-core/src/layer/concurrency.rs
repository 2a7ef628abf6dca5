//! No more calls at once than a backend can take.

use std::fmt;

use async_lock::Semaphore;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::Layer;
use crate::error::Result;

/// Lets calls wait while as many as are allowed are under way. An upload counts while one of its steps is.
pub struct ConcurrencyLimit {
    most: usize,
    places: Semaphore,
}

impl ConcurrencyLimit {
    /// A layer that lets `most` calls through at once, at least one.
    pub fn new(most: usize) -> Self {
        let most = most.max(1);
        Self { most, places: Semaphore::new(most) }
    }
}

impl fmt::Debug for ConcurrencyLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConcurrencyLimit").field("most", &self.most).finish_non_exhaustive()
    }
}

impl fmt::Display for ConcurrencyLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {} calls at once", self.most)
    }
}

impl Layer for ConcurrencyLimit {
    fn once<'m, T: Send + 'm>(
        &'m self,
        _operation: &'static str,
        call: BoxFuture<'m, Result<T>>,
    ) -> BoxFuture<'m, Result<T>> {
        async move {
            let _place = self.places.acquire().await;
            call.await
        }
        .boxed()
    }
}
