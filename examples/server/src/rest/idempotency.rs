//! `Idempotency-Key` on POST: the same request sent again within a day is answered as it was, and done once.
//!
//! Answers are kept in the memory of the process and never at rest, since they may name people who are erased meanwhile.
//! A repetition that comes to another server is done there: what the routes do to the catalog may be repeated without
//! harm, but for the making of keys, which an admin sees in the list.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use codesight_core::id::{ApiKeyId, ContentHash};

use super::limits::Presented;
use super::problem::Problem;
use crate::app::App;

const HEADER: &str = "idempotency-key";
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// Answers kept at once; beyond that, the oldest go.
const MOST: usize = 4_096;
const LARGEST_REQUEST: usize = 2 << 20;
const LARGEST_ANSWER: usize = 64 << 10;

#[derive(Debug, Clone)]
enum Outcome {
    UnderWay,
    /// The answer; none when it holds a secret, or is too large to keep.
    Answered(StatusCode, Option<(Option<axum::http::HeaderValue>, Bytes)>),
}

#[derive(Debug)]
struct Kept {
    fingerprint: ContentHash,
    since: Instant,
    outcome: Outcome,
}

/// The answers of this process, by who asked under which key.
#[derive(Debug, Default)]
pub(crate) struct Answers(Mutex<HashMap<(ApiKeyId, String), Kept>>);

impl Answers {
    /// Claims the key for a request; what is known of it when somebody did before.
    fn claim(&self, name: &(ApiKeyId, String), fingerprint: ContentHash) -> Option<(ContentHash, Outcome)> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, one| one.since.elapsed() < KEPT);
        if let Some(known) = kept.get(name) {
            return Some((known.fingerprint, known.outcome.clone()));
        }
        if kept.len() >= MOST
            && let Some(oldest) = kept.iter().min_by_key(|(_, one)| one.since).map(|(name, _)| name.clone())
        {
            kept.remove(&oldest);
        }
        kept.insert(name.clone(), Kept { fingerprint, since: Instant::now(), outcome: Outcome::UnderWay });
        None
    }

    fn settle(&self, name: &(ApiKeyId, String), outcome: Option<Outcome>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Some(outcome) => {
                if let Some(one) = kept.get_mut(name) {
                    one.outcome = outcome;
                }
            }
            None => {
                kept.remove(name);
            }
        }
    }
}

/// Gives the claim back when the request ends without an answer, as when its client hangs up.
struct Claim<'a> {
    answers: &'a Answers,
    name: (ApiKeyId, String),
    is_settled: bool,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if !self.is_settled {
            self.answers.settle(&self.name, None);
        }
    }
}

/// A layer over every route.
pub(super) async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    let named = request.headers().get(HEADER).filter(|_| request.method() == Method::POST).cloned();
    let key = request.extensions().get::<Presented>().and_then(|presented| presented.0.clone());
    let (Some(named), Some((key, _))) = (named, key) else { return next.run(request).await };
    let Some(named) = named.to_str().ok().filter(|name| is_name(name)) else {
        let detail = "an Idempotency-Key is 1 to 70 letters, digits and -";
        return Problem::new(StatusCode::BAD_REQUEST, "invalid", detail).into_response();
    };
    let name = (key.id.clone(), named.to_owned());
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_REQUEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let fingerprint = ContentHash::of(&[parts.uri.to_string().as_bytes(), b"\n", &body].concat());
    if let Some((first, outcome)) = app.answers.claim(&name, fingerprint) {
        return repeated(first == fingerprint, outcome);
    }
    let mut claim = Claim { answers: &app.answers, name, is_settled: false };
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    // What failed for reasons that pass may be tried again.
    if response.status().is_server_error() || response.status() == StatusCode::TOO_MANY_REQUESTS {
        return response;
    }
    claim.is_settled = true;
    let (parts, body) = response.into_parts();
    let is_secret = parts.headers.get(header::CACHE_CONTROL).is_some_and(|value| value == "no-store");
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let may_keep = !is_secret && bytes.len() <= LARGEST_ANSWER;
    let kept = may_keep.then(|| (parts.headers.get(header::CONTENT_TYPE).cloned(), bytes.clone()));
    app.answers.settle(&claim.name, Some(Outcome::Answered(parts.status, kept)));
    Response::from_parts(parts, Body::from(bytes))
}

fn repeated(is_same: bool, outcome: Outcome) -> Response {
    let refuse = |status, code, detail: &str| Problem::new(status, code, detail).into_response();
    if !is_same {
        let detail = "the Idempotency-Key was used for another request";
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused", detail);
    }
    match outcome {
        Outcome::UnderWay => {
            refuse(StatusCode::CONFLICT, "in-progress", "the first request with this key is under way")
        }
        Outcome::Answered(_, None) => {
            refuse(StatusCode::CONFLICT, "already-done", "it was done, and its answer is not kept")
        }
        Outcome::Answered(status, Some((media_type, bytes))) => {
            let mut response = (status, bytes).into_response();
            response.headers_mut().remove(header::CONTENT_TYPE);
            if let Some(media_type) = media_type {
                response.headers_mut().insert(header::CONTENT_TYPE, media_type);
            }
            response
                .headers_mut()
                .insert("idempotent-replayed", axum::http::HeaderValue::from_static("true"));
            response
        }
    }
}

fn is_name(name: &str) -> bool {
    (1..=70).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
