//! The serialisable form of a pipeline: one file drives Rust, Python, the server and batch work.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::stages;

/// Which stages run, in which order, with which options.
///
/// ```
/// use codesight_core::pipeline::{Pipeline, PipelineConfig};
///
/// let config = PipelineConfig::from_json(
///     r#"{"stages": [{"name": "validate", "options": {"maxFrameLagMs": 100}}, {"name": "score"}]}"#,
/// )?;
/// assert_eq!(Pipeline::from_config(&config)?.stage_names(), ["validate", "score"]);
/// # Ok::<(), codesight_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PipelineConfig {
    /// The stages in the order they run.
    pub stages: Vec<StageConfig>,
}

/// One stage of a configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StageConfig {
    /// Its name.
    pub name: String,
    /// Its options; those left out have the stage's defaults.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub options: Map<String, Value>,
}

impl StageConfig {
    /// A stage with its defaults.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), options: Map::new() }
    }

    /// Sets an option.
    #[must_use]
    pub fn with(mut self, option: impl Into<String>, value: impl Into<Value>) -> Self {
        self.options.insert(option.into(), value.into());
        self
    }
}

impl Default for PipelineConfig {
    /// All stages of this crate in their order, with their defaults.
    fn default() -> Self {
        Self { stages: stages::NAMES.iter().copied().map(StageConfig::named).collect() }
    }
}

impl PipelineConfig {
    /// Reads a configuration.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] with the line and column of what does not fit.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| {
            Error::new(ErrorKind::Invalid, "pipeline.config", "the pipeline configuration does not fit")
                .with("line", error.line())
                .with("column", error.column())
                .caused_by(error)
        })
    }
}
