//! Where the master keys are, under which the files of other keys are written.

use std::path::PathBuf;
use std::str::FromStr;

use codesight_core::ports::KeyId;
use codesight_core::{Error, ErrorKind, Result};
use codesight_storage::MasterKeys;
use codesight_storage::encryption::AgeKey;

use crate::vault::VaultSettings;

/// Where a master key is: `file:PATH` or `env:VARIABLE`, with what `age-keygen` writes, or `vault:NAME`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum MasterKeyPlace {
    File(PathBuf),
    Environment(String),
    Vault(String),
}

impl FromStr for MasterKeyPlace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(("env", name)) if !name.is_empty() => Ok(Self::Environment(name.to_owned())),
            Some(("vault", name)) if is_name(name) => Ok(Self::Vault(name.to_owned())),
            // What was given is not repeated: it may be the key itself.
            _ => Err("a master key is file:PATH, env:VARIABLE or vault:NAME, with a name of small letters, digits and -".to_owned()),
        }
    }
}

/// A name in small letters, which no key is that somebody gave in its stead.
fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.len() <= 64 && name.bytes().all(is_plain)
}

impl TryFrom<String> for MasterKeyPlace {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl MasterKeyPlace {
    #[expect(
        clippy::disallowed_methods,
        reason = "the setting is the name of the variable, so that it holds no key"
    )]
    async fn read(&self, vault: &VaultSettings) -> Result<String> {
        let (place, found) = match self {
            Self::Vault(name) => {
                let key = vault.open()?.get(&KeyId::master(name)).await?;
                return Ok(AgeKey::new(&key)?.expose());
            }
            Self::File(path) => (path.display().to_string(), std::fs::read_to_string(path).ok()),
            Self::Environment(name) => (name.clone(), std::env::var(name).ok()),
        };
        found.ok_or_else(|| {
            Error::new(ErrorKind::Forbidden, "server.open", "a master key cannot be read")
                .with("place", place)
        })
    }
}

/// Reads the keys, the current one first; nothing when there is no place.
pub(crate) async fn read(places: &[MasterKeyPlace], vault: &VaultSettings) -> Result<Option<MasterKeys>> {
    if places.is_empty() {
        return Ok(None);
    }
    let mut texts = Vec::with_capacity(places.len());
    for place in places {
        texts.push(place.read(vault).await?);
    }
    MasterKeys::parse(&texts.join("\n")).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_understood_and_a_key_in_its_stead_is_not_repeated() {
        assert_eq!("file:a/b".parse(), Ok(MasterKeyPlace::File("a/b".into())));
        assert_eq!("env:KEY".parse(), Ok(MasterKeyPlace::Environment("KEY".to_owned())));
        assert_eq!("vault:year-2026".parse(), Ok(MasterKeyPlace::Vault("year-2026".to_owned())));
        for bad in ["AGE-SECRET-KEY-1XYZ", "file:", "env:", "vault:AGE-SECRET-KEY-1XYZ"] {
            let error = bad.parse::<MasterKeyPlace>().expect_err("no place");
            assert!(!error.contains("XYZ"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_key_that_is_not_there_is_refused_by_its_place() {
        let missing = MasterKeyPlace::File("no/such/file".into());
        let error = read(&[missing], &VaultSettings::default()).await.expect_err("not there");
        assert_eq!(error.kind(), ErrorKind::Forbidden);
        assert!(error.to_string().contains("no/such/file"), "{error}");
        assert!(read(&[], &VaultSettings::default()).await.expect("nothing to read").is_none());
    }
}
