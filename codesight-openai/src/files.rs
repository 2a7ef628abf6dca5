//! Files at the service: uploaded once for each content, found again by name, fetched, deleted.

use std::fmt;
use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use codesight_core::Result;
use codesight_core::ports::ProviderFiles;
use http::Method;
use serde::Deserialize;

use crate::api::{FileObject, Page, Purpose};
use crate::client::{Body, Call, Client, Form, is_outcome_unknown};
use crate::uploads::{Digests, Source};

/// Files asked for in one page; the service's own largest.
const PAGE: usize = 10_000;

/// The files of one project at the service.
#[derive(Debug, Clone)]
pub struct Files {
    client: Client,
}

#[derive(Deserialize)]
struct Deleted {
    #[serde(default)]
    deleted: bool,
}

impl Files {
    /// Of the service that `client` speaks to.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The name under which content is uploaded: it says what is in it, so that the same content is found again.
    pub fn name_of(digests: &Digests) -> String {
        format!("codesight-{}.jsonl", digests.sha256)
    }

    /// Whether it is such a name, and no id.
    pub(crate) fn is_name(file: &str) -> bool {
        file.starts_with("codesight-") && file.ends_with(".jsonl")
    }

    /// Uploads the content in one call, unless a file of the same content is there.
    ///
    /// # Behaviour
    /// - the same content twice gives the same file, also when the reply of the first call was lost
    ///
    /// # Errors
    /// Those of the client and of reading the source.
    pub async fn upload(
        &self,
        source: &Arc<dyn Source>,
        digests: &Digests,
        purpose: Purpose,
    ) -> Result<FileObject> {
        let name = Self::name_of(digests);
        let mut tries = 0;
        loop {
            if let Some(file) = self.find(&name, digests.bytes, purpose).await? {
                return Ok(file);
            }
            let content = Body::Stream {
                source: Arc::new(crate::uploads::Range::whole(Arc::clone(source))),
                length: digests.bytes,
            };
            let form = Form::new(&digests.sha256).field("purpose", purpose.as_str()).file(
                "file",
                &name,
                "application/jsonl",
                content,
            );
            let call = Call::new("files.upload", Method::POST, "/files").form(form);
            match self.client.fetch(call).await {
                Ok(file) => return Ok(file),
                Err(error) if is_outcome_unknown(&error) && tries < self.client.policy().max_retries => {
                    self.client.pause(tries, &error).await;
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The newest usable file of that name and size.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn find(&self, name: &str, bytes: u64, purpose: Purpose) -> Result<Option<FileObject>> {
        let usable = |file: &FileObject| {
            file.filename == name
                && file.bytes == bytes
                && !matches!(file.status.as_deref(), Some("error" | "deleted"))
        };
        Ok(self.list(purpose).await?.into_iter().find(usable))
    }

    /// Every file for that purpose, newest first.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn list(&self, purpose: Purpose) -> Result<Vec<FileObject>> {
        let mut files: Vec<FileObject> = Vec::new();
        loop {
            let mut call = Call::new("files.list", Method::GET, "/files")
                .query("purpose", purpose.as_str())
                .query("limit", PAGE.to_string())
                .query("order", "desc");
            if let Some(last) = files.last() {
                call = call.query("after", &last.id);
            }
            let page: Page<FileObject> = self.client.fetch(call).await?;
            let is_last = !page.has_more || page.data.is_empty();
            files.extend(page.data);
            if is_last {
                return Ok(files);
            }
        }
    }

    /// What is known about a file.
    ///
    /// # Errors
    /// Those of the client; [`ErrorKind::NotFound`](codesight_core::ErrorKind::NotFound) when there is none.
    pub async fn get(&self, file: &str) -> Result<FileObject> {
        let path = format!("/files/{}", Call::segment(file));
        self.client.fetch(Call::new("files.get", Method::GET, path)).await
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// As [`Files::get`].
    pub async fn content(&self, file: &str) -> Result<Bytes> {
        let path = format!("/files/{}/content", Call::segment(file));
        Ok(self.client.send(Call::new("files.content", Method::GET, path)).await?.body)
    }

    /// Deletes a file; whether there was one.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn delete(&self, file: &str) -> Result<bool> {
        let path = format!("/files/{}", Call::segment(file));
        match self.client.fetch::<Deleted>(Call::new("files.delete", Method::DELETE, path)).await {
            Ok(reply) => Ok(reply.deleted),
            Err(error) if error.kind() == codesight_core::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Deletes every file for training that has this name, in whatever state it is.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn delete_named(&self, name: &str) -> Result<()> {
        for file in self.list(Purpose::FineTune).await?.into_iter().filter(|file| file.filename == name) {
            self.delete(&file.id).await?;
        }
        Ok(())
    }
}

impl fmt::Display for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "files at {}", self.client.profile().name)
    }
}

#[async_trait]
impl ProviderFiles for Files {
    fn service(&self) -> &str {
        &self.client.profile().name
    }

    /// A file that was noted before it was uploaded is known by the name of its content instead of an id.
    async fn delete_file(&self, file: &str) -> Result<()> {
        if Self::is_name(file) {
            return self.delete_named(file).await;
        }
        self.delete(file).await.map(|_| ())
    }
}

/// The error of a source that cannot be read.
pub(crate) fn unreadable(error: io::Error) -> codesight_core::Error {
    codesight_core::Error::new(
        codesight_core::ErrorKind::Unavailable,
        "uploads.read",
        "the file could not be read",
    )
    .retry_when(codesight_core::Retry::Never)
    .caused_by(error)
}
