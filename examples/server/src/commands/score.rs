//! `score`: how good archived sessions are, and where the points went.

use clap::Args;
use codesight_core::report::{explain_score, tell_survival};
use codesight_core::stages::Survival;

use super::archived::{Archives, process};
use super::terminal::say;

/// Say how good recorded sessions are, from 0 to 100
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    archives: Archives,

    /// Show where the points went, and what would win them back
    #[arg(long)]
    explain: bool,
}

/// Scores.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let pipeline = arguments.archives.pipeline()?;
    let mut survival = Survival::default();
    for file in &arguments.archives.files {
        let session = process(&pipeline, file).await?;
        session.interactions.iter().for_each(|step| survival.add(&step.interaction));
        let score = &session.report.score;
        if arguments.explain {
            say(&format!("session      {}", session.session_id));
            say(&explain_score(&session.report));
        } else {
            let done = session.report.outcome.as_ref().map_or(0.0, |outcome| outcome.likelihood);
            say(&format!(
                "{} quality {:.2} completeness {:.2} reliability {:.2} task-done {done:.2}",
                session.session_id, score.overall, score.completeness, score.reliability
            ));
        }
    }
    // Over all sessions: an element is often met again in another one.
    if let Some(report) = survival.report().filter(|_| arguments.archives.files.len() > 1) {
        say(tell_survival(&report).trim_end());
    }
    Ok(())
}
