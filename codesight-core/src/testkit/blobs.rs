//! The suite of [`BlobStore`](crate::ports::BlobStore).

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;

use super::check::{Verdict, ensure, equal, refused, shows_none_of};
use super::fixtures::Seeded;
use super::suite::{Suite, scenarios};
use crate::error::ErrorKind;
use crate::ports::{BlobInfo, BlobKey, BlobStore, BlobStoreExt, PutOutcome};

/// Everything a blob store must do.
pub fn blobs_suite() -> Suite<dyn BlobStore> {
    Suite::new(
        "blobs",
        scenarios![
            behaviour "put: durable and readable when it returns" => put_readable,
            behaviour "put: of two puts at once exactly one is `Created`" => put_race,
            behaviour "put: an empty blob is fine" => put_empty,
            also "put: leaves what is there as it is" => put_again,
            behaviour "upload: neither `get`, `head` nor `list` sees it before it is finished, nor after it was aborted"
                => upload_unseen,
            also "upload: is whole when it is finished, in whatever pieces it came" => upload_pieces,
            also "upload: finish leaves what is there as it is" => upload_again,
            also "upload: of two finished at once exactly one is `Created`" => upload_race,
            also "upload: one that is dropped leaves nothing to see" => upload_dropped,
            also "get, head: `NotFound` when there is no such blob" => missing,
            behaviour "get_range: a range that reaches past the end is `Invalid`" => range_past_end,
            behaviour "get_range: an empty range within the blob is empty" => range_empty,
            also "get_range: any range within the blob is those bytes" => range_bytes,
            behaviour "list: `prefix` ends in `/` or is empty" => list_prefix,
            also "list: by key, at most `limit`, after any key" => list_pages,
            also "delete: frees the key; a missing one is fine" => delete,
            also "delete_all: deletes everything under a prefix and nothing else" => delete_all,
            also "debug: shows nothing of a stored blob" => debug,
        ],
    )
}

fn key(text: &str) -> crate::Result<BlobKey> {
    BlobKey::new(text)
}

/// `size` bytes that do not repeat.
fn content(seed: u64, size: usize) -> Bytes {
    let mut numbers = Seeded::new(seed);
    (0..size).map(|_| numbers.next_u64() as u8).collect::<Vec<_>>().into()
}

async fn stored_as(blobs: &Arc<dyn BlobStore>, at: &BlobKey, expected: &Bytes) -> Verdict {
    ensure(blobs.get(at).await? == *expected, "the bytes that were stored")?;
    let info = BlobInfo { key: at.clone(), size: expected.len() as u64 };
    equal(&blobs.head(at).await?, &info, "what is known of it")?;
    let listed = blobs.list("", None, 100).await?;
    // A store that encrypts holds more than can be read.
    let in_list = |blob: &BlobInfo| blob.key == info.key && blob.size >= info.size;
    ensure(listed.iter().any(in_list), "the blob in the list")
}

async fn unseen(blobs: &Arc<dyn BlobStore>, at: &BlobKey) -> Verdict {
    refused(blobs.get(at).await, ErrorKind::NotFound, "get")?;
    refused(blobs.get_range(at, 0..0).await, ErrorKind::NotFound, "get_range")?;
    refused(blobs.head(at).await, ErrorKind::NotFound, "head")?;
    ensure(blobs.list("", None, 100).await?.is_empty(), "nothing in the list")
}

async fn put_readable(blobs: Arc<dyn BlobStore>) -> Verdict {
    let long = "x".repeat(200);
    for (seed, name) in (1..).zip(["a", "a.b/C_d-9", "t/captured/s/0123", &format!("{long}/{long}")]) {
        let (at, bytes) = (key(name)?, content(seed, 70_000));
        equal(&blobs.put(&at, bytes.clone()).await?, &PutOutcome::Created, "the first put")?;
        stored_as(&blobs, &at, &bytes).await?;
    }
    Ok(())
}

async fn put_race(blobs: Arc<dyn BlobStore>) -> Verdict {
    let at = key("t/one")?;
    let puts = (0..8).map(|seed| blobs.put(&at, content(seed, 5_000)));
    let outcomes = join_all(puts).await.into_iter().collect::<crate::Result<Vec<_>>>()?;
    let winners: Vec<_> = (0..8).zip(&outcomes).filter(|(_, put)| **put == PutOutcome::Created).collect();
    equal(&winners.len(), &1, "puts that created the blob")?;
    for (seed, _) in winners {
        stored_as(&blobs, &at, &content(seed, 5_000)).await?;
    }
    Ok(())
}

