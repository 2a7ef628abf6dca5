//! Errors as `application/problem+json` (RFC 9457), each with a stable `code`.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use codesight_core::ports::Role;
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

    /// A good key that may not do this.
    pub(crate) fn role_missing(roles: &[Role]) -> Self {
        let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
        Self::new(
            StatusCode::FORBIDDEN,
            "role-missing",
            format!("this needs a key with the role {}", names.join(" or ")),
        )
    }

    /// A request with the cookie of a sign-in that does not show that a page of ours sent it.
    pub(crate) fn cross_site() -> Self {
        Self::new(StatusCode::FORBIDDEN, "cross-site", "send the token of /v1/me as X-CSRF-Token")
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

    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        self.code
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

/// A layer that makes problems of what the framework itself refuses: no such route, no such method, a query or a body
/// that is not what the handler takes.
pub(crate) async fn everywhere(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_refusal = status.is_client_error() || status.is_server_error();
    if !is_refusal || has_type_of_its_own(&response) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let detail = match status {
        StatusCode::NOT_FOUND => "there is no such thing, or it is not yours".to_owned(),
        StatusCode::METHOD_NOT_ALLOWED => "the header Allow names the methods of this route".to_owned(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "send the body as application/json".to_owned(),
        StatusCode::PAYLOAD_TOO_LARGE => "the body is larger than this route takes".to_owned(),
        _ => match place(body).await {
            Some(place) => format!("what was sent is not what this route takes: {place}"),
            None => "what was sent is not what this route takes; /openapi.json describes it".to_owned(),
        },
    };
    let problem = Problem::new(status, code(status), detail).into_response();
    // Such as Allow.
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    let (head, body) = problem.into_parts();
    parts.headers.extend(head.headers);
    Response::from_parts(parts, body)
}

fn has_type_of_its_own(response: &Response) -> bool {
    let named = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    named.is_some_and(|name| name.starts_with("application/") || name.starts_with("text/html"))
}

fn code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => ErrorKind::NotFound.code(),
        StatusCode::METHOD_NOT_ALLOWED => "method-not-allowed",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported-media-type",
        StatusCode::PAYLOAD_TOO_LARGE => ErrorKind::LimitExceeded.code(),
        StatusCode::SERVICE_UNAVAILABLE => ErrorKind::Unavailable.code(),
        status if status.is_client_error() => ErrorKind::Invalid.code(),
        _ => ErrorKind::Unexpected.code(),
    }
}

/// Where in a body the framework stumbled. Its own words are left out, for they quote what was sent.
async fn place(body: Body) -> Option<String> {
    const LONGEST: usize = 4 << 10;
    let bytes = axum::body::to_bytes(body, LONGEST).await.ok()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let (_, place) = text.rsplit_once("at line ")?;
    let (line, column) = place.split_once(" column ")?;
    let (line, column) = (line.parse::<u32>().ok()?, column.trim().parse::<u32>().ok()?);
    Some(format!("line {line}, column {column}"))
}
