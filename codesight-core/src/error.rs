//! The error of this crate: what kind it is, whether trying again can help, and where it happened.
//!
//! An error never holds content: no typed text, no URL, no token. Its context names fields, limits, sizes and ids.

use std::fmt;
use std::time::Duration;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn std::error::Error + Send + Sync + 'static>;

/// What went wrong, in terms a caller can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input is not what the contract asks for. Sending it again unchanged cannot help.
    Invalid,
    /// The thing asked for does not exist (or the caller may not know that it does).
    NotFound,
    /// A thing of that name exists already.
    AlreadyExists,
    /// Another writer got there first: a stale epoch, a lost lease, a changed version.
    Conflict,
    /// The caller did not prove who they are.
    Unauthenticated,
    /// The caller is known and may not do this.
    Forbidden,
    /// A declared limit would be passed.
    LimitExceeded,
    /// The backend does not offer this operation; its capabilities say so.
    Unsupported,
    /// A backend is away or too slow.
    Unavailable,
    /// Stored bytes are not what was stored.
    Corrupt,
    /// Everything else: a bug, or a state nobody foresaw.
    Unexpected,
}

impl ErrorKind {
    /// The stable code of this kind, as it appears in logs, metrics and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::NotFound => "not-found",
            Self::AlreadyExists => "already-exists",
            Self::Conflict => "conflict",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::LimitExceeded => "limit-exceeded",
            Self::Unsupported => "unsupported",
            Self::Unavailable => "unavailable",
            Self::Corrupt => "corrupt",
            Self::Unexpected => "unexpected",
        }
    }
}

/// Whether the same call may succeed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The same call fails again.
    Never,
    /// The same call may succeed after a pause chosen by the caller.
    Later,
    /// The same call may succeed after this long; the other side said so.
    After(Duration),
}

/// The error of every port and of every function in this crate.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    retry: Retry,
    operation: &'static str,
    message: String,
    context: Vec<(&'static str, String)>,
    source: Option<Source>,
}

impl Error {
    /// An error of `kind`, raised by `operation` (for example `"journal.append"`).
    ///
    /// [`ErrorKind::Unavailable`] starts as [`Retry::Later`], all others as [`Retry::Never`].
    pub fn new(kind: ErrorKind, operation: &'static str, message: impl Into<String>) -> Self {
        let retry = if kind == ErrorKind::Unavailable { Retry::Later } else { Retry::Never };
        Self { kind, retry, operation, message: message.into(), context: Vec::new(), source: None }
    }

    /// Shorthand for [`ErrorKind::Invalid`].
    pub fn invalid(operation: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, operation, message)
    }

    /// Shorthand for [`ErrorKind::NotFound`].
    pub fn not_found(operation: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, operation, message)
    }

    /// Adds a named fact: a limit, a size, an id, a field path. Never content.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        self.context.push((key, value.to_string()));
        self
    }

    /// Adds the error that caused this one.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Replaces the retry verdict.
    #[must_use]
    pub fn retry_when(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether trying again can help.
    pub fn retry(&self) -> Retry {
        self.retry
    }

    /// The operation that failed.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The named facts in the order they were added.
    pub fn context(&self) -> &[(&'static str, String)] {
        &self.context
    }

    /// The sentence without operation, context and source.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.operation, self.kind.code(), self.message)?;
        for (key, value) in &self.context {
            write!(f, ", {key}={value}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_names_operation_kind_and_context_in_order() {
        let error = Error::new(ErrorKind::LimitExceeded, "wire.decode", "the message is too large")
            .with("bytes", 12)
            .with("limit", 10);
        assert_eq!(
            error.to_string(),
            "wire.decode (limit-exceeded): the message is too large, bytes=12, limit=10"
        );
    }

    #[test]
    fn only_an_absent_backend_is_worth_a_retry_by_default() {
        assert_eq!(Error::new(ErrorKind::Unavailable, "op", "away").retry(), Retry::Later);
        assert_eq!(Error::new(ErrorKind::Corrupt, "op", "bad").retry(), Retry::Never);
    }
}
