//! `GET /metrics` on an address of its own, so that it need not be shown to the world.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;
use crate::rest::health;

/// Routes for operators: metrics and probes.
pub(crate) fn serve(app: App) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(app)
}

async fn metrics(State(app): State<App>) -> Response {
    // A catalog that hangs must not hide the other figures.
    let counts = tokio::time::timeout(Duration::from_secs(2), app.catalog.counts(app.clock.now())).await;
    let jobs = counts.ok().and_then(Result::ok);
    match app.metrics.encode(jobs, &app.storage) {
        Ok(text) => {
            let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, media_type)], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
