//! `lint`: the findings of archived sessions.

use clap::{Args, ValueEnum};
use codesight_core::model::{QualityReport, Severity};
use codesight_core::pipeline::ProcessedSession;
use codesight_core::report::{ReportedSession, list_findings, sarif};
use serde::Serialize;

use super::archived::{Archives, process};
use super::terminal::say;

/// List what is wrong with recorded sessions: rule, place, explanation, and what to do
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    archives: Archives,

    /// How findings are written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,

    /// Leave out what matters less
    #[arg(long, value_enum, default_value = "warning")]
    level: Level,

    /// Fail when a finding matters at least this much
    #[arg(long, value_enum)]
    fail_on: Option<Level>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// A line for each finding, and what to do about each rule
    Text,
    /// The quality reports, as they are in the archives
    Json,
    /// SARIF 2.1.0, for editors and code review
    Sarif,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    Info,
    Warning,
    Error,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Warning => Self::Warning,
            Level::Error => Self::Error,
        }
    }
}

/// One session of `--format json`.
#[derive(Serialize)]
struct Linted<'a> {
    session: &'a str,
    archive: String,
    report: &'a QualityReport,
}

/// Lints.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let pipeline = arguments.archives.pipeline()?;
    let mut processed: Vec<(String, ProcessedSession)> = Vec::new();
    for file in &arguments.archives.files {
        let mut session = process(&pipeline, file).await?;
        let level = Severity::from(arguments.level);
        session.report.findings.retain(|finding| finding.severity >= level);
        processed.push((file.display().to_string(), session));
    }
    match arguments.format {
        Format::Text => {
            for (_, session) in &processed {
                say(list_findings(&session.session_id, &session.report, Severity::Info).trim_end());
            }
        }
        Format::Json => say(&json(processed.iter().map(|(archive, session)| Linted {
            session: session.session_id.as_str(),
            archive: archive.clone(),
            report: &session.report,
        }))?),
        Format::Sarif => say(&json([sarif(processed.iter().map(|(archive, session)| ReportedSession {
            session: &session.session_id,
            report: &session.report,
            artifact: Some(archive),
        }))])?),
    }
    let failing = |level: Severity| {
        let findings = processed.iter().flat_map(|(_, session)| &session.report.findings);
        findings.filter(|finding| finding.severity >= level).count()
    };
    match arguments.fail_on.map(|level| failing(level.into())) {
        Some(count) if count > 0 => Err(format!("{count} findings matter as much as --fail-on says")),
        _ => Ok(()),
    }
}

/// One document for each line, so that many sessions can be read one by one.
fn json<T: Serialize>(documents: impl IntoIterator<Item = T>) -> Result<String, String> {
    let lines: Result<Vec<String>, _> = documents.into_iter().map(|it| serde_json::to_string(&it)).collect();
    lines.map(|lines| lines.join("\n")).map_err(|error| error.to_string())
}
