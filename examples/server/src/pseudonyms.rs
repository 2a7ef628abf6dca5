//! Stand-ins as the settings ask for them: what they look like, how far the same value has the same one, and under which key.

use std::str::FromStr;

use clap::{Args, ValueEnum};
use codesight_core::Result;
use codesight_core::ports::{KeyId, SessionRef};
use codesight_core::privacy::{PseudonymScope, Pseudonymizer};
use serde::Deserialize;

use crate::app::{App, random_key};

/// Letters of a data set's name at most.
const LONGEST_NAME: usize = 40;

/// What stands in for a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StandIns {
    /// Typed placeholders, such as <EMAIL_7KQ2M0>
    #[default]
    Placeholders,
    /// Values from ranges that are reserved for examples, where a type has one, such as an address at example.com
    Surrogates,
}

/// How far the same value has the same stand-in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Scope {
    /// Each session has a key of its own, which is destroyed with it.
    #[default]
    Session,
    /// All sessions that are recorded for the data set of this name.
    Dataset(String),
    /// All sessions of a project.
    Tenant,
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let is_name = |name: &str| {
            (1..=LONGEST_NAME).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        match text.split_once(':') {
            None if text == "session" => Ok(Self::Session),
            None if text == "tenant" => Ok(Self::Tenant),
            Some(("dataset", name)) if is_name(name) => Ok(Self::Dataset(name.to_owned())),
            _ => {
                Err("one of session, tenant, dataset:NAME with a name of small letters, digits and -"
                    .to_owned())
            }
        }
    }
}

impl TryFrom<String> for Scope {
    type Error = String;
    fn try_from(text: String) -> std::result::Result<Self, String> {
        text.parse()
    }
}

impl Scope {
    fn key(&self, session: &SessionRef) -> KeyId {
        match self {
            Self::Session => KeyId::pseudonyms(&session.tenant, &session.session),
            Self::Dataset(name) => KeyId::shared_pseudonyms(&session.tenant, Some(name)),
            Self::Tenant => KeyId::shared_pseudonyms(&session.tenant, None),
        }
    }

    fn of_tokens(&self) -> PseudonymScope {
        match self {
            Self::Session => PseudonymScope::Session,
            Self::Dataset(_) => PseudonymScope::Dataset,
            Self::Tenant => PseudonymScope::Tenant,
        }
    }
}

/// The settings of stand-ins.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PseudonymSettings {
    /// What stands in for what was masked [default: placeholders]
    #[arg(long, env = "CODESIGHT_STAND_INS", value_name = "FORM", value_enum)]
    stand_ins: Option<StandIns>,

    /// How far the same value has the same stand-in: session, tenant, or dataset:NAME. Wider than a session, an erasure does
    /// not destroy the key [default: session]
    #[arg(
        id = "pseudonym-scope",
        long = "pseudonym-scope",
        env = "CODESIGHT_PSEUDONYM_SCOPE",
        value_name = "SCOPE"
    )]
    scope: Option<Scope>,
}

impl App {
    /// What makes the stand-ins of a session. Its key is made on first use.
    pub(crate) async fn pseudonymizer(&self, session: &SessionRef) -> Result<Pseudonymizer> {
        let PseudonymSettings { stand_ins, scope } = &*self.pseudonyms;
        let scope = scope.clone().unwrap_or_default();
        let key = self.keys.get_or_insert(&scope.key(session), random_key()?).await?;
        let made = Pseudonymizer::new(key).in_scope(scope.of_tokens());
        Ok(match stand_ins.unwrap_or_default() {
            StandIns::Placeholders => made,
            StandIns::Surrogates => made.with_surrogates(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_a_session_a_project_or_a_data_set_with_a_plain_name() {
        assert_eq!("session".parse(), Ok(Scope::Session));
        assert_eq!("tenant".parse(), Ok(Scope::Tenant));
        assert_eq!("dataset:shop-2".parse(), Ok(Scope::Dataset("shop-2".to_owned())));
        for bad in ["", "dataset", "dataset:", "dataset:a.b", "dataset:A", "tenant:x"] {
            assert!(bad.parse::<Scope>().is_err(), "{bad}");
        }
    }
}
