//! The audit log and retention over REST, for officers; and what everybody may know.

use axum::Json;
use axum::extract::{Query, State};
use codesight_core::ports::{AuditAction, AuditEntry, AuditEvent};
use codesight_core::rights::{RetentionPlan, RetentionPolicy};
use codesight_storage::rights::RetentionReport;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::caller::{Anyone, Caller, PrivacyOfficer};
use super::describe::Record;
use super::problem::Problem;
use crate::app::App;

const MOST_ENTRIES: usize = 1_000;

/// The query of `GET /v1/audit`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AuditQuery {
    #[serde(default)]
    after: u64,
}

/// `GET /v1/audit`: the tenant's entries among the next thousand of the log. Positions have holes where other tenants'
/// entries are; who verifies the chain needs the whole log.
pub(crate) async fn audit(
    State(app): State<App>,
    who: Caller<PrivacyOfficer>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Record<Value>>, Problem> {
    let read = AuditEvent {
        at: app.clock.now(),
        tenant: who.tenant().clone(),
        actor: who.name().to_string(),
        action: AuditAction::AuditRead,
        session: None,
        subject: None,
        detail: None,
    };
    app.audit.append(read).await?;
    let page = app.audit.read(query.after, MOST_ENTRIES).await?;
    let next = page.last().filter(|_| page.len() == MOST_ENTRIES).map(|entry| entry.position);
    let own: Vec<&AuditEntry> = page.iter().filter(|entry| entry.event.tenant == *who.tenant()).collect();
    Ok(Json(Record(json!({ "entries": own, "next": next }))))
}

/// `GET /v1/audit/key`: the public key that checks checkpoints and certificates.
pub(crate) async fn key(
    State(app): State<App>,
    _: Caller<PrivacyOfficer>,
) -> Result<Json<Record<Value>>, Problem> {
    let key = app.rights().signer().await?.public_key();
    Ok(Json(Record(json!({ "key": key.to_base64(), "fingerprint": key.fingerprint() }))))
}

/// `POST /v1/retention/plan`: what a policy would delete now. Deletes nothing.
pub(crate) async fn plan(
    State(app): State<App>,
    who: Caller<PrivacyOfficer>,
    Json(Record(policy)): Json<Record<RetentionPolicy>>,
) -> Result<Json<Record<RetentionPlan>>, Problem> {
    Ok(Json(Record(app.rights().plan_retention(who.tenant(), &policy).await?)))
}

/// `POST /v1/retention/apply`: carries out a plan of the officer's own tenant.
pub(crate) async fn apply(
    State(app): State<App>,
    who: Caller<PrivacyOfficer>,
    Json(Record(plan)): Json<Record<RetentionPlan>>,
) -> Result<Json<Record<RetentionReport>>, Problem> {
    if plan.actions.iter().any(|action| action.tenant != *who.tenant()) {
        return Err(Problem::not_found());
    }
    Ok(Json(Record(app.rights().apply_retention(&plan, who.name().as_str()).await?)))
}

/// `GET /.well-known/gpc.json`: this server follows Global Privacy Control.
pub(crate) async fn privacy_control(_: Anyone) -> Json<Record<Value>> {
    Json(Record(json!({ "gpc": true, "lastUpdate": "2026-11-22" })))
}
