//! What a service said when it refused, kept whole.

use std::fmt;
use std::time::Duration;

use codesight_core::time::Timestamp;
use codesight_core::{Error, ErrorKind, Retry};
use http::HeaderMap;
use serde::Deserialize;

use super::rate::{RateLimits, retry_after, text};

/// 429 codes that a wait does not cure: somebody has to pay or to raise a limit. OpenAI's guide "Rate limits", second-hand for
/// all but the first.
const PERMANENT: &[&str] = &[
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
    "billing_hard_limit_reached",
];

/// A refusal. `Display` and `Debug` leave out the service's sentence, which may quote what was sent.
#[derive(Clone, PartialEq)]
pub struct ApiFailure {
    /// The HTTP status.
    pub status: u16,
    /// `error.code`, for example `training_not_available`.
    pub code: Option<String>,
    /// `error.type`.
    pub kind: Option<String>,
    /// `error.param`: the field that is wrong.
    pub param: Option<String>,
    /// The id to give to the service's support.
    pub request_id: Option<String>,
    /// How long the service asks to wait.
    pub retry_after: Option<Duration>,
    /// `x-should-retry`, which overrules the status.
    pub should_retry: Option<bool>,
    /// What the headers said about limits.
    pub rate_limits: RateLimits,
    message: String,
}

#[derive(Deserialize)]
struct ErrorReply {
    error: ErrorBody,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ErrorBody {
    Object {
        #[serde(default)]
        message: Option<String>,
        #[serde(default, rename = "type")]
        kind: Option<String>,
        #[serde(default)]
        param: Option<String>,
        /// Some services send a number.
        #[serde(default)]
        code: Option<serde_json::Value>,
    },
    Text(String),
}

impl ApiFailure {
    /// Reads a refusal; a body that is no error object (a proxy's page, nothing) leaves code and sentence empty.
    pub fn read(status: u16, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Self {
        let reply = serde_json::from_slice::<ErrorReply>(body).ok().map(|reply| reply.error);
        let (message, kind, param, code) = match reply {
            Some(ErrorBody::Object { message, kind, param, code }) => {
                let code = code.and_then(|code| match code {
                    serde_json::Value::String(code) => Some(code),
                    serde_json::Value::Number(code) => Some(code.to_string()),
                    _ => None,
                });
                (message.unwrap_or_default(), kind, param, code)
            }
            Some(ErrorBody::Text(message)) => (message, None, None, None),
            None => (String::new(), None, None, None),
        };
        Self {
            status,
            code,
            kind,
            param,
            request_id: text(headers, "x-request-id").map(str::to_owned),
            retry_after: retry_after(headers, now),
            should_retry: text(headers, "x-should-retry").and_then(|word| word.parse().ok()),
            rate_limits: RateLimits::of(headers, now),
            message,
        }
    }

    /// The service's sentence. It may quote what was sent: for the person who sent it, not for a log.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The refusal behind an error of this crate, if there is one.
    pub fn of(error: &Error) -> Option<&Self> {
        std::error::Error::source(error)?.downcast_ref()
    }

    /// Whether the code is `code`.
    pub fn has_code(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        let word = self.code.as_deref().or(self.kind.as_deref()).unwrap_or_default();
        if self.status == 429 && PERMANENT.contains(&word) {
            return false;
        }
        self.should_retry.unwrap_or(matches!(self.status, 408 | 409 | 429) || self.status >= 500)
    }

    /// Whether the request was turned away before anything was done: only a limit says so.
    pub fn was_turned_away(&self) -> bool {
        self.status == 429
    }

    /// The error of this crate, with this refusal as its source.
    pub fn into_error(self, operation: &'static str) -> Error {
        let (kind, message) = match (self.status, self.code.as_deref()) {
            (403, Some("training_not_available")) => (
                ErrorKind::Unsupported,
                "the service starts no more training jobs for this organisation; train elsewhere from the same data (another provider, or the local trainer)",
            ),
            (401, _) => (ErrorKind::Unauthenticated, "the service does not know the key"),
            (403, _) => (ErrorKind::Forbidden, "the key may not do this"),
            (404, _) => (ErrorKind::NotFound, "the service knows nothing of that name"),
            (413, _) => (ErrorKind::LimitExceeded, "the service takes no request of that size"),
            (429, _) if !self.is_transient() => {
                (ErrorKind::LimitExceeded, "the account's means are used up; waiting does not help")
            }
            (408 | 409 | 429 | 500.., _) => (ErrorKind::Unavailable, "the service is not able to answer now"),
            _ => (ErrorKind::Invalid, "the service refused the request"),
        };
        let retry = match self.retry_after {
            _ if !self.is_transient() => Retry::Never,
            Some(wait) => Retry::After(wait),
            None => Retry::Later,
        };
        let mut error = Error::new(kind, operation, message).with("status", self.status);
        let facts = [("code", &self.code), ("param", &self.param), ("request_id", &self.request_id)];
        for (name, value) in facts {
            if let Some(value) = value.as_deref().filter(|value| is_identifier(value)) {
                error = error.with(name, value);
            }
        }
        error.retry_when(retry).caused_by(self)
    }
}

/// Codes, fields and ids, not sentences.
fn is_identifier(text: &str) -> bool {
    text.len() <= 128 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.[]:".contains(&byte))
}

impl fmt::Debug for ApiFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiFailure")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("request_id", &self.request_id)
            .field("retry_after", &self.retry_after)
            .field("rate_limits", &self.rate_limits)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ApiFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.status)?;
        if let Some(code) = self.code.as_deref().filter(|code| is_identifier(code)) {
            write!(f, ", code {code}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiFailure {}
