//! What is put between a caller and a backend: retries, limits and measurements, each once and for every port.
//!
//! A [`Layer`] knows calls and nothing of what they mean; [`LayeredBlobStore`], [`LayeredCatalog`],
//! [`LayeredKeyStore`], [`LayeredAuditLog`] and [`LayeredAccounts`] put one around each method of a port. They are ports themselves, keep
//! the same contract, and can be stacked:
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//! use codesight_core::layer::{LayeredBlobStore, Retry, RetryPolicy, TimeLimit};
//! use codesight_core::memory::MemoryBlobStore;
//! use codesight_core::ports::BlobStore;
//! use codesight_core::time::Timer;
//!
//! fn careful(store: Arc<dyn BlobStore>, timer: Arc<dyn Timer>) -> Arc<dyn BlobStore> {
//!     // The innermost counts first: every try has ten seconds of its own.
//!     let limit = TimeLimit::new(Duration::from_secs(10), Arc::clone(&timer));
//!     let limited = LayeredBlobStore::new(store, Arc::new(limit));
//!     let retry = Retry::new(RetryPolicy::default(), timer, 7);
//!     Arc::new(LayeredBlobStore::new(Arc::new(limited), Arc::new(retry)))
//! }
//! # let _ = careful(Arc::new(MemoryBlobStore::new()), Arc::new(codesight_core::time::InstantTimer::default()));
//! ```

mod accounts;
mod audit;
mod blobs;
mod catalog;
mod concurrency;
mod keys;
mod metrics;
mod retry;
mod time_limit;
mod verified;

use std::fmt;

use futures_util::future::BoxFuture;

use crate::error::Result;

pub use accounts::LayeredAccounts;
pub use audit::LayeredAuditLog;
pub use blobs::LayeredBlobStore;
pub use catalog::LayeredCatalog;
pub use concurrency::ConcurrencyLimit;
pub use keys::LayeredKeyStore;
pub use metrics::{CallFigures, CallMetrics, CallRecorder, Measured};
pub use retry::{Retry, RetryPolicy};
pub use time_limit::TimeLimit;
pub use verified::VerifiedBlobStore;

/// Something that happens around calls.
pub trait Layer: fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// Makes a call that may be made once only. `operation` is the port's name for it, such as `blob.put`.
    fn once<'m, T: Send + 'm>(
        &'m self,
        operation: &'static str,
        call: BoxFuture<'m, Result<T>>,
    ) -> BoxFuture<'m, Result<T>>;

    /// Makes a call that may be made again when it fails.
    fn repeatable<'m, T, F>(&'m self, operation: &'static str, call: F) -> BoxFuture<'m, Result<T>>
    where
        T: Send + 'm,
        F: Fn() -> BoxFuture<'m, Result<T>> + Send + Sync + 'm,
    {
        self.once(operation, call())
    }
}
