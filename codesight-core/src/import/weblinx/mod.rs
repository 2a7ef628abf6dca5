//! WebLINX: whole demonstrations, and the rows in which candidates for a target are ranked.

mod calls;
mod candidates;
mod demonstration;

pub use candidates::Candidate;

use super::{ImportOptions, Imported, Importer, Source};
use crate::error::Result;

/// Reads WebLINX.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebLinx;

impl Importer for WebLinx {
    fn name(&self) -> &'static str {
        "weblinx"
    }

    fn recognises(&self, source: &Source) -> bool {
        source.get("replay.json").is_some()
            || source.head_has(&["\"demo_name\"", "\"turn_index\"", "\"elem_dict\""])
    }

    fn read(&self, source: &Source, options: &ImportOptions) -> Result<Imported> {
        let mut imported = Imported::new(self.name());
        match source.get("replay.json") {
            Some(replay) => imported.sessions.push(demonstration::read(replay, source, options)?),
            None => candidates::read(source.only()?, options, &mut imported)?,
        }
        Ok(imported)
    }
}
