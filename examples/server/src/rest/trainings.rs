//! Trainings over REST: those that `train` has begun on this server's data.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::caller::{Caller, Operator, Reviewer};
use super::problem::Problem;
use crate::app::App;
use crate::trainings::Training;

/// The trainings of a tenant.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Trainings {
    /// Newest first.
    trainings: Vec<Training>,
}

/// `GET /v1/trainings`.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller<(Reviewer, Operator)>,
) -> Result<Json<Trainings>, Problem> {
    Ok(Json(Trainings { trainings: app.trainings(caller.tenant()).await? }))
}
