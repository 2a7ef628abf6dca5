//! `config`: the settings as the server would see them.

use clap::{Args, Subcommand};

use super::serve::Layers;
use super::terminal::say;

/// Check the settings, or print what is in force
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print every setting in force; secrets are hidden
    Print(Box<Layers>),
    /// Say whether the settings are good, and where they are not
    Check(Box<Layers>),
}

/// Does it.
pub(crate) fn run(arguments: Arguments) -> Result<(), String> {
    match arguments.what {
        What::Print(layers) => say(&format!("{:#?}", layers.read()?)),
        What::Check(layers) => {
            layers.read()?;
            say("the settings are good");
        }
    }
    Ok(())
}
