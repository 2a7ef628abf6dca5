//! Reading a stage's options.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};

/// Options of a stage, from the map of a configuration.
pub(crate) fn read<T: DeserializeOwned>(options: &Map<String, Value>) -> Result<T> {
    T::deserialize(options).map_err(|error| {
        Error::new(ErrorKind::Invalid, "pipeline.config", "the options of the stage do not fit")
            .caused_by(error)
    })
}

/// Refuses a number that is not a length of time or space.
pub(crate) fn not_negative(option: &'static str, value: f64) -> Result<()> {
    if value.is_finite() && value >= 0.0 {
        Ok(())
    } else {
        Err(Error::invalid("pipeline.config", "the option must not be negative").with("option", option))
    }
}
