//! What a validator is told before it reads.

use bytes::Bytes;
use codesight_core::Result;
use serde::{Deserialize, Serialize};

use crate::limits::Limits;

/// Bounds of the reader itself: memory and time on a hostile file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct ReaderLimits {
    /// Bytes of one line; a longer one is a finding and is skipped without being kept. The default holds ten images of
    /// 10 MB as base64.
    pub max_line_bytes: usize,
    /// Levels of nesting.
    pub max_depth: u32,
    /// JSON values of one line.
    pub max_values: u64,
    /// Findings listed for one line; the others are counted.
    pub max_findings_per_line: usize,
    /// Findings listed for the file; the others are counted.
    pub max_findings: usize,
    /// Lines that copies are looked for among, at 16 bytes each.
    pub max_tracked_lines: usize,
    /// Threads that judge lines at once; as many as the machine lends unless said. The verdict is the same for any number.
    pub threads: Option<usize>,
}

impl Default for ReaderLimits {
    fn default() -> Self {
        Self {
            max_line_bytes: 160 * 1024 * 1024,
            max_depth: 64,
            max_values: 1_000_000,
            max_findings_per_line: 20,
            max_findings: 1_000,
            max_tracked_lines: 1_000_000,
            threads: None,
        }
    }
}

/// What the lines of a file are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineKind {
    /// Learning from answers.
    #[default]
    Supervised,
    /// Learning from a better and a worse answer (DPO).
    Preference,
    /// Learning from a grader's marks; what the grader needs stands beside the messages.
    Reinforcement,
}

/// How a file is judged.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct ValidatorOptions {
    /// What the service takes.
    pub limits: Limits,
    /// What the lines are for.
    pub kind: LineKind,
    /// Bounds of the reader.
    pub reader: ReaderLimits,
    /// The model that tokens are counted for; that of the limits unless named.
    pub model: Option<String>,
    /// Whether images may be named by a path: true for the `training.jsonl` of an archive, false for a file to upload.
    pub archive_paths: bool,
    /// Whether images may be named by an `http(s)` address; the service's rule unless said.
    pub remote_images: Option<bool>,
    /// Whether the tokens of every line are counted with the model's encoding. Otherwise texts count a token a byte, and only
    /// a line that could be too long is counted with the encoding: much faster, and the same verdict.
    pub count_tokens: bool,
}

/// Finds images that lines name by a path, from several threads.
pub trait ImageSource: Send + Sync {
    /// The encoded image.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](codesight_core::ErrorKind::NotFound) when there is none, which becomes a finding; every other
    /// error ends the validation.
    fn image(&self, path: &str) -> Result<Bytes>;
}
