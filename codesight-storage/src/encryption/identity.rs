//! Keys of the key store as identities of age.

use age::secrecy::ExposeSecret as _;
use age::x25519::Identity;
use bech32::{Bech32, Hrp};
use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::ports::SecretKey;

const PREFIX: &str = "AGE-SECRET-KEY-";

/// A key with which age encrypts and decrypts. Never printed.
#[derive(Clone)]
pub struct AgeKey(pub(super) Identity);

impl AgeKey {
    /// The identity whose 32 bytes a secret key is.
    ///
    /// # Errors
    /// None that can be named: any 32 bytes are an X25519 key.
    pub fn new(key: &SecretKey) -> Result<Self> {
        let unusable = || Error::new(ErrorKind::Unexpected, "encryption.key", "not usable as a key of age");
        let prefix = Hrp::parse(PREFIX).map_err(|_| unusable())?;
        let text = bech32::encode_upper::<Bech32>(prefix, key.expose()).map_err(|_| unusable())?;
        text.parse().map(Self).map_err(|_| unusable())
    }

    /// The identities in a file as `age-keygen` writes it: one `AGE-SECRET-KEY-1…` a line, `#` before comments.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] with the line, for anything else.
    pub fn parse_all(text: &str) -> Result<Vec<Self>> {
        let lines = (1_u32..).zip(text.lines().map(str::trim));
        lines
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            .map(|(number, line)| {
                let key = line.parse().map(Self);
                key.map_err(|_| {
                    Error::invalid("encryption.key", "not a secret key of age").with("line", number)
                })
            })
            .collect()
    }

    /// A new one that nobody could guess.
    pub fn generate() -> Self {
        Self(Identity::generate())
    }

    /// The public half, `age1…`: says which key it is, and decrypts nothing.
    pub fn public(&self) -> String {
        self.0.to_public().to_string()
    }

    /// The secret half, `AGE-SECRET-KEY-1…`, for a file or a person who may have it.
    pub fn expose(&self) -> String {
        self.0.to_string().expose_secret().to_owned()
    }
}

impl std::fmt::Debug for AgeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AgeKey({})", self.public())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_identity_always_and_shows_its_public_half_only() {
        let key = AgeKey::new(&SecretKey::from_bytes([7; 32])).expect("a key");
        let again = AgeKey::parse_all(&format!("# made today\n\n{}\n", key.expose()));
        let again = again.expect("a key file");
        assert_eq!(again.len(), 1);
        assert_eq!(again[0].public(), key.public());
        assert!(format!("{key:?}").starts_with("AgeKey(age1"));
        let error = AgeKey::parse_all("# one\nAGE-SECRET-KEY-1XYZ").expect_err("no key");
        assert!(error.to_string().contains('2') && !error.to_string().contains("XYZ"), "{error}");
    }
}
