//! Names as keyed digests: what must be recognised for good without being kept.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::id::{CollectorId, ContentHash, SessionId, SessionKey, SubjectId};
use crate::model::{ArchivedPeople, UnifiedSession};
use crate::ports::SecretKey;

/// Makes the digests of one tenant, under the tenant's register key. Without the key nobody can try names out, however
/// few there are.
#[derive(Clone)]
pub struct TenantDigests(SecretKey);

impl std::fmt::Debug for TenantDigests {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TenantDigests(redacted)")
    }
}

impl TenantDigests {
    /// Digests under this key.
    pub fn new(key: SecretKey) -> Self {
        Self(key)
    }

    /// The digest of a person.
    pub fn subject(&self, subject: &SubjectId) -> ContentHash {
        self.digest(&["subject", subject.as_str()])
    }

    /// The digest of a session.
    pub fn session(&self, session: &SessionId) -> ContentHash {
        self.digest(&["session", session.as_str()])
    }

    /// The digest of a recording, as its collector names it: what a recorder that starts the same recording again would
    /// send.
    pub fn recording(&self, collector: &CollectorId, key: &SessionKey) -> ContentHash {
        self.digest(&["recording", collector.as_str(), key.as_str()])
    }

    /// Collector and subject of a session, as its archive names them. Not the digests of the register: who holds an archive
    /// and the register's rows learns nothing from comparing them.
    pub fn people(&self, session: &UnifiedSession) -> ArchivedPeople {
        let name = |kind, name| format!("{ARCHIVED}{:.DIGITS$}", self.digest(&[kind, name]).to_hex());
        // Letters, digits and a hyphen: always names.
        ArchivedPeople {
            collector: CollectorId::new(name("archived-collector", session.collector.as_str())).ok(),
            subject: SubjectId::new(name("archived-subject", session.consent.subject.as_str())).ok(),
        }
    }

    /// The name under which an erased person's decisions and requests are kept. The same person gives the same name, so
    /// that who knows the person can still find them.
    pub fn stand_in(&self, subject: &SubjectId) -> SubjectId {
        let name = format!("{STAND_IN}{:.DIGITS$}", self.subject(subject).to_hex());
        // Letters, digits and hyphens, 47 of them: always a name.
        SubjectId::new(name).unwrap_or_else(|_| subject.clone())
    }

    /// Whether a name was made by [`stand_in`](Self::stand_in). Nobody may be recorded under such a name.
    pub fn is_stand_in(subject: &SubjectId) -> bool {
        subject.as_str().starts_with(STAND_IN)
    }

    fn digest(&self, parts: &[&str]) -> ContentHash {
        // HMAC takes a key of any length, so this one cannot be refused; were it, nothing would match anything.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.expose()) else {
            return ContentHash::from_digest([0; 32]);
        };
        for part in parts {
            mac.update(part.as_bytes());
            // In no name, so that two parts cannot be read as one.
            mac.update(&[0]);
        }
        ContentHash::from_digest(mac.finalize().into_bytes().into())
    }
}

const STAND_IN: &str = "erased-";
const ARCHIVED: &str = "person-";
/// Hexadecimal digits of a digest in a name, which holds no more than 70 letters.
const DIGITS: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_by_kind_key_and_parts() {
        let digests = TenantDigests::new(SecretKey::from_bytes([1; 32]));
        let other = TenantDigests::new(SecretKey::from_bytes([2; 32]));
        let subject = SubjectId::new("abc").expect("a name");
        assert_ne!(digests.subject(&subject), digests.session(&SessionId::new("abc").expect("a name")));
        assert_ne!(digests.subject(&subject), other.subject(&subject));
        let recording = |collector: &str, key: &str| {
            digests.recording(
                &CollectorId::new(collector).expect("a name"),
                &SessionKey::new(key).expect("a name"),
            )
        };
        assert_ne!(recording("a", "bc"), recording("ab", "c"));
    }

    #[test]
    fn people_are_told_apart_in_archives_and_only_under_the_key() {
        let session = |collector: &str, subject: &str| {
            let consent = crate::model::SessionConsent {
                subject: SubjectId::new(subject).expect("a name"),
                text_version: String::new(),
                purposes: Vec::new(),
                given_at: crate::time::Timestamp::default(),
                evidence_hash: None,
                global_privacy_control: false,
            };
            UnifiedSession::new(
                SessionId::new("s").expect("a name"),
                crate::id::TenantId::new("t").expect("a name"),
                CollectorId::new(collector).expect("a name"),
                consent,
                crate::time::Timestamp::default(),
            )
        };
        let digests = TenantDigests::new(SecretKey::from_bytes([1; 32]));
        let jane = digests.people(&session("robot", "jane-doe"));
        assert_eq!(jane, digests.people(&session("robot", "jane-doe")));
        let joe = digests.people(&session("robot", "joe"));
        assert_eq!(jane.collector, joe.collector);
        assert_ne!(jane.subject, joe.subject);
        let elsewhere = TenantDigests::new(SecretKey::from_bytes([2; 32]));
        assert_ne!(jane.subject, elsewhere.people(&session("robot", "jane-doe")).subject);
        let named = jane.subject.expect("a stand-in");
        let register = digests.subject(&SubjectId::new("jane-doe").expect("a name")).to_hex();
        assert!(named.as_str().len() == 47 && !named.as_str().contains("jane"));
        assert!(!named.as_str().contains(&register[..DIGITS]));
        assert!(!TenantDigests::is_stand_in(&named));
    }

    #[test]
    fn a_stand_in_is_a_name_that_says_what_it_is_and_not_whose() {
        let digests = TenantDigests::new(SecretKey::from_bytes([1; 32]));
        let subject = SubjectId::new("jane-doe").expect("a name");
        let stand_in = digests.stand_in(&subject);
        assert!(TenantDigests::is_stand_in(&stand_in) && !TenantDigests::is_stand_in(&subject));
        assert_eq!(stand_in.as_str().len(), 47);
        assert!(!stand_in.as_str().contains("jane"));
    }
}
