//! What the program can be told to do, one file a command.

mod archive;
mod archived;
mod audit;
mod config;
mod consent;
mod demo;
mod encryption;
mod erase;
mod evaluate;
mod exit;
mod export;
mod gathered;
mod import;
mod keys;
mod ledger;
mod lint;
mod privacy_report;
mod provider;
mod retention;
mod reviewed;
mod rights;
mod score;
mod serve;
mod storage;
mod subject;
mod terminal;
mod train;
mod validate;

use clap::Subcommand;

/// Each command's arguments stand beside what it does.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Serve(serve::Arguments),
    Demo(demo::Arguments),
    Import(import::Arguments),
    Export(export::Arguments),
    Evaluate(evaluate::Arguments),
    Exit(exit::Arguments),
    Archive(archive::Arguments),
    Storage(storage::Arguments),
    Lint(lint::Arguments),
    Score(score::Arguments),
    PrivacyReport(privacy_report::Arguments),
    Train(train::Arguments),
    Validate(validate::Arguments),
    Consent(consent::Arguments),
    Subject(subject::Arguments),
    Erase(erase::Arguments),
    Retention(retention::Arguments),
    Audit(audit::Arguments),
    Keys(keys::Arguments),
    Encryption(encryption::Arguments),
    Config(config::Arguments),
}

impl Command {
    /// Runs it to its end. The text of an error is for the person at the terminal.
    pub(crate) async fn run(self) -> Result<(), String> {
        match self {
            Self::Serve(arguments) => serve::run(arguments).await,
            Self::Demo(arguments) => demo::run(arguments).await,
            Self::Import(arguments) => import::run(arguments).await,
            Self::Export(arguments) => export::run(arguments).await,
            Self::Evaluate(arguments) => evaluate::run(arguments).await,
            Self::Exit(arguments) => exit::run(arguments).await,
            Self::Archive(arguments) => archive::run(arguments).await,
            Self::Storage(arguments) => storage::run(arguments).await,
            Self::Lint(arguments) => lint::run(arguments).await,
            Self::Score(arguments) => score::run(arguments).await,
            Self::PrivacyReport(arguments) => privacy_report::run(arguments).await,
            Self::Train(arguments) => train::run(arguments).await,
            Self::Validate(arguments) => validate::run(&arguments),
            Self::Consent(arguments) => consent::run(arguments).await,
            Self::Subject(arguments) => subject::run(arguments).await,
            Self::Erase(arguments) => erase::run(arguments).await,
            Self::Retention(arguments) => retention::run(arguments).await,
            Self::Audit(arguments) => audit::run(arguments).await,
            Self::Keys(arguments) => keys::run(arguments).await,
            Self::Encryption(arguments) => encryption::run(arguments).await,
            Self::Config(arguments) => config::run(arguments),
        }
    }
}
