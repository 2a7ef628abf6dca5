//! What an archive says about its session, so that the pipeline can run on the archive alone.

use serde::{Deserialize, Serialize};

use super::{CaptureGap, Finding, SessionGoal, SessionOutcome, SessionType};
use crate::time::Timestamp;

/// What the pipeline was given besides interactions, frames and a vision analysis. Holds nothing about who recorded, nor
/// whom the data is about.
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
    /// The places that hold no interaction, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_places: Vec<OtherPlace>,
    /// What was found before the pipeline, such as frames that could not be decoded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
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
