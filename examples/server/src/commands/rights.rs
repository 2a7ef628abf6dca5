//! What the commands about subjects' rights share.

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};
use codesight_core::ErrorKind;
use codesight_core::id::{SubjectId, TenantId};
use codesight_core::ports::KeyId;
use codesight_core::rights::{PublicKey, Regime, Signer};
use codesight_storage::keys::INSTALLATION;

use super::terminal::text;
use crate::app::App;
use crate::config::{Config, Settings};
use crate::{serve, telemetry};

/// Who does what a command does, in the audit log.
pub(super) const ACTOR: &str = "command-line";
const LOG_PAGE: usize = 1_000;

/// Which data, and of which tenant.
#[derive(Debug, Args)]
pub(super) struct Chosen {
    /// The project [default: the one that knows the person]
    #[arg(long, value_name = "TENANT")]
    tenant: Option<TenantId>,

    #[command(flatten)]
    settings: Box<Settings>,
}

impl Chosen {
    /// The settings, with what stands in files.
    pub(super) fn config(&self) -> Result<Config, String> {
        self.settings.as_ref().clone().into_config()
    }

    /// Opens the data, which a server may be using at the same time.
    pub(super) async fn open(&self) -> Result<App, String> {
        let config = self.config()?;
        telemetry::start(config.log_json);
        open_existing(&config).await
    }

    /// The key that checks what this installation signed; none when it signed nothing yet.
    pub(super) async fn signing_key(&self) -> Result<Option<PublicKey>, String> {
        let config = self.config()?;
        let keys = config.backends.open_keys(&config.data_dir).await.map_err(text)?.into_store();
        match keys.get(&KeyId::signing()).await {
            Ok(seed) => Ok(Some(Signer::new(&seed).public_key())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(text(error)),
        }
    }

    /// Every tenant there is, or the one that was named.
    pub(super) async fn tenants(&self, app: &App) -> Result<Vec<TenantId>, String> {
        match &self.tenant {
            Some(tenant) => Ok(vec![tenant.clone()]),
            None => all_tenants(app).await,
        }
    }

    /// The tenant that knows a person.
    pub(super) async fn tenant_of(&self, app: &App, subject: &SubjectId) -> Result<TenantId, String> {
        let mut knowing = Vec::new();
        for tenant in self.tenants(app).await? {
            let report = app.rights().find_subject(&tenant, subject).await.map_err(text)?;
            if !report.is_empty() || report.erased {
                knowing.push(tenant);
            }
        }
        match knowing.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err("nobody knows this person".to_owned()),
            _ => Err("more than one project knows this person: name one with --tenant".to_owned()),
        }
    }

    /// The tenant that was named, or the only one.
    pub(super) async fn only_tenant(&self, app: &App) -> Result<TenantId, String> {
        match self.tenants(app).await?.as_slice() {
            [one] => Ok(one.clone()),
            _ => Err("name the project with --tenant".to_owned()),
        }
    }
}

/// Opens data that is there: what is asked about people is not asked of an empty catalog.
pub(super) async fn open_existing(config: &Config) -> Result<App, String> {
    let is_a_file = config.backends.catalog.expose() == "sqlite";
    if is_a_file && !config.data_dir.join("catalog.sqlite").is_file() {
        return Err(format!(
            "there is no data in {}: name its folder with --data-dir",
            config.data_dir.display()
        ));
    }
    serve::open(config).await.map_err(text)
}

/// Every tenant there is. The audit log names them all, in its entries or in the statement of those that were given up: nothing
/// begins without an entry.
pub(super) async fn all_tenants(app: &App) -> Result<Vec<TenantId>, String> {
    let truncation = app.accounts.truncation().await.map_err(text)?;
    let mut tenants: BTreeSet<TenantId> = truncation.map(|went| went.tenants).unwrap_or_default();
    tenants.retain(|tenant| tenant.as_str() != INSTALLATION);
    let mut after = 0;
    loop {
        let page = app.audit.read(after, LOG_PAGE).await.map_err(text)?;
        let Some(last) = page.last() else { return Ok(tenants.into_iter().collect()) };
        after = last.position;
        let named = page.into_iter().map(|entry| entry.event.tenant);
        // The installation's own keys are no project.
        tenants.extend(named.filter(|tenant| tenant.as_str() != INSTALLATION));
    }
}

/// A law, as it is named on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum LawChoice {
    /// The European Union's: one month
    Gdpr,
    /// California's: 45 days
    Ccpa,
}

impl From<LawChoice> for Regime {
    fn from(choice: LawChoice) -> Self {
        match choice {
            LawChoice::Gdpr => Self::Gdpr,
            LawChoice::Ccpa => Self::Ccpa,
        }
    }
}