async fn put_empty(blobs: Arc<dyn BlobStore>) -> Verdict {
    let at = key("t/empty")?;
    equal(&blobs.put(&at, Bytes::new()).await?, &PutOutcome::Created, "the put")?;
    stored_as(&blobs, &at, &Bytes::new()).await?;
    ensure(blobs.get_range(&at, 0..0).await?.is_empty(), "an empty range of it")
}

async fn put_again(blobs: Arc<dyn BlobStore>) -> Verdict {
    let at = key("t/one")?;
    blobs.put(&at, content(1, 100)).await?;
    for other in [content(2, 200), Bytes::new(), content(1, 100)] {
        equal(&blobs.put(&at, other).await?, &PutOutcome::AlreadyThere, "a later put")?;
    }
    stored_as(&blobs, &at, &content(1, 100)).await
}

async fn upload_unseen(blobs: Arc<dyn BlobStore>) -> Verdict {
    let at = key("t/captured/s/one")?;
    let mut upload = blobs.upload(&at).await?;
    unseen(&blobs, &at).await?;
    for seed in 0..4 {
        upload.write(content(seed, 100_000)).await?;
        unseen(&blobs, &at).await?;
    }
    upload.abort().await?;
    unseen(&blobs, &at).await?;
    let upload = blobs.upload(&at).await?;
    equal(&upload.finish().await?, &PutOutcome::Created, "an upload of nothing afterwards")?;
    stored_as(&blobs, &at, &Bytes::new()).await
}

async fn upload_pieces(blobs: Arc<dyn BlobStore>) -> Verdict {
    // Large enough to be more than one part where a store has parts.
    let whole = content(7, 11_000_000);
    let sizes = [0, 1, 4_095, 4_096, 65_536, 0, 6_000_000, usize::MAX];
    let at = key("t/archives/one.zip")?;
    let (mut upload, mut rest) = (blobs.upload(&at).await?, whole.clone());
    for size in sizes {
        upload.write(rest.split_to(size.min(rest.len()))).await?;
    }
    equal(&upload.finish().await?, &PutOutcome::Created, "the upload")?;
    stored_as(&blobs, &at, &whole).await
}

async fn upload_again(blobs: Arc<dyn BlobStore>) -> Verdict {
    let at = key("t/one")?;
    let mut upload = blobs.upload(&at).await?;
    upload.write(content(1, 100)).await?;
    blobs.put(&at, content(2, 200)).await?;
    equal(&upload.finish().await?, &PutOutcome::AlreadyThere, "an upload that was overtaken")?;
    let mut upload = blobs.upload(&at).await?;
    upload.write(content(3, 300)).await?;
    equal(&upload.finish().await?, &PutOutcome::AlreadyThere, "a later upload")?;
    stored_as(&blobs, &at, &content(2, 200)).await
}

async fn upload_race(blobs: Arc<dyn BlobStore>) -> Verdict {
    let at = key("t/one")?;
    let uploads = (0..6).map(|seed| {
        let (blobs, at) = (&blobs, &at);
        async move {
            let mut upload = blobs.upload(at).await?;
            upload.write(content(seed, 10_000)).await?;
            upload.finish().await
        }
    });
    let outcomes = join_all(uploads).await.into_iter().collect::<crate::Result<Vec<_>>>()?;
    let created = outcomes.iter().filter(|outcome| **outcome == PutOutcome::Created).count();
    equal(&created, &1, "uploads that created the blob")?;
    let stored = blobs.get(&at).await?;
    ensure((0..6).any(|seed| content(seed, 10_000) == stored), "one whole upload")
}

async fn upload_dropped(blobs: Arc<dyn BlobStore>) -> Verdict {
    let at = key("t/one")?;
    let mut upload = blobs.upload(&at).await?;
    upload.write(content(1, 100_000)).await?;
    drop(upload);
    unseen(&blobs, &at).await
}

async fn missing(blobs: Arc<dyn BlobStore>) -> Verdict {
    unseen(&blobs, &key("t/one")?).await?;
    blobs.put(&key("t/one/deeper")?, Bytes::from_static(b"x")).await?;
    refused(blobs.get(&key("t/one")?).await, ErrorKind::NotFound, "the name of a folder")?;
    refused(blobs.head(&key("t/one")?).await, ErrorKind::NotFound, "the name of a folder")
}

