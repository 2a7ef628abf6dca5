//! What a person may ask for, and where it stands.

use serde::{Deserialize, Serialize};

use super::deadline::Deadline;
use super::erasure::ErasureProgress;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{RequestId, SessionId, SubjectId, TenantId};
use crate::time::Timestamp;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestKind {
    /// To see, and to take along, everything that is kept (GDPR Art. 15 and 20, CCPA right to know).
    Access,
    /// To have everything erased (GDPR Art. 17, CCPA right to delete).
    Erasure,
    /// Not to be shared with others (CCPA right to opt out).
    OptOut,
}

/// Under which law, which decides the days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Regime {
    /// The European Union's General Data Protection Regulation.
    #[default]
    Gdpr,
    /// The California Consumer Privacy Act and its regulations.
    Ccpa,
}

/// Whom or what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RequestScope {
    /// Everything of a person. Once they are erased, their stand-in.
    Subject {
        /// The person.
        subject: SubjectId,
    },
    /// One session, of which the person goes on to be known.
    Session {
        /// The session.
        session: SessionId,
        /// The person.
        subject: SubjectId,
    },
}

impl RequestScope {
    /// The person.
    pub fn subject(&self) -> &SubjectId {
        match self {
            Self::Subject { subject } | Self::Session { subject, .. } => subject,
        }
    }

    /// Replaces the person's name where it is `subject`.
    pub fn replace_subject(&mut self, subject: &SubjectId, stand_in: &SubjectId) {
        match self {
            Self::Subject { subject: name } | Self::Session { subject: name, .. } if name == subject => {
                *name = stand_in.clone();
            }
            Self::Subject { .. } | Self::Session { .. } => {}
        }
    }
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestStatus {
    /// Being worked on, or waiting to be.
    Open,
    /// A legal hold stands in the way; it goes on when that is released.
    Held,
    /// Done.
    Settled,
}

impl RequestStatus {
    /// The word used in storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Held => "held",
            Self::Settled => "settled",
        }
    }
}

/// A request of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RightsRequest {
    /// Its id.
    pub id: RequestId,
    /// The project.
    pub tenant: TenantId,
    /// What is asked for.
    pub kind: RequestKind,
    /// Under which law.
    pub regime: Regime,
    /// About whom or what.
    pub scope: RequestScope,
    /// Who took it in: a collector, `command-line`. Never a name or an address.
    pub taken_by: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// Until when it must be answered.
    pub due_at: Timestamp,
    /// Whether it got more time.
    #[serde(default)]
    pub extended: bool,
    /// Where it stands.
    pub status: RequestStatus,
    /// How far an erasure is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure: Option<ErasureProgress>,
    /// The signed certificates of an erasure, oldest first; see [`ErasureCertificate`](super::ErasureCertificate).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<String>,
    /// When it was settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Timestamp>,
    /// Raised by each [`save_request`](crate::ports::RightsRegister::save_request).
    #[serde(default)]
    pub revision: u64,
}

impl RightsRequest {
    /// A request that was received at `received_at`, with the days the law gives it.
    pub fn new(
        id: RequestId,
        tenant: TenantId,
        kind: RequestKind,
        regime: Regime,
        scope: RequestScope,
        taken_by: &str,
        received_at: Timestamp,
    ) -> Self {
        Self {
            id,
            tenant,
            kind,
            regime,
            scope,
            taken_by: taken_by.to_owned(),
            received_at,
            due_at: Deadline::of(regime, kind, received_at).answer_by,
            extended: false,
            status: RequestStatus::Open,
            erasure: None,
            certificates: Vec::new(),
            settled_at: None,
            revision: 0,
        }
    }

    /// Gives it the time the law allows for a request that is difficult. The person must be told why, within the first
    /// period.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] when it has no more time to get: it had it, it is settled, or it is overdue.
    pub fn extend(&mut self, now: Timestamp) -> Result<()> {
        let extended = Deadline::of(self.regime, self.kind, self.received_at).extended;
        match extended
            .filter(|_| !self.extended && self.status != RequestStatus::Settled && now <= self.due_at)
        {
            Some(due_at) => {
                (self.due_at, self.extended) = (due_at, true);
                Ok(())
            }
            None => Err(Error::new(
                ErrorKind::Conflict,
                "rights.extend",
                "the request has no more time to get: once, before it is due, and only where the law allows it",
            )),
        }
    }

    /// Whether its day has passed and it is not settled.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.status != RequestStatus::Settled && now > self.due_at
    }
}

/// A legal hold: what is kept of a person must go on being kept, because a court or an authority may ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LegalHold {
    /// The project.
    pub tenant: TenantId,
    /// The person.
    pub subject: SubjectId,
    /// The matter's reference, such as a file number.
    pub reference: String,
    /// Who placed it.
    pub placed_by: String,
    /// When.
    pub placed_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_request_gets_more_time_once_and_only_before_it_is_due() {
        let received = Timestamp::from_millis(1_769_860_800_000);
        let scope = RequestScope::Subject { subject: SubjectId::new("s").expect("a name") };
        let request = |kind, regime| {
            let (id, tenant) = (RequestId::new("r").expect("a name"), TenantId::new("t").expect("a name"));
            RightsRequest::new(id, tenant, kind, regime, scope.clone(), "test", received)
        };
        let mut erasure = request(RequestKind::Erasure, Regime::Gdpr);
        let first = erasure.due_at;
        erasure.extend(received).expect("once");
        assert!(erasure.due_at > first && erasure.extend(received).is_err());
        assert!(request(RequestKind::OptOut, Regime::Ccpa).extend(received).is_err());
        let late = first.after(Duration::from_millis(1));
        let mut overdue = request(RequestKind::Access, Regime::Gdpr);
        assert!(!overdue.is_overdue(first) && overdue.is_overdue(late));
        assert!(overdue.extend(late).is_err());
    }
}
