//! The unfinished archive, as blocking tasks work on it.

use std::path::Path;

use bytes::Bytes;
use codesight_core::error::{Error, Result};
use codesight_core::model::{FileRole, Finding, InteractionData, RuleId, Severity};
use codesight_core::privacy::Masked;
use serde::de::IgnoredAny;

use super::container::Container;
use super::layout::{INTERACTIONS, TRAINING, VIEWER};
use super::viewer::{Page, StepSpool};
use super::{ArchiveLimits, Method};

/// An interaction that is not JSON; it is left out.
pub const INTERACTION_UNREADABLE: RuleId = RuleId::new("interaction-unreadable");

/// A container, and the steps for the viewer, which is written after the interactions have passed by.
pub(super) struct Work {
    container: Container,
    steps: StepSpool,
    interactions: u64,
}

impl Work {
    pub(super) fn create(scratch: &Path, limits: ArchiveLimits) -> Result<Self> {
        let container = Container::create(scratch, limits)?;
        Ok(Self { container, steps: StepSpool::create(scratch)?, interactions: 0 })
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.container.has(path)
    }

    pub(super) fn add(&mut self, path: &str, role: FileRole, method: Method, bytes: &[u8]) -> Result<()> {
        self.begin(path, role, method)?;
        self.container.write(bytes)
    }

    /// Returns findings and the bytes of what was added.
    pub(super) fn add_interactions(&mut self, page: &[Masked<Bytes>]) -> Result<(Vec<Finding>, u64)> {
        if self.continue_or_begin(INTERACTIONS, FileRole::Interactions)? {
            self.container.write(b"[")?;
        }
        let (mut findings, mut bytes) = (Vec::new(), 0);
        for interaction in page {
            match serde_json::from_slice::<InteractionData>(interaction) {
                Ok(step) => self.steps.push(&step)?,
                // Not a step the viewer can show, but nothing is lost for that.
                Err(_) if is_json(interaction) => {}
                Err(_) => {
                    let message = "an interaction is not JSON and was left out of the archive";
                    findings.push(Finding::session(INTERACTION_UNREADABLE, Severity::Error, message));
                    continue;
                }
            }
            self.container.write(if self.interactions == 0 { b"\n" } else { b",\n" })?;
            self.container.write(interaction)?;
            self.interactions += 1;
            bytes += interaction.len() as u64;
        }
        Ok((findings, bytes))
    }

    pub(super) fn add_training_lines(&mut self, page: &[Masked<Bytes>]) -> Result<()> {
        if page.iter().any(|line| line.contains(&b'\n')) {
            return Err(Error::invalid("archive.write", "a training line holds a line break"));
        }
        self.continue_or_begin(TRAINING, FileRole::TrainingData)?;
        page.iter().try_for_each(|line| {
            self.container.write(line)?;
            self.container.write(b"\n")
        })
    }

    /// Writes the viewer, the last file before the manifest.
    pub(super) fn into_container_with(mut self, page: &Page) -> Result<Container> {
        self.begin(VIEWER, FileRole::Viewer, Method::Deflate)?;
        let Self { mut container, steps, .. } = self;
        page.write(steps, |bytes| container.write(bytes))?;
        Ok(container)
    }

    /// Whether the file was begun by this call.
    fn continue_or_begin(&mut self, path: &str, role: FileRole) -> Result<bool> {
        if self.container.is_open(path) {
            return Ok(false);
        }
        self.begin(path, role, Method::Deflate)?;
        Ok(true)
    }

    fn begin(&mut self, path: &str, role: FileRole, method: Method) -> Result<()> {
        if self.container.is_open(INTERACTIONS) {
            self.container.write(b"\n]\n")?;
        }
        self.container.begin(path, role, method)
    }
}

fn is_json(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())
}
