//! What a folder needs beyond `object_store`'s `with_fsync`: names that were found, and names that were removed,
//! made durable too.

use std::fs::{File, Metadata};
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

/// Removes the staging files below `folder` that `is_picked` picks. Returns how many.
pub(super) async fn remove_staging_files(
    folder: PathBuf,
    is_picked: impl Fn(&Path, &Metadata) -> bool + Send + 'static,
) -> Result<u64> {
    blocking(move || {
        let mut removed = 0;
        let mut folders = vec![folder];
        while let Some(folder) = folders.pop() {
            let entries = match std::fs::read_dir(&folder) {
                // Emptied meanwhile, or never there.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                entries => entries?,
            };
            let before = removed;
            for entry in entries {
                let entry = entry?;
                let kind = entry.file_type()?;
                // `object_store` stages under `<name>#<number>`; the grammar of keys has no `#`.
                let is_staged = kind.is_file() && entry.file_name().to_string_lossy().contains('#');
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if is_staged && is_picked(&entry.path(), &entry.metadata()?) {
                    match std::fs::remove_file(entry.path()) {
                        // It got its name at this moment.
                        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                        done => {
                            done?;
                            removed += 1;
                        }
                    }
                }
            }
            if removed > before {
                sync_folder(&folder)?;
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
