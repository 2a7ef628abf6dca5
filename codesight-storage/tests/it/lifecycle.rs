//! Plans, what becomes of them, and sessions that are got back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use codesight_core::ErrorKind;
use codesight_core::id::JobId;
use codesight_core::memory::MemoryCatalog;
use codesight_core::model::{ArchiveLevel, QualityReport, SessionStatus};
use codesight_core::ports::{BlobKey, BlobStore, Catalog, JobKind, SessionChange, SessionRef};
use codesight_core::testkit::{FaultMoment, Faults, FaultyBlobStore, FaultyCatalog, fixtures};
use codesight_core::time::Timestamp;
use codesight_storage::archive::{ArchiveLimits, Replacement, replace, verify};
use codesight_storage::lifecycle::{
    ARCHIVE_GONE, Action, ActionOutcome, Inventory, Keeper, Recovery, SESSION_UNKNOWN, StoragePolicy, apply,
    plan, recover,
};
use codesight_storage::{ArchiveReader, ArchiveSession, ArchiveWriter, ObjectBlobStore};

use crate::support::*;

/// Long after everything that fixtures record.
const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);

fn new_job() -> JobId {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    JobId::new(format!("job-{}", NUMBER.fetch_add(1, Ordering::SeqCst))).expect("name")
}

struct World {
    catalog: Arc<dyn Catalog>,
    blobs: Arc<dyn BlobStore>,
    scratch: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        Self {
            catalog: Arc::new(MemoryCatalog::default()),
            blobs: Arc::new(ObjectBlobStore::memory()),
            scratch: tempfile::tempdir().expect("folder"),
        }
    }

    fn keeper(&self) -> Keeper<'_> {
        Keeper {
            catalog: self.catalog.as_ref(),
            blobs: self.blobs.as_ref(),
            uploads: None,
            now: NOW,
            new_job: &new_job,
        }
    }

    async fn inventory(&self) -> Inventory {
        let tenant = fixtures::tenant().expect("name");
        Inventory::take(self.catalog.as_ref(), self.blobs.as_ref(), &tenant).await.expect("listed")
    }

    /// A recorded and sealed session with two captured frames; its job is gone, as after a crash of the queue's host.
    async fn recorded(&self, seed: u64) -> SessionRef {
        let session = fixtures::session_ref(seed).expect("names");
        self.catalog.create(fixtures::new_session(seed).expect("session")).await.expect("created");
        let head = self.catalog.open_epoch(&session, fixtures::at(0)).await.expect("opened");
        let records = fixtures::records(seed, 1, 3).expect("records");
        self.catalog.append(&session, head.epoch, records, fixtures::at(1)).await.expect("appended");
        let job = fixtures::job(seed, fixtures::at(2)).expect("job");
        self.catalog.seal(&session, None, job, fixtures::at(2)).await.expect("sealed");
        let worker = fixtures::worker(1).expect("name");
        while let Some(job) =
            self.catalog.lease(&worker, NOW, std::time::Duration::from_secs(1)).await.expect("leased")
        {
            self.catalog.complete(&job.id, &worker).await.expect("gone");
        }
        for picture_seed in [1, 2] {
            let bytes = png(64, 40, &picture(64, 40, picture_seed));
            let hash = codesight_core::id::ContentHash::of(&bytes);
            self.blobs
                .put(&BlobKey::captured(&session.tenant, &session.session, &hash), bytes)
                .await
                .expect("put");
        }
        session
    }

    async fn archive(&self, of: &SessionRef) -> Bytes {
        let names = ArchiveSession { tenant: of.tenant.clone(), session: of.session.clone(), ..session() };
        let mut writer = ArchiveWriter::create(settings(ArchiveLevel::Hybrid, &self.scratch), names)
            .await
            .expect("scratch");
        let hashes =
            [1, 2].map(|seed| codesight_core::id::ContentHash::of(&png(64, 40, &picture(64, 40, seed))));
        let frames = [frame(1, hashes[0], 64, 40), frame(2, hashes[1], 64, 40)];
        assert_eq!(writer.add_frames(self.blobs.as_ref(), frames).await.expect("frames"), []);
        writer.finish(self.blobs.as_ref(), &QualityReport::default()).await.expect("published");
        self.blobs.get(&BlobKey::archive(&of.tenant, &of.session)).await.expect("archive")
    }

    async fn status(&self, of: &SessionRef, status: SessionStatus) {
        let change = SessionChange { status: Some(status), ..SessionChange::default() };
        self.catalog.update(of, change).await.expect("updated");
    }

    async fn damage(&self, of: &SessionRef, whole: &Bytes) {
        let key = BlobKey::archive(&of.tenant, &of.session);
        let mut damaged = whole.to_vec();
        damaged[200] ^= 1;
        self.blobs.delete(&key).await.expect("deleted");
        self.blobs.put(&key, damaged.into()).await.expect("put");
    }

    /// Does the replacements that are queued, as a worker does, and says how many there were.
    async fn replaced(&self) -> usize {
        let worker = fixtures::worker(2).expect("name");
        let lease = std::time::Duration::from_secs(1);
        let mut done = 0;
        while let Some(job) = self.catalog.lease(&worker, NOW, lease).await.expect("leased") {
            assert_eq!(job.kind, JobKind::FinishReplacement);
            let (tenant, session) = (&job.session.tenant, &job.session.session);
            let limits = ArchiveLimits::default();
            let replacement = replace(self.blobs.as_ref(), tenant, session, &limits).await;
            assert_eq!(replacement.expect("sound"), Replacement::Done);
            self.catalog.complete(&job.id, &worker).await.expect("held");
            done += 1;
        }
        done
    }

    async fn captured(&self, of: &SessionRef) -> usize {
        let prefix = BlobKey::captured_prefix(&of.tenant, &of.session);
        self.blobs.list(&prefix, None, 100).await.expect("listed").len()
    }

    async fn has_sound_archive(&self, of: &SessionRef) -> bool {
        let key = BlobKey::archive(&of.tenant, &of.session);
        match ArchiveReader::open_blob(self.blobs.as_ref(), key, &ArchiveLimits::default()).await {
            Ok(reader) => verify(&reader).await.expect("reads").is_sound(),
            Err(_) => false,
        }
    }
}

