//! Consent over REST: giving and taking back are one request each.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use codesight_core::id::SubjectId;
use codesight_core::model::SessionConsent;
use codesight_core::ports::AuditAction;
use codesight_core::rights::{ConsentRecord, ConsentState, RightsRequest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::describe::Record;
use super::problem::Problem;
use super::speaker::Speaker;
use crate::app::App;
use crate::rights::{sends_privacy_control, withdrawal};

/// What a person's decisions come to.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Agreement {
    purposes: Vec<String>,
    /// Whether a Global Privacy Control signal was followed. To be shown to the person.
    opt_out_honoured: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<Record<ConsentRecord>>")]
    history: Vec<ConsentRecord>,
}

impl Agreement {
    fn of(state: &ConsentState, opt_out_honoured: bool, history: Vec<ConsentRecord>) -> Self {
        Self { purposes: state.purposes().map(str::to_owned).collect(), opt_out_honoured, history }
    }
}

/// `POST /v1/consents`: a person agreed, as `session.start` would say it.
pub(crate) async fn grant(
    State(app): State<App>,
    speaker: Speaker,
    headers: HeaderMap,
    Json(mut consent): Json<SessionConsent>,
) -> Result<(StatusCode, Json<Agreement>), Problem> {
    if consent.purposes.is_empty() {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "consent-missing", "the consent names no purpose"));
    }
    let opt_out = sends_privacy_control(&headers);
    if opt_out {
        consent.honour_privacy_control();
    }
    let tenant = speaker.tenant().clone();
    let record = ConsentRecord::grant(tenant, speaker.name().clone(), &consent, app.clock.now());
    let state = app.record_consent(record).await.map_err(Problem::of_consent)?;
    Ok((StatusCode::CREATED, Json(Agreement::of(&state, opt_out, Vec::new()))))
}

/// `GET /v1/subjects/{subject}/consent`: every decision of a person, and what they come to.
pub(crate) async fn show(
    State(app): State<App>,
    speaker: Speaker,
    Path(subject): Path<String>,
) -> Result<Json<Agreement>, Problem> {
    let subject = named(&subject)?;
    speaker.check(&app, &subject).await?;
    let tenant = speaker.tenant();
    let who = speaker.name().clone();
    app.record_about(tenant, who.as_str(), AuditAction::SubjectRead, &subject, Some("consent".to_owned()))
        .await?;
    let history = app.accounts.history(tenant, &subject).await?;
    let state = ConsentState::of(&history);
    let opted_out = history.last().is_some_and(|record| record.global_privacy_control);
    Ok(Json(Agreement::of(&state, opted_out, history)))
}

/// What is taken back.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Withdrawal {
    /// Only these purposes; everything when none is named.
    purposes: Vec<String>,
    /// Keep what was recorded, on another ground.
    keep: bool,
}

/// What a withdrawal came to.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Withdrawn {
    withdrawn: bool,
    /// The erasure that follows, unless it was to be kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Record<RightsRequest>>")]
    erasure: Option<RightsRequest>,
}

/// `POST /v1/subjects/{subject}/withdrawal`: a person took it back. Recording ends, and what was recorded is erased.
pub(crate) async fn withdraw(
    State(app): State<App>,
    speaker: Speaker,
    Path(subject): Path<String>,
    body: Bytes,
) -> Result<Json<Withdrawn>, Problem> {
    let subject = named(&subject)?;
    speaker.check(&app, &subject).await?;
    // Nothing need be said to take everything back.
    let Withdrawal { purposes, keep } = match body.as_ref() {
        b"" => Withdrawal::default(),
        json => serde_json::from_slice(json).map_err(|_| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "invalid",
                "the body is empty, or JSON with purposes and keep",
            )
        })?,
    };
    if keep && speaker.is_mere_collector() {
        // What is kept although the person went is for the one to decide who answers for it.
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "officer-only",
            "only an officer may keep what was recorded",
        ));
    }
    let tenant = speaker.tenant().clone();
    let record = withdrawal(&app, &tenant, subject, purposes, speaker.name().clone());
    let erasure = app.withdraw(record, keep).await.map_err(Problem::of_consent)?;
    Ok(Json(Withdrawn { withdrawn: true, erasure }))
}

/// A person by the name in a path.
pub(super) fn named(subject: &str) -> Result<SubjectId, Problem> {
    SubjectId::new(subject).map_err(|_| Problem::not_found())
}
