//! `train`: from archives or lines to a trained model, one job for each run, watched to its end.

mod kept;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use clap::Args;
use codesight_core::Result as CoreResult;
use codesight_core::ports::{TuningEvent, TuningJob, TuningRequest, TuningStatus};
use codesight_openai::client::{ApiFailure, Client};
use codesight_openai::files::Files;
use codesight_openai::jobs::{Monitor, MonitorOptions, TunerOptions, Watcher, tuner_for};
use codesight_openai::records::{FolderRecords, MemoryRecords, Records};
use codesight_openai::uploads::{FileSource, Progress, digest};
use codesight_openai::validate::{ValidatorOptions, Verdict, validate};

use self::kept::Kept;
use super::gathered::{Gathered, gather};
use super::ledger::{Ledger, LedgerArguments};
use super::provider::ProviderArguments;
use super::reviewed::Reviewed;
use super::terminal::{say, text};

/// Train a model on recorded sessions: validate, upload, start one job, watch it to its end
///
/// The same run twice finds the job of the first time, also after a crash or a lost reply.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Archives of sessions, or files of training lines
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    provider: ProviderArguments,

    #[command(flatten)]
    reviewed: Reviewed,

    /// The model to start from
    #[arg(long, default_value = "gpt-4o-2024-08-06", value_name = "MODEL")]
    model: String,

    /// Passes over the data; the service decides unless said
    #[arg(long, value_name = "NUMBER")]
    epochs: Option<u32>,

    /// Part of the new model's name
    #[arg(long, value_name = "NAME")]
    suffix: Option<String>,

    /// The account at Fireworks, whose id is part of every address there
    #[arg(long, value_name = "ID")]
    account: Option<String>,

    /// The run's name: at most one job is ever made for it. Made of the lines and the model unless said
    #[arg(long, value_name = "ID")]
    run: Option<String>,

    /// Where lines, uploads under way and the place in the job's events are kept
    #[arg(long, default_value = "codesight-training", value_name = "FOLDER")]
    folder: PathBuf,

    #[command(flatten)]
    ledger: LedgerArguments,

    /// End after the verdict and the estimate; nothing is sent
    #[arg(long)]
    dry_run: bool,
}

/// Trains.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let profile = arguments.provider.profile()?;
    let reviews = arguments.reviewed.open().await?;
    let ledger = arguments.ledger.open().await?;
    let lines = arguments.folder.join("lines.jsonl");
    let gathered = gather(&arguments.files, lines, &reviews, &ledger).await?;
    say(&format!("lines      {} from {} file(s)", gathered.tasks.len(), arguments.files.len()));
    let options = ValidatorOptions {
        limits: profile.limits.clone(),
        model: Some(arguments.model.clone()),
        count_tokens: true,
        ..ValidatorOptions::default()
    };
    let mut input = std::fs::File::open(&gathered.file).map_err(|error| error.to_string())?;
    let verdict = validate(&mut input, options, None).map_err(text)?;
    tell(&verdict);
    for skipped in &gathered.likely_skipped {
        say(&format!("pictures   {skipped}"));
    }
    for notice in &profile.notices {
        say(&format!("notice     {notice}"));
    }
    if !verdict.is_accepted() {
        return Err("the service would refuse the lines; nothing was sent".to_owned());
    }
    if arguments.dry_run {
        return Ok(());
    }
    let client = client(&arguments.provider)?;
    let followed = follow(&arguments, client, &gathered, &ledger, &verdict).await;
    ledger.close().await;
    followed
}

fn tell(verdict: &Verdict) {
    say(&format!(
        "verdict    {}: {} example(s), {} with images, {} error(s), {} warning(s), {} tokens a pass",
        if verdict.is_accepted() { "accepted" } else { "refused" },
        verdict.examples,
        verdict.image_examples,
        verdict.errors,
        verdict.warnings,
        verdict.tokens.billed
    ));
    if let Some(price) = &verdict.price {
        say(&format!(
            "estimate   {} epoch(s), ${:.2} (price as of {})",
            price.epochs, price.usd, price.as_of
        ));
    }
    for finding in verdict.findings.iter().take(10) {
        say(format!("           {finding}").trim_end());
    }
}

#[cfg(feature = "fake-provider")]
fn client(provider: &ProviderArguments) -> Result<Client, String> {
    if provider.is_fake() { provider.fake_client(None) } else { provider.client() }
}

#[cfg(not(feature = "fake-provider"))]
fn client(provider: &ProviderArguments) -> Result<Client, String> {
    if provider.is_fake() { Err(super::provider::WITHOUT_FAKE.to_owned()) } else { provider.client() }
}

