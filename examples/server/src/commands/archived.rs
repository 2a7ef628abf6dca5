//! Sessions read from archive files and put through the pipeline again.

use std::path::{Path, PathBuf};

use clap::Args;
use codesight_core::model::UnifiedSession;
use codesight_core::pipeline::{Pipeline, PipelineConfig, ProcessedSession, SessionInput};
use codesight_core::rights::purpose;
use codesight_storage::archive::{ArchiveLimits, ArchiveReader};

use super::terminal::text;

/// Which archives, and how they are processed.
#[derive(Debug, Args)]
pub(crate) struct Archives {
    /// Archives of sessions
    #[arg(required = true, value_name = "ARCHIVE")]
    pub(crate) files: Vec<PathBuf>,

    /// A pipeline configuration in JSON; without it every stage runs with its defaults
    #[arg(long, value_name = "FILE")]
    pipeline: Option<PathBuf>,
}

impl Archives {
    /// The pipeline that was asked for.
    pub(crate) fn pipeline(&self) -> Result<Pipeline, String> {
        let Some(file) = &self.pipeline else { return Ok(Pipeline::default()) };
        let json = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        PipelineConfig::from_json(&json)
            .and_then(|config| Pipeline::from_config(&config))
            .map_err(|error| format!("{}: {}", file.display(), text(error)))
    }
}

/// What the pipeline was given when an archive was written.
pub(crate) async fn read(file: &Path) -> Result<SessionInput, String> {
    let read = async {
        let reader = ArchiveReader::open_file(file, &ArchiveLimits::default()).await?;
        reader.session_input().await
    };
    read.await.map_err(|error| format!("{}: {}", file.display(), text(error)))
}

/// Processes the session of one archive as it was processed when the archive was written, by this pipeline.
pub(crate) async fn process(pipeline: &Pipeline, file: &Path) -> Result<ProcessedSession, String> {
    Ok(pipeline.process_session(read(file).await?))
}

/// Refuses a session whose person did not agree to training. What was taken back since the archive was written is known
/// to the server's ledger alone.
pub(crate) fn require_training(file: &Path, session: &UnifiedSession) -> Result<(), String> {
    if session.consent.names(purpose::TRAINING) {
        return Ok(());
    }
    Err(format!("{}: purpose-missing: the person did not agree to training", file.display()))
}
