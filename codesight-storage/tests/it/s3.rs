//! The blob store on S3: on every server that `CODESIGHT_TEST_S3` names, as `URL,URL`.

mod mishaps;
mod proxy;

use std::sync::Arc;

use bytes::Bytes;
use codesight_core::layer::{LayeredBlobStore, VerifiedBlobStore};
use codesight_core::ports::{BlobKey, BlobStore, PutOutcome};
use codesight_core::testkit::{Faults, blobs_suite};
use codesight_storage::ObjectBlobStore;

use crate::support::service;

/// The servers, and the keys that `scripts/services/s3` gives them.
const SERVERS: &str = "CODESIGHT_TEST_S3";

/// A prefix of its own in the bucket that the script made.
fn store(server: &str) -> ObjectBlobStore {
    opened(&format!("s3://codesight-test/{}", uuid::Uuid::new_v4()), server, &[])
}

/// A prefix of the bucket through a server, with further options.
fn opened(url: &str, endpoint: &str, more: &[(&str, &str)]) -> ObjectBlobStore {
    let options = [
        ("endpoint", endpoint),
        ("allow_http", "true"),
        ("region", "us-east-1"),
        ("access_key_id", "AKTEST"),
        ("secret_access_key", "SKTEST"),
    ];
    let options = options.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    ObjectBlobStore::from_url(url, &options.collect::<Vec<_>>()).expect("opened")
}

fn servers() -> Vec<String> {
    let named = service(SERVERS).unwrap_or_default();
    named.split(',').filter(|server| !server.is_empty()).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_keeps_the_contract_bare_and_behind_wrappers() {
    for server in servers() {
        let bare = || async { Arc::new(store(&server)) as Arc<dyn BlobStore> };
        let read_back =
            || async { Arc::new(VerifiedBlobStore::new(Arc::new(store(&server)))) as Arc<dyn BlobStore> };
        let layered = || async {
            Arc::new(LayeredBlobStore::new(Arc::new(store(&server)), Arc::new(Faults::none())))
                as Arc<dyn BlobStore>
        };
        #[cfg(feature = "encryption")]
        {
            let encrypted = || async {
                Arc::new(crate::encryption::encrypted(Arc::new(store(&server)))) as Arc<dyn BlobStore>
            };
            let summary = blobs_suite().run(&format!("S3 at {server}, encrypted"), encrypted).await;
            assert!(summary.expect("the contract is kept").skipped.is_empty());
        }
        for summary in [
            blobs_suite().run(&format!("S3 at {server}"), bare).await,
            blobs_suite().run(&format!("S3 at {server}, read back"), read_back).await,
            blobs_suite().run(&format!("S3 at {server} with no faults"), layered).await,
        ] {
            assert!(summary.expect("the contract is kept").skipped.is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_racing_writers_exactly_one_creates_also_in_parts() {
    for server in servers() {
        let store = store(&server);
        let key = BlobKey::new("race/one").expect("key");
        let tasks: Vec<_> = (0..8_u8)
            .map(|writer| {
                let (store, key) = (store.clone(), key.clone());
                tokio::spawn(async move {
                    let mut upload = store.upload(&key).await.expect("begun");
                    upload.write(Bytes::from(vec![writer; 9 << 20])).await.expect("written");
                    upload.finish().await.expect("finished")
                })
            })
            .collect();
        let mut created = 0;
        for task in tasks {
            created += usize::from(task.await.expect("no panic") == PutOutcome::Created);
        }
        assert_eq!(created, 1, "{server}");
        let stored = store.get(&key).await.expect("there");
        assert_eq!(stored.len(), 9 << 20);
        assert!(stored.iter().all(|byte| *byte == stored[0]), "two writers are mixed");
    }
}
