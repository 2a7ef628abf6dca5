//! One way to train, whatever the service's dialect.

use std::sync::Arc;

use async_trait::async_trait;
use codesight_core::ports::{ProviderFiles, Tuner, TuningStatus};
use codesight_core::{Error, ErrorKind, Result};

use super::fireworks::FireworksTuner;
use super::together::TogetherTuner;
use super::tuner::{OpenAiTuner, TunerOptions};
use crate::client::Client;
use crate::provider::Dialect;
use crate::uploads::{Progress, Source};

/// Is told how far an upload is.
pub type ProgressTeller = Arc<dyn Fn(Progress) + Send + Sync>;

/// A tuner that takes files of any size, deletes them again, and knows whether it makes sense to begin.
///
/// Besides by its id a file is deleted by the name [`Files::name_of`](crate::files::Files::name_of) gives to its content: that name is
/// known before the upload, when there is no id yet.
#[async_trait]
pub trait ServiceTuner: Tuner + ProviderFiles {
    /// Uploads content from anywhere, unless it is there already; the file's id.
    ///
    /// # Errors
    /// [`ErrorKind::LimitExceeded`] for more than the service takes; those of the client and the source.
    async fn upload_source(&self, source: Arc<dyn Source>, progress: ProgressTeller) -> Result<String>;

    /// Asks what can be known about the model to start from before anything is sent.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] and [`ErrorKind::Unsupported`] where the service says so.
    async fn probe(&self, model: &str) -> Result<()>;
}

/// The tuner for the dialect of the client's service. `account` is the part of Fireworks' addresses that names the account.
///
/// # Errors
/// [`ErrorKind::Invalid`] where Fireworks is asked without an account; [`ErrorKind::Unsupported`] for a service that does not train.
pub fn tuner_for(
    client: Client,
    options: TunerOptions,
    account: Option<&str>,
) -> Result<Arc<dyn ServiceTuner>> {
    const OPERATION: &str = "tuner.open";
    let profile = client.profile();
    if !profile.offers.fine_tuning {
        return Err(Error::new(ErrorKind::Unsupported, OPERATION, "the service does not train models")
            .with("provider", &profile.name));
    }
    Ok(match profile.dialect {
        Dialect::OpenAi => Arc::new(OpenAiTuner::new(client, options)),
        Dialect::Together => Arc::new(TogetherTuner::new(client)),
        Dialect::Fireworks => {
            let account =
                account.ok_or_else(|| Error::invalid(OPERATION, "Fireworks needs the account's id"))?;
            Arc::new(FireworksTuner::new(client, account))
        }
    })
}

/// Refuses content that the service does not take in one call.
pub(super) fn check_size(source: &dyn Source, limit: Option<u64>) -> Result<()> {
    match limit.filter(|limit| source.len() > *limit) {
        Some(limit) => Err(Error::new(ErrorKind::LimitExceeded, "tuner.upload", "the file is too large")
            .with("bytes", source.len())
            .with("limit", limit)),
        None => Ok(()),
    }
}

/// The status that a service's word stands for.
pub(super) fn status_of(word: &str, names: &[(&str, TuningStatus)]) -> TuningStatus {
    let known = names.iter().find(|(name, _)| *name == word);
    known.map_or_else(|| TuningStatus::Unknown(word.to_owned()), |(_, status)| status.clone())
}
