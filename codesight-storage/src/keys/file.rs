//! Keys as files in a folder of their own.
//!
//! Files and not a database: a database keeps copies of what was deleted in its log and its free pages, while here one
//! key is one small file that can be overwritten and replaced. And a folder can be put on another disk, mounted from
//! a vault, and left out of the backup of the data.
//!
//! A file's name is the SHA-256 of the key's name, so that names that differ in case alone are different on every file
//! system. What is in it stands in `record`.

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

use super::record::{LONGEST, Record, Wrapping};

/// Keeps keys as files that only their owner can read. Several processes may use the same folder.
///
/// [`destroy`](KeyStore::destroy) overwrites the bytes before it lets go of them. A disk or file system that writes
/// elsewhere on every change (SSDs, copy-on-write, snapshots) may keep the old bytes all the same; there, the folder
/// belongs on an encrypted volume.
#[derive(Clone)]
pub struct FileKeyStore {
    pub(super) folder: Arc<Path>,
    pub(super) wrapping: Wrapping,
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
        Ok(Self { folder: folder.into(), wrapping: Wrapping::default() })
    }

    /// Does file work on one key off the async threads.
    async fn blocking<T: Send + 'static>(
        &self,
        operation: &'static str,
        id: &KeyId,
        work: impl FnOnce(&Slot) -> Result<T, SlotError> + Send + 'static,
    ) -> Result<T> {
        let name = ContentHash::of(id.as_str().as_bytes());
        let slot = self.slot(self.folder.join(format!("{name}.key")));
        run(operation, move || work(&slot)).await
    }

    pub(super) fn slot(&self, path: PathBuf) -> Slot {
        Slot { path, folder: Arc::clone(&self.folder), wrapping: self.wrapping.clone() }
    }
}

/// Does file work off the async threads.
pub(super) async fn run<T: Send + 'static>(
    operation: &'static str,
    work: impl FnOnce() -> Result<T, SlotError> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|error| {
        Error::new(ErrorKind::Unexpected, operation, "the work was interrupted").caused_by(error)
    })?;
    done.map_err(|error| match error {
        SlotError::Io(error) => failed(operation, error),
        SlotError::Destroyed => Error::new(ErrorKind::Conflict, operation, "the key was destroyed"),
        SlotError::Missing => Error::not_found(operation, "no such key"),
        SlotError::Damaged => Error::new(ErrorKind::Corrupt, operation, "the key file is damaged"),
        SlotError::Locked => {
            Error::new(ErrorKind::Unavailable, operation, "the key is under a master key that is not here")
                .with("code", "master-key-missing")
        }
    })
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
pub(super) struct Slot {
    path: PathBuf,
    folder: Arc<Path>,
    wrapping: Wrapping,
}

enum Content {
    Missing,
    Destroyed,
    Key(SecretKey),
}

pub(super) enum SlotError {
    Io(io::Error),
    Destroyed,
    Missing,
    Damaged,
    Locked,
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
            let bytes = match self.bytes() {
                Err(error) if error.kind() == IoKind::NotFound => return Ok(Content::Missing),
                bytes => bytes?,
            };
            match self.wrapping.read(&bytes) {
                Record::Destroyed => return Ok(Content::Destroyed),
                Record::Key(key) => return Ok(Content::Key(key)),
                Record::Locked => return Err(SlotError::Locked),
                Record::Damaged => {}
            }
        }
        Err(SlotError::Damaged)
    }

    pub(super) fn bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(&self.path)?.take(LONGEST as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
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
            self.create(&self.wrapping.write(candidate).ok_or(SlotError::Damaged)?)?;
        }
    }

    fn destroy(&self) -> Result<(), SlotError> {
        let _lock = self.lock()?;
        loop {
            match fs::metadata(&self.path) {
                Ok(old) if old.len() == 0 => return Ok(()),
                Ok(_) => return Ok(self.replace(&[])?),
                Err(error) if error.kind() == IoKind::NotFound => {
                    if self.create(&[])? {
                        return Ok(());
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Keeps everybody else, in any process, from replacing files: of a key that is put under another master key while it
    /// is destroyed, nothing may come back.
    pub(super) fn lock(&self) -> io::Result<Option<File>> {
        if !cfg!(unix) {
            return Ok(None);
        }
        let folder = File::open(&self.folder)?;
        folder.lock()?;
        Ok(Some(folder))
    }

    /// Puts another record in the place of the file, and overwrites the bytes of the old one then.
    pub(super) fn replace(&self, record: &[u8]) -> io::Result<()> {
        let mut old = OpenOptions::new().write(true).open(&self.path)?;
        let length = usize::try_from(old.metadata()?.len()).unwrap_or(LONGEST).min(LONGEST);
        self.temporary(record)?.persist(&self.path).map_err(|error| error.error)?;
        self.sync_folder()?;
        old.rewind()?;
        old.write_all(&vec![0; length])?;
        old.sync_all()
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
