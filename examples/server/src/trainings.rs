//! Trainings that `codesight-server train` has begun, as it told this server: what each is of, where it stands, and what came of
//! it. A record says how many sessions are in it and names none: which they are is in the register of exports.

use std::collections::BTreeMap;

use bytes::Bytes;
use codesight_core::id::{ContentHash, TenantId};
use codesight_core::model::TrainingMetrics;
use codesight_core::ports::{BlobKey, PutOutcome};
use codesight_core::time::Timestamp;
use codesight_core::{Error, ErrorKind, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;

const OPERATION: &str = "trainings";
/// Keys read at a time.
const PAGE: usize = 500;
/// Trainings listed, the newest.
const MOST_LISTED: usize = 200;
/// Events kept of one, the last.
const MOST_EVENTS: usize = 200;
/// Points kept of a curve: more than a page shows.
const MOST_POINTS: usize = 500;
/// Letters of a digest that name a run.
const DIGITS: usize = 32;
/// Writers of one record that may come in between.
const TRIES: u32 = 8;

/// One training.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Training {
    /// The intention to train: at most one job is made for it.
    pub(crate) run: String,
    /// The job, as the service calls it.
    pub(crate) job: String,
    pub(crate) service: String,
    pub(crate) base_model: String,
    /// `validating`, `queued`, `running`, `paused`, `succeeded`, `failed`, `cancelled`, or a word of the service's.
    pub(crate) status: String,
    /// Sessions of this project in it.
    pub(crate) sessions: u64,
    /// Training lines of all inputs.
    pub(crate) lines: u64,
    /// Tokens of one pass: an upper estimate.
    pub(crate) tokens_a_pass: u64,
    /// What it was estimated to cost before it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) estimate: Option<Estimate>,
    pub(crate) began_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// The new model, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<String>,
    /// The service's code of what went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    pub(crate) metrics: TrainingMetrics,
    /// The curve, when the service tells it, in order.
    #[serde(default)]
    pub(crate) losses: Vec<LossPoint>,
    /// What the service reported, oldest first.
    #[serde(default)]
    pub(crate) events: Vec<Reported>,
    /// What `evaluate` found of the model last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) evaluation: Option<Evaluated>,
}

/// A cost that was estimated.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Estimate {
    pub(crate) usd: f64,
    pub(crate) epochs: u32,
    /// The day the price was read on.
    pub(crate) as_of: String,
}

/// One step of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LossPoint {
    pub(crate) step: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) training: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) validation: Option<f64>,
}

/// Something the service reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Reported {
    pub(crate) at: Timestamp,
    pub(crate) message: String,
}

/// What recorded steps said of a model. The report itself holds recorded steps, and stays where `evaluate` wrote it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Evaluated {
    pub(crate) at: Timestamp,
    pub(crate) steps: u64,
    /// Share of steps that were right as a whole, and where it lies with 95 % confidence, 0 to 1.
    pub(crate) success: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// The report's name on the machine that made it.
    pub(crate) report: String,
}

impl Training {
    /// Adds an event; told twice, as after a restart, it is added once.
    pub(crate) fn report(&mut self, event: Reported) {
        if !self.events.contains(&event) {
            self.events.push(event);
            let more = self.events.len().saturating_sub(MOST_EVENTS);
            self.events.drain(..more);
        }
    }

    /// Sets the curve: of a long one every so many points, the last among them.
    pub(crate) fn curve(&mut self, points: Vec<LossPoint>) {
        let every = points.len().div_ceil(MOST_POINTS).max(1);
        let last = points.len().saturating_sub(1);
        let kept = points.into_iter().enumerate().filter(|(at, _)| (last - at).is_multiple_of(every));
        self.losses = kept.map(|(_, point)| point).collect();
    }
}

fn prefix(tenant: &TenantId) -> String {
    format!("{tenant}/trainings/")
}

/// The folder of a run. The run's own name may be anything.
fn folder(tenant: &TenantId, run: &str) -> String {
    let digest = ContentHash::of(run.as_bytes()).to_hex();
    format!("{}{}/", prefix(tenant), &digest[..DIGITS])
}

impl App {
    /// The tenant's trainings, newest first.
    pub(crate) async fn trainings(&self, tenant: &TenantId) -> Result<Vec<Training>> {
        let mut newest = BTreeMap::new();
        for key in self.keys_below(&prefix(tenant)).await? {
            // Keys come in order, revisions are numbers with leading zeros: the last of a folder counts.
            if let Some((folder, _)) = key.as_str().rsplit_once('/') {
                newest.insert(folder.to_owned(), key);
            }
        }
        let mut trainings = Vec::new();
        for key in newest.into_values() {
            match self.blobs.get(&key).await {
                Ok(bytes) => trainings.push(parse(&bytes)?),
                // It has been replaced meanwhile, and is there when the list is loaded again.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        trainings.sort_by_key(|training: &Training| std::cmp::Reverse(training.began_at));
        trainings.truncate(MOST_LISTED);
        Ok(trainings)
    }

    /// The record of a run, if there is one.
    pub(crate) async fn training(&self, tenant: &TenantId, run: &str) -> Result<Option<Training>> {
        match self.keys_below(&folder(tenant, run)).await?.last() {
            None => Ok(None),
            Some(key) => self.blobs.get(key).await.and_then(|bytes| parse(&bytes)).map(Some),
        }
    }

    /// Keeps a record in place of the one before. Whoever reads meanwhile finds one of the two.
    pub(crate) async fn keep_training(&self, tenant: &TenantId, training: &Training) -> Result<()> {
        let json = serde_json::to_vec(training).map_err(|error| {
            Error::new(ErrorKind::Unexpected, OPERATION, "a record cannot be written").caused_by(error)
        })?;
        let (folder, json) = (folder(tenant, &training.run), Bytes::from(json));
        for _ in 0..TRIES {
            let before = self.keys_below(&folder).await?;
            let last = before.last().and_then(|key| {
                key.as_str().strip_prefix(&folder)?.strip_suffix(".json")?.parse::<u32>().ok()
            });
            let next = last.map_or(0, |last| last.saturating_add(1));
            let key = BlobKey::new(format!("{folder}{next:08}.json"))?;
            if self.blobs.put(&key, json.clone()).await? == PutOutcome::Created {
                for old in before {
                    self.blobs.delete(&old).await?;
                }
                return Ok(());
            }
        }
        Err(Error::new(ErrorKind::Conflict, OPERATION, "the record is being written by others"))
    }

    async fn keys_below(&self, prefix: &str) -> Result<Vec<BlobKey>> {
        let (mut keys, mut after) = (Vec::new(), None);
        loop {
            let page = self.blobs.list(prefix, after.as_ref(), PAGE).await?;
            let is_last = page.len() < PAGE;
            after = page.last().map(|last| last.key.clone());
            keys.extend(page.into_iter().map(|blob| blob.key));
            if is_last {
                return Ok(keys);
            }
        }
    }
}

fn parse(bytes: &[u8]) -> Result<Training> {
    serde_json::from_slice(bytes)
        .map_err(|_| Error::new(ErrorKind::Corrupt, OPERATION, "the record of a training is unreadable"))
}
