//! Recordings of AgentNet: the annotation tool's raw folders, published trajectories, benchmark files.

mod code;
mod raw;
mod reduce;
mod state;
mod trajectory;

pub(crate) use code::{CodeAction, read_code};

use super::{ImportOptions, Imported, Importer, Source};
use crate::error::Result;

/// Reads everything of AgentNet.
#[derive(Debug, Clone, Copy, Default)]
pub struct AgentNet;

impl Importer for AgentNet {
    fn name(&self) -> &'static str {
        "agentnet"
    }

    fn recognises(&self, source: &Source) -> bool {
        let is_raw = source.get("events.jsonl").is_some() && source.get("metadata.json").is_some();
        is_raw || trajectory::file(source).is_some()
    }

    fn read(&self, source: &Source, options: &ImportOptions) -> Result<Imported> {
        let mut imported = Imported::new(self.name());
        match trajectory::file(source) {
            Some(text) => trajectory::read(text, source, options, &mut imported)?,
            None => imported.sessions.extend(raw::read(source, options)?),
        }
        Ok(imported)
    }
}
