//! Pipeline variants: the value of the flag `pipeline` is the configuration that a session is processed with.

use codesight_core::model::{Finding, RuleId, Severity, UnifiedSession};
use codesight_core::pipeline::{Pipeline, PipelineConfig};
use codesight_core::{Error, ErrorKind, Result};
use serde::Deserialize as _;
use serde_json::Value;

/// The flag's key.
pub(super) const FLAG: &str = "pipeline";
/// The value that stands for the pipeline as it is without any flag.
const DEFAULT: &str = "default";
/// A provider gave something that is no pipeline: the default one was used.
const PIPELINE_VARIANT_INVALID: RuleId = RuleId::new("pipeline-variant-invalid");

/// The pipeline of a session, which is the same whenever the session is processed again; and what is to be said of it.
pub(crate) fn pipeline_of(session: &UnifiedSession) -> (Pipeline, Option<Finding>) {
    let assigned = session.flags.iter().find(|(flag, _)| flag.as_str() == FLAG);
    match assigned.map(|(_, assigned)| of_value(&assigned.value)) {
        None => (Pipeline::default(), None),
        Some(Ok(pipeline)) => (pipeline, None),
        Some(Err(_)) => {
            let message = "the variant of the flag pipeline is no configuration; the default one was used";
            let finding = Finding::session(PIPELINE_VARIANT_INVALID, Severity::Warning, message);
            (Pipeline::default(), Some(finding))
        }
    }
}

/// The pipeline of a variant's value: `"default"`, or a pipeline configuration.
pub(super) fn of_value(value: &Value) -> Result<Pipeline> {
    if value == DEFAULT {
        return Ok(Pipeline::default());
    }
    let config = PipelineConfig::deserialize(value).map_err(|error| {
        Error::new(ErrorKind::Invalid, "flags.pipeline", "the value is no pipeline configuration")
            .caused_by(error)
    })?;
    Pipeline::from_config(&config)
}
