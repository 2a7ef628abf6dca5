//! Keys as files in a folder of their own.
//!
//! Files and not a database: a database keeps copies of what was deleted in its log and its free pages, while here one
//! key is one small file that can be overwritten and replaced. And a folder can be put on another disk, mounted from
//! a vault, and left out of the backup of the data.
//!
//! A file holds the 32 bytes of the key and their SHA-256. An empty file says that the key was destroyed. Its name is
//! the SHA-256 of the key's name, so that names that differ in case alone are different on every file system.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind as IoKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use codesight_core::id::ContentHash;
use codesight_core::ports::{KeyId, KeyStore, SecretKey};
use codesight_core::{Error, ErrorKind, Result};
use tempfile::NamedTempFile;

const KEY: usize = 32;
const RECORD: usize = KEY + 32;

/// Keeps keys as files that only their owner can read. Several processes may use the same folder.
///
/// [`destroy`](KeyStore::destroy) overwrites the bytes before it lets go of them. A disk or file system that writes
/// elsewhere on every change (SSDs, copy-on-write, snapshots) may keep the old bytes all the same; there, the folder
/// belongs on an encrypted volume.
#[derive(Clone)]
pub struct FileKeyStore {
    folder: Arc<Path>,
}

impl FileKeyStore {
    /// Opens the folder, made when it is missing (its parent must be there) and readable for its owner alone.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`] when others than its owner may look into it, [`ErrorKind::Unavailable`] when it
    /// cannot be made.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self> {
        let folder: PathBuf = folder.into();
        let unavailable = |error| failed("keys.open", error);
        if let Err(error) = private_folder(&folder)
            && error.kind() != IoKind::AlreadyExists
        {
            return Err(unavailable(error));
        }
        if is_open_to_others(&fs::metadata(&folder).map_err(unavailable)?) {
            let message = "others than its owner may look into the key folder; make it 0700";
            return Err(Error::new(ErrorKind::Forbidden, "keys.open", message));
        }
        Ok(Self { folder: folder.into() })
    }

    /// Does file work off the async threads.
    async fn blocking<T: Send + 'static>(
        &self,
        operation: &'static str,
        id: &KeyId,
        work: impl FnOnce(&Slot) -> Result<T, SlotError> + Send + 'static,
    ) -> Result<T> {
        let name = ContentHash::of(id.as_str().as_bytes());
        let slot = Slot { path: self.folder.join(format!("{name}.key")), folder: Arc::clone(&self.folder) };
        let done = tokio::task::spawn_blocking(move || work(&slot)).await;
        let done = done.map_err(|error| {
            Error::new(ErrorKind::Unexpected, operation, "the work was interrupted").caused_by(error)
        })?;
        done.map_err(|error| match error {
            SlotError::Io(error) => failed(operation, error),
            SlotError::Destroyed => Error::new(ErrorKind::Conflict, operation, "the key was destroyed"),
            SlotError::Missing => Error::not_found(operation, "no such key"),
            SlotError::Damaged => Error::new(ErrorKind::Corrupt, operation, "the key file is damaged"),
        })
    }
}

fn failed(operation: &'static str, error: io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, operation, "the key folder cannot be used").caused_by(error)
}

impl fmt::Debug for FileKeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileKeyStore").field("folder", &self.folder).finish()
    }
}

impl fmt::Display for FileKeyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "keys in {}", self.folder.display())
    }
}

#[async_trait]
impl KeyStore for FileKeyStore {
    async fn get(&self, id: &KeyId) -> Result<SecretKey> {
        self.blocking("keys.get", id, |slot| match slot.read()? {
            Content::Key(key) => Ok(key),
            Content::Missing | Content::Destroyed => Err(SlotError::Missing),
        })
        .await
    }

    async fn get_or_insert(&self, id: &KeyId, candidate: SecretKey) -> Result<SecretKey> {
        self.blocking("keys.get_or_insert", id, move |slot| slot.get_or_insert(&candidate)).await
    }

