//! The REST interface: sessions, their interactions, frames and findings, archive and training lines.

mod caller;
mod files;
pub(crate) mod health;
mod live;
mod problem;
mod sessions;

use axum::routing::get;
use axum::{Router, middleware};

use crate::app::App;
use crate::{dashboard, metrics, ws};

/// Every route of the server.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/v1/stream", get(ws::stream))
        .route("/v1/sessions", get(sessions::list))
        .route("/v1/sessions/{session}", get(sessions::show))
        .route("/v1/sessions/{session}/interactions", get(sessions::interactions))
        .route("/v1/sessions/{session}/findings", get(sessions::findings))
        .route("/v1/sessions/{session}/events", get(live::events))
        .route("/v1/sessions/{session}/frames", get(files::frames))
        .route("/v1/sessions/{session}/frames/{hash}", get(files::frame))
        .route("/v1/sessions/{session}/archive", get(files::archive))
        .route("/v1/sessions/{session}/training", get(files::training))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(dashboard::routes())
        .layer(middleware::from_fn_with_state(app.clone(), metrics::measure))
        .with_state(app)
}
