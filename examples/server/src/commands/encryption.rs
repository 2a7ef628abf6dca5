//! `encryption`: the keys that encrypt what is stored.

use std::io::Write as _;
use std::path::Path;

use clap::{Args, Subcommand};
use codesight_core::id::SessionId;
use codesight_core::ports::KeyId;
use codesight_storage::encryption::AgeKey;

use super::rights::Chosen;
use super::terminal::{say, text};
use crate::app::random_key;
use crate::backends::OpenKeys;
use crate::master_keys::MasterKeyPlace;
use crate::vault::VaultSettings;

/// Make a master key, change it, or hand out the key of one session
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Write a new master key into a file, as age-keygen does, or into the vault
    NewMasterKey {
        /// The file to write, or vault:NAME
        place: String,
        #[command(flatten)]
        vault: VaultSettings,
    },
    /// Put every key file under the first --master-key; older ones must be named until it is done; repeat it when it is
    /// interrupted
    Rewrap {
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Print the key of a session, with which `archive decrypt` and age read what was taken out of the store; its use
    /// is in the audit log
    SessionKey {
        /// The session
        session: SessionId,
        #[command(flatten)]
        chosen: Chosen,
    },
}

/// Does it.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    match arguments.what {
        What::NewMasterKey { place, vault } => match place.parse() {
            Ok(MasterKeyPlace::Vault(name)) => new_master_in_vault(&name, &vault).await,
            _ => new_master(Path::new(&place)),
        },
        What::Rewrap { chosen } => rewrap(&chosen).await,
        What::SessionKey { session, chosen } => {
            let app = chosen.open().await?;
            let tenant = chosen.only_tenant(&app).await?;
            let key = app.keys.get(&KeyId::encryption(&tenant, &session)).await;
            app.close().await;
            let key = AgeKey::new(&key.map_err(text)?).map_err(text)?;
            say(&key.expose());
            Ok(())
        }
    }
}

async fn new_master_in_vault(name: &str, vault: &VaultSettings) -> Result<(), String> {
    let candidate = random_key().map_err(text)?;
    let kept = vault.open().map_err(text)?.get_or_insert(&KeyId::master(name), candidate.clone()).await;
    let kept = kept.map_err(text)?;
    if kept != candidate {
        return Err("a master key of that name is in the vault already".to_owned());
    }
    say(&format!("public key: {}", AgeKey::new(&kept).map_err(text)?.public()));
    Ok(())
}

fn new_master(file: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", file.display());
    let key = AgeKey::generate();
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file).map_err(failed)?;
    let text = format!("# public key: {}\n{}\n", key.public(), key.expose());
    out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(failed)?;
    say(&format!("public key: {}", key.public()));
    Ok(())
}

async fn rewrap(chosen: &Chosen) -> Result<(), String> {
    let config = chosen.config()?;
    if config.backends.master_keys.is_empty() {
        return Err("name the new master key, and the ones before it, with --master-key".to_owned());
    }
    let OpenKeys::Files(keys) = config.backends.open_keys(&config.data_dir).await.map_err(text)? else {
        return Err("keys in a vault are under its own keys".to_owned());
    };
    let report = keys.rewrap().await.map_err(text)?;
    say(&format!(
        "{} keys put under the new master key, {} were already, {} are destroyed",
        report.rewrapped, report.current, report.destroyed
    ));
    match report.unreadable {
        0 => Ok(()),
        left => Err(format!(
            "{left} keys are damaged or under a master key that was not named: keep the old ones"
        )),
    }
}
