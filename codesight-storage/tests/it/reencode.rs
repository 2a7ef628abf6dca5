//! Archives at another level: what is kept, what is refused, and that nothing is lost wherever it is interrupted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use codesight_core::ErrorKind;
use codesight_core::id::{ContentHash, JobId};
use codesight_core::memory::MemoryCatalog;
use codesight_core::model::{ArchiveLevel, FileRole, QualityReport, ScreenshotRelation, SessionStatus};
use codesight_core::ports::{BlobKey, BlobStore, Catalog, JobKind, SessionChange, SessionRef};
use codesight_core::privacy::Masked;
use codesight_core::testkit::{FaultMoment, Faults, FaultyBlobStore, FaultyCatalog, fixtures};
use codesight_core::time::Timestamp;
use codesight_storage::archive::{
    ArchiveLimits, FrameInput, LOSSY_SOURCE, NotReencoded, Reencoded, reencode, replace, verify,
};
use codesight_storage::lifecycle::{
    Action, Inventory, Keeper, OptimizePolicy, Optimized, PriceList, TierPolicy, TierStep, apply,
    optimize_archive, packing, plan_optimization, tiering,
};
use codesight_storage::{ArchiveReader, ArchiveSession, ArchiveWriter, ObjectBlobStore};

use crate::support::*;

/// Long after everything that fixtures record.
const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);
const LOSSY_LEVELS: [ArchiveLevel; 3] = [ArchiveLevel::Full, ArchiveLevel::Hybrid, ArchiveLevel::Compact];
const SIDES: (u32, u32) = (128, 96);

/// A page, the page with something changed on it, the first page again as another capture, and another page.
fn pictures() -> Vec<(Vec<u8>, ScreenshotRelation)> {
    let page = picture(SIDES.0, SIDES.1, 1);
    let mut changed = page.clone();
    for line in 40..60 {
        let start = (line * SIDES.0 as usize + 40) * 3;
        changed[start..start + 150].fill(200);
    }
    let other = picture(SIDES.0, SIDES.1, 2);
    vec![
        (page.clone(), ScreenshotRelation::Before),
        (changed.clone(), ScreenshotRelation::After),
        (changed, ScreenshotRelation::Before),
        (page, ScreenshotRelation::After),
        (other, ScreenshotRelation::After),
    ]
}

/// The same pixels as another file, so that it is another capture of the same picture.
fn captured(number: usize, samples: &[u8]) -> Bytes {
    let mut bytes = png(SIDES.0, SIDES.1, samples).to_vec();
    bytes.extend(vec![0; number]);
    bytes.into()
}

/// Writes the session's archive at a level, from what was captured.
async fn write(blobs: &dyn BlobStore, level: ArchiveLevel, of: &ArchiveSession) -> Bytes {
    let scratch = tempfile::tempdir().expect("folder");
    let mut writer = ArchiveWriter::create(settings(level, &scratch), of.clone()).await.expect("scratch");
    let (mut uses, mut interactions) = (Vec::new(), Vec::new());
    for (number, (samples, relation)) in pictures().into_iter().enumerate() {
        let bytes = captured(number, &samples);
        let hash = ContentHash::of(&bytes);
        blobs.put(&BlobKey::captured(&of.tenant, &of.session, &hash), bytes).await.expect("put");
        let mut used: FrameInput = frame(number as u64 + 1, hash, SIDES.0, SIDES.1);
        used.screenshot.relation = relation;
        used.redactions = vec![redaction(10.0, 10.0, 20.0, 8.0)];
        let json: serde_json::Value =
            serde_json::from_slice(&interaction(number as u64 + 1, None, "Add")).expect("JSON");
        let mut json = json;
        json["screenshots"] = serde_json::json!([used.screenshot]);
        interactions.push(Masked::from_store(Bytes::from(json.to_string())));
        uses.push(used);
    }
    assert_eq!(writer.add_frames(blobs, uses).await.expect("frames"), []);
    writer.add_interactions(interactions).await.expect("interactions");
    let lines = ["{\"messages\":[\"screenshots/000001.webp\"]}", "{\"messages\":[2]}"];
    let lines = lines.map(|line| Masked::from_store(Bytes::from_static(line.as_bytes())));
    writer.add_training_lines(lines.to_vec()).await.expect("lines");
    writer.finish(blobs, &QualityReport::default()).await.expect("published");
    blobs.get(&BlobKey::archive(&of.tenant, &of.session)).await.expect("archive")
}

