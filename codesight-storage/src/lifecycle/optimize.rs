//! What storing could cost less: archives at a level that takes less room, classes for what is old, and why small archives
//! are not packed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::id::{SessionId, SubjectId};
use codesight_core::model::{ArchiveLevel, Finding, RuleId, SessionStatus, Severity};
use codesight_core::ports::{BlobKey, BlobStore, SessionRef};
use codesight_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::apply::{has_successor, queue_replacement};
use super::plan::before;
use super::{Action, Held, Inventory, Keeper, PlannedAction, StoragePlan};
use crate::archive::{
    ArchiveLimits, ArchiveReader, ArchiveSettings, LOSSY_SOURCE, NotReencoded, Reencoded, reencode,
};

/// Of an archive of that age the manifest could not be read; the place names the session.
pub const ARCHIVE_UNREADABLE: RuleId = RuleId::new("storage-archive-unreadable");

/// What is to become of archives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct OptimizePolicy {
    /// The level that archives are to be of.
    pub level: ArchiveLevel,
    /// Seconds after the end of the recording from which on.
    pub after_seconds: u64,
    /// How many archives are looked into at most, the ones that ended first before others.
    pub at_most: usize,
}

impl Default for OptimizePolicy {
    /// Hybrid after 30 days, a thousand at a time.
    fn default() -> Self {
        Self { level: ArchiveLevel::Hybrid, after_seconds: 30 * 86_400, at_most: 1_000 }
    }
}

/// What was looked at, and what of it stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Considered {
    /// Archives that are old enough.
    pub due: Held,
    /// Those of them that were looked into.
    pub opened: Held,
    /// Archives that stay as they are, by reason: `already-there`, `lossy-source`, `held`, `being-replaced`.
    pub left: BTreeMap<String, Held>,
}

/// What is to be done, and what was looked at for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OptimizationPlan {
    /// What to do, and what somebody should look at.
    #[serde(flatten)]
    pub plan: StoragePlan,
    /// What was looked at.
    pub considered: Considered,
}

/// Plans. Reads the manifests of archives, and changes nothing. Archives of the subjects in `held` stay as they are: whoever
/// placed the hold wants to find what was there.
///
/// # Errors
/// [`ErrorKind::Invalid`] for level `Exact`; what the store says. An archive that cannot be opened is a finding.
pub async fn plan_optimization(
    inventory: &Inventory,
    blobs: &dyn BlobStore,
    held: &BTreeSet<SubjectId>,
    policy: &OptimizePolicy,
    now: Timestamp,
) -> Result<OptimizationPlan> {
    if policy.level == ArchiveLevel::Exact {
        return Err(Error::invalid("storage.optimize", "an archive does not become exact again"));
    }
    let plan = StoragePlan {
        tenant: inventory.tenant.clone(),
        made_at: now,
        actions: Vec::new(),
        findings: Vec::new(),
    };
    let mut planned = OptimizationPlan { plan, considered: Considered::default() };
    let before = before(now, Duration::from_secs(policy.after_seconds));
    let mut due: Vec<_> = inventory
        .sessions
        .iter()
        .filter(|(_, holdings)| {
            holdings.status == Some(SessionStatus::Completed)
                && holdings.archive.blobs > 0
                && holdings.ended.is_some_and(|ended| ended < before)
        })
        .collect();
    due.sort_by_key(|(_, holdings)| holdings.ended);
    for (session, holdings) in due {
        let archive = holdings.archive;
        planned.considered.due = planned.considered.due.plus(archive);
        if planned.considered.opened.blobs >= policy.at_most as u64 {
            continue;
        }
        if holdings.subject.as_ref().is_some_and(|subject| held.contains(subject)) {
            planned.considered.leave("held", archive);
            continue;
        }
        if holdings.successor.blobs > 0 {
            planned.considered.leave("being-replaced", archive);
            continue;
        }
        planned.considered.opened = planned.considered.opened.plus(archive);
        planned.consider(blobs, session, archive, policy.level).await?;
    }
    Ok(planned)
}

