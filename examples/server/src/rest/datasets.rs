//! Datasets over REST: making one in the background, what there is, its files, and deleting it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use codesight_core::id::ExportId;
use schemars::JsonSchema;
use serde::Serialize;

use super::caller::{Caller, Reviewer};
use super::files;
use super::problem::Problem;
use crate::app::App;
use crate::datasets::{Build, Dataset, Recipe};

/// The datasets of a tenant.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Datasets {
    /// Those that are there, newest first.
    datasets: Vec<Dataset>,
    /// Those that this server is making, or has made or given up since it started.
    builds: Vec<Build>,
}

/// `GET /v1/datasets`.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller<Reviewer>,
) -> Result<Json<Datasets>, Problem> {
    let datasets = app.datasets(caller.tenant()).await?;
    Ok(Json(Datasets { datasets, builds: app.builds().of(caller.tenant()) }))
}

/// `POST /v1/datasets`: begins to make one.
pub(crate) async fn make(
    State(app): State<App>,
    caller: Caller<Reviewer>,
    Json(recipe): Json<Recipe>,
) -> Result<(StatusCode, Json<Build>), Problem> {
    let build = app.begin_dataset(caller.tenant(), caller.name(), recipe)?;
    Ok((StatusCode::ACCEPTED, Json(build)))
}

fn id_of(dataset: &str) -> Result<ExportId, Problem> {
    ExportId::new(dataset).map_err(|_| Problem::not_found())
}

/// `GET /v1/datasets/{dataset}/{part}`: the lines of `train`, `validation` or `test`, images included.
pub(crate) async fn part(
    State(app): State<App>,
    caller: Caller<Reviewer>,
    Path((dataset, part)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let key = app.dataset_part(caller.tenant(), &id_of(&dataset)?, &part).await?;
    files::stored(&app, key, "application/jsonl", &format!("{dataset}-{part}.jsonl")).await
}

/// `DELETE /v1/datasets/{dataset}`.
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller<Reviewer>,
    Path(dataset): Path<String>,
) -> Result<StatusCode, Problem> {
    app.delete_dataset(caller.tenant(), &id_of(&dataset)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
