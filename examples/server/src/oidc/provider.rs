//! Talking to the provider: where its pages are, a token for a code, and the keys that sign tokens.

use std::time::{Duration, Instant};

use codesight_core::id::TenantId;
use codesight_core::{Error, ErrorKind, Result};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;

use super::settings::{OidcSettings, RelyingParty};
use super::{Attempt, Claims, Person, refused};

const TIMEOUT: Duration = Duration::from_secs(10);
/// The largest answer that is read.
const LARGEST: usize = 256 << 10;
/// The provider's description is asked for again after so long; its keys are asked for at each sign-in.
const DESCRIPTION_KEPT: Duration = Duration::from_secs(300);
/// Signatures with a public key only: a provider that signs with a shared secret, or not at all, is not believed.
const ALGORITHMS: [Algorithm; 5] =
    [Algorithm::RS256, Algorithm::ES256, Algorithm::PS256, Algorithm::EdDSA, Algorithm::ES384];

/// The provider's own description (OpenID Connect Discovery 1.0), as far as it is used.
#[derive(Debug, Clone, Deserialize)]
struct Description {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

/// A provider, and how to reach it.
#[derive(Debug)]
pub(crate) struct Provider {
    party: RelyingParty,
    client: Client,
    description: Mutex<Option<(Instant, Description)>>,
}

impl Provider {
    /// The provider of these settings, if they name one. Nobody is asked yet: it may be away while the server starts.
    ///
    /// # Errors
    /// `Invalid` for settings that are not whole, and for an address that is not HTTPS, but on this machine.
    pub(crate) fn open(settings: &OidcSettings) -> Result<Option<Self>> {
        let Some(party) = settings.relying_party()? else { return Ok(None) };
        for address in [&party.issuer, &party.redirect] {
            check_address(address)?;
        }
        let client =
            Client::builder().timeout(TIMEOUT).redirect(Policy::none()).build().map_err(|error| {
                Error::new(ErrorKind::Unexpected, "oidc.client", "no HTTP client could be made")
                    .caused_by(error)
            })?;
        Ok(Some(Self { party, client, description: Mutex::default() }))
    }

    /// The tenant of everybody who signs in here.
    pub(crate) fn tenant(&self) -> &TenantId {
        &self.party.tenant
    }

    /// The address that a browser is sent to.
    pub(crate) async fn address(&self, attempt: &Attempt) -> Result<String> {
        let endpoint = self.description().await?.authorization_endpoint;
        let address = Url::parse_with_params(&endpoint, attempt.parameters(&self.party));
        address.map(String::from).map_err(|_| refused("the provider names no address to sign in at"))
    }

    /// Who came back with this code.
    pub(crate) async fn person(&self, code: &str, attempt: &Attempt) -> Result<Person> {
        let description = self.description().await?;
        let mut form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", self.party.redirect.clone()),
            ("client_id", self.party.client_id.clone()),
            ("code_verifier", attempt.verifier.clone()),
        ];
        if let Some(file) = &self.party.client_secret_file {
            let secret = tokio::fs::read_to_string(file).await.map_err(|error| {
                Error::new(ErrorKind::Unavailable, "oidc.secret", "the client's secret cannot be read")
                    .caused_by(error)
            })?;
            form.push(("client_secret", secret.trim().to_owned()));
        }
        let body = Url::parse_with_params("http://form", &form).map_err(|_| refused("the code is none"))?;
        let request = self
            .client
            .post(&description.token_endpoint)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.query().unwrap_or_default().to_owned());
        let tokens: Tokens = answer(request).await?;
        let keys: JwkSet = answer(self.client.get(&description.jwks_uri)).await?;
        Person::of(&self.verified(&tokens.id_token, &keys)?, attempt, &self.party)
    }

    async fn description(&self) -> Result<Description> {
        let mut kept = self.description.lock().await;
        if let Some((at, description)) = kept.as_ref()
            && at.elapsed() < DESCRIPTION_KEPT
        {
            return Ok(description.clone());
        }
        let description = self.discover().await?;
        *kept = Some((Instant::now(), description.clone()));
        Ok(description)
    }

    async fn discover(&self) -> Result<Description> {
        let issuer = self.party.issuer.trim_end_matches('/');
        let description: Description =
            answer(self.client.get(format!("{issuer}/.well-known/openid-configuration"))).await?;
        if description.issuer != self.party.issuer {
            return Err(refused("the provider says that it is another one"));
        }
        for address in
            [&description.authorization_endpoint, &description.token_endpoint, &description.jwks_uri]
        {
            check_address(address)?;
        }
        Ok(description)
    }

    /// What the token says, if one of the provider's keys signed it, for us, and not too long ago.
    fn verified(&self, token: &str, keys: &JwkSet) -> Result<Claims> {
        let header = decode_header(token).map_err(|_| refused("the ID token cannot be read"))?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(refused("the ID token is not signed with a public key"));
        }
        let key = match &header.kid {
            Some(id) => keys.find(id),
            None => keys.keys.first().filter(|_| keys.keys.len() == 1),
        };
        let key =
            key.ok_or_else(|| refused("the ID token was signed with a key the provider does not name"))?;
        let key = DecodingKey::from_jwk(key).map_err(|_| refused("the provider's key cannot be used"))?;
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[&self.party.issuer]);
        validation.set_audience(&[&self.party.client_id]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let verified = decode::<Claims>(token, &key, &validation);
        verified.map(|token| token.claims).map_err(|_| refused("the ID token is not good"))
    }
}

/// Sends a request, and reads its JSON answer within limits.
async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T> {
    let away = |error: reqwest::Error| {
        Error::new(ErrorKind::Unavailable, "oidc.provider", "the provider does not answer")
            .caused_by(error.without_url())
    };
    let mut response = request.send().await.map_err(away)?;
    if !response.status().is_success() {
        return Err(refused("the provider refused").with("status", response.status().as_u16()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(away)? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            return Err(refused("the provider says too much"));
        }
    }
    serde_json::from_slice(&body).map_err(|_| refused("the provider's answer cannot be read"))
}

/// Secrets travel to these addresses: by HTTPS, or on this machine.
fn check_address(address: &str) -> Result<()> {
    let is_good = Url::parse(address).is_ok_and(|url| {
        url.scheme() == "https"
            || url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
    });
    if is_good {
        Ok(())
    } else {
        Err(Error::invalid("oidc.address", "an address of the provider is not HTTPS"))
    }
}
