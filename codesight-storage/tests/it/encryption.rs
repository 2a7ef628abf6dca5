//! Blobs and keys encrypted at rest.

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use codesight_core::error::{ErrorKind, Result};
use codesight_core::id::ContentHash;
use codesight_core::layer::VerifiedBlobStore;
use codesight_core::memory::{MemoryBlobStore, MemoryKeyStore};
use codesight_core::model::ArchiveLevel;
use codesight_core::ports::{BlobKey, BlobStore, KeyId, KeyStore, SecretKey};
use codesight_core::testkit::fixtures::{self, Seeded};
use codesight_core::testkit::{blobs_suite, keys_suite};
use codesight_core::time::FixedClock;
use codesight_storage::archive::{ArchiveLimits, blob_source, verify, verify_pixels};
use codesight_storage::encryption::{AgeKey, DecryptedSource, EncryptionRefusal, PlainBlobs, open, seal};
use codesight_storage::{ArchiveReader, EncryptedBlobStore, FileKeyStore, MasterKeys, ObjectBlobStore};
use tempfile::TempDir;

use crate::support::{self, write_small};

pub(crate) fn random_key() -> Result<SecretKey> {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    bytes[16..].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    Ok(SecretKey::from_bytes(bytes))
}

/// A store that encrypts, on `inner`, with keys of its own.
pub(crate) fn encrypted(inner: Arc<dyn BlobStore>) -> EncryptedBlobStore {
    with_keys(inner, Arc::new(MemoryKeyStore::default()), Arc::new(FixedClock::at(fixtures::at(0))))
}

fn with_keys(
    inner: Arc<dyn BlobStore>,
    keys: Arc<dyn KeyStore>,
    clock: Arc<FixedClock>,
) -> EncryptedBlobStore {
    EncryptedBlobStore::new(inner, keys, clock, random_key)
}

fn archive_key() -> BlobKey {
    let of = support::session();
    BlobKey::archive(&of.tenant, &of.session)
}

fn encryption_key() -> KeyId {
    let of = support::session();
    KeyId::encryption(&of.tenant, &of.session)
}

