//! Answers that were good once, kept to see what changes.

use std::collections::BTreeMap;

use codesight_core::{Error, Result};
use serde::{Deserialize, Serialize};

use super::report::ModelReport;
use crate::format::ToolAction;

/// What a model answered to a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GoldenAnswer {
    /// The actions.
    pub actions: Vec<ToolAction>,
    /// Whether they were right.
    pub right: bool,
}

/// The answers of one model, to compare a later one with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GoldenSet {
    /// Version of this form.
    pub version: u32,
    /// The model.
    pub model: String,
    /// By step.
    pub answers: BTreeMap<String, GoldenAnswer>,
}

/// A step that is answered otherwise than it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GoldenChange {
    /// The step.
    pub id: String,
    /// Whether it was right then.
    pub was_right: bool,
    /// Whether it is right now; none when it was not asked.
    pub is_right: Option<bool>,
}

impl GoldenChange {
    /// Whether something that was right is not any more.
    pub fn is_regression(&self) -> bool {
        self.was_right && self.is_right != Some(true)
    }
}

impl GoldenSet {
    /// Keeps the answers of a model.
    pub fn record(report: &ModelReport) -> Self {
        let answers = report.steps.iter().filter(|step| step.error.is_none()).map(|step| {
            let answer = GoldenAnswer { actions: step.score.predicted.clone(), right: step.score.step_right };
            (step.id.clone(), answer)
        });
        Self { version: 1, model: report.model.clone(), answers: answers.collect() }
    }

    /// Reads a set that was kept.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid) for another form or version.
    pub fn from_json(json: &[u8]) -> Result<Self> {
        let set: Self = serde_json::from_slice(json)
            .map_err(|_| Error::invalid("golden.read", "the file is no set of golden answers"))?;
        if set.version == 1 {
            Ok(set)
        } else {
            Err(Error::invalid("golden.read", "the version is not known"))
        }
    }

    /// The steps that are answered otherwise now.
    pub fn compare(&self, report: &ModelReport) -> Vec<GoldenChange> {
        let changed = self.answers.iter().filter_map(|(id, golden)| {
            let now = report.steps.iter().find(|step| step.id == *id);
            let is_same = now.is_some_and(|step| {
                step.score.step_right == golden.right
                    && (golden.right || step.score.predicted == golden.actions)
            });
            (!is_same).then(|| GoldenChange {
                id: id.clone(),
                was_right: golden.right,
                is_right: now.map(|step| step.score.step_right),
            })
        });
        changed.collect()
    }
}
