//! Demonstrations of MiniWoB++: small tasks of the web, done by people, with every event, the page at each of them, and
//! the reward that the environment gave.

mod keys;
mod page;

use serde_json::Value;

use self::keys::Typing;
use self::page::{Page, Target, is_text_field};
use super::interaction::{self, at};
use super::rules::{self, Tally};
use super::{ImportOptions, Imported, ImportedSession, Importer, Source, json};
use crate::dom;
use crate::error::{Error, Result};
use crate::model::{
    ElementData, InteractionData, InteractionType, MouseButton, SessionGoal, SessionOutcome, SessionType,
};
use crate::time::Timestamp;
use crate::wire::ReceivedEntry;

/// Reads one episode a file: `utterance`, `states`, `reward`.
#[derive(Debug, Clone, Copy, Default)]
pub struct MiniWob;

/// Each event is told on its way to the element and on its way back; the first is before the page has answered.
const CAPTURING: u64 = 1;
/// The part of the page that holds the task, in CSS pixels.
const SIZE: (f64, f64) = (160.0, 210.0);
/// A click on a label makes the browser click its box, within this many milliseconds.
const LABEL_MS: f64 = 50.0;

impl Importer for MiniWob {
    fn name(&self) -> &'static str {
        "miniwob"
    }

    fn recognises(&self, source: &Source) -> bool {
        source.head().starts_with('{')
            && (source.head_has(&["\"utterance\"", "\"states\""])
                || source.head_has(&["\"states\"", "\"action\"", "\"dom\""]))
    }

    fn read(&self, source: &Source, options: &ImportOptions) -> Result<Imported> {
        let text = source.only()?;
        let episode = json::parse(text, &options.limits)?;
        let (Some(task), Some(states)) =
            (json::text(&episode, "utterance"), episode.get("states").and_then(Value::as_array))
        else {
            return Err(Error::invalid("import.miniwob", "an episode has an utterance and states"));
        };
        json::check_count(states.len(), options.limits.max_events)?;
        let name = json::text(&episode, "taskName").unwrap_or("task");
        let mut reader = Reader::new(name, options);
        states.iter().for_each(|state| reader.state(state));
        reader.finish_typing(None);
        let goal = SessionGoal {
            text: interaction::shortened(task, options.limits.max_text).to_owned(),
            task_id: Some(interaction::shortened(name, 200).to_owned()),
            ..SessionGoal::default()
        };
        // What the environment says; it may give a part of the reward for a part of the task.
        let outcome = match json::number(&episode, "rawReward").or_else(|| json::number(&episode, "reward")) {
            Some(reward) if reward > 0.0 => SessionOutcome::Succeeded,
            Some(_) => SessionOutcome::Abandoned,
            None => SessionOutcome::Unknown,
        };
        let mut imported = Imported::new(self.name());
        imported.sessions.push(ImportedSession {
            start: options.start("miniwob", &[text], SessionType::Human, goal, None)?,
            entries: reader.told.into_iter().map(interaction::entry).collect::<Vec<ReceivedEntry>>(),
            blobs: Vec::new(),
            outcome,
            raw_events: states.len(),
            findings: reader.tally.findings(),
        });
        Ok(imported)
    }
}

/// Makes interactions of events.
#[derive(Debug)]
struct Reader<'a> {
    options: &'a ImportOptions,
    address: String,
    told: Vec<InteractionData>,
    typing: Option<Typing>,
    /// What is chosen in each list.
    chosen: Vec<(u64, String)>,
    last_time: f64,
    tally: Tally,
}

impl<'a> Reader<'a> {
    fn new(task: &str, options: &'a ImportOptions) -> Self {
        let mut tally = Tally::default();
        tally.count(&rules::FRAMES_MISSING);
        let name: String = task
            .chars()
            .filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.'))
            .collect();
        Self {
            options,
            address: format!("file:///miniwob/{name}.html"),
            told: Vec::new(),
            typing: None,
            chosen: Vec::new(),
            last_time: 0.0,
            tally,
        }
    }

    fn state(&mut self, state: &Value) {
        let Some(dom) = state.get("dom").filter(|dom| dom.is_object()) else {
            return self.tally.count(&rules::EVENT_INVALID);
        };
        let time = json::number(state, "time").unwrap_or(self.last_time);
        if time < self.last_time {
            self.tally.count(&rules::TIME_BACKWARDS);
        }
        self.last_time = time;
        let page = Page::read(dom, self.options.limits.max_nodes);
        self.note_typed(&page);
        self.note_lists(&page, time);
        let Some(action) = state.get("action").filter(|action| action.is_object()) else { return };
        if json::whole(action, "timing").is_some_and(|timing| timing != CAPTURING) {
            return;
        }
        match json::text(action, "type").unwrap_or_default() {
            "click" => self.pointer(InteractionType::Click, &page, action, time),
            "dblclick" => self.pointer(InteractionType::DoubleClick, &page, action, time),
            "keydown" => self.key(&page, action, time),
            // What these do shows in the click and in the value.
            "mousedown" | "mouseup" | "keypress" | "keyup" => {}
            // How far it went is not told.
            "scroll" => self.tally.count(&rules::ACTION_UNKNOWN),
            _ => self.tally.count(&rules::EVENT_UNKNOWN),
        }
    }

