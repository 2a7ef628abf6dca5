//! Published trajectories and benchmark files: a picture and a piece of code for each step.

use bytes::Bytes;
use serde_json::Value;

use super::code::{CodeAction, read_code};
use crate::error::Result;
use crate::import::interaction::{self, ordered};
use crate::import::picture::Picture;
use crate::import::rules::{self, Tally};
use crate::import::{ImportOptions, Imported, ImportedBlob, ImportedSession, Source, json};
use crate::model::{
    ElementData, InteractionData, InteractionType, Point, ScreenshotRelation, SessionGoal, SessionOutcome,
    SessionType, Viewport,
};
use crate::wire::ReceivedEntry;

/// Pixels of one turn of a wheel, as in raw folders.
const PIXELS_PER_TURN: f64 = 100.0;

/// The file with the trajectories; none when the source is something else.
pub(super) fn file(source: &Source) -> Option<&Bytes> {
    let mut found = source.files().filter(|(name, bytes)| {
        let is_json = name.ends_with(".json") || name.ends_with(".jsonl");
        let head = bytes.get(..8_192.min(bytes.len())).map(String::from_utf8_lossy).unwrap_or_default();
        let has = |words: &[&str]| words.iter().all(|word| head.contains(word));
        is_json
            && (has(&["\"traj\"", "\"task_id\""]) || has(&["\"steps\"", "\"high_level_task_description\""]))
    });
    let (_, bytes) = found.next()?;
    found.next().is_none().then_some(bytes)
}

pub(super) fn read(
    text: &[u8],
    source: &Source,
    options: &ImportOptions,
    imported: &mut Imported,
) -> Result<()> {
    let lines = json::values(text, &options.limits)?;
    json::check_count(lines.len(), options.limits.max_sessions)?;
    for line in lines {
        match json::parse(line.get().as_bytes(), &options.limits) {
            Ok(task) => imported.sessions.push(session(&task, line.get().as_bytes(), source, options)?),
            Err(_) => imported.findings.push(rules::EVENT_INVALID.counted(1)),
        }
    }
    Ok(())
}

struct Steps<'a> {
    source: &'a Source,
    options: &'a ImportOptions,
    tally: Tally,
    entries: Vec<ReceivedEntry>,
    blobs: Vec<ImportedBlob>,
    pointer: Option<Point>,
    outcome: SessionOutcome,
}

fn session(task: &Value, text: &[u8], source: &Source, options: &ImportOptions) -> Result<ImportedSession> {
    let mut steps = Steps {
        source,
        options,
        tally: Tally::default(),
        entries: Vec::new(),
        blobs: Vec::new(),
        pointer: None,
        outcome: SessionOutcome::Unknown,
    };
    let list = if task.get("traj").is_some() { json::list(task, "traj") } else { json::list(task, "steps") };
    json::check_count(list.len(), options.limits.max_events)?;
    let mut expected = 0;
    for (index, step) in list.iter().enumerate() {
        let number = json::whole(step, "index").or_else(|| json::whole(step, "step_num")).unwrap_or(expected);
        steps.tally.add(&rules::STEPS_MISSING, usize::from(number != expected));
        expected = number.saturating_add(1);
        steps.step(step, index);
    }
    if !list.is_empty() {
        steps.tally.count(&rules::TIMES_MISSING);
    }
    if task.get("task_completed") == Some(&Value::Bool(false)) {
        steps.outcome = SessionOutcome::Abandoned;
    } else if task.get("task_completed") == Some(&Value::Bool(true)) {
        steps.outcome = SessionOutcome::Succeeded;
    }
    let words =
        ["instruction", "natural_language_task", "user_task_description", "high_level_task_description"];
    let goal = words.into_iter().find_map(|name| json::text(task, name)).unwrap_or_default();
    let id = json::text(task, "task_id").unwrap_or_default();
    let goal = SessionGoal {
        text: interaction::shortened(goal, options.limits.max_text).to_owned(),
        task_id: (!id.is_empty()).then(|| id.to_owned()),
        site: None,
    };
    Ok(ImportedSession {
        start: options.start("agentnet", &[id.as_bytes(), text], SessionType::Human, goal, None)?,
        entries: steps.entries,
        blobs: steps.blobs,
        outcome: steps.outcome,
        raw_events: list.len(),
        findings: steps.tally.findings(),
    })
}

