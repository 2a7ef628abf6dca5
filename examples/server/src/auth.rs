//! Who may connect: tokens and origins.

use codesight_core::wire::Identity;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// One token as the configuration names it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct TokenGrant {
    identity: Identity,
    /// Only the digest is kept.
    digest: [u8; 32],
}

impl std::fmt::Debug for TokenGrant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}=redacted", self.identity.tenant, self.identity.collector)
    }
}

impl TokenGrant {
    /// A token for this identity.
    pub(crate) fn new(identity: Identity, token: &str) -> Self {
        Self { identity, digest: Sha256::digest(token).into() }
    }
}

impl std::str::FromStr for TokenGrant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "a token is written TENANT/COLLECTOR=SECRET, the secret at least 16 characters";
        let (who, secret) = text.split_once('=').ok_or(form)?;
        let (tenant, collector) = who.split_once('/').ok_or(form)?;
        if secret.len() < 16 {
            return Err(form.to_owned());
        }
        let name = |error: codesight_core::Error| error.to_string();
        let identity =
            Identity { tenant: tenant.parse().map_err(name)?, collector: collector.parse().map_err(name)? };
        Ok(Self::new(identity, secret))
    }
}

impl TryFrom<String> for TokenGrant {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// The tokens that are good.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tokens(Vec<TokenGrant>);

impl Tokens {
    pub(crate) fn new(grants: Vec<TokenGrant>) -> Self {
        Self(grants)
    }

    /// Who the token belongs to. Compares with every grant in constant time, so that time tells nothing.
    pub(crate) fn identify(&self, token: &str) -> Option<Identity> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let mut found = None;
        for grant in &self.0 {
            if bool::from(grant.digest.ct_eq(&digest)) {
                found = Some(grant.identity.clone());
            }
        }
        found
    }
}

/// The origins a browser may connect from. Programs send none; a page on the web sends its own and is refused.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins(Vec<String>);

impl Origins {
    pub(crate) fn new(allowed: Vec<String>) -> Self {
        Self(allowed)
    }

    /// Whether a WebSocket with this `Origin` header may be opened on a server reached as `host`.
    pub(crate) fn allows(&self, origin: Option<&str>, host: Option<&str>) -> bool {
        let Some(origin) = origin else { return true };
        let is_own_dashboard = host.is_some_and(|host| {
            origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) == Some(host)
        });
        is_own_dashboard || self.0.iter().any(|allowed| allowed == origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_and_never_shown() {
        let grant: TokenGrant = "shop/robot-1=0123456789abcdef".parse().expect("well-formed");
        assert!(!format!("{grant:?}").contains("0123456789abcdef"));
        let tokens = Tokens::new(vec![grant]);
        assert_eq!(tokens.identify("0123456789abcdef").expect("known").collector.as_str(), "robot-1");
        assert!(tokens.identify("0123456789abcdeF").is_none());
        assert!("shop/robot-1=short".parse::<TokenGrant>().is_err());
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