async fn open(bytes: &Bytes) -> ArchiveReader<'static> {
    let reader = ArchiveReader::open_bytes(bytes.clone(), &ArchiveLimits::default()).await.expect("opens");
    assert!(verify(&reader).await.expect("reads").is_sound());
    reader
}

fn successor() -> BlobKey {
    BlobKey::archive_successor(&session().tenant, &session().session)
}

async fn reencoded(archive: &Bytes, level: ArchiveLevel) -> (Reencoded, Option<Bytes>) {
    let (scratch, blobs) = (tempfile::tempdir().expect("folder"), ObjectBlobStore::memory());
    let done = reencode(&open(archive).await, &blobs, successor(), settings(level, &scratch)).await;
    (done.expect("encoded anew"), blobs.get(&successor()).await.ok())
}

/// Images by what is in them, and the files that are not images and must be the same.
fn content(reader: &ArchiveReader<'_>) -> BTreeMap<String, ContentHash> {
    let kept = reader.manifest().files.iter().filter(|file| !matches!(file.role, FileRole::Viewer));
    kept.map(|file| (file.path.clone(), reader.manifest().checksums[&file.path])).collect()
}

#[tokio::test]
async fn an_exact_archive_becomes_what_would_have_been_written_at_first() {
    let exact = write(&ObjectBlobStore::memory(), ArchiveLevel::Exact, &session()).await;
    let before = open(&exact).await;
    for level in [ArchiveLevel::Full, ArchiveLevel::Compact] {
        let direct = open(&write(&ObjectBlobStore::memory(), level, &session()).await).await;
        let (done, bytes) = reencoded(&exact, level).await;
        let Reencoded::Done(published) = done else { panic!("{done:?}") };
        let after = open(&bytes.expect("stored")).await;
        assert_eq!(content(&after), content(&direct), "{level:?}: encoded from the original pixels");
        assert_eq!(published.archive.size, after.size());
    }
    let (_, bytes) = reencoded(&exact, ArchiveLevel::Hybrid).await;
    let after = open(&bytes.expect("stored")).await;
    let (old, new) = (before.frame_index().await.expect("index"), after.frame_index().await.expect("index"));
    assert_eq!(old.frames.len(), new.frames.len());
    for (old, new) in old.frames.iter().zip(&new.frames) {
        let names = |entry: &codesight_core::model::FrameIndexEntry| {
            (entry.hash, entry.file.clone(), entry.painted.clone(), entry.blank)
        };
        assert_eq!(names(old), names(new), "what names a frame finds it");
        assert_eq!(old.painted.len(), 1);
    }
    // The first two pictures were acted on in one of their captures.
    let whole: Vec<_> = new.frames.iter().map(codesight_core::model::FrameIndexEntry::is_whole).collect();
    assert_eq!(
        whole, [true; 5],
        "of a picture that was acted on, every capture is whole; the last shows another page"
    );
    for path in ["interactions.json", "training.jsonl", "vision-analysis.json", "quality-report.json"] {
        let read = async |reader: &ArchiveReader<'_>| reader.read_entry(path).await.expect("there");
        assert_eq!(read(&before).await, read(&after).await, "{path}");
    }
    let (was, is) = (before.manifest(), after.manifest());
    assert_eq!((&is.redaction, &is.consent, &is.session), (&was.redaction, &was.consent, &was.session));
    assert_eq!(is.compression.input_bytes, was.compression.input_bytes);
    assert_eq!(is.compression.level, ArchiveLevel::Hybrid);
    assert_eq!(is.extra["reencodedFrom"]["level"], "exact");
    assert_eq!(
        reencoded(&exact, ArchiveLevel::Hybrid).await.1,
        reencoded(&exact, ArchiveLevel::Hybrid).await.1
    );
}

