//! Reviews: what people decide about recorded sessions before they are trained on.
//!
//! A decision is added and never changed; the last one of each reviewer about the same thing counts. [`Standing`] is what
//! the decisions about one session come to, [`agreements`] how far reviewers agree. Decisions are words of this crate and
//! places, never free text: a sentence about a recording would be one more text to mask, and to erase.

mod agreement;
mod standing;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::id::{CollectorId, ReviewId, SessionId, TenantId};
use crate::model::UserIntentKind;
use crate::time::Timestamp;

pub use agreement::{Agreement, agreements};
pub use standing::Standing;

/// Whether a session may be trained on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It may.
    Accepted,
    /// It may not.
    Rejected,
    /// Nothing is said any more; takes an earlier verdict back.
    Undecided,
}

/// Why a session was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RejectReason {
    /// The person did not get where they wanted.
    GoalNotReached,
    /// What was done is not what the goal says.
    OtherGoal,
    /// Frames are missing, blank or do not fit the steps.
    BadFrames,
    /// Steps are missing.
    MissingSteps,
    /// Something personal was not masked. The session must also be erased or masked again.
    PersonalData,
    /// It is the same as another one.
    Duplicate,
    /// Another reason.
    Other,
}

/// What a reviewer says of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepMark {
    /// Worth learning from.
    Good,
    /// A mistake of the person: no line is made of it.
    Wrong,
    /// Right, and still no line is made of it.
    LeaveOut,
    /// Takes an earlier mark back.
    None,
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum ReviewDecision {
    /// About the session as a whole.
    Verdict {
        /// Whether it may be trained on.
        verdict: Verdict,
        /// Why not; empty unless it was rejected.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reasons: Vec<RejectReason>,
    },
    /// What the person was after in a run of steps.
    Intent {
        /// First place, from 1.
        first_seq: u64,
        /// Last place.
        last_seq: u64,
        /// What; none takes an earlier label back.
        intent: Option<UserIntentKind>,
    },
    /// About one step.
    Step {
        /// Its place, from 1.
        seq: u64,
        /// What is said of it.
        mark: StepMark,
    },
}

impl ReviewDecision {
    /// Refuses what no reader could use.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for places that are none, reasons without a rejection, and an
    /// intent that is not of the list.
    pub fn check(&self) -> Result<()> {
        let refused = |what| Err(Error::invalid("review.check", what));
        match self {
            Self::Verdict { verdict, reasons } => {
                if *verdict != Verdict::Rejected && !reasons.is_empty() {
                    return refused("only a rejection has reasons");
                }
                if reasons.len() > 7 {
                    return refused("a reason is named once");
                }
            }
            Self::Intent { first_seq, last_seq, intent } => {
                if *first_seq == 0 || last_seq < first_seq {
                    return refused("places begin with 1, and the last is not before the first");
                }
                if matches!(intent, Some(UserIntentKind::Other(_))) {
                    return refused("the intent is none of those that are known");
                }
            }
            Self::Step { seq: 0, .. } => return refused("places begin with 1"),
            Self::Step { .. } => {}
        }
        Ok(())
    }
}

/// One decision of one reviewer about one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// Its id, made by whoever decides, so that it can be sent twice.
    pub id: ReviewId,
    /// The project.
    pub tenant: TenantId,
    /// The session.
    pub session: SessionId,
    /// Who decided.
    pub reviewer: CollectorId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub decision: ReviewDecision,
}
