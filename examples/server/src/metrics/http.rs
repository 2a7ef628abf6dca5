//! Counts requests and how long they took.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;

use tracing::Instrument as _;

use crate::app::{App, new_id};

/// What belongs to one request in every log bears the same id, the client's when it sends one.
const CORRELATION: &str = "x-request-id";

fn correlation(request: &Request) -> String {
    let sent = request.headers().get(CORRELATION).and_then(|value| value.to_str().ok());
    let is_name = |text: &&str| {
        (1..=70).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    sent.filter(is_name).map_or_else(new_id, str::to_owned)
}

/// A layer over the routes. Requests are told apart by their route, never by their address.
pub(crate) async fn measure(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = match request.method().as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        _ => "other",
    };
    let began = Instant::now();
    let id = correlation(&request);
    let span = tracing::info_span!("request", id = %id, method, route = route.as_deref().unwrap_or("none"));
    let mut response = next.run(request).instrument(span).await;
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(CORRELATION, id);
    }
    // What no route knows is counted once, whatever people try.
    let route = route.unwrap_or_else(|| "none".to_owned());
    let counted = super::Request { route, method, status: response.status().as_u16() };
    app.metrics.requests.get_or_create(&counted).inc();
    app.metrics.request_duration.observe(began.elapsed().as_secs_f64());
    response
}
