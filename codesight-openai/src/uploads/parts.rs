//! One upload in parts.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use codesight_core::{Error, ErrorKind, Result, Retry};
use futures_util::stream::{self, StreamExt};
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::source::{Digests, Range, Source};
use crate::api::{FileObject, Purpose, UploadObject, UploadPartObject};
use crate::client::{ApiFailure, Body, Call, Client, Form, is_outcome_unknown};
use crate::files::Files;
use crate::records::{self, Records};

/// How an upload is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadOptions {
    /// Bytes of a part; OpenAI takes at most 64 MB.
    pub part_bytes: u64,
    /// Parts under way at once.
    pub parallel: usize,
}

impl Default for UploadOptions {
    fn default() -> Self {
        Self { part_bytes: 64_000_000, parallel: 4 }
    }
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that arrived, as the service confirmed.
    pub done: u64,
    /// Bytes in all.
    pub total: u64,
}

/// An upload under way, as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UploadRecord {
    /// The service's id.
    upload: String,
    /// Bytes of the whole file.
    bytes: u64,
    /// Bytes of each part but the last.
    part_bytes: u64,
    /// Seconds since 1970: then the service forgets the upload.
    expires_at: Option<i64>,
    /// The service's ids of the parts that arrived, by their number from 0.
    parts: BTreeMap<u32, String>,
}

fn key(digests: &Digests) -> String {
    format!("upload-{}", digests.sha256)
}

type Report = Arc<dyn Fn(Progress) + Send + Sync>;

/// Uploads files in parts.
#[derive(Clone)]
pub struct PartUploader {
    client: Client,
    records: Arc<dyn Records>,
    options: UploadOptions,
    report: Report,
}

impl fmt::Debug for PartUploader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartUploader").field("options", &self.options).finish_non_exhaustive()
    }
}

impl PartUploader {
    /// Uploads to the service of `client` and remembers what arrived in `records`.
    pub fn new(client: Client, records: Arc<dyn Records>, options: UploadOptions) -> Self {
        Self { client, records, options, report: Arc::new(|_| {}) }
    }

    /// Tells how far it is after each part.
    #[must_use]
    pub fn on_progress(mut self, report: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.report = Arc::new(report);
        self
    }

