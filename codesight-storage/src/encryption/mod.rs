//! Encryption at rest, in the format of [age](https://age-encryption.org/v1), with a key a session.
//!
//! [`EncryptedBlobStore`] encrypts whatever goes into a blob store; [`DecryptedSource`] reads a file that was taken out of
//! one. A session's keys are in a [`KeyStore`](codesight_core::ports::KeyStore), which
//! [`FileKeyStore::wrapped_by`](crate::FileKeyStore::wrapped_by) encrypts in turn under a master key. So erasing one key of
//! 32 bytes erases every copy of everything of the session, and changing the master key rewrites keys, not sessions.

mod blobs;
mod identity;
mod open;
mod refusal;
mod seal;
mod session_keys;
mod source;
mod upload;

pub use blobs::{EncryptedBlobStore, PlainBlobs};
pub use identity::AgeKey;
pub use open::open;
pub use refusal::EncryptionRefusal;
pub use seal::seal;
pub use source::{DecryptedSource, is_encrypted};
