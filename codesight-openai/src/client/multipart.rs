//! `multipart/form-data` bodies that are streamed and can be sent again.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};

use super::exchange::{Body, BodySource};

/// A form with some fields and at most one file, which comes last.
#[derive(Debug, Clone)]
pub struct Form {
    boundary: String,
    head: String,
    file: Option<Body>,
}

impl Form {
    /// An empty form. The boundary is taken from `seed`, which is best the hash of the content: it is then the same each time, and no
    /// content holds its own hash.
    pub fn new(seed: &str) -> Self {
        let seed: String = seed.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
        Self { boundary: format!("codesight-{seed}"), head: String::new(), file: None }
    }

    /// Adds a field.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        let boundary = &self.boundary;
        self.head.push_str(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
        self
    }

    /// Adds the file. Letters that would end the header's text are left out of its name.
    #[must_use]
    pub fn file(mut self, name: &str, file_name: &str, media_type: &str, content: Body) -> Self {
        let boundary = &self.boundary;
        let file_name: String =
            file_name.chars().filter(|letter| !letter.is_control() && *letter != '"').collect();
        self.head.push_str(&format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\nContent-Type: {media_type}\r\n\r\n"
        ));
        self.file = Some(content);
        self
    }

    /// The `Content-Type` header.
    pub fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// The whole body.
    pub fn into_body(self) -> Body {
        let gap = if self.file.is_some() { "\r\n" } else { "" };
        let tail = Bytes::from(format!("{gap}--{}--\r\n", self.boundary));
        let parts = Parts { head: self.head.into(), file: self.file.unwrap_or_default(), tail };
        let length = parts.head.len() as u64 + parts.file.len() + parts.tail.len() as u64;
        Body::Stream { source: Arc::new(parts), length }
    }
}

#[derive(Debug)]
struct Parts {
    head: Bytes,
    file: Body,
    tail: Bytes,
}

impl BodySource for Parts {
    fn open(&self) -> BoxStream<'static, io::Result<Bytes>> {
        let piece = |bytes: &Bytes| stream::iter([Ok(bytes.clone())]);
        piece(&self.head).chain(self.file.open()).chain(piece(&self.tail)).boxed()
    }
}
