//! Sessions, their interactions and findings.

use axum::Json;
use axum::extract::{Path, Query, State};
use codesight_core::id::{CollectorId, FlagKey, SessionId, VariantName};
use codesight_core::model::{QualityReport, SessionStatus, UnifiedSession};
use codesight_core::ports::{JournalKind, SessionQuery, SessionRef};
use codesight_core::privacy::Masked;
use codesight_core::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::caller::{Caller, Collector, Reviewer};
use super::problem::Problem;
use crate::app::App;
use crate::archives;
use crate::live::Live;

const MOST_INTERACTIONS: usize = 500;

/// The query of `GET /v1/sessions`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ListQuery {
    status: Option<SessionStatus>,
    collector: Option<CollectorId>,
    from: Option<Timestamp>,
    before: Option<Timestamp>,
    min_quality: Option<f64>,
    /// Only sessions that were given this variant of a feature flag, as FLAG:VARIANT.
    variant: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    limit: Option<usize>,
}

/// One page of sessions.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SessionList {
    #[schemars(with = "Vec<UnifiedSession>")]
    sessions: Vec<Masked<UnifiedSession>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// `GET /v1/sessions`: newest first.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller<(Reviewer, Collector)>,
    Query(query): Query<ListQuery>,
) -> Result<Json<SessionList>, Problem> {
    let collector = match (caller.only_collector(), query.collector) {
        (Some(own), Some(wanted)) if *own != wanted => {
            return Ok(Json(SessionList { sessions: Vec::new(), next: None }));
        }
        (Some(own), _) => Some(own.clone()),
        (None, wanted) => wanted,
    };
    let query = SessionQuery {
        status: query.status,
        collector,
        subject: None,
        started_from: query.from,
        started_before: query.before,
        min_quality: query.min_quality,
        variant: query.variant.as_deref().map(parse_variant).transpose()?,
        after: query.after.as_deref().map(parse_cursor).transpose()?,
        limit: query.limit.unwrap_or_default(),
    };
    let page = app.catalog.query(caller.tenant(), &query).await?;
    let next = page.next.map(|place| cursor(&place));
    Ok(Json(SessionList { sessions: page.sessions, next }))
}

fn parse_variant(text: &str) -> Result<(FlagKey, VariantName), Problem> {
    let (flag, variant) = text.split_once(':').ok_or_else(|| {
        codesight_core::Error::invalid("rest.sessions", "a variant is written FLAG:VARIANT")
    })?;
    Ok((FlagKey::new(flag)?, VariantName::new(variant)?))
}

/// The place of a page's end, as a caller gets it and gives it back.
pub(super) fn cursor((at, session): &(Timestamp, SessionId)) -> String {
    format!("{}.{session}", at.as_millis())
}

pub(super) fn parse_cursor(cursor: &str) -> Result<(Timestamp, SessionId), Problem> {
    let parsed = cursor.split_once('.').and_then(|(at, session)| {
        Some((Timestamp::from_millis(at.parse().ok()?), SessionId::new(session).ok()?))
    });
    parsed.ok_or_else(|| {
        codesight_core::Error::invalid("rest.sessions", "after is the next of an earlier page").into()
    })
}

/// One session.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Session(#[schemars(with = "UnifiedSession")] Masked<UnifiedSession>);

/// `GET /v1/sessions/{session}`.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller<(Reviewer, Collector)>,
    Path(session): Path<String>,
) -> Result<Json<Session>, Problem> {
    Ok(Json(Session(caller.session(&app, &session).await?.stored)))
}

/// The query of `GET /v1/sessions/{session}/interactions`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct InteractionsQuery {
    /// Places after this one.
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
}

/// One place of a session.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Place {
    seq: u64,
    kind: &'static str,
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    data: Box<RawValue>,
}

/// `GET /v1/sessions/{session}/interactions`: from the journal while it has them, from the archive afterwards.
pub(crate) async fn interactions(
    State(app): State<App>,
    caller: Caller<(Reviewer, Collector)>,
    Path(session): Path<String>,
    Query(query): Query<InteractionsQuery>,
) -> Result<Json<Vec<Place>>, Problem> {
    let found = caller.session(&app, &session).await?;
    let limit = query.limit.unwrap_or(MOST_INTERACTIONS).min(MOST_INTERACTIONS);
    caller.reads(&app, &found.at, "interactions").await?;
    if found.stored.archive_url.is_none() {
        let places = journal_places(&app, &found.at, query.after, limit).await?;
        if !places.is_empty() || !found.archived_meanwhile(&app).await? {
            return Ok(Json(places));
        }
    }
    Ok(Json(archived_places(&app, &found.at, query.after, limit).await?))
}

async fn journal_places(
    app: &App,
    session: &SessionRef,
    after: u64,
    limit: usize,
) -> Result<Vec<Place>, Problem> {
    let records = app.catalog.read(session, after, limit).await?;
    let places = records.into_iter().map(|record| {
        Ok(Place { seq: record.seq, kind: record.kind.as_str(), data: raw_json(&record.payload)? })
    });
    places.collect()
}

async fn archived_places(
    app: &App,
    session: &SessionRef,
    after: u64,
    limit: usize,
) -> Result<Vec<Place>, Problem> {
    #[derive(Deserialize)]
    struct Numbered {
        seq: u64,
    }
    let bytes = archives::interactions(app, session).await?;
    let all: Vec<Box<RawValue>> = serde_json::from_slice(&bytes).map_err(unreadable)?;
    let mut places = Vec::new();
    for data in all {
        let Numbered { seq } = serde_json::from_str(data.get()).map_err(unreadable)?;
        if seq > after && places.len() < limit {
            places.push(Place { seq, kind: JournalKind::Interaction.as_str(), data });
        }
    }
    Ok(places)
}

fn raw_json(payload: &[u8]) -> Result<Box<RawValue>, Problem> {
    serde_json::from_slice(payload).map_err(unreadable)
}

fn unreadable(_: serde_json::Error) -> Problem {
    codesight_core::Error::new(
        codesight_core::ErrorKind::Corrupt,
        "rest.interactions",
        "stored JSON is unreadable",
    )
    .into()
}

/// `GET /v1/sessions/{session}/findings`: the quality report of a processed session, what is known so far of others.
pub(crate) async fn findings(
    State(app): State<App>,
    caller: Caller<(Reviewer, Collector)>,
    Path(session): Path<String>,
) -> Result<Json<QualityReport>, Problem> {
    let found = caller.session(&app, &session).await?;
    caller.reads(&app, &found.at, "findings").await?;
    if found.stored.archive_url.is_none() {
        // What can be said before the session is processed is what its recorder is told.
        let mut live = Live::of(&app, found.at.clone()).await?;
        while live.catch_up(&app).await?.1 {}
        if !found.archived_meanwhile(&app).await? {
            return Ok(Json(live.report()));
        }
    }
    Ok(Json(archives::quality_report(&app, &found.at).await?))
}
