//! `serve`: the server, until it is told to stop.

use std::path::PathBuf;

use clap::{ArgMatches, Args, Command, FromArgMatches};
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

/// The settings of the environment and the flags, and the file that stands behind them.
#[derive(Debug, Args)]
struct Told {
    /// A TOML file with settings, named as the flags are, with _ for -
    #[arg(long, env = "CODESIGHT_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(flatten)]
    _settings: Box<Settings>,
}

/// What was told, to be read over the file as often as that changes.
#[derive(Debug, Clone)]
pub(super) struct Layers {
    config: Option<PathBuf>,
    told: ArgMatches,
}

impl Layers {
    /// All of them together.
    ///
    /// # Errors
    /// With line and column of what is wrong in the file.
    pub(super) fn read(&self) -> Result<Config, String> {
        let mut settings = match &self.config {
            Some(file) => Settings::from_file(file)?,
            None => Settings::default(),
        };
        settings.override_by(&self.told)?;
        settings.into_config()
    }
}

impl Args for Layers {
    fn augment_args(command: Command) -> Command {
        Told::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Told::augment_args_for_update(command)
    }
}

impl FromArgMatches for Layers {
    fn from_arg_matches(told: &ArgMatches) -> Result<Self, clap::Error> {
        // Refuses now what could not be read later.
        let Told { config, .. } = Told::from_arg_matches(told)?;
        Ok(Self { config, told: told.clone() })
    }

    fn update_from_arg_matches(&mut self, told: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(told)?;
        Ok(())
    }
}

/// Serves.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let layers = arguments.layers;
    let config = layers.read()?;
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
        match layers.read() {
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
