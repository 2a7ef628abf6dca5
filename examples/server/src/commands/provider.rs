//! Which service, and the way to it.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use codesight_openai::client::{ApiKey, Client, HttpExchange};
use codesight_openai::provider::Profile;

use super::terminal::text;
use crate::clock::SystemClock;

/// The service that trains or answers.
#[derive(Debug, Args)]
pub(crate) struct ProviderArguments {
    /// openai, azure, together, fireworks, vllm, llama.cpp, ollama; `fake` for a trial inside this program
    #[arg(long, default_value = "openai", value_name = "NAME")]
    pub(crate) provider: String,

    /// The service's address in place of the known one
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,

    /// A JSON file with fields that replace those of the known profile, such as limits
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,

    /// A file that holds the key
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,

    /// The key itself; better in the environment than among the flags
    #[arg(long, env = "CODESIGHT_PROVIDER_KEY", hide_env_values = true, value_name = "KEY")]
    key: Option<String>,
}

impl ProviderArguments {
    /// Whether the service is the stand-in.
    pub(crate) fn is_fake(&self) -> bool {
        self.provider == "fake"
    }

    /// What is known about the service. The stand-in is like OpenAI's.
    pub(crate) fn profile(&self) -> Result<Profile, String> {
        let name = if self.is_fake() { "openai" } else { &self.provider };
        let mut profile = Profile::named(name)
            .ok_or_else(|| format!("no such provider; known are {} and fake", Profile::names().join(", ")))?;
        if let Some(file) = &self.profile {
            let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
            let json = std::fs::read(file).map_err(|error| named(&error))?;
            let with = serde_json::from_slice(&json).map_err(|error| named(&error))?;
            profile = profile.overridden(&with).map_err(text)?;
        }
        if let Some(url) = &self.base_url {
            profile = profile.at(url);
        }
        if self.is_fake() {
            "fake".clone_into(&mut profile.name);
            profile.notices.clear();
        }
        Ok(profile)
    }

    /// A client of a real service.
    pub(crate) fn client(&self) -> Result<Client, String> {
        let key = match (&self.key_file, &self.key) {
            (Some(file), _) => {
                Some(std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?)
            }
            (None, key) => key.clone(),
        };
        let exchange = HttpExchange::new().map_err(text)?;
        Ok(Client::new(self.profile()?, key.map(ApiKey::new), Arc::new(exchange), Arc::new(SystemClock)))
    }

    /// A client of the stand-in.
    #[cfg(feature = "fake-provider")]
    pub(crate) fn fake_client(
        &self,
        responder: Option<codesight_openai::testkit::ChatResponder>,
    ) -> Result<Client, String> {
        use codesight_openai::testkit::{FakeOptions, FakeService};
        let options = FakeOptions { check_files: true, quirks: true, ..FakeOptions::default() };
        let key = options.key.clone();
        let mut service = FakeService::new(options, Arc::new(SystemClock));
        if let Some(responder) = responder {
            service = service.answering(responder);
        }
        let profile = self.profile()?.at("http://fake.invalid/v1");
        Ok(Client::new(profile, Some(ApiKey::new(key)), Arc::new(service), Arc::new(SystemClock)))
    }
}

/// Said where the stand-in is asked for and was left out.
#[cfg(not(feature = "fake-provider"))]
pub(crate) const WITHOUT_FAKE: &str = "this program was built without the stand-in (feature fake-provider)";
