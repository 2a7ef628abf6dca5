//! Who may connect: tokens and origins.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use codesight_core::Result;
use codesight_core::id::{ApiKeyId, ContentHash};
use codesight_core::ports::{ApiKey, ApiKeyKind, Role};
use codesight_core::time::Timestamp;
use codesight_core::wire::Identity;
use serde::Deserialize;

/// One token as the configuration names it, which is a key that the catalog does not know.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct TokenGrant(ApiKey);

impl std::fmt::Debug for TokenGrant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}=redacted", self.0.tenant, self.0.name)
    }
}

impl TokenGrant {
    /// A token for this identity. Only its digest is kept.
    pub(crate) fn new(identity: Identity, roles: BTreeSet<Role>, token: &str) -> Result<Self> {
        let digest = ContentHash::of(token.as_bytes());
        Ok(Self(ApiKey {
            id: ApiKeyId::new(format!("configured-{}", &digest.to_hex()[..16]))?,
            tenant: identity.tenant,
            name: identity.collector,
            roles,
            kind: ApiKeyKind::Issued,
            parent: None,
            digest,
            created_at: Timestamp::from_millis(0),
            ends_at: None,
        }))
    }

    /// The same token with this role alone.
    pub(crate) fn only(mut self, role: Role) -> Self {
        self.0.roles = [role].into();
        self
    }

    /// It as a key.
    pub(crate) fn into_key(self) -> ApiKey {
        self.0
    }
}

impl std::str::FromStr for TokenGrant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "a token is written TENANT/NAME=SECRET or TENANT/NAME:ROLE+ROLE=SECRET, the secret at least 16 characters";
        let (who, secret) = text.split_once('=').ok_or(form)?;
        let (tenant, name) = who.split_once('/').ok_or(form)?;
        let (name, roles) = name.split_once(':').unwrap_or((name, "collector+reviewer"));
        if secret.len() < 16 {
            return Err(form.to_owned());
        }
        let said = |error: codesight_core::Error| error.to_string();
        let identity =
            Identity { tenant: tenant.parse().map_err(said)?, collector: name.parse().map_err(said)? };
        let roles = roles.split('+').map(str::parse).collect::<Result<_, _>>().map_err(said)?;
        Self::new(identity, roles, secret).map_err(said)
    }
}

impl TryFrom<String> for TokenGrant {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// Whether a request with this `Origin` header comes from a page of the server that is reached as `host`.
pub(crate) fn is_own(origin: Option<&str>, host: Option<&str>) -> bool {
    let origin =
        origin.and_then(|origin| origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")));
    origin.is_some() && origin == host
}

/// The origins a browser may connect from. Programs send none; a page on the web sends its own and is refused.
#[derive(Debug, Default)]
pub(crate) struct Origins(RwLock<Vec<String>>);

impl Origins {
    pub(crate) fn new(allowed: Vec<String>) -> Self {
        Self(RwLock::new(allowed))
    }

    /// From now on these.
    pub(crate) fn replace(&self, allowed: Vec<String>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = allowed;
    }

    /// Whether a WebSocket with this `Origin` header may be opened on a server reached as `host`.
    pub(crate) fn allows(&self, origin: Option<&str>, host: Option<&str>) -> bool {
        let Some(origin) = origin else { return true };
        is_own(Some(origin), host)
            || self.0.read().unwrap_or_else(PoisonError::into_inner).iter().any(|allowed| allowed == origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_its_roles_and_is_never_shown() {
        let grant: TokenGrant = "shop/robot-1=0123456789abcdef".parse().expect("well-formed");
        assert!(!format!("{grant:?}").contains("0123456789abcdef"));
        assert_eq!(grant.into_key().roles, [Role::Collector, Role::Reviewer].into());
        let grant: TokenGrant = "shop/ann:operator+admin=0123456789abcdef".parse().expect("well-formed");
        assert_eq!(grant.into_key().roles, [Role::Operator, Role::Admin].into());
        for bad in ["shop/robot-1=short", "shop/ann:king=0123456789abcdef", "shop=0123456789abcdef"] {
            let error = bad.parse::<TokenGrant>().expect_err("malformed");
            assert!(!error.contains("0123456789abcdef"), "{error}");
        }
    }

    #[test]
    fn only_listed_and_own_origins_may_connect() {
        let origins = Origins::new(vec!["chrome-extension://abcdefgh".to_owned()]);
        let host = Some("127.0.0.1:8787");
        assert!(origins.allows(None, host));
        assert!(origins.allows(Some("chrome-extension://abcdefgh"), host));
        assert!(origins.allows(Some("http://127.0.0.1:8787"), host));
        for evil in
            ["https://evil.example", "null", "chrome-extension://other", "http://127.0.0.1:8787.evil.example"]
        {
            assert!(!origins.allows(Some(evil), host), "{evil}");
        }
    }
}
