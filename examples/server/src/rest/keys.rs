//! API keys over REST, for admins: issue, list, rotate, revoke.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use codesight_core::id::{ApiKeyId, CollectorId};
use codesight_core::ports::{ApiKey, Role};
use codesight_core::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::{Admin, Caller};
use super::problem::Problem;
use crate::access::NewKey;
use crate::app::App;

const MOST_KEYS: usize = 500;
const DEFAULT_KEYS: usize = 50;
/// The old key stays good for so long after a rotation, when nothing else is said.
const DEFAULT_OVERLAP: u32 = 3_600;
const LONGEST_OVERLAP: u32 = 30 * 24 * 3_600;

/// A key as it may be shown.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyView {
    id: ApiKeyId,
    /// As whom its bearer acts.
    name: CollectorId,
    roles: BTreeSet<Role>,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<Timestamp>,
    /// Whether it is good now.
    good: bool,
}

impl KeyView {
    fn of(key: ApiKey, now: Timestamp) -> Self {
        let good = key.is_good_at(now);
        let ApiKey { id, name, roles, created_at, ends_at, .. } = key;
        Self { id, name, roles, created_at, ends_at, good }
    }
}

/// A key that was made, with its secret, which is shown this once.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MadeKey {
    key: KeyView,
    secret: String,
}

/// The query of `GET /v1/keys`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct KeysQuery {
    /// The `next` of the page before.
    after: Option<ApiKeyId>,
    /// At most so many, up to 500.
    limit: Option<usize>,
}

/// One page of keys.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyList {
    keys: Vec<KeyView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<ApiKeyId>,
}

/// `GET /v1/keys`: the tenant's keys, ended ones too. Those of the configuration are not among them.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller<Admin>,
    Query(query): Query<KeysQuery>,
) -> Result<Json<KeyList>, Problem> {
    let limit = query.limit.filter(|limit| *limit > 0).unwrap_or(DEFAULT_KEYS).min(MOST_KEYS);
    let page = app.accounts.api_keys(caller.tenant(), query.after.as_ref(), limit + 1).await?;
    let next = (page.len() > limit).then(|| page[limit - 1].id.clone());
    let now = app.clock.now();
    let keys = page.into_iter().take(limit).map(|key| KeyView::of(key, now)).collect();
    Ok(Json(KeyList { keys, next }))
}

/// A key to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct KeyOrder {
    /// As whom its bearer acts.
    name: CollectorId,
    roles: BTreeSet<Role>,
    /// From when on it is not good any more; never, when it is not said.
    ends_at: Option<Timestamp>,
}

/// `POST /v1/keys`: makes a key. Its secret is in this answer and nowhere else.
pub(crate) async fn issue(
    State(app): State<App>,
    caller: Caller<Admin>,
    Json(order): Json<KeyOrder>,
) -> Result<(StatusCode, Json<MadeKey>), Problem> {
    let KeyOrder { name, roles, ends_at } = order;
    let new = NewKey { tenant: caller.tenant().clone(), name, roles, ends_at };
    let (key, secret) = app.issue_key(new, caller.name().as_str()).await?;
    let made = MadeKey { key: KeyView::of(key, app.clock.now()), secret: secret.expose().to_owned() };
    Ok((StatusCode::CREATED, Json(made)))
}

/// How a key is followed by another.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Rotation {
    /// Seconds for which the old key stays good, at most 30 days; an hour, when it is not said.
    overlap_seconds: Option<u32>,
}

/// `POST /v1/keys/{key}/rotation`: a new key with the name and the roles of this one, which ends a little later.
pub(crate) async fn rotate(
    State(app): State<App>,
    caller: Caller<Admin>,
    Path(key): Path<String>,
    Json(rotation): Json<Rotation>,
) -> Result<(StatusCode, Json<MadeKey>), Problem> {
    let overlap = rotation.overlap_seconds.unwrap_or(DEFAULT_OVERLAP).min(LONGEST_OVERLAP);
    let overlap = Duration::from_secs(overlap.into());
    let actor = caller.name().as_str();
    let (key, secret) = app.rotate_key(caller.tenant(), &named(&key)?, overlap, actor).await?;
    let made = MadeKey { key: KeyView::of(key, app.clock.now()), secret: secret.expose().to_owned() };
    Ok((StatusCode::CREATED, Json(made)))
}

/// `DELETE /v1/keys/{key}`: the key, and whoever signed in with it, is out within seconds, open connections too.
pub(crate) async fn revoke(
    State(app): State<App>,
    caller: Caller<Admin>,
    Path(key): Path<String>,
) -> Result<Json<KeyView>, Problem> {
    let now = app.clock.now();
    let ended = app.end_key(caller.tenant(), &named(&key)?, now, caller.name().as_str()).await?;
    Ok(Json(KeyView::of(ended, now)))
}

fn named(key: &str) -> Result<ApiKeyId, Problem> {
    ApiKeyId::new(key).map_err(|_| Problem::not_found())
}
