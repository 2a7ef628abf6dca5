//! `storage`: looking after what is stored, and what it costs.

mod optimize;
mod words;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use codesight_core::id::{SessionId, TenantId};
use codesight_core::ports::SessionRef;
use codesight_core::time::Clock as _;
use codesight_storage::lifecycle::{
    Inventory, Keeper, PriceList, Quota, Recovery, StoragePlan, StoragePolicy, StorageReport, TierPolicy,
    TierStep, Usage, apply, bucket_rules, cost, plan, recover,
};

use self::words::{bytes, describe, outcome, say_plan, standing};
use super::rights::Chosen;
use super::terminal::{say, say_json, text};
use crate::app::App;
use crate::clock::SystemClock;
use crate::optimize::new_job;

/// Plan and do what keeps the storage in order, get sessions back, and say what storing costs
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say what should be done, and change nothing
    Plan {
        #[command(flatten)]
        policy: Policy,
        #[command(flatten)]
        on: On,
    },
    /// Do what the plan says; interrupted or repeated, it goes on
    Apply {
        #[command(flatten)]
        policy: Policy,
        /// A plan that was printed with --json; without it one is made now
        #[arg(long, value_name = "FILE")]
        plan: Option<PathBuf>,
        #[command(flatten)]
        on: On,
    },
    /// Write old archives anew at a level that takes less room, as jobs of a running server, and say what cheaper classes and
    /// packing would save; repeated, it goes on
    ///
    /// Only what an archive holds exactly is encoded: archives that were written with loss stay as they are.
    Optimize {
        #[command(flatten)]
        what: optimize::What,
        #[command(flatten)]
        on: On,
    },
    /// Get back what can be had of a session
    Recover {
        /// The session
        session: SessionId,
        #[command(flatten)]
        on: On,
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
        #[command(flatten)]
        on: On,
    },
    /// Print rules for the bucket that move what is old to cheaper classes, for aws s3api
    /// put-bucket-lifecycle-configuration
    Rules {
        /// The prefix in --objects
        #[arg(long, value_name = "PREFIX", default_value = "")]
        prefix: String,
        #[command(flatten)]
        tiers: Tiers,
        #[command(flatten)]
        on: On,
    },
}

#[derive(Debug, Args)]
struct Tiers {
    /// A class from an age in days on; may be given more than once [default: 0=INTELLIGENT_TIERING]
    #[arg(long = "tier", value_name = "DAYS=CLASS", value_parser = tier_step)]
    tiers: Vec<TierStep>,
}

impl Tiers {
    fn policy(&self) -> TierPolicy {
        let mut policy = TierPolicy::default();
        if !self.tiers.is_empty() {
            policy.steps.clone_from(&self.tiers);
        }
        policy
    }
}

fn tier_step(text: &str) -> Result<TierStep, String> {
    let step = text
        .split_once('=')
        .and_then(|(days, class)| Some(TierStep { after_days: days.parse().ok()?, class: class.to_owned() }));
    step.ok_or_else(|| "such as 30=STANDARD_IA".to_owned())
}

/// Which data, and how to answer.
#[derive(Debug, Args)]
struct On {
    /// Write JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    chosen: Chosen,
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
    let (What::Plan { on, .. }
    | What::Apply { on, .. }
    | What::Optimize { on, .. }
    | What::Recover { on, .. }
    | What::Cost { on, .. }
    | What::Rules { on, .. }) = &arguments.what;
    let app = on.chosen.open().await?;
    let tenant = on.chosen.only_tenant(&app).await?;
    let stores = Stores { app, tenant };
    let done = stores.run(arguments.what).await;
    stores.app.close().await;
    done
}

fn read_plan(file: &Path, tenant: &TenantId) -> Result<StoragePlan, String> {
    let fail = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let json = std::fs::read(file).map_err(|error| fail(&error))?;
    let plan: StoragePlan = serde_json::from_slice(&json).map_err(|error| fail(&error))?;
    if plan.tenant == *tenant { Ok(plan) } else { Err(fail(&"is the plan of another project")) }
}

/// The backends of a project, which a server may be using at the same time.
struct Stores {
    app: App,
    tenant: TenantId,
}

impl Stores {
    async fn run(&self, what: What) -> Result<(), String> {
        match what {
            What::Plan { policy, on } => {
                let plan = self.plan(&policy.into()).await.map_err(text)?;
                if on.json { say_json(&plan) } else { say_plan(&plan) }
            }
            What::Apply { policy, plan, on } => {
                let plan = match plan {
                    Some(file) => read_plan(&file, &self.tenant)?,
                    None => self.plan(&policy.into()).await.map_err(text)?,
                };
                self.apply(&plan, on.json).await
            }
            What::Optimize { what, on } => self.optimize(&what, on.json).await,
            What::Recover { session, .. } => self.recover(session).await,
            What::Cost { prices, reads, quota, on } => {
                self.cost(prices.as_deref(), reads, quota, on.json).await
            }
            What::Rules { prefix, tiers, .. } => {
                let prices = PriceList::built_in().map_err(text)?;
                let tenants = std::slice::from_ref(&self.tenant);
                say_json(&bucket_rules(&prefix, tenants, &tiers.policy(), &prices).map_err(text)?)
            }
        }
    }

    fn keeper(&self) -> Keeper<'_> {
        Keeper {
            catalog: self.app.catalog.as_ref(),
            blobs: self.app.blobs.as_ref(),
            uploads: Some(&self.app.uploads),
            now: SystemClock.now(),
            new_job: &new_job,
        }
    }

    async fn inventory(&self) -> codesight_core::Result<Inventory> {
        Inventory::take(self.app.catalog.as_ref(), self.app.blobs.as_ref(), &self.tenant).await
    }

    async fn plan(&self, policy: &StoragePolicy) -> codesight_core::Result<StoragePlan> {
        Ok(plan(&self.inventory().await?, policy, SystemClock.now()))
    }

    async fn apply(&self, plan: &StoragePlan, json: bool) -> Result<(), String> {
        let report = apply(plan, self.keeper()).await;
        self.say(&report, json)
    }

    fn say(&self, report: &StorageReport, json: bool) -> Result<(), String> {
        if json {
            say_json(report)?;
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

    async fn recover(&self, session: SessionId) -> Result<(), String> {
        let session = SessionRef { tenant: self.tenant.clone(), session };
        say(&match recover(self.keeper(), &session, &self.app.scratch).await.map_err(text)? {
            Recovery::Sound => "the archive is sound; nothing was to do".to_owned(),
            Recovery::Recording => "the session is still being recorded".to_owned(),
            Recovery::Queued => {
                "queued to be processed from its journal, or to have its archive replaced; a running server does that"
                    .to_owned()
            }
            Recovery::Repaired(report) => format!(
                "repaired the archive: {} frames and {} interactions saved, {} frames lost; a running server puts it in place",
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
