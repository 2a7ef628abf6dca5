//! A service's files in memory.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Mutex;

use async_trait::async_trait;

use super::lock;
use crate::error::Result;
use crate::ports::ProviderFiles;

/// The ids of uploaded files, in memory.
#[derive(Default)]
pub struct MemoryProviderFiles(Mutex<BTreeSet<String>>);

impl MemoryProviderFiles {
    /// A service that holds these files.
    pub fn holding<'a>(files: impl IntoIterator<Item = &'a str>) -> Self {
        Self(Mutex::new(files.into_iter().map(str::to_owned).collect()))
    }

    /// The files that are there.
    pub fn files(&self) -> Vec<String> {
        lock(&self.0).iter().cloned().collect()
    }
}

impl fmt::Debug for MemoryProviderFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryProviderFiles").field("files", &lock(&self.0).len()).finish()
    }
}

impl fmt::Display for MemoryProviderFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory provider files")
    }
}

#[async_trait]
impl ProviderFiles for MemoryProviderFiles {
    fn service(&self) -> &str {
        "memory"
    }

    async fn delete_file(&self, file: &str) -> Result<()> {
        lock(&self.0).remove(file);
        Ok(())
    }
}