async fn follow(
    arguments: &Arguments,
    client: Client,
    gathered: &Gathered,
    ledger: &Ledger,
    verdict: &Verdict,
) -> Result<(), String> {
    let service = client.profile().name.clone();
    // What is given to the stand-in ends with this program.
    let (nobody, is_fake) = (Ledger::none(), arguments.provider.is_fake());
    let server = ledger;
    let ledger = if is_fake { &nobody } else { ledger };
    // The stand-in forgets everything when the program ends, so nothing of it is to be remembered.
    let records: Arc<dyn Records> = if arguments.provider.is_fake() {
        Arc::new(MemoryRecords::default())
    } else {
        Arc::new(FolderRecords(arguments.folder.join("records")))
    };
    let options = TunerOptions { records: Arc::clone(&records), ..TunerOptions::default() };
    let tuner = tuner_for(client.clone(), options, arguments.account.as_deref()).map_err(text)?;
    tuner.probe(&arguments.model).await.map_err(explain)?;
    let source = Arc::new(FileSource::open(&gathered.file).await.map_err(text)?);
    let name = Files::name_of(&digest(&*source).await.map_err(text)?);
    let sessions = &gathered.sessions;
    for session in sessions {
        ledger.record_export(Some(session)).await?;
    }
    ledger.note_upload(sessions, &service, &name, &name, &[]).await?;
    let bar = Arc::new(Bar);
    let shown = Arc::clone(&bar);
    let file = tuner
        .upload_source(
            source,
            Arc::new(move |Progress { done, total }| {
                shown.show("upload", done as f64 / total.max(1) as f64, "");
            }),
        )
        .await
        .map_err(explain)?;
    bar.end();
    ledger.note_upload(sessions, &service, &name, &file, &[]).await?;
    if ledger.erased(sessions).await? {
        // Its erasure looked for the file before it was there.
        tuner.delete_file(&file).await.map_err(explain)?;
        return Err("a session was erased meanwhile; its lines were deleted at the service".to_owned());
    }
    say(&format!("file       {file}"));
    let request = TuningRequest {
        run_id: arguments.run.clone().unwrap_or_else(|| format!("{file}-{}", arguments.model)),
        base_model: arguments.model.clone(),
        training_file: file.clone(),
        validation_file: None,
        epochs: arguments.epochs,
        suffix: arguments.suffix.clone(),
    };
    let job = tuner.start(request).await.map_err(explain)?;
    say(&format!("job        {} (run {})", job.id, job.run_id));
    let pace = if arguments.provider.is_fake() {
        MonitorOptions {
            first_pause: Duration::from_millis(150),
            longest_pause: Duration::from_millis(300),
            ..MonitorOptions::default()
        }
    } else {
        MonitorOptions::default()
    };
    let training = kept::begun(&job, &service, &arguments.model, gathered, verdict);
    let mut watcher = Kept { inner: Shown(bar), ledger: server, gathered, training };
    watcher.keep().await.map_err(text)?;
    let ended = Monitor::new(tuner, records, pace).follow(&job.id, &mut watcher).await.map_err(explain)?;
    watcher.inner.0.end();
    watcher.end(client, &ended).await.map_err(text)?;
    if let Some(model) = &ended.model_id {
        ledger.note_upload(sessions, &service, &name, &file, std::slice::from_ref(model)).await?;
    }
    report(&ended)
}

fn report(job: &TuningJob) -> Result<(), String> {
    let metrics = &job.metrics;
    let figure = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.4}"));
    say(&format!(
        "figures    {} steps, {} tokens, loss {}, validation loss {}, token accuracy {}",
        metrics.steps,
        metrics.trained_tokens,
        figure(metrics.training_loss),
        figure(metrics.validation_loss),
        figure(metrics.token_accuracy)
    ));
    match (&job.status, &job.model_id, &job.error) {
        (TuningStatus::Succeeded, Some(model), _) => {
            say(&format!("model      {model}"));
            Ok(())
        }
        (_, _, Some((code, sentence))) => Err(format!("the job ended without a model: {code}: {sentence}")),
        (status, _, _) => Err(format!("the job ended without a model: {status:?}")),
    }
}

/// The error, and what the service said: the person who sent the lines may read it.
fn explain(error: codesight_core::Error) -> String {
    let said =
        ApiFailure::of(&error).map(|failure| failure.message().to_owned()).filter(|said| !said.is_empty());
    match said {
        Some(said) => format!("{error}\n  the service says: {said}"),
        None => text(error),
    }
}

/// A bar where somebody is looking.
#[derive(Debug)]
struct Bar;

impl Bar {
    fn show(&self, what: &str, share: f64, words: &str) {
        const WIDTH: usize = 30;
        let mut terminal = std::io::stderr();
        if terminal.is_terminal() {
            let filled = (share.clamp(0.0, 1.0) * WIDTH as f64).round() as usize;
            let bar = format!("{}{}", "█".repeat(filled), "░".repeat(WIDTH - filled));
            let _ = write!(terminal, "\r{what:<10} {bar} {:>3.0} % {words:<40}", share * 100.0);
        }
    }

    fn end(&self) {
        if std::io::stderr().is_terminal() {
            let _ = writeln!(std::io::stderr());
        }
    }
}

struct Shown(Arc<Bar>);

#[async_trait]
impl Watcher for Shown {
    async fn event(&mut self, event: &TuningEvent) -> CoreResult<()> {
        if !std::io::stderr().is_terminal() {
            say(&format!("event      {} {}", event.at, event.message));
        }
        Ok(())
    }

    async fn status(&mut self, job: &TuningJob) -> CoreResult<()> {
        let (share, words) = match &job.status {
            TuningStatus::Validating => (0.1, "the service checks the file".to_owned()),
            TuningStatus::Queued => (0.2, "queued".to_owned()),
            TuningStatus::Running => (0.5, "running".to_owned()),
            TuningStatus::Paused => (0.5, "paused".to_owned()),
            TuningStatus::Succeeded => (1.0, "succeeded".to_owned()),
            TuningStatus::Failed => (1.0, "failed".to_owned()),
            TuningStatus::Cancelled => (1.0, "cancelled".to_owned()),
            other => (0.5, format!("{other:?}")),
        };
        self.0.show("training", share, &words);
        Ok(())
    }
}
