//! Consent: decisions as they were made, and what they come to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{CollectorId, ContentHash, SubjectId, TenantId};
use crate::model::SessionConsent;
use crate::time::Timestamp;

/// What a recording may be used for.
pub mod purpose {
    /// To train and test models.
    pub const TRAINING: &str = "training";
    /// To study how people go about a task.
    pub const RESEARCH: &str = "research";
    /// To be passed on to others. What the laws of California call selling or sharing; Global Privacy Control opts out
    /// of it.
    pub const SHARING: &str = "sharing";
}

/// Which way a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentDecision {
    /// Agreed to the purposes.
    Granted,
    /// Took the purposes back; all of them when none is named.
    Withdrawn,
}

impl ConsentDecision {
    /// The word used in JSON and storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// One decision of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentRecord {
    /// The project.
    pub tenant: TenantId,
    /// The person.
    pub subject: SubjectId,
    /// Which way they decided.
    pub decision: ConsentDecision,
    /// Version of the text that was shown.
    pub text_version: String,
    /// What for.
    pub purposes: Vec<String>,
    /// When they decided, by the clock of whoever asked them.
    pub at: Timestamp,
    /// When it became known here.
    pub recorded_at: Timestamp,
    /// SHA-256 of the text that was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_hash: Option<ContentHash>,
    /// Whether the browser sent a Global Privacy Control signal.
    #[serde(default)]
    pub global_privacy_control: bool,
    /// Who told.
    pub source: CollectorId,
}

impl ConsentRecord {
    /// The grant that a session begins with.
    pub fn grant(
        tenant: TenantId,
        source: CollectorId,
        consent: &SessionConsent,
        recorded_at: Timestamp,
    ) -> Self {
        Self {
            tenant,
            subject: consent.subject.clone(),
            decision: ConsentDecision::Granted,
            text_version: consent.text_version.clone(),
            purposes: consent.purposes.clone(),
            at: consent.given_at,
            recorded_at,
            evidence_hash: consent.evidence_hash,
            global_privacy_control: consent.global_privacy_control,
            source,
        }
    }

    /// What makes two decisions of one person the same, however and whenever they became known.
    pub fn fingerprint(&self) -> ContentHash {
        let mut bytes = Vec::new();
        let texts = [self.decision.as_str(), self.text_version.as_str()];
        for text in texts.into_iter().chain(self.purposes.iter().map(String::as_str)) {
            // With its length, so that two texts cannot be read as one.
            bytes.extend_from_slice(&text.len().to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes.extend_from_slice(&self.at.as_millis().to_be_bytes());
        ContentHash::of(&bytes)
    }

    /// Whether both are the same decision of the same person.
    pub fn is_same_decision(&self, other: &Self) -> bool {
        self.tenant == other.tenant
            && self.subject == other.subject
            && self.fingerprint() == other.fingerprint()
    }
}

impl SessionConsent {
    /// Applies Global Privacy Control: the purposes it opts out of are struck.
    pub fn honour_privacy_control(&mut self) {
        self.global_privacy_control = true;
        self.purposes.retain(|purpose| purpose != purpose::SHARING);
    }

    /// Whether the person agreed to this purpose when the session began.
    pub fn names(&self, purpose: &str) -> bool {
        self.purposes.iter().any(|named| named == purpose)
    }
}

/// What all decisions of a person come to.
///
/// Decisions arrive late and out of order: a recorder that was offline tells of an old grant after a withdrawal was
/// recorded. So a grant counts only for purposes that were not taken back at or after the moment of the grant, and a
/// withdrawal strikes every grant that was known before it, whatever their clocks say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConsentState {
    purposes: BTreeSet<String>,
    withdrawn_all: Option<Timestamp>,
    withdrawn: BTreeMap<String, Timestamp>,
    opted_out: bool,
}

impl ConsentState {
    /// Goes through the decisions of one person, in the order in which they became known.
    pub fn of(history: &[ConsentRecord]) -> Self {
        let mut state = Self::default();
        for record in history {
            match record.decision {
                ConsentDecision::Granted => state.grant(record),
                ConsentDecision::Withdrawn => state.withdraw(record),
            }
        }
        state
    }

    fn grant(&mut self, record: &ConsentRecord) {
        let granted: BTreeSet<String> =
            record.purposes.iter().filter(|purpose| !self.is_struck(purpose, record.at)).cloned().collect();
        if granted.is_empty() && !record.purposes.is_empty() {
            // Older than the withdrawal: it says nothing about what is agreed to now.
            return;
        }
        self.opted_out = record.global_privacy_control;
        self.purposes = granted;
    }

