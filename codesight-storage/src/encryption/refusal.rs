//! Why encrypted bytes are refused.

use codesight_core::error::{Error, ErrorKind};

/// Why encrypted bytes are refused. Each has a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EncryptionRefusal {
    /// They were encrypted for another key. Code `wrong-key`.
    WrongKey,
    /// Their key was destroyed, or never was in this key store. Code `key-missing`.
    KeyMissing,
    /// They are no age file, and plain ones are not read. Code `not-encrypted`.
    NotEncrypted,
    /// They were changed after they were encrypted. Code `tampered`.
    Tampered,
    /// Their end is missing. Code `torn`.
    Torn,
}

impl EncryptionRefusal {
    /// Every refusal.
    pub const ALL: &'static [Self] =
        &[Self::WrongKey, Self::KeyMissing, Self::NotEncrypted, Self::Tampered, Self::Torn];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongKey => "wrong-key",
            Self::KeyMissing => "key-missing",
            Self::NotEncrypted => "not-encrypted",
            Self::Tampered => "tampered",
            Self::Torn => "torn",
        }
    }

    /// The kind of the error it becomes. What lacks a key is never `NotFound`: a lost key folder must not look like a
    /// store that is empty.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::WrongKey | Self::KeyMissing | Self::NotEncrypted => ErrorKind::Forbidden,
            Self::Tampered | Self::Torn => ErrorKind::Corrupt,
        }
    }

    /// The error, with the code in its context.
    pub fn error(self, operation: &'static str) -> Error {
        let sentence = match self {
            Self::WrongKey => "encrypted for another key",
            Self::KeyMissing => "the key was destroyed or is not in this key store",
            Self::NotEncrypted => "not encrypted, and plain bytes are not read",
            Self::Tampered => "changed after it was encrypted",
            Self::Torn => "the end of the encrypted bytes is missing",
        };
        Error::new(self.kind(), operation, sentence).with("code", self.code())
    }

    /// The refusal behind an error of this module; none for other errors.
    pub fn of(error: &Error) -> Option<Self> {
        let (_, code) = error.context().iter().find(|(key, _)| *key == "code")?;
        Self::ALL.iter().copied().find(|refusal| refusal.code() == code)
    }

    pub(super) fn of_header(error: &age::DecryptError) -> Self {
        use age::DecryptError as Age;
        match error {
            Age::NoMatchingKeys => Self::WrongKey,
            Age::Io(error) => Self::of_io(error),
            // What does not begin as an age file was refused before: it did, and was changed.
            _ => Self::Tampered,
        }
    }

    /// What age's stream says of a chunk.
    pub(super) fn of_io(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::Torn,
            _ => Self::Tampered,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_survives_being_an_error() {
        for refusal in EncryptionRefusal::ALL {
            assert_eq!(EncryptionRefusal::of(&refusal.error("test")), Some(*refusal));
        }
    }
}
