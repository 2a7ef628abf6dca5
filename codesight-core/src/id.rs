//! Identifiers as types, so that a tenant can never be passed where a session is meant.
//!
//! Names of things follow one grammar, `[A-Za-z0-9-]{1,70}`: safe in a path, a URL, a log line and an SQL column.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// The longest name the grammar allows.
pub const MAX_NAME_LENGTH: usize = 70;

fn is_name(text: &str) -> bool {
    (1..=MAX_NAME_LENGTH).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

macro_rules! name_type {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(
            #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[A-Za-z0-9-]{1,70}$")))] String,
        );

        impl $name {
            /// Checks the grammar `[A-Za-z0-9-]{1,70}`.
            ///
            /// # Errors
            /// [`ErrorKind::Invalid`](crate::error::ErrorKind::Invalid); the text itself is not in the error.
            pub fn new(text: impl Into<String>) -> Result<Self> {
                let text = text.into();
                if is_name(&text) {
                    Ok(Self(text))
                } else {
                    Err(Error::invalid("id.parse", concat!(stringify!($name), " must match [A-Za-z0-9-]{1,70}"))
                        .with("length", text.len()))
                }
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self> {
                Self::new(text)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
    };
}

name_type!(
    /// An isolated project: nothing of one tenant is visible to another.
    TenantId
);
name_type!(
    /// One recorded session. Made by the server, never by a client.
    SessionId
);
name_type!(
    /// The person (or robot) who records.
    CollectorId
);
name_type!(
    /// The person the data is about; a pseudonym, never a name.
    SubjectId
);
name_type!(
    /// The collector's own key for a recording. Sending it again returns the same session.
    SessionKey
);
name_type!(
    /// One piece of background work.
    JobId
);
name_type!(
    /// One process that leases jobs.
    WorkerId
);
name_type!(
    /// One request of a subject: to see, to take along, to erase.
    RequestId
);
name_type!(
    /// One file that was made of several sessions.
    ExportId
);
name_type!(
    /// One key that opens the interface, never its secret.
    ApiKeyId
);
name_type!(
    /// A feature flag, as its provider knows it.
    FlagKey
);
name_type!(
    /// One of the values that a feature flag may have, by name.
    VariantName
);
name_type!(
    /// One decision of a reviewer. Made by whoever decides, so that it can be sent twice.
    ReviewId
);

/// The SHA-256 of some bytes, as 64 lower-case hexadecimal digits. Names frames, audio and archive entries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Hashes `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Takes a digest computed elsewhere, for example while streaming.
    pub fn from_digest(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The 32 raw bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hexadecimal form.
    pub fn to_hex(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

impl FromStr for ContentHash {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bad = || Error::invalid("id.parse", "a content hash is 64 lower-case hexadecimal digits");
        if text.len() != 64 || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(bad().with("length", text.len()));
        }
        let mut digest = [0; 32];
        for (byte, pair) in digest.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digits = std::str::from_utf8(pair).map_err(|_| bad())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| bad())?;
        }
        Ok(Self(digest))
    }
}

impl Serialize for ContentHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ContentHash {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ContentHash".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "SHA-256 as 64 lower-case hexadecimal digits",
            "type": "string",
            "pattern": "^[0-9a-f]{64}$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_refuse_what_could_leave_a_path() {
        for bad in ["", "a/b", "..", "a b", "é", "%00", "a\0", &"x".repeat(71)] {
            assert!(SessionId::new(bad).is_err(), "accepted {bad:?}");
        }
        assert!(SessionId::new("x".repeat(70)).is_ok());
        assert!(serde_json::from_str::<TenantId>(r#""../etc""#).is_err());
    }

    #[test]
    fn a_hash_survives_its_text_form() {
        let hash = ContentHash::of(b"frame");
        assert_eq!(hash.to_hex().parse::<ContentHash>().expect("own text"), hash);
        assert!("ABC".parse::<ContentHash>().is_err());
    }
}
