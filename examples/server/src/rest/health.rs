//! Whether the process is alive, and whether it should get work.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;

use super::caller::Anyone;
use crate::app::App;

/// `GET /healthz`: the process answers.
pub(crate) async fn alive(_: Anyone) -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the backends answer and the server is not going down.
pub(crate) async fn ready(State(app): State<App>, _: Anyone) -> (StatusCode, &'static str) {
    if app.shutdown.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "going down\n");
    }
    // A backend that hangs must not hang the probe.
    match tokio::time::timeout(Duration::from_secs(2), app.catalog.counts(app.clock.now())).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the catalog does not answer\n"),
    }
}