#[tokio::test]
async fn a_plan_names_what_is_to_do_and_changes_nothing() {
    let world = World::new();
    let waiting = world.recorded(1).await;
    let done = world.recorded(2).await;
    world.archive(&done).await;
    world.status(&done, SessionStatus::Completed).await;
    let gone = world.recorded(3).await;
    world.status(&gone, SessionStatus::Completed).await;
    let stranger = BlobKey::new(format!("{}/archives/stranger.zip", done.tenant)).expect("key");
    world.blobs.put(&stranger, Bytes::from_static(b"zip")).await.expect("put");

    let before = world.inventory().await;
    let planned = plan(&before, &StoragePolicy::default(), NOW);
    let actions: Vec<_> = planned.actions.iter().map(|planned| planned.action.clone()).collect();
    assert!(actions.contains(&Action::Archive { session: waiting.session.clone() }));
    assert!(actions.contains(&Action::DropCaptured { session: done.session.clone() }));
    assert!(
        !actions.contains(&Action::DropCaptured { session: gone.session.clone() }),
        "the archive is not there"
    );
    assert!(planned.frees() > 100);
    let rules: Vec<_> = planned
        .findings
        .iter()
        .map(|finding| (finding.rule.clone(), finding.place.field.clone().expect("a session")))
        .collect();
    assert!(rules.contains(&(SESSION_UNKNOWN, "stranger".into())));
    assert!(rules.contains(&(ARCHIVE_GONE, gone.session.to_string())));
    assert_eq!(world.inventory().await, before, "a plan is a dry run");
    // It can be kept and applied later.
    let text = serde_json::to_string(&planned).expect("JSON");
    assert_eq!(
        serde_json::from_str::<codesight_storage::lifecycle::StoragePlan>(&text).expect("a plan"),
        planned
    );
}

#[tokio::test]
async fn an_applied_plan_can_be_applied_again() {
    let world = World::new();
    let waiting = world.recorded(1).await;
    let failed = world.recorded(2).await;
    world.status(&failed, SessionStatus::Failed).await;
    let done = world.recorded(3).await;
    world.archive(&done).await;
    world.status(&done, SessionStatus::Completed).await;
    let planned = plan(&world.inventory().await, &StoragePolicy::default(), NOW);

    let report = apply(&planned, world.keeper()).await;
    assert_eq!(report.failures(), 0, "{report:?}");
    assert!(report.freed() > 0);
    assert_eq!(world.captured(&done).await, 0);
    assert_eq!(world.captured(&waiting).await, 2, "what is not archived is kept");
    assert_eq!(world.catalog.counts(NOW).await.expect("counts").waiting, 2);
    let again = apply(&planned, world.keeper()).await;
    assert!(again.actions.iter().all(|report| report.outcome == ActionOutcome::NothingToDo), "{again:?}");
}

