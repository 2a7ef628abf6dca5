//! The REST interface: sessions, their interactions, frames and findings, archive and training lines.

mod accountability;
mod caller;
mod consents;
mod files;
pub(crate) mod health;
mod live;
mod officer;
mod problem;
mod sessions;
mod subjects;

use axum::routing::{get, post, put};
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
        .route("/v1/consents", post(consents::grant))
        .route("/v1/subjects/{subject}", get(subjects::find).delete(subjects::erase))
        .route("/v1/subjects/{subject}/export", get(subjects::export))
        .route("/v1/subjects/{subject}/consent", get(consents::show))
        .route("/v1/subjects/{subject}/withdrawal", post(consents::withdraw))
        .route("/v1/subjects/{subject}/hold", put(subjects::hold).delete(subjects::release))
        .route("/v1/requests", get(subjects::requests))
        .route("/v1/requests/{request}", get(subjects::request))
        .route("/v1/requests/{request}/extension", post(subjects::extend))
        .route("/v1/audit", get(accountability::audit))
        .route("/v1/audit/key", get(accountability::key))
        .route("/v1/retention/plan", post(accountability::plan))
        .route("/v1/retention/apply", post(accountability::apply))
        .route("/.well-known/gpc.json", get(accountability::privacy_control))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(dashboard::routes())
        .layer(middleware::from_fn_with_state(app.clone(), metrics::measure))
        .with_state(app)
}
