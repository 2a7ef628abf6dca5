//! What the server knows of the people whose archives a command is given: what they agree to now, and what was made of
//! their sessions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use codesight_core::ErrorKind;
use codesight_core::id::{ExportId, SessionId, TenantId};
use codesight_core::model::{ArchivedPeople, UnifiedSession};
use codesight_core::ports::{AuditAction, Export, ExportPlace, SessionRef};
use codesight_core::rights::purpose;

use super::archived::require_training;
use super::rights::{ACTOR, all_tenants, open_existing};
use super::terminal::text;
use crate::app::App;
use crate::config::Settings;
use crate::master_keys::MasterKeyPlace;
use crate::secret::Secret;
use crate::trainings::{Evaluated, Training};

/// Where the server's ledger is.
#[derive(Debug, Args)]
pub(crate) struct LedgerArguments {
    /// The server's data folder: what a person took back there is refused, and what is made of a session is noted, so
    /// that an erasure finds it
    #[arg(long, env = "CODESIGHT_DATA_DIR", value_name = "FOLDER")]
    data_dir: Option<PathBuf>,

    /// The server's catalog, where it is not in the data folder
    #[arg(long, env = "CODESIGHT_CATALOG", value_name = "PLACE", hide_env_values = true)]
    catalog: Option<Secret>,

    /// The server's keys, where they are not in the data folder
    #[arg(long, env = "CODESIGHT_KEYS", value_name = "FOLDER")]
    keys: Option<PathBuf>,

    /// The server's master keys, as it is given them
    #[arg(long = "master-key", env = "CODESIGHT_MASTER_KEYS", value_name = "PLACE", value_delimiter = ',')]
    master_keys: Vec<MasterKeyPlace>,
}

impl LedgerArguments {
    /// Opens the ledger, if one was named.
    pub(crate) async fn open(&self) -> Result<Ledger, String> {
        if self.data_dir.is_none() && self.catalog.is_none() {
            return Ok(Ledger(None));
        }
        let Self { data_dir, catalog, keys, master_keys } = self;
        let settings =
            Settings::of_data(data_dir.clone(), catalog.clone(), keys.clone(), master_keys.clone());
        let app = open_existing(&settings.into_config()?).await?;
        let tenants = all_tenants(&app).await?;
        Ok(Ledger(Some(Opened { app, tenants })))
    }
}

/// The server's ledger, or none: then an archive's own consent is all there is.
pub(crate) struct Ledger(Option<Opened>);

struct Opened {
    app: App,
    tenants: Vec<TenantId>,
}

impl Ledger {
    /// No ledger: for what the stand-in is given, which ends with this program.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Refuses a session whose person does not agree to training, by the archive or by the ledger, which knows whose
    /// session it is: an archive does not say. A refusal is written into the audit log.
    pub(crate) async fn require_training(
        &self,
        file: &Path,
        session: &UnifiedSession,
    ) -> Result<Option<SessionRef>, String> {
        require_training(file, session)?;
        let Some(Opened { app, tenants }) = &self.0 else { return Ok(None) };
        for tenant in tenants {
            let place = SessionRef { tenant: tenant.clone(), session: session.id.clone() };
            let stored = match app.catalog.get(&place).await {
                Ok(stored) => stored,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(text(error)),
            };
            if app.permits(&stored, purpose::TRAINING).await.map_err(text)? {
                return Ok(Some(place));
            }
            app.record(tenant, ACTOR, AuditAction::ExportRefused, &session.id).await.map_err(text)?;
            return Err(refusal(file, "the person does not agree to training any more"));
        }
        // Erased, or of another server: nobody here can say that the person still agrees.
        Err(refusal(file, "the ledger does not know the session"))
    }

    /// Whose session it is, under the stand-ins of archives: also of archives that do not say.
    pub(crate) async fn people(&self, session: &SessionRef) -> Result<Option<ArchivedPeople>, String> {
        let Some(Opened { app, .. }) = &self.0 else { return Ok(None) };
        let stored = app.catalog.get(session).await.map_err(text)?;
        Ok(Some(app.digests(&session.tenant).await.map_err(text)?.people(&stored)))
    }