    async fn destroy(&self, id: &KeyId) -> Result<()> {
        self.blocking("keys.destroy", id, Slot::destroy).await
    }
}

/// The file of one key.
struct Slot {
    path: PathBuf,
    folder: Arc<Path>,
}

enum Content {
    Missing,
    Destroyed,
    Key(SecretKey),
}

enum SlotError {
    Io(io::Error),
    Destroyed,
    Missing,
    Damaged,
}

impl From<io::Error> for SlotError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Slot {
    fn read(&self) -> Result<Content, SlotError> {
        // A file that is being destroyed is replaced first and overwritten then: who opened it before may read
        // anything, who opens it again finds it destroyed.
        for _ in 0..2 {
            let mut bytes = Vec::with_capacity(RECORD);
            match File::open(&self.path) {
                Ok(file) => file.take(RECORD as u64 + 1).read_to_end(&mut bytes)?,
                Err(error) if error.kind() == IoKind::NotFound => return Ok(Content::Missing),
                Err(error) => return Err(error.into()),
            };
            if bytes.is_empty() {
                return Ok(Content::Destroyed);
            }
            if let Some(key) = parse(&bytes) {
                return Ok(Content::Key(key));
            }
        }
        Err(SlotError::Damaged)
    }

    fn get_or_insert(&self, candidate: &SecretKey) -> Result<SecretKey, SlotError> {
        let mut created = false;
        loop {
            match self.read()? {
                Content::Key(key) => {
                    // Somebody else may have created it this moment, and not be through yet.
                    self.sync_folder()?;
                    return Ok(key);
                }
                Content::Destroyed => return Err(SlotError::Destroyed),
                // Nothing removes a file, so it is there the second time.
                Content::Missing if created => return Err(SlotError::Damaged),
                Content::Missing => created = true,
            }
            let mut record = candidate.expose().to_vec();
            record.extend(ContentHash::of(candidate.expose()).as_bytes());
            self.create(&record)?;
        }
    }

    fn destroy(&self) -> Result<(), SlotError> {
        loop {
            match OpenOptions::new().write(true).open(&self.path) {
                Ok(old) if old.metadata()?.len() == 0 => return Ok(()),
                Ok(mut old) => {
                    self.temporary(&[])?.persist(&self.path).map_err(|error| error.error)?;
                    self.sync_folder()?;
                    old.rewind()?;
                    old.write_all(&[0; RECORD])?;
                    return Ok(old.sync_all()?);
                }
                Err(error) if error.kind() == IoKind::NotFound => {
                    if self.create(&[])? {
                        return Ok(());
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Creates the file, whole and durable, unless one is there.
    fn create(&self, record: &[u8]) -> io::Result<bool> {
        match self.temporary(record)?.persist_noclobber(&self.path) {
            Ok(_) => self.sync_folder().map(|()| true),
            Err(error) if error.error.kind() == IoKind::AlreadyExists => Ok(false),
            Err(error) => Err(error.error),
        }
    }

    /// A file beside it, readable for its owner alone.
    fn temporary(&self, record: &[u8]) -> io::Result<NamedTempFile> {
        let mut file = NamedTempFile::new_in(&self.folder)?;
        file.write_all(record)?;
        file.as_file().sync_all()?;
        Ok(file)
    }

    /// Makes the file's name durable.
    fn sync_folder(&self) -> io::Result<()> {
        if cfg!(unix) { File::open(&self.folder)?.sync_all() } else { Ok(()) }
    }
}

fn parse(bytes: &[u8]) -> Option<SecretKey> {
    let (key, sum) = bytes.split_first_chunk::<KEY>()?;
    (ContentHash::of(key).as_bytes() == sum).then(|| SecretKey::from_bytes(*key))
}

#[cfg(unix)]
fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)
}

#[cfg(unix)]
fn is_open_to_others(folder: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    folder.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}