#[tokio::test]
async fn what_was_encoded_with_loss_is_not_encoded_again() {
    for from in LOSSY_LEVELS {
        let archive = write(&ObjectBlobStore::memory(), from, &session()).await;
        for to in LOSSY_LEVELS {
            let (scratch, blobs) = (tempfile::tempdir().expect("folder"), ObjectBlobStore::memory());
            let done = reencode(&open(&archive).await, &blobs, successor(), settings(to, &scratch)).await;
            if from == to {
                assert_eq!(done.expect("fine"), Reencoded::Not(NotReencoded::AlreadyThere));
            } else {
                let error = done.expect_err("refused");
                assert_eq!(error.kind(), ErrorKind::Unsupported);
                assert!(error.to_string().contains(LOSSY_SOURCE), "{error}");
            }
            assert_eq!(blobs.list("", None, 10).await.expect("listed").len(), 0);
        }
    }
}

#[tokio::test]
async fn a_manifest_that_calls_lossy_images_exact_is_not_believed() {
    let archive = write(&ObjectBlobStore::memory(), ArchiveLevel::Full, &session()).await;
    let lie = crate::hostile_archives::with_manifest(&archive, |manifest| {
        manifest["compression"]["level"] = "exact".into();
        manifest["compression"]["images"]["lossless"] = true.into();
    })
    .await;
    let (scratch, blobs) = (tempfile::tempdir().expect("folder"), ObjectBlobStore::memory());
    let settings = settings(ArchiveLevel::Compact, &scratch);
    let error = reencode(&open(&lie).await, &blobs, successor(), settings).await.expect_err("refused");
    assert!(error.to_string().contains(LOSSY_SOURCE), "{error}");
}

fn new_job() -> JobId {
    JobId::new(uuid::Uuid::new_v4().to_string()).expect("name")
}

/// A completed session with an exact archive.
struct World {
    catalog: Arc<dyn Catalog>,
    blobs: Arc<dyn BlobStore>,
    scratch: tempfile::TempDir,
    of: SessionRef,
}

impl World {
    async fn new(level: ArchiveLevel) -> Self {
        let catalog: Arc<dyn Catalog> = Arc::new(MemoryCatalog::default());
        let blobs: Arc<dyn BlobStore> = Arc::new(ObjectBlobStore::memory());
        let of = fixtures::session_ref(1).expect("names");
        catalog.create(fixtures::new_session(1).expect("session")).await.expect("created");
        let job = fixtures::job(1, fixtures::at(2)).expect("job");
        catalog.seal(&of, None, job, fixtures::at(2)).await.expect("sealed");
        let worker = fixtures::worker(1).expect("name");
        let job = catalog.lease(&worker, NOW, Duration::from_secs(1)).await.expect("leased").expect("a job");
        catalog.complete(&job.id, &worker).await.expect("gone");
        let names = ArchiveSession { tenant: of.tenant.clone(), session: of.session.clone(), ..session() };
        write(blobs.as_ref(), level, &names).await;
        let change = SessionChange { status: Some(SessionStatus::Completed), ..SessionChange::default() };
        catalog.update(&of, change).await.expect("updated");
        Self { catalog, blobs, scratch: tempfile::tempdir().expect("folder"), of }
    }

    fn keeper<'a>(&self, catalog: &'a dyn Catalog, blobs: &'a dyn BlobStore) -> Keeper<'a> {
        Keeper { catalog, blobs, uploads: None, now: NOW, new_job: &new_job }
    }

    async fn inventory(&self) -> Inventory {
        Inventory::take(self.catalog.as_ref(), self.blobs.as_ref(), &self.of.tenant).await.expect("listed")
    }

    /// The level of the archive in its place, which must be sound.
    async fn level(&self) -> Option<ArchiveLevel> {
        let key = BlobKey::archive(&self.of.tenant, &self.of.session);
        let opened = ArchiveReader::open_blob(self.blobs.as_ref(), key, &ArchiveLimits::default()).await;
        let reader = opened.ok()?;
        let report = verify(&reader).await.expect("reads");
        report.is_sound().then(|| reader.manifest().compression.level)
    }

