//! `evaluate`: how good models are at recorded steps.

use std::path::{Path, PathBuf};

use clap::Args;
use codesight_core::time::Clock;
use codesight_openai::chat::{ChatModel, ChatPrice};
use codesight_openai::client::Client;
use codesight_openai::evaluate::{
    EvaluationCase, EvaluationOptions, EvaluationReport, GoldenSet, ModelReport, evaluate, to_html,
};

use super::gathered::{Gathered, gather};
use super::ledger::{Ledger, LedgerArguments};
use super::provider::ProviderArguments;
use super::reviewed::Reviews;
use super::terminal::{say, text};
use crate::clock::SystemClock;
use crate::trainings::Evaluated;

/// Ask models recorded steps and compare what they do with what the person did
///
/// The first model is what the others are compared with. Writes report.html and report.json.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Archives of sessions, or files of training lines, that no asked model was trained on
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    provider: ProviderArguments,

    #[command(flatten)]
    ledger: LedgerArguments,

    /// A model to ask; may be given more than once
    #[arg(long = "model", required = true, value_name = "MODEL")]
    models: Vec<String>,

    /// Steps at most
    #[arg(long, value_name = "NUMBER")]
    steps: Option<usize>,

    /// Questions under way at once; more make latencies longer
    #[arg(long, default_value_t = 2, value_name = "NUMBER")]
    parallel: usize,

    /// What a model costs whose price is not known, as US dollars for a million tokens read and written, such as 2.5/10
    #[arg(long, value_name = "IN/OUT")]
    price: Option<String>,

    /// Keep the first model's answers in this file if there is none, and tell what changed if there is
    #[arg(long, value_name = "FILE")]
    golden: Option<PathBuf>,

    /// Where the reports are written
    #[arg(long, default_value = "codesight-evaluation", value_name = "FOLDER")]
    folder: PathBuf,
}

/// Evaluates.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let file = arguments.folder.join("steps.jsonl");
    let ledger = arguments.ledger.open().await?;
    let gathered = gather(&arguments.files, file, &Reviews::none(), &ledger).await;
    let ended = match gathered {
        Ok(gathered) => ask(&arguments, &gathered, &ledger).await,
        Err(error) => Err(error),
    };
    ledger.close().await;
    ended
}

/// Asks the models, writes the reports and tells the server.
async fn ask(arguments: &Arguments, gathered: &Gathered, ledger: &Ledger) -> Result<(), String> {
    let mut cases = cases(gathered)?;
    cases.truncate(arguments.steps.unwrap_or(usize::MAX));
    if cases.is_empty() {
        return Err("there is no step to ask".to_owned());
    }
    let client = client(&arguments.provider, &cases)?;
    let said = arguments.price.as_deref().map(ChatPrice::said).transpose().map_err(text)?;
    let mut models = Vec::new();
    for name in &arguments.models {
        let options = EvaluationOptions {
            parallel: arguments.parallel,
            price: ChatPrice::of_tuned(name).or_else(|| said.clone()),
        };
        let model = ChatModel::new(client.clone(), name);
        let report = evaluate(&model, &cases, &options, |_| {}).await;
        say(&line(&report));
        models.push(report);
    }
    let report = EvaluationReport::new(SystemClock.now(), models);
    for versus in &report.comparisons {
        let difference = versus.step_success;
        say(&format!(
            "{} against {}: {:+.1} points ({:+.1} to {:+.1}), p {}",
            versus.candidate,
            versus.baseline,
            difference.value * 100.0,
            difference.low * 100.0,
            difference.high * 100.0,
            if versus.p_value < 0.001 { "< 0.001".to_owned() } else { format!("= {:.3}", versus.p_value) }
        ));
    }
    let json = serde_json::to_vec_pretty(&report).map_err(|error| error.to_string())?;
    write(&arguments.folder.join("report.json"), &json)?;
    write(&arguments.folder.join("report.html"), to_html(&report, &cases).as_bytes())?;
    say(&format!("report     {}", arguments.folder.join("report.html").display()));
    for model in &report.models {
        let success = model.step_success;
        let evaluated = Evaluated {
            at: SystemClock.now(),
            steps: model.steps.len() as u64,
            success: success.value,
            low: success.low,
            high: success.high,
            report: arguments.folder.join("report.html").display().to_string(),
        };
        ledger.note_evaluation(&model.model, &evaluated).await?;
    }
    match (&arguments.golden, report.models.first()) {
        (Some(file), Some(model)) => golden(file, model),
        _ => Ok(()),
    }
}

