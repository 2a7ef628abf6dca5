//! Signing in at a provider of OpenID Connect: the code flow with PKCE (RFC 7636), a state and a nonce that are bound to
//! the browser by a cookie, and an ID token whose signature is checked against the provider's keys.
//!
//! People are known here by a digest of the provider's name and their `sub` there: no name and no address is kept.

mod provider;
mod settings;

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use codesight_core::id::{CollectorId, ContentHash};
use codesight_core::ports::Role;
use codesight_core::{Error, ErrorKind, Result};
use serde::Deserialize;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;

pub(crate) use provider::Provider;
pub(crate) use settings::OidcSettings;
use settings::RelyingParty;

/// Three secrets that a browser keeps while its person is at the provider. The provider sees the first two, and a digest of the
/// third until the code comes back.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    state: String,
    nonce: String,
    verifier: String,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attempt(redacted)")
    }
}

impl Attempt {
    /// Secrets nobody could guess.
    pub(crate) fn random() -> Result<Self> {
        Ok(Self { state: random()?, nonce: random()?, verifier: random()? })
    }

    /// As the cookie holds it.
    pub(crate) fn to_cookie(&self) -> String {
        format!("{}.{}.{}", self.state, self.nonce, self.verifier)
    }

    /// From the cookie of a browser that came back with this `state`; none when it never went there.
    pub(crate) fn from_cookie(cookie: &str, state: &str) -> Option<Self> {
        let mut parts = cookie.split('.').map(str::to_owned);
        let attempt = Self { state: parts.next()?, nonce: parts.next()?, verifier: parts.next()? };
        let is_same = bool::from(attempt.state.as_bytes().ct_eq(state.as_bytes()));
        (is_same && parts.next().is_none()).then_some(attempt)
    }

    /// The parameters of the address at the provider.
    fn parameters(&self, party: &RelyingParty) -> [(&'static str, String); 8] {
        let challenge = ContentHash::of(self.verifier.as_bytes());
        [
            ("response_type", "code".to_owned()),
            ("client_id", party.client_id.clone()),
            ("redirect_uri", party.redirect.clone()),
            ("scope", party.scope.clone()),
            ("state", self.state.clone()),
            ("nonce", self.nonce.clone()),
            ("code_challenge", URL_SAFE_NO_PAD.encode(challenge.as_bytes())),
            ("code_challenge_method", "S256".to_owned()),
        ]
    }
}

fn random() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|_| Error::new(ErrorKind::Unexpected, "oidc.attempt", "no random numbers"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What an ID token says, as far as it is used.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    #[serde(default)]
    nonce: String,
    /// For whom it was made, where it has several audiences.
    azp: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// Somebody who proved at the provider who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: CollectorId,
    pub(crate) roles: BTreeSet<Role>,
}

impl Person {
    fn of(claims: &Claims, attempt: &Attempt, party: &RelyingParty) -> Result<Self> {
        if !bool::from(claims.nonce.as_bytes().ct_eq(attempt.nonce.as_bytes())) {
            return Err(refused("the ID token was made for another attempt"));
        }
        if claims.azp.as_ref().is_some_and(|azp| azp != &party.client_id) {
            return Err(refused("the ID token was made for another client"));
        }
        let groups = claims.others.get(&party.groups_claim).and_then(Value::as_array);
        let groups: Vec<&str> = groups.into_iter().flatten().filter_map(Value::as_str).collect();
        let roles = party.roles_of(&groups);
        if roles.is_empty() {
            return Err(Error::new(
                ErrorKind::Forbidden,
                "oidc.person",
                "none of the person's groups has a role here",
            ));
        }
        let digest = ContentHash::of(format!("{}\n{}", party.issuer, claims.sub).as_bytes()).to_string();
        Ok(Self { name: CollectorId::new(format!("person-{}", &digest[..16]))?, roles })
    }
}

/// What the provider gave is not to be trusted, or it gave nothing.
fn refused(message: &'static str) -> Error {
    Error::new(ErrorKind::Unauthenticated, "oidc.token", message)
}
