//! `consent`: record what a person agreed to or took back, and show it. Taking back is one command, as giving is.

use clap::{Args, Subcommand};
use codesight_core::id::{CollectorId, ContentHash, SubjectId};
use codesight_core::rights::{ConsentDecision, ConsentRecord, ConsentState};

use super::rights::{ACTOR, Chosen};
use super::terminal::{say, say_json, text};
use crate::rights::withdrawal;

/// Record what a person agreed to or took back, or show it
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Record that a person agreed
    Grant(Grant),
    /// Record that a person took it back; who takes everything back is erased, too
    Withdraw(Withdraw),
    /// Print every decision of a person, and what they come to
    Show(Show),
}

#[derive(Debug, Args)]
struct Grant {
    /// The person
    #[arg(long, value_name = "SUBJECT")]
    subject: SubjectId,
    /// What for: training, research, sharing; may be given more than once
    #[arg(long = "purpose", value_name = "PURPOSE", required = true)]
    purposes: Vec<String>,
    /// Version of the text they agreed to
    #[arg(long, value_name = "VERSION")]
    text_version: String,
    /// SHA-256 of the text that was shown
    #[arg(long, value_name = "HASH")]
    evidence: Option<ContentHash>,
    #[command(flatten)]
    chosen: Chosen,
}

#[derive(Debug, Args)]
struct Withdraw {
    /// The person
    #[arg(long, value_name = "SUBJECT")]
    subject: SubjectId,
    /// Only this purpose; may be given more than once [default: everything]
    #[arg(long = "purpose", value_name = "PURPOSE")]
    purposes: Vec<String>,
    /// End recording and use, but do not erase what was recorded: there is another ground to keep it
    #[arg(long)]
    keep: bool,
    #[command(flatten)]
    chosen: Chosen,
}

#[derive(Debug, Args)]
struct Show {
    /// The person
    #[arg(long, value_name = "SUBJECT")]
    subject: SubjectId,
    #[command(flatten)]
    chosen: Chosen,
}

/// Does it.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    match arguments.what {
        What::Grant(arguments) => grant(arguments).await,
        What::Withdraw(arguments) => withdraw(arguments).await,
        What::Show(arguments) => show(arguments).await,
    }
}

async fn grant(arguments: Grant) -> Result<(), String> {
    let app = arguments.chosen.open().await?;
    let tenant = arguments.chosen.only_tenant(&app).await?;
    let now = app.clock.now();
    let state = app
        .record_consent(ConsentRecord {
            tenant,
            subject: arguments.subject,
            decision: ConsentDecision::Granted,
            text_version: arguments.text_version,
            purposes: arguments.purposes,
            at: now,
            recorded_at: now,
            evidence_hash: arguments.evidence,
            global_privacy_control: false,
            source: CollectorId::new(ACTOR).map_err(text)?,
        })
        .await
        .map_err(text)?;
    say_state(&state);
    app.close().await;
    Ok(())
}

async fn withdraw(arguments: Withdraw) -> Result<(), String> {
    let app = arguments.chosen.open().await?;
    let tenant = arguments.chosen.tenant_of(&app, &arguments.subject).await?;
    let source = CollectorId::new(ACTOR).map_err(text)?;
    let decision = withdrawal(&app, &tenant, arguments.subject, arguments.purposes, source);
    match app.withdraw(decision, arguments.keep).await.map_err(text)? {
        Some(request) => {
            say(&format!("withdrawn, and erased: request {} is {}", request.id, request.status.as_str()));
        }
        None => say("withdrawn"),
    }
    app.close().await;
    Ok(())
}

async fn show(arguments: Show) -> Result<(), String> {
    let app = arguments.chosen.open().await?;
    let tenant = arguments.chosen.tenant_of(&app, &arguments.subject).await?;
    let history = app.accounts.history(&tenant, &arguments.subject).await.map_err(text)?;
    say_json(&history)?;
    say_state(&ConsentState::of(&history));
    app.close().await;
    Ok(())
}

fn say_state(state: &ConsentState) {
    let purposes: Vec<&str> = state.purposes().collect();
    say(&format!(
        "agrees to: {}",
        if purposes.is_empty() { "nothing".to_owned() } else { purposes.join(", ") }
    ));
}