fn content(size: usize) -> Bytes {
    let mut numbers = Seeded::new(size as u64);
    (0..size).map(|_| numbers.next_u64() as u8).collect::<Vec<_>>().into()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_of_a_blob_store_is_kept_by_one_that_encrypts() {
    let memory = || async { Arc::new(encrypted(Arc::new(MemoryBlobStore::new()))) as Arc<dyn BlobStore> };
    let read_back = || async {
        let encrypted = encrypted(Arc::new(MemoryBlobStore::new())).with_plain(PlainBlobs::Read);
        Arc::new(VerifiedBlobStore::new(Arc::new(encrypted))) as Arc<dyn BlobStore>
    };
    let folders = Mutex::new(Vec::new());
    let local = || async {
        let folder = TempDir::new().expect("folder");
        let store = ObjectBlobStore::local(folder.path()).expect("store");
        folders.lock().expect("not poisoned").push(folder);
        Arc::new(encrypted(Arc::new(store))) as Arc<dyn BlobStore>
    };
    for summary in [
        blobs_suite().run("encrypted, in memory", memory).await,
        blobs_suite().run("encrypted or plain, read back", read_back).await,
        blobs_suite().run("encrypted, in a folder", local).await,
    ] {
        assert!(summary.expect("the contract is kept").skipped.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_of_a_key_store_is_kept_under_a_master_key() {
    let folders = Mutex::new(Vec::new());
    let fresh = || async {
        let folder = TempDir::new().expect("a folder");
        let keys = FileKeyStore::open(folder.path().join("keys")).expect("opened");
        folders.lock().expect("not poisoned").push(folder);
        Arc::new(keys.wrapped_by(master(1))) as Arc<dyn KeyStore>
    };
    let summary = keys_suite().run("files under a master key", fresh).await.expect("the contract is kept");
    assert!(summary.skipped.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn any_range_is_the_range_of_what_was_stored() {
    const CHUNK: usize = 65_536;
    let inner = Arc::new(MemoryBlobStore::new());
    let store = encrypted(Arc::clone(&inner) as Arc<dyn BlobStore>);
    let sizes = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 77, 5 * CHUNK];
    let mut numbers = Seeded::new(5);
    for size in sizes {
        let (key, whole) = (BlobKey::new(format!("t/x/{size}")).expect("a key"), content(size));
        store.put(&key, whole.clone()).await.expect("put");
        assert_eq!(store.head(&key).await.expect("head").size, size as u64);
        assert_eq!(store.get(&key).await.expect("get"), whole);
        let at = |number: u64| usize::try_from(number).expect("small").min(size);
        let random = (0..40).map(|_| {
            let start = numbers.below(size as u64 + 1);
            (at(start), at(start + numbers.below(2 * CHUNK as u64)))
        });
        let edges = (0..=size / CHUNK).flat_map(|chunk| {
            let place = chunk * CHUNK;
            [
                (place, place),
                (place, place + 1),
                (place.saturating_sub(1), place + 1),
                (place, size),
                (0, place),
            ]
        });
        let ranges: Vec<_> =
            random.chain(edges).filter(|(start, end)| start <= end && *end <= size).collect();
        for (start, end) in ranges {
            let read = store.get_range(&key, start as u64..end as u64).await.expect("a range");
            assert_eq!(read, whole.slice(start..end), "{start}..{end} of {size}");
        }
        let stored = inner.get(&key).await.expect("stored");
        let shown = whole.len() >= 32 && stored.windows(32).any(|window| window == &whole[..32]);
        assert!(stored.len() > size && !shown, "what is stored shows what it is");
    }
}

/// Random access must stay what it is: the ends of the file once, and the chunks of the range.
#[tokio::test(flavor = "multi_thread")]
async fn a_range_reads_its_chunks_and_not_the_rest() {
    use codesight_core::layer::{CallMetrics, LayeredBlobStore, Measured};
    let metrics = Arc::new(CallMetrics::default());
    let timer = Arc::new(codesight_core::time::InstantTimer::default());
    let inner = LayeredBlobStore::new(
        Arc::new(MemoryBlobStore::new()),
        Arc::new(Measured::new(Arc::clone(&metrics) as _, timer)),
    );
    let store = encrypted(Arc::new(inner));
    let key = BlobKey::new("t/big").expect("a key");
    store.put(&key, content(4 << 20)).await.expect("put");
    for start in [0_u64, 1 << 20, 3 << 20] {
        store.get_range(&key, start..start + 100).await.expect("a range");
    }
    let calls = |wanted: &str| -> u64 {
        metrics
            .figures()
            .iter()
            .filter(|((name, _), _)| *name == wanted)
            .map(|(_, figures)| figures.calls)
            .sum()
    };
    assert_eq!((calls("blob.get"), calls("blob.head")), (0, 1));
    assert_eq!(calls("blob.get_range"), 2 + 3, "two ends once, and one request a range");
}

#[tokio::test]
async fn wrong_keys_cut_ends_and_changed_bytes_are_refused_by_name() {
    let key = AgeKey::new(&SecretKey::from_bytes([1; 32])).expect("a key");
    let other = AgeKey::new(&SecretKey::from_bytes([2; 32])).expect("a key");
    let whole = content(200_000);
    let sealed = seal(&key, &whole).expect("sealed");
    assert_eq!(open(&key, &sealed).expect("opened"), whole);
    let inner = Arc::new(MemoryBlobStore::new());
    let refusals = async |key: &AgeKey, bytes: &[u8]| {
        let by_whole = open(key, bytes).expect_err("refused");
        let source = Box::new(Bytes::copy_from_slice(bytes));
        let by_range = match DecryptedSource::open(source, key.clone()).await {
            Err(error) => Some(error),
            Ok(source) => {
                use codesight_storage::archive::RandomAccess as _;
                source.read(0..source.size()).await.err()
            }
        };
        let code = |error| EncryptionRefusal::of(error).expect("a refusal");
        (code(&by_whole), by_range.as_ref().map(code))
    };
    assert_eq!(
        refusals(&other, &sealed).await,
        (EncryptionRefusal::WrongKey, Some(EncryptionRefusal::WrongKey))
    );
    for cut in [1, 10, 100, 199, 300, sealed.len() / 2, sealed.len() - 65_552, sealed.len() - 1] {
        let (whole, range) = refusals(&key, &sealed[..cut]).await;
        let expected = [EncryptionRefusal::Torn, EncryptionRefusal::Tampered];
        assert!(
            expected.contains(&whole) && range.is_some_and(|range| expected.contains(&range)),
            "cut at {cut}"
        );
    }
    for place in [30, 100, sealed.len() / 3, sealed.len() - 70_000, sealed.len() - 1] {
        let mut changed = sealed.clone();
        changed[place] ^= 1;
        let (whole, range) = refusals(&key, &changed).await;
        assert_ne!(whole, EncryptionRefusal::NotEncrypted, "changed at {place}");
        assert!(range.is_some(), "changed at {place}");
    }
    let plain = refusals(&key, b"PK\x03\x04 a plain archive").await;
    assert_eq!(plain.0, EncryptionRefusal::NotEncrypted);
    // Two chunks in each other's place.
    let mut swapped = sealed.clone();
    let end = sealed.len() - (200_000 - 3 * 65_536 + 16);
    swapped[end - 2 * 65_552..end].rotate_left(65_552);
    assert_eq!(refusals(&key, &swapped).await.0, EncryptionRefusal::Tampered);

    // The same through a store, with plain bytes in the place of ours.
    let store = encrypted(Arc::clone(&inner) as Arc<dyn BlobStore>);
    let at = archive_key();
    store.put(&BlobKey::new("shop/archives/s-1_other.zip").expect("a key"), whole).await.expect("put");
    inner.put(&at, Bytes::from_static(b"PK\x03\x04 somebody's own")).await.expect("put");
    let error = store.get(&at).await.expect_err("no key yet");
    assert_eq!(EncryptionRefusal::of(&error), Some(EncryptionRefusal::KeyMissing));
    let captured = support::capture(&store, &Bytes::from_static(b"makes the key")).await;
    let of = support::session();
    assert_eq!(
        store.get(&BlobKey::captured(&of.tenant, &of.session, &captured)).await.expect("get").len(),
        13
    );
    for error in [
        store.get(&at).await.expect_err("plain"),
        store.get_range(&at, 0..2).await.expect_err("plain"),
        store.head(&at).await.expect_err("plain"),
    ] {
        assert_eq!(EncryptionRefusal::of(&error), Some(EncryptionRefusal::NotEncrypted), "{error}");
        assert_eq!(error.kind(), ErrorKind::Forbidden);
    }
    let store = store.with_plain(PlainBlobs::Read);
    assert_eq!(store.get_range(&at, 0..2).await.expect("plain ones are read"), "PK");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_is_written_read_and_verified_through_encryption() {
    let scratch = TempDir::new().expect("folder");
    let (inner, keys) = (Arc::new(MemoryBlobStore::new()), Arc::new(MemoryKeyStore::default()));
    let clock = Arc::new(FixedClock::at(fixtures::at(0)));
    let store = with_keys(Arc::clone(&inner) as _, Arc::clone(&keys) as _, clock);
    write_small(&store, ArchiveLevel::Hybrid, &scratch).await;
    let reader =
        ArchiveReader::open_blob(&store, archive_key(), &ArchiveLimits::default()).await.expect("opens");
    assert!(verify(&reader).await.expect("read").is_sound());
    assert!(verify_pixels(&reader).await.expect("read").is_empty());

    // Whoever has the file and the key needs nothing of ours: age's own program, where it is installed.
    let key = AgeKey::new(&keys.get(&encryption_key()).await.expect("the key")).expect("a key");
    let source = blob_source(inner.as_ref(), archive_key()).await.expect("there");
    let source = DecryptedSource::open(source, key.clone()).await.expect("opened");
    let again = ArchiveReader::open(Box::new(source), &ArchiveLimits::default()).await.expect("opens");
    assert_eq!(again.manifest(), reader.manifest());
    if Command::new("age").arg("--version").stdout(Stdio::null()).status().is_err() {
        eprintln!("SKIPPED age on an archive: age is not installed");
        return;
    }
    let (file, identity) = (scratch.path().join("s-1.zip.age"), scratch.path().join("key"));
    std::fs::write(&file, inner.get(&archive_key()).await.expect("stored")).expect("written");
    std::fs::write(&identity, key.expose()).expect("written");
    let age = Command::new("age").arg("--decrypt").arg("--identity").arg(identity).arg(file).output();
    let plain = age.expect("age").stdout;
    assert_eq!(plain, store.get(&archive_key()).await.expect("decrypted"));
}

#[tokio::test]
async fn destroying_a_sessions_key_leaves_its_bytes_meaningless() {
    let (inner, keys) = (Arc::new(MemoryBlobStore::new()), Arc::new(MemoryKeyStore::default()));
    let clock = Arc::new(FixedClock::at(fixtures::at(0)));
    let store = with_keys(Arc::clone(&inner) as _, Arc::clone(&keys) as _, Arc::clone(&clock));
    store.put(&archive_key(), content(1_000)).await.expect("put");
    let of = support::session();
    for id in KeyId::of_session(&of.tenant, &of.session) {
        keys.destroy(&id).await.expect("destroyed");
    }
    // A store that used the key a moment ago forgets it within a minute; any other never gets it.
    clock.set(fixtures::at(120_000));
    let fresh = with_keys(Arc::clone(&inner) as _, Arc::clone(&keys) as _, clock);
    for store in [&store, &fresh] {
        let error = store.get(&archive_key()).await.expect_err("no key");
        assert_eq!(EncryptionRefusal::of(&error), Some(EncryptionRefusal::KeyMissing));
        let error =
            store.put(&archive_key(), content(10)).await.expect_err("nothing new under a destroyed key");
        assert_eq!(error.kind(), ErrorKind::Conflict);
    }
    // Deleting and listing need no key.
    assert_eq!(fresh.list("", None, 10).await.expect("listed").len(), 1);
    fresh.delete(&archive_key()).await.expect("deleted");
}

/// Master keys by number, the current one first.
fn masters(seeds: &[u8]) -> MasterKeys {
    let keys: Vec<_> = seeds.iter().map(|seed| SecretKey::from_bytes([*seed; 32])).collect();
    MasterKeys::of_secrets(&keys).expect("master keys")
}

fn master(seed: u8) -> MasterKeys {
    masters(&[seed])
}

fn id(seed: u64) -> KeyId {
    let session = fixtures::session_ref(seed).expect("a session");
    KeyId::encryption(&session.tenant, &session.session)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_master_key_is_changed_key_by_key_and_nothing_is_unreadable_meanwhile() {
    let folder = TempDir::new().expect("a folder");
    let plain = FileKeyStore::open(folder.path().join("keys")).expect("opened");
    let key = |seed: u64| SecretKey::from_bytes([u8::try_from(seed).expect("small"); 32]);
    // Plain keys first, then some under one master key, as when it is set later.
    for seed in 1..=3 {
        plain.get_or_insert(&id(seed), key(seed)).await.expect("a key");
    }
    let one = plain.clone().wrapped_by(master(101));
    for seed in 4..=8 {
        one.get_or_insert(&id(seed), key(seed)).await.expect("a key");
    }
    one.destroy(&id(8)).await.expect("destroyed");
    let error = plain.get(&id(4)).await.expect_err("under a master key");
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    for entry in std::fs::read_dir(folder.path().join("keys")).expect("folder") {
        let bytes = std::fs::read(entry.expect("entry").path()).expect("readable");
        for seed in 4..=7_u8 {
            assert!(!bytes.windows(32).any(|window| window == [seed; 32]), "a wrapped key shows in its file");
        }
    }

    // Without the old one, nothing is touched.
    let report = plain.clone().wrapped_by(master(102)).rewrap().await.expect("looked at");
    assert_eq!((report.rewrapped, report.unreadable), (3, 4));
    let both = plain.clone().wrapped_by(masters(&[102, 101]));
    // Interrupted anywhere and begun again: readers with both keys always read.
    for seed in 1..=7 {
        assert!(both.get(&id(seed)).await.expect("readable before") == key(seed));
    }
    let (first, second) = tokio::join!(both.rewrap(), both.rewrap());
    let (first, second) = (first.expect("done"), second.expect("done"));
    assert_eq!(first.rewrapped + second.rewrapped, 4, "each key once: {first:?} {second:?}");
    let report = both.rewrap().await.expect("done");
    assert_eq!((report.rewrapped, report.current, report.destroyed, report.unreadable), (0, 7, 1, 0));
    let two = plain.wrapped_by(master(102));
    for seed in 1..=7 {
        assert!(two.get(&id(seed)).await.expect("under the new one alone") == key(seed));
    }
    assert_eq!(two.get(&id(8)).await.expect_err("destroyed").kind(), ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_destroyed_while_the_master_key_changes_stays_destroyed() {
    for round in 0..30 {
        let folder = TempDir::new().expect("a folder");
        let one = FileKeyStore::open(folder.path().join("keys")).expect("opened").wrapped_by(master(1));
        one.get_or_insert(&id(1), SecretKey::from_bytes([9; 32])).await.expect("a key");
        let two =
            FileKeyStore::open(folder.path().join("keys")).expect("opened").wrapped_by(masters(&[2, 1]));
        let destroy = async {
            tokio::time::sleep(std::time::Duration::from_micros(round * 40)).await;
            one.destroy(&id(1)).await
        };
        let (rewrapped, destroyed) = tokio::join!(two.rewrap(), destroy);
        rewrapped.expect("rewrapped");
        destroyed.expect("destroyed");
        assert_eq!(
            two.get(&id(1)).await.expect_err("destroyed").kind(),
            ErrorKind::NotFound,
            "round {round}"
        );
    }
}

#[tokio::test]
async fn a_frame_of_another_session_cannot_be_passed_off() {
    let inner = Arc::new(MemoryBlobStore::new());
    let store = encrypted(Arc::clone(&inner) as Arc<dyn BlobStore>);
    let of = |seed| fixtures::session_ref(seed).expect("a session");
    let frame = |seed| BlobKey::captured(&of(seed).tenant, &of(seed).session, &ContentHash::of(b"frame"));
    for seed in [1, 2] {
        store.put(&frame(seed), content(100)).await.expect("put");
    }
    let theirs = inner.get(&frame(2)).await.expect("stored");
    inner.delete(&frame(1)).await.expect("deleted");
    inner.put(&frame(1), theirs).await.expect("put");
    let error = store.get(&frame(1)).await.expect_err("another session's");
    assert_eq!(EncryptionRefusal::of(&error), Some(EncryptionRefusal::WrongKey));
}
