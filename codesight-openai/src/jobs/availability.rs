//! Whether a training still makes sense, before anything is uploaded.

use chrono::{DateTime, NaiveDate};
use codesight_core::time::Timestamp;
use codesight_core::{Error, ErrorKind, Result};
use serde::Serialize;

use super::resource::FineTuning;
use crate::api::ModelObject;

/// What can be known before the first job. Whether an organisation may still train is told by the creation of a job alone, with
/// `403 training_not_available`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Availability {
    /// The model.
    pub model: String,
    /// The day it is switched off, `YYYY-MM-DD`.
    pub shutdown_date: Option<String>,
    /// Whole days until then; negative when it has passed.
    pub days_left: Option<i64>,
    /// What anyone who trains there should know first.
    pub notices: Vec<String>,
}

/// Whole days from `now` to the day `date` (`YYYY-MM-DD`) begins, in UTC. None for what is no date.
pub fn days_until(date: &str, now: Timestamp) -> Option<i64> {
    let date = NaiveDate::parse_from_str(date.get(..10)?, "%Y-%m-%d").ok()?;
    let today = DateTime::from_timestamp_millis(now.as_millis())?.date_naive();
    Some((date - today).num_days())
}

/// What is known about a model.
pub fn availability(model: &ModelObject, notices: &[String], now: Timestamp) -> Availability {
    Availability {
        model: model.id.clone(),
        shutdown_date: model.shutdown_date.clone(),
        days_left: model.shutdown_date.as_deref().and_then(|date| days_until(date, now)),
        notices: notices.to_vec(),
    }
}

impl FineTuning {
    /// Asks the service about the model to start from.
    ///
    /// # Errors
    /// - [`ErrorKind::NotFound`] when the service has no such model
    /// - [`ErrorKind::Unsupported`] when the service does not train, or the model's day has come
    pub async fn probe(&self, model: &str) -> Result<Availability> {
        const OPERATION: &str = "jobs.probe";
        let profile = self.client.profile();
        if !profile.offers.fine_tuning {
            return Err(Error::new(ErrorKind::Unsupported, OPERATION, "the service does not train models")
                .with("provider", &profile.name));
        }
        let found = self.model(model).await?;
        let known = availability(&found, &profile.notices, self.client.clock().now());
        match known.days_left {
            Some(days) if days <= 0 => Err(Error::new(
                ErrorKind::Unsupported,
                OPERATION,
                "the model is switched off; start from another one, or train elsewhere from the same data",
            )
            .with("shutdown_date", known.shutdown_date.unwrap_or_default())),
            _ => Ok(known),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_in_utc() {
        let noon = Timestamp::from_millis(1_795_348_800_000);
        assert_eq!(noon.to_string(), "2026-11-22T12:00:00.000Z");
        assert_eq!(days_until("2027-01-06", noon), Some(45));
        assert_eq!(days_until("2026-11-22", noon), Some(0));
        assert_eq!(days_until("2026-11-21T00:00:00Z", noon), Some(-1));
        assert_eq!((days_until("soon", noon), days_until("2026-13-01", noon)), (None, None));
    }
}
