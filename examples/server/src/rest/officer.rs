//! Who looks after subjects' rights: an officer's bearer token. A collector's token does not open these routes.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use codesight_core::id::{CollectorId, SubjectId};
use codesight_core::wire::Identity;

use super::caller::{Caller, bearer};
use super::problem::Problem;
use crate::app::App;

/// An officer whose token is good.
#[derive(Debug)]
pub(crate) struct Officer(pub(crate) Identity);

impl FromRequestParts<App> for Officer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let identity = bearer(parts).and_then(|token| app.officers.identify(token));
        identity.map(Self).ok_or_else(Problem::unauthenticated)
    }
}

/// An officer, or a collector who speaks for the persons whose consent came through it.
#[derive(Debug)]
pub(crate) enum Speaker {
    Officer(Identity),
    Collector(Identity),
}

impl Speaker {
    pub(crate) fn identity(&self) -> &Identity {
        match self {
            Self::Officer(identity) | Self::Collector(identity) => identity,
        }
    }

    pub(crate) fn source(&self) -> CollectorId {
        self.identity().collector.clone()
    }

    /// Whether this one may speak for the person. Absent and somebody else's look the same.
    pub(crate) async fn check(&self, app: &App, subject: &SubjectId) -> Result<(), Problem> {
        let Self::Collector(identity) = self else { return Ok(()) };
        let history = app.accounts.history(&identity.tenant, subject).await?;
        if history.iter().any(|record| record.source == identity.collector) {
            return Ok(());
        }
        Err(Problem::not_found())
    }
}

impl FromRequestParts<App> for Speaker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Officer::from_request_parts(parts, app).await {
            Ok(Officer(identity)) => Ok(Self::Officer(identity)),
            Err(_) => Caller::from_request_parts(parts, app).await.map(|Caller(one)| Self::Collector(one)),
        }
    }
}
