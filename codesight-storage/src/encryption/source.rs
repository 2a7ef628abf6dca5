//! An encrypted file as a source of bytes for [`ArchiveReader`](crate::ArchiveReader) and its friends.

use std::fmt;
use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use codesight_core::error::Result;

use super::AgeKey;
use super::open::{MAGIC, Sealed};
use crate::archive::RandomAccess;

/// The decrypted bytes of an encrypted source, each range decrypted when it is read.
pub struct DecryptedSource<'a> {
    inner: Box<dyn RandomAccess + 'a>,
    key: AgeKey,
    sealed: Sealed,
}

impl fmt::Debug for DecryptedSource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptedSource").field("size", &self.sealed.size).finish_non_exhaustive()
    }
}

impl<'a> DecryptedSource<'a> {
    /// Reads the header and the end of `inner`.
    ///
    /// # Errors
    /// An [`EncryptionRefusal`](super::EncryptionRefusal), and what `inner` says.
    pub async fn open(inner: Box<dyn RandomAccess + 'a>, key: AgeKey) -> Result<Self> {
        let sealed = Sealed::read(inner.as_ref(), &key).await?;
        Ok(Self { inner, key, sealed })
    }
}

/// Whether these bytes begin as an age file does.
///
/// # Errors
/// What the source says.
pub async fn is_encrypted(source: &dyn RandomAccess) -> Result<bool> {
    let length = MAGIC.len() as u64;
    Ok(source.size() >= length && source.read(0..length).await? == MAGIC)
}

#[async_trait]
impl RandomAccess for DecryptedSource<'_> {
    fn size(&self) -> u64 {
        self.sealed.size
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes> {
        self.sealed.read_range(self.inner.as_ref(), &self.key, range).await
    }
}
