//! The blob store's promises, on a folder and in memory.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use codesight_core::error::ErrorKind;
use codesight_core::id::{SessionId, TenantId};
use codesight_core::ports::{BlobKey, BlobStore, BlobStoreExt, PutOutcome, SessionRef};
use codesight_core::testkit::blobs_suite;
use codesight_core::time::Timestamp;
use codesight_storage::ObjectBlobStore;

fn key(text: &str) -> BlobKey {
    BlobKey::new(text).expect("key")
}

/// Runs a check on every kind of store this build can have without a service.
async fn on_each<F: AsyncFn(ObjectBlobStore)>(check: F) {
    check(ObjectBlobStore::memory()).await;
    let folder = tempfile::tempdir().expect("folder");
    check(ObjectBlobStore::local(folder.path()).expect("store")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_is_kept_in_memory_and_in_a_folder() {
    let memory = || async { Arc::new(ObjectBlobStore::memory()) as Arc<dyn BlobStore> };
    let summary = blobs_suite().run("object store in memory", memory).await.expect("the contract is kept");
    assert!(summary.skipped.is_empty());

    let folders = Mutex::new(Vec::new());
    let local = || async {
        let folder = tempfile::tempdir().expect("folder");
        let store = ObjectBlobStore::local(folder.path()).expect("store");
        folders.lock().expect("not poisoned").push(folder);
        Arc::new(store) as Arc<dyn BlobStore>
    };
    let summary = blobs_suite().run("object store in a folder", local).await.expect("the contract is kept");
    assert!(summary.skipped.is_empty());
}

#[tokio::test]
async fn a_blob_is_stored_once_and_never_changed() {
    on_each(async |store| {
        let name = key("shop/captured/s/a");
        assert_eq!(store.get(&name).await.expect_err("missing").kind(), ErrorKind::NotFound);
        assert_eq!(store.head(&name).await.expect_err("missing").kind(), ErrorKind::NotFound);
        assert_eq!(store.put(&name, Bytes::from_static(b"one")).await.expect("put"), PutOutcome::Created);
        assert_eq!(
            store.put(&name, Bytes::from_static(b"two")).await.expect("put"),
            PutOutcome::AlreadyThere
        );
        assert_eq!(store.get(&name).await.expect("get"), "one");
        assert_eq!(store.head(&name).await.expect("head").size, 3);
        assert_eq!(store.put(&key("empty"), Bytes::new()).await.expect("put"), PutOutcome::Created);
        assert_eq!(store.get(&key("empty")).await.expect("get"), "");
        store.delete(&name).await.expect("delete");
        store.delete(&name).await.expect("a missing blob is fine");
        assert_eq!(store.head(&name).await.expect_err("gone").kind(), ErrorKind::NotFound);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_racing_writers_exactly_one_creates() {
    on_each(async |store| {
        for round in 0..20 {
            let name = key(&format!("race/{round}"));
            let tasks: Vec<_> = (0..8_u8)
                .map(|writer| {
                    let (store, name) = (store.clone(), name.clone());
                    tokio::spawn(async move {
                        // Small and large, put and upload: all ways of writing race for the same key.
                        let bytes = Bytes::from(vec![writer; if writer < 6 { 1000 } else { 9 << 20 }]);
                        if writer % 2 == 0 {
                            return store.put(&name, bytes).await.expect("put");
                        }
                        let mut upload = store.upload(&name).await.expect("upload");
                        upload.write(bytes).await.expect("write");
                        upload.finish().await.expect("finish")
                    })
                })
                .collect();
            let mut created = 0;
            for task in tasks {
                created += usize::from(task.await.expect("task") == PutOutcome::Created);
            }
            assert_eq!(created, 1);
            let stored = store.get(&name).await.expect("get");
            assert!(stored.iter().all(|byte| *byte == stored[0]), "two writers are mixed");
        }
    })
    .await;
}

#[tokio::test]
async fn an_upload_is_seen_when_it_is_finished_and_not_before() {
    on_each(async |store| {
        for size in [0, 10, 8 << 20, (20 << 20) + 1] {
            let name = key(&format!("up/{size}"));
            let bytes = Bytes::from((0..size).map(|place| (place % 251) as u8).collect::<Vec<_>>());
            let mut upload = store.upload(&name).await.expect("upload");
            for piece in bytes.chunks(3 << 20) {
                upload.write(Bytes::copy_from_slice(piece)).await.expect("write");
                assert_eq!(store.head(&name).await.expect_err("unfinished").kind(), ErrorKind::NotFound);
                assert!(store.list("", None, 100).await.expect("list").iter().all(|blob| blob.key != name));
            }
            assert_eq!(upload.finish().await.expect("finish"), PutOutcome::Created);
            assert_eq!(store.get(&name).await.expect("get"), bytes);

            let mut second = store.upload(&name).await.expect("upload");
            second.write(Bytes::from(vec![1; 9 << 20])).await.expect("write");
            assert_eq!(second.finish().await.expect("finish"), PutOutcome::AlreadyThere);
            assert_eq!(store.get(&name).await.expect("get"), bytes);

            let aborted = key(&format!("aborted/{size}"));
            let mut upload = store.upload(&aborted).await.expect("upload");
            upload.write(bytes).await.expect("write");
            upload.abort().await.expect("abort");
            assert_eq!(store.head(&aborted).await.expect_err("aborted").kind(), ErrorKind::NotFound);
        }
        let listed = store.list("", None, 100).await.expect("list");
        assert_eq!(listed.len(), 4, "only finished blobs: {listed:?}");
    })
    .await;
}

#[tokio::test]
async fn ranges_are_whole_or_refused() {
    on_each(async |store| {
        let name = key("ranges");
        store.put(&name, Bytes::from_static(b"0123456789")).await.expect("put");
        assert_eq!(store.get_range(&name, 2..5).await.expect("within"), "234");
        assert_eq!(store.get_range(&name, 0..10).await.expect("all"), "0123456789");
        assert_eq!(store.get_range(&name, 4..4).await.expect("empty"), "");
        assert_eq!(store.get_range(&name, 10..10).await.expect("empty at the end"), "");
        for range in [0..11, 9..12, 10..11, 50..60, 11..11, 0..u64::MAX] {
            let error = store.get_range(&name, range).await.expect_err("past the end");
            assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
        }
        for range in [0..1, 0..0] {
            let error = store.get_range(&key("missing"), range).await.expect_err("missing");
            assert_eq!(error.kind(), ErrorKind::NotFound);
        }
    })
    .await;
}

#[tokio::test]
async fn pages_come_in_order_of_the_keys() {
    on_each(async |store| {
        let mut names = ["a/b", "a-b", "a.b", "ab", "a/c/d", "a/c-d", "b/1", "b/10", "b/2"].map(key).to_vec();
        for name in &names {
            store.put(name, Bytes::from_static(b"x")).await.expect("put");
        }
        names.sort();
        for limit in 1..=10 {
            let mut found = Vec::new();
            loop {
                let page = store.list("", found.last(), limit).await.expect("list");
                assert!(page.len() <= limit);
                let last = page.len() < limit;
                found.extend(page.into_iter().map(|blob| blob.key));
                if last {
                    break;
                }
            }
            assert_eq!(found, names);
        }
        let within = store.list("a/", None, 10).await.expect("list");
        assert_eq!(
            within.iter().map(|blob| blob.key.as_str()).collect::<Vec<_>>(),
            ["a/b", "a/c-d", "a/c/d"]
        );
        assert!(store.list("none/", None, 10).await.expect("list").is_empty());
        assert!(store.list("a/", None, 0).await.expect("list").is_empty());
        assert_eq!(store.list("a", None, 10).await.expect_err("no /").kind(), ErrorKind::Invalid);
        assert_eq!(store.delete_all("a/").await.expect("delete"), 3);
        assert_eq!(store.list("", None, 100).await.expect("list").len(), 6);
    })
    .await;
}

#[tokio::test]
async fn what_dead_writers_leave_is_never_listed_and_can_be_cleaned() {
    let folder = tempfile::tempdir().expect("folder");
    let store = ObjectBlobStore::local(folder.path()).expect("store");
    store.put(&key("kept/blob"), Bytes::from_static(b"x")).await.expect("put");
    // As a process leaves them that is killed: between staging and publishing, and with a part written.
    std::fs::write(folder.path().join("kept/blob#7"), b"half").expect("file");
    let mut upload = store.upload(&key("big")).await.expect("upload");
    upload.write(Bytes::from(vec![0; 9 << 20])).await.expect("write");
    std::mem::forget(upload);
    std::fs::write(folder.path().join("@uploads/finished-but-not-copied"), b"x").expect("file");

    assert_eq!(store.list("", None, 10).await.expect("list").len(), 1);
    assert_eq!(store.clean_temporary(Timestamp::from_millis(0)).await.expect("clean"), 0);
    assert_eq!(store.clean_temporary(Timestamp::from_millis(i64::MAX)).await.expect("clean"), 3);
    assert_eq!(store.get(&key("kept/blob")).await.expect("get"), "x");
    assert_eq!(std::fs::read_dir(folder.path().join("@uploads")).expect("folder").count(), 0);
}

#[tokio::test]
async fn stores_are_opened_by_url() {
    let folder = tempfile::tempdir().expect("folder");
    let url = format!("file://{}/new", folder.path().display());
    let store = ObjectBlobStore::from_url(&url, &[]).expect("store");
    store.put(&key("a"), Bytes::from_static(b"x")).await.expect("put");
    assert!(folder.path().join("new/a").is_file());
    ObjectBlobStore::from_url("memory:///", &[]).expect("store");
    let refused = [
        ("not a url", vec![], ErrorKind::Invalid),
        ("ftp://host/x", vec![], ErrorKind::Unsupported),
        ("memory:///", vec![("colour".to_owned(), "red".to_owned())], ErrorKind::Invalid),
    ];
    for (url, options, kind) in refused {
        assert_eq!(ObjectBlobStore::from_url(url, &options).expect_err("refused").kind(), kind, "{url}");
    }
}

#[cfg(feature = "s3")]
#[test]
fn a_store_shows_no_secret_and_names_unknown_options() {
    let option = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let secret = option("aws_secret_access_key", "TOPSECRET");
    let options = [secret.clone(), option("aws_access_key_id", "id"), option("region", "eu-west-1")];
    let store = ObjectBlobStore::from_url("s3://bucket/some/prefix", &options).expect("store");
    assert!(!format!("{store} {store:?}").contains("TOPSECRET"));
    let error =
        ObjectBlobStore::from_url("s3://bucket", &[secret, option("colour", "red")]).expect_err("unknown");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.to_string().contains("colour") && !format!("{error:?}").contains("TOPSECRET"));
}

#[tokio::test]
async fn what_was_left_unfinished_of_some_keys_is_removed_whatever_its_age() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = ObjectBlobStore::local(folder.path()).expect("opened");
    for name in ["shop/captured/s-1/aa", "shop/captured/s-2/aa", "shop/archives/s-1.zip"] {
        store.put(&key(name), Bytes::from_static(b"whole")).await.expect("put");
    }
    // As writers leave them that are killed: a put beside its key, and an upload of more than one part.
    let left = ["shop/captured/s-1/bb#1", "shop/archives/s-1.zip#12", "shop/captured/s-2/bb#1"];
    for name in left {
        std::fs::write(folder.path().join(name), b"half").expect("written");
    }
    let mut upload = store.upload(&key("shop/successors/s-1.zip")).await.expect("begun");
    upload.write(Bytes::from(vec![7; 9 << 20])).await.expect("written");
    std::mem::forget(upload);

    let names =
        |names: &[&str]| names.iter().map(|name| SessionId::new(*name).expect("a name")).collect::<Vec<_>>();
    let shop = TenantId::new("shop").expect("a name");
    let of_first = |key: &str| key.contains("/s-1");
    assert_eq!(store.clean_unfinished(&shop, &names(&["s-1"]), of_first).await.expect("cleaned"), 3);
    let there = left.map(|name| folder.path().join(name).exists());
    assert_eq!(there, [false, false, true], "another session's is left alone");
    assert_eq!(std::fs::read_dir(folder.path().join("@uploads")).expect("folder").count(), 0);
    assert_eq!(store.list("", None, 10).await.expect("listed").len(), 3, "and so is what was finished");
    let second = SessionRef { tenant: shop.clone(), session: names(&["s-2"]).remove(0) };
    assert_eq!(store.clean_captured(&second).await.expect("cleaned"), 1);
    let elsewhere = TenantId::new("elsewhere").expect("a name");
    assert_eq!(store.clean_unfinished(&elsewhere, &names(&["s-1"]), |_| true).await.expect("cleaned"), 0);
}
