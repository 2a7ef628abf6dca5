//! Files and uploads in parts.

use serde::{Deserialize, Serialize};

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Training and validation lines.
    FineTune,
    /// Requests to be answered as a batch.
    Batch,
}

impl Purpose {
    /// The word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FineTune => "fine-tune",
            Self::Batch => "batch",
        }
    }
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FileObject {
    /// The service's id.
    pub id: String,
    /// Its size.
    #[serde(default)]
    pub bytes: u64,
    /// The name it was given.
    #[serde(default)]
    pub filename: String,
    /// What it is for.
    #[serde(default)]
    pub purpose: String,
    /// Seconds since 1970.
    #[serde(default)]
    pub created_at: i64,
    /// Seconds since 1970; none when it stays.
    #[serde(default)]
    pub expires_at: Option<i64>,
    /// `uploaded`, `processed`, `error`, or a word this version does not know.
    #[serde(default)]
    pub status: Option<String>,
}

/// An upload in parts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UploadObject {
    /// The service's id.
    pub id: String,
    /// `pending`, `completed`, `cancelled`, `expired`, or a word this version does not know.
    pub status: String,
    /// Seconds since 1970.
    #[serde(default)]
    pub expires_at: Option<i64>,
    /// The file, once it is complete.
    #[serde(default)]
    pub file: Option<FileObject>,
}

/// A part of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UploadPartObject {
    /// The service's id.
    pub id: String,
}
