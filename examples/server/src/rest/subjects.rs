//! Subjects' rights over REST, for officers: find, hand out, erase, hold; and the requests.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use codesight_core::id::RequestId;
use codesight_core::ports::AuditAction;
use codesight_core::rights::{LegalHold, Regime, RequestStatus, RightsRequest};
use codesight_core::{Error, ErrorKind};
use codesight_storage::rights::{SubjectReport, export_subject};
use schemars::JsonSchema;
use serde::Deserialize;

use super::caller::{Caller, PrivacyOfficer};
use super::consents::named;
use super::describe::Record;
use super::problem::Problem;
use crate::app::App;

const MOST_REQUESTS: usize = 500;

/// `GET /v1/subjects/{subject}`: everything there is of a person, or where it is.
pub(crate) async fn find(
    State(app): State<App>,
    who: Caller<PrivacyOfficer>,
    Path(subject): Path<String>,
) -> Result<Json<Record<SubjectReport>>, Problem> {
    let subject = named(&subject)?;
    app.record_about(who.tenant(), who.name().as_str(), AuditAction::SubjectRead, &subject, None).await?;
    let report = app.rights().find_subject(who.tenant(), &subject).await?;
    if report.is_empty() && !report.erased {
        return Err(Problem::not_found());
    }
    Ok(Json(Record(report)))
}

/// `GET /v1/subjects/{subject}/export`: everything of a person as a ZIP.
pub(crate) async fn export(
    State(app): State<App>,
    who: Caller<PrivacyOfficer>,
    Path(subject): Path<String>,
) -> Result<Response, Problem> {
    let subject = named(&subject)?;
    app.record_about(who.tenant(), who.name().as_str(), AuditAction::SubjectExported, &subject, None).await?;
    let unusable = |error: std::io::Error| {
        Error::new(ErrorKind::Unavailable, "rest.export", "the scratch folder cannot be used")
            .caused_by(error)
    };
    // A file without a name: it is gone when the answer is, whatever happens.
    let file = tempfile::tempfile_in(&app.scratch).map_err(unusable)?;
    let written = file.try_clone().map_err(unusable)?;
    export_subject(&app.rights(), who.tenant(), &subject, std::io::BufWriter::new(written)).await?;
    let mut file = tokio::fs::File::from_std(file);
    tokio::io::AsyncSeekExt::rewind(&mut file).await.map_err(unusable)?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"about-you.zip\""),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(tokio_util::io::ReaderStream::new(file))).into_response())
}

/// The law's names.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
#[expect(dead_code, reason = "describes another type")]
enum Law {
    Gdpr,
    Ccpa,
}

/// The query of an erasure.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ErasureQuery {
    #[serde(default)]
    #[schemars(with = "Law")]
    law: Regime,
}

/// `DELETE /v1/subjects/{subject}`: everything of a person is erased for good. 200 with the settled request and its
/// certificate, 202 when something is still to come, 423 under a legal hold.
pub(crate) async fn erase(
    State(app): State<App>,
    who: Caller<PrivacyOfficer>,
    Path(subject): Path<String>,
    Query(query): Query<ErasureQuery>,
) -> Result<Response, Problem> {
    let subject = named(&subject)?;
    let scope = app.rights().erasure_scope(who.tenant(), subject, None).await?;
    let request = app.erase(who.tenant(), scope, query.law, who.name().as_str()).await?;
    let status = match request.status {
        RequestStatus::Settled => StatusCode::OK,
        RequestStatus::Open => StatusCode::ACCEPTED,
        RequestStatus::Held => StatusCode::LOCKED,
    };
    Ok((status, Json(request)).into_response())
}

/// A hold to place.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewHold {
    reference: String,
}

/// `PUT /v1/subjects/{subject}/hold`: nothing of the person is deleted until the hold is released.
pub(crate) async fn hold(
    State(app): State<App>,
    who: Caller<PrivacyOfficer>,
    Path(subject): Path<String>,
    Json(hold): Json<NewHold>,
) -> Result<StatusCode, Problem> {
    let hold = LegalHold {
        tenant: who.tenant().clone(),
        subject: named(&subject)?,
        reference: hold.reference,
        placed_by: who.name().to_string(),
        placed_at: app.clock.now(),
    };
    app.place_hold(hold).await.map_err(Problem::of_consent)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /v1/subjects/{subject}/hold`.
pub(crate) async fn release(
    State(app): State<App>,
    who: Caller<PrivacyOfficer>,
    Path(subject): Path<String>,
) -> Result<StatusCode, Problem> {
    app.release_hold(who.tenant(), &named(&subject)?, who.name().as_str()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v1/requests`: what is not settled, by due date.
pub(crate) async fn requests(
    State(app): State<App>,
    who: Caller<PrivacyOfficer>,
) -> Result<Json<Vec<Record<RightsRequest>>>, Problem> {
    let requests = app.accounts.unsettled(Some(who.tenant()), MOST_REQUESTS).await?;
    Ok(Json(requests.into_iter().map(Record).collect()))
}

/// `GET /v1/requests/{request}`: one request, settled or not, with its certificates.
pub(crate) async fn request(
    State(app): State<App>,
    who: Caller<PrivacyOfficer>,
    Path(request): Path<String>,
) -> Result<Json<Record<RightsRequest>>, Problem> {
    let id = RequestId::new(request).map_err(|_| Problem::not_found())?;
    Ok(Json(Record(app.accounts.request(who.tenant(), &id).await?)))
}

/// `POST /v1/requests/{request}/extension`: more time, once, where the law allows it.
pub(crate) async fn extend(
    State(app): State<App>,
    who: Caller<PrivacyOfficer>,
    Path(request): Path<String>,
) -> Result<Json<Record<RightsRequest>>, Problem> {
    let id = RequestId::new(request).map_err(|_| Problem::not_found())?;
    let mut request = app.accounts.request(who.tenant(), &id).await?;
    request.extend(app.clock.now())?;
    let subject = request.scope.subject().clone();
    let saved = app.accounts.save_request(request).await?;
    let detail = Some(saved.id.to_string());
    app.record_about(who.tenant(), who.name().as_str(), AuditAction::RequestExtended, &subject, detail)
        .await?;
    Ok(Json(Record(saved)))
}
