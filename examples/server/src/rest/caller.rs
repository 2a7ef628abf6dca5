//! Who is asking: the bearer token of a request.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use codesight_core::id::SessionId;
use codesight_core::ports::{AuditAction, AuditEvent, SessionRef};
use codesight_core::wire::Identity;

use super::problem::Problem;
use crate::app::App;

/// A caller whose token is good.
#[derive(Debug)]
pub(crate) struct Caller(pub(crate) Identity);

impl Caller {
    /// Writes into the audit log that this part of a session is being read.
    pub(crate) async fn reads(&self, app: &App, session: &SessionRef, part: &str) -> Result<(), Problem> {
        let event = AuditEvent {
            at: app.clock.now(),
            tenant: session.tenant.clone(),
            actor: self.0.collector.to_string(),
            action: AuditAction::SessionRead,
            session: Some(session.session.clone()),
            subject: None,
            detail: Some(part.to_owned()),
        };
        app.audit.append(event).await?;
        Ok(())
    }

    /// The session of that name within the caller's tenant.
    pub(crate) fn session(&self, name: &str) -> Result<SessionRef, Problem> {
        let session = SessionId::new(name).map_err(|_| Problem::not_found())?;
        Ok(SessionRef { tenant: self.0.tenant.clone(), session })
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let identity = bearer(parts).and_then(|token| app.tokens.identify(token));
        identity.map(Self).ok_or_else(Problem::unauthenticated)
    }
}

/// The token of a request.
pub(super) fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?;
    value.to_str().ok()?.strip_prefix("Bearer ")
}
