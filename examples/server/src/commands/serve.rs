//! `serve`: the server, until it is told to stop.

use std::path::PathBuf;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::config::{Config, Settings};
use crate::serve::Server;
use crate::{stop_signal, telemetry};

/// Run the server until it is told to stop; on SIGHUP it reads tokens, origins and feature flags again
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    layers: Layers,
}

/// The settings with the file that stands behind them.
#[derive(Debug, Clone, Args)]
pub(super) struct Layers {
    /// A TOML file with settings, named as the flags are, with _ for -
    #[arg(long, env = "CODESIGHT_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    settings: Box<Settings>,
}

impl Layers {
    /// All of them together.
    pub(super) fn read(self) -> Result<Config, String> {
        let settings = match self.config {
            Some(file) => self.settings.or(Settings::from_file(&file)?),
            None => *self.settings,
        };
        settings.into_config()
    }
}

/// Serves.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let layers = arguments.layers;
    let config = layers.clone().read()?;
    let traces = telemetry::start_with_traces(config.log_json, &config.traces)?;
    let server = Server::start(&config).await.map_err(|error| error.to_string())?;
    if server.app.access.is_empty() {
        server.stop().await;
        return Err("no token is set and no key was made, so nobody could connect: use --token \
            TENANT/NAME=SECRET, or codesight-server keys create"
            .to_owned());
    }
    tokio::spawn(reload(server.app.clone(), layers, config));
    stop_signal().await;
    tracing::info!("stopping");
    let ended = tokio::select! {
        () = server.stop() => Ok(()),
        () = stop_signal() => Err("told to stop twice: what was under way is left; its sessions resume".to_owned()),
    };
    traces.end().await;
    ended
}

/// Reads the file again at each SIGHUP, and takes over what can be changed while the server runs. Settings that are not
/// good leave everything as it is.
async fn reload(app: App, layers: Layers, mut config: Config) {
    let Ok(mut signals) = signal(SignalKind::hangup()) else { return };
    while signals.recv().await.is_some() {
        match layers.clone().read() {
            Ok(changed) => {
                app.access.configure(&config.keys(), &changed.keys());
                app.origins.replace(changed.allow_origins.clone());
                app.flags.replace(&changed.flags);
                config = changed;
                tracing::info!("tokens, origins and flags were read again; other settings need a restart");
            }
            Err(message) => tracing::error!(message, "the settings are not good; everything is as it was"),
        }
    }
}
