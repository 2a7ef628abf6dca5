//! Memory is bounded by the frames in flight, not by the session.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use codesight_core::Result;
use codesight_core::model::{ArchiveLevel, QualityReport};
use codesight_core::ports::{BlobInfo, BlobKey, BlobStore, BlobUpload, PutOutcome};
use codesight_storage::archive::ArchiveLimits;
use codesight_storage::{ArchiveReader, ArchiveWriter, ObjectBlobStore};

use crate::support::*;

/// Counts how many of the blobs it gave out are still held, and which ranges were read.
#[derive(Debug)]
struct CountingStore {
    inner: ObjectBlobStore,
    alive: Arc<AtomicUsize>,
    most: AtomicUsize,
    read: AtomicUsize,
}

struct Held(Bytes, Arc<AtomicUsize>);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.1.fetch_sub(1, Ordering::SeqCst);
    }
}

impl std::fmt::Display for CountingStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("counting")
    }
}

#[async_trait]
impl BlobStore for CountingStore {
    async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<PutOutcome> {
        self.inner.put(key, bytes).await
    }
    async fn upload(&self, key: &BlobKey) -> Result<Box<dyn BlobUpload>> {
        self.inner.upload(key).await
    }
    async fn get(&self, key: &BlobKey) -> Result<Bytes> {
        let bytes = self.inner.get(key).await?;
        self.most.fetch_max(self.alive.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        Ok(Bytes::from_owner(Held(bytes, Arc::clone(&self.alive))))
    }
    async fn get_range(&self, key: &BlobKey, range: Range<u64>) -> Result<Bytes> {
        let bytes = self.inner.get_range(key, range).await?;
        self.read.fetch_add(bytes.len(), Ordering::SeqCst);
        Ok(bytes)
    }
    async fn head(&self, key: &BlobKey) -> Result<BlobInfo> {
        self.inner.head(key).await
    }
    async fn list(&self, prefix: &str, after: Option<&BlobKey>, limit: usize) -> Result<Vec<BlobInfo>> {
        self.inner.list(prefix, after, limit).await
    }
    async fn delete(&self, key: &BlobKey) -> Result<()> {
        self.inner.delete(key).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_frames_in_flight_are_held() {
    let scratch = tempfile::tempdir().expect("folder");
    let store = CountingStore {
        inner: ObjectBlobStore::memory(),
        alive: Arc::default(),
        most: AtomicUsize::new(0),
        read: AtomicUsize::new(0),
    };
    let mut frames = Vec::new();
    for seq in 1..=40 {
        let hash = capture(&store, &png(160, 100, &picture(160, 100, seq))).await;
        frames.push(frame(u64::from(seq), hash, 160, 100));
    }
    let wanted = frames[20].screenshot.hash;
    let mut settings = settings(ArchiveLevel::Full, &scratch);
    settings.frames_in_flight = 3;
    let mut writer = ArchiveWriter::create(settings, session()).await.expect("scratch");
    writer.add_frames(&store, frames).await.expect("frames");
    assert_eq!(store.alive.load(Ordering::SeqCst), 0);
    let most = store.most.load(Ordering::SeqCst);
    assert!((1..=3).contains(&most), "{most} captured frames were held at once");
    let published = writer.finish(&store, &QualityReport::default()).await.expect("published");

    // Reading one frame touches the end record, the directory, the manifest, the index and that frame.
    store.read.store(0, Ordering::SeqCst);
    let key = BlobKey::new(&published.archive.url).expect("key");
    let reader = ArchiveReader::open_blob(&store, key, &ArchiveLimits::default()).await.expect("opens");
    let frame = reader.read_frame(&wanted).await.expect("frame");
    let described: u64 = published
        .archive
        .manifest
        .files
        .iter()
        .filter(|file| file.path == "screenshots/index.json")
        .map(|file| file.compressed_size)
        .sum();
    let read = store.read.load(Ordering::SeqCst);
    let overhead = 50 * 110 + 10_000;
    assert!(
        read < frame.bytes.len() + described as usize + overhead,
        "{read} of {} bytes were read for one frame",
        published.archive.size
    );
}
