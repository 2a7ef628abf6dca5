//! User flows of the Chrome DevTools Recorder, which its tools replay.

use std::io;

use serde_json::{Value, json};

use super::stand_in::{Typed, example_value, typed};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ComputerAction, InteractionData, MouseButton, SelectorKind, SelectorSet};
use crate::privacy::Masked;
use crate::training::{ImageSource, Trajectory, TrajectoryFormat, TrajectoryStep};

/// One file a trajectory. Masked values are replaced by values of the same shape that are nobody's.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecorderFlow;

impl TrajectoryFormat for RecorderFlow {
    fn name(&self) -> &'static str {
        "chrome-recorder"
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn is_file_each(&self) -> bool {
        true
    }

    fn write(
        &self,
        trajectory: &Masked<Trajectory<'_>>,
        _: &dyn ImageSource,
        out: &mut dyn io::Write,
    ) -> Result<()> {
        let mut steps = Vec::new();
        if let Some(first) = trajectory.steps.first() {
            let page = &first.interaction.interaction.page_context;
            if let Some(viewport) = page.viewport {
                steps.push(json!({
                    "type": "setViewport", "width": viewport.width, "height": viewport.height,
                    "deviceScaleFactor": viewport.device_pixel_ratio, "isMobile": false, "hasTouch": false, "isLandscape": true,
                }));
            }
            if !matches!(first.actions.first(), Some(ComputerAction::Navigate { .. })) && !page.url.is_empty()
            {
                steps.push(json!({ "type": "navigate", "url": page.url }));
            }
        }
        let mut scrolled = (0.0, 0.0);
        for step in &trajectory.steps {
            let arrives = matches!(step.actions.last(), Some(ComputerAction::Navigate { .. }));
            steps.extend(told(step, &mut scrolled));
            if arrives {
                scrolled = (0.0, 0.0);
            }
        }
        let title =
            if trajectory.session.goal.text.is_empty() { "recording" } else { &trajectory.session.goal.text };
        let flow = json!({ "title": title, "steps": steps });
        writeln!(out, "{flow:#}").map_err(|error| {
            Error::new(ErrorKind::Unavailable, "format.write", "the file takes no more").caused_by(error)
        })
    }
}

fn told(step: &TrajectoryStep<'_>, scrolled: &mut (f64, f64)) -> Vec<Value> {
    let interaction: &InteractionData = &step.interaction.interaction;
    let selectors = interaction.selectors.as_ref().map(alternatives).unwrap_or_default();
    let offset =
        interaction.element.as_ref().and_then(|element| element.bounding_box).zip(interaction.coordinates);
    let offset = offset.map_or((1.0, 1.0), |(area, at)| {
        ((at.x - area.x).clamp(0.0, area.width), (at.y - area.y).clamp(0.0, area.height))
    });
    let on = |kind: &str, button: Option<&str>| {
        let mut step = json!({ "type": kind, "target": "main", "selectors": selectors, "offsetX": offset.0, "offsetY": offset.1 });
        if let Some(button) = button {
            step["button"] = button.into();
        }
        step
    };
    let change =
        |value: &str| json!({ "type": "change", "target": "main", "selectors": selectors, "value": value });
    if step.actions.is_empty() && !selectors.is_empty() {
        return vec![change(example_value("SECRET"))];
    }
    let mut steps = Vec::new();
    for action in &step.actions {
        match action {
            // A flow acts on elements; an action on none cannot be told in it.
            ComputerAction::Click { .. }
            | ComputerAction::DoubleClick { .. }
            | ComputerAction::Move { .. }
            | ComputerAction::Type { .. }
            | ComputerAction::SelectOption { .. }
                if selectors.is_empty() => {}
            ComputerAction::Click { button, .. } => steps.push(on(
                "click",
                match button {
                    MouseButton::Left => None,
                    MouseButton::Middle => Some("auxiliary"),
                    MouseButton::Right => Some("secondary"),
                    MouseButton::Back => Some("back"),
                    MouseButton::Forward => Some("forward"),
                },
            )),
            ComputerAction::DoubleClick { .. } => steps.push(on("doubleClick", None)),
            ComputerAction::Move { .. } => steps.push(on("hover", None)),
            ComputerAction::Type { text } => steps.push(change(&filled(text))),
            ComputerAction::SelectOption { option, .. } => {
                let value = interaction.element.as_ref().and_then(|element| element.value.as_deref());
                steps.push(change(value.unwrap_or(option)));
            }
            ComputerAction::Keypress { keys } => {
                steps.extend(
                    keys.iter().map(|key| json!({ "type": "keyDown", "target": "main", "key": key })),
                );
                steps.extend(
                    keys.iter().rev().map(|key| json!({ "type": "keyUp", "target": "main", "key": key })),
                );
            }
            ComputerAction::Scroll { scroll_x, scroll_y, .. } => {
                let from = interaction.page_context.scroll;
                *scrolled = (from.x + scroll_x, from.y + scroll_y);
                steps.push(json!({ "type": "scroll", "target": "main", "x": scrolled.0.max(0.0), "y": scrolled.1.max(0.0) }));
            }
            ComputerAction::Navigate { url } => steps.push(json!({ "type": "navigate", "url": url })),
            ComputerAction::Drag { .. } | ComputerAction::Wait | ComputerAction::Terminate { .. } => {}
        }
    }
    steps
}

/// The text with stand-ins replaced by values of the same shape.
fn filled(text: &str) -> String {
    match typed(text) {
        Typed::Plain(text) => text,
        Typed::Filled(pieces) => pieces
            .iter()
            .enumerate()
            .map(|(index, piece)| if index % 2 == 0 { piece.as_str() } else { example_value(piece) })
            .collect(),
    }
}

/// The recorded selectors in the recorder's prefixes, the best first; those it has no prefix for are left out.
fn alternatives(set: &SelectorSet) -> Vec<Value> {
    let told = set.alternatives.iter().filter_map(|selector| {
        let value = match &selector.kind {
            SelectorKind::TestId
            | SelectorKind::Id
            | SelectorKind::Name
            | SelectorKind::CssPath
            | SelectorKind::Placeholder => selector.value.clone(),
            SelectorKind::Role => {
                let (_, name) = selector.value.split_once("[name=\"")?;
                format!("aria/{}", name.strip_suffix("\"]")?.replace("\\\"", "\""))
            }
            SelectorKind::Xpath => format!("xpath/{}", selector.value),
            SelectorKind::Text => {
                format!("text/{}", selector.value.trim_start_matches("text=").trim_matches('"'))
            }
            SelectorKind::Other(kind) if kind == "aria" => selector.value.clone(),
            _ => return None,
        };
        let chain: Vec<String> = selector.shadow_hosts.iter().cloned().chain([value]).collect();
        Some(json!(chain))
    });
    told.collect()
}
