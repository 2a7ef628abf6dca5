//! Doing what a plan says.

use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::id::{JobId, SessionId};
use codesight_core::model::SessionStatus;
use codesight_core::ports::{
    BlobKey, BlobStore, BlobStoreExt as _, Catalog, JobKind, NewJob, SessionChange, SessionRef,
};
use codesight_core::time::Timestamp;
use serde::Serialize;

use super::{Action, StoragePlan};
use crate::ObjectBlobStore;
use crate::archive::{ArchiveLimits, ArchiveReader, verify};

/// What the actions work on.
#[derive(Clone, Copy)]
pub struct Keeper<'a> {
    /// Sessions, journals and jobs.
    pub catalog: &'a dyn Catalog,
    /// Frames, archives, training lines.
    pub blobs: &'a dyn BlobStore,
    /// The same store, where unfinished uploads can be told from blobs.
    pub uploads: Option<&'a ObjectBlobStore>,
    /// Now.
    pub now: Timestamp,
    /// Gives an id that no job has.
    pub new_job: &'a (dyn Fn() -> JobId + Send + Sync),
}

/// How an action ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum ActionOutcome {
    /// It was done.
    Done {
        /// Blobs deleted, uploads removed, jobs queued.
        count: u64,
        /// Bytes freed.
        freed: u64,
    },
    /// It had been done before, or is not needed any more.
    NothingToDo,
    /// It could not be done; nothing was lost by trying.
    Failed {
        /// Stable code.
        code: String,
        /// Sentence for people.
        message: String,
    },
}

/// One action and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActionReport {
    /// What was to do.
    #[serde(flatten)]
    pub action: Action,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: ActionOutcome,
}

/// What became of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct StorageReport {
    /// In the order of the plan.
    pub actions: Vec<ActionReport>,
}

impl StorageReport {
    /// Bytes freed.
    pub fn freed(&self) -> u64 {
        let freed = |report: &ActionReport| match report.outcome {
            ActionOutcome::Done { freed, .. } => freed,
            _ => 0,
        };
        self.actions.iter().map(freed).sum()
    }

    /// How many actions could not be done.
    pub fn failures(&self) -> usize {
        let failed = |report: &&ActionReport| matches!(report.outcome, ActionOutcome::Failed { .. });
        self.actions.iter().filter(failed).count()
    }
}

/// Applies a plan: every action, whatever became of those before. Interrupted or repeated, it goes on: an action that
/// was done finds nothing to do.
pub async fn apply(plan: &StoragePlan, keeper: Keeper<'_>) -> StorageReport {
    let mut report = StorageReport::default();
    for planned in &plan.actions {
        let of = |session: &SessionId| SessionRef { tenant: plan.tenant.clone(), session: session.clone() };
        let done = match &planned.action {
            Action::Archive { session } => queue(keeper, &of(session)).await,
            Action::FinishReplacement { session } => queue_replacement(keeper, &of(session)).await,
            Action::DropCaptured { session } => drop_captured(keeper, &of(session)).await,
            Action::Reencode { session, level } => {
                enqueue(keeper, &of(session), JobKind::Reencode(*level)).await
            }
            Action::CleanTemporary { before } => clean(keeper, *before).await,
        };
        let outcome = done.unwrap_or_else(|error| ActionOutcome::Failed {
            code: error.kind().code().to_owned(),
            message: error.message().to_owned(),
        });
        report.actions.push(ActionReport { action: planned.action.clone(), outcome });
    }
    report
}

/// Queues the processing of a session that is sealed or has failed.
pub(super) async fn queue(keeper: Keeper<'_>, session: &SessionRef) -> Result<ActionOutcome> {
    let stored = keeper.catalog.get(session).await?;
    match stored.status {
        SessionStatus::Processing => {}
        SessionStatus::Failed => {
            let change =
                SessionChange { status: Some(SessionStatus::Processing), ..SessionChange::default() };
            keeper.catalog.update(session, change).await?;
        }
        SessionStatus::Active | SessionStatus::Completed => return Ok(ActionOutcome::NothingToDo),
    }
    enqueue(keeper, session, JobKind::ProcessSession).await
}

/// Queues that the successor of an archive takes its place, if there is one. Two that did so at once could delete each
/// other's copy; a job is leased to one worker of all nodes.
pub(super) async fn queue_replacement(keeper: Keeper<'_>, session: &SessionRef) -> Result<ActionOutcome> {
    if has_successor(keeper, session).await? {
        return enqueue(keeper, session, JobKind::FinishReplacement).await;
    }
    Ok(ActionOutcome::NothingToDo)
}

/// Whether the archive of the session is about to be replaced.
pub(super) async fn has_successor(keeper: Keeper<'_>, session: &SessionRef) -> Result<bool> {
    match keeper.blobs.head(&BlobKey::archive_successor(&session.tenant, &session.session)).await {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

async fn enqueue(keeper: Keeper<'_>, session: &SessionRef, kind: JobKind) -> Result<ActionOutcome> {
    let id = (keeper.new_job)();
    let job = NewJob { id: id.clone(), kind, session: session.clone(), run_at: keeper.now };
    // While the session has an unfinished job, that one's id comes back.
    let is_new = keeper.catalog.enqueue(job).await? == id;
    Ok(if is_new { ActionOutcome::Done { count: 1, freed: 0 } } else { ActionOutcome::NothingToDo })
}

/// Deletes what an archive took over, after looking at every byte of that archive.
async fn drop_captured(keeper: Keeper<'_>, session: &SessionRef) -> Result<ActionOutcome> {
    let prefix = BlobKey::captured_prefix(&session.tenant, &session.session);
    let mut freed = 0;
    let mut after = None;
    loop {
        let page = keeper.blobs.list(&prefix, after.as_ref(), 500).await?;
        freed += page.iter().map(|blob| blob.size).sum::<u64>();
        match page.last() {
            Some(last) => after = Some(last.key.clone()),
            None => break,
        }
    }
    if after.is_none() {
        return Ok(ActionOutcome::NothingToDo);
    }
    if keeper.catalog.get(session).await?.status != SessionStatus::Completed {
        return Ok(ActionOutcome::NothingToDo);
    }
    require_sound(keeper.blobs, session).await?;
    keeper.catalog.clear(session).await?;
    let count = keeper.blobs.delete_all(&prefix).await?;
    Ok(ActionOutcome::Done { count, freed })
}

/// The archive of the session is there and every byte of it is right.
pub(super) async fn require_sound(blobs: &dyn BlobStore, session: &SessionRef) -> Result<()> {
    let key = BlobKey::archive(&session.tenant, &session.session);
    let reader = ArchiveReader::open_blob(blobs, key, &ArchiveLimits::default()).await?;
    let report = verify(&reader).await?;
    match report.problems.first() {
        None => Ok(()),
        Some(problem) => Err(Error::new(ErrorKind::Corrupt, "storage.verify", "the archive is not sound")
            .with("code", problem.refusal.code())
            .with("path", &problem.path)),
    }
}

async fn clean(keeper: Keeper<'_>, before: Timestamp) -> Result<ActionOutcome> {
    let Some(uploads) = keeper.uploads else { return Ok(ActionOutcome::NothingToDo) };
    Ok(match uploads.clean_temporary(before).await? {
        0 => ActionOutcome::NothingToDo,
        count => ActionOutcome::Done { count, freed: 0 },
    })
}
