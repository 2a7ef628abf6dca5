//! `codesight-server`: the reference server.

mod app;
mod archives;
mod auth;
mod clock;
mod config;
mod dashboard;
mod demo;
mod gate;
mod hub;
mod ingest;
mod lines;
mod listener;
mod process;
mod rest;
mod serve;
mod telemetry;
mod worker;
mod ws;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Settings;

/// Records web sessions over WebSocket, masks, processes and archives them, and turns them into training lines.
///
/// Settings come from the file, then from the environment, then from flags; the later wins.
#[derive(Debug, Parser)]
#[command(name = "codesight-server", version)]
struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Run the server until it is told to stop
    Serve {
        /// A TOML file with settings, named as the flags are, with _ for -
        #[arg(long, env = "CODESIGHT_CONFIG", value_name = "FILE")]
        config: Option<PathBuf>,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Replay a recorded shopping session into a fresh server and show what becomes of it
    Demo {
        #[command(flatten)]
        options: demo::Options,
        #[command(flatten)]
        settings: Box<Settings>,
    },
}

fn main() -> ExitCode {
    let command = Command::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the runtime could not be started: {error}")),
    };
    let result = runtime.block_on(async {
        match command.action {
            Action::Serve { config, settings } => serve(config, *settings).await,
            Action::Demo { options, settings } => demo::run(&options, *settings).await,
        }
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&message),
    }
}

#[expect(clippy::print_stderr, reason = "the last word of a program that failed")]
fn fail(message: &str) -> ExitCode {
    eprintln!("codesight-server: {message}");
    ExitCode::FAILURE
}

async fn serve(file: Option<PathBuf>, flags: Settings) -> Result<(), String> {
    let settings = match file {
        Some(file) => flags.or(Settings::from_file(&file)?),
        None => flags,
    };
    let config = settings.into_config();
    telemetry::start(config.log_json);
    if config.tokens.is_empty() {
        return Err(
            "no token is set, so nobody could connect: use --token TENANT/COLLECTOR=SECRET".to_owned()
        );
    }
    let server = serve::Server::start(&config).await.map_err(|error| error.to_string())?;
    stop_signal().await;
    tracing::info!("stopping");
    server.stop().await;
    Ok(())
}

/// Waits for SIGTERM or Ctrl-C.
pub(crate) async fn stop_signal() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminate => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