async fn range_past_end(blobs: Arc<dyn BlobStore>) -> Verdict {
    let at = key("t/one")?;
    blobs.put(&at, content(1, 100)).await?;
    #[expect(clippy::reversed_empty_ranges, reason = "what a caller may get wrong")]
    let ranges = [0..101, 99..101, 100..101, 101..101, 101..102, 200..300, 0..u64::MAX, 60..40];
    for range in ranges {
        refused(blobs.get_range(&at, range.clone()).await, ErrorKind::Invalid, &format!("{range:?} of 100"))?;
    }
    Ok(())
}

async fn range_empty(blobs: Arc<dyn BlobStore>) -> Verdict {
    let at = key("t/one")?;
    blobs.put(&at, content(1, 100)).await?;
    for position in [0, 1, 50, 99, 100] {
        ensure(blobs.get_range(&at, position..position).await?.is_empty(), "no bytes")?;
    }
    Ok(())
}

async fn range_bytes(blobs: Arc<dyn BlobStore>) -> Verdict {
    let (at, bytes) = (key("t/one")?, content(1, 10_000));
    blobs.put(&at, bytes.clone()).await?;
    for range in [0..10_000, 0..1, 9_999..10_000, 4_000..4_100, 1..9_999] {
        let part = blobs.get_range(&at, range.clone()).await?;
        ensure(part == bytes.slice(range.start as usize..range.end as usize), "the bytes of the range")?;
    }
    Ok(())
}

async fn list_prefix(blobs: Arc<dyn BlobStore>) -> Verdict {
    for name in ["t/a/1", "t/ab/2", "t/a.b", "u/3"] {
        blobs.put(&key(name)?, Bytes::from_static(b"x")).await?;
    }
    for (prefix, expected) in [("", 4), ("t/", 3), ("t/a/", 1), ("t/none/", 0), ("u/", 1), ("v/", 0)] {
        equal(&blobs.list(prefix, None, 10).await?.len(), &expected, &format!("blobs under {prefix:?}"))?;
    }
    for prefix in ["t", "t/a", "t/a/1"] {
        refused(blobs.list(prefix, None, 10).await, ErrorKind::Invalid, "a prefix without its end")?;
    }
    Ok(())
}

async fn list_pages(blobs: Arc<dyn BlobStore>) -> Verdict {
    // In the order of bytes: `-` and `.` come before `/`, upper case before lower case.
    let names = ["t/A", "t/a-b", "t/a.b", "t/a/0", "t/a/1", "t/a0", "t/b"];
    for name in names.iter().rev() {
        blobs.put(&key(name)?, Bytes::copy_from_slice(name.as_bytes())).await?;
    }
    for limit in [1, 2, 3, 7, 100] {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = blobs.list("t/", after.as_ref(), limit).await?;
            ensure(page.len() <= limit, "no more than the limit")?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            ensure(
                page.iter().all(|blob| blob.size >= blob.key.as_str().len() as u64),
                "no smaller than they are",
            )?;
            found.extend(page.iter().map(|blob| blob.key.to_string()));
            ensure(found.len() <= names.len(), "each blob once")?;
        }
        let expected: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        equal(&found, &expected, "all pages together")?;
    }
    let between = blobs.list("t/", Some(&key("t/a0-not-there")?), 10).await?;
    equal(&between.len(), &1, "blobs after a key that is not there")?;
    ensure(blobs.list("t/", None, 0).await?.is_empty(), "nothing when nothing is asked for")
}

async fn delete(blobs: Arc<dyn BlobStore>) -> Verdict {
    let at = key("t/one")?;
    blobs.delete(&at).await?;
    blobs.put(&at, content(1, 100)).await?;
    blobs.delete(&at).await?;
    blobs.delete(&at).await?;
    unseen(&blobs, &at).await?;
    equal(&blobs.put(&at, content(2, 200)).await?, &PutOutcome::Created, "a put afterwards")?;
    stored_as(&blobs, &at, &content(2, 200)).await
}

async fn delete_all(blobs: Arc<dyn BlobStore>) -> Verdict {
    for number in 0..7 {
        blobs.put(&key(&format!("t/captured/s/{number}"))?, content(number, 10)).await?;
    }
    blobs.put(&key("t/captured/s2/0")?, content(0, 10)).await?;
    equal(&blobs.delete_all("t/captured/s/").await?, &7, "deleted blobs")?;
    equal(&blobs.delete_all("t/captured/s/").await?, &0, "deleted the second time")?;
    equal(&blobs.list("", None, 10).await?.len(), &1, "blobs left")
}

async fn debug(blobs: Arc<dyn BlobStore>) -> Verdict {
    const SECRET: &str = "a-word-nobody-else-may-read";
    blobs.put(&key("t/one")?, Bytes::from_static(SECRET.as_bytes())).await?;
    shows_none_of(&*blobs, &[SECRET])
}
