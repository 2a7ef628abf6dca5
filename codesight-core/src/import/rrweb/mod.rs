//! Event streams of rrweb and of the recorders built on it.

mod page;
mod reader;
mod stream;
mod survival;
mod unpack;
mod window;

pub use page::PageState;

use super::{ImportOptions, Imported, Importer, Source};
use crate::error::Result;
use reader::Reader;

/// Reads rrweb event streams.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rrweb;

impl Importer for Rrweb {
    fn name(&self) -> &'static str {
        "rrweb"
    }

    fn recognises(&self, source: &Source) -> bool {
        let head = source.head();
        let is_event = |head: &str| head.contains("\"type\"") && head.contains("\"data\"");
        let is_snapshot = head.starts_with('{')
            && source.head_has(&["\"childNodes\"", "\"node\""])
            && head.contains("\"initialOffset\"");
        let is_packed = head.starts_with("[\"x") && head.contains("\\u00");
        is_snapshot
            || is_packed
            || (is_event(head)
                && [
                    "\"href\"",
                    "\"childNodes\"",
                    "\"source\"",
                    "\"cv\"",
                    "\"windowId\"",
                    "\"window_id\"",
                    "\"snapshots\"",
                ]
                .iter()
                .any(|word| head.contains(word)))
    }

    fn read(&self, source: &Source, options: &ImportOptions) -> Result<Imported> {
        let text = source.only()?;
        let mut reader = Reader::new(options);
        stream::events(text, &options.limits, &mut |event| {
            reader.event(event.window.as_deref(), &event.value);
        })?;
        let mut imported = Imported::new(self.name());
        imported.sessions.extend(reader.finish(text)?);
        Ok(imported)
    }
}
