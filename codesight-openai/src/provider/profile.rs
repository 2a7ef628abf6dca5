//! The profile of a service.

use std::collections::BTreeMap;

use codesight_core::{Error, Result};
use serde::{Deserialize, Serialize};

use super::table;
use crate::limits::Limits;

/// How the key is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum Authorization {
    /// `Authorization: Bearer KEY`.
    #[default]
    Bearer,
    /// In a header of its own.
    Header {
        /// Its name.
        name: String,
    },
}

/// Whose addresses and shapes the service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// OpenAI's.
    #[default]
    OpenAi,
    /// Together's: `/files/upload`, `/fine-tunes`.
    Together,
    /// Fireworks': datasets and jobs below an account.
    Fireworks,
}

/// What a service offers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Offers {
    /// Files can be uploaded.
    pub files: bool,
    /// Files can be uploaded in parts.
    pub uploads: bool,
    /// Models can be trained.
    pub fine_tuning: bool,
    /// By preference.
    pub dpo: bool,
    /// By reinforcement.
    pub reinforcement: bool,
    /// Jobs can be paused and resumed.
    pub pause: bool,
    /// Examples may hold images.
    pub training_images: bool,
    /// Examples may call tools.
    pub training_tools: bool,
    /// Chats may hold images.
    pub chat_images: bool,
    /// Answers can be bound to a JSON Schema.
    pub json_schema: bool,
    /// Chats can be sent as a batch.
    pub batches: bool,
    /// Speech can be transcribed.
    pub transcription: bool,
}

/// A service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// When the documents were read, `YYYY-MM-DD`.
    pub as_of: String,
    /// The documents, by name.
    pub source: String,
    /// What every path is added to.
    pub base_url: String,
    /// How the key is sent.
    #[serde(default)]
    pub authorization: Authorization,
    /// Added to every query.
    #[serde(default)]
    pub query: Vec<(String, String)>,
    /// Added to every request; for what is not secret.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Whose addresses and shapes it speaks.
    #[serde(default)]
    pub dialect: Dialect,
    /// What it offers.
    #[serde(default)]
    pub offers: Offers,
    /// What it takes.
    #[serde(default)]
    pub limits: Limits,
    /// What anyone who trains there should know first.
    #[serde(default)]
    pub notices: Vec<String>,
}

impl Profile {
    /// The profile of a service by its name: `openai`, `azure`, `together`, `fireworks`, `vllm`, `llama.cpp` or `ollama`.
    pub fn named(name: &str) -> Option<Self> {
        table::named(name)
    }

    /// The names that [`Profile::named`] knows.
    pub fn names() -> &'static [&'static str] {
        table::NAMES
    }

    /// The profile with some of its fields replaced by those of a JSON object, such as `{"baseUrl": "...", "offers": {"batches": true}}`.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid) for a field there is not, or one of another type.
    pub fn overridden(&self, with: &serde_json::Value) -> Result<Self> {
        let wrong =
            |_| Error::invalid("provider.override", "a field of the profile is unknown or of another type");
        let mut value = serde_json::to_value(self).map_err(wrong)?;
        merge(&mut value, with);
        serde_json::from_value(value).map_err(wrong)
    }

    /// The profile at another base address.
    #[must_use]
    pub fn at(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }
}

fn merge(base: &mut serde_json::Value, with: &serde_json::Value) {
    match (base, with) {
        (serde_json::Value::Object(base), serde_json::Value::Object(with)) => {
            for (key, value) in with {
                merge(base.entry(key.clone()).or_insert(serde_json::Value::Null), value);
            }
        }
        (base, with) => *base = with.clone(),
    }
}
