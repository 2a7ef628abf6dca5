//! Signing in with a key, for pages: the key is exchanged for a cookie that scripts cannot read.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use codesight_core::id::{CollectorId, TenantId};
use codesight_core::ports::{ApiKey, ApiKeyKind, Role};
use codesight_core::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::{AnyRole, Anyone, Caller};
use super::credentials::{self, Via};
use super::limits::Presented;
use super::problem::Problem;
use crate::access::{KeySecret, SIGN_IN_LIFETIME};
use crate::app::App;

/// A key to sign in with.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    key: String,
}

/// Who is signed in, and in which ways others can.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Door {
    /// Whether there is a provider to sign in at, from `/v1/oidc/start`. A key opens always.
    provider: bool,
    /// Who is signed in by this browser's cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    me: Option<Me>,
}

/// `GET /v1/sign-in`: what a page asks first. Nobody being signed in is no refusal here.
pub(crate) async fn door(
    State(app): State<App>,
    _: Anyone,
    Extension(Presented(presented)): Extension<Presented>,
) -> (HeaderMap, Json<Door>) {
    let me = presented.and_then(|(key, via)| match via {
        Via::Header => None,
        Via::Cookie { csrf_token } => Some(Me::of(&key, Some(csrf_token))),
    });
    (not_stored(), Json(Door { provider: app.provider.is_some(), me }))
}

/// Who is asking, and what they may do.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Me {
    tenant: TenantId,
    name: CollectorId,
    roles: BTreeSet<Role>,
    /// From when on the key or the sign-in is not good any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<Timestamp>,
    /// What a page sends as `X-CSRF-Token` with everything but GET, when it is signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf_token: Option<String>,
}

impl Me {
    fn of(key: &ApiKey, csrf_token: Option<String>) -> Self {
        let ApiKey { tenant, name, roles, ends_at, .. } = key.clone();
        Self { tenant, name, roles, ends_at, csrf_token }
    }
}

/// `POST /v1/sign-in`: a cookie for a key.
pub(crate) async fn sign_in(
    State(app): State<App>,
    _: Anyone,
    Json(given): Json<SignIn>,
) -> Result<(HeaderMap, Json<Me>), Problem> {
    let parent = app.access.identify(&given.key).await.filter(|key| key.kind == ApiKeyKind::Issued);
    let parent = parent.ok_or_else(Problem::unauthenticated)?;
    let (key, secret) = app.sign_in(&parent).await?;
    let me = Me::of(&key, Some(credentials::csrf_token(secret.expose())));
    Ok((with_cookie(&app, &secret), Json(me)))
}

/// The head of an answer that signs somebody in.
pub(super) fn with_cookie(app: &App, secret: &KeySecret) -> HeaderMap {
    cookie(credentials::set_cookie(secret.expose(), SIGN_IN_LIFETIME.as_secs(), app.is_secure))
}

/// The head of an answer that is this caller's alone.
fn not_stored() -> HeaderMap {
    HeaderMap::from_iter([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))])
}

fn cookie(value: String) -> HeaderMap {
    let mut headers = not_stored();
    // Secrets are letters, digits, `-` and `_`.
    if let Ok(mut value) = HeaderValue::try_from(value) {
        value.set_sensitive(true);
        headers.insert(header::SET_COOKIE, value);
    }
    headers
}

/// `POST /v1/sign-out`: the sign-in is ended, here and on every other server. A key that came in a header stays good.
pub(crate) async fn sign_out(
    State(app): State<App>,
    caller: Caller<AnyRole>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    if matches!(caller.via(), Via::Cookie { .. }) {
        app.end_key(caller.tenant(), &caller.key().id, app.clock.now(), caller.name().as_str()).await?;
    }
    Ok((StatusCode::NO_CONTENT, cookie(credentials::set_cookie("", 0, app.is_secure))))
}

/// `GET /v1/me`: who is asking.
pub(crate) async fn me(caller: Caller<AnyRole>) -> (HeaderMap, Json<Me>) {
    let csrf_token = match caller.via() {
        Via::Header => None,
        Via::Cookie { csrf_token } => Some(csrf_token.clone()),
    };
    (not_stored(), Json(Me::of(caller.key(), csrf_token)))
}
