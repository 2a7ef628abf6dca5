//! What a folder needs beyond `object_store`'s `with_fsync`: names that were found, and names that were removed,
//! made durable too.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::ports::BlobKey;

use super::convert::io_error;

/// Syncs the names in a folder.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Only Unix lets a folder be opened and synced; elsewhere the file system keeps its names by itself or not.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Makes a blob that another writer published durable before it is reported as there: that writer may have been
/// killed between giving the name and syncing it.
pub(super) async fn sync_found(root: PathBuf, key: BlobKey) -> Result<()> {
    blocking(move || {
        let path = root.join(key.as_str());
        File::open(&path)?.sync_all()?;
        path.ancestors().skip(1).take_while(|folder| folder.starts_with(&root)).try_for_each(sync_folder)
    })
    .await
}

/// Makes the removal of a blob durable.
pub(super) async fn sync_removed(root: PathBuf, key: BlobKey) -> Result<()> {
    blocking(move || match root.join(key.as_str()).parent() {
        Some(folder) if folder.exists() => sync_folder(folder),
        _ => Ok(()),
    })
    .await
}

/// Removes the staging files that writers left behind when they died, last written before `before_millis` (since
/// the epoch). Returns how many.
pub(super) async fn remove_staging_files(root: PathBuf, before_millis: i64) -> Result<u64> {
    blocking(move || {
        let mut removed = 0;
        let mut folders = vec![root];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    folders.push(entry.path());
                // `object_store` stages under `<name>#<number>`; the grammar of keys has no `#`.
                } else if kind.is_file() && entry.file_name().to_string_lossy().contains('#') {
                    let age = entry.metadata()?.modified()?.duration_since(std::time::UNIX_EPOCH);
                    let written = age.map_or(0, |age| i64::try_from(age.as_millis()).unwrap_or(i64::MAX));
                    if written < before_millis {
                        std::fs::remove_file(entry.path())?;
                        removed += 1;
                    }
                }
            }
        }
        Ok(removed)
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| {
            Error::new(ErrorKind::Unexpected, "blob.local", "the task ended early").caused_by(error)
        })?
        .map_err(|error| io_error("blob.local", error))
}
