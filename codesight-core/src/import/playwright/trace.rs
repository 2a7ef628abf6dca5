//! Traces of versions 3 to 9, unpacked: `*.trace` files and what they name under `resources`.

use std::collections::HashMap;

use serde_json::Value;

use super::snapshot::Snapshots;
use super::{keys, locator};
use crate::dom::{self, Document};
use crate::error::{Error, ErrorKind, Result};
use crate::import::interaction::{self, moment};
use crate::import::picture::Picture;
use crate::import::rules::{self, Tally};
use crate::import::{ImportOptions, Imported, ImportedBlob, ImportedSession, Importer, Source, json};
use crate::model::{
    InteractionData, InteractionType, MouseButton, Point, ScreenshotRelation, SessionGoal, SessionOutcome,
    SessionType, Viewport,
};

/// Reads traces.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlaywrightTrace;

const OPERATION: &str = "import.playwright-trace";
const VERSIONS: std::ops::RangeInclusive<u64> = 3..=9;
/// A screencast frame older than this is not what the person saw, in milliseconds.
const OLDEST_FRAME_MS: f64 = 5_000.0;
/// How many nearby elements are told.
const NEARBY: usize = 20;

impl Importer for PlaywrightTrace {
    fn name(&self) -> &'static str {
        "playwright-trace"
    }

    fn recognises(&self, source: &Source) -> bool {
        source.files().any(|(name, bytes)| {
            name.ends_with(".trace")
                && bytes
                    .get(..4_096.min(bytes.len()))
                    .is_some_and(|head| String::from_utf8_lossy(head).contains("\"context-options\""))
        }) || source.head_has(&["\"context-options\"", "\"version\""])
    }

    fn read(&self, source: &Source, options: &ImportOptions) -> Result<Imported> {
        let mut imported = Imported::new(self.name());
        for (name, text) in source.files() {
            let is_trace = name.ends_with(".trace") || source.only().is_ok();
            // The test runner's own trace holds the calls of the test, not those of the browser.
            if is_trace && !name.ends_with("test.trace") {
                let lines = read_lines(text, options)?;
                imported.sessions.extend(Trace::new(&lines, source, options)?.read(text)?);
            }
        }
        Ok(imported)
    }
}

fn read_lines(text: &[u8], options: &ImportOptions) -> Result<Vec<Value>> {
    let lines = json::values(text, &options.limits)?;
    lines.into_iter().map(|line| json::parse(line.get().as_bytes(), &options.limits)).collect()
}

/// One call of the browser.
#[derive(Debug, Default)]
struct Call<'a> {
    id: &'a str,
    method: &'a str,
    params: Option<&'a Value>,
    start: f64,
    point: Option<Point>,
    area: Option<crate::model::Rect>,
    failed: bool,
    /// Frame and number of the snapshot before it.
    before: Option<(&'a str, usize)>,
    url: &'a str,
    viewport: Option<Viewport>,
    screenshots: Vec<(ScreenshotRelation, &'a str)>,
}

struct Trace<'a> {
    lines: &'a [Value],
    source: &'a Source,
    options: &'a ImportOptions,
    wall: f64,
    monotonic: f64,
    viewport: Option<Viewport>,
    title: &'a str,
    tally: Tally,
    blobs: Vec<ImportedBlob>,
}

impl<'a> Trace<'a> {
    fn new(lines: &'a [Value], source: &'a Source, options: &'a ImportOptions) -> Result<Self> {
        let context = lines.iter().find(|line| json::text(line, "type") == Some("context-options"));
        let Some(context) = context else {
            return Err(Error::invalid(OPERATION, "a trace begins with its context"));
        };
        let version = json::whole(context, "version").unwrap_or(0);
        if !VERSIONS.contains(&version) {
            return Err(Error::new(ErrorKind::Unsupported, OPERATION, rules::VERSION_UNKNOWN.explanation)
                .with("version", version)
                .with("supported", "3 to 9"));
        }
        let size = context.pointer("/options/viewport").unwrap_or(&Value::Null);
        let viewport = json::number(size, "width")
            .zip(json::number(size, "height"))
            .and_then(|(width, height)| interaction::viewport(width, height))
            .map(|mut viewport| {
                let ratio = context.pointer("/options/deviceScaleFactor").and_then(Value::as_f64);
                viewport.device_pixel_ratio = ratio.unwrap_or(1.0);
                viewport
            });
        Ok(Self {
            lines,
            source,
            options,
            wall: json::number(context, "wallTime").unwrap_or(options.begin.as_millis() as f64),
            monotonic: json::number(context, "monotonicTime").unwrap_or(0.0),
            viewport,
            title: json::text(context, "title").unwrap_or_default(),
            tally: Tally::default(),
            blobs: Vec::new(),
        })
    }

