//! S3 that is slow, fails, lies or breaks off: what was said to be stored is there, whole.

use bytes::Bytes;
use codesight_core::error::{ErrorKind, Result, Retry};
use codesight_core::ports::{BlobKey, BlobStore, PutOutcome};
use codesight_storage::ObjectBlobStore;

use super::proxy::{Mishap, Proxy};
use super::{opened, servers};

/// More than one part of an upload.
const SEVERAL_PARTS: usize = 9 << 20;

/// So many requests store it and read it back. The rest is the same for every blob.
const UPLOADING: u64 = 7;

fn content(size: usize) -> Bytes {
    (0..size).map(|place| (place % 251) as u8).collect::<Vec<_>>().into()
}

async fn store(through: &ObjectBlobStore, key: &BlobKey, whole: Bytes) -> Result<PutOutcome> {
    if whole.len() < SEVERAL_PARTS {
        return through.put(key, whole).await;
    }
    let mut upload = through.upload(key).await?;
    upload.write(whole).await?;
    upload.finish().await
}

/// Calls that went well, and those that failed and said so.
#[derive(Debug, Default)]
struct Calls {
    good: u32,
    failed: u32,
}

impl Calls {
    fn note<T>(&mut self, outcome: Result<T>) -> Result<T> {
        *(if outcome.is_ok() { &mut self.good } else { &mut self.failed }) += 1;
        outcome
    }
}

/// What archiving asks of a store, each answer compared with what the server holds afterwards.
async fn plays_well(
    through: &ObjectBlobStore,
    truth: &ObjectBlobStore,
    contents: &[Bytes],
    calls: &mut Calls,
) {
    let keys: Vec<BlobKey> = (0..contents.len())
        .map(|number| BlobKey::new(format!("t/archives/{number}.zip")).expect("a key"))
        .collect();
    for (key, whole) in keys.iter().zip(contents) {
        let put = calls.note(store(through, key, whole.clone()).await);
        match truth.get(key).await {
            Ok(stored) => assert!(stored == *whole, "what is there is whole"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::NotFound);
                let refused = put.expect_err("said to be stored, and is not there");
                assert_eq!(refused.retry(), Retry::Later, "{refused}");
                store(truth, key, whole.clone()).await.expect("the server itself is well");
            }
        }
        match calls.note(through.get(key).await) {
            Ok(read) => assert!(read == *whole, "what is read is what is there"),
            Err(error) => {
                assert_ne!(error.kind(), ErrorKind::NotFound, "what is there is never said to be missing");
            }
        }
        let end = whole.len().min(100);
        if let Ok(read) = calls.note(through.get_range(key, 0..end as u64).await) {
            assert!(read == whole.slice(..end), "a range is what is there");
        }
    }
    if let Ok(listed) = calls.note(through.list("t/archives/", None, 10).await) {
        assert_eq!(listed.len(), contents.len());
    }
    if calls.note(through.delete(&keys[0]).await).is_ok() {
        assert_eq!(truth.head(&keys[0]).await.expect_err("deleted").kind(), ErrorKind::NotFound);
    }
}