/// The steps of gathered lines; a line that is none is left out, and said.
pub(super) fn cases(gathered: &Gathered) -> Result<Vec<EvaluationCase>, String> {
    let bytes = std::fs::read(&gathered.file).map_err(|error| error.to_string())?;
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let mut cases = Vec::new();
    for (at, (line, task)) in lines.zip(&gathered.tasks).enumerate() {
        match EvaluationCase::from_line(format!("step {}", at + 1), task, line) {
            Ok(case) => cases.push(case),
            Err(error) => say(&format!("line {}: left out: {}", at + 1, error.message())),
        }
    }
    Ok(cases)
}

fn line(report: &ModelReport) -> String {
    let share = report.step_success;
    format!(
        "{}: {:.0} % of {} steps right ({:.0} to {:.0} %), type {:.0} %, place {:.0} %, tasks {:.0} %, median {:.0} ms",
        report.model,
        share.value * 100.0,
        report.steps.len(),
        share.low * 100.0,
        share.high * 100.0,
        report.type_accuracy.value * 100.0,
        report.place_accuracy.value * 100.0,
        report.task_success.value * 100.0,
        report.median_latency_ms.unwrap_or_default()
    )
}

fn golden(file: &Path, model: &ModelReport) -> Result<(), String> {
    if !file.exists() {
        let set = serde_json::to_vec_pretty(&GoldenSet::record(model)).map_err(|error| error.to_string())?;
        write(file, &set)?;
        say(&format!("golden     kept in {}", file.display()));
        return Ok(());
    }
    let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let changes = GoldenSet::from_json(&bytes).map_err(text)?.compare(model);
    let regressions = changes.iter().filter(|change| change.is_regression()).count();
    say(&format!("golden     {} step(s) changed, {regressions} for the worse", changes.len()));
    if regressions > 0 {
        Err(format!("{regressions} steps that were right are not any more"))
    } else {
        Ok(())
    }
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(file, bytes).map_err(|error| format!("{}: {error}", file.display()))
}

#[cfg(not(feature = "fake-provider"))]
fn client(provider: &ProviderArguments, _: &[EvaluationCase]) -> Result<Client, String> {
    if provider.is_fake() { Err(super::provider::WITHOUT_FAKE.to_owned()) } else { provider.client() }
}

#[cfg(feature = "fake-provider")]
fn client(provider: &ProviderArguments, cases: &[EvaluationCase]) -> Result<Client, String> {
    if provider.is_fake() { provider.fake_client(Some(scripted(cases))) } else { provider.client() }
}

/// Answers from a script: the better a model by its name (`careful`, any other, `hasty`), the fewer steps it gets wrong.
#[cfg(feature = "fake-provider")]
fn scripted(cases: &[EvaluationCase]) -> codesight_openai::testkit::ChatResponder {
    use std::collections::HashMap;
    use std::sync::Arc;

    use codesight_openai::format::{ActionList, TOOL_NAME, ToolAction};
    use codesight_openai::testkit::ChatTurn;

    let answers: HashMap<String, (usize, Vec<ToolAction>)> = cases
        .iter()
        .enumerate()
        .map(|(at, case)| (case.question.messages.to_string(), (at, case.expected.clone())))
        .collect();
    Arc::new(move |request| {
        let model = request["model"].as_str().unwrap_or_default();
        let every = if model.contains("careful") {
            7
        } else if model.contains("hasty") {
            2
        } else {
            4
        };
        let Some((at, actions)) = answers.get(&request["messages"].to_string()) else {
            return ChatTurn::Refusal("That is not in the script.".to_owned());
        };
        let mut actions = actions.clone();
        let is_wrong = (at + 1).is_multiple_of(every);
        if is_wrong && at % 3 == 2 {
            return ChatTurn::Text("I would look around first.".to_owned());
        }
        for action in &mut actions {
            if let ToolAction::Click { x, y, .. } | ToolAction::DoubleClick { x, y } = action {
                // Near for a right answer, far for a wrong one.
                let off = if is_wrong { 140 } else { i32::try_from(at % 5).unwrap_or_default() };
                (*x, *y) = (*x + off, *y + off / 2);
            } else if is_wrong {
                *action = ToolAction::Wait {};
            }
        }
        let arguments = serde_json::to_string(&ActionList { actions }).unwrap_or_default();
        ChatTurn::Call { name: TOOL_NAME.to_owned(), arguments }
    })
}
