//! What other crates' errors mean in ours.

use std::io;

use codesight_core::error::{Error, ErrorKind, Result};

/// An error of the object store, as the kind a caller can act on.
pub(super) fn store_error(operation: &'static str, error: object_store::Error) -> Error {
    use object_store::Error as Store;
    let (kind, message) = match &error {
        Store::NotFound { .. } => (ErrorKind::NotFound, "no such blob"),
        Store::AlreadyExists { .. } => (ErrorKind::AlreadyExists, "a blob of that name is there"),
        Store::InvalidPath { .. } => (ErrorKind::Invalid, "the store refuses this name"),
        Store::Precondition { .. } | Store::NotModified { .. } => {
            (ErrorKind::Conflict, "the blob is not as expected")
        }
        Store::NotSupported { .. } | Store::NotImplemented { .. } => {
            (ErrorKind::Unsupported, "the store does not offer this")
        }
        Store::PermissionDenied { .. } => (ErrorKind::Forbidden, "the store refuses access"),
        Store::Unauthenticated { .. } => {
            (ErrorKind::Unauthenticated, "the store does not accept the credentials")
        }
        Store::UnknownConfigurationKey { .. } => (ErrorKind::Invalid, "the store does not know this option"),
        // Everything that is left is a disk or a network that did not do as it was told: full, away, slow.
        _ => (ErrorKind::Unavailable, "the store did not answer as it should"),
    };
    Error::new(kind, operation, message).caused_by(error)
}

/// An error of the operating system.
pub(super) fn io_error(operation: &'static str, error: io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::PermissionDenied => ErrorKind::Forbidden,
        _ => ErrorKind::Unavailable,
    };
    Error::new(kind, operation, "the file system did not do as it was told").caused_by(error)
}

/// A scheme for which this build has no store.
pub(super) fn unknown_scheme(scheme: &str) -> Error {
    Error::new(ErrorKind::Unsupported, "blob.open", "no store for this scheme in this build")
        .with("scheme", scheme)
}

/// Refuses options for stores that have none.
pub(super) fn no_options(options: &[(String, String)]) -> Result<()> {
    match options.first() {
        None => Ok(()),
        Some((name, _)) => {
            Err(Error::invalid("blob.open", "the store does not know this option").with("option", name))
        }
    }
}
