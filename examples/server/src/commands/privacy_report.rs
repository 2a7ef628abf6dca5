//! `privacy-report`: what was masked in archived sessions, and under which consent and licence they are kept.

use clap::{Args, ValueEnum};
use codesight_core::model::Finding;
use codesight_core::pipeline::{RecordContent, SessionInput};
use codesight_core::privacy::PrivacyReport;
use codesight_storage::archive::{ArchiveLimits, ArchiveReader};
use serde::Serialize;

use super::terminal::{say, text};

/// Say what was masked in recorded sessions, and under which consent and licence they are kept
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Archives of sessions
    #[arg(required = true, value_name = "ARCHIVE")]
    archives: Vec<std::path::PathBuf>,

    /// How the report is written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,

    /// Report on each session too, not only on all together
    #[arg(long)]
    each: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One document a line
    Json,
}

/// One line of `--format json`.
#[derive(Serialize)]
struct Reported<'a> {
    /// The session; none for all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    report: &'a PrivacyReport,
}

/// Reports.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let mut all = PrivacyReport::default();
    for file in &arguments.archives {
        let read = async {
            let reader = ArchiveReader::open_file(file, &ArchiveLimits::default()).await?;
            reader.session_input().await
        };
        let input = read.await.map_err(|error| format!("{}: {}", file.display(), text(error)))?;
        let report = report_of(&input);
        if arguments.each {
            print(arguments.format, Some(input.session.id.as_str()), &report)?;
        }
        all.merge(&report);
    }
    print(arguments.format, None, &all)
}

fn report_of(input: &SessionInput) -> PrivacyReport {
    let interactions = input.records.iter().filter_map(|record| match &record.content {
        RecordContent::Interaction(interaction) => Some(&**interaction),
        RecordContent::Gap(_) | RecordContent::Quarantined(_) => None,
    });
    let quarantined = input.records.iter().filter_map(|record| match &record.content {
        RecordContent::Quarantined(finding) => Some(finding),
        RecordContent::Interaction(_) | RecordContent::Gap(_) => None,
    });
    let findings: Vec<&Finding> = input.findings.iter().chain(quarantined).collect();
    PrivacyReport::of_session(&input.session, interactions, findings)
}

fn print(format: Format, session: Option<&str>, report: &PrivacyReport) -> Result<(), String> {
    match format {
        Format::Text => say(&format!("{}\n{}", session.unwrap_or("all"), report.to_text())),
        Format::Json => {
            let line = serde_json::to_string(&Reported { session, report });
            say(&line.map_err(|error| error.to_string())?);
        }
    }
    Ok(())
}