/// Puts a mishap in the way of each of the first `most` requests in turn, and says how many there were.
async fn at_each_request(
    server: &str,
    mishap: impl Fn(u64) -> Mishap,
    contents: &[Bytes],
    most: u64,
) -> (Calls, u64) {
    let mut calls = Calls::default();
    for nth in 1..=most {
        let proxy = Proxy::start(server, mishap(nth), nth, 1).await;
        let url = format!("s3://codesight-test/{}", uuid::Uuid::new_v4());
        let through = opened(&url, &format!("http://{}", proxy.address), &[]);
        plays_well(&through, &opened(&url, server, &[]), contents, &mut calls).await;
        if proxy.heads().len() < usize::try_from(nth).expect("few") {
            return (calls, nth - 1);
        }
    }
    (calls, most)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_mishap_at_any_request_loses_and_invents_nothing() {
    // The first server alone: what is tested is this side of the wire.
    let Some(server) = servers().into_iter().next() else { return };
    let of_parts = [content(SEVERAL_PARTS)];
    let whole = [content(0), content(5_000)];
    let kinds: [fn(u64) -> Mishap; 5] = [
        |nth| Mishap::Status(if nth % 2 == 0 { 500 } else { 503 }),
        |_| Mishap::ErrorIn200,
        |_| Mishap::LostReply,
        |_| Mishap::TornReply,
        |_| Mishap::TornRequest,
    ];
    for mishap in kinds {
        for (contents, most) in [(&whole[..], u64::MAX), (&of_parts, UPLOADING)] {
            let (calls, places) = at_each_request(&server, mishap, contents, most).await;
            println!("S3 {:?} at each of {places} requests: {calls:?}", mishap(1));
            assert!(calls.good > calls.failed, "{calls:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_server_is_waited_for() {
    let Some(server) = servers().into_iter().next() else { return };
    let proxy = Proxy::start(&server, Mishap::Slow, 1, u64::MAX - 1).await;
    let url = format!("s3://codesight-test/{}", uuid::Uuid::new_v4());
    let through = opened(&url, &format!("http://{}", proxy.address), &[]);
    let mut calls = Calls::default();
    plays_well(&through, &opened(&url, &server, &[]), &[content(5_000)], &mut calls).await;
    assert_eq!(calls.failed, 0, "{calls:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn server_side_encryption_is_asked_for_with_every_object() {
    for server in servers() {
        let proxy = Proxy::start(&server, Mishap::Slow, u64::MAX - 1, 1).await;
        let url = format!("s3://codesight-test/{}", uuid::Uuid::new_v4());
        let options = [("aws_server_side_encryption", "AES256")];
        let through = opened(&url, &format!("http://{}", proxy.address), &options);
        for (name, size) in [("t/small", 10), ("t/large", SEVERAL_PARTS)] {
            let key = BlobKey::new(name).expect("a key");
            store(&through, &key, content(size)).await.expect("stored");
        }
        let heads = proxy.heads();
        // What makes an object: a whole one, and the beginning of one of parts.
        let makes = |head: &&String| {
            (head.starts_with("put ") && !head.contains("partnumber=")) || head.contains("?uploads")
        };
        let making: Vec<_> = heads.iter().filter(makes).collect();
        assert!(making.len() >= 2, "{heads:#?}");
        for head in making {
            assert!(head.contains("x-amz-server-side-encryption: aes256"), "{server}\n{head}");
        }
    }
}

/// A server takes the rules and gives them back, as the provider's own client puts them.
#[test]
fn rules_by_age_are_what_a_bucket_takes() {
    use codesight_core::id::TenantId;
    use codesight_storage::lifecycle::{PriceList, TierPolicy, TierStep, bucket_rules};
    let Some(server) = servers().into_iter().next() else { return };
    let python = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tools/moto/bin/python");
    if !python.exists() {
        eprintln!(
            "SKIPPED rules of a bucket: boto3 is where scripts/services/s3 puts it, and it did not start this server"
        );
        return;
    }
    let steps = [(30, "STANDARD_IA"), (60, "INTELLIGENT_TIERING"), (365, "GLACIER_IR")];
    let steps = steps.map(|(after_days, class)| TierStep { after_days, class: class.to_owned() });
    let policy = TierPolicy { steps: steps.to_vec(), ..TierPolicy::default() };
    let tenants = ["shop", "other"].map(|name| TenantId::new(name).expect("a name"));
    let prices = PriceList::built_in().expect("prices");
    let rules = bucket_rules("data", &tenants, &policy, &prices).expect("good steps");
    let script = "import boto3, json, sys
s3 = boto3.client('s3', endpoint_url=sys.argv[1], region_name='us-east-1',
    aws_access_key_id='AKTEST', aws_secret_access_key='SKTEST')
s3.create_bucket(Bucket='codesight-rules')
s3.put_bucket_lifecycle_configuration(Bucket='codesight-rules', LifecycleConfiguration=json.loads(sys.argv[2]))
print(json.dumps(s3.get_bucket_lifecycle_configuration(Bucket='codesight-rules')['Rules']))";
    let output =
        std::process::Command::new(python).args(["-c", script, &server, &rules.to_string()]).output();
    let output = output.expect("python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let taken: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(taken.as_array().expect("rules").len(), 5);
    assert_eq!(taken[0]["Transitions"][2]["StorageClass"], "GLACIER_IR");
}
