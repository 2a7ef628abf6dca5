//! A raw folder of the annotation tool.

use std::collections::BTreeSet;

use serde_json::Value;

use super::reduce::{Action, ActionKind, Reducer};
use super::state;
use crate::error::{Error, Result};
use crate::import::interaction::{self, moment, ordered};
use crate::import::rules::{self, Tally};
use crate::import::{ImportLimits, ImportOptions, ImportedSession, Source, json};
use crate::model::{
    ElementData, InteractionData, InteractionType, Point, Rect, SessionGoal, SessionOutcome, SessionType,
    Viewport,
};

/// Pixels of one turn of a wheel, as browsers on most desktops scroll.
const PIXELS_PER_TURN: f64 = 100.0;
/// How long before an action its element may have been looked up, in seconds.
const ELEMENT_LEAD_S: f64 = 0.6;

/// An element under the pointer.
struct Found {
    time: f64,
    element: ElementData,
}

pub(super) fn read(source: &Source, options: &ImportOptions) -> Result<Option<ImportedSession>> {
    let limits = &options.limits;
    let missing = || Error::invalid("import.agentnet", "a raw folder has events.jsonl and metadata.json");
    let events = source.get("events.jsonl").ok_or_else(missing)?;
    let metadata = json::parse(source.get("metadata.json").ok_or_else(missing)?, limits)?;
    let mut tally = Tally::default();
    let mut reducer = Reducer::default();
    let lines = json::values(events, limits)?;
    if lines.is_empty() {
        return Ok(None);
    }
    for (number, line) in (0..).zip(&lines) {
        match json::parse(line.get().as_bytes(), limits) {
            Ok(event) => reducer.event(&event, number),
            Err(_) => reducer.invalid += 1,
        }
    }
    tally.add(&rules::EVENT_INVALID, reducer.invalid);
    tally.add(&rules::EVENT_UNKNOWN, reducer.unknown);
    let (actions, cut_off) = reducer.finish();
    tally.add(&rules::CUT_OFF, cut_off);

    let left_out = match reviewed(source, limits)? {
        Some(kept) => {
            let out = actions.iter().map(|action| !kept.contains(&action.first_event)).collect::<Vec<_>>();
            tally.add(&rules::REVIEWED_OUT, out.iter().filter(|out| **out).count());
            let found = actions.iter().filter(|action| kept.contains(&action.first_event)).count();
            tally.add(&rules::CONTRADICTION, kept.len() - found);
            out
        }
        None => {
            let trees = source.get("a11y.jsonl").map_or(&[][..], |trees| trees);
            let out = state::excursions(&actions, trees, limits);
            tally.add(&rules::EXCURSION, out.iter().filter(|out| **out).count());
            out
        }
    };
    tally.add(&rules::FRAMES_MISSING, 1);

    let screen = interaction::viewport(
        json::number(&metadata, "screen_width").unwrap_or(0.0),
        json::number(&metadata, "screen_height").unwrap_or(0.0),
    );
    tally.add(&rules::VIEWPORT_MISSING, usize::from(screen.is_none()));
    let elements = elements(source, limits);
    let clock = Clock::new(&metadata, options);
    let kept = actions.iter().zip(&left_out).filter(|(_, out)| !**out).map(|(action, _)| action);
    let entries = kept
        .map(|action| {
            let found = element_of(action, &elements, &mut tally);
            interaction::entry(told(action, screen, found, &clock, limits))
        })
        .collect();
    Ok(Some(ImportedSession {
        start: options.start("agentnet", &[events], SessionType::Human, goal(source, limits), None)?,
        entries,
        blobs: Vec::new(),
        outcome: SessionOutcome::Unknown,
        raw_events: lines.len(),
        findings: tally.findings(),
    }))
}

fn goal(source: &Source, limits: &ImportLimits) -> SessionGoal {
    let task = source.get("task_name.json").and_then(|text| json::parse(text, limits).ok());
    let text = task.as_ref().and_then(|task| json::text(task, "task_name")).unwrap_or_default();
    SessionGoal { text: interaction::shortened(text, limits.max_text).to_owned(), ..SessionGoal::default() }
}

/// The first events of the actions that the source's own review kept.
fn reviewed(source: &Source, limits: &ImportLimits) -> Result<Option<BTreeSet<u64>>> {
    let Some(text) = source.get("reduced_events_complete.jsonl") else { return Ok(None) };
    let mut kept = BTreeSet::new();
    for line in json::values(text, limits)? {
        if let Ok(line) = json::parse(line.get().as_bytes(), limits) {
            kept.extend(json::whole(&line, "event_start_idx"));
        }
    }
    Ok((!kept.is_empty()).then_some(kept))
}

