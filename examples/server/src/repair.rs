//! What a server that died left half done is finished when one starts.
//!
//! Replacements of archives are finished by jobs: a job is leased to one worker of all nodes, and two that replaced the same
//! archive at once could delete each other's copy.

use std::time::Duration;

use codesight_core::id::{JobId, TenantId};
use codesight_core::ports::{BlobKey, JobKind, NewJob, SessionRef};
use codesight_core::time::Timestamp;
use codesight_core::{ErrorKind, Result};
use codesight_storage::archive::{ArchiveLimits, Replacement, replace};

use crate::app::{App, new_id};

/// No upload takes longer.
const OLDEST_UPLOAD: Duration = Duration::from_secs(24 * 3_600);
const PAGE: usize = 500;

/// Queues what is to be finished, and removes what nobody finished.
pub(crate) async fn at_start(app: App) {
    for tenant in app.access.tenants() {
        match queue_replacements(&app, &tenant).await {
            Ok(0) => {}
            Ok(queued) => {
                tracing::info!(queued, "replacements of archives were interrupted and are finished now");
            }
            Err(error) => tracing::warn!(error = %error, "interrupted replacements could not be looked for"),
        }
    }
    let age = i64::try_from(OLDEST_UPLOAD.as_millis()).unwrap_or(i64::MAX);
    let before = Timestamp::from_millis(app.clock.now().as_millis().saturating_sub(age));
    match app.uploads.clean_temporary(before).await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "uploads that nobody finished were removed"),
        Err(error) => tracing::warn!(error = %error, "unfinished uploads could not be removed"),
    }
}

async fn queue_replacements(app: &App, tenant: &TenantId) -> Result<u64> {
    let prefix = BlobKey::archive_successors_prefix(tenant);
    let (mut queued, mut after) = (0, None::<BlobKey>);
    loop {
        let page = app.blobs.list(&prefix, after.as_ref(), PAGE).await?;
        for session in page.iter().filter_map(|blob| blob.key.session()) {
            let job = NewJob {
                id: JobId::new(new_id())?,
                kind: JobKind::FinishReplacement,
                session,
                run_at: app.clock.now(),
            };
            match app.catalog.enqueue(job).await {
                Ok(_) => queued += 1,
                // It was erased in between; whoever looks at the storage is told of what is left.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after = Some(last.key.clone()),
            _ => break,
        }
    }
    if queued > 0 {
        app.job_queued.notify_one();
    }
    Ok(queued)
}

/// Puts the successor of an archive in its place, or finds that somebody did.
pub(crate) async fn finish_replacement(app: &App, session: &SessionRef) -> Result<()> {
    let limits = ArchiveLimits::default();
    match replace(app.blobs.as_ref(), &session.tenant, &session.session, &limits).await? {
        Replacement::Done => tracing::info!(session = %session, "the archive was replaced"),
        Replacement::NothingToDo => {}
    }
    Ok(())
}
