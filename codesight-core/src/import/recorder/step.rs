//! From steps to interactions.

use std::collections::HashMap;

use serde_json::Value;

use super::selector;
use crate::import::interaction::{self, ordered};
use crate::import::rules::{self, Tally};
use crate::import::{ImportOptions, json};
use crate::model::{
    InteractionData, InteractionType, MouseButton, PageContext, StateChange, StateChangeKind,
};
use crate::wire::ReceivedEntry;

/// Keys that are held while another is pressed.
const MODIFIERS: [&str; 4] = ["Alt", "Control", "Meta", "Shift"];

pub(super) struct Steps<'a> {
    options: &'a ImportOptions,
    page: PageContext,
    index: usize,
    held: Vec<String>,
    scrolls: HashMap<String, (f64, f64)>,
    done: Vec<InteractionData>,
}

impl<'a> Steps<'a> {
    pub(super) fn new(options: &'a ImportOptions) -> Self {
        Self {
            options,
            page: PageContext::default(),
            index: 0,
            held: Vec::new(),
            scrolls: HashMap::new(),
            done: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Vec<ReceivedEntry> {
        self.done.into_iter().map(interaction::entry).collect()
    }

    pub(super) fn step(&mut self, step: &Value, tally: &mut Tally) {
        let Some(kind) = json::text(step, "type") else { return tally.count(&rules::EVENT_INVALID) };
        let made = match kind {
            "setViewport" => {
                self.viewport(step);
                None
            }
            "navigate" => self.navigate(step),
            "click" | "doubleClick" => Some(self.click(step, kind)),
            "hover" => Some(self.on(InteractionType::Hover, step)),
            "change" => self.change(step),
            "keyDown" => self.key_down(step),
            "keyUp" => {
                let key = json::text(step, "key").unwrap_or_default();
                self.held.retain(|held| held != key);
                None
            }
            "scroll" => Some(self.scroll(step)),
            "close" | "waitForElement" | "waitForExpression" | "customStep" | "emulateNetworkConditions" => {
                None
            }
            _ => return tally.count(&rules::EVENT_UNKNOWN),
        };
        if let Some(interaction) = made {
            let needs_target = !matches!(
                interaction.kind,
                InteractionType::Navigation | InteractionType::Key | InteractionType::Scroll
            );
            if needs_target && interaction.selectors.is_none() {
                tally.count(&rules::TARGET_MISSING);
            }
            self.done.push(interaction);
        } else if matches!(kind, "navigate" | "change" | "keyDown") && !self.is_modifier(step) {
            tally.count(&rules::EVENT_INVALID);
        }
        self.arrive(step);
    }

    fn is_modifier(&self, step: &Value) -> bool {
        json::text(step, "key").is_some_and(|key| MODIFIERS.contains(&key))
    }

    /// An interaction of the next second, on the step's target.
    fn on(&mut self, kind: InteractionType, step: &Value) -> InteractionData {
        let mut interaction = interaction::blank(kind, ordered(self.options.begin, self.index));
        self.index += 1;
        interaction.page_context = self.page.clone();
        interaction.action.raw_events = Some(1);
        interaction.selectors = selector::selector_set(step);
        interaction.element = interaction.selectors.as_ref().map(selector::element);
        if let (Some(x), Some(y)) = (json::number(step, "offsetX"), json::number(step, "offsetY")) {
            // From the element's own corner: the flow does not say where the element is.
            interaction.extra.insert("offsetInElement".to_owned(), serde_json::json!({ "x": x, "y": y }));
        }
        interaction
    }

    fn viewport(&mut self, step: &Value) {
        if let (Some(width), Some(height)) = (json::number(step, "width"), json::number(step, "height")) {
            self.page.viewport = interaction::viewport(width, height).map(|mut viewport| {
                viewport.device_pixel_ratio = json::number(step, "deviceScaleFactor").unwrap_or(1.0);
                viewport
            });
        }
    }

    fn navigate(&mut self, step: &Value) -> Option<InteractionData> {
        let url = json::text(step, "url")?.to_owned();
        self.page.url.clone_from(&url);
        let mut navigation = self.on(InteractionType::Navigation, step);
        navigation.action.url = Some(url);
        navigation.action.cause = Some("typed".to_owned());
        Some(navigation)
    }

    fn click(&mut self, step: &Value, kind: &str) -> InteractionData {
        let kind = if kind == "click" { InteractionType::Click } else { InteractionType::DoubleClick };
        let mut click = self.on(kind, step);
        click.action.button = Some(match json::text(step, "button") {
            Some("auxiliary") => MouseButton::Middle,
            Some("secondary") => MouseButton::Right,
            Some("back") => MouseButton::Back,
            Some("forward") => MouseButton::Forward,
            _ => MouseButton::Left,
        });
        click.action.duration_ms = json::number(step, "duration");
        click
    }

    fn change(&mut self, step: &Value) -> Option<InteractionData> {
        let value = json::text(step, "value")?;
        let text = interaction::shortened(value, self.options.limits.max_text).to_owned();
        let mut change = self.on(InteractionType::Input, step);
        if change.element.as_ref().is_some_and(|element| element.tag == "select") {
            change.kind = InteractionType::Select;
        }
        if let Some(element) = &mut change.element {
            element.value = Some(text.clone());
        }
        change.action.text = Some(text);
        Some(change)
    }

    fn key_down(&mut self, step: &Value) -> Option<InteractionData> {
        let key = json::text(step, "key")?.to_owned();
        if MODIFIERS.contains(&key.as_str()) {
            self.held.push(key);
            return None;
        }
        let mut pressed = self.on(InteractionType::Key, step);
        pressed.action.keys = self.held.iter().cloned().chain([key]).collect();
        Some(pressed)
    }

    /// Flows say where a thing is scrolled to; how far that is follows from where it was.
    fn scroll(&mut self, step: &Value) -> InteractionData {
        let mut scroll = self.on(InteractionType::Scroll, step);
        let target = scroll.selectors.as_ref().map(|set| set.primary.clone()).unwrap_or_default();
        let to = (json::number(step, "x").unwrap_or(0.0), json::number(step, "y").unwrap_or(0.0));
        let from = self.scrolls.insert(target.clone(), to).unwrap_or_default();
        scroll.action.scroll_x = Some(to.0 - from.0);
        scroll.action.scroll_y = Some(to.1 - from.1);
        if target.is_empty() {
            (self.page.scroll.x, self.page.scroll.y) = to;
        }
        scroll
    }

    /// The page that a step led to.
    fn arrive(&mut self, step: &Value) {
        for event in json::list(step, "assertedEvents") {
            if json::text(event, "type") != Some("navigation") {
                continue;
            }
            let url = json::text(event, "url").filter(|url| !url.is_empty());
            if let Some(url) = url {
                if let Some(last) = self.done.last_mut().filter(|_| url != self.page.url) {
                    last.state_changes.push(StateChange {
                        kind: StateChangeKind::Url,
                        target: None,
                        property: None,
                        before: Some(self.page.url.clone()),
                        after: Some(url.to_owned()),
                        count: None,
                    });
                }
                url.clone_into(&mut self.page.url);
                self.page.scroll = Default::default();
                self.scrolls.clear();
            }
            json::text(event, "title").unwrap_or_default().clone_into(&mut self.page.title);
        }
    }
}
