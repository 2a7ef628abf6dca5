//! `storage`: looking after what is stored, and what it costs.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use codesight_core::id::{JobId, SessionId, TenantId};
use codesight_core::ports::SessionRef;
use codesight_core::time::Clock as _;
use codesight_storage::lifecycle::{
    Action, ActionOutcome, Inventory, Keeper, PriceList, Quota, QuotaState, Recovery, StoragePlan,
    StoragePolicy, Usage, apply, cost, plan, recover,
};
use codesight_storage::{ObjectBlobStore, SqliteCatalog, SqliteOptions};
use serde::Serialize;

use super::terminal::{say, text};
use crate::app::new_id;
use crate::clock::SystemClock;

/// Plan and do what keeps the storage in order, get sessions back, and say what storing costs
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The server's data folder
    #[arg(
        long,
        env = "CODESIGHT_DATA_DIR",
        value_name = "FOLDER",
        default_value = "./codesight-data",
        global = true
    )]
    data_dir: PathBuf,

    /// The project
    #[arg(long, value_name = "TENANT", default_value = "demo", global = true)]
    tenant: TenantId,

    /// Write JSON
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say what should be done, and change nothing
    Plan {
        #[command(flatten)]
        policy: Policy,
    },
    /// Do what the plan says; interrupted or repeated, it goes on
    Apply {
        #[command(flatten)]
        policy: Policy,
        /// A plan that was printed with --json; without it one is made now
        #[arg(long, value_name = "FILE")]
        plan: Option<PathBuf>,
    },
    /// Get back what can be had of a session
    Recover {
        /// The session
        session: SessionId,
    },
    /// Say what is stored and what a month of it costs
    Cost {
        /// Prices in the form of the built-in list
        #[arg(long, value_name = "FILE")]
        prices: Option<PathBuf>,
        /// Archives opened in a month
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        reads: u64,
        /// Bytes that may be stored: says where the store stands
        #[arg(long, value_name = "BYTES")]
        quota: Option<u64>,
    },
}

#[derive(Debug, Args)]
struct Policy {
    /// Seconds after its end at which a session without an archive is queued again
    #[arg(long, value_name = "SECONDS", default_value_t = StoragePolicy::default().archive_after_seconds)]
    archive_after_seconds: u64,

    /// Leave sessions alone whose processing failed for good
    #[arg(long)]
    leave_failed: bool,

    /// Seconds after which an upload that nobody finished is removed
    #[arg(long, value_name = "SECONDS", default_value_t = StoragePolicy::default().temporary_after_seconds)]
    temporary_after_seconds: u64,
}

impl From<Policy> for StoragePolicy {
    fn from(policy: Policy) -> Self {
        let Policy { archive_after_seconds, leave_failed, temporary_after_seconds } = policy;
        Self { archive_after_seconds, retry_failed: !leave_failed, temporary_after_seconds }
    }
}

/// Does it.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let Arguments { data_dir, tenant, json, what } = arguments;
    if !data_dir.join("catalog.sqlite").exists() {
        return Err(format!("{}: is no data folder of a server", data_dir.display()));
    }
    let stores = Stores::open(&data_dir, tenant).await.map_err(text)?;
    match what {
        What::Plan { policy } => {
            let plan = stores.plan(&policy.into()).await.map_err(text)?;
            if json { say_json(&plan) } else { say_plan(&plan) }
        }
        What::Apply { policy, plan } => {
            let plan = match plan {
                Some(file) => read_plan(&file, &stores.tenant)?,
                None => stores.plan(&policy.into()).await.map_err(text)?,
            };
            stores.apply(&plan, json).await
        }
        What::Recover { session } => stores.recover(session, &data_dir).await,
        What::Cost { prices, reads, quota } => stores.cost(prices.as_deref(), reads, quota, json).await,
    }
}

fn read_plan(file: &Path, tenant: &TenantId) -> Result<StoragePlan, String> {
    let fail = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let json = std::fs::read(file).map_err(|error| fail(&error))?;
    let plan: StoragePlan = serde_json::from_slice(&json).map_err(|error| fail(&error))?;
    if plan.tenant == *tenant { Ok(plan) } else { Err(fail(&"is the plan of another project")) }
}

/// The backends of a data folder, which a server may be using at the same time.
struct Stores {
    catalog: SqliteCatalog,
    blobs: ObjectBlobStore,
    tenant: TenantId,
}

impl Stores {
    async fn open(folder: &Path, tenant: TenantId) -> codesight_core::Result<Self> {
        let catalog = SqliteCatalog::open(SqliteOptions::new(folder.join("catalog.sqlite"))).await?;
        Ok(Self { catalog, blobs: ObjectBlobStore::local(folder.join("objects"))?, tenant })
    }

