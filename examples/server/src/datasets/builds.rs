//! Datasets that are being made by this process, and how far they are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use codesight_core::id::{CollectorId, ExportId, TenantId};
use codesight_core::time::Timestamp;
use codesight_core::{Error, ErrorKind, Result};
use schemars::JsonSchema;
use serde::Serialize;
use tracing::Instrument as _;

use super::{Dataset, Recipe};
use crate::app::{App, new_id};

/// Datasets of one tenant that are made at once: each holds a session in memory and reads its archive.
const MOST_AT_ONCE: usize = 2;
/// Ended builds that are remembered for a tenant.
const KEPT: usize = 20;

/// How far a build is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "state")]
pub(crate) enum BuildState {
    /// It is under way.
    Running {
        /// Sessions looked at, over all passes.
        done: u64,
        /// Of how many.
        total: u64,
    },
    /// The dataset is there.
    Done,
    /// It was not made.
    Failed {
        /// The stable code.
        code: String,
        /// The reason in words.
        detail: String,
    },
}

/// A dataset that is or was being made.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Build {
    /// The id of the dataset.
    pub(crate) id: ExportId,
    pub(crate) name: String,
    pub(crate) began_at: Timestamp,
    pub(crate) progress: BuildState,
}

/// The builds of this process, by tenant and id.
#[derive(Debug, Default)]
pub(crate) struct Builds(Mutex<BTreeMap<(TenantId, ExportId), Build>>);

impl Builds {
    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<(TenantId, ExportId), Build>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Those of a tenant, newest first.
    pub(crate) fn of(&self, tenant: &TenantId) -> Vec<Build> {
        self.with(|all| {
            all.iter()
                .rev()
                .filter(|((owner, _), _)| owner == tenant)
                .map(|(_, build)| build.clone())
                .collect()
        })
    }

    fn begin(&self, tenant: &TenantId, build: Build) -> Result<()> {
        self.with(|all| {
            let is_running = |build: &Build| matches!(build.progress, BuildState::Running { .. });
            let own = |all: &BTreeMap<(TenantId, ExportId), Build>,
                       running: bool|
             -> Vec<(TenantId, ExportId)> {
                let own =
                    all.iter().filter(|((owner, _), build)| owner == tenant && is_running(build) == running);
                own.map(|(key, _)| key.clone()).collect()
            };
            if own(all, true).len() >= MOST_AT_ONCE {
                let message = "two datasets are being made already";
                return Err(Error::new(ErrorKind::Conflict, "dataset.build", message));
            }
            let ended = own(all, false);
            for old in ended.iter().take((ended.len() + 1).saturating_sub(KEPT)) {
                all.remove(old);
            }
            all.insert((tenant.clone(), build.id.clone()), build);
            Ok(())
        })
    }

    /// Says how far it is.
    pub(super) fn tell(&self, tenant: &TenantId, id: &ExportId, progress: BuildState) {
        self.with(|all| {
            if let Some(build) = all.get_mut(&(tenant.clone(), id.clone())) {
                build.progress = progress;
            }
        });
    }
}

impl App {
    /// Begins to make a dataset; what becomes of it is among the [`Builds`].
    ///
    /// # Errors
    /// `Invalid` for a recipe of which nothing could be made, `Conflict` when the tenant has enough under way.
    pub(crate) fn begin_dataset(
        &self,
        tenant: &TenantId,
        who: &CollectorId,
        recipe: Recipe,
    ) -> Result<Build> {
        recipe.check()?;
        let build = Build {
            id: ExportId::new(new_id())?,
            name: recipe.name.clone(),
            began_at: self.clock.now(),
            progress: BuildState::Running { done: 0, total: 0 },
        };
        self.builds.begin(tenant, build.clone())?;
        let (app, tenant, who, id) = (self.clone(), tenant.clone(), who.clone(), build.id.clone());
        let span = tracing::info_span!("dataset", id = %id);
        let work = async move {
            let made = tokio::select! {
                made = app.build_dataset(&tenant, &id, &who, recipe) => made,
                () = app.shutdown.cancelled() => {
                    Err(Error::new(ErrorKind::Unavailable, "dataset.build", "the server was stopped"))
                }
            };
            let state = match made {
                Ok(Dataset { sessions, .. }) => {
                    tracing::info!(sessions, "a dataset was made");
                    BuildState::Done
                }
                Err(error) => {
                    tracing::warn!(error = %error, "a dataset was not made");
                    if let Err(error) = app.drop_dataset(&tenant, &id).await {
                        tracing::warn!(error = %error, "what there is of it could not be deleted");
                    }
                    BuildState::Failed {
                        code: error.kind().code().to_owned(),
                        detail: error.message().to_owned(),
                    }
                }
            };
            app.builds.tell(&tenant, &id, state);
        };
        self.tasks.spawn(work.instrument(span));
        Ok(build)
    }

    /// The builds of this process.
    pub(crate) fn builds(&self) -> &Arc<Builds> {
        &self.builds
    }
}
