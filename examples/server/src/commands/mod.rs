//! What the program can be told to do, one file a command.

mod demo;
mod serve;

use clap::Subcommand;

/// Each command's arguments stand beside what it does.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Serve(serve::Arguments),
    Demo(demo::Arguments),
}

impl Command {
    /// Runs it to its end. The text of an error is for the person at the terminal.
    pub(crate) async fn run(self) -> Result<(), String> {
        match self {
            Self::Serve(arguments) => serve::run(arguments).await,
            Self::Demo(arguments) => demo::run(arguments).await,
        }
    }
}
