//! `codesight-server`: the reference server.

mod access;
mod app;
mod archives;
mod audit;
mod auth;
mod backends;
mod clock;
mod commands;
mod config;
mod dashboard;
mod datasets;
mod flags;
mod gate;
mod hub;
mod ingest;
mod lines;
mod listener;
mod live;
mod master_keys;
mod metrics;
mod monitors;
mod oidc;
mod optimize;
mod others;
mod pixels;
mod presidio;
mod process;
mod pseudonyms;
mod quotas;
mod repair;
mod rest;
mod rights;
mod secret;
mod serve;
mod standings;
mod storage_guard;
mod telemetry;
mod tls;
mod trainings;
mod upload_services;
mod vault;
mod vision;
mod watch;
mod worker;
mod ws;

use std::process::ExitCode;

use clap::Parser;

use crate::commands::Command;

/// Records web sessions over WebSocket, masks, processes and archives them, and turns them into training lines.
///
/// Settings come from the file, then from the environment, then from flags; the later wins.
#[derive(Debug, Parser)]
#[command(name = "codesight-server", version)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let line = CommandLine::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the runtime could not be started: {error}")),
    };
    match runtime.block_on(line.command.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&message),
    }
}

#[expect(clippy::print_stderr, reason = "the last word of a program that failed")]
fn fail(message: &str) -> ExitCode {
    eprintln!("codesight-server: {message}");
    ExitCode::FAILURE
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::CommandLine;

    #[test]
    fn no_two_arguments_of_a_command_share_a_name() {
        CommandLine::command().debug_assert();
    }
}
