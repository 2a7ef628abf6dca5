//! `exit`: what it takes to leave a training service in time.

use std::path::{Path, PathBuf};

use clap::Args;
use codesight_openai::chat::{ChatModel, ChatPrice};
use codesight_openai::client::Client;
use codesight_openai::evaluate::{
    EvaluationCase, EvaluationOptions, GoldenSet, ModelEntry, evaluate, inventory,
};
use codesight_openai::files::Files;
use codesight_openai::jobs::FineTuning;

use super::gathered::gather;
use super::ledger::LedgerArguments;
use super::provider::ProviderArguments;
use super::reviewed::Reviews;
use super::terminal::{say, text, write_file};

/// List the models trained at a service with the days each has left, and take along what trains and judges their successors
///
/// Writes inventory.json, each model's training lines, and, with --steps, its answers as a golden set for `evaluate --golden`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    provider: ProviderArguments,

    #[command(flatten)]
    ledger: LedgerArguments,

    /// Archives or files of lines whose steps each model answers once more, while it can
    #[arg(long = "steps", value_name = "FILE")]
    steps: Vec<PathBuf>,

    /// List only; fetch and ask nothing
    #[arg(long)]
    list: bool,

    /// Where everything is written
    #[arg(long, default_value = "codesight-exit", value_name = "FOLDER")]
    folder: PathBuf,
}

/// Packs.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let client = arguments.provider.client()?;
    let found = inventory(&FineTuning::new(client.clone())).await.map_err(text)?;
    if found.models.is_empty() {
        say("There is no trained model at the service.");
        return Ok(());
    }
    for entry in &found.models {
        say(&line(entry));
    }
    if arguments.list {
        return Ok(());
    }
    let folder = &arguments.folder;
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let json = serde_json::to_vec_pretty(&found).map_err(|error| error.to_string())?;
    write_file(&folder.join("inventory.json"), &json)?;
    let cases = cases(&arguments).await?;
    for entry in &found.models {
        let files = std::iter::once(&entry.training_file).chain(&entry.validation_file);
        for file in files {
            fetch(&client, file, folder).await?;
        }
        if !cases.is_empty() {
            golden(&client, entry, &cases, folder).await?;
        }
    }
    let first = &found.models[0].training_file;
    say(&format!(
        "next       codesight-server train --provider together --model MODEL {}",
        folder.join(lines_of(first)).display()
    ));
    Ok(())
}

fn line(entry: &ModelEntry) -> String {
    let known = &entry.availability;
    let left = match (known.days_left, &known.shutdown_date) {
        (Some(days), Some(date)) if days > 0 => format!("{days} days left, until {date}"),
        (Some(_), Some(date)) => format!("switched off since {date}"),
        _ => "no day announced".to_owned(),
    };
    format!("model      {} (from {}): {left}", known.model, entry.base_model)
}

/// Ids come from the service: only plain letters become part of a name.
fn plain(id: &str) -> String {
    id.chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' })
        .collect()
}

fn lines_of(file: &str) -> String {
    format!("{}.jsonl", plain(file))
}

async fn fetch(client: &Client, file: &str, folder: &Path) -> Result<(), String> {
    let to = folder.join(lines_of(file));
    if to.exists() {
        return Ok(());
    }
    match Files::new(client.clone()).content(file).await {
        Ok(bytes) => write_file(&to, &bytes)?,
        // It was deleted there: the archives it was made of make it again.
        Err(error) if error.kind() == codesight_core::ErrorKind::NotFound => {
            say(&format!("lines      {file}: not at the service any more"));
            return Ok(());
        }
        Err(error) => return Err(text(error)),
    }
    say(&format!("lines      {}", to.display()));
    Ok(())
}

async fn cases(arguments: &Arguments) -> Result<Vec<EvaluationCase>, String> {
    if arguments.steps.is_empty() {
        return Ok(Vec::new());
    }
    let (file, ledger) = (arguments.folder.join("steps.jsonl"), arguments.ledger.open().await?);
    let gathered = gather(&arguments.steps, file, &Reviews::none(), &ledger).await;
    ledger.close().await;
    super::evaluate::cases(&gathered?)
}

async fn golden(
    client: &Client,
    entry: &ModelEntry,
    cases: &[EvaluationCase],
    folder: &Path,
) -> Result<(), String> {
    let name = &entry.availability.model;
    let options = EvaluationOptions { price: ChatPrice::of_tuned(name), ..EvaluationOptions::default() };
    let report = evaluate(&ChatModel::new(client.clone(), name), cases, &options, |_| {}).await;
    let set = serde_json::to_vec_pretty(&GoldenSet::record(&report)).map_err(|error| error.to_string())?;
    let to = folder.join(format!("golden-{}.json", plain(name)));
    write_file(&to, &set)?;
    say(&format!(
        "golden     {}: {:.0} % of {} steps right",
        to.display(),
        report.step_success.value * 100.0,
        report.steps.len()
    ));
    Ok(())
}
