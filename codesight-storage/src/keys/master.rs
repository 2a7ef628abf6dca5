//! The keys under which other keys are kept.

use std::fmt;

use codesight_core::error::{Error, Result};
use codesight_core::ports::SecretKey;

use crate::encryption::AgeKey;

/// The master key under which keys are written, and those under which they were written before. An older one is needed
/// until [`rewrap`](crate::FileKeyStore::rewrap) says that nothing is left under it.
#[derive(Clone)]
pub struct MasterKeys {
    current: AgeKey,
    older: Vec<AgeKey>,
}

impl MasterKeys {
    /// The identities of a file as `age-keygen` writes it, the current one first.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid), with the line, for what is no such file or has no key.
    pub fn parse(text: &str) -> Result<Self> {
        Self::of(AgeKey::parse_all(text)?)
    }

    /// Keys of any [`KeyStore`](codesight_core::ports::KeyStore), the current one first.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid) without any.
    pub fn of_secrets(keys: &[SecretKey]) -> Result<Self> {
        Self::of(keys.iter().map(AgeKey::new).collect::<Result<_>>()?)
    }

    fn of(keys: Vec<AgeKey>) -> Result<Self> {
        let mut keys = keys.into_iter();
        let current = keys.next().ok_or_else(|| Error::invalid("keys.master", "no master key is named"))?;
        Ok(Self { current, older: keys.collect() })
    }

    /// The one under which keys are written.
    pub fn current(&self) -> &AgeKey {
        &self.current
    }

    /// The one of that public half.
    pub(super) fn find(&self, public: &str) -> Option<&AgeKey> {
        std::iter::once(&self.current).chain(&self.older).find(|key| key.public() == public)
    }
}

impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKeys").field("current", &self.current).field("older", &self.older).finish()
    }
}
