//! Why an archive, or a file of it, is refused.

use codesight_core::error::{Error, ErrorKind};

macro_rules! refusals {
    ($($(#[$docs:meta])* $name:ident = $code:literal, $kind:ident, $sentence:literal;)*) => {
        /// Why an archive, or a file of it, is refused. Each has a stable code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Refusal { $($(#[$docs])* #[doc = ""] #[doc = concat!("Code `", $code, "`.")] $name,)* }

        impl Refusal {
            /// Every refusal.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The kind of the error it becomes.
            pub fn kind(self) -> ErrorKind {
                match self { $(Self::$name => ErrorKind::$kind,)* }
            }

            fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

refusals! {
    /// The file does not end in a plain end record: cut off, with something behind it, or no ZIP.
    NoEndRecord = "no-end-record", Corrupt, "the file does not end in the end record of a ZIP";
    /// The end record contradicts itself or the file.
    BadEndRecord = "bad-end-record", Corrupt, "the end record does not fit the file";
    /// ZIP64 records; archives are never that large.
    Zip64 = "zip64", Unsupported, "ZIP64 is not part of the format";
    /// Parts on other disks.
    MultiDisk = "multi-disk", Unsupported, "archives are in one piece";
    /// The directory is cut off, too long, or not one.
    BadDirectory = "bad-directory", Corrupt, "the directory is broken";
    /// A name that is absolute, climbs, is empty, or could mean two things.
    UnsafePath = "unsafe-path", Corrupt, "a file has a name that is not plain";
    /// Two files of one name, upper and lower case being the same.
    DuplicatePath = "duplicate-path", Corrupt, "two files have the same name";
    /// A link, a folder or a device.
    NotARegularFile = "not-a-regular-file", Corrupt, "an entry is not a regular file";
    /// Encrypted entries.
    Encrypted = "encrypted", Unsupported, "an entry is encrypted";
    /// Flags, dates, versions, extra fields or comments that the format does not have.
    UnexpectedField = "unexpected-field", Corrupt, "an entry has fields that the format does not have";
    /// A compression method other than stored and deflate.
    UnknownMethod = "unknown-method", Unsupported, "an entry is compressed by an unknown method";
    /// Entries that overlap, leave gaps, or do not begin at the first byte.
    BadPlacement = "bad-placement", Corrupt, "the entries do not follow each other without gaps";
    /// The local header is not the one the directory describes.
    HeaderMismatch = "header-mismatch", Corrupt, "a local header differs from the directory";
    /// The bytes do not inflate, or not to the size that was declared.
    SizeMismatch = "size-mismatch", Corrupt, "a file has another size than declared";
    /// The CRC-32 differs.
    CrcMismatch = "crc-mismatch", Corrupt, "a file has another CRC-32 than declared";
    /// The SHA-256 differs.
    HashMismatch = "hash-mismatch", Corrupt, "a file has another SHA-256 than the manifest says";
    /// Deflate data that is no deflate data.
    BadDeflate = "bad-deflate", Corrupt, "a file cannot be inflated";
    /// More bytes, files or inflation than the limits allow.
    TooLarge = "too-large", LimitExceeded, "the archive passes a limit";
    /// No manifest where it must be.
    ManifestMissing = "manifest-missing", Corrupt, "manifest.json is not the last file";
    /// The manifest is not JSON of its form.
    ManifestUnreadable = "manifest-unreadable", Corrupt, "manifest.json cannot be read";
    /// A later format.
    UnknownVersion = "unknown-version", Unsupported, "the archive has a later format";
    /// The manifest contradicts itself: paths, roles, checksums.
    ManifestInconsistent = "manifest-inconsistent", Corrupt, "manifest.json contradicts itself";
    /// A file in the ZIP that the manifest does not list.
    FileNotInManifest = "file-not-in-manifest", Corrupt, "a file is not in the manifest";
    /// A file that the manifest lists and the ZIP lacks, or one that every archive must have.
    FileMissing = "file-missing", Corrupt, "a file is missing";
    /// The frame index cannot be read, or names images that are not there.
    BadFrameIndex = "bad-frame-index", Corrupt, "the frame index does not fit the images";
    /// A stored image cannot be decoded.
    BadImage = "bad-image", Corrupt, "a stored image cannot be decoded";
}

impl Refusal {
    /// The error, with the code in its context.
    pub fn error(self) -> Error {
        Error::new(self.kind(), "archive.read", self.sentence()).with("code", self.code())
    }

    /// The refusal behind an error of this module; none for other errors.
    pub fn of(error: &Error) -> Option<Self> {
        let (_, code) = error.context().iter().find(|(key, _)| *key == "code")?;
        Self::ALL.iter().copied().find(|refusal| refusal.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_survives_being_an_error() {
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::of(&refusal.error()), Some(*refusal));
        }
    }
}
