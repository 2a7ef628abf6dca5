//! `keys`: issue, list, rotate and revoke API keys, also while servers run on the same catalog.

use std::time::Duration;

use clap::{Args, Subcommand};
use codesight_core::id::{ApiKeyId, CollectorId, TenantId};
use codesight_core::ports::{ApiKey, Role};

use super::rights::ACTOR;
use super::terminal::{say, text};
use crate::access::{KeySecret, NewKey};
use crate::app::App;
use crate::config::Settings;
use crate::{serve, telemetry};

const PAGE: usize = 500;

/// Issue, list, rotate and revoke API keys
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

/// Whose keys, and where they are.
#[derive(Debug, Args)]
struct Of {
    /// The project whose keys they are
    #[arg(long, value_name = "TENANT")]
    tenant: TenantId,

    #[command(flatten)]
    settings: Box<Settings>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Issue a key and print its secret, which is stored nowhere
    Create {
        /// As whom its bearer acts
        #[arg(long, value_name = "NAME")]
        name: CollectorId,
        /// What for: collector, reviewer, privacy-officer, operator, admin; may be given more than once
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<Role>,
        /// Days for which it is good [default: until it is revoked]
        #[arg(long, value_name = "DAYS")]
        days: Option<u32>,
        #[command(flatten)]
        of: Of,
    },
    /// Print the keys, ended ones too
    List {
        #[command(flatten)]
        of: Of,
    },
    /// Issue a key like this one, which ends a little later
    Rotate {
        /// The key's id
        key: ApiKeyId,
        /// Seconds for which the old key stays good
        #[arg(long, value_name = "SECONDS", default_value_t = 3_600)]
        overlap: u32,
        #[command(flatten)]
        of: Of,
    },
    /// End a key now; servers refuse it within seconds
    Revoke {
        /// The key's id
        key: ApiKeyId,
        #[command(flatten)]
        of: Of,
    },
}

impl What {
    fn of(&self) -> &Of {
        let (Self::Create { of, .. } | Self::List { of } | Self::Rotate { of, .. } | Self::Revoke { of, .. }) =
            self;
        of
    }
}

/// Does it.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let Arguments { what } = arguments;
    telemetry::start(false);
    let Of { tenant, settings } = what.of();
    let tenant = tenant.clone();
    let config = settings.as_ref().clone().into_config()?;
    let app = serve::open(&config).await.map_err(text)?;
    let done = perform(&app, tenant, what).await;
    app.close().await;
    done
}

async fn perform(app: &App, tenant: TenantId, what: What) -> Result<(), String> {
    match what {
        What::Create { name, roles, days, .. } => {
            let lifetime = days.map(|days| Duration::from_secs(u64::from(days) * 24 * 3_600));
            let ends_at = lifetime.map(|lifetime| app.clock.now().after(lifetime));
            let new = NewKey { tenant, name, roles: roles.into_iter().collect(), ends_at };
            say_made(app.issue_key(new, ACTOR).await.map_err(text)?);
        }
        What::List { .. } => list(app, &tenant).await?,
        What::Rotate { key, overlap, .. } => {
            let overlap = Duration::from_secs(overlap.into());
            say_made(app.rotate_key(&tenant, &key, overlap, ACTOR).await.map_err(text)?);
        }
        What::Revoke { key, .. } => {
            app.end_key(&tenant, &key, app.clock.now(), ACTOR).await.map_err(text)?;
            say("revoked");
        }
    }
    Ok(())
}

fn say_made((key, secret): (ApiKey, KeySecret)) {
    say(&format!("id      {}", key.id));
    say(&format!("secret  {}", secret.expose()));
}

async fn list(app: &App, tenant: &TenantId) -> Result<(), String> {
    let (now, mut after) = (app.clock.now(), None);
    loop {
        let page = app.accounts.api_keys(tenant, after.as_ref(), PAGE).await.map_err(text)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id.clone());
        for key in &page {
            let roles: Vec<_> = key.roles.iter().map(|role| role.as_str()).collect();
            let end = match key.ends_at {
                Some(end) if key.is_good_at(now) => format!("until {end}"),
                Some(end) => format!("ended {end}"),
                None => "until it is revoked".to_owned(),
            };
            say(&format!("{}  {}  {}  {end}", key.id, key.name, roles.join("+")));
        }
    }
}