    fn read(mut self, text: &[u8]) -> Result<Option<ImportedSession>> {
        let mut snapshots = Snapshots::default();
        let calls = self.calls(&mut snapshots);
        let mut entries = Vec::new();
        for call in &calls {
            let Some(mut told) = self.told(call) else { continue };
            if call.failed {
                self.tally.count(&rules::ACTION_FAILED);
                continue;
            }
            self.target(&mut told, call, &mut snapshots);
            self.frames(&mut told, call);
            entries.push(interaction::entry(told));
        }
        if entries.is_empty() && calls.is_empty() {
            return Ok(None);
        }
        self.tally.add(&rules::FRAMES_MISSING, usize::from(self.blobs.is_empty()));
        let goal = SessionGoal { text: self.title.to_owned(), ..SessionGoal::default() };
        Ok(Some(ImportedSession {
            start: self.options.start("playwright-trace", &[text], SessionType::Automated, goal, None)?,
            entries,
            blobs: self.blobs,
            outcome: SessionOutcome::Unknown,
            raw_events: self.lines.len(),
            findings: self.tally.findings(),
        }))
    }

    /// The calls in the order in which they began.
    fn calls(&mut self, snapshots: &mut Snapshots<'a>) -> Vec<Call<'a>> {
        let mut calls: Vec<Call<'a>> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        let lines = self.lines;
        // Snapshots of a call may stand before the call itself.
        let mut early: HashMap<&str, (&'a str, usize, &'a Value)> = HashMap::new();
        for line in lines {
            let call_of = |known: &HashMap<&str, usize>| {
                json::text(line, "callId").and_then(|id| known.get(id).copied())
            };
            match json::text(line, "type") {
                Some("before") => {
                    let Some(id) = json::text(line, "callId") else {
                        self.tally.count(&rules::EVENT_INVALID);
                        continue;
                    };
                    known.insert(id, calls.len());
                    let mut call = Call {
                        id,
                        method: json::text(line, "method").unwrap_or_default(),
                        params: line.get("params"),
                        start: json::number(line, "startTime").unwrap_or(0.0),
                        ..Call::default()
                    };
                    if let Some((frame, index, snapshot)) = early.remove(id) {
                        before(&mut call, frame, index, snapshot);
                    }
                    calls.push(call);
                }
                Some("action") => {
                    // Version 3 writes a call once, when it has ended.
                    let metadata = line.get("metadata").unwrap_or(line);
                    let id = json::text(metadata, "id")
                        .or_else(|| json::text(metadata, "callId"))
                        .unwrap_or_default();
                    let mut call = Call {
                        id,
                        method: json::text(metadata, "method").unwrap_or_default(),
                        params: metadata.get("params"),
                        start: json::number(metadata, "startTime").unwrap_or(0.0),
                        failed: metadata.get("error").is_some_and(|error| !error.is_null()),
                        point: point(metadata),
                        ..Call::default()
                    };
                    if let Some((frame, index, snapshot)) = early.remove(id) {
                        before(&mut call, frame, index, snapshot);
                    }
                    known.insert(id, calls.len());
                    calls.push(call);
                }
                Some("input" | "after") => {
                    if let Some(call) = call_of(&known).and_then(|index| calls.get_mut(index)) {
                        call.point = point(line).or(call.point);
                        call.failed |= line.get("error").is_some_and(|error| !error.is_null());
                        call.area = call.area.or_else(|| {
                            let area = line.get("box")?;
                            let side = |name: &str| json::number(area, name);
                            interaction::area(side("x")?, side("y")?, side("width")?, side("height")?)
                        });
                    }
                }
                Some("screenshot") => {
                    let relation = match json::text(line, "phase") {
                        Some("before" | "action") => ScreenshotRelation::Before,
                        _ => ScreenshotRelation::After,
                    };
                    if let (Some(call), Some(file)) =
                        (call_of(&known).and_then(|index| calls.get_mut(index)), json::text(line, "file"))
                    {
                        call.screenshots.push((relation, file));
                    }
                }
                Some("frame-snapshot") => {
                    let Some(snapshot) = line.get("snapshot") else {
                        self.tally.count(&rules::EVENT_INVALID);
                        continue;
                    };
                    let (Some(frame), Some(html)) = (json::text(snapshot, "frameId"), snapshot.get("html"))
                    else {
                        self.tally.count(&rules::EVENT_INVALID);
                        continue;
                    };
                    let index = snapshots.push(frame, html);
                    let name = json::text(snapshot, "snapshotName").unwrap_or_default();
                    let is_before = match json::text(snapshot, "phase") {
                        Some(phase) => phase == "before",
                        None => name.starts_with("before@"),
                    };
                    let id =
                        json::text(snapshot, "callId").unwrap_or_else(|| name.trim_start_matches("before@"));
                    let is_main = snapshot.get("isMainFrame") != Some(&Value::Bool(false));
                    if is_before && is_main {
                        match known.get(id).and_then(|index| calls.get_mut(*index)) {
                            Some(call) => before(call, frame, index, snapshot),
                            None => {
                                early.insert(id, (frame, index, snapshot));
                            }
                        }
                    }
                }
                Some(
                    "context-options" | "screencast-frame" | "resource-snapshot" | "event" | "console"
                    | "log" | "aria-snapshot" | "stdout" | "stderr" | "error" | "video" | "object",
                ) => {}
                Some(_) => self.tally.count(&rules::EVENT_UNKNOWN),
                None => self.tally.count(&rules::EVENT_INVALID),
            }
        }
        calls.sort_by(|a, b| a.start.total_cmp(&b.start));
        calls
    }

    /// The interaction of a call; none for calls that only look, wait or prepare.
    fn told(&self, call: &Call<'_>) -> Option<InteractionData> {
        let params = call.params.unwrap_or(&Value::Null);
        let text = |name: &str| json::text(params, name);
        let kind = match call.method {
            "goto" | "reload" => InteractionType::Navigation,
            "click" | "check" | "uncheck" | "tap" | "mouseClick" => InteractionType::Click,
            "dblclick" => InteractionType::DoubleClick,
            "fill" | "type" | "keyboardType" | "keyboardInsertText" => InteractionType::Input,
            "press" | "keyboardPress" | "goBack" | "goForward" => InteractionType::Key,
            "selectOption" => InteractionType::Select,
            "hover" => InteractionType::Hover,
            "mouseWheel" => InteractionType::Scroll,
            "dragAndDrop" => InteractionType::Drag,
            _ => return None,
        };
        let at = moment(self.wall + call.start - self.monotonic).unwrap_or(self.options.begin);
        let mut told = interaction::blank(kind, at);
        told.page_context.url = call.url.to_owned();
        told.page_context.viewport = call.viewport.or(self.viewport);
        let short = |text: &str| interaction::shortened(text, self.options.limits.max_text).to_owned();
        let point = call
            .point
            .or_else(|| Some(Point { x: json::number(params, "x")?, y: json::number(params, "y")? }));
        told.coordinates = point.map(|point| interaction::at(point.x, point.y));
        let action = &mut told.action;
        match call.method {
            "goto" => {
                action.url = text("url").map(short);
                action.cause = Some("typed".to_owned());
                told.page_context.url = action.url.clone().unwrap_or_default();
            }
            "reload" => action.cause = Some("reload".to_owned()),
            "click" | "check" | "uncheck" | "tap" | "mouseClick" => {
                action.button = Some(match text("button") {
                    Some("right") => MouseButton::Right,
                    Some("middle") => MouseButton::Middle,
                    _ => MouseButton::Left,
                });
            }
            "fill" => action.text = text("value").map(short),
            "type" | "keyboardType" | "keyboardInsertText" => action.text = text("text").map(short),
            "press" | "keyboardPress" => action.keys = keys(text("key").unwrap_or_default(), 0),
            "goBack" => action.keys = keys("Alt+ArrowLeft", 0),
            "goForward" => action.keys = keys("Alt+ArrowRight", 0),
            "selectOption" => {
                let option = json::list(params, "options").first();
                let named = ["label", "valueOrLabel", "value"];
                action.text = option
                    .and_then(|option| named.iter().find_map(|name| json::text(option, name)))
                    .map(short);
            }
            "mouseWheel" => {
                action.scroll_x = json::number(params, "deltaX");
                action.scroll_y = json::number(params, "deltaY");
            }
            _ => {}
        }
        Some(told)
    }

    /// The element in the snapshot before the call, which marks it; otherwise what the selector says.
    fn target(&mut self, told: &mut InteractionData, call: &Call<'a>, snapshots: &mut Snapshots<'a>) {
        if let Some(selector) = call.params.and_then(|params| json::text(params, "selector")) {
            told.selectors = Some(locator::selector_set(selector));
            told.element = Some(locator::element(selector));
        }
        if let Some((frame, index)) = call.before {
            let page = snapshots.document(frame, index, self.options.limits.max_nodes);
            let title = page.descendants(page.root()).find(|node| page.tag(*node) == "title");
            told.page_context.title = title.map(|title| page.text(title, 500)).unwrap_or_default();
            told.page_context.page_structure = Some(dom::structure(&page));
            if let Some(node) = marked(&page, call.id) {
                let mut own = dom::selectors(&page, node);
                if let Some(set) = told.selectors.take() {
                    // What the script used was good enough to find it.
                    own.primary = set.primary;
                    own.alternatives.splice(0..0, set.alternatives);
                }
                told.selectors = Some(own);
                told.element = Some(dom::describe(&page, node));
                told.page_context.dom_hierarchy = Some(dom::hierarchy(&page, node));
                told.page_context.nearby_elements = dom::nearby(&page, node, NEARBY);
            }
        }
        if let (Some(element), Some(area)) = (&mut told.element, call.area) {
            element.bounding_box = Some(area);
            if call.point.is_some_and(|point| !area.contains(point, 1.0)) {
                self.tally.count(&rules::BOX_MISMATCH);
            }
        }
    }

    /// The pictures of the call, or the screencast frame last before it.
    fn frames(&mut self, told: &mut InteractionData, call: &Call<'a>) {
        let viewport = told.page_context.viewport;
        for (relation, file) in &call.screenshots {
            if let Some(picture) = self.picture(file) {
                told.screenshots.push(picture.frame(*relation, told.timestamp, 0.0, viewport));
            }
        }
        if told.screenshots.iter().any(|frame| frame.relation == ScreenshotRelation::Before) {
            return;
        }
        let frames = self.lines.iter().filter(|line| json::text(line, "type") == Some("screencast-frame"));
        let before = frames
            .filter_map(|line| {
                let lag = json::number(line, "timestamp")? - call.start;
                let file = json::text(line, "file").or_else(|| json::text(line, "sha1"))?;
                (-OLDEST_FRAME_MS..=0.0).contains(&lag).then_some((lag, file))
            })
            .max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((lag, file)) = before
            && let Some(picture) = self.picture(file)
        {
            told.screenshots.push(picture.frame(ScreenshotRelation::Before, told.timestamp, lag, viewport));
        }
    }

    fn picture(&mut self, file: &str) -> Option<Picture> {
        let folders = ["", "resources/", "screenshots/"];
        let bytes = folders.iter().find_map(|folder| self.source.get(&format!("{folder}{file}")));
        let Some(bytes) = bytes else {
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
}

fn before<'a>(call: &mut Call<'a>, frame: &'a str, index: usize, snapshot: &'a Value) {
    call.before = Some((frame, index));
    call.url = json::text(snapshot, "frameUrl").unwrap_or_default();
    let size = snapshot.get("viewport").unwrap_or(&Value::Null);
    call.viewport = json::number(size, "width")
        .zip(json::number(size, "height"))
        .and_then(|(width, height)| interaction::viewport(width, height));
}

fn point(line: &Value) -> Option<Point> {
    let point = line.get("point")?;
    Some(Point { x: json::number(point, "x")?, y: json::number(point, "y")? })
}

/// The element that the tracer marked as the target of a call.
fn marked(page: &Document, call: &str) -> Option<dom::NodeId> {
    page.descendants(page.root()).find(|node| page.attribute(*node, "__playwright_target__") == Some(call))
}
