//! Making keys and ending them, each with its entry in the audit log.

use std::collections::BTreeSet;
use std::time::Duration;

use codesight_core::id::{ApiKeyId, CollectorId, TenantId};
use codesight_core::ports::{ApiKey, ApiKeyKind, AuditAction, AuditEvent, Role};
use codesight_core::time::Timestamp;
use codesight_core::{Error, ErrorKind, Result};

use super::KeySecret;
use crate::app::{App, new_id};
use crate::oidc::Person;

/// How long a person stays signed in at most.
pub(crate) const SIGN_IN_LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// A key to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewKey {
    pub(crate) tenant: TenantId,
    pub(crate) name: CollectorId,
    pub(crate) roles: BTreeSet<Role>,
    pub(crate) ends_at: Option<Timestamp>,
}

impl App {
    /// Makes a key. Its secret is in the answer and nowhere else.
    pub(crate) async fn issue_key(&self, new: NewKey, actor: &str) -> Result<(ApiKey, KeySecret)> {
        self.make_key(new, ApiKeyKind::Issued, None, actor).await
    }

    /// Makes the key of a sign-in, for as long as `parent` is good, and no longer than half a day.
    pub(crate) async fn sign_in(&self, parent: &ApiKey) -> Result<(ApiKey, KeySecret)> {
        let latest = self.clock.now().after(SIGN_IN_LIFETIME);
        let new = NewKey {
            tenant: parent.tenant.clone(),
            name: parent.name.clone(),
            roles: parent.roles.clone(),
            ends_at: Some(parent.ends_at.map_or(latest, |end| end.min(latest))),
        };
        let actor = parent.name.as_str();
        self.make_key(new, ApiKeyKind::SignIn, Some(parent.id.clone()), actor).await
    }

    /// Makes the key of somebody who proved elsewhere who they are, for half a day: what has changed about them there is
    /// seen when they sign in the next time.
    pub(crate) async fn sign_in_person(
        &self,
        tenant: TenantId,
        person: Person,
    ) -> Result<(ApiKey, KeySecret)> {
        let Person { name, roles } = person;
        let actor = name.to_string();
        let new = NewKey { tenant, name, roles, ends_at: Some(self.clock.now().after(SIGN_IN_LIFETIME)) };
        self.make_key(new, ApiKeyKind::SignIn, None, &actor).await
    }

    async fn make_key(
        &self,
        new: NewKey,
        kind: ApiKeyKind,
        parent: Option<ApiKeyId>,
        actor: &str,
    ) -> Result<(ApiKey, KeySecret)> {
        if new.roles.is_empty() {
            return Err(Error::invalid("access.keys", "a key without a role would open nothing"));
        }
        let secret = KeySecret::random()?;
        let key = ApiKey {
            id: ApiKeyId::new(new_id())?,
            tenant: new.tenant,
            name: new.name,
            roles: new.roles,
            kind,
            parent,
            digest: secret.digest(),
            created_at: self.clock.now(),
            ends_at: new.ends_at,
        };
        let action = match kind {
            ApiKeyKind::Issued => AuditAction::ApiKeyIssued,
            ApiKeyKind::SignIn => AuditAction::SignedIn,
        };
        // Said before it is done: no key is in use of which the log knows nothing.
        self.record_key(&key.tenant, actor, action, &key.id).await?;
        self.accounts.add_api_key(key.clone()).await?;
        self.access.learn(&key);
        Ok((key, secret))
    }

    /// Makes a key with the name and the roles of this one, which ends after `overlap`. One that is not good any more, and
    /// that of a sign-in, are `NotFound`.
    pub(crate) async fn rotate_key(
        &self,
        tenant: &TenantId,
        id: &ApiKeyId,
        overlap: Duration,
        actor: &str,
    ) -> Result<(ApiKey, KeySecret)> {
        let old = self.accounts.api_key(tenant, id).await?;
        if old.kind != ApiKeyKind::Issued || !old.is_good_at(self.clock.now()) {
            return Err(Error::new(ErrorKind::NotFound, "access.keys", "there is no such key that is good"));
        }
        let new = NewKey { tenant: old.tenant, name: old.name, roles: old.roles, ends_at: None };
        let made = self.issue_key(new, actor).await?;
        self.end_key(tenant, id, self.clock.now().after(overlap), actor).await?;
        Ok(made)
    }

    /// Ends a key at a moment, which may be now. Who signed in with it is out then, too.
    pub(crate) async fn end_key(
        &self,
        tenant: &TenantId,
        id: &ApiKeyId,
        at: Timestamp,
        actor: &str,
    ) -> Result<ApiKey> {
        let ended = self.accounts.end_api_key(tenant, id, at).await?;
        self.access.learn(&ended);
        self.record_key(tenant, actor, AuditAction::ApiKeyEnded, id).await?;
        Ok(ended)
    }

    async fn record_key(
        &self,
        tenant: &TenantId,
        actor: &str,
        action: AuditAction,
        key: &ApiKeyId,
    ) -> Result<()> {
        let event = AuditEvent {
            at: self.clock.now(),
            tenant: tenant.clone(),
            actor: actor.to_owned(),
            action,
            session: None,
            subject: None,
            detail: Some(key.to_string()),
        };
        self.audit.append(event).await.map(|_| ())
    }
}
