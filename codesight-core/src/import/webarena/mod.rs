//! WebArena and what is made in its way: a page in words, and the command that was right.

mod command;
mod page;

use serde_json::Value;

use super::interaction::{self, ordered};
use super::rules::{self, Tally};
use super::{ImportOptions, Imported, ImportedSession, Importer, Source, json};
use crate::error::{Error, Result};
use crate::model::{
    ElementData, InteractionData, InteractionType, MouseButton, SessionGoal, SessionOutcome, SessionType,
};
use crate::wire::ReceivedEntry;
pub use command::Command;

/// Reads rows of `source` and `target`, and trajectories of `intent` and `trajectory`.
#[derive(Debug, Clone, Copy, Default)]
pub struct WebArena;

/// Pixels of a page of scrolling, when the page's height is not known.
const PAGE: f64 = 720.0;

impl Importer for WebArena {
    fn name(&self) -> &'static str {
        "webarena"
    }

    fn recognises(&self, source: &Source) -> bool {
        source.head_has(&["\"source\"", "#Task:"])
            || source.head_has(&["\"source\"", "#Provided functions"])
            || source.head_has(&["\"intent\"", "\"trajectory\""])
    }

    fn read(&self, source: &Source, options: &ImportOptions) -> Result<Imported> {
        let text = source.only()?;
        let mut imported = Imported::new(self.name());
        let mut session: Option<Session> = None;
        let mut number = 0_u64;
        for row in json::values(text, &options.limits)? {
            let row = json::parse(row.get().as_bytes(), &options.limits).unwrap_or(Value::Null);
            if let Some(steps) = row.get("trajectory").and_then(Value::as_array) {
                json::check_count(steps.len(), options.limits.max_events)?;
                let task = json::text(&row, "intent").unwrap_or_default();
                let mut one = Session::new(task, json::text(&row, "start_url").unwrap_or_default());
                for step in steps {
                    let (action, page) = match step {
                        Value::String(action) => (Some(action.as_str()), ""),
                        step => {
                            (json::text(step, "action"), json::text(step, "observation").unwrap_or_default())
                        }
                    };
                    if let Some(url) = json::text(step, "url") {
                        url.clone_into(&mut one.url);
                    }
                    one.step(action, page, options);
                }
                number += 1;
                imported.sessions.push(one.finish(number, options)?);
                continue;
            }
            let Some(page) = json::text(&row, "source") else {
                imported.findings.push(rules::EVENT_INVALID.counted(1));
                continue;
            };
            let heading = page::Heading::read(page);
            let goes_on = session.as_ref().is_some_and(|session| {
                session.task == heading.task && session.outcome == SessionOutcome::Unknown
            });
            if heading.is_first || !goes_on {
                if let Some(done) = session.take() {
                    number += 1;
                    imported.sessions.push(done.finish(number, options)?);
                }
                session = Some(Session::new(heading.task, ""));
            }
            if let Some(session) = &mut session {
                if heading.earlier > session.steps {
                    session.missing(heading.earlier - session.steps, options);
                }
                session.step(json::text(&row, "target"), page, options);
            }
            json::check_count(imported.sessions.len(), options.limits.max_sessions)?;
        }
        if let Some(done) = session {
            imported.sessions.push(done.finish(number + 1, options)?);
        }
        if imported.sessions.is_empty() {
            return Err(Error::invalid("import.webarena", "no row has a page and a command"));
        }
        Ok(imported)
    }
}

#[derive(Debug)]
struct Session {
    task: String,
    url: String,
    entries: Vec<ReceivedEntry>,
    steps: usize,
    rows: usize,
    outcome: SessionOutcome,
    tally: Tally,
}

impl Session {
    fn new(task: &str, url: &str) -> Self {
        Self {
            task: task.to_owned(),
            url: url.to_owned(),
            entries: Vec::new(),
            steps: 0,
            rows: 0,
            outcome: SessionOutcome::Unknown,
            tally: Tally::default(),
        }
    }

    /// Notes commands that were given before a row and stand in none.
    fn missing(&mut self, count: usize, options: &ImportOptions) {
        self.tally.count(&rules::STEPS_MISSING);
        self.entries.push(ReceivedEntry::Gap(crate::model::CaptureGap {
            kind: crate::model::CaptureGapKind::Other("steps-missing".to_owned()),
            from: ordered(options.begin, self.steps),
            until: None,
            lost: u32::try_from(count).ok(),
        }));
        self.steps += count;
    }