    fn keeper(&self) -> Keeper<'_> {
        Keeper {
            catalog: &self.catalog,
            blobs: &self.blobs,
            uploads: Some(&self.blobs),
            now: SystemClock.now(),
            new_job: &new_job,
        }
    }

    async fn inventory(&self) -> codesight_core::Result<Inventory> {
        Inventory::take(&self.catalog, &self.blobs, &self.tenant).await
    }

    async fn plan(&self, policy: &StoragePolicy) -> codesight_core::Result<StoragePlan> {
        Ok(plan(&self.inventory().await?, policy, SystemClock.now()))
    }

    async fn apply(&self, plan: &StoragePlan, json: bool) -> Result<(), String> {
        let report = apply(plan, self.keeper()).await;
        if json {
            say_json(&report)?;
        } else {
            for done in &report.actions {
                say(&format!("{}: {}", describe(&done.action), outcome(&done.outcome)));
            }
            say(&format!("freed {}", bytes(report.freed())));
        }
        match report.failures() {
            0 => Ok(()),
            failures => Err(format!("{failures} actions could not be done; apply again")),
        }
    }

    async fn recover(&self, session: SessionId, folder: &Path) -> Result<(), String> {
        let session = SessionRef { tenant: self.tenant.clone(), session };
        let scratch = folder.join("scratch");
        std::fs::create_dir_all(&scratch).map_err(|error| error.to_string())?;
        say(&match recover(self.keeper(), &session, &scratch).await.map_err(text)? {
            Recovery::Sound => "the archive is sound; nothing was to do".to_owned(),
            Recovery::Recording => "the session is still being recorded".to_owned(),
            Recovery::Queued => {
                "queued to be processed from its journal; a running server does that".to_owned()
            }
            Recovery::Repaired(report) => format!(
                "repaired the archive: {} frames and {} interactions saved, {} frames lost",
                report.frames, report.interactions, report.lost_frames
            ),
        });
        Ok(())
    }

    async fn cost(
        &self,
        prices: Option<&Path>,
        reads: u64,
        quota: Option<u64>,
        json: bool,
    ) -> Result<(), String> {
        let prices = match prices {
            Some(file) => std::fs::read_to_string(file)
                .map_err(|error| format!("{}: {error}", file.display()))
                .and_then(|json| PriceList::from_json(&json).map_err(text))?,
            None => PriceList::built_in().map_err(text)?,
        };
        let inventory = self.inventory().await.map_err(text)?;
        let archives = inventory.archives();
        let mean = archives.bytes.checked_div(archives.blobs).unwrap_or(0);
        let stored = inventory.total();
        let usage = Usage { stored, writes: 0, reads, bytes_read: reads.saturating_mul(mean) };
        let report = cost(&usage, &prices);
        if json {
            return say_json(&report);
        }
        say(&format!(
            "stored   {} in {} files, of it {} in {} archives",
            bytes(stored.bytes),
            stored.blobs,
            bytes(archives.bytes),
            archives.blobs
        ));
        if let Some(quota) = quota {
            say(&format!("quota    {}", standing(Quota::of(quota).state(stored.bytes))));
        }
        say(&format!("prices   of {}: {}", prices.as_of, prices.source));
        for class in &report.classes {
            say(&format!(
                "{:20} {:.4} {} a month: {:.4} for storing, {:.4} for requests",
                class.name, class.total, report.currency, class.storage, class.requests
            ));
        }
        Ok(())
    }
}

fn new_job() -> JobId {
    JobId::new(new_id()).unwrap_or_else(|_| unreachable!("a UUID is a job's name"))
}

fn standing(state: QuotaState) -> &'static str {
    match state {
        QuotaState::Free => "there is room",
        QuotaState::Warning => "room is running out",
        QuotaState::Full => "full: no new session should begin",
    }
}

fn say_json(value: &impl Serialize) -> Result<(), String> {
    say(&serde_json::to_string_pretty(value).map_err(|error| error.to_string())?);
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "the other way to say a plan can fail")]
fn say_plan(plan: &StoragePlan) -> Result<(), String> {
    for planned in &plan.actions {
        let frees =
            if planned.frees > 0 { format!(", frees {}", bytes(planned.frees)) } else { String::new() };
        say(&format!("{}{frees}", describe(&planned.action)));
    }
    for finding in &plan.findings {
        let session = finding.place.field.as_deref().unwrap_or_default();
        say(&format!("look at {session}: {} ({})", finding.message, finding.rule));
    }
    say(&format!(
        "{} actions, {} to be freed, {} findings",
        plan.actions.len(),
        bytes(plan.frees()),
        plan.findings.len()
    ));
    Ok(())
}

fn describe(action: &Action) -> String {
    match action {
        Action::Archive { session } => format!("archive {session}"),
        Action::FinishReplacement { session } => {
            format!("finish the replacement of the archive of {session}")
        }
        Action::DropCaptured { session } => format!("drop what the archive of {session} took over"),
        Action::CleanTemporary { .. } => "remove uploads that nobody finished".to_owned(),
        _ => "something this version does not know".to_owned(),
    }
}

fn outcome(outcome: &ActionOutcome) -> String {
    match outcome {
        ActionOutcome::Done { count, freed: 0 } => format!("done ({count})"),
        ActionOutcome::Done { count, freed } => format!("done ({count}), freed {}", bytes(*freed)),
        ActionOutcome::NothingToDo => "nothing to do".to_owned(),
        ActionOutcome::Failed { code, message } => format!("FAILED: {message} ({code})"),
    }
}

fn bytes(count: u64) -> String {
    format!("{:.1} MB", count as f64 / 1e6)
}
