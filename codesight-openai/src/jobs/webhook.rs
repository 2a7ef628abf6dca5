//! Messages that the service sends when a job ends, by the rules of Standard Webhooks.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use codesight_core::time::Timestamp;
use codesight_core::{Error, ErrorKind, Result};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// How far the sender's clock may be off, both ways, as in OpenAI's Python client.
const TOLERANCE: Duration = Duration::from_secs(300);

/// The secret of an endpoint.
#[derive(Clone)]
pub struct WebhookSecret(Vec<u8>);

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(..)")
    }
}

impl WebhookSecret {
    /// Reads `whsec_` and base64; the prefix may be missing.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for what is no base64, or nothing.
    pub fn parse(secret: &str) -> Result<Self> {
        let secret = secret.trim();
        let packed = secret.strip_prefix("whsec_").unwrap_or(secret);
        match STANDARD.decode(packed) {
            Ok(key) if !key.is_empty() => Ok(Self(key)),
            _ => Err(Error::invalid("webhook.secret", "the secret is not whsec_ and base64")),
        }
    }

    fn sign(&self, id: &str, timestamp: &str, body: &[u8]) -> Result<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0)
            .map_err(|_| Error::invalid("webhook.secret", "the secret has no usable length"))?;
        mac.update(id.as_bytes());
        mac.update(b".");
        mac.update(timestamp.as_bytes());
        mac.update(b".");
        mac.update(body);
        Ok(STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// A message as it arrived: three headers and the body, byte for byte.
#[derive(Clone, Copy)]
pub struct Webhook<'w> {
    /// Header `webhook-id`. The same message may come more than once under it.
    pub id: &'w str,
    /// Header `webhook-timestamp`: seconds since 1970.
    pub timestamp: &'w str,
    /// Header `webhook-signature`: signatures with blanks between, each `v1,` and base64.
    pub signatures: &'w str,
    /// The body.
    pub body: &'w [u8],
}

impl fmt::Debug for Webhook<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The message's id: whoever acts upon it does so once for each.
    pub id: String,
    /// For example `fine_tuning.job.succeeded`.
    pub kind: String,
    /// The id of the job or batch it is about.
    pub about: String,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "type")]
    kind: String,
    data: About,
}

#[derive(Deserialize)]
struct About {
    id: String,
}

impl Webhook<'_> {
    /// Checks who sent it and when, and reads it.
    ///
    /// # Errors
    /// - [`ErrorKind::Unauthenticated`] when no signature fits, or the message is older or newer than five minutes
    /// - [`ErrorKind::Invalid`] for a signed message of another shape
    pub fn verify(&self, secret: &WebhookSecret, now: Timestamp) -> Result<WebhookEvent> {
        const OPERATION: &str = "webhook.verify";
        let refused = |why: &'static str| Error::new(ErrorKind::Unauthenticated, OPERATION, why);
        let sent: i64 = self.timestamp.parse().map_err(|_| refused("the time is no number"))?;
        let off = now.millis_since(Timestamp::from_millis(sent.saturating_mul(1_000))).unsigned_abs();
        if u128::from(off) > TOLERANCE.as_millis() {
            return Err(refused("the message is too old or too new"));
        }
        let expected = secret.sign(self.id, self.timestamp, self.body)?;
        let fits = |signature: &str| {
            let packed = signature.strip_prefix("v1,").unwrap_or_default();
            bool::from(packed.as_bytes().ct_eq(expected.as_bytes()))
        };
        if !self.signatures.split_ascii_whitespace().any(fits) {
            return Err(refused("no signature fits"));
        }
        let payload: Payload = serde_json::from_slice(self.body)
            .map_err(|_| Error::invalid(OPERATION, "the message has another shape"))?;
        Ok(WebhookEvent { id: self.id.to_owned(), kind: payload.kind, about: payload.data.id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification and its libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIMESTAMP: &str = "1614265330";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn the_published_example_is_signed_as_published() {
        let secret = WebhookSecret::parse(SECRET).unwrap();
        assert_eq!(format!("v1,{}", secret.sign(ID, TIMESTAMP, BODY).unwrap()), SIGNATURE);
        assert_eq!(format!("{secret:?}"), "WebhookSecret(..)");
    }

    #[test]
    fn only_fresh_messages_of_the_sender_are_believed() {
        let secret = WebhookSecret::parse(SECRET).unwrap();
        let body = br#"{"id":"evt_1","type":"fine_tuning.job.succeeded","data":{"id":"ftjob-1"}}"#;
        let signature = format!("v1,AAAA v1,{}", secret.sign(ID, TIMESTAMP, body).unwrap());
        let message = Webhook { id: ID, timestamp: TIMESTAMP, signatures: &signature, body };
        let sent = Timestamp::from_millis(1_614_265_330_000);
        let event = message.verify(&secret, sent).unwrap();
        assert_eq!((event.kind.as_str(), event.about.as_str()), ("fine_tuning.job.succeeded", "ftjob-1"));
        let kind = |message: Webhook<'_>, now| message.verify(&secret, now).unwrap_err().kind();
        for late in [-301_000, 301_000] {
            let now = Timestamp::from_millis(sent.as_millis() + late);
            assert_eq!(kind(message, now), ErrorKind::Unauthenticated);
        }
        assert!(message.verify(&secret, Timestamp::from_millis(sent.as_millis() + 299_000)).is_ok());
        assert_eq!(kind(Webhook { id: "other", ..message }, sent), ErrorKind::Unauthenticated);
        assert_eq!(kind(Webhook { body: b"{}", ..message }, sent), ErrorKind::Unauthenticated);
        assert_eq!(kind(Webhook { signatures: "v1,", ..message }, sent), ErrorKind::Unauthenticated);
        let signature = format!("v1,{}", secret.sign(ID, TIMESTAMP, BODY).unwrap());
        let odd = Webhook { id: ID, timestamp: TIMESTAMP, signatures: &signature, body: BODY };
        assert_eq!(kind(odd, sent), ErrorKind::Invalid);
    }
}