    fn withdraw(&mut self, record: &ConsentRecord) {
        let at = record.at.max(record.recorded_at);
        if record.purposes.is_empty() {
            self.purposes.clear();
            self.withdrawn_all = self.withdrawn_all.max(Some(at));
        }
        for purpose in &record.purposes {
            self.purposes.remove(purpose);
            let struck = self.withdrawn.entry(purpose.clone()).or_insert(at);
            *struck = at.max(*struck);
        }
    }

    fn is_struck(&self, purpose: &str, granted_at: Timestamp) -> bool {
        let of_purpose = self.withdrawn.get(purpose).copied();
        of_purpose.max(self.withdrawn_all).is_some_and(|withdrawn_at| granted_at <= withdrawn_at)
    }

    /// Whether the person agrees to this purpose now.
    pub fn permits(&self, purpose: &str) -> bool {
        self.purposes.contains(purpose) && !(self.opted_out && purpose == purpose::SHARING)
    }

    /// Whether the person agrees to anything now, so that they may be recorded.
    pub fn permits_recording(&self) -> bool {
        self.purposes.iter().any(|purpose| self.permits(purpose))
    }

    /// The purposes the person agrees to now.
    pub fn purposes(&self) -> impl Iterator<Item = &str> {
        self.purposes.iter().map(String::as_str).filter(|purpose| self.permits(purpose))
    }

    /// When the person last took everything back.
    pub fn withdrawn_at(&self) -> Option<Timestamp> {
        self.withdrawn_all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(decision: ConsentDecision, purposes: &[&str], at: i64, recorded_at: i64) -> ConsentRecord {
        ConsentRecord {
            tenant: TenantId::new("shop").expect("a name"),
            subject: SubjectId::new("s").expect("a name"),
            decision,
            text_version: "1".to_owned(),
            purposes: purposes.iter().map(ToString::to_string).collect(),
            at: Timestamp::from_millis(at),
            recorded_at: Timestamp::from_millis(recorded_at),
            evidence_hash: None,
            global_privacy_control: false,
            source: CollectorId::new("c").expect("a name"),
        }
    }

    use ConsentDecision::{Granted, Withdrawn};

    fn permitted(history: &[ConsentRecord]) -> Vec<String> {
        ConsentState::of(history).purposes().map(str::to_owned).collect()
    }

    #[test]
    fn nothing_is_agreed_to_by_default() {
        assert!(!ConsentState::of(&[]).permits_recording());
        assert!(!ConsentState::of(&[decision(Granted, &[], 1, 1)]).permits_recording());
    }

    #[test]
    fn a_withdrawal_strikes_what_was_granted_and_a_later_grant_counts_again() {
        let mut history = vec![decision(Granted, &["training", "research"], 10, 11)];
        history.push(decision(Withdrawn, &["research"], 20, 20));
        assert_eq!(permitted(&history), ["training"]);
        history.push(decision(Withdrawn, &[], 30, 30));
        assert!(permitted(&history).is_empty());
        history.push(decision(Granted, &["training"], 40, 40));
        assert_eq!(permitted(&history), ["training"]);
    }

    #[test]
    fn a_grant_from_before_the_withdrawal_that_arrives_after_it_revives_nothing() {
        let history = [
            decision(Granted, &["training"], 10, 10),
            decision(Withdrawn, &[], 20, 25),
            decision(Granted, &["training", "sharing"], 15, 90),
            // Given between the withdrawal and its arrival, by a clock that may be wrong: doubt favours the person.
            decision(Granted, &["training"], 24, 91),
        ];
        assert!(permitted(&history).is_empty());
    }

    #[test]
    fn a_clock_that_is_ahead_does_not_outlive_a_withdrawal() {
        let history = [decision(Granted, &["training"], 9_000, 10), decision(Withdrawn, &[], 20, 20)];
        assert!(permitted(&history).is_empty());
    }

    #[test]
    fn privacy_control_opts_out_of_sharing_alone() {
        let mut grant = decision(Granted, &["sharing", "training"], 1, 1);
        grant.global_privacy_control = true;
        assert_eq!(permitted(&[grant]), ["training"]);
    }

    #[test]
    fn how_a_decision_became_known_does_not_make_it_another() {
        let first = decision(Granted, &["training"], 1, 1);
        let again = ConsentRecord { recorded_at: Timestamp::from_millis(99), ..first.clone() };
        assert!(first.is_same_decision(&again));
        assert!(!first.is_same_decision(&decision(Withdrawn, &["training"], 1, 1)));
        assert!(!first.is_same_decision(&decision(Granted, &["training"], 2, 1)));
    }
}
