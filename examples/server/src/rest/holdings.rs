//! What is stored and what it costs, and what keeps the storage in order; and whether the audit log is whole.

use axum::Json;
use axum::extract::State;
use codesight_core::rights::AuditVerification;
use codesight_storage::lifecycle::{
    CostReport, Held, Inventory, PriceList, StoragePlan, StoragePolicy, Usage, cost, plan,
};
use serde::Serialize;

use super::caller::{Admin, Caller, Operator, PrivacyOfficer};
use super::describe::Record;
use super::problem::Problem;
use crate::app::App;
use crate::storage_guard::QuotaStanding;

/// What is stored for a tenant.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Holdings {
    sessions: usize,
    total: Held,
    archives: Held,
    captured: Held,
    training: Held,
    /// What a month of it costs, by storage class, at list prices of the day that is named.
    cost: CostReport,
    /// What would keep the storage in order. Nothing of it is done by asking.
    plan: StoragePlan,
    /// Where the whole store stands; nothing without a quota.
    #[serde(skip_serializing_if = "Option::is_none")]
    quota: Option<QuotaStanding>,
}

/// `GET /v1/storage`.
pub(crate) async fn storage(
    State(app): State<App>,
    who: Caller<(Operator, PrivacyOfficer, Admin)>,
) -> Result<Json<Record<Holdings>>, Problem> {
    let inventory = Inventory::take(app.catalog.as_ref(), app.blobs.as_ref(), who.tenant()).await?;
    let sum = |of: fn(&codesight_storage::lifecycle::SessionHoldings) -> Held| {
        inventory.sessions.values().map(of).fold(Held::default(), Held::plus)
    };
    let total = inventory.total();
    let usage = Usage { stored: total, ..Usage::default() };
    Ok(Json(Record(Holdings {
        sessions: inventory.sessions.len(),
        total,
        archives: inventory.archives(),
        captured: sum(|held| held.captured),
        training: sum(|held| held.training),
        cost: cost(&usage, &PriceList::built_in()?),
        plan: plan(&inventory, &StoragePolicy::default(), app.clock.now()),
        quota: app.storage.standing(),
    })))
}

/// `POST /v1/audit/verification`: checks every entry and every checkpoint.
pub(crate) async fn verify_audit(
    State(app): State<App>,
    _: Caller<(PrivacyOfficer, Operator, Admin)>,
) -> Result<Json<Record<AuditVerification>>, Problem> {
    let key = app.rights().signer().await?.public_key();
    match crate::audit::verify(&app, Some(&key)).await {
        Ok(verified) => Ok(Json(Record(verified))),
        Err(fault) => Err(Problem::new(axum::http::StatusCode::CONFLICT, "audit-not-whole", fault)),
    }
}
