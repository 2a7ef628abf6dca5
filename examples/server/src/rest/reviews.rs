//! Reviews over REST: deciding about a session, what was decided, what is to be reviewed, and how far reviewers agree.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use codesight_core::id::{CollectorId, ReviewId};
use codesight_core::model::{SessionStatus, UnifiedSession};
use codesight_core::ports::SessionQuery;
use codesight_core::privacy::Masked;
use codesight_core::review::{Agreement, Review, ReviewDecision, Standing, Verdict, agreements};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::{Caller, Reviewer};
use super::describe::Record;
use super::problem::Problem;
use super::sessions::{cursor, parse_cursor};
use crate::app::App;

/// Sessions on one page of the queue.
const QUEUE: usize = 50;

/// A decision to add.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReview {
    id: ReviewId,
    decision: ReviewDecision,
}

/// The decisions about one session.
#[derive(Debug, Serialize)]
pub(crate) struct SessionReviews {
    reviews: Vec<Review>,
    /// The caller's name among the reviewers.
    you: CollectorId,
}

/// `GET /v1/sessions/{session}/reviews`: every decision, oldest first.
pub(crate) async fn of_session(
    State(app): State<App>,
    caller: Caller<Reviewer>,
    Path(session): Path<String>,
) -> Result<Json<Record<SessionReviews>>, Problem> {
    let session = caller.session(&app, &session).await?.at;
    let reviews = app.catalog.reviews_of(&session).await?;
    Ok(Json(Record(SessionReviews { reviews, you: caller.name().clone() })))
}

/// `POST /v1/sessions/{session}/reviews`: adds a decision. Sent twice under one id, it is added once.
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller<Reviewer>,
    Path(session): Path<String>,
    Json(Record(new)): Json<Record<NewReview>>,
) -> Result<(StatusCode, Json<Record<Review>>), Problem> {
    let session = caller.session(&app, &session).await?.at;
    new.decision.check()?;
    let review = Review {
        id: new.id,
        tenant: session.tenant.clone(),
        session: session.session.clone(),
        reviewer: caller.name().clone(),
        at: app.clock.now(),
        decision: new.decision,
    };
    let stored = app.catalog.add_review(review).await?;
    if stored.session != session.session {
        // The id is that of a decision about another session.
        return Err(Problem::new(StatusCode::CONFLICT, "conflict", "the id was used for another decision"));
    }
    app.metrics.reviewed(&stored.decision);
    Ok((StatusCode::CREATED, Json(Record(stored))))
}

/// What the decisions of a tenant come to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReviewSummary {
    /// Sessions somebody accepted and nobody rejected.
    accepted: usize,
    /// Sessions somebody rejected.
    rejected: usize,
    /// Sessions two or more gave a verdict on.
    twice: usize,
    /// How many sessions each reviewer gave a verdict on.
    reviewers: BTreeMap<CollectorId, usize>,
    agreements: Vec<Agreement>,
    you: CollectorId,
}

/// `GET /v1/reviews/summary`.
pub(crate) async fn summary(
    State(app): State<App>,
    caller: Caller<Reviewer>,
) -> Result<Json<Record<ReviewSummary>>, Problem> {
    let standings = app.standings(caller.tenant()).await?;
    let mut reviewers = BTreeMap::new();
    for reviewer in standings.values().flat_map(|standing| standing.verdicts().keys()) {
        *reviewers.entry(reviewer.clone()).or_default() += 1;
    }
    let count = |is: fn(&Standing) -> bool| standings.values().filter(|standing| is(standing)).count();
    Ok(Json(Record(ReviewSummary {
        accepted: count(Standing::is_accepted),
        rejected: count(Standing::is_rejected),
        twice: count(|standing| standing.verdicts().len() > 1),
        reviewers,
        agreements: agreements(standings.values()),
        you: caller.name().clone(),
    })))
}

/// The query of `GET /v1/reviews/queue`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueueQuery {
    /// The `next` of the page before.
    after: Option<String>,
}

/// A page of what the caller has not reviewed.
#[derive(Debug, Serialize)]
pub(crate) struct ReviewQueue {
    sessions: Vec<Waiting>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A session that waits for the caller's verdict, and what others say of it.
#[derive(Debug, Serialize)]
struct Waiting {
    session: Masked<UnifiedSession>,
    verdicts: BTreeMap<CollectorId, Verdict>,
}

/// `GET /v1/reviews/queue`: processed sessions without a verdict of the caller, newest first.
pub(crate) async fn queue(
    State(app): State<App>,
    caller: Caller<Reviewer>,
    Query(query): Query<QueueQuery>,
) -> Result<Json<Record<ReviewQueue>>, Problem> {
    let standings = app.standings(caller.tenant()).await?;
    let (mut sessions, mut after) = (Vec::new(), query.after.as_deref().map(parse_cursor).transpose()?);
    loop {
        let wanted = SessionQuery {
            status: Some(SessionStatus::Completed),
            after: after.take(),
            limit: QUEUE,
            ..SessionQuery::default()
        };
        let page = app.catalog.query(caller.tenant(), &wanted).await?;
        for session in page.sessions {
            let standing = standings.get(&session.id);
            let verdicts = standing.map(|standing| standing.verdicts().clone()).unwrap_or_default();
            if !verdicts.contains_key(caller.name()) {
                sessions.push(Waiting { session, verdicts });
            }
        }
        after = page.next;
        if after.is_none() || sessions.len() >= QUEUE {
            return Ok(Json(Record(ReviewQueue { sessions, next: after.map(|place| cursor(&place)) })));
        }
    }
}
