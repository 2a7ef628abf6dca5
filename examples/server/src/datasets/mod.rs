//! Datasets: training lines of many sessions in one file a part, made once and never changed.
//!
//! Every file is in the register of exports with all sessions of the dataset before its first byte is written, so that the
//! erasure of any of them takes the whole dataset along: it is made anew without one. The record, which is written last, says
//! what was asked for and what came of it, and names no session.

mod build;
mod builds;

use codesight_core::id::{CollectorId, ExportId, SessionId, TenantId};
use codesight_core::ports::{BlobKey, Export, ExportPlace};
use codesight_core::rights::purpose;
use codesight_core::time::Timestamp;
use codesight_core::training::{Part, SplitBy};
use codesight_core::{Error, ErrorKind, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use builds::{Build, BuildState, Builds};

use crate::app::App;

/// Keys read at a time, and datasets listed at most.
const PAGE: usize = 500;
const MOST_LISTED: usize = 500;
const RECORD: &str = "dataset.json";
const SESSIONS: &str = "sessions.json";

/// What a dataset is made of.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Recipe {
    /// What people call it.
    #[schemars(regex(pattern = r"^[A-Za-z0-9 ._-]{1,80}$"))]
    pub(crate) name: String,
    /// Only sessions of at least this score, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) min_quality: Option<f64>,
    /// Only sessions that began at or after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Timestamp>,
    /// Only sessions that began before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<Timestamp>,
    /// Only sessions that somebody accepted. Those that somebody rejected are left out in any case.
    #[serde(default)]
    pub(crate) accepted_only: bool,
    /// What must not stand both in training and in what is held out.
    #[serde(default)]
    pub(crate) split_by: Apart,
    /// Share of the sessions for validation, 0 to 1.
    #[serde(default)]
    pub(crate) validation: f64,
    /// Share of the sessions for the test, 0 to 1.
    #[serde(default)]
    pub(crate) test: f64,
}

impl Recipe {
    /// Refuses what no dataset could be made of.
    pub(crate) fn check(&self) -> Result<()> {
        const OPERATION: &str = "dataset.recipe";
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b" ._-".contains(&byte);
        if self.name.is_empty() || self.name.len() > 80 || !self.name.bytes().all(is_plain) {
            return Err(Error::invalid(OPERATION, "name matches [A-Za-z0-9 ._-]{1,80}"));
        }
        let is_share = |share: f64| (0.0..1.0).contains(&share);
        if !is_share(self.validation) || !is_share(self.test) || self.validation + self.test >= 1.0 {
            return Err(Error::invalid(
                OPERATION,
                "validation and test are shares that leave something to learn from",
            ));
        }
        Ok(())
    }
}

/// What must not stand on both sides of a split.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Apart {
    #[default]
    Task,
    Site,
    Person,
}

impl From<Apart> for SplitBy {
    fn from(apart: Apart) -> Self {
        match apart {
            Apart::Task => Self::Task,
            Apart::Site => Self::Site,
            Apart::Person => Self::Person,
        }
    }
}

/// A dataset that was made.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Dataset {
    pub(crate) id: ExportId,
    pub(crate) recipe: Recipe,
    /// Who made it, by the name of their key.
    pub(crate) made_by: CollectorId,
    pub(crate) made_at: Timestamp,
    /// Sessions in it.
    pub(crate) sessions: u64,
    pub(crate) left_out: LeftOut,
    pub(crate) parts: Vec<PartFile>,
}

/// Sessions that fit the recipe and are not in the dataset.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LeftOut {
    /// Their person does not agree to training.
    pub(crate) without_consent: u64,
    /// A reviewer rejected them, or nobody accepted them where that was asked for.
    pub(crate) by_review: u64,
    /// They give no training line.
    pub(crate) without_lines: u64,
}

/// One file of a dataset, and what a training service would say of it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PartFile {
    /// `train`, `validation` or `test`.
    pub(crate) part: String,
    pub(crate) lines: u64,
    pub(crate) bytes: u64,
    /// Whether the service whose rules are built in would take it.
    pub(crate) accepted: bool,
    pub(crate) errors: u64,
    pub(crate) warnings: u64,
    /// Tokens of one pass: an upper estimate.
    pub(crate) tokens: u64,
    /// The first findings, in words.
    pub(crate) findings: Vec<String>,
}

/// The name of a part's file without its ending.
pub(crate) fn part_name(part: Part) -> &'static str {
    match part {
        Part::Train => "train",
        Part::Validation => "validation",
        Part::Test => "test",
    }
}

fn prefix(tenant: &TenantId) -> String {
    format!("{tenant}/datasets/")
}

fn key(tenant: &TenantId, dataset: &ExportId, file: &str) -> Result<BlobKey> {
    BlobKey::new(format!("{}{dataset}/{file}", prefix(tenant)))
}

