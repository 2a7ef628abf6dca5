//! Answers that did not change are not sent again: JSON answers to GET have an `ETag`, and `If-None-Match` is kept to.

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use codesight_core::id::ContentHash;

/// Larger answers are streamed, and have none.
const LARGEST: u64 = 4 << 20;

/// A layer over every route.
pub(super) async fn tag(request: Request, next: Next) -> Response {
    let asked = (request.method() == Method::GET).then(|| request.headers().clone());
    let response = next.run(request).await;
    match asked {
        Some(headers) if is_taggable(&response) => tagged(&headers, response).await,
        _ => response,
    }
}

fn is_taggable(response: &Response) -> bool {
    let text = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    response.status() == StatusCode::OK
        && text(header::CONTENT_TYPE) == Some("application/json")
        && text(header::CACHE_CONTROL) != Some("no-store")
        && response.body().size_hint().exact().is_some_and(|size| size <= LARGEST)
}

async fn tagged(asked: &HeaderMap, response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST as usize).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let tag = format!("\"{}\"", &ContentHash::of(&bytes).to_hex()[..32]);
    if let Ok(value) = HeaderValue::try_from(tag.as_str()) {
        parts.headers.insert(header::ETAG, value);
    }
    parts.headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    if is_known(asked, &tag) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Whether the client has it already (RFC 9110, 13.1.2: tags are compared weakly here).
fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let all = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}