    fn pointer(&mut self, kind: InteractionType, page: &Page<'_>, action: &Value, time: f64) {
        self.finish_typing(Some(page));
        let mut told = self.on(kind, page, page.target(), time);
        told.action.button = Some(MouseButton::Left);
        told.coordinates = json::number(action, "x").zip(json::number(action, "y")).map(|(x, y)| at(x, y));
        // The browser ticks a box before it tells of the click.
        if let Some(checked) = told.element.as_mut().and_then(|element| element.checked.as_mut()) {
            *checked = !*checked;
        }
        if self.follows_from_label(&told) {
            self.told.pop();
        }
        self.told.push(told);
    }

    /// Whether the click before was on the label that made the browser make this one.
    fn follows_from_label(&self, now: &InteractionData) -> bool {
        let is_label =
            |it: &InteractionData| it.element.as_ref().is_some_and(|element| element.tag == "label");
        let is_box = now.element.as_ref().is_some_and(crate::stages::is_toggle);
        self.told.last().is_some_and(|before| {
            before.kind == InteractionType::Click
                && is_label(before)
                && is_box
                && now.timestamp.millis_since(before.timestamp) as f64 <= LABEL_MS
        })
    }

    fn key(&mut self, page: &Page<'_>, action: &Value, time: f64) {
        let code = json::whole(action, "keyCode").unwrap_or_default();
        let Some(target) = page.target() else { return };
        let key = keys::named(code);
        if key.is_none() && is_text_field(&page.document, target.id) {
            let goes_on = self.typing.as_ref().is_some_and(|typing| typing.is_in(&target));
            if !goes_on {
                self.finish_typing(Some(page));
                let told = self.on(InteractionType::Input, page, Some(target), time);
                self.typing = Some(Typing::new(told, &target));
            }
            return;
        }
        self.finish_typing(Some(page));
        if let Some(key) = key {
            let mut told = self.on(InteractionType::Key, page, Some(target), time);
            told.action.keys = vec![key.to_owned()];
            self.told.push(told);
        }
    }

    fn note_typed(&mut self, page: &Page<'_>) {
        if let Some(typing) = &mut self.typing {
            typing.look(page);
        }
    }

    /// Ends what is being typed: the value is that of the page before the next thing is done.
    fn finish_typing(&mut self, page: Option<&Page<'_>>) {
        let Some(mut typing) = self.typing.take() else { return };
        if let Some(page) = page {
            typing.look(page);
        }
        self.told.extend(typing.finish(self.options.limits.max_text));
    }

    /// A list that holds another value than before was chosen from.
    fn note_lists(&mut self, page: &Page<'_>, time: f64) {
        for (list, value) in page.lists() {
            let known = self.chosen.iter().position(|(known, _)| *known == list);
            let Some(index) = known else {
                self.chosen.push((list, value.to_owned()));
                continue;
            };
            let changed = self.chosen.get(index).is_some_and(|(_, before)| before != value);
            if changed {
                let mut told = self.on(InteractionType::Select, page, page.numbered(list), time);
                told.action.text =
                    Some(interaction::shortened(value, self.options.limits.max_text).to_owned());
                self.told.push(told);
                self.chosen[index].1 = value.to_owned();
            }
        }
    }

    fn on(
        &mut self,
        kind: InteractionType,
        page: &Page<'_>,
        target: Option<Target<'_>>,
        time: f64,
    ) -> InteractionData {
        let moment = Timestamp::from_millis(
            self.options.begin.as_millis().saturating_add(time.clamp(0.0, 1.0e12).round() as i64),
        );
        let mut told = interaction::blank(kind, moment);
        told.page_context.url.clone_from(&self.address);
        told.page_context.viewport = interaction::viewport(SIZE.0, SIZE.1);
        told.page_context.page_structure = Some(dom::structure(&page.document));
        told.user_context.form = page.fields(self.options.limits.max_text);
        let Some(target) = target else {
            self.tally.count(&rules::TARGET_MISSING);
            return told;
        };
        told.element = Some(ElementData {
            bounding_box: target.area(),
            fingerprint: Some(dom::fingerprint(&page.document, target.id)),
            ..dom::describe(&page.document, target.id)
        });
        told.selectors = Some(dom::selectors(&page.document, target.id));
        told.page_context.dom_hierarchy = Some(dom::hierarchy(&page.document, target.id));
        told
    }
}
