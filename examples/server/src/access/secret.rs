//! The secret of a key: shown once, when it is made, and known by its digest afterwards.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use codesight_core::id::ContentHash;
use codesight_core::{Error, ErrorKind, Result};

/// What secrets begin with, so that people and scanners know one when they see it.
const PREFIX: &str = "codesight_";

/// The text that opens what its key opens. Letters, digits, `-` and `_`: it may stand in a header, a cookie and the name
/// of a WebSocket's sub-protocol.
pub(crate) struct KeySecret(String);

impl KeySecret {
    /// 256 random bits.
    pub(crate) fn random() -> Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)
            .map_err(|_| Error::new(ErrorKind::Unexpected, "access.secret", "no random numbers"))?;
        Ok(Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// The text, for the one who is to have it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored in its place.
    pub(crate) fn digest(&self) -> ContentHash {
        digest(&self.0)
    }
}

impl fmt::Debug for KeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeySecret(redacted)")
    }
}

/// What is stored in place of this secret.
pub(crate) fn digest(secret: &str) -> ContentHash {
    ContentHash::of(secret.as_bytes())
}
