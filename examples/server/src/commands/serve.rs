//! `serve`: the server, until it is told to stop.

use std::path::PathBuf;

use clap::Args;

use crate::config::Settings;
use crate::serve::Server;
use crate::{stop_signal, telemetry};

/// Run the server until it is told to stop
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A TOML file with settings, named as the flags are, with _ for -
    #[arg(long, env = "CODESIGHT_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    settings: Box<Settings>,
}

/// Serves.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let settings = match arguments.config {
        Some(file) => arguments.settings.or(Settings::from_file(&file)?),
        None => *arguments.settings,
    };
    let config = settings.with_files()?.into_config();
    telemetry::start(config.log_json);
    let server = Server::start(&config).await.map_err(|error| error.to_string())?;
    if server.app.access.is_empty() {
        server.stop().await;
        return Err("no token is set and no key was made, so nobody could connect: use --token \
            TENANT/NAME=SECRET, or codesight-server keys create"
            .to_owned());
    }
    stop_signal().await;
    tracing::info!("stopping");
    tokio::select! {
        () = server.stop() => Ok(()),
        () = stop_signal() => Err("told to stop twice: what was under way is left; its sessions resume".to_owned()),
    }
}
