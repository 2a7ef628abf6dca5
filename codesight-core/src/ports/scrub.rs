//! Getting rid of what deletion leaves behind.

use std::fmt;

use async_trait::async_trait;

use crate::error::Result;

/// A backend that keeps copies of what was deleted, in free pages or logs, and can get rid of them.
#[async_trait]
pub trait Scrub: fmt::Debug + fmt::Display + Send + Sync {
    /// Overwrites or gives back every byte the backend holds of what was deleted before.
    ///
    /// # Behaviour
    /// - what is stored stays as it is
    /// - twice, and with nothing deleted, is fine
    async fn scrub(&self) -> Result<()>;
}
