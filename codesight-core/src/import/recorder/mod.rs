//! User flows of the Chrome DevTools Recorder.

mod selector;
mod step;

use super::rules::{self, Tally};
use super::{ImportOptions, Imported, ImportedSession, Importer, Source, json};
use crate::error::{Error, Result};
use crate::model::{SessionGoal, SessionOutcome, SessionType};
use step::Steps;

/// Reads user flows.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChromeRecorder;

impl Importer for ChromeRecorder {
    fn name(&self) -> &'static str {
        "chrome-recorder"
    }

    fn recognises(&self, source: &Source) -> bool {
        let head = source.head();
        let is_step = ["\"navigate\"", "\"setViewport\"", "\"click\"", "\"change\"", "\"keyDown\""];
        head.starts_with('{')
            && source.head_has(&["\"title\"", "\"steps\"", "\"type\""])
            && is_step.iter().any(|word| head.contains(word))
    }

    fn read(&self, source: &Source, options: &ImportOptions) -> Result<Imported> {
        let text = source.only()?;
        let flow = json::parse(text, &options.limits)?;
        let Some(list) = flow.get("steps").and_then(serde_json::Value::as_array) else {
            return Err(Error::invalid("import.chrome-recorder", "a user flow has a list of steps"));
        };
        json::check_count(list.len(), options.limits.max_events)?;
        let mut steps = Steps::new(options);
        let mut tally = Tally::default();
        for step in list {
            steps.step(step, &mut tally);
        }
        tally.add(&rules::TIMES_MISSING, usize::from(!list.is_empty()));
        tally.add(&rules::FRAMES_MISSING, usize::from(!list.is_empty()));
        let title = json::text(&flow, "title").unwrap_or_default();
        let goal = SessionGoal { text: title.to_owned(), ..SessionGoal::default() };
        let mut imported = Imported::new(self.name());
        imported.sessions.push(ImportedSession {
            start: options.start(self.name(), &[text], SessionType::Human, goal, None)?,
            raw_events: list.len(),
            entries: steps.finish(),
            blobs: Vec::new(),
            outcome: SessionOutcome::Unknown,
            findings: tally.findings(),
        });
        Ok(imported)
    }
}
