//! Signatures that anybody can check without asking us: compact JWS (RFC 7515) with EdDSA over Ed25519 (RFC 8037).
//!
//! A signature and not a keyed hash: whoever can check an HMAC could have made it, and a certificate is for a person
//! or an authority who has no reason to believe the one who hands it out. JWS because every language has a library for
//! it, and because it signs the very bytes it carries, so that nobody has to agree on how JSON is written.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::id::ContentHash;
use crate::ports::SecretKey;

/// A longer one is refused before it is looked at.
const MAX_LENGTH: usize = 1 << 20;

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
    jwk: Jwk,
}

#[derive(Serialize, Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
}

/// Signs statements.
pub struct Signer(SigningKey);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("public", &self.public_key()).finish()
    }
}

impl Signer {
    /// Signs with the key pair that grows from this seed.
    pub fn new(seed: &SecretKey) -> Self {
        Self(SigningKey::from_bytes(seed.expose()))
    }

    /// The key that checks what this one signs.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a statement of type `typ`, so that no statement can be passed off as one of another type.
    ///
    /// # Errors
    /// [`ErrorKind::Unexpected`] for a statement that JSON cannot say.
    pub fn sign<T: Serialize>(&self, typ: &str, statement: &T) -> Result<String> {
        let public = self.public_key();
        let header = Header {
            alg: "EdDSA".to_owned(),
            typ: typ.to_owned(),
            kid: public.fingerprint(),
            jwk: Jwk { kty: "OKP".to_owned(), crv: "Ed25519".to_owned(), x: public.to_base64() },
        };
        let part = |json: serde_json::Result<Vec<u8>>| {
            json.map(|json| BASE64.encode(json)).map_err(|error| {
                Error::new(ErrorKind::Unexpected, "signature.sign", "not serialisable").caused_by(error)
            })
        };
        let signed =
            format!("{}.{}", part(serde_json::to_vec(&header))?, part(serde_json::to_vec(statement))?);
        let signature = BASE64.encode(self.0.sign(signed.as_bytes()).to_bytes());
        Ok(format!("{signed}.{signature}"))
    }
}

/// Checks signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The key as it stands in a JWK's `x`: 43 letters of unpadded base64url.
    pub fn to_base64(&self) -> String {
        BASE64.encode(self.0.as_bytes())
    }

    /// Reads [`to_base64`](Self::to_base64).
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for anything that is no key.
    pub fn from_base64(text: &str) -> Result<Self> {
        let key = BASE64.decode(text.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        key.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok()).map(Self).ok_or_else(|| {
            Error::invalid("signature.key", "a public key is 43 letters of unpadded base64url")
        })
    }

    /// 16 digits of the key's SHA-256, to compare by eye.
    pub fn fingerprint(&self) -> String {
        format!("{:.16}", ContentHash::of(self.0.as_bytes()).to_hex())
    }

    /// The statement of type `typ` that `signed` carries, if this key signed it.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`]: not one, of another type, changed, or signed by another key.
    pub fn open<T: DeserializeOwned>(&self, typ: &str, signed: &str) -> Result<T> {
        let wrong = |message: &str| Error::new(ErrorKind::Corrupt, "signature.open", message);
        if signed.len() > MAX_LENGTH {
            return Err(wrong("too long for a signed statement"));
        }
        let parts: Vec<&str> = signed.trim().split('.').collect();
        let [header, statement, signature] = parts[..] else {
            return Err(wrong("a signed statement has three parts"));
        };
        let decode = |part: &str| BASE64.decode(part).map_err(|_| wrong("a part is not unpadded base64url"));
        let bytes =
            Signature::from_slice(&decode(signature)?).map_err(|_| wrong("the signature is malformed"))?;
        let (message, _) = signed.trim().rsplit_once('.').unwrap_or_default();
        self.0
            .verify_strict(message.as_bytes(), &bytes)
            .map_err(|_| wrong("it was changed, or signed by another key"))?;
        let header: Header =
            serde_json::from_slice(&decode(header)?).map_err(|_| wrong("the header is unreadable"))?;
        if header.alg != "EdDSA" || header.typ != typ {
            return Err(wrong("it is a statement of another type"));
        }
        serde_json::from_slice(&decode(statement)?).map_err(|_| wrong("the statement is unreadable"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(seed: u8) -> Signer {
        Signer::new(&SecretKey::from_bytes([seed; 32]))
    }

    #[test]
    fn what_was_signed_opens_with_its_key_and_type_alone() {
        let signed = signer(1).sign("test", &"a statement").expect("signed");
        let key = PublicKey::from_base64(&signer(1).public_key().to_base64()).expect("a key");
        assert_eq!(key.open::<String>("test", &signed).expect("good"), "a statement");
        assert!(key.open::<String>("other", &signed).is_err());
        assert!(signer(2).public_key().open::<String>("test", &signed).is_err());
        assert!(PublicKey::from_base64("AAAA").is_err());
    }

    #[test]
    fn every_changed_letter_is_noticed() {
        let signed = signer(1).sign("test", &serde_json::json!({ "sessions": 3 })).expect("signed");
        let key = signer(1).public_key();
        for at in 0..signed.len() {
            let mut changed = signed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            assert!(key.open::<serde_json::Value>("test", &changed).is_err(), "letter {at}");
        }
    }

    #[test]
    fn debug_shows_no_seed() {
        let shown = format!("{:?}", signer(171));
        assert!(!shown.contains("171, 171") && !shown.contains("abab"), "{shown}");
    }
}
