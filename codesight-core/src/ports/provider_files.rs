//! Files that were uploaded to a service, and can be deleted there.

use std::fmt;

use async_trait::async_trait;

use crate::error::Result;

/// Deletes uploaded files.
#[async_trait]
pub trait ProviderFiles: fmt::Debug + fmt::Display + Send + Sync {
    /// The service's name, as [`ExportPlace::Provider`](super::ExportPlace::Provider) has it.
    fn service(&self) -> &str;

    /// Deletes a file.
    ///
    /// # Behaviour
    /// - twice, or for an unknown file, is fine: afterwards it is not there
    async fn delete_file(&self, file: &str) -> Result<()>;
}
