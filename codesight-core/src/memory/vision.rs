//! A vision model that recites.

use std::collections::HashMap;
use std::fmt;

use async_trait::async_trait;

use crate::error::Result;
use crate::id::ContentHash;
use crate::model::{VisionAnalysis, VisionObservation};
use crate::ports::{VisionFrame, VisionModel};

/// Answers with the observations it was given beforehand, frame by frame; it sees nothing. Frames it was told
/// nothing about are left out. For replays and tests.
#[derive(Debug, Clone, Default)]
pub struct ScriptedVisionModel {
    name: String,
    observations: HashMap<ContentHash, VisionObservation>,
}

impl ScriptedVisionModel {
    /// A model that answers under `name`.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), observations: HashMap::new() }
    }

    /// Adds the observation it recites for its frame, in place of an earlier one.
    #[must_use]
    pub fn with(mut self, observation: VisionObservation) -> Self {
        self.observations.insert(observation.frame, observation);
        self
    }
}

impl fmt::Display for ScriptedVisionModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "scripted vision model {}", self.name)
    }
}

#[async_trait]
impl VisionModel for ScriptedVisionModel {
    async fn analyze(&self, _goal: &str, frames: &[VisionFrame]) -> Result<VisionAnalysis> {
        let observations =
            frames.iter().filter_map(|frame| self.observations.get(&frame.hash).cloned()).collect();
        Ok(VisionAnalysis { model: Some(self.name.clone()), observations })
    }
}
