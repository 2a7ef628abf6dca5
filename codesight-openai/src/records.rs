//! What is remembered between two runs of a program: ids and places, nothing of the content.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use codesight_core::{Error, ErrorKind, Result, Retry};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Keeps small records. Losing one costs time, not correctness.
#[async_trait]
pub trait Records: fmt::Debug + Send + Sync {
    /// The record under this key, if there is one.
    async fn load(&self, key: &str) -> Result<Option<Vec<u8>>>;

    /// Keeps the record; returns once it survives the end of the process. Of two writers the later wins, whole.
    async fn save(&self, key: &str, record: Vec<u8>) -> Result<()>;

    /// Forgets it; nothing happens when there is none.
    async fn forget(&self, key: &str) -> Result<()>;
}

/// The record under this key as `T`. One that cannot be read is as good as none.
pub(crate) async fn load<T: DeserializeOwned>(records: &dyn Records, key: &str) -> Result<Option<T>> {
    Ok(records.load(key).await?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

pub(crate) async fn save<T: Serialize + Sync>(records: &dyn Records, key: &str, record: &T) -> Result<()> {
    let bytes = serde_json::to_vec(record).map_err(|error| {
        Error::new(ErrorKind::Unexpected, "records.save", "not serialisable").caused_by(error)
    })?;
    records.save(key, bytes).await
}

/// Records that end with the process.
#[derive(Debug, Default)]
pub struct MemoryRecords(Mutex<BTreeMap<String, Vec<u8>>>);

impl MemoryRecords {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Records for MemoryRecords {
    async fn load(&self, key: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.lock().get(key).cloned())
    }

    async fn save(&self, key: &str, record: Vec<u8>) -> Result<()> {
        self.lock().insert(key.to_owned(), record);
        Ok(())
    }

    async fn forget(&self, key: &str) -> Result<()> {
        self.lock().remove(key);
        Ok(())
    }
}

/// One JSON file for each record, in a folder the caller names.
#[derive(Debug, Clone)]
pub struct FolderRecords(pub PathBuf);

impl FolderRecords {
    fn file(&self, key: &str) -> PathBuf {
        // Keys are made of hashes and of ids that services give: every other letter becomes a plain one.
        let plain = |letter: char| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' };
        self.0.join(format!("{}.json", key.chars().map(plain).collect::<String>()))
    }
}

fn failed(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, "records", "a record could not be kept")
        .retry_when(Retry::Never)
        .caused_by(error)
}

#[async_trait]
impl Records for FolderRecords {
    async fn load(&self, key: &str) -> Result<Option<Vec<u8>>> {
        match tokio::fs::read(self.file(key)).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    async fn save(&self, key: &str, record: Vec<u8>) -> Result<()> {
        let file = self.file(key);
        let draft = file.with_extension("tmp");
        tokio::fs::create_dir_all(&self.0).await.map_err(failed)?;
        let mut out = tokio::fs::File::create(&draft).await.map_err(failed)?;
        tokio::io::AsyncWriteExt::write_all(&mut out, &record).await.map_err(failed)?;
        out.sync_all().await.map_err(failed)?;
        tokio::fs::rename(&draft, &file).await.map_err(failed)
    }

    async fn forget(&self, key: &str) -> Result<()> {
        match tokio::fs::remove_file(self.file(key)).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        }
    }
}