    /// Leases what is due and does it as a server does, until nothing is left; a job that fails is given back.
    async fn work(&self, keeper: Keeper<'_>, worker: u64) -> usize {
        let worker = fixtures::worker(worker).expect("name");
        let mut done = 0;
        while let Some(job) = self.catalog.lease(&worker, NOW, Duration::from_secs(60)).await.expect("leased")
        {
            let limits = ArchiveLimits::default();
            let outcome = match job.kind {
                JobKind::Reencode(level) => {
                    optimize_archive(keeper, &job.session, level, self.scratch.path()).await.map(drop)
                }
                JobKind::FinishReplacement => {
                    let SessionRef { tenant, session } = &job.session;
                    replace(keeper.blobs, tenant, session, &limits).await.map(drop)
                }
                other => panic!("{other:?}"),
            };
            match outcome {
                Ok(()) => {
                    self.catalog.complete(&job.id, &worker).await.expect("held");
                    done += 1;
                }
                Err(_) => {
                    let failure = codesight_core::ports::JobFailure {
                        code: "fault".into(),
                        message: "a fault".into(),
                        retry_at: Some(NOW),
                    };
                    self.catalog.fail(&job.id, &worker, failure).await.expect("held");
                    return done;
                }
            }
        }
        done
    }
}

#[tokio::test]
async fn a_plan_says_what_is_to_do_and_why_the_rest_stays() {
    let world = World::new(ArchiveLevel::Exact).await;
    let (inventory, policy) = (world.inventory().await, OptimizePolicy::default());
    let blobs = world.blobs.as_ref();
    let nobody = BTreeSet::new();
    let planned = plan_optimization(&inventory, blobs, &nobody, &policy, NOW).await.expect("planned");
    let action = Action::Reencode { session: world.of.session.clone(), level: ArchiveLevel::Hybrid };
    assert_eq!(planned.plan.actions.iter().map(|one| &one.action).collect::<Vec<_>>(), [&action]);
    assert!(planned.plan.frees() > 0 && planned.considered.left.is_empty());
    let text = serde_json::to_string(&planned).expect("JSON");
    assert_eq!(
        serde_json::from_str::<codesight_storage::lifecycle::OptimizationPlan>(&text).expect("a plan"),
        planned
    );
    assert_eq!(world.inventory().await, inventory, "a plan is a dry run");

    let subject = world.catalog.get(&world.of).await.expect("there").consent.subject.clone();
    let held = plan_optimization(&inventory, blobs, &BTreeSet::from([subject]), &policy, NOW).await;
    let held = held.expect("planned");
    assert_eq!((held.plan.actions.len(), held.considered.left["held"].blobs), (0, 1));
    let young = OptimizePolicy { after_seconds: u64::MAX, ..policy.clone() };
    let young = plan_optimization(&inventory, blobs, &nobody, &young, NOW).await.expect("planned");
    assert_eq!(young.considered.due.blobs, 0);
    let exact = OptimizePolicy { level: ArchiveLevel::Exact, ..policy.clone() };
    let error = plan_optimization(&inventory, blobs, &nobody, &exact, NOW).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Invalid);

    let lossy = World::new(ArchiveLevel::Full).await;
    let planned =
        plan_optimization(&lossy.inventory().await, lossy.blobs.as_ref(), &nobody, &policy, NOW).await;
    assert_eq!(planned.expect("planned").considered.left[LOSSY_SOURCE].blobs, 1);
}

#[tokio::test]
async fn jobs_put_smaller_archives_in_their_places() {
    let world = World::new(ArchiveLevel::Exact).await;
    let keeper = world.keeper(world.catalog.as_ref(), world.blobs.as_ref());
    let before = world.inventory().await;
    let planned =
        plan_optimization(&before, keeper.blobs, &BTreeSet::new(), &OptimizePolicy::default(), NOW).await;
    let planned = planned.expect("planned").plan;
    assert_eq!(apply(&planned, keeper).await.failures(), 0);
    assert_eq!(world.level().await, Some(ArchiveLevel::Exact), "a plan that is applied queues");
    assert_eq!(world.work(keeper, 1).await, 2, "the successor, and the replacement");
    assert_eq!(world.level().await, Some(ArchiveLevel::Hybrid));
    let after = world.inventory().await;
    assert!(after.archives().bytes < before.archives().bytes);
    assert_eq!(after.sessions[&world.of.session].successor.blobs, 0);
    // Applied again, it finds that it was done.
    apply(&planned, keeper).await;
    assert_eq!(world.work(keeper, 1).await, 1);
    assert_eq!(world.inventory().await, after);
}

