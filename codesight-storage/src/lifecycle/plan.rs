//! What should be done about what is stored. Pure: the same inventory and moment give the same plan.

use std::time::Duration;

use codesight_core::id::{SessionId, TenantId};
use codesight_core::model::{ArchiveLevel, Finding, RuleId, SessionStatus, Severity};
use codesight_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Inventory, SessionHoldings};

/// The store holds files of a session that the catalog does not know; the place names the session.
pub const SESSION_UNKNOWN: RuleId = RuleId::new("storage-session-unknown");
/// A session is completed and has no archive; the place names the session.
pub const ARCHIVE_GONE: RuleId = RuleId::new("storage-archive-gone");

/// When something is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct StoragePolicy {
    /// Seconds after its end at which a session that is not archived is queued again.
    pub archive_after_seconds: u64,
    /// Whether that holds for sessions whose processing failed for good.
    pub retry_failed: bool,
    /// Seconds after which an upload that nobody finished is a leftover.
    pub temporary_after_seconds: u64,
}

impl Default for StoragePolicy {
    /// An hour, failed ones too, and a day.
    fn default() -> Self {
        Self { archive_after_seconds: 3_600, retry_failed: true, temporary_after_seconds: 86_400 }
    }
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Action {
    /// Queue the session to be processed and archived.
    Archive {
        /// Which.
        session: SessionId,
    },
    /// Put the successor of an archive in its place.
    FinishReplacement {
        /// Which.
        session: SessionId,
    },
    /// Verify the archive, then delete the captured frames and the journal that it took over.
    DropCaptured {
        /// Which.
        session: SessionId,
    },
    /// Queue that the archive is written anew at another level, from the pixels it holds exactly.
    Reencode {
        /// Which.
        session: SessionId,
        /// The level.
        level: ArchiveLevel,
    },
    /// Remove unfinished uploads.
    CleanTemporary {
        /// Those last written before this moment.
        before: Timestamp,
    },
}

/// An action and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedAction {
    /// What to do.
    #[serde(flatten)]
    pub action: Action,
    /// Bytes that it is expected to free.
    pub frees: u64,
}

/// What should be done, in order, and what somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoragePlan {
    /// The project.
    pub tenant: TenantId,
    /// When it was made.
    pub made_at: Timestamp,
    /// What to do.
    pub actions: Vec<PlannedAction>,
    /// What no action mends: nothing is deleted on the word of one side alone.
    pub findings: Vec<Finding>,
}

impl StoragePlan {
    /// Bytes that all of it is expected to free.
    pub fn frees(&self) -> u64 {
        self.actions.iter().map(|planned| planned.frees).sum()
    }
}

/// Plans.
pub fn plan(inventory: &Inventory, policy: &StoragePolicy, now: Timestamp) -> StoragePlan {
    let before = |seconds: u64| before(now, Duration::from_secs(seconds));
    let cutoff = before(policy.archive_after_seconds);
    let mut plan = StoragePlan {
        tenant: inventory.tenant.clone(),
        made_at: now,
        actions: Vec::new(),
        findings: Vec::new(),
    };
    for (session, held) in &inventory.sessions {
        for (action, frees) in actions(session, held, policy, cutoff) {
            plan.actions.push(PlannedAction { action, frees });
        }
        plan.findings.extend(finding(session, held));
    }
    let before = before(policy.temporary_after_seconds);
    plan.actions.push(PlannedAction { action: Action::CleanTemporary { before }, frees: 0 });
    plan
}

fn actions(
    session: &SessionId,
    held: &SessionHoldings,
    policy: &StoragePolicy,
    cutoff: Timestamp,
) -> Vec<(Action, u64)> {
    let mut actions = Vec::new();
    let of = || session.clone();
    // First of all: only then is there one archive to look at.
    if held.successor.blobs > 0 && held.status.is_some() {
        actions.push((Action::FinishReplacement { session: of() }, held.successor.bytes));
    }
    let is_old = held.ended.is_some_and(|ended| ended < cutoff);
    let is_due = match held.status {
        Some(SessionStatus::Processing) => is_old,
        Some(SessionStatus::Failed) => is_old && policy.retry_failed,
        _ => false,
    };
    if is_due {
        actions.push((Action::Archive { session: of() }, 0));
    }
    if held.status == Some(SessionStatus::Completed) && held.captured.blobs > 0 && held.archive.blobs > 0 {
        actions.push((Action::DropCaptured { session: of() }, held.captured.bytes));
    }
    actions
}

fn finding(session: &SessionId, held: &SessionHoldings) -> Option<Finding> {
    let (rule, severity, message) = match held.status {
        None => (SESSION_UNKNOWN, Severity::Warning, "the catalog does not know this session"),
        Some(SessionStatus::Completed) if held.archive.blobs == 0 && held.successor.blobs == 0 => {
            (ARCHIVE_GONE, Severity::Error, "the archive of a completed session is gone")
        }
        Some(_) => return None,
    };
    Some(Finding::session(rule, severity, message).in_field(session.as_str()))
}

pub(super) fn before(now: Timestamp, time: Duration) -> Timestamp {
    let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.as_millis().saturating_sub(millis))
}
