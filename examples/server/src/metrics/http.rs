//! Counts requests and how long they took.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;

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
    let response = next.run(request).await;
    // What no route knows is counted once, whatever people try.
    let route = route.unwrap_or_else(|| "none".to_owned());
    let counted = super::Request { route, method, status: response.status().as_u16() };
    app.metrics.requests.get_or_create(&counted).inc();
    app.metrics.request_duration.observe(began.elapsed().as_secs_f64());
    response
}