fn elements(source: &Source, limits: &ImportLimits) -> Vec<Found> {
    let text = source.get("element.jsonl").map_or(&[][..], |text| text);
    let lines = json::values(text, limits).unwrap_or_default();
    lines.into_iter().filter_map(|line| found(&json::parse(line.get().as_bytes(), limits).ok()?)).collect()
}

fn found(line: &Value) -> Option<Found> {
    let node = line.get("a11y_tree")?;
    let kind = json::text(node, "ControlType")?;
    let role = kind.trim_end_matches("Control").to_ascii_lowercase();
    let side = |name: &str| node.get("BoundingRectangle").and_then(|place| json::number(place, name));
    let bounding_box = match (side("left"), side("top"), side("right"), side("bottom")) {
        (Some(left), Some(top), Some(right), Some(bottom)) => {
            interaction::area(left, top, right - left, bottom - top)
        }
        _ => None,
    };
    let element = ElementData {
        tag: role.clone(),
        role: Some(role),
        name: json::text(node, "Name").filter(|name| !name.is_empty()).map(str::to_owned),
        bounding_box,
        ..ElementData::default()
    };
    Some(Found { time: json::number(line, "time_stamp")?, element })
}

/// The element looked up last before a press. Its box is dropped when the pointer was elsewhere: the tool gives boxes
/// in another scale once the resolution of the screen was changed.
fn element_of(action: &Action, elements: &[Found], tally: &mut Tally) -> Option<ElementData> {
    let at = match &action.kind {
        ActionKind::Click { at, .. } => *at,
        ActionKind::Drag { path } => *path.first()?,
        _ => return None,
    };
    let before = |found: &&Found| (0.0..=ELEMENT_LEAD_S).contains(&(action.start - found.time));
    let Some(found) = elements.iter().rev().find(before) else {
        tally.count(&rules::TARGET_MISSING);
        return None;
    };
    let mut element = found.element.clone();
    if element.bounding_box.is_some_and(|area: Rect| !area.contains(at, 1.0)) {
        tally.count(&rules::BOX_MISMATCH);
        element.bounding_box = None;
    }
    Some(element)
}

/// The recorder's clock counts seconds from the machine's start; the folder says when the recording began.
struct Clock {
    begin: i64,
    origin: f64,
}

impl Clock {
    fn new(metadata: &Value, options: &ImportOptions) -> Self {
        let begin = json::text(metadata, "start_time")
            .and_then(|text| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok())
            .map_or(options.begin.as_millis(), |moment| moment.and_utc().timestamp_millis());
        Self { begin, origin: json::number(metadata, "video_start_timestamp").unwrap_or(0.0) }
    }

    fn at(&self, seconds: f64) -> crate::time::Timestamp {
        moment(self.begin as f64 + (seconds - self.origin) * 1_000.0)
            .unwrap_or_else(|| ordered(crate::time::Timestamp::from_millis(self.begin), 0))
    }
}

fn told(
    action: &Action,
    screen: Option<Viewport>,
    element: Option<ElementData>,
    clock: &Clock,
    limits: &ImportLimits,
) -> InteractionData {
    let kind = match &action.kind {
        ActionKind::Click { twice: false, .. } => InteractionType::Click,
        ActionKind::Click { twice: true, .. } => InteractionType::DoubleClick,
        ActionKind::Drag { .. } => InteractionType::Drag,
        ActionKind::Scroll { .. } => InteractionType::Scroll,
        ActionKind::Type { .. } => InteractionType::Input,
        ActionKind::Keys { .. } => InteractionType::Key,
    };
    let mut told = interaction::blank(kind, clock.at(action.start));
    told.page_context.viewport = screen;
    told.element = element;
    told.extra.insert("firstRawEvent".to_owned(), action.first_event.into());
    let details = &mut told.action;
    details.raw_events = Some(action.raw_events);
    details.duration_ms = Some(((action.end - action.start) * 1_000.0).max(0.0));
    let mut place = |point: &Point| told.coordinates = Some(interaction::at(point.x, point.y));
    match &action.kind {
        ActionKind::Click { at, button, .. } => {
            place(at);
            details.button = Some(*button);
        }
        ActionKind::Drag { path } => {
            path.first().into_iter().for_each(&mut place);
            details.path.clone_from(path);
        }
        ActionKind::Scroll { at, right, up } => {
            place(at);
            details.scroll_x = Some(right * PIXELS_PER_TURN);
            details.scroll_y = Some(-up * PIXELS_PER_TURN);
        }
        ActionKind::Type { text } => {
            details.text = Some(interaction::shortened(text, limits.max_text).to_owned());
        }
        ActionKind::Keys { keys } => details.keys.clone_from(keys),
    }
    told
}
