//! The suite of [`ProviderFiles`](crate::ports::ProviderFiles).

use std::sync::Arc;

use super::check::{Verdict, ensure};
use super::suite::{Suite, scenarios};
use crate::ports::ProviderFiles;

/// Everything a service's files must do. A backend for it holds a file named `file-1`.
pub fn provider_files_suite() -> Suite<dyn ProviderFiles> {
    Suite::new(
        "provider_files",
        scenarios![
            behaviour "delete_file: twice, or for an unknown file, is fine: afterwards it is not there" => delete,
            also "service: has a name" => named,
        ],
    )
}

async fn delete(files: Arc<dyn ProviderFiles>) -> Verdict {
    for file in ["file-1", "file-1", "file-that-never-was"] {
        files.delete_file(file).await?;
    }
    Ok(())
}

async fn named(files: Arc<dyn ProviderFiles>) -> Verdict {
    ensure(!files.service().is_empty(), "a name")
}
