//! `storage optimize`: levels, classes and packing.

use clap::Args;
use codesight_core::model::ArchiveLevel;
use codesight_core::time::Clock as _;
use codesight_storage::lifecycle::{
    OptimizationPlan, OptimizePolicy, Packing, PriceList, StorageReport, Tiering, apply, packing,
    plan_optimization, tiering,
};
use serde::Serialize;

use super::words::{bytes, say_plan};
use super::{Stores, Tiers};
use crate::clock::SystemClock;
use crate::commands::terminal::{say, say_json, text};
use crate::config::archive_level;
use crate::optimize::held;

#[derive(Debug, Args)]
pub(super) struct What {
    /// Say what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,

    /// The level archives are to be of: full, hybrid or compact
    #[arg(long, value_name = "LEVEL", default_value = "hybrid", value_parser = archive_level)]
    level: ArchiveLevel,

    /// Days since the end of the recording
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    older_than_days: u32,

    /// Archives looked into at most, the oldest first
    #[arg(long, value_name = "NUMBER", default_value_t = OptimizePolicy::default().at_most)]
    at_most: usize,

    #[command(flatten)]
    tiers: Tiers,
}

/// What the command tells.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    #[serde(flatten)]
    plan: OptimizationPlan,
    tiering: Tiering,
    packing: Packing,
    /// None in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<StorageReport>,
}

impl Stores {
    pub(super) async fn optimize(&self, what: &What, json: bool) -> Result<(), String> {
        let policy = OptimizePolicy {
            level: what.level,
            after_seconds: u64::from(what.older_than_days) * 86_400,
            at_most: what.at_most,
        };
        let (inventory, now) = (self.inventory().await.map_err(text)?, SystemClock.now());
        let held = held(&self.app, &self.tenant).await.map_err(text)?;
        let blobs = self.app.blobs.as_ref();
        let plan = plan_optimization(&inventory, blobs, &held, &policy, now).await.map_err(text)?;
        let prices = PriceList::built_in().map_err(text)?;
        let tiering = tiering(&inventory, &what.tiers.policy(), &prices, now).map_err(text)?;
        let packing = packing(&inventory, &prices);
        let report = if what.dry_run { None } else { Some(apply(&plan.plan, self.keeper()).await) };
        let failures = report.as_ref().map_or(0, StorageReport::failures);
        if json {
            say_json(&Told { plan, tiering, packing, report })?;
        } else {
            say_optimization(&plan, &tiering, &packing, &prices)?;
            if let Some(report) = &report {
                self.say(report, false)?;
            }
        }
        match failures {
            0 => Ok(()),
            failures => Err(format!("{failures} actions could not be done; do it again")),
        }
    }
}

fn say_optimization(
    plan: &OptimizationPlan,
    tiering: &Tiering,
    packing: &Packing,
    prices: &PriceList,
) -> Result<(), String> {
    let considered = &plan.considered;
    say(&format!(
        "levels   {} of {} archives that are old enough were looked into, {}",
        considered.opened.blobs,
        considered.due.blobs,
        bytes(considered.opened.bytes)
    ));
    for (reason, held) in &considered.left {
        say(&format!("stays    {reason}: {} archives, {}", held.blobs, bytes(held.bytes)));
    }
    say_plan(&plan.plan)?;
    let currency = &prices.currency;
    say(&format!(
        "classes  by age {:.4} {currency} a month instead of {:.4}, and {:.4} once for moving them; \
         `storage rules` prints what the bucket needs for it",
        tiering.by_age, tiering.all_in_first, tiering.once
    ));
    for class in &packing.classes {
        say(&format!(
            "packing  {} small archives in {}: {:.4} {currency} a month less, {:.4} once; not done, since erasing one \
             would write all the others of its pack again",
            packing.small.blobs, class.name, class.saved_a_month, class.once
        ));
    }
    Ok(())
}
