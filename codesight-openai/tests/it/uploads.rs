//! Files and uploads in parts: what arrives is what was sent, once, whatever broke in between.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use codesight_core::{ErrorKind, Retry};
use codesight_openai::api::Purpose;
use codesight_openai::client::Client;
use codesight_openai::files::Files;
use codesight_openai::limits::Limits;
use codesight_openai::records::{FolderRecords, MemoryRecords, Records};
use codesight_openai::testkit::{FakeOptions, FakeService, Fault};
use codesight_openai::uploads::{
    BytesSource, FileSource, PartUploader, Progress, Source, UploadOptions, digest, plan_shards, spool,
};
use http::Method;

use crate::service::{NOON, TokioClock, client_of, fake, patient};

/// Letters in which no part is like another.
fn content(bytes: usize) -> Bytes {
    (0..bytes).map(|at| b'a' + ((at / 7 + at / 1_000) % 26) as u8).collect()
}

fn uploader(client: &Client, records: &Arc<dyn Records>) -> PartUploader {
    PartUploader::new(client.clone(), Arc::clone(records), UploadOptions { part_bytes: 1_000, parallel: 3 })
}

fn memory() -> Arc<dyn Records> {
    Arc::new(MemoryRecords::default())
}

#[tokio::test]
async fn parts_come_together_in_order_and_progress_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lines.jsonl");
    let content = content(9_500);
    std::fs::write(&path, &content).expect("written");
    let source: Arc<dyn Source> = Arc::new(FileSource::open(&path).await.expect("there"));
    let digests = digest(&*source).await.expect("read");
    let (service, client) = fake(FakeOptions::default());
    let told = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&told);
    let records = memory();
    let uploader = uploader(&client, &records)
        .on_progress(move |progress| sink.lock().expect("no panic").push(progress));
    let file = uploader.upload(&source, &digests, Purpose::FineTune).await.expect("uploaded");
    assert_eq!(service.content(&file.id).as_deref(), Some(&*content));
    assert_eq!((service.counts().parts, service.counts().training_files), (10, 1));
    let told = told.lock().expect("no panic").clone();
    assert_eq!(told.first(), Some(&Progress { done: 0, total: 9_500 }));
    assert_eq!(told.last(), Some(&Progress { done: 9_500, total: 9_500 }));
    assert!(told.windows(2).all(|pair| pair[0].done <= pair[1].done));
    // The same content is not sent again, whichever way.
    let again = uploader.upload(&source, &digests, Purpose::FineTune).await.expect("found");
    let direct = Files::new(client).upload(&source, &digests, Purpose::FineTune).await.expect("found");
    assert_eq!((again.id, direct.id), (file.id.clone(), file.id));
    assert_eq!((service.counts().parts, service.counts().uploads), (10, 1));
}

#[tokio::test(start_paused = true)]
async fn what_arrived_before_a_crash_is_not_sent_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let records: Arc<dyn Records> = Arc::new(FolderRecords(folder.path().join("records")));
    let clock = TokioClock::start();
    let service = FakeService::new(FakeOptions::default(), Arc::clone(&clock));
    let client = client_of(&service, Arc::clone(&clock)).with_policy(patient(0));
    let source: Arc<dyn Source> = Arc::new(BytesSource(content(9_500)));
    let digests = digest(&*source).await.expect("read");
    service.faults(|plan| plan.after(6, Method::POST, "/parts", Fault::LostRequest));
    let error =
        uploader(&client, &records).upload(&source, &digests, Purpose::FineTune).await.expect_err("broke");
    assert_eq!(error.retry(), Retry::Later);
    let before = service.counts().parts;
    assert!((3..10).contains(&before), "{before} parts");
    // A new program, with what the folder remembers.
    let client = client_of(&service, clock);
    let file =
        uploader(&client, &records).upload(&source, &digests, Purpose::FineTune).await.expect("taken up");
    assert_eq!(service.counts().uploads, 1);
    // Those that were under way when the first program ended may have arrived without being remembered.
    assert!(service.counts().parts <= 10 + 3, "{:?}", service.counts());
    assert_eq!(service.content(&file.id), Some(content(9_500)));
    assert_eq!(std::fs::read_dir(folder.path().join("records")).expect("a folder").count(), 0, "forgotten");
}

#[tokio::test(start_paused = true)]
async fn an_upload_the_service_forgot_is_begun_anew() {
    for ahead in [3_700, 3_570] {
        let records = memory();
        let clock = TokioClock::start();
        let service = FakeService::new(FakeOptions::default(), Arc::clone(&clock));
        let client = client_of(&service, Arc::clone(&clock)).with_policy(patient(0));
        let source: Arc<dyn Source> = Arc::new(BytesSource(content(5_000)));
        let digests = digest(&*source).await.expect("read");
        service.faults(|plan| plan.after(2, Method::POST, "/parts", Fault::Failing(500)));
        uploader(&client, &records).upload(&source, &digests, Purpose::FineTune).await.expect_err("broke");
        tokio::time::advance(std::time::Duration::from_secs(ahead)).await;
        let file =
            uploader(&client, &records).upload(&source, &digests, Purpose::FineTune).await.expect("anew");
        assert_eq!((service.counts().uploads, service.counts().training_files), (2, 1));
        assert_eq!(service.content(&file.id), Some(content(5_000)));
    }
}

