//! Errors as `application/problem+json` (RFC 9457), each with a stable `code`.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use codesight_core::{Error, ErrorKind};
use serde_json::json;

/// An error on its way to a client.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into() }
    }

    pub(crate) fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "send Authorization: Bearer TOKEN")
    }

    /// A consent that cannot be recorded, or a person who was erased: that is told, for it is the answer.
    pub(crate) fn of_consent(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Forbidden => Self::new(StatusCode::FORBIDDEN, "consent-missing", error.message()),
            _ => error.into(),
        }
    }

    /// An export for a purpose that the person does not agree to.
    pub(crate) fn purpose_missing(purpose: &str) -> Self {
        let detail = format!("the person does not agree to {purpose}");
        Self::new(StatusCode::FORBIDDEN, "purpose-missing", detail)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            ErrorKind::NotFound.code(),
            "there is no such thing, or it is not yours",
        )
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = match error.kind() {
            ErrorKind::Invalid => StatusCode::BAD_REQUEST,
            // Absent and foreign look the same.
            ErrorKind::NotFound | ErrorKind::Forbidden => return Self::not_found(),
            ErrorKind::AlreadyExists | ErrorKind::Conflict => StatusCode::CONFLICT,
            ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
            ErrorKind::LimitExceeded => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorKind::Unsupported => StatusCode::NOT_IMPLEMENTED,
            ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status.is_server_error() {
            tracing::error!(error = %error, "a request failed");
            return Self::new(status, error.kind().code(), "the server could not do this");
        }
        Self::new(status, error.kind().code(), error.message())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
    }
}
