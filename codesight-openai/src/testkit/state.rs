//! What the stand-in remembers.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Value, json};

/// A stored file.
#[derive(Debug)]
pub(super) struct File {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) purpose: String,
    pub(super) created_at: i64,
    pub(super) expires_at: Option<i64>,
    pub(super) content: Bytes,
    /// Told size, when the content is not kept.
    pub(super) bytes: u64,
}

impl File {
    pub(super) fn show(&self) -> Value {
        let mut file = json!({
            "id": self.id, "object": "file", "bytes": self.bytes, "created_at": self.created_at,
            "filename": self.name, "purpose": self.purpose, "status": "processed",
        });
        if let Some(expires_at) = self.expires_at {
            file["expires_at"] = expires_at.into();
        }
        file
    }
}

#[derive(Debug)]
pub(super) struct Upload {
    pub(super) name: String,
    pub(super) purpose: String,
    pub(super) bytes: u64,
    pub(super) created_at: i64,
    pub(super) expires_at: i64,
    pub(super) status: &'static str,
    /// Content by the part's id; in the order in which they came.
    pub(super) parts: BTreeMap<String, Part>,
    pub(super) file: Option<String>,
}

#[derive(Debug)]
pub(super) struct Part {
    pub(super) content: Bytes,
    pub(super) bytes: u64,
}

#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: String,
    pub(super) created_at: i64,
    pub(super) finished_at: Option<i64>,
    pub(super) request: Value,
    /// Place in the walk of statuses.
    pub(super) place: usize,
    /// A status that stands outside the walk: paused, cancelled, failed.
    pub(super) outside: Option<&'static str>,
    pub(super) error: Option<(String, String)>,
    pub(super) lines: u64,
    pub(super) result_file: Option<String>,
    pub(super) model: Option<String>,
    /// Oldest first.
    pub(super) events: Vec<Event>,
}

#[derive(Debug)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) created_at: i64,
    pub(super) message: String,
}

#[derive(Debug)]
pub(super) struct Batch {
    pub(super) id: String,
    pub(super) created_at: i64,
    pub(super) request: Value,
    pub(super) place: usize,
    pub(super) output: Option<String>,
    pub(super) errors: Option<String>,
    pub(super) total: u64,
    pub(super) failed: u64,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) next: u64,
    /// Newest last.
    pub(super) files: Vec<File>,
    pub(super) uploads: BTreeMap<String, Upload>,
    pub(super) jobs: Vec<Job>,
    pub(super) batches: Vec<Batch>,
    pub(super) chats: u64,
}

impl State {
    pub(super) fn id(&mut self, prefix: &str) -> String {
        self.next += 1;
        format!("{prefix}{:08}", self.next)
    }

    pub(super) fn file(&self, id: &str) -> Option<&File> {
        self.files.iter().find(|file| file.id == id)
    }

    pub(super) fn add_file(&mut self, name: &str, purpose: &str, content: Bytes, now: i64) -> String {
        let id = self.id("file-");
        let bytes = content.len() as u64;
        self.files.push(File {
            id: id.clone(),
            name: name.to_owned(),
            purpose: purpose.to_owned(),
            created_at: now,
            expires_at: None,
            content,
            bytes,
        });
        id
    }
}

/// How much there is of everything, for assertions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Files with training lines.
    pub training_files: usize,
    /// Uploads in parts, complete or not.
    pub uploads: usize,
    /// Parts of all uploads.
    pub parts: usize,
    /// Jobs.
    pub jobs: usize,
    /// Answers to chats, those in batches included.
    pub chats: u64,
}
