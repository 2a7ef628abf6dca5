//! The demo: a recorded shopping session, replayed over a real socket into a fresh server, and what became of it.

mod replay;
mod report;

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use codesight_core::id::SessionId;
use codesight_core::model::SessionStatus;
use codesight_core::ports::{Role, SessionRef};
use codesight_core::wire::{Identity, Recording};

use super::terminal::{say, text};
use crate::app::new_id;
use crate::auth::TokenGrant;
use crate::config::Settings;
use crate::serve::Server;
use crate::{stop_signal, telemetry};

/// A scripted person in a real browser on the fixture shop; see `examples/shop/recorder`.
const RECORDING: &[u8] = include_bytes!("../../../shop/recording/shopping-session.wire");
const MAX_MESSAGE_BYTES: usize = 16 << 20;
const PROCESSING_TIMEOUT: Duration = Duration::from_secs(120);

/// Replay a recorded shopping session into a fresh server and show what becomes of it
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// End when the report is printed, with a failure if anything failed
    #[arg(long)]
    exit: bool,

    /// Replay this recording instead of the one in the program
    #[arg(long, value_name = "FILE")]
    recording: Option<std::path::PathBuf>,

    #[command(flatten)]
    settings: Box<Settings>,
}

/// Runs the demo to the end.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    telemetry::start(false);
    let mut config = arguments.settings.clone().into_config()?;
    if arguments.exit {
        // Nobody will look at the dashboard, so any free port does.
        config.listen = SocketAddr::new(config.listen.ip(), 0);
    }
    let identity =
        Identity { tenant: "demo".parse().map_err(text)?, collector: "demo-recorder".parse().map_err(text)? };
    let token = new_id();
    let all = Role::ALL.into_iter().collect();
    config.tokens.push(TokenGrant::new(identity.clone(), all, &token).map_err(text)?);
    let recording = read_recording(&arguments)?;

    let server = Server::start(&config).await.map_err(text)?;
    say(&format!("server     listening on {}, data in {}", server.address, config.data_dir.display()));
    let outcome = replay_and_report(&server, &recording, &identity, &token).await;
    match &outcome {
        Ok(report) => say(&report.to_string()),
        Err(message) => say(&format!("failed     {message}")),
    }
    if !arguments.exit && outcome.is_ok() {
        say(&format!("dashboard  http://{}/#token={token}", server.address));
        say("           Ctrl-C ends it");
        stop_signal().await;
    }
    server.stop().await;
    match outcome {
        Ok(report) if report.is_good() => Ok(()),
        Ok(_) => Err("the demo's training lines or archive are not good".to_owned()),
        Err(message) => Err(message),
    }
}

fn read_recording(arguments: &Arguments) -> Result<Recording, String> {
    let bytes = match &arguments.recording {
        Some(file) => {
            Bytes::from(std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?)
        }
        None => Bytes::from_static(RECORDING),
    };
    Recording::read(bytes, MAX_MESSAGE_BYTES).map_err(text)
}

async fn replay_and_report(
    server: &Server,
    recording: &Recording,
    identity: &Identity,
    token: &str,
) -> Result<report::Report, String> {
    let session = replay::replay(server.address, recording, token, progress).await?;
    if std::io::stderr().is_terminal() {
        say("");
    }
    let session = SessionRef { tenant: identity.tenant.clone(), session };
    wait_until_processed(server, &session).await?;
    report::Report::gather(&server.app, &session, recording).await.map_err(text)
}

async fn wait_until_processed(server: &Server, session: &SessionRef) -> Result<(), String> {
    let processed = async {
        loop {
            match server.app.catalog.get(session).await.map_err(text)?.status {
                SessionStatus::Completed => return Ok(()),
                SessionStatus::Failed => return Err("processing failed; the log above says why".to_owned()),
                SessionStatus::Active | SessionStatus::Processing => {}
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PROCESSING_TIMEOUT, processed)
        .await
        .map_err(|_| "processing took longer than two minutes".to_owned())?
}

/// Shows how far the replay is, where somebody is looking.
fn progress(acknowledged: u64, total: u64, session: Option<&SessionId>) {
    let mut terminal = std::io::stderr();
    if terminal.is_terminal() && session.is_some() {
        let _ = std::io::Write::write_fmt(
            &mut terminal,
            format_args!("\rreplay     {acknowledged} of {total} interactions acknowledged"),
        );
    }
}