#[tokio::test]
async fn frames_are_kept_when_the_archive_that_took_them_over_is_damaged() {
    let world = World::new();
    let done = world.recorded(1).await;
    let whole = world.archive(&done).await;
    world.status(&done, SessionStatus::Completed).await;
    world.damage(&done, &whole).await;
    let report = apply(&plan(&world.inventory().await, &StoragePolicy::default(), NOW), world.keeper()).await;
    assert_eq!(report.failures(), 1);
    assert_eq!(world.captured(&done).await, 2);
    assert_eq!(world.catalog.read(&done, 0, 10).await.expect("journal").len(), 3);
}

#[tokio::test]
async fn whatever_call_fails_nothing_is_lost_and_the_plan_goes_on() {
    let mut faults_tried = 0;
    for moment in [FaultMoment::Before, FaultMoment::After] {
        for nth in 1.. {
            let world = World::new();
            let done = world.recorded(1).await;
            world.archive(&done).await;
            world.status(&done, SessionStatus::Completed).await;
            let planned = plan(&world.inventory().await, &StoragePolicy::default(), NOW);
            let faults = Arc::new(Faults::nth(nth).when(moment));
            let blobs = FaultyBlobStore::new(Arc::clone(&world.blobs), Arc::clone(&faults));
            let catalog = FaultyCatalog::new(Arc::clone(&world.catalog), Arc::clone(&faults));
            let report = apply(&planned, Keeper { catalog: &catalog, blobs: &blobs, ..world.keeper() }).await;
            assert!(world.has_sound_archive(&done).await);
            if faults.calls() < nth {
                break;
            }
            assert_eq!(report.failures(), 1, "call {nth}");
            faults_tried += 1;
            assert_eq!(apply(&planned, world.keeper()).await.failures(), 0);
            assert_eq!(world.captured(&done).await, 0);
        }
    }
    assert!(faults_tried > 10, "only {faults_tried} faults were tried");
}

#[tokio::test]
async fn a_session_is_got_back_from_what_is_left_of_it() {
    // Its job was lost: the journal is there.
    let world = World::new();
    let session = world.recorded(1).await;
    let recovery = recover(world.keeper(), &session, world.scratch.path()).await.expect("recovered");
    assert!(matches!(recovery, Recovery::Queued));
    assert_eq!(world.catalog.counts(NOW).await.expect("counts").waiting, 1);

    // It died while it was archived, and what it wrote is damaged: the journal is better.
    let world = World::new();
    let session = world.recorded(1).await;
    let whole = world.archive(&session).await;
    world.damage(&session, &whole).await;
    world.status(&session, SessionStatus::Failed).await;
    let recovery = recover(world.keeper(), &session, world.scratch.path()).await.expect("recovered");
    assert!(matches!(recovery, Recovery::Queued));
    assert!(!world.has_sound_archive(&session).await && world.captured(&session).await == 2);
    assert_eq!(world.archive(&session).await, whole, "the way is free");

    // Completed long ago, and the disk has eaten a byte.
    let world = World::new();
    let session = world.recorded(1).await;
    let whole = world.archive(&session).await;
    world.status(&session, SessionStatus::Completed).await;
    world.catalog.clear(&session).await.expect("cleared");
    assert!(matches!(recover(world.keeper(), &session, world.scratch.path()).await, Ok(Recovery::Sound)));
    world.damage(&session, &whole).await;
    let recovery = recover(world.keeper(), &session, world.scratch.path()).await.expect("recovered");
    let Recovery::Repaired(report) = recovery else { panic!("{recovery:?}") };
    assert_eq!((report.problems.len(), report.frames + report.lost_frames), (1, 2));
    assert!(!world.has_sound_archive(&session).await, "one worker alone puts it in its place");
    // Until it did, whoever asks again only sees to it that the job is there.
    assert!(matches!(recover(world.keeper(), &session, world.scratch.path()).await, Ok(Recovery::Queued)));
    assert_eq!(world.replaced().await, 1);
    assert!(world.has_sound_archive(&session).await);
    assert!(matches!(recover(world.keeper(), &session, world.scratch.path()).await, Ok(Recovery::Sound)));

    // Nothing is left.
    world.blobs.delete(&BlobKey::archive(&session.tenant, &session.session)).await.expect("deleted");
    let error = recover(world.keeper(), &session, world.scratch.path()).await.expect_err("nothing is left");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}
