//! API keys: who may use the interface, as whom, and what for.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::id::{ApiKeyId, CollectorId, ContentHash, TenantId};
use crate::time::Timestamp;

/// What somebody may do in a tenant. None includes another: who may do several things has several roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Records sessions, and speaks for the persons it recorded.
    Collector,
    /// Looks at sessions, judges them, and makes training files of them.
    Reviewer,
    /// Looks after subjects' rights: consent, requests, erasure, retention, the audit log.
    PrivacyOfficer,
    /// Looks after the server: jobs, storage, figures.
    Operator,
    /// Issues and revokes keys.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Collector, Self::Reviewer, Self::PrivacyOfficer, Self::Operator, Self::Admin];

    /// The word used in JSON, on the command line and in claims.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Collector => "collector",
            Self::Reviewer => "reviewer",
            Self::PrivacyOfficer => "privacy-officer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| {
            Error::invalid(
                "role.parse",
                "a role is one of collector, reviewer, privacy-officer, operator, admin",
            )
        })
    }
}

/// Where a key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ApiKeyKind {
    /// It was issued, and is kept by whoever uses it.
    Issued,
    /// It was made by signing in, and lives in a browser's cookie.
    SignIn,
}

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// Its id; may be shown.
    pub id: ApiKeyId,
    /// The tenant it opens, and no other.
    pub tenant: TenantId,
    /// As whom its bearer acts: the collector of what it records, the actor of what it does.
    pub name: CollectorId,
    /// What its bearer may do.
    pub roles: BTreeSet<Role>,
    /// Where it comes from.
    pub kind: ApiKeyKind,
    /// The key that was signed in with: this one is good no longer than that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ApiKeyId>,
    /// SHA-256 of the secret. Secrets are 256 random bits, so that nothing slower is needed.
    pub digest: ContentHash,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is not good any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it is good at this moment. Its parent, if it has one, must be good as well.
    pub fn is_good_at(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|end| now < end)
    }
}

/// Keeps the keys.
#[async_trait]
pub trait ApiKeyRegister: fmt::Debug + fmt::Display + Send + Sync {
    /// Adds a key.
    ///
    /// # Behaviour
    /// - the same key again is fine
    /// - another key with an id or a digest that is taken is `AlreadyExists`, in whichever tenant
    async fn add_api_key(&self, key: ApiKey) -> Result<()>;

    /// The key of that id.
    ///
    /// # Behaviour
    /// - an unknown key, or one of another tenant, is `NotFound`
    async fn api_key(&self, tenant: &TenantId, id: &ApiKeyId) -> Result<ApiKey>;

    /// The key with that digest, of whichever tenant, good or not.
    ///
    /// # Behaviour
    /// - an unknown digest is `NotFound`
    async fn api_key_of(&self, digest: &ContentHash) -> Result<ApiKey>;

    /// Up to `limit` issued keys of a tenant with ids after `after`, by id, ended ones too.
    ///
    /// # Behaviour
    /// - sign-ins are not among them, nor keys of another tenant
    async fn api_keys(
        &self,
        tenant: &TenantId,
        after: Option<&ApiKeyId>,
        limit: usize,
    ) -> Result<Vec<ApiKey>>;

    /// Gives a key an end, and returns it.
    ///
    /// # Behaviour
    /// - an earlier end stays
    /// - an unknown key, or one of another tenant, is `NotFound`
    async fn end_api_key(&self, tenant: &TenantId, id: &ApiKeyId, at: Timestamp) -> Result<ApiKey>;

    /// Up to `limit` keys of all tenants that were added or ended after change number `after`, each once with the
    /// number of its last change, in that order. Whoever asks with the last number it saw misses nothing.
    ///
    /// # Behaviour
    /// - a key that was ended comes again, with a greater number
    /// - a call that changed nothing is no change
    async fn api_key_changes(&self, after: u64, limit: usize) -> Result<Vec<(u64, ApiKey)>>;

    /// Removes sign-ins that ended before a moment; says how many.
    ///
    /// # Behaviour
    /// - issued keys stay, for who looks into what was done with them
    async fn drop_sign_ins(&self, before: Timestamp) -> Result<u64>;
}