    /// Writes into the audit log that training files were made of a session.
    pub(crate) async fn record_export(&self, session: Option<&SessionRef>) -> Result<(), String> {
        let (Some(Opened { app, .. }), Some(place)) = (&self.0, session) else { return Ok(()) };
        let action = AuditAction::TrainingExported;
        app.record(&place.tenant, ACTOR, action, &place.session).await.map_err(text)
    }

    /// Notes a file at a service. Before it is uploaded it is known by `name`, which says what is in it, afterwards by
    /// its id as well: whenever the upload is interrupted, an erasure finds what of it arrived.
    pub(crate) async fn note_upload(
        &self,
        sessions: &[SessionRef],
        service: &str,
        name: &str,
        file: &str,
        models: &[String],
    ) -> Result<(), String> {
        let Some(Opened { app, .. }) = &self.0 else { return Ok(()) };
        let mut by_tenant: BTreeMap<&TenantId, Vec<SessionId>> = BTreeMap::new();
        for session in sessions {
            by_tenant.entry(&session.tenant).or_default().push(session.session.clone());
        }
        for (tenant, sessions) in by_tenant {
            let export = Export {
                id: ExportId::new(id_of(name)).map_err(text)?,
                tenant: tenant.clone(),
                place: ExportPlace::Provider { service: service.to_owned(), file: file.to_owned() },
                purpose: purpose::TRAINING.to_owned(),
                sessions,
                made_at: app.clock.now(),
                models: models.to_vec(),
            };
            app.accounts.note_export(export).await.map_err(text)?;
        }
        Ok(())
    }

    /// Tells the server of a training of these sessions, in the project of each; what is known of an evaluation stays.
    pub(crate) async fn keep_training(
        &self,
        sessions: &[SessionRef],
        training: &mut Training,
    ) -> codesight_core::Result<()> {
        let Some(Opened { app, .. }) = &self.0 else { return Ok(()) };
        let mut by_tenant: BTreeMap<&TenantId, u64> = BTreeMap::new();
        for session in sessions {
            *by_tenant.entry(&session.tenant).or_default() += 1;
        }
        for (tenant, count) in by_tenant {
            let before = app.training(tenant, &training.run).await?;
            training.updated_at = app.clock.now();
            training.began_at = before.as_ref().map_or(training.updated_at, |before| before.began_at);
            if let Some(before) = before {
                training.evaluation = before.evaluation;
                // Those of an earlier try come first; what is told again is there once.
                for event in std::mem::replace(&mut training.events, before.events) {
                    training.report(event);
                }
            }
            training.sessions = count;
            app.keep_training(tenant, training).await?;
        }
        Ok(())
    }

    /// Notes what an evaluation found of a model, beside the trainings that it came from.
    pub(crate) async fn note_evaluation(&self, model: &str, evaluated: &Evaluated) -> Result<(), String> {
        let Some(Opened { app, tenants }) = &self.0 else { return Ok(()) };
        for tenant in tenants {
            for mut training in app.trainings(tenant).await.map_err(text)? {
                if training.model.as_deref() == Some(model) {
                    training.evaluation = Some(evaluated.clone());
                    app.keep_training(tenant, &training).await.map_err(text)?;
                }
            }
        }
        Ok(())
    }

    /// Whether any of these sessions was erased since it was asked for.
    pub(crate) async fn erased(&self, sessions: &[SessionRef]) -> Result<bool, String> {
        let Some(Opened { app, .. }) = &self.0 else { return Ok(false) };
        for session in sessions {
            if app.is_erased(session).await.map_err(text)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Closes it.
    pub(crate) async fn close(&self) {
        if let Some(Opened { app, .. }) = &self.0 {
            app.close().await;
        }
    }
}

fn refusal(file: &Path, reason: &str) -> String {
    format!("{}: purpose-missing: {reason}", file.display())
}

/// The same content is the same export, however often it is uploaded.
fn id_of(name: &str) -> String {
    const DIGITS: usize = 32;
    let digest: String = name.trim_start_matches("codesight-").chars().take(DIGITS).collect();
    format!("upload-{digest}")
}
