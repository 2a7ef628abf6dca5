//! The queue of sessions to be processed, for operators.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::caller::{Caller, Operator};
use super::problem::Problem;
use crate::app::App;

/// How many jobs there are, of all tenants.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Queue {
    /// They wait for a worker.
    waiting: u64,
    /// A worker is at them.
    leased: u64,
    /// Five workers gave them up; their sessions are kept.
    given_up: u64,
}

/// `GET /v1/jobs`.
pub(crate) async fn queue(State(app): State<App>, _: Caller<Operator>) -> Result<Json<Queue>, Problem> {
    let counts = app.catalog.counts(app.clock.now()).await?;
    Ok(Json(Queue { waiting: counts.waiting, leased: counts.leased, given_up: counts.dead }))
}
