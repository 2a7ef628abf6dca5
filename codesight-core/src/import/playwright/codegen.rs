//! The code generator's JSON lines: the options of the browser, then one action a line.

use serde_json::Value;

use super::{keys, locator};
use crate::error::{Error, Result};
use crate::import::interaction::{self, ordered};
use crate::import::rules::{self, Tally};
use crate::import::{ImportOptions, Imported, ImportedSession, Importer, Source, json};
use crate::model::{
    InteractionData, InteractionType, MouseButton, PageContext, SessionGoal, SessionOutcome, SessionType,
};

/// Reads the lines of `playwright codegen --target jsonl`.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlaywrightCodegen;

impl Importer for PlaywrightCodegen {
    fn name(&self) -> &'static str {
        "playwright-codegen"
    }

    fn recognises(&self, source: &Source) -> bool {
        source.head_has(&["\"browserName\""]) && !source.head_has(&["\"context-options\""])
            || source.head_has(&["\"name\":\"openPage\"", "\"pageAlias\""])
            || source.head_has(&["\"name\":\"openPage\"", "\"pageGuid\""])
    }

    fn read(&self, source: &Source, options: &ImportOptions) -> Result<Imported> {
        let text = source.only()?;
        let lines = json::values(text, &options.limits)?;
        if lines.is_empty() {
            return Err(Error::invalid("import.playwright-codegen", "the file has no lines"));
        }
        let mut page = PageContext::default();
        let mut tally = Tally::default();
        let mut entries = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let line = json::parse(line.get().as_bytes(), &options.limits).unwrap_or(Value::Null);
            let Some(name) = json::text(&line, "name") else {
                if index == 0 && line.get("browserName").is_some() {
                    page.viewport = line.pointer("/contextOptions/viewport").and_then(|viewport| {
                        interaction::viewport(
                            json::number(viewport, "width")?,
                            json::number(viewport, "height")?,
                        )
                    });
                } else {
                    tally.count(&rules::EVENT_INVALID);
                }
                continue;
            };
            match told(name, &line, index, &page, options) {
                Told::Interaction(told) => {
                    if !told.page_context.url.is_empty() {
                        page.url.clone_from(&told.page_context.url);
                    }
                    entries.push(interaction::entry(*told));
                }
                Told::Nothing => {}
                Told::Unknown => tally.count(&rules::ACTION_UNKNOWN),
            }
            for signal in json::list(&line, "signals") {
                if json::text(signal, "name") == Some("navigation") {
                    json::text(signal, "url").unwrap_or_default().clone_into(&mut page.url);
                }
            }
        }
        tally.count(&rules::TIMES_MISSING);
        tally.count(&rules::FRAMES_MISSING);
        tally.add(&rules::VIEWPORT_MISSING, usize::from(page.viewport.is_none()));
        let mut imported = Imported::new(self.name());
        imported.sessions.push(ImportedSession {
            start: options.start(self.name(), &[text], SessionType::Human, SessionGoal::default(), None)?,
            raw_events: lines.len(),
            entries,
            blobs: Vec::new(),
            outcome: SessionOutcome::Unknown,
            findings: tally.findings(),
        });
        Ok(imported)
    }
}

enum Told {
    Interaction(Box<InteractionData>),
    /// It asserts or closes: nothing a person does on a page.
    Nothing,
    Unknown,
}

fn told(name: &str, line: &Value, index: usize, page: &PageContext, options: &ImportOptions) -> Told {
    let kind = match name {
        "openPage" | "navigate" => InteractionType::Navigation,
        "click" | "check" | "uncheck" => InteractionType::Click,
        "fill" => InteractionType::Input,
        "press" => InteractionType::Key,
        "select" => InteractionType::Select,
        "hover" => InteractionType::Hover,
        "closePage" => return Told::Nothing,
        name if name.starts_with("assert") => return Told::Nothing,
        _ => return Told::Unknown,
    };
    let double = name == "click" && json::whole(line, "clickCount").is_some_and(|clicks| clicks >= 2);
    let kind = if double { InteractionType::DoubleClick } else { kind };
    let mut told = interaction::blank(kind.clone(), ordered(options.begin, index));
    told.page_context = page.clone();
    told.action.raw_events = Some(1);
    let limit = options.limits.max_text;
    match kind {
        InteractionType::Navigation => {
            let Some(url) = json::text(line, "url").filter(|url| *url != "about:blank") else {
                return Told::Nothing;
            };
            told.action.url = Some(url.to_owned());
            told.action.cause = Some("typed".to_owned());
            url.clone_into(&mut told.page_context.url);
        }
        InteractionType::Click => {
            told.action.button = Some(match json::text(line, "button") {
                Some("right") => MouseButton::Right,
                Some("middle") => MouseButton::Middle,
                _ => MouseButton::Left,
            });
        }
        InteractionType::Input => {
            told.action.text =
                json::text(line, "text").map(|text| interaction::shortened(text, limit).to_owned());
        }
        InteractionType::Select => {
            let chosen = json::list(line, "options").first().and_then(Value::as_str);
            told.action.text = chosen.map(|text| interaction::shortened(text, limit).to_owned());
        }
        InteractionType::Key => {
            let modifiers = json::whole(line, "modifiers").unwrap_or(0);
            told.action.keys = keys(json::text(line, "key").unwrap_or_default(), modifiers);
        }
        _ => {}
    }
    if let Some(selector) = json::text(line, "selector") {
        told.selectors = Some(locator::selector_set(selector));
        told.element = Some(locator::element(selector));
    }
    Told::Interaction(Box::new(told))
}
