//! What an import gives.

use bytes::Bytes;

use super::rules::ImportRule;
use crate::id::ContentHash;
use crate::model::{Finding, InteractionData, SessionGoal, SessionOutcome};
use crate::privacy::Raw;
use crate::wire::{ReceivedEntry, SessionStart};

/// An encoded picture of a foreign recording.
#[derive(Debug, Clone)]
pub struct ImportedBlob {
    /// SHA-256 of the bytes; interactions name it.
    pub hash: ContentHash,
    /// Media type, such as `image/png`.
    pub media_type: &'static str,
    /// The encoded bytes. Pixels are painted by the archive; no text rule applies to them.
    pub bytes: Bytes,
}

/// One session, as unmasked as it came.
#[derive(Debug)]
pub struct ImportedSession {
    /// How it begins. Its key follows from the source, so that a second import finds the first.
    pub start: Raw<SessionStart>,
    /// Its interactions and gaps, in order: places 1, 2, 3, …
    pub entries: Vec<ReceivedEntry>,
    /// Its pictures, each once.
    pub blobs: Vec<ImportedBlob>,
    /// How it ended, where the source says so. A claim.
    pub outcome: SessionOutcome,
    /// How many raw events it was made of.
    pub raw_events: usize,
    /// What a reader should know about it; places are those of `entries`.
    pub findings: Vec<Finding>,
}

impl ImportedSession {
    /// How many interactions it has.
    pub fn interactions(&self) -> usize {
        self.entries.iter().filter(|entry| matches!(entry, ReceivedEntry::Interaction(_))).count()
    }

    /// Looks at each interaction without taking it out, for checks that keep nothing of it.
    pub fn inspect(&self, mut look: impl FnMut(&InteractionData)) {
        for entry in &self.entries {
            if let ReceivedEntry::Interaction(interaction) = entry {
                interaction.inspect(&mut look);
            }
        }
    }
}

/// A task without a demonstration.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedTask {
    /// What is to be done.
    pub goal: SessionGoal,
    /// The most it may cost, where the words say so.
    pub price_bound: Option<f64>,
    /// What is asked for, one or more words each.
    pub attributes: Vec<String>,
    /// Search terms that people used for it.
    pub queries: Vec<String>,
}

/// Everything a source held.
#[derive(Debug)]
pub struct Imported {
    /// The importer that read it.
    pub format: &'static str,
    /// Sessions, in the order of the source.
    pub sessions: Vec<ImportedSession>,
    /// Tasks without a demonstration.
    pub tasks: Vec<ImportedTask>,
    /// What a reader should know about the source as a whole.
    pub findings: Vec<Finding>,
}

impl Imported {
    pub(crate) fn new(format: &'static str) -> Self {
        Self { format, sessions: Vec::new(), tasks: Vec::new(), findings: Vec::new() }
    }

    /// How many findings of a rule there are, those of the sessions included.
    pub fn count_of(&self, rule: &ImportRule) -> usize {
        let sessions = self.sessions.iter().flat_map(|session| &session.findings);
        self.findings.iter().chain(sessions).filter(|finding| finding.rule == rule.id).count()
    }
}