#[tokio::test]
async fn whatever_call_fails_there_is_a_whole_archive_and_the_job_goes_on() {
    let mut faults_tried = 0;
    for moment in [FaultMoment::Before, FaultMoment::After] {
        for nth in 1.. {
            let world = World::new(ArchiveLevel::Exact).await;
            let faults = Arc::new(Faults::nth(nth).when(moment));
            let blobs = FaultyBlobStore::new(Arc::clone(&world.blobs), Arc::clone(&faults));
            let catalog = FaultyCatalog::new(Arc::clone(&world.catalog), Arc::clone(&faults));
            let job = fixtures::job(1, NOW).expect("job");
            let job = codesight_core::ports::NewJob { kind: JobKind::Reencode(ArchiveLevel::Hybrid), ..job };
            world.catalog.enqueue(job).await.expect("queued");
            world.work(world.keeper(&catalog, &blobs), 1).await;
            let next = BlobKey::archive_successor(&world.of.tenant, &world.of.session);
            assert!(
                world.level().await.is_some() || world.blobs.head(&next).await.is_ok(),
                "call {nth} {moment:?}: neither the archive nor its successor is whole"
            );
            world.work(world.keeper(world.catalog.as_ref(), world.blobs.as_ref()), 2).await;
            assert_eq!(world.level().await, Some(ArchiveLevel::Hybrid), "call {nth} {moment:?}");
            assert!(world.blobs.head(&next).await.is_err());
            if faults.calls() < nth {
                break;
            }
            faults_tried += 1;
        }
    }
    assert!(faults_tried > 20, "only {faults_tried} faults were tried");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_at_one_archive_leave_one_whole_archive() {
    for _ in 0..4 {
        let world = World::new(ArchiveLevel::Exact).await;
        let keeper = world.keeper(world.catalog.as_ref(), world.blobs.as_ref());
        // The lease of the first ran out while it went on, so that both do the same.
        let attempt = || optimize_archive(keeper, &world.of, ArchiveLevel::Compact, world.scratch.path());
        let (one, two) = tokio::join!(attempt(), attempt());
        let queued =
            [&one, &two].into_iter().filter(|done| matches!(done, Ok(Optimized::Queued { .. }))).count();
        assert!(queued >= 1, "{one:?} {two:?}");
        assert_eq!(world.catalog.counts(NOW).await.expect("counts").waiting, 1, "one replacement");
        tokio::join!(world.work(keeper, 1), world.work(keeper, 2));
        assert_eq!(world.level().await, Some(ArchiveLevel::Compact));
        // And one that comes late finds nothing to do.
        let late = optimize_archive(keeper, &world.of, ArchiveLevel::Compact, world.scratch.path()).await;
        assert_eq!(late.expect("fine"), Optimized::Left(NotReencoded::AlreadyThere));
    }
}

#[tokio::test]
async fn classes_and_packing_are_told_in_figures() {
    let world = World::new(ArchiveLevel::Exact).await;
    let (inventory, prices) = (world.inventory().await, PriceList::built_in().expect("prices"));
    let step = TierStep { after_days: 90, class: "GLACIER_IR".into() };
    let policy = TierPolicy { steps: vec![step], ..TierPolicy::default() };
    let tiers = tiering(&inventory, &policy, &prices, NOW).expect("told");
    assert_eq!(tiers.archives["GLACIER_IR"], inventory.archives());
    assert!(tiers.once > 0.0);
    let young = tiering(&inventory, &policy, &prices, fixtures::at(3)).expect("told");
    assert_eq!(young.archives["STANDARD"], inventory.archives());
    assert!((young.by_age - young.all_in_first).abs() < 1e-12);

    let packed = packing(&inventory, &prices);
    assert_eq!(
        packed.small,
        inventory.archives(),
        "an archive of this size counts as a larger one somewhere"
    );
    let of = |name: &str| packed.classes.iter().find(|class| class.name == name).expect("a class").clone();
    assert!(of("STANDARD").saved_a_month.abs() < 1e-12, "nothing is charged by the object there");
    assert!(of("STANDARD_IA").once > of("STANDARD").once);
}