impl Steps<'_> {
    fn step(&mut self, step: &Value, index: usize) {
        let value = step.get("value").unwrap_or(step);
        let Some(code) = json::text(value, "code").or_else(|| json::text(step, "action")) else {
            return self.tally.count(&rules::EVENT_INVALID);
        };
        let Ok(calls) = read_code(code) else { return self.tally.count(&rules::ACTION_UNKNOWN) };
        let picture = self.picture(step);
        let boxes = json::list(step, "ground_truth_actions");
        for (part, call) in calls.iter().enumerate() {
            let Some(mut told) = self.told(call, index, picture.as_ref()) else { continue };
            if let Some(thought) = json::text(value, "thought") {
                // Written by a model after the fact: kept apart from what a person said.
                let thought = interaction::shortened(thought, self.options.limits.max_text);
                told.extra.insert("inferredRationale".to_owned(), thought.into());
            }
            for (field, label) in
                [("last_step_correct", "lastStepCorrect"), ("last_step_redundant", "lastStepRedundant")]
            {
                if let Some(flag) = value.get(field).and_then(Value::as_bool) {
                    told.extra.insert(label.to_owned(), flag.into());
                }
            }
            self.target(&mut told, boxes.get(part), picture.as_ref());
            self.entries.push(interaction::entry(told));
        }
    }

    fn picture(&mut self, step: &Value) -> Option<Picture> {
        let Some(name) = json::text(step, "image") else {
            self.tally.count(&rules::FRAMES_MISSING);
            return None;
        };
        let Some(bytes) = self.source.get(name) else {
            self.tally.count(&rules::FRAME_MISSING);
            return None;
        };
        let Some(picture) = Picture::read(bytes.clone()) else {
            self.tally.count(&rules::FRAME_INVALID);
            return None;
        };
        if !self.blobs.iter().any(|blob| blob.hash == picture.blob.hash) {
            self.blobs.push(picture.blob.clone());
        }
        Some(picture)
    }

    /// The interaction of a call; none for a call that is no action of its own.
    fn told(
        &mut self,
        call: &CodeAction,
        index: usize,
        picture: Option<&Picture>,
    ) -> Option<InteractionData> {
        let size = picture.map(|picture| (f64::from(picture.width), f64::from(picture.height)));
        let kind = match call {
            CodeAction::Click { clicks: 1, .. } => InteractionType::Click,
            CodeAction::Click { .. } => InteractionType::DoubleClick,
            CodeAction::Move { at } => {
                // Before a scroll or a drag it says where; alone it is a hover, and nothing tells the two apart yet.
                self.pointer = Some(*at);
                return None;
            }
            CodeAction::Drag { .. } => InteractionType::Drag,
            CodeAction::Scroll { .. } => InteractionType::Scroll,
            CodeAction::Write { .. } => InteractionType::Input,
            CodeAction::Press { .. } | CodeAction::Hotkey { .. } => InteractionType::Key,
            CodeAction::Wait => return None,
            CodeAction::Terminate { success } => {
                self.outcome = if *success { SessionOutcome::Succeeded } else { SessionOutcome::Abandoned };
                return None;
            }
        };
        let at = ordered(self.options.begin, index);
        let mut told = interaction::blank(kind, at);
        told.page_context.viewport =
            size.map(|(width, height)| Viewport { width, height, device_pixel_ratio: 1.0 });
        told.screenshots
            .extend(picture.map(|picture| picture.frame(ScreenshotRelation::Before, at, 0.0, None)));
        // Without a picture the size is not known, and shares of it are no pixels.
        let pixels =
            |point: Point| size.map(|(width, height)| Point { x: point.x * width, y: point.y * height });
        let place = |point: Point| pixels(point).map(|point| interaction::at(point.x, point.y));
        match call {
            CodeAction::Click { at, button, .. } => {
                told.coordinates = place(*at);
                told.action.button = Some(*button);
                told.extra.insert("relativePoint".to_owned(), serde_json::json!([at.x, at.y]));
            }
            CodeAction::Drag { to } => {
                let from = self.pointer.take();
                told.action.path = [from, Some(*to)].into_iter().flatten().filter_map(pixels).collect();
                told.coordinates = from.and_then(place);
            }
            CodeAction::Scroll { at, right, up } => {
                told.coordinates = at.or(self.pointer.take()).and_then(place);
                told.action.scroll_x = Some(right * PIXELS_PER_TURN);
                told.action.scroll_y = Some(-up * PIXELS_PER_TURN);
            }
            CodeAction::Write { text } => {
                told.action.text =
                    Some(interaction::shortened(text, self.options.limits.max_text).to_owned());
            }
            CodeAction::Press { keys } | CodeAction::Hotkey { keys } => told.action.keys.clone_from(keys),
            CodeAction::Move { .. } | CodeAction::Wait | CodeAction::Terminate { .. } => {}
        }
        Some(told)
    }

    /// The box of the right answer, in a benchmark file.
    fn target(&mut self, told: &mut InteractionData, answer: Option<&Value>, picture: Option<&Picture>) {
        let Some(boxes) = answer.and_then(|answer| answer.pointer("/metadata/bboxes")?.as_array()) else {
            return;
        };
        let Some(sides) = boxes.first().and_then(|area| area.get("rel_bbox")?.as_array()) else { return };
        let sides: Vec<f64> = sides.iter().filter_map(Value::as_f64).collect();
        let [x, y, width, height] = sides[..] else { return self.tally.count(&rules::EVENT_INVALID) };
        let point = told
            .extra
            .get("relativePoint")
            .and_then(|point| Some(Point { x: point.get(0)?.as_f64()?, y: point.get(1)?.as_f64()? }));
        let relative = interaction::area(x, y, width, height);
        if let (Some(area), Some(point)) = (relative, point)
            && !area.contains(point, 1e-9)
        {
            self.tally.count(&rules::BOX_MISMATCH);
        }
        let (scale_x, scale_y) =
            picture.map_or((1.0, 1.0), |picture| (f64::from(picture.width), f64::from(picture.height)));
        let pixels =
            picture.and(interaction::area(x * scale_x, y * scale_y, width * scale_x, height * scale_y));
        told.extra.insert("relativeBox".to_owned(), serde_json::json!([x, y, width, height]));
        told.element = Some(ElementData { bounding_box: pixels, ..ElementData::default() });
    }
}
