//! Findings and what follows from them: scores, gaps, improvements.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{SessionOutcome, SurvivalReport};

/// The stable id of a rule, such as `frame-missing`. Never reused for another meaning.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct RuleId(Cow<'static, str>);

impl RuleId {
    /// A rule of this crate.
    pub const fn new(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Usable, but worse for it.
    Warning,
    /// This place cannot be used.
    Error,
}

/// Where a finding is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FindingPlace {
    /// Position in the session; none for the session as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Field path within the interaction, or the name of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// One thing a reader should know about a session. Never holds content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The rule.
    pub rule: RuleId,
    /// How much it matters.
    pub severity: Severity,
    /// Where.
    #[serde(default)]
    pub place: FindingPlace,
    /// Sentence for people.
    pub message: String,
}

impl Finding {
    /// A finding about the session as a whole.
    pub fn session(rule: RuleId, severity: Severity, message: impl Into<String>) -> Self {
        Self { rule, severity, place: FindingPlace::default(), message: message.into() }
    }

    /// A finding about the interaction at `seq`.
    pub fn at(seq: u64, rule: RuleId, severity: Severity, message: impl Into<String>) -> Self {
        Self { rule, severity, place: FindingPlace { seq: Some(seq), field: None }, message: message.into() }
    }

    /// Names the field.
    #[must_use]
    pub fn in_field(mut self, field: impl Into<String>) -> Self {
        self.place.field = Some(field.into());
        self
    }
}

/// One part of a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct QualityPart {
    /// What is measured.
    pub name: String,
    /// Its share of the whole, 0 to 1; all shares add up to 1.
    pub weight: f64,
    /// 0 to 1.
    pub score: f64,
    /// How many places were looked at.
    pub checked: u32,
    /// How many of them fell short, and by which rule.
    pub lost: Vec<(RuleId, u32)>,
}

/// The quality of a session, each point traceable to findings.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct QualityScore {
    /// 0 to 100.
    pub overall: f64,
    /// 0 to 1: how much of what happened was captured.
    pub completeness: f64,
    /// 0 to 1: how well the acted elements can be found again.
    pub reliability: f64,
    /// What the score is made of.
    pub parts: Vec<QualityPart>,
}

/// What kind of thing is missing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DataGapKind {
    /// The recorder said it missed something.
    Capture,
    /// A place of the sequence holds nothing usable.
    Interaction,
    /// A frame is missing.
    Frame,
    /// No selector.
    Selector,
    /// No page context.
    Context,
    /// A long silence.
    Time,
}

/// Something missing from a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DataGap {
    /// What is missing.
    pub kind: DataGapKind,
    /// First place it is missing at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_seq: Option<u64>,
    /// Last place it is missing at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seq: Option<u64>,
    /// How many places.
    pub count: u32,
    /// Sentence for people.
    pub message: String,
}

/// What to do better next time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Improvement {
    /// The rule whose findings it would avoid.
    pub rule: RuleId,
    /// How many findings.
    pub findings: u32,
    /// How many points of the score it would win back.
    pub points: f64,
    /// What to do, in one sentence.
    pub advice: String,
}

/// Whether the task was done, judged by what the pages became. The collector's own word is beside it and plays no part.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TaskOutcome {
    /// 0 to 1: how likely it is that the task was done.
    pub likelihood: f64,
    /// Which facts speak for that, as stable words.
    pub evidence: Vec<String>,
    /// What the collector says; none when they said nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<SessionOutcome>,
}

/// What an action did for the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StepLabel {
    /// It led on, as far as can be told.
    Correct,
    /// It changed nothing.
    Redundant,
    /// It was taken back right afterwards.
    Wrong,
    /// It took back a wrong one.
    Recovery,
}

/// `quality-report.json`: everything a reader needs to judge a session.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct QualityReport {
    /// The score.
    pub score: QualityScore,
    /// Findings, by place and rule.
    pub findings: Vec<Finding>,
    /// What is missing.
    pub gaps: Vec<DataGap>,
    /// What to do better.
    pub improvements: Vec<Improvement>,
    /// Whether the task was done. Reports of versions before it have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<TaskOutcome>,
    /// How the selectors fared when their elements were met again; none when none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selectors: Option<SurvivalReport>,
}