impl OptimizationPlan {
    async fn consider(
        &mut self,
        blobs: &dyn BlobStore,
        session: &SessionId,
        archive: Held,
        level: ArchiveLevel,
    ) -> Result<()> {
        let key = BlobKey::archive(&self.plan.tenant, session);
        let reader = match ArchiveReader::open_blob(blobs, key, &ArchiveLimits::default()).await {
            Ok(reader) => reader,
            Err(error) if matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::Unsupported) => {
                let message = "the archive cannot be opened; storage recover gets back what is left";
                let finding = Finding::session(ARCHIVE_UNREADABLE, Severity::Error, message);
                self.plan.findings.push(finding.in_field(session.as_str()));
                return Ok(());
            }
            // Erased since it was listed.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let compression = &reader.manifest().compression;
        if compression.level == level {
            self.considered.leave("already-there", archive);
        } else if !compression.images.lossless {
            self.considered.leave(LOSSY_SOURCE, archive);
        } else {
            let action = Action::Reencode { session: session.clone(), level };
            self.plan.actions.push(PlannedAction { action, frees: expected(archive.bytes, level) });
        }
        Ok(())
    }
}

impl Considered {
    fn leave(&mut self, reason: &str, archive: Held) {
        let held = self.left.entry(reason.to_owned()).or_default();
        *held = held.plus(archive);
    }
}

/// What of an exact archive is free afterwards, by the sizes of five recorded sessions at each level (`benches/BASELINE.md`).
fn expected(bytes: u64, level: ArchiveLevel) -> u64 {
    let percent = match level {
        ArchiveLevel::Full => 46,
        ArchiveLevel::Hybrid => 62,
        ArchiveLevel::Compact => 83,
        ArchiveLevel::Exact => 0,
    };
    bytes / 100 * percent
}

/// What an attempt to encode an archive anew came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Optimized {
    /// The successor is stored and verified; a queued job puts it in its place.
    Queued {
        /// Bytes of the archive.
        before: u64,
        /// Bytes of its successor.
        after: u64,
    },
    /// The archive stays as it is.
    Left(NotReencoded),
    /// There is no archive, the session is not completed, or its archive is about to be replaced.
    NothingToDo,
}

/// Writes the successor of a session's archive at another level, and queues that it takes the archive's place. Interrupted,
/// or done twice at once, it is done again: the same archive gives the same successor, and the archive is not touched here.
///
/// # Errors
/// As [`reencode`]; what catalog and store say.
pub async fn optimize_archive(
    keeper: Keeper<'_>,
    session: &SessionRef,
    level: ArchiveLevel,
    scratch: &Path,
) -> Result<Optimized> {
    if has_successor(keeper, session).await? {
        queue_replacement(keeper, session).await?;
        return Ok(Optimized::NothingToDo);
    }
    if keeper.catalog.get(session).await?.status != SessionStatus::Completed {
        return Ok(Optimized::NothingToDo);
    }
    let limits = ArchiveLimits::default();
    let place = BlobKey::archive(&session.tenant, &session.session);
    let reader = match ArchiveReader::open_blob(keeper.blobs, place.clone(), &limits).await {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Optimized::NothingToDo),
        opened => opened?,
    };
    let successor = BlobKey::archive_successor(&session.tenant, &session.session);
    let settings = ArchiveSettings::new(level, scratch);
    let of_now = async || match ArchiveReader::open_blob(keeper.blobs, place, &limits).await {
        Ok(now) => Ok(now.manifest() == reader.manifest()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    };
    match Box::pin(reencode(&reader, keeper.blobs, successor.clone(), settings)).await? {
        Reencoded::Not(reason) => Ok(Optimized::Left(reason)),
        // Deleted by retention, or replaced, while this went on: a successor would bring it back.
        Reencoded::Done(_) if !of_now().await? => {
            keeper.blobs.delete(&successor).await?;
            Ok(Optimized::NothingToDo)
        }
        Reencoded::Done(published) => {
            queue_replacement(keeper, session).await?;
            Ok(Optimized::Queued { before: reader.size(), after: published.archive.size })
        }
    }
}
