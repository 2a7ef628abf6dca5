//! What an archive says about its session, so that the pipeline can run on the archive alone.

use serde::{Deserialize, Serialize};

use super::{CaptureGap, Finding, SessionGoal, SessionOutcome, SessionType};
use crate::id::{CollectorId, SubjectId};
use crate::time::Timestamp;

/// What the pipeline was given besides interactions, frames and a vision analysis. Names neither who recorded nor whom the
/// data is about.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionSummary {
    /// Who acted.
    #[serde(rename = "type")]
    pub kind: SessionType,
    /// What the person set out to do, masked.
    pub goal: SessionGoal,
    /// How it ended, as the collector tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<SessionOutcome>,
    /// When it began, by the server's clock.
    pub start_time: Timestamp,
    /// When it was sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Timestamp>,
    /// Whose it is, so that data sets can be split by person. Archives that were written before this field was known have
    /// nobody.
    #[serde(default, skip_serializing_if = "ArchivedPeople::is_unknown")]
    pub people: ArchivedPeople,
    /// The places that hold no interaction, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_places: Vec<OtherPlace>,
    /// What was found before the pipeline, such as frames that could not be decoded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// The people of a session under stand-ins: the same person has the same one in every archive of the tenant, and only who
/// holds the tenant's key can tell whose it is. Made by [`TenantDigests::people`](crate::rights::TenantDigests::people).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ArchivedPeople {
    /// Who recorded; none where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collector: Option<CollectorId>,
    /// Whom the data is about; none where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<SubjectId>,
}

impl ArchivedPeople {
    /// Whether nobody is known.
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }
}

/// A place of the sequence that holds no interaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OtherPlace {
    /// Position, from 1.
    pub seq: u64,
    /// What it holds.
    #[serde(flatten)]
    pub content: OtherContent,
}

/// What such a place holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum OtherContent {
    /// Something the recorder missed.
    Gap(CaptureGap),
    /// Something that came and could not be used.
    Quarantined(Finding),
}