    /// Uploads the content, unless a file of the same content is there; takes up an earlier upload of it where that broke off.
    ///
    /// # Behaviour
    /// - parts that arrived before a crash are not sent again
    /// - an upload the service has forgotten is begun anew
    /// - the same content twice gives the same file, also when the last reply was lost
    ///
    /// # Errors
    /// Those of the client, the records, and of reading the source.
    pub async fn upload(
        &self,
        source: &Arc<dyn Source>,
        digests: &Digests,
        purpose: Purpose,
    ) -> Result<FileObject> {
        let files = Files::new(self.client.clone());
        let name = Files::name_of(digests);
        // Twice is enough: an upload that was just begun has an hour.
        for fresh in [false, true] {
            if let Some(file) = files.find(&name, digests.bytes, purpose).await? {
                self.records.forget(&key(digests)).await?;
                return Ok(file);
            }
            let record = self.begin(digests, &name, purpose, fresh).await?;
            match self.finish(record, source, digests, &files, purpose).await {
                Ok(file) => {
                    self.records.forget(&key(digests)).await?;
                    return Ok(file);
                }
                Err(error) if !fresh && is_forgotten(&error) => {
                    self.records.forget(&key(digests)).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::new(ErrorKind::Unavailable, "uploads.upload", "the service forgot the upload twice"))
    }

    async fn begin(
        &self,
        digests: &Digests,
        name: &str,
        purpose: Purpose,
        fresh: bool,
    ) -> Result<UploadRecord> {
        /// An upload with less time left than this is not worth taking up, seconds.
        const MARGIN: i64 = 60;
        let now = self.client.clock().now().as_millis() / 1_000;
        if !fresh && let Some(record) = records::load::<UploadRecord>(&*self.records, &key(digests)).await? {
            let is_alive = record.expires_at.is_none_or(|expires| expires > now + MARGIN);
            if is_alive && record.bytes == digests.bytes && record.part_bytes > 0 {
                return Ok(record);
            }
        }
        let body = json!({
            "filename": name, "purpose": purpose.as_str(), "bytes": digests.bytes, "mime_type": "text/jsonl",
        });
        // One that nobody completes costs nothing and ends by itself.
        let call = Call::new("uploads.create", Method::POST, "/uploads").json(&body)?.repeatable();
        let upload: UploadObject = self.client.fetch(call).await?;
        let record = UploadRecord {
            upload: upload.id,
            bytes: digests.bytes,
            part_bytes: self.options.part_bytes.max(1),
            expires_at: upload.expires_at,
            parts: BTreeMap::new(),
        };
        records::save(&*self.records, &key(digests), &record).await?;
        Ok(record)
    }

    async fn finish(
        &self,
        mut record: UploadRecord,
        source: &Arc<dyn Source>,
        digests: &Digests,
        files: &Files,
        purpose: Purpose,
    ) -> Result<FileObject> {
        let count = u32::try_from(record.bytes.div_ceil(record.part_bytes)).unwrap_or(u32::MAX);
        let missing: Vec<_> = (0..count).filter(|part| !record.parts.contains_key(part)).collect();
        self.tell(&record);
        let upload = record.upload.clone();
        let (total, size) = (record.bytes, record.part_bytes);
        let mut sent = stream::iter(missing)
            .map(|part| {
                let offset = u64::from(part) * size;
                let range = Range::new(Arc::clone(source), offset, size.min(total - offset));
                self.send_part(&upload, part, range, size.min(total - offset), &digests.sha256)
            })
            .buffer_unordered(self.options.parallel.max(1));
        while let Some(result) = sent.next().await {
            let (part, id) = result?;
            record.parts.insert(part, id);
            records::save(&*self.records, &key(digests), &record).await?;
            self.tell(&record);
        }
        drop(sent);
        self.complete(&record, digests, files, purpose).await
    }

    fn tell(&self, record: &UploadRecord) {
        let of = |part: &u32| {
            record.part_bytes.min(record.bytes.saturating_sub(u64::from(*part) * record.part_bytes))
        };
        let done = record.parts.keys().map(of).sum();
        (self.report)(Progress { done, total: record.bytes });
    }

    async fn send_part(
        &self,
        upload: &str,
        part: u32,
        range: Range,
        length: u64,
        seed: &str,
    ) -> Result<(u32, String)> {
        let content = Body::Stream { source: Arc::new(range), length };
        let form = Form::new(seed).file("data", "part", "application/octet-stream", content);
        let path = format!("/uploads/{}/parts", Call::segment(upload));
        // A part that arrived twice has two ids; only one is named in the end.
        let call = Call::new("uploads.part", Method::POST, path).form(form).repeatable();
        let part_object: UploadPartObject = self.client.fetch(call).await?;
        Ok((part, part_object.id))
    }

    async fn complete(
        &self,
        record: &UploadRecord,
        digests: &Digests,
        files: &Files,
        purpose: Purpose,
    ) -> Result<FileObject> {
        let parts: Vec<_> = record.parts.values().collect();
        let body = json!({ "part_ids": parts, "md5": digests.md5 });
        let path = format!("/uploads/{}/complete", Call::segment(&record.upload));
        let mut tries = 0;
        loop {
            let call = Call::new("uploads.complete", Method::POST, path.clone()).json(&body)?;
            match self.client.fetch::<UploadObject>(call).await {
                Ok(UploadObject { file: Some(file), .. }) => return Ok(file),
                Ok(_) => {
                    return Err(Error::new(
                        ErrorKind::Unavailable,
                        "uploads.complete",
                        "the upload has no file although it is complete",
                    ));
                }
                Err(error) if is_outcome_unknown(&error) => {
                    self.client.pause(tries, &error).await;
                    let name = Files::name_of(digests);
                    if let Some(file) = files.find(&name, digests.bytes, purpose).await? {
                        return Ok(file);
                    }
                    if tries >= self.client.policy().max_retries {
                        return Err(error);
                    }
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Whether the service no longer takes parts for the upload, or does not know one of its parts.
fn is_forgotten(error: &Error) -> bool {
    error.retry() == Retry::Never
        && ApiFailure::of(error).is_some_and(|failure| matches!(failure.status, 400 | 404))
}
