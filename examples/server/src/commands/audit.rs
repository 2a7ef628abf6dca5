//! `audit`: verify the audit log offline, export it, and show the key that signs it.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use codesight_core::ports::AuditLine;
use codesight_core::rights::{AuditCheckpoint, AuditTruncation, AuditVerification, PublicKey};
use serde::{Deserialize, Serialize};

use super::rights::Chosen;
use super::terminal::{say, text};
use crate::app::App;
use crate::audit;

const PAGE: usize = 1_000;

/// Verify the audit log, export it, or show the key that signs it
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check every entry and every checkpoint, and name the first that is wrong
    Verify(Verify),
    /// Write the log and its checkpoints into a file of JSON lines, which can be verified anywhere
    Export(Export),
    /// Print the public key that checks checkpoints and certificates
    Key(Key),
}

#[derive(Debug, Args)]
struct Verify {
    /// A file from `audit export`, in place of the data folder
    #[arg(long, value_name = "FILE", requires = "key")]
    file: Option<PathBuf>,
    /// The public key, from `audit key` [default: that of the data folder]
    // One of 64 begins with a hyphen.
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    key: Option<String>,
    #[command(flatten)]
    chosen: Chosen,
}

#[derive(Debug, Args)]
struct Export {
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    chosen: Chosen,
}

#[derive(Debug, Args)]
struct Key {
    #[command(flatten)]
    chosen: Chosen,
}

/// One line of an exported log. The event is kept as text, for its bytes are what was hashed.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum ExportedLine {
    Truncation(AuditTruncation),
    Checkpoint(AuditCheckpoint),
    Entry { position: u64, hash: String, event: String },
}

/// Does it.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    match arguments.what {
        What::Verify(arguments) => verify(arguments).await,
        What::Export(arguments) => {
            let app = arguments.chosen.open().await?;
            export(&app, &arguments.out).await?;
            app.close().await;
            Ok(())
        }
        What::Key(arguments) => {
            let app = arguments.chosen.open().await?;
            let key = app.rights().signer().await.map_err(text)?.public_key();
            app.close().await;
            say(&format!("{}  (fingerprint {})", key.to_base64(), key.fingerprint()));
            Ok(())
        }
    }
}

async fn verify(arguments: Verify) -> Result<(), String> {
    let key = arguments.key.as_deref().map(PublicKey::from_base64).transpose().map_err(text)?;
    let verified = match (&arguments.file, key) {
        (Some(file), Some(key)) => verify_file(file, &key)?,
        (_, key) => {
            let app = arguments.chosen.open().await?;
            let key = match key {
                Some(key) => Some(key),
                // Read past the log that is being verified: verifying must not change it.
                None => arguments.chosen.signing_key().await?,
            };
            let verified = audit::verify(&app, key.as_ref()).await?;
            app.close().await;
            verified
        }
    };
    say(&format!(
        "the audit log is whole: {} entries, {} checkpoints, signed through entry {}",
        verified.entries, verified.checkpoints, verified.signed_through
    ));
    if verified.truncated_through > 0 {
        say(&format!("entries through {} were given up, as signed", verified.truncated_through));
    }
    if let Some(hash) = verified.last_hash {
        say(&format!("last hash {hash}"));
    }
    Ok(())
}

async fn export(app: &App, out: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", out.display());
    let mut file = std::io::BufWriter::new(std::fs::File::create(out).map_err(failed)?);
    let mut write = |line: &ExportedLine| {
        let json = serde_json::to_string(line).map_err(|error| error.to_string())?;
        writeln!(file, "{json}").map_err(failed)
    };
    app.keep_checkpoint().await.map_err(text)?;
    if let Some(truncation) = app.accounts.truncation().await.map_err(text)? {
        write(&ExportedLine::Truncation(truncation))?;
    }
    let (mut after, mut entries) = (0, 0_u64);
    loop {
        let page = app.accounts.checkpoints(after, PAGE).await.map_err(text)?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for checkpoint in page {
            write(&ExportedLine::Checkpoint(checkpoint))?;
        }
    }
    after = 0;
    loop {
        let page = app.accounts.lines(after, PAGE).await.map_err(text)?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for line in page {
            entries += 1;
            let unreadable = || format!("entry {} cannot be exported: it is damaged", line.position);
            write(&ExportedLine::Entry {
                position: line.position,
                hash: line.content_hash().ok_or_else(unreadable)?.to_hex(),
                event: String::from_utf8(line.event.clone()).map_err(|_| unreadable())?,
            })?;
        }
    }
    file.flush().map_err(failed)?;
    say(&format!("{}: {entries} entries", out.display()));
    Ok(())
}

fn verify_file(path: &Path, key: &PublicKey) -> Result<AuditVerification, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let file = std::io::BufReader::new(std::fs::File::open(path).map_err(failed)?);
    let (mut checkpoints, mut truncation) = (Vec::new(), None);
    let mut verifier = None;
    for (number, line) in file.lines().enumerate() {
        let line = line.map_err(failed)?;
        let unreadable = || format!("the audit log is NOT whole: line {} is unreadable", number + 1);
        match serde_json::from_str(&line).map_err(|_| unreadable())? {
            ExportedLine::Truncation(stated) => truncation = Some(stated),
            ExportedLine::Checkpoint(checkpoint) => checkpoints.push(checkpoint),
            ExportedLine::Entry { position, hash, event } => {
                let hash: codesight_core::id::ContentHash = hash.parse().map_err(|_| unreadable())?;
                let line = AuditLine { position, hash: hash.as_bytes().to_vec(), event: event.into_bytes() };
                let verifier = match &mut verifier {
                    Some(verifier) => verifier,
                    none => none.insert(audit::verifier(&checkpoints, truncation.as_ref(), key)?),
                };
                verifier.push(&line).map_err(audit::not_whole)?;
            }
        }
    }
    match verifier {
        Some(verifier) => verifier.finish().map_err(audit::not_whole),
        None => audit::verifier(&checkpoints, truncation.as_ref(), key)?.finish().map_err(audit::not_whole),
    }
}
