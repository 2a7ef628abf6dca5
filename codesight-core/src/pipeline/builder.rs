//! Pipelines and how they are put together.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use super::{Draft, PipelineConfig, ProcessedSession, SessionInput, Stage, StageConfig};
use crate::error::{Error, Result};
use crate::model::{ProcessingStep, ProcessingStepStatus};
use crate::stages;

/// Makes a stage from its options.
pub type StageFactory = Box<dyn Fn(&Map<String, Value>) -> Result<Box<dyn Stage>> + Send + Sync>;

/// An ordered list of stages. Can be shared between threads; each run stands alone.
#[derive(Debug)]
pub struct Pipeline {
    stages: Vec<Box<dyn Stage>>,
}

impl Pipeline {
    /// An empty builder.
    pub fn builder() -> PipelineBuilder {
        PipelineBuilder::default()
    }

    /// The pipeline of a configuration that uses this crate's stages only.
    ///
    /// # Errors
    /// As [`PipelineBuilder::config`].
    pub fn from_config(config: &PipelineConfig) -> Result<Self> {
        Ok(Self::builder().config(config)?.build())
    }

    /// The names of the stages in their order.
    pub fn stage_names(&self) -> Vec<&'static str> {
        self.stages.iter().map(|stage| stage.name()).collect()
    }

    /// The specification's `processSession`: runs all stages. The same input gives the same bytes.
    pub fn process_session(&self, input: SessionInput) -> ProcessedSession {
        let mut draft = Draft::new(input);
        let mut steps = vec![step("intake", draft.findings.len())];
        for stage in &self.stages {
            let before = draft.findings.len();
            stage.run(&mut draft);
            steps.push(step(stage.name(), draft.findings.len().saturating_sub(before)));
        }
        ProcessedSession::from_draft(draft, steps)
    }
}

impl Default for Pipeline {
    /// All stages of this crate with their defaults.
    fn default() -> Self {
        Self { stages: stages::standard() }
    }
}

fn step(name: &str, findings: usize) -> ProcessingStep {
    ProcessingStep {
        name: name.to_owned(),
        status: ProcessingStepStatus::Completed,
        started_at: None,
        ended_at: None,
        findings: u32::try_from(findings).unwrap_or(u32::MAX),
    }
}

/// Puts a pipeline together from a configuration, from stages, or from both.
#[derive(Default)]
pub struct PipelineBuilder {
    factories: BTreeMap<String, StageFactory>,
    stages: Vec<Box<dyn Stage>>,
}

impl fmt::Debug for PipelineBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipelineBuilder")
            .field("registered", &self.factories.keys())
            .field("stages", &self.stages)
            .finish()
    }
}

impl PipelineBuilder {
    /// Makes a stage of your own known under a name, for configurations read afterwards. A name of this crate's
    /// stages is replaced by it.
    #[must_use]
    pub fn register(
        mut self,
        name: impl Into<String>,
        factory: impl Fn(&Map<String, Value>) -> Result<Box<dyn Stage>> + Send + Sync + 'static,
    ) -> Self {
        self.factories.insert(name.into(), Box::new(factory));
        self
    }

    /// Adds a stage.
    #[must_use]
    pub fn stage(mut self, stage: impl Stage + 'static) -> Self {
        self.stages.push(Box::new(stage));
        self
    }

    /// Adds the stages of a configuration.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a stage or an option that is not known, or an option of
    /// the wrong kind; the context says which stage and where it stands.
    pub fn config(mut self, config: &PipelineConfig) -> Result<Self> {
        for (index, entry) in config.stages.iter().enumerate() {
            let stage = self.make(entry).map_err(|error| {
                error.with("stage", &entry.name).with("at", format_args!("stages[{index}]"))
            })?;
            self.stages.push(stage);
        }
        Ok(self)
    }

    fn make(&self, entry: &StageConfig) -> Result<Box<dyn Stage>> {
        match self.factories.get(&entry.name) {
            Some(factory) => factory(&entry.options),
            None => stages::make(&entry.name, &entry.options)
                .unwrap_or_else(|| Err(Error::invalid("pipeline.config", "there is no stage of this name"))),
        }
    }

    /// The pipeline.
    pub fn build(self) -> Pipeline {
        Pipeline { stages: self.stages }
    }
}
