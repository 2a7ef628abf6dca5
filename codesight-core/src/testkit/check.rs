//! How a scenario says that something does not hold.

use std::fmt;

use crate::error::{Error, ErrorKind};

/// What a scenario found.
pub type Verdict = Result<(), Stop>;

/// Why a scenario ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The backend does not keep the contract.
    Broken(String),
    /// The scenario does not apply, and why.
    Skipped(String),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Broken(format!("a call failed: {error}"))
    }
}

/// Holds when `condition` is true.
///
/// # Errors
/// [`Stop::Broken`] with `what` was expected.
pub fn ensure(condition: bool, what: &str) -> Verdict {
    if condition { Ok(()) } else { Err(Stop::Broken(format!("expected: {what}"))) }
}

/// Holds when both are equal.
///
/// # Errors
/// [`Stop::Broken`] with both.
pub fn equal<T: PartialEq<U> + fmt::Debug, U: fmt::Debug>(found: &T, expected: &U, what: &str) -> Verdict {
    if found == expected {
        Ok(())
    } else {
        Err(Stop::Broken(format!("{what}: found {found:?}, expected {expected:?}")))
    }
}

/// Holds when the call was refused with an error of `kind`.
///
/// # Errors
/// [`Stop::Broken`] with what came instead.
pub fn refused<T>(answer: crate::Result<T>, kind: ErrorKind, what: &str) -> Verdict {
    match answer {
        Ok(_) => Err(Stop::Broken(format!("{what}: accepted, expected {}", kind.code()))),
        Err(error) if error.kind() == kind => Ok(()),
        Err(error) => Err(Stop::Broken(format!("{what}: {error}, expected {}", kind.code()))),
    }
}

/// Holds when neither form of a backend shows one of the secrets that were stored in it.
pub(super) fn shows_none_of<B: fmt::Debug + fmt::Display + ?Sized>(backend: &B, secrets: &[&str]) -> Verdict {
    for form in [format!("{backend:?}"), format!("{backend:#?}"), format!("{backend}")] {
        if secrets.iter().any(|secret| form.contains(secret)) {
            return Err(Stop::Broken("Debug or Display shows what is stored".to_owned()));
        }
    }
    Ok(())
}