impl App {
    /// The tenant's datasets, newest first. One whose sessions were erased is not among them any more.
    pub(crate) async fn datasets(&self, tenant: &TenantId) -> Result<Vec<Dataset>> {
        let (prefix, mut after, mut keys) = (prefix(tenant), None, Vec::new());
        loop {
            let page = self.blobs.list(&prefix, after.as_ref(), PAGE).await?;
            after = page.last().map(|last| last.key.clone());
            let is_last = page.len() < PAGE;
            keys.extend(page.into_iter().map(|blob| blob.key).filter(|key| key.as_str().ends_with(RECORD)));
            if is_last {
                break;
            }
        }
        // Ids sort by time.
        keys.reverse();
        keys.truncate(MOST_LISTED);
        let mut datasets = Vec::new();
        for key in keys {
            match self.read_dataset(&key).await {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                dataset => datasets.push(dataset?),
            }
        }
        Ok(datasets)
    }

    /// One dataset; `NotFound` when it is gone.
    pub(crate) async fn dataset(&self, tenant: &TenantId, id: &ExportId) -> Result<Dataset> {
        self.read_dataset(&key(tenant, id, RECORD)?).await
    }

    async fn read_dataset(&self, key: &BlobKey) -> Result<Dataset> {
        let bytes = self.blobs.get(key).await?;
        serde_json::from_slice(&bytes).map_err(|_| {
            Error::new(ErrorKind::Corrupt, "dataset.read", "the record of a dataset is unreadable")
        })
    }

    /// Where a part of a dataset is, once nobody in it has taken their consent to training back.
    ///
    /// # Errors
    /// `NotFound` when it is gone, `Conflict` when somebody withdrew since it was made.
    pub(crate) async fn dataset_part(&self, tenant: &TenantId, id: &ExportId, part: &str) -> Result<BlobKey> {
        let dataset = self.dataset(tenant, id).await?;
        if !dataset.parts.iter().any(|file| file.part == part) {
            return Err(Error::not_found("dataset.part", "the dataset has no such part"));
        }
        let sessions = self.blobs.get(&key(tenant, id, SESSIONS)?).await?;
        let sessions: Vec<SessionId> = serde_json::from_slice(&sessions).map_err(|_| {
            Error::new(ErrorKind::Corrupt, "dataset.part", "the list of sessions is unreadable")
        })?;
        for session in sessions {
            let at = codesight_core::ports::SessionRef { tenant: tenant.clone(), session };
            let stored = self.catalog.get(&at).await?;
            if !self.permits(&stored, purpose::TRAINING).await? {
                let message = "somebody in the dataset took their consent to training back: make it anew";
                return Err(Error::new(ErrorKind::Conflict, "dataset.part", message));
            }
        }
        key(tenant, id, &format!("{part}.jsonl"))
    }

    /// Deletes a dataset.
    pub(crate) async fn delete_dataset(&self, tenant: &TenantId, id: &ExportId) -> Result<()> {
        self.dataset(tenant, id).await?;
        self.drop_dataset(tenant, id).await
    }

    /// Deletes whatever there is of a dataset: its record first, so that nobody finds half of it.
    async fn drop_dataset(&self, tenant: &TenantId, id: &ExportId) -> Result<()> {
        for file in files() {
            self.blobs.delete(&key(tenant, id, file)?).await?;
            self.accounts.forget_export(tenant, &export_id(id, file)?).await?;
        }
        Ok(())
    }

    /// Enters all files of a dataset into the register of exports.
    async fn note_dataset(&self, tenant: &TenantId, id: &ExportId, sessions: &[SessionId]) -> Result<()> {
        for file in files() {
            let export = Export {
                id: export_id(id, file)?,
                tenant: tenant.clone(),
                place: ExportPlace::Blob { key: key(tenant, id, file)? },
                purpose: purpose::TRAINING.to_owned(),
                sessions: sessions.to_vec(),
                made_at: self.clock.now(),
                models: Vec::new(),
            };
            self.accounts.note_export(export).await?;
        }
        Ok(())
    }

    /// Whether every file is still in the register: an erasure while they were written has struck them off.
    async fn is_dataset_noted(
        &self,
        tenant: &TenantId,
        id: &ExportId,
        sessions: &[SessionId],
    ) -> Result<bool> {
        let noted = self.accounts.exports_of(tenant, sessions).await?;
        for file in files() {
            let export = export_id(id, file)?;
            if !noted.iter().any(|one| one.id == export && one.sessions.len() == sessions.len()) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Every file that a dataset may have, the record first.
fn files() -> [&'static str; 5] {
    [RECORD, SESSIONS, "train.jsonl", "validation.jsonl", "test.jsonl"]
}

/// As what a file of a dataset is in the register.
fn export_id(dataset: &ExportId, file: &str) -> Result<ExportId> {
    ExportId::new(format!("{dataset}-{}", file.split('.').next().unwrap_or(file)))
}
