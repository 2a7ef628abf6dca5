//! Sessions: one recording, from consent to trained model.

use serde::{Deserialize, Serialize};

use super::{Assignments, Extra, ModelPerformance, TrainingMetrics};
use crate::id::{CollectorId, ContentHash, SessionId, SubjectId, TenantId};
use crate::time::Timestamp;

/// Who acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SessionType {
    /// A person.
    #[default]
    Human,
    /// A program.
    Automated,
    /// A person with a program's help.
    Hybrid,
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SessionStatus {
    /// Interactions are coming in.
    Active,
    /// Sealed: no more interactions; a job is queued or running.
    Processing,
    /// Archived and verified.
    Completed,
    /// Processing gave up; the journal is kept.
    Failed,
}

impl SessionStatus {
    /// The word used in JSON, SQL and queries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Processing, Self::Completed, Self::Failed]
            .into_iter()
            .find(|status| status.as_str() == name)
    }

    /// Whether a session may go from this status to `next`. Staying is allowed: jobs run again.
    pub fn may_become(self, next: Self) -> bool {
        self == next
            || matches!(
                (self, next),
                (Self::Active | Self::Failed, Self::Processing)
                    | (Self::Processing, Self::Completed | Self::Failed)
            )
    }
}

/// What the person set out to do.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionGoal {
    /// The task in words.
    pub text: String,
    /// The task's id in a task list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<String>,
    /// The site the task is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
}

/// What the person agreed to before anything was captured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionConsent {
    /// The person the data is about.
    pub subject: SubjectId,
    /// Version of the text they agreed to.
    pub text_version: String,
    /// What for, such as `training` or `research`.
    pub purposes: Vec<String>,
    /// When.
    pub given_at: Timestamp,
    /// SHA-256 of the text that was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_hash: Option<ContentHash>,
    /// Whether the browser sent a Global Privacy Control signal.
    #[serde(default)]
    pub global_privacy_control: bool,
}

/// How the recorder was set up.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CaptureProfile {
    /// Name of the profile, such as `normal` or `high-fidelity`.
    #[serde(default)]
    pub name: String,
    /// Media type of the frames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_media_type: Option<String>,
    /// Recorder and version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorder: Option<String>,
    /// Browser and version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// Whether think-aloud audio is recorded.
    #[serde(default)]
    pub audio: bool,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

/// How the session ended, as the collector tells it. A claim, not evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SessionOutcome {
    /// The task was done.
    Succeeded,
    /// The task was given up.
    Abandoned,
    /// The task could not be done.
    Impossible,
    /// The person took the recording back: it is erased, not processed.
    Withdrawn,
    /// Nobody said.
    Unknown,
    /// An outcome this version does not know.
    #[serde(untagged)]
    Other(String),
}

/// Where a processing step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProcessingStepStatus {
    /// Not begun.
    Pending,
    /// Under way.
    Running,
    /// Done.
    Completed,
    /// Gave up.
    Failed,
    /// Left out on purpose.
    Skipped,
}

/// One step of the processing of a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProcessingStep {
    /// Stage name.
    pub name: String,
    /// Where it stands.
    pub status: ProcessingStepStatus,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// How many findings it made.
    #[serde(default)]
    pub findings: u32,
}

/// The specification's three categories of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCategory {
    /// Recorder, network, browser.
    DataCollection,
    /// Validation, quality thresholds, storage.
    Processing,
    /// Provider, training format, model training.
    Training,
}

/// One error met while a session was processed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProcessingError {
    /// Which of the three.
    pub category: ErrorCategory,
    /// Stable code.
    pub code: String,
    /// Sentence for people; never content.
    pub message: String,
    /// Step in which it happened.
    pub step: String,
    /// When.
    pub at: Timestamp,
    /// Whether another try may help.
    pub retryable: bool,
}

/// Think-aloud audio of a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AudioTrack {
    /// SHA-256 of the bytes.
    pub hash: ContentHash,
    /// Media type, such as `audio/webm`.
    pub media_type: String,
    /// When it began, by the collector's clock.
    pub started_at: Timestamp,
}

/// One session: identity, progress, quality and results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UnifiedSession {
    /// Its id.
    pub id: SessionId,
    /// The project it belongs to.
    pub tenant: TenantId,
    /// Who recorded it.
    pub collector: CollectorId,
    /// Who acted.
    #[serde(rename = "type")]
    pub kind: SessionType,
    /// Where it stands.
    pub status: SessionStatus,
    /// What the person set out to do.
    #[serde(default)]
    pub goal: SessionGoal,
    /// What the person agreed to.
    pub consent: SessionConsent,
    /// How the recorder was set up.
    #[serde(default)]
    pub capture: CaptureProfile,
    /// Which variants of which feature flags it was given when it began.
    #[serde(default, skip_serializing_if = "Assignments::is_empty")]
    pub flags: Assignments,
    /// When it began, by the server's clock.
    pub start_time: Timestamp,
    /// When it was sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Timestamp>,
    /// Milliseconds from start to end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// How it ended, as the collector tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<SessionOutcome>,
    /// How many places of its sequence are stored.
    #[serde(default)]
    pub interaction_count: u64,
    /// Where the archive is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive_url: Option<String>,
    /// The training file at the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training_file_id: Option<String>,
    /// The model trained with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    /// 0 to 100.
    #[serde(default)]
    pub quality_score: f64,
    /// 0 to 1.
    #[serde(default)]
    pub completeness: f64,
    /// 0 to 1.
    #[serde(default)]
    pub reliability: f64,
    /// What was done with it.
    #[serde(default)]
    pub processing_steps: Vec<ProcessingStep>,
    /// What went wrong.
    #[serde(default)]
    pub errors: Vec<ProcessingError>,
    /// Figures of the training it was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training_metrics: Option<TrainingMetrics>,
    /// Figures of the model trained with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_performance: Option<ModelPerformance>,
    /// Unknown fields.
    #[serde(flatten)]
    pub extra: Extra,
}

impl UnifiedSession {
    /// A session that begins: of a person, without a goal, and nothing is in it yet.
    pub fn new(
        id: SessionId,
        tenant: TenantId,
        collector: CollectorId,
        consent: SessionConsent,
        start_time: Timestamp,
    ) -> Self {
        Self {
            id,
            tenant,
            collector,
            kind: SessionType::default(),
            status: SessionStatus::Active,
            goal: SessionGoal::default(),
            consent,
            capture: CaptureProfile::default(),
            flags: Assignments::new(),
            start_time,
            end_time: None,
            duration: None,
            outcome: None,
            interaction_count: 0,
            archive_url: None,
            training_file_id: None,
            model_id: None,
            quality_score: 0.0,
            completeness: 0.0,
            reliability: 0.0,
            processing_steps: Vec::new(),
            errors: Vec::new(),
            training_metrics: None,
            model_performance: None,
            extra: Extra::new(),
        }
    }
}
