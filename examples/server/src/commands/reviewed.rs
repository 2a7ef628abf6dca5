//! What reviewers decided, for commands that make training files of archives.

use std::path::PathBuf;

use clap::Args;
use codesight_core::id::TenantId;
use codesight_core::pipeline::ProcessedSession;
use codesight_core::ports::{ReviewLedger as _, SessionRef};
use codesight_core::review::Standing;
use codesight_storage::{SqliteCatalog, SqliteOptions};

use super::terminal::text;

/// Where the reviews are.
#[derive(Debug, Args)]
pub(crate) struct Reviewed {
    /// Do as reviewers decided: the data folder of the server they used. Sessions they rejected and steps they marked are
    /// left out, and intents are theirs
    #[arg(long, value_name = "FOLDER")]
    reviews: Option<PathBuf>,
}

impl Reviewed {
    /// Opens the catalog, if reviews are asked for.
    pub(crate) async fn open(&self) -> Result<Reviews, String> {
        let Some(folder) = &self.reviews else { return Ok(Reviews(None)) };
        let file = folder.join("catalog.sqlite");
        if !file.exists() {
            return Err(format!("{}: is no data folder of a server", folder.display()));
        }
        Ok(Reviews(Some(SqliteCatalog::open(SqliteOptions::new(file)).await.map_err(text)?)))
    }
}

/// The reviews of a server, or none.
#[derive(Debug)]
pub(crate) struct Reviews(Option<SqliteCatalog>);

impl Reviews {
    /// Nobody is asked.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Does with a processed session as its reviewers decided.
    pub(crate) async fn apply(
        &self,
        tenant: &TenantId,
        processed: &mut ProcessedSession,
    ) -> Result<(), String> {
        let Some(catalog) = &self.0 else { return Ok(()) };
        let session = SessionRef { tenant: tenant.clone(), session: processed.session_id.clone() };
        let reviews = catalog.reviews_of(&session).await.map_err(text)?;
        Standing::of(&reviews).apply(processed);
        Ok(())
    }
}
