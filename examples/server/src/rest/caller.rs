//! Who is asking: a key in `Authorization: Bearer`, or a sign-in in a cookie; and whether its roles are enough.
//!
//! Every handler names whom it serves by an argument: [`Caller<R>`](Caller), or [`Anyone`]. [`route`](super::route) takes
//! no handler that names nobody.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use codesight_core::id::{CollectorId, SessionId, TenantId};
use codesight_core::model::UnifiedSession;
use codesight_core::ports::{ApiKey, AuditAction, AuditEvent, Role, SessionRef};
use codesight_core::privacy::Masked;

use super::credentials::{self, Via};
use super::limits::Presented;
use super::problem::Problem;
use crate::app::App;

/// Some roles, of which one is enough.
pub(crate) trait Roles: Send + Sync + 'static {
    const ROLES: &'static [Role];
}

/// One role as a type.
pub(crate) trait OneRole: Send + Sync + 'static {
    const ROLE: Role;
}

macro_rules! roles_as_types {
    ($($name:ident),*) => {$(
        #[doc = concat!("[`Role::", stringify!($name), "`] as a type.")]
        #[derive(Debug)]
        pub(crate) enum $name {}
        impl OneRole for $name {
            const ROLE: Role = Role::$name;
        }
        impl Roles for $name {
            const ROLES: &'static [Role] = &[Role::$name];
        }
    )*};
}
roles_as_types!(Collector, Reviewer, PrivacyOfficer, Operator, Admin);

impl<A: OneRole, B: OneRole> Roles for (A, B) {
    const ROLES: &'static [Role] = &[A::ROLE, B::ROLE];
}

impl<A: OneRole, B: OneRole, C: OneRole> Roles for (A, B, C) {
    const ROLES: &'static [Role] = &[A::ROLE, B::ROLE, C::ROLE];
}

/// Any role: whoever has a key.
#[derive(Debug)]
pub(crate) enum AnyRole {}

impl Roles for AnyRole {
    const ROLES: &'static [Role] = &Role::ALL;
}

/// Everybody, without a key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Anyone;

impl FromRequestParts<App> for Anyone {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        Ok(Self)
    }
}

/// A caller whose key is good and has one of the roles `R`.
#[derive(Debug)]
pub(crate) struct Caller<R> {
    key: Arc<ApiKey>,
    via: Via,
    roles: PhantomData<fn() -> R>,
}

impl<R: Roles> FromRequestParts<App> for Caller<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let presented = parts.extensions.get::<Presented>().and_then(|presented| presented.0.clone());
        let (key, via) = presented.ok_or_else(Problem::unauthenticated)?;
        credentials::check_origin(parts, &via)?;
        if !R::ROLES.iter().any(|role| key.roles.contains(role)) {
            return Err(Problem::role_missing(R::ROLES));
        }
        Ok(Self { key, via, roles: PhantomData })
    }
}

/// A session that the caller may see.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) at: SessionRef,
    pub(crate) stored: Masked<UnifiedSession>,
}

impl Found {
    /// Whether an archive has taken the place of the session's journal and captured frames since the session was found:
    /// only then may they have gone while they were being read.
    pub(crate) async fn archived_meanwhile(&self, app: &App) -> Result<bool, Problem> {
        Ok(self.stored.archive_url.is_none() && app.catalog.get(&self.at).await?.archive_url.is_some())
    }
}

impl<R> Caller<R> {
    /// The caller's tenant. Nothing of any other may be touched.
    pub(crate) fn tenant(&self) -> &TenantId {
        &self.key.tenant
    }

    /// The caller's name: the actor in the audit log, the collector of what it records.
    pub(crate) fn name(&self) -> &CollectorId {
        &self.key.name
    }

    /// Its key.
    pub(crate) fn key(&self) -> &Arc<ApiKey> {
        &self.key
    }

    /// How the key came.
    pub(crate) fn via(&self) -> &Via {
        &self.via
    }

    /// Whether it has this role.
    pub(crate) fn is(&self, role: Role) -> bool {
        self.key.roles.contains(&role)
    }

    /// The only collector whose sessions the caller sees: reviewers see all, collectors what they recorded.
    pub(crate) fn only_collector(&self) -> Option<&CollectorId> {
        (!self.is(Role::Reviewer)).then(|| self.name())
    }

    /// The session of that name, if the caller may see it. Absent, foreign and somebody else's look the same.
    pub(crate) async fn session(&self, app: &App, name: &str) -> Result<Found, Problem> {
        let session = SessionId::new(name).map_err(|_| Problem::not_found())?;
        let at = SessionRef { tenant: self.tenant().clone(), session };
        let stored = app.catalog.get(&at).await?;
        if self.only_collector().is_some_and(|own| own != &stored.collector) {
            return Err(Problem::not_found());
        }
        Ok(Found { at, stored })
    }

    /// Writes into the audit log that this part of a session is being read.
    pub(crate) async fn reads(&self, app: &App, session: &SessionRef, part: &str) -> Result<(), Problem> {
        let event = AuditEvent {
            at: app.clock.now(),
            tenant: session.tenant.clone(),
            actor: self.name().to_string(),
            action: AuditAction::SessionRead,
            session: Some(session.session.clone()),
            subject: None,
            detail: Some(part.to_owned()),
        };
        app.audit.append(event).await?;
        Ok(())
    }
}
