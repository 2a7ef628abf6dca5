//! The services that training files were uploaded to, so that an erasure reaches what lies there.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use codesight_core::ports::ProviderFiles;
use codesight_core::time::Clock;
use codesight_core::{Error, ErrorKind, Result};
use codesight_openai::client::{ApiKey, Client, HttpExchange};
use codesight_openai::jobs::{TunerOptions, tuner_for};
use codesight_openai::provider::Profile;
use serde::Deserialize;

/// One service as the configuration names it: `NAME=KEY_FILE`, with `@URL` after the name where it is not at its known
/// address, and `/ACCOUNT` before that where addresses name the account, as Fireworks' do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct UploadService {
    name: String,
    account: Option<String>,
    url: Option<String>,
    key_file: PathBuf,
}

impl FromStr for UploadService {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let form = "a service is written NAME[/ACCOUNT][@URL]=KEY_FILE";
        let (service, key_file) = text.split_once('=').ok_or(form)?;
        let (name, url) = match service.split_once('@') {
            Some((name, url)) => (name, Some(url.to_owned())),
            None => (service, None),
        };
        let (name, account) = match name.split_once('/') {
            Some((name, account)) => (name, Some(account.to_owned())),
            None => (name, None),
        };
        if Profile::named(name).is_none() {
            return Err(format!("there is no service {name}; known are {}", Profile::names().join(", ")));
        }
        if key_file.is_empty() {
            return Err(form.to_owned());
        }
        Ok(Self { name: name.to_owned(), account, url, key_file: key_file.into() })
    }
}

impl TryFrom<String> for UploadService {
    type Error = String;
    fn try_from(text: String) -> std::result::Result<Self, String> {
        text.parse()
    }
}

impl UploadService {
    /// What deletes files there.
    fn open(&self, clock: Arc<dyn Clock>) -> Result<Arc<dyn ProviderFiles>> {
        let profile = Profile::named(&self.name)
            .ok_or_else(|| Error::new(ErrorKind::Invalid, "server.open", "no such service"))?;
        let profile = match &self.url {
            Some(url) => profile.at(url),
            None => profile,
        };
        let key = std::fs::read_to_string(&self.key_file).map_err(|error| {
            Error::new(ErrorKind::Invalid, "server.open", "the key of a service cannot be read")
                .with("file", self.key_file.display())
                .caused_by(error)
        })?;
        let exchange = Arc::new(HttpExchange::new()?);
        let client = Client::new(profile, Some(ApiKey::new(key)), exchange, clock);
        Ok(tuner_for(client, TunerOptions::default(), self.account.as_deref())?)
    }
}

/// The files at all of them.
pub(crate) fn open(
    services: &[UploadService],
    clock: &Arc<dyn Clock>,
) -> Result<Vec<Arc<dyn ProviderFiles>>> {
    services.iter().map(|service| service.open(Arc::clone(clock))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_a_name_perhaps_an_address_and_a_key() {
        let parse = str::parse::<UploadService>;
        let plain = parse("openai=/run/key").expect("good");
        assert_eq!((plain.url, plain.account, plain.key_file), (None, None, PathBuf::from("/run/key")));
        let elsewhere = parse("openai@http://127.0.0.1:9/v1=key").expect("good");
        assert_eq!(elsewhere.url.as_deref(), Some("http://127.0.0.1:9/v1"));
        let account = parse("fireworks/team@http://127.0.0.1:9/v1=key").expect("good");
        assert_eq!((account.name.as_str(), account.account.as_deref()), ("fireworks", Some("team")));
        for bad in ["openai", "openai=", "nobody=key", ""] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
