//! From events to interactions.

use serde_json::Value;

use super::page::id_in;
use super::survival::try_again;
use super::window::{Growing, Window};
use crate::dom::NodeId;
use crate::error::Result;
use crate::import::interaction::{self, moment, ordered};
use crate::import::rules::{self, ImportRule, Tally};
use crate::import::{ImportOptions, ImportedSession, json};
use crate::model::{
    FieldPolicy, InteractionData, InteractionType, MouseButton, Point, SessionGoal, SessionOutcome,
    SessionType,
};
use crate::time::Timestamp;
use crate::wire::ReceivedEntry;

/// Scrolling that goes on within this time is one interaction, in milliseconds.
const SCROLL_PAUSE_MS: i64 = 1_000;
/// Typing that goes on within this time is one interaction, in milliseconds.
const TYPING_PAUSE_MS: i64 = 10_000;
/// How many windows are told apart; further ones count as the last.
const MAX_WINDOWS: usize = 1_000;

/// Reads a stream event by event.
pub(super) struct Reader<'a> {
    options: &'a ImportOptions,
    windows: Vec<(Option<String>, Window)>,
    entries: Vec<ReceivedEntry>,
    raw_events: usize,
    timed: usize,
    last: Option<Timestamp>,
    tally: Tally,
    drag: Vec<Point>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(options: &'a ImportOptions) -> Self {
        Self {
            options,
            windows: Vec::new(),
            entries: Vec::new(),
            raw_events: 0,
            timed: 0,
            last: None,
            tally: Tally::default(),
            drag: Vec::new(),
        }
    }

    pub(super) fn event(&mut self, window: Option<&str>, event: &Value) {
        self.raw_events += 1;
        let window = self.window(window);
        let Some(kind) = json::whole(event, "type") else { return self.count(&rules::EVENT_INVALID) };
        let at = self.time(event);
        let data = event.get("data").unwrap_or(&Value::Null);
        match kind {
            // The document's own events: nothing a person does.
            0 | 1 => {}
            2 => self.snapshot(window, data),
            3 => self.change(window, data, at),
            4 => self.meta(window, data, at),
            // Events of the site, of plug-ins, and assets: no action is told in them.
            5..=7 => {}
            _ => self.count(&rules::EVENT_UNKNOWN),
        }
    }

    /// The session; none when the stream was empty.
    pub(super) fn finish(mut self, text: &[u8]) -> Result<Option<ImportedSession>> {
        for index in 0..self.windows.len() {
            self.settle(index);
            self.try_again(index);
        }
        if self.raw_events == 0 {
            return Ok(None);
        }
        for index in 0..self.windows.len() {
            let page = &self.windows[index].1.page;
            let (unresolved, blocked) = (page.unresolved(), page.blocked());
            self.tally.add(&rules::NODE_UNKNOWN, unresolved);
            self.tally.add(&rules::BLIND, blocked);
        }
        if self.timed < self.raw_events {
            let untimed = self.raw_events - self.timed;
            self.tally.add(&rules::TIMES_MISSING, untimed);
        }
        let mut findings = self.tally.findings();
        findings.push(rules::FRAMES_MISSING.told(""));
        Ok(Some(ImportedSession {
            start: self.options.start("rrweb", &[text], SessionType::Human, SessionGoal::default(), None)?,
            entries: self.entries,
            blobs: Vec::new(),
            outcome: SessionOutcome::Unknown,
            raw_events: self.raw_events,
            findings,
        }))
    }

    fn window(&mut self, name: Option<&str>) -> usize {
        if let Some(index) = self.windows.iter().position(|(known, _)| known.as_deref() == name) {
            return index;
        }
        if self.windows.len() < MAX_WINDOWS {
            let tab = u32::try_from(self.windows.len()).unwrap_or(u32::MAX);
            let window = Window::new(tab, self.options.limits.max_nodes);
            self.windows.push((name.map(str::to_owned), window));
        }
        self.windows.len() - 1
    }

    fn time(&mut self, event: &Value) -> Timestamp {
        let Some(at) = json::number(event, "timestamp").and_then(moment) else {
            return self.last.unwrap_or_else(|| ordered(self.options.begin, 0));
        };
        self.timed += 1;
        if self.last.is_some_and(|last| at < last) {
            self.count(&rules::TIME_BACKWARDS);
        }
        self.last = Some(at);
        at
    }

    /// Tries the selectors recorded at the page's address on the page as it is now.
    fn try_again(&mut self, index: usize) {
        let window = &self.windows[index].1;
        if window.page.has_snapshot() {
            try_again(window.page.document(), window.tab, &window.document_url, &mut self.entries);
        }
    }

    fn snapshot(&mut self, index: usize, data: &Value) {
        self.settle(index);
        // As the last action left it.
        self.try_again(index);
        let window = &mut self.windows[index].1;
        window.scrolls.clear();
        if !window.page.snapshot(data) {
            return self.count(&rules::EVENT_INVALID);
        }
        window.document_url.clone_from(&window.url);
        let root = window.page.document().root();
        if let (Some(left), Some(top)) = (
            data.pointer("/initialOffset/left").and_then(Value::as_f64),
            data.pointer("/initialOffset/top").and_then(Value::as_f64),
        ) && let Some(id) = data.pointer("/node/id").and_then(Value::as_i64)
            && window.page.node(id) == Some(root)
        {
            window.scrolls.insert(id, (left, top));
        }
        // The page that a navigation led to is known from here on only.
        let title = window.interaction(InteractionType::Navigation, Timestamp::default(), None).page_context;
        if let Some(Growing { interaction, .. }) = &mut window.growing {
            interaction.page_context = title;
        }
        // As it is when it is visited again.
        self.try_again(index);
    }

    fn meta(&mut self, index: usize, data: &Value, at: Timestamp) {
        self.settle(index);
        let Some(url) = json::text(data, "href") else { return self.count(&rules::EVENT_INVALID) };
        let url = interaction::shortened(url, self.options.limits.max_text).to_owned();
        let size = (json::number(data, "width"), json::number(data, "height"));
        let window = &mut self.windows[index].1;
        if let (Some(width), Some(height)) = size {
            window.viewport = interaction::viewport(width, height).or(window.viewport);
        }
        if window.url == url {
            return;
        }
        window.url.clone_from(&url);
        let mut navigation = window.interaction(InteractionType::Navigation, at, None);
        navigation.action.url = Some(url);
        window.growing = Some(Growing { node: -1, last: at, interaction: navigation });
    }

    fn change(&mut self, index: usize, data: &Value, at: Timestamp) {
        let Some(source) = json::whole(data, "source") else { return self.count(&rules::EVENT_INVALID) };
        let has_page = self.windows[index].1.page.has_snapshot();
        if !has_page && matches!(source, 0 | 2 | 3 | 5) {
            return self.count(&rules::SNAPSHOT_MISSING);
        }
        match source {
            0 => self.windows[index].1.page.mutate(data),
            2 => self.pointer(index, data, at),
            3 => self.scroll(index, data, at),
            4 => {
                let size = (json::number(data, "width"), json::number(data, "height"));
                let (Some(width), Some(height)) = size else { return self.count(&rules::EVENT_INVALID) };
                let window = &mut self.windows[index].1;
                window.viewport = interaction::viewport(width, height).or(window.viewport);
            }
            5 => self.input(index, data, at),
            12 => self.drag.extend(json::list(data, "positions").iter().filter_map(|position| {
                Some(Point { x: json::number(position, "x")?, y: json::number(position, "y")? })
            })),
            15 => self.windows[index].1.page.adopt(data),
            // Pointer paths, media, style sheets, canvases, fonts, logs, selections, custom elements: no action.
            1 | 6..=11 | 13 | 14 | 16 => {}
            _ => self.count(&rules::EVENT_UNKNOWN),
        }
    }

    fn pointer(&mut self, index: usize, data: &Value, at: Timestamp) {
        let Some(kind) = json::whole(data, "type") else { return self.count(&rules::EVENT_INVALID) };
        if kind == 0 && self.drag.len() >= 2 {
            let path = std::mem::take(&mut self.drag);
            let node = self.target(index, data);
            self.settle(index);
            let mut drag = self.windows[index].1.interaction(InteractionType::Drag, at, node);
            drag.coordinates = path.first().map(|point| interaction::at(point.x, point.y));
            drag.action.path = path;
            return self.push(drag);
        }
        let (kind, button) = match kind {
            2 => (InteractionType::Click, MouseButton::Left),
            3 => (InteractionType::Click, MouseButton::Right),
            4 => (InteractionType::DoubleClick, MouseButton::Left),
            // Presses, releases, focus and touches come with the click they make.
            0 | 1 | 5..=10 => return,
            _ => return self.count(&rules::EVENT_UNKNOWN),
        };
        self.drag.clear();
        let node = self.target(index, data);
        self.settle(index);
        let window = &mut self.windows[index].1;
        let in_frame = node.is_some_and(|node| window.frame_of(node).is_some());
        let mut click = window.interaction(kind, at, node);
        if let (Some(x), Some(y), false) = (json::number(data, "x"), json::number(data, "y"), in_frame) {
            // Within a frame the stream gives places of the frame, and not where the frame is.
            click.coordinates = Some(interaction::at(x, y));
        }
        click.action.button = Some(button);
        self.push(click);
    }

    fn scroll(&mut self, index: usize, data: &Value, at: Timestamp) {
        let (Some(id), Some(x), Some(y)) =
            (id_in(data, "id"), json::number(data, "x"), json::number(data, "y"))
        else {
            return self.count(&rules::EVENT_INVALID);
        };
        let node = self.target(index, data);
        let window = &mut self.windows[index].1;
        let (from_x, from_y) = window.scrolls.insert(id, (x, y)).unwrap_or_default();
        let grows = window.growing.as_ref().is_some_and(|growing| {
            growing.node == id
                && growing.interaction.kind == InteractionType::Scroll
                && (0..=SCROLL_PAUSE_MS).contains(&at.millis_since(growing.last))
        });
        if !grows {
            self.settle(index);
            let window = &mut self.windows[index].1;
            let scroll = window.interaction(InteractionType::Scroll, at, node);
            window.growing = Some(Growing { node: id, last: at, interaction: scroll });
        }
        if let Some(growing) = &mut self.windows[index].1.growing {
            let action = &mut growing.interaction.action;
            action.scroll_x = Some(action.scroll_x.unwrap_or(0.0) + x - from_x);
            action.scroll_y = Some(action.scroll_y.unwrap_or(0.0) + y - from_y);
            grow(growing, at, grows);
        }
    }

    fn input(&mut self, index: usize, data: &Value, at: Timestamp) {
        let Some(text) = json::text(data, "text") else { return self.count(&rules::EVENT_INVALID) };
        let checked = data.get("isChecked") == Some(&Value::Bool(true));
        let Some(node) = self.target(index, data) else { return };
        let id = id_in(data, "id").unwrap_or_default();
        let window = &mut self.windows[index].1;
        let document = window.page.document();
        let is_toggle = matches!(document.attribute(node, "type"), Some("checkbox" | "radio"));
        let is_list = document.tag(node) == "select";
        let by_person = data.get("userTriggered") != Some(&Value::Bool(false));
        let masked = interaction::is_masked(text);
        let shown = if is_list { window.page.option_text(node, text) } else { None };
        window.page.set_value(node, text, checked);
        if !by_person
            || (is_toggle && !checked && window.page.document().attribute(node, "type") == Some("radio"))
        {
            // The page itself did it, or it follows from the choice of another button of the group.
            return;
        }
        let kind = match (is_list, is_toggle) {
            (true, _) => InteractionType::Select,
            (_, true) => InteractionType::Change,
            _ => InteractionType::Input,
        };
        let grows = window.growing.as_ref().is_some_and(|growing| {
            growing.node == id
                && growing.interaction.kind == InteractionType::Input
                && kind == InteractionType::Input
                && (0..=TYPING_PAUSE_MS).contains(&at.millis_since(growing.last))
        });
        if !grows {
            self.settle(index);
            let window = &mut self.windows[index].1;
            let input = window.interaction(kind, at, Some(node));
            window.growing = Some(Growing { node: id, last: at, interaction: input });
        }
        let limit = self.options.limits.max_text;
        let Some(growing) = &mut self.windows[index].1.growing else { return };
        fill(&mut growing.interaction, shown.as_deref().unwrap_or(text), is_toggle, masked, limit);
        grow(growing, at, grows);
        if masked {
            self.count(&rules::MASKED);
        }
    }

    fn target(&mut self, index: usize, data: &Value) -> Option<NodeId> {
        let node = id_in(data, "id").and_then(|id| self.windows[index].1.page.node(id));
        if node.is_none() {
            self.count(&rules::NODE_UNKNOWN);
        }
        node
    }

    /// Finishes the interaction that may still have grown.
    fn settle(&mut self, index: usize) {
        if let Some(growing) = self.windows[index].1.growing.take() {
            self.push(growing.interaction);
        }
    }

    fn push(&mut self, interaction: InteractionData) {
        self.entries.push(interaction::entry(interaction));
    }

    fn count(&mut self, rule: &'static ImportRule) {
        self.tally.count(rule);
    }
}

fn grow(growing: &mut Growing, at: Timestamp, further: bool) {
    growing.last = at;
    let interaction = &mut growing.interaction;
    if further {
        interaction.action.raw_events = interaction.action.raw_events.map(|events| events.saturating_add(1));
    }
    interaction.action.duration_ms = Some(at.millis_since(interaction.timestamp).max(0) as f64);
}

/// Writes what a field took into the interaction; a masked text is not taken over, only that it was typed.
fn fill(interaction: &mut InteractionData, text: &str, is_toggle: bool, masked: bool, limit: usize) {
    let Some(element) = &mut interaction.element else { return };
    if masked {
        element.field_policy = Some(FieldPolicy::Drop);
        element.value = None;
        element.attributes.remove("value");
        interaction.action.text = None;
    } else if !is_toggle {
        let text = interaction::shortened(text, limit).to_owned();
        element.value = Some(text.clone());
        interaction.action.text = Some(text);
    }
}
