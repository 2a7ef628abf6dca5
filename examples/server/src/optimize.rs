//! Archives at a level that takes less room, one job each.

use std::collections::BTreeSet;

use codesight_core::Result;
use codesight_core::id::{JobId, SubjectId, TenantId};
use codesight_core::model::ArchiveLevel;
use codesight_core::ports::SessionRef;
use codesight_storage::lifecycle::{Keeper, Optimized, optimize_archive};

use crate::app::{App, new_id};

/// The people of whom nothing is to be changed.
pub(crate) async fn held(app: &App, tenant: &TenantId) -> Result<BTreeSet<SubjectId>> {
    Ok(app.accounts.holds(tenant).await?.into_iter().map(|hold| hold.subject).collect())
}

/// Writes the successor of an archive, unless somebody placed a hold since it was planned.
pub(crate) async fn reencode_archive(app: &App, session: &SessionRef, level: ArchiveLevel) -> Result<()> {
    let subject = app.catalog.get(session).await?.consent.subject.clone();
    if held(app, &session.tenant).await?.contains(&subject) {
        tracing::info!(session = %session, "the archive stays as it is: there is a hold");
        return Ok(());
    }
    let keeper = Keeper {
        catalog: app.catalog.as_ref(),
        blobs: app.blobs.as_ref(),
        uploads: None,
        now: app.clock.now(),
        new_job: &new_job,
    };
    match optimize_archive(keeper, session, level, &app.scratch).await? {
        Optimized::Queued { before, after } => {
            tracing::info!(session = %session, before, after, "the archive was encoded anew");
            app.job_queued.notify_one();
        }
        Optimized::Left(reason) => {
            tracing::info!(session = %session, reason = ?reason, "the archive stays as it is");
        }
        Optimized::NothingToDo => {}
    }
    Ok(())
}

/// An id that no job has.
pub(crate) fn new_job() -> JobId {
    JobId::new(new_id()).unwrap_or_else(|_| unreachable!("a UUID is a job's name"))
}
