//! The blob store: frames, audio and archives, by key.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};
use crate::id::{ContentHash, SessionId, TenantId};
use crate::ports::SessionRef;

/// The name of a blob: segments of `[A-Za-z0-9._-]`, joined by `/`, none of them `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobKey(String);

impl BlobKey {
    /// Longest key.
    pub const MAX_LENGTH: usize = 512;

    /// Checks the grammar.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::error::ErrorKind::Invalid).
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        let segment_is_plain = |segment: &str| {
            !matches!(segment, "" | "." | "..")
                && segment
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        };
        if text.len() <= Self::MAX_LENGTH && text.split('/').all(segment_is_plain) {
            Ok(Self(text))
        } else {
            Err(Error::invalid("blob.key", "segments of [A-Za-z0-9._-], not . or .., joined by /")
                .with("length", text.len()))
        }
    }

    /// Where a session's captured frames and audio are kept until the archive is verified.
    pub fn captured(tenant: &TenantId, session: &SessionId, hash: &ContentHash) -> Self {
        Self(format!("{}{hash}", Self::captured_prefix(tenant, session)))
    }

    /// Where a captured frame is kept that had to be painted over: beside where it would be as it came. The hash is that of
    /// the frame as it came, by which its interactions name it.
    pub fn painted(tenant: &TenantId, session: &SessionId, hash: &ContentHash) -> Self {
        Self(format!("{}{hash}.painted", Self::captured_prefix(tenant, session)))
    }

    /// The prefix of everything captured in a session.
    pub fn captured_prefix(tenant: &TenantId, session: &SessionId) -> String {
        format!("{tenant}/captured/{session}/")
    }

    /// Where the archive of a session is kept.
    pub fn archive(tenant: &TenantId, session: &SessionId) -> Self {
        Self(format!("{tenant}/archives/{session}.zip"))
    }

    /// Where the archive that is to replace the one of a session lies while it is checked.
    pub fn archive_successor(tenant: &TenantId, session: &SessionId) -> Self {
        Self(format!("{}{session}.zip", Self::archive_successors_prefix(tenant)))
    }

    /// The prefix of everything that is to replace an archive of a tenant.
    pub fn archive_successors_prefix(tenant: &TenantId) -> String {
        format!("{tenant}/successors/")
    }

    /// Where the training lines of a session are kept, images included.
    pub fn training(tenant: &TenantId, session: &SessionId) -> Self {
        Self(format!("{tenant}/training/{session}.jsonl"))
    }

    /// The session it belongs to, by the places above; none for any other key.
    pub fn session(&self) -> Option<SessionRef> {
        let (tenant, rest) = self.0.split_once('/')?;
        let (folder, name) = rest.split_once('/')?;
        let session = match folder {
            "captured" => name.split_once('/')?.0,
            "archives" | "successors" => name.strip_suffix(".zip")?,
            "training" => name.strip_suffix(".jsonl")?,
            _ => return None,
        };
        Some(SessionRef { tenant: TenantId::new(tenant).ok()?, session: SessionId::new(session).ok()? })
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BlobKey {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl Serialize for BlobKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for BlobKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// What is known of a stored blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobInfo {
    /// Its name.
    pub key: BlobKey,
    /// Bytes. From [`head`](BlobStore::head), those that can be read; in a [`list`](BlobStore::list), those that the
    /// store holds, which are more where a wrapper encrypts.
    pub size: u64,
}

/// What a put did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutOutcome {
    /// The blob is new.
    Created,
    /// A blob of that name was there; it was left as it is.
    AlreadyThere,
}

/// A blob being written piece by piece. Nothing of it can be read before [`finish`](Self::finish).
#[async_trait]
pub trait BlobUpload: Send {
    /// Adds bytes.
    async fn write(&mut self, bytes: Bytes) -> Result<()>;

    /// Publishes the blob, whole and durable, unless one of that name is there.
    async fn finish(self: Box<Self>) -> Result<PutOutcome>;

    /// Throws the bytes away. Dropping an upload does the same, later.
    async fn abort(self: Box<Self>) -> Result<()>;
}

/// Stores immutable bytes by key.
#[async_trait]
pub trait BlobStore: fmt::Debug + fmt::Display + Send + Sync {
    /// Stores a blob unless one of that name is there.
    ///
    /// # Behaviour
    /// - durable and readable when it returns
    /// - of two puts at once exactly one is `Created`
    /// - an empty blob is fine
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<PutOutcome>;

    /// Begins a blob that is written piece by piece.
    ///
    /// # Behaviour
    /// - neither `get`, `head` nor `list` sees it before it is finished, nor after it was aborted
    async fn upload(&self, key: &BlobKey) -> Result<Box<dyn BlobUpload>>;

    /// All bytes; `NotFound` when there is no such blob.
    async fn get(&self, key: &BlobKey) -> Result<Bytes>;

    /// The bytes of `range`.
    ///
    /// # Behaviour
    /// - a range that reaches past the end is `Invalid`
    /// - an empty range within the blob is empty
    async fn get_range(&self, key: &BlobKey, range: Range<u64>) -> Result<Bytes>;

    /// What is known of the blob; `NotFound` when there is none.
    async fn head(&self, key: &BlobKey) -> Result<BlobInfo>;

    /// Up to `limit` blobs whose key begins with `prefix`, by key, after `after`.
    ///
    /// # Behaviour
    /// - `prefix` ends in `/` or is empty
    async fn list(&self, prefix: &str, after: Option<&BlobKey>, limit: usize) -> Result<Vec<BlobInfo>>;

    /// Deletes a blob; a missing one is fine.
    async fn delete(&self, key: &BlobKey) -> Result<()>;
}

/// Conveniences over any [`BlobStore`].
#[async_trait]
pub trait BlobStoreExt: BlobStore {
    /// Deletes everything under `prefix` and returns how many blobs that were.
    async fn delete_all(&self, prefix: &str) -> Result<u64> {
        const PAGE: usize = 500;
        let mut deleted = 0;
        loop {
            let page = self.list(prefix, None, PAGE).await?;
            for blob in &page {
                self.delete(&blob.key).await?;
                deleted += 1;
            }
            if page.len() < PAGE {
                return Ok(deleted);
            }
        }
    }
}

impl<T: BlobStore + ?Sized> BlobStoreExt for T {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_whose_it_is_where_it_is_a_sessions() {
        let tenant = TenantId::new("shop").expect("a tenant");
        let session = SessionId::new("s-1").expect("a session");
        let hash = ContentHash::of(b"frame");
        for key in [
            BlobKey::captured(&tenant, &session, &hash),
            BlobKey::painted(&tenant, &session, &hash),
            BlobKey::archive(&tenant, &session),
            BlobKey::archive_successor(&tenant, &session),
            BlobKey::training(&tenant, &session),
        ] {
            let owner = SessionRef { tenant: tenant.clone(), session: session.clone() };
            assert_eq!(key.session(), Some(owner), "{key}");
        }
        for key in
            ["a", "shop/archives", "shop/archives/s-1", "shop/archives/s-1/x.zip", "shop/other/s-1.zip"]
        {
            assert_eq!(BlobKey::new(key).expect("a key").session(), None, "{key}");
        }
    }
}