    fn step(&mut self, command: Option<&str>, page: &str, options: &ImportOptions) {
        self.rows += 1;
        let index = self.steps;
        self.steps += 1;
        let Some(command) = command.and_then(Command::read) else {
            return self.tally.count(&rules::ACTION_UNKNOWN);
        };
        let element = |id: &str| page::element(page, id);
        let mut missing_target = false;
        let mut on = |kind: InteractionType, id: &str| {
            let mut told = interaction::blank(kind, ordered(options.begin, index));
            told.element = element(id);
            missing_target |= told.element.is_none() && !page.is_empty();
            told.extra.insert("sourceElement".to_owned(), id.into());
            told
        };
        let plain = |kind: InteractionType| interaction::blank(kind, ordered(options.begin, index));
        let keys = |keys: &[&str]| {
            let mut told = plain(InteractionType::Key);
            told.action.keys = keys.iter().map(|key| (*key).to_owned()).collect();
            told
        };
        let mut told: Vec<InteractionData> = match &command {
            Command::Click { id } => {
                let mut click = on(InteractionType::Click, id);
                click.action.button = Some(MouseButton::Left);
                vec![click]
            }
            Command::Hover { id } => vec![on(InteractionType::Hover, id)],
            Command::Select { id, option } => {
                let mut select = on(InteractionType::Select, id);
                select.action.text = Some(option.clone());
                vec![select]
            }
            Command::Type { id, text, enter } => {
                let mut typed = on(InteractionType::Input, id);
                typed.action.text = Some(interaction::shortened(text, options.limits.max_text).to_owned());
                let mut told = vec![typed];
                told.extend(enter.then(|| keys(&["Enter"])));
                told
            }
            Command::Press { keys: pressed } => {
                let mut told = plain(InteractionType::Key);
                told.action.keys.clone_from(pressed);
                vec![told]
            }
            Command::Scroll { pages } => {
                let mut scroll = plain(InteractionType::Scroll);
                scroll.action.scroll_y = Some(pages * PAGE);
                vec![scroll]
            }
            Command::Back => vec![keys(&["Alt", "ArrowLeft"])],
            Command::Forward => vec![keys(&["Alt", "ArrowRight"])],
            Command::Go { url } => {
                let mut navigation = plain(InteractionType::Navigation);
                navigation.action.url = Some(url.clone());
                navigation.action.cause = Some("typed".to_owned());
                navigation.page_context.url.clone_from(url);
                url.clone_into(&mut self.url);
                vec![navigation]
            }
            Command::Tab => vec![plain(InteractionType::TabSwitch)],
            Command::Ask => {
                // The agent handed over to its user: nothing was done on the page.
                self.tally.count(&rules::ACTION_UNKNOWN);
                Vec::new()
            }
            Command::Finish { .. } => {
                self.outcome = SessionOutcome::Succeeded;
                Vec::new()
            }
        };
        self.tally.add(&rules::TARGET_MISSING, usize::from(missing_target));
        for told in &mut told {
            if told.page_context.url.is_empty() {
                told.page_context.url.clone_from(&self.url);
            }
        }
        self.entries.extend(told.into_iter().map(interaction::entry));
    }

    fn finish(mut self, number: u64, options: &ImportOptions) -> Result<ImportedSession> {
        self.tally.count(&rules::TIMES_MISSING);
        self.tally.count(&rules::FRAMES_MISSING);
        let task = interaction::shortened(&self.task, options.limits.max_text).to_owned();
        let identity = number.to_be_bytes();
        let goal = SessionGoal { text: task.clone(), ..SessionGoal::default() };
        Ok(ImportedSession {
            start: options.start(
                "webarena",
                &[task.as_bytes(), &identity],
                SessionType::Human,
                goal,
                None,
            )?,
            entries: self.entries,
            blobs: Vec::new(),
            outcome: self.outcome,
            raw_events: self.rows,
            findings: self.tally.findings(),
        })
    }
}

impl From<&page::Words> for ElementData {
    fn from(words: &page::Words) -> Self {
        Self {
            tag: words.tag.clone(),
            role: words.role.clone(),
            name: (!words.text.is_empty()).then(|| words.text.clone()),
            ..Self::default()
        }
    }
}