#[tokio::test(start_paused = true)]
async fn expiry_in_the_middle_is_noticed() {
    let clock = TokioClock::start();
    let service = FakeService::new(FakeOptions::default(), Arc::clone(&clock));
    let client = client_of(&service, clock);
    let source: Arc<dyn Source> = Arc::new(BytesSource(content(5_000)));
    let digests = digest(&*source).await.expect("read");
    service.faults(|plan| {
        plan.next(Method::POST, "/complete", Fault::Refused(400, "upload_expired", "The upload is expired."));
    });
    let file = uploader(&client, &memory()).upload(&source, &digests, Purpose::FineTune).await.expect("anew");
    assert_eq!((service.counts().uploads, service.counts().training_files), (2, 1));
    assert_eq!(service.content(&file.id), Some(content(5_000)));
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_makes_no_second_file() {
    for fault in [Fault::LostReply, Fault::ResetMidBody, Fault::Truncated, Fault::Page] {
        let clock = TokioClock::start();
        let service = FakeService::new(FakeOptions::default(), Arc::clone(&clock));
        let client = client_of(&service, clock);
        let source: Arc<dyn Source> = Arc::new(BytesSource(content(5_000)));
        let digests = digest(&*source).await.expect("read");
        service.faults(|plan| plan.next(Method::POST, "/complete", fault.clone()));
        uploader(&client, &memory()).upload(&source, &digests, Purpose::FineTune).await.expect("uploaded");
        assert_eq!(service.counts().training_files, 1, "{fault:?} of the completion");

        let source: Arc<dyn Source> = Arc::new(BytesSource(content(4_000)));
        let digests = digest(&*source).await.expect("read");
        service.faults(|plan| plan.next(Method::POST, "/files", fault.clone()));
        Files::new(client).upload(&source, &digests, Purpose::FineTune).await.expect("uploaded");
        assert_eq!(service.counts().training_files, 2, "{fault:?} of the plain upload");
    }
}

#[tokio::test]
async fn damage_on_the_way_is_noticed() {
    let (_, client) = fake(FakeOptions::default());
    let source: Arc<dyn Source> = Arc::new(BytesSource(content(5_000)));
    let mut digests = digest(&*source).await.expect("read");
    digests.md5.replace_range(..1, if digests.md5.starts_with('0') { "1" } else { "0" });
    let error =
        uploader(&client, &memory()).upload(&source, &digests, Purpose::FineTune).await.expect_err("damaged");
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn a_reader_is_spooled_and_a_file_that_shrinks_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("spool");
    let data = content(700_000);
    let spooled = spool(&*data, &path).await.expect("written");
    assert_eq!(spooled.len(), 700_000);
    let digests = digest(&spooled).await.expect("read");
    assert_eq!(digests, digest(&BytesSource(data)).await.expect("read"));
    std::fs::write(&path, b"short").expect("written");
    assert_eq!(digest(&spooled).await.expect_err("shorter").kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn known_digests() {
    let digests = digest(&BytesSource(Bytes::from_static(b"abc"))).await.expect("read");
    assert_eq!(digests.md5, "900150983cd24fb0d6963f7d28e17f72");
    assert_eq!(digests.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(digests.bytes, 3);
}

#[tokio::test]
async fn files_are_listed_fetched_and_deleted() {
    let (_, client) = fake(FakeOptions::default());
    let files = Files::new(client);
    let mut made = Vec::new();
    for size in [10, 20, 30] {
        let source: Arc<dyn Source> = Arc::new(BytesSource(content(size)));
        let digests = digest(&*source).await.expect("read");
        made.push(files.upload(&source, &digests, Purpose::FineTune).await.expect("uploaded"));
    }
    let listed: Vec<_> =
        files.list(Purpose::FineTune).await.expect("listed").into_iter().map(|file| file.id).collect();
    assert_eq!(listed, made.iter().rev().map(|file| file.id.clone()).collect::<Vec<_>>());
    assert_eq!(files.content(&made[1].id).await.expect("there"), content(20));
    assert!(made[0].created_at >= NOON.as_millis() / 1_000);
    assert!(files.delete(&made[1].id).await.expect("deleted"));
    assert!(!files.delete(&made[1].id).await.expect("nothing to delete"));
    assert_eq!(files.get(&made[1].id).await.expect_err("gone").kind(), ErrorKind::NotFound);
}

#[test]
fn shards_keep_the_limits_and_every_line() {
    let limits = Limits { max_file_bytes: Some(100), max_examples: Some(4), ..Limits::together() };
    for (lines, expected) in
        [(vec![60, 60], 2), (vec![10; 9], 3), (vec![50, 50], 1), (vec![], 0), (vec![99, 2, 99], 3)]
    {
        let plan = plan_shards(&lines, &limits).expect("a plan");
        assert_eq!(plan.len(), expected, "{lines:?}: {plan:?}");
        assert_eq!(plan.iter().map(|shard| shard.bytes).sum::<u64>(), lines.iter().sum::<u64>());
        assert!(plan.iter().all(|shard| shard.bytes <= 100 && shard.last_line - shard.first_line < 4));
        let mut line = 0;
        for shard in &plan {
            assert_eq!(shard.first_line, line + 1);
            line = shard.last_line;
        }
        assert_eq!(line, lines.len() as u64);
    }
    assert_eq!(plan_shards(&[101], &limits).expect_err("too large").kind(), ErrorKind::LimitExceeded);
}
