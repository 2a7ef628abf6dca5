//! Who is asking: the bearer token of a request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use codesight_core::id::SessionId;
use codesight_core::ports::SessionRef;
use codesight_core::wire::Identity;

use super::problem::Problem;
use crate::app::App;

/// A caller whose token is good.
#[derive(Debug)]
pub(crate) struct Caller(pub(crate) Identity);

impl Caller {
    /// The session of that name within the caller's tenant.
    pub(crate) fn session(&self, name: &str) -> Result<SessionRef, Problem> {
        let session = SessionId::new(name).map_err(|_| Problem::not_found())?;
        Ok(SessionRef { tenant: self.0.tenant.clone(), session })
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        token.and_then(|token| app.tokens.identify(token)).map(Self).ok_or_else(|| {
            Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", "send Authorization: Bearer TOKEN")
        })
    }
}
