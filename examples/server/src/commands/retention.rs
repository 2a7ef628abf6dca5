//! `retention`: plan what is to be deleted because its time is over, then apply the plan.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use codesight_core::rights::{RetentionPlan, RetentionPolicy};
use codesight_storage::rights::RetentionOutcome;

use super::rights::{ACTOR, Chosen};
use super::terminal::{say, text, write_file};

/// Plan what is to be deleted because its time is over, or apply a plan
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Say what would be deleted now, and write it down; deletes nothing
    Plan(Plan),
    /// Delete what a plan says, unless a hold or a new consent keeps it by now
    Apply(Apply),
}

#[derive(Debug, Args)]
struct Plan {
    /// A TOML file with the rules: a table for each class, such as `[archive]` with maximum-days = 365
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Write the plan into this file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    chosen: Chosen,
}

#[derive(Debug, Args)]
struct Apply {
    /// The plan, from `retention plan`
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    #[command(flatten)]
    chosen: Chosen,
}

/// Does it.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    match arguments.what {
        What::Plan(arguments) => plan(arguments).await,
        What::Apply(arguments) => apply(arguments).await,
    }
}

fn read(file: &std::path::Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

async fn plan(arguments: Plan) -> Result<(), String> {
    let policy: RetentionPolicy = toml::from_str(&read(&arguments.policy)?)
        .map_err(|error| format!("{}: {error}", arguments.policy.display()))?;
    let app = arguments.chosen.open().await?;
    let tenant = arguments.chosen.only_tenant(&app).await?;
    let plan = app.rights().plan_retention(&tenant, &policy).await.map_err(text)?;
    for action in &plan.actions {
        let thing = action.session.as_ref().map(ToString::to_string);
        let thing = thing.or_else(|| action.export.as_ref().map(ToString::to_string)).unwrap_or_default();
        let verb = if action.verdict.deletes() { "delete" } else { "keep" };
        say(&format!(
            "{verb:6} {:14} {thing}  {} days, {}",
            action.class.as_str(),
            action.age_days,
            action.verdict.as_str()
        ));
    }
    if let Some(log) = &plan.audit_log {
        say(&format!(
            "delete {:14} {} entries, through {} of {}",
            "audit-log", log.entries, log.through, log.newest
        ));
    }
    let json = serde_json::to_string_pretty(&plan).map_err(|error| error.to_string())?;
    write_file(&arguments.out, json.as_bytes())?;
    let deletions = plan.deletions().count();
    say(&format!(
        "{deletions} of {} would be deleted; plan {}",
        plan.considered,
        plan.digest().map_err(text)?
    ));
    app.close().await;
    Ok(())
}

async fn apply(arguments: Apply) -> Result<(), String> {
    let plan: RetentionPlan = serde_json::from_str(&read(&arguments.plan)?)
        .map_err(|error| format!("{}: {error}", arguments.plan.display()))?;
    let app = arguments.chosen.open().await?;
    let report = app.rights().apply_retention(&plan, ACTOR).await.map_err(text)?;
    app.keep_checkpoint().await.map_err(text)?;
    app.close().await;
    use RetentionOutcome::{Deleted, Failed, Gone, Kept, NoLongerDue};
    say(&format!(
        "deleted {} ({} bytes), kept {}, no longer due {}, gone before {}, failed {}",
        report.count(Deleted),
        report.deleted_bytes,
        report.count(Kept),
        report.count(NoLongerDue),
        report.count(Gone),
        report.count(Failed)
    ));
    if report.log_entries > 0 {
        say(&format!("the audit log gave up {} entries", report.log_entries));
    }
    if report.count(Failed) > 0 {
        Err("not everything could be deleted; apply the plan again".to_owned())
    } else {
        Ok(())
    }
}
