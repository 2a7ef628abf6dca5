//! Requests and replies of the stand-in.

use std::fmt::Display;

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A request, whole. `path` is what follows `/v1`.
pub(super) struct FakeRequest {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl FakeRequest {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// How many items are asked for.
    pub(super) fn limit(&self, default: usize) -> usize {
        self.query("limit").and_then(|limit| limit.parse().ok()).unwrap_or(default)
    }

    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, FakeReply> {
        serde_json::from_slice(&self.body)
            .map_err(|_| FakeReply::refuse(None, "We could not parse the JSON body of your request."))
    }
}

/// A reply, whole.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FakeReply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Bytes,
}

/// What a route gives: a reply either way.
pub(super) type Routed = Result<FakeReply, FakeReply>;

impl FakeReply {
    fn new(status: u16, media_type: &str, body: impl Into<Bytes>) -> Self {
        let headers = vec![("content-type", media_type.to_owned())];
        Self { status, headers, body: body.into() }
    }

    pub(super) fn ok(value: &Value) -> Self {
        Self::new(200, "application/json", value.to_string())
    }

    pub(super) fn bytes(bytes: Bytes) -> Self {
        Self::new(200, "application/octet-stream", bytes)
    }

    pub(super) fn page() -> Self {
        Self::new(200, "text/html", "<!doctype html><title>Just a moment...</title>")
    }

    pub(super) fn error(status: u16, kind: &str, code: Option<&str>, message: &str) -> Self {
        let error = json!({ "error": { "message": message, "type": kind, "param": null, "code": code } });
        Self::new(status, "application/json", error.to_string())
    }

    /// 400 about a field.
    pub(super) fn refuse(param: Option<&str>, message: &str) -> Self {
        let error = json!({ "error": {
            "message": message, "type": "invalid_request_error", "param": param, "code": null,
        } });
        Self::new(400, "application/json", error.to_string())
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::error(404, "invalid_request_error", None, &format!("No such {what}."))
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Display) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }
}

/// One page of a list, newest first: what follows the item `after`.
pub(super) fn page<T>(
    items: &[T],
    after: Option<&str>,
    limit: usize,
    id: impl Fn(&T) -> &str,
    show: impl Fn(&T) -> Value,
) -> Value {
    let from = after
        .map_or(0, |after| items.iter().position(|item| id(item) == after).map_or(items.len(), |at| at + 1));
    let shown = &items[from..];
    let has_more = shown.len() > limit;
    let shown = &shown[..shown.len().min(limit)];
    let ends = |item: Option<&T>| item.map_or_else(String::new, |item| id(item).to_owned());
    json!({
        "object": "list", "data": shown.iter().map(show).collect::<Vec<_>>(), "has_more": has_more,
        "first_id": ends(shown.first()), "last_id": ends(shown.last()),
    })
}
