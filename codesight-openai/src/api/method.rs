//! What a job is asked to do.

use std::collections::BTreeMap;

use codesight_core::{Error, Result};
use serde::Serialize;
use serde_json::Value;

/// A number, or the service's choice.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum OrAuto<T> {
    /// The service chooses.
    #[default]
    Auto,
    /// This.
    Value(T),
}

impl<T: Serialize> Serialize for OrAuto<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str("auto"),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

/// What every method has.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Hyperparameters {
    /// Passes over the data, 1 to 50.
    pub n_epochs: OrAuto<u32>,
    /// Examples a step, 1 to 256.
    pub batch_size: OrAuto<u32>,
    /// Above 0.
    pub learning_rate_multiplier: OrAuto<f64>,
}

/// Direct preference optimisation.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct DpoHyperparameters {
    /// What every method has.
    #[serde(flatten)]
    pub common: Hyperparameters,
    /// How closely the model stays to the one it starts from: above 0, at most 2.
    pub beta: OrAuto<f64>,
}

/// Reinforcement.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct ReinforcementHyperparameters {
    /// What every method has.
    #[serde(flatten)]
    pub common: Hyperparameters,
    /// `default`, `low`, `medium` or `high`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<&'static str>,
    /// Above 0.00001, at most 10.
    pub compute_multiplier: OrAuto<f64>,
    /// Steps between evaluations, at least 1.
    pub eval_interval: OrAuto<u32>,
    /// Samples an evaluation, at least 1.
    pub eval_samples: OrAuto<u32>,
}

/// How the model learns.
#[derive(Debug, Clone, PartialEq)]
pub enum Method {
    /// From answers.
    Supervised(Hyperparameters),
    /// From pairs of a better and a worse answer.
    Dpo(DpoHyperparameters),
    /// From a grader's marks.
    Reinforcement {
        /// The grader, as the API describes graders.
        grader: Value,
        /// The figures.
        hyperparameters: ReinforcementHyperparameters,
    },
}

impl Default for Method {
    fn default() -> Self {
        Self::Supervised(Hyperparameters::default())
    }
}

impl Serialize for Method {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Inner<'m, H> {
            #[serde(skip_serializing_if = "Option::is_none")]
            grader: Option<&'m Value>,
            hyperparameters: &'m H,
        }
        #[derive(Serialize)]
        struct Outer<'m, H> {
            r#type: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            supervised: Option<Inner<'m, H>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            dpo: Option<Inner<'m, H>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            reinforcement: Option<Inner<'m, H>>,
        }
        let none = |r#type| Outer { r#type, supervised: None, dpo: None, reinforcement: None };
        match self {
            Self::Supervised(hyperparameters) => {
                let inner = Inner { grader: None, hyperparameters };
                Outer { supervised: Some(inner), ..none("supervised") }.serialize(serializer)
            }
            Self::Dpo(hyperparameters) => {
                let none = Outer { r#type: "dpo", supervised: None, dpo: None, reinforcement: None };
                Outer { dpo: Some(Inner { grader: None, hyperparameters }), ..none }.serialize(serializer)
            }
            Self::Reinforcement { grader, hyperparameters } => {
                let none =
                    Outer { r#type: "reinforcement", supervised: None, dpo: None, reinforcement: None };
                let inner = Inner { grader: Some(grader), hyperparameters };
                Outer { reinforcement: Some(inner), ..none }.serialize(serializer)
            }
        }
    }
}

/// A job to be made.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct CreateJob {
    /// The model to start from.
    pub model: String,
    /// The file to learn from.
    pub training_file: String,
    /// The file to measure on. Reinforcement needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_file: Option<String>,
    /// Part of the new model's name, 1 to 64 letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// For the same result from the same data, as far as that goes: 0 to 2147483647.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u32>,
    /// How it learns.
    pub method: Method,
    /// At most 16 pairs; keys of at most 64 letters, values of at most 512.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

impl CreateJob {
    /// Checks the ranges of the API description, so that a wrong figure costs no call.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid) with the field's name.
    pub fn check(&self) -> Result<()> {
        let bad = |field: &'static str| {
            Err(Error::invalid("jobs.check", "a field of the job is out of its range").with("field", field))
        };
        if self.model.is_empty() {
            return bad("model");
        }
        if self.training_file.is_empty() {
            return bad("training_file");
        }
        if self.suffix.as_ref().is_some_and(|suffix| !(1..=64).contains(&suffix.chars().count())) {
            return bad("suffix");
        }
        if self.seed.is_some_and(|seed| seed > 2_147_483_647) {
            return bad("seed");
        }
        let fits =
            |(key, value): (&String, &String)| key.chars().count() <= 64 && value.chars().count() <= 512;
        if self.metadata.len() > 16 || !self.metadata.iter().all(fits) {
            return bad("metadata");
        }
        let common = match &self.method {
            Method::Supervised(common) => common,
            Method::Dpo(dpo) => {
                if !within(dpo.beta, |beta| beta > 0.0 && beta <= 2.0) {
                    return bad("method.dpo.hyperparameters.beta");
                }
                &dpo.common
            }
            Method::Reinforcement { hyperparameters, .. } => {
                if self.validation_file.is_none() {
                    return bad("validation_file");
                }
                if !within(hyperparameters.compute_multiplier, |of| of > 0.000_01 && of <= 10.0) {
                    return bad("method.reinforcement.hyperparameters.compute_multiplier");
                }
                &hyperparameters.common
            }
        };
        if !within(common.n_epochs, |epochs| (1..=50).contains(&epochs)) {
            return bad("n_epochs");
        }
        if !within(common.batch_size, |size| (1..=256).contains(&size)) {
            return bad("batch_size");
        }
        if !within(common.learning_rate_multiplier, |rate| rate > 0.0 && rate.is_finite()) {
            return bad("learning_rate_multiplier");
        }
        Ok(())
    }
}

fn within<T>(value: OrAuto<T>, fits: impl Fn(T) -> bool) -> bool {
    match value {
        OrAuto::Auto => true,
        OrAuto::Value(value) => fits(value),
    }
}
