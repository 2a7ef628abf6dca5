//! Rows of candidates: the turns before, one element of the page, and whether it is the target.

use serde_json::Value;

use super::calls::{Call, read_calls};
use crate::error::Result;
use crate::import::interaction;
use crate::import::rules::{self, Tally};
use crate::import::{ImportOptions, Imported, ImportedSession, json};
use crate::model::{
    ElementData, InteractionData, InteractionType, MouseButton, Rect, Selector, SelectorKind, SelectorSet,
    SessionGoal, SessionOutcome, SessionType, Viewport,
};
use crate::time::Timestamp;

/// One element that may be the target of a turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Lower-case tag name.
    pub tag: String,
    /// XPath of the element.
    pub xpath: String,
    /// Its text, shortened by the source.
    pub text: String,
    /// Its box in CSS pixels of the viewport.
    pub bounding_box: Option<Rect>,
    /// Whether it is the target.
    pub is_target: bool,
}

impl Candidate {
    /// Reads the element of a row; none when the row has none.
    pub fn read(row: &Value) -> Option<Self> {
        let element = row.get("elem_dict")?;
        Some(Self {
            tag: json::text(element, "tag")?.to_ascii_lowercase(),
            xpath: json::text(element, "xpath")?.to_owned(),
            text: json::text(element, "text").unwrap_or_default().to_owned(),
            bounding_box: json::text(element, "bbox").and_then(read_box),
            is_target: row.get("label").and_then(Value::as_u64) == Some(1),
        })
    }

    /// The tag at the end of the XPath.
    pub fn xpath_tag(&self) -> &str {
        let last = self.xpath.rsplit('/').next().unwrap_or_default();
        let last = last.split_once('[').map_or(last, |(tag, _)| tag);
        last.rsplit_once(':').map_or(last, |(_, tag)| tag)
    }
}

/// `x=745.8 y=42.6 width=41.2 height=20.8`; a box without a size is none.
fn read_box(text: &str) -> Option<Rect> {
    let side = |name: &str| {
        let found =
            text.split_ascii_whitespace().find_map(|part| part.strip_prefix(name)?.strip_prefix('='))?;
        found.parse::<f64>().ok().filter(|side| side.is_finite())
    };
    let (x, y, width, height) = (side("x")?, side("y")?, side("width")?, side("height")?);
    (width >= 0.0 && height >= 0.0).then_some(Rect { x, y, width, height })
}

/// What the rows say of one demonstration.
#[derive(Debug)]
struct Demonstration {
    name: String,
    viewport: Option<Viewport>,
    goal: String,
    turns: Vec<Call>,
    targets: Vec<Candidate>,
    last_turn: Option<u64>,
    rows: usize,
    tally: Tally,
}

pub(super) fn read(text: &[u8], options: &ImportOptions, imported: &mut Imported) -> Result<()> {
    let mut demonstration: Option<Demonstration> = None;
    let mut invalid = 0;
    for row in json::values(text, &options.limits)? {
        let row = json::parse(row.get().as_bytes(), &options.limits).unwrap_or(Value::Null);
        let (Some(name), Some(turn), Some(candidate)) =
            (json::text(&row, "demo_name"), json::whole(&row, "turn_index"), Candidate::read(&row))
        else {
            invalid += 1;
            continue;
        };
        if demonstration.as_ref().is_some_and(|current| current.name != name)
            && let Some(done) = demonstration.take()
        {
            imported.sessions.push(done.finish(options)?);
            json::check_count(imported.sessions.len(), options.limits.max_sessions)?;
        }
        demonstration.get_or_insert_with(|| Demonstration::new(name)).row(&row, turn, candidate);
    }
    if let Some(done) = demonstration {
        imported.sessions.push(done.finish(options)?);
    }
    if invalid > 0 {
        imported.findings.push(rules::EVENT_INVALID.counted(invalid));
    }
    Ok(())
}

impl Demonstration {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            viewport: None,
            goal: String::new(),
            turns: Vec::new(),
            targets: Vec::new(),
            last_turn: None,
            rows: 0,
            tally: Tally::default(),
        }
    }

    fn row(&mut self, row: &Value, turn: u64, candidate: Candidate) {
        self.rows += 1;
        if candidate.xpath_tag() != candidate.tag {
            self.tally.count(&rules::CONTRADICTION);
        }
        if candidate.is_target {
            self.targets.push(candidate);
        }
        if self.last_turn == Some(turn) {
            return;
        }
        self.last_turn = Some(turn);
        let query = json::text(row, "query").unwrap_or_default();
        for part in query.split(" ---- ") {
            if let Some(turns) = part.trim_start().strip_prefix("Previous Turns:") {
                self.follow(read_calls(turns));
            } else if let Some(said) = part.trim_start().strip_prefix("Instructor Utterances:") {
                said.trim().clone_into(&mut self.goal);
            } else if let Some(call) = read_calls(part).first().filter(|call| call.name == "Viewport") {
                self.viewport = call
                    .number("width")
                    .zip(call.number("height"))
                    .and_then(|(width, height)| interaction::viewport(width, height));
            }
        }
    }

    /// Each row tells the last turns before it: what they have in common with the turns known is not told twice.
    fn follow(&mut self, turns: Vec<Call>) {
        let longest = turns.len().min(self.turns.len());
        let common = (0..=longest).rev().find(|common| self.turns.ends_with(&turns[..*common])).unwrap_or(0);
        if common == 0 && !self.turns.is_empty() && !turns.is_empty() {
            self.tally.count(&rules::STEPS_MISSING);
        }
        self.turns.extend(turns.into_iter().skip(common));
    }

    fn finish(mut self, options: &ImportOptions) -> Result<ImportedSession> {
        if self.viewport.is_none() {
            self.tally.count(&rules::VIEWPORT_MISSING);
        }
        self.tally.count(&rules::FRAMES_MISSING);
        let mut at = options.begin;
        let mut url = String::new();
        let mut entries = Vec::new();
        for call in &self.turns {
            if let Some(millis) = call.millis() {
                at = Timestamp::from_millis(options.begin.as_millis().saturating_add(millis));
            }
            match told(call, at, &mut url) {
                Told::Interaction(mut told) => {
                    told.page_context.viewport = self.viewport;
                    if let Some(point) = told.coordinates {
                        target(&mut told, &self.targets, crate::model::Point { x: point.x, y: point.y });
                    }
                    entries.push(interaction::entry(*told));
                }
                Told::Said => {}
                Told::Unknown => self.tally.count(&rules::ACTION_UNKNOWN),
            }
        }
        let goal = interaction::shortened(&self.goal, options.limits.max_text);
        let goal = SessionGoal { text: goal.to_owned(), task_id: Some(self.name.clone()), site: None };
        Ok(ImportedSession {
            start: options.start("weblinx", &[self.name.as_bytes()], SessionType::Human, goal, None)?,
            entries,
            blobs: Vec::new(),
            outcome: SessionOutcome::Unknown,
            raw_events: self.rows,
            findings: self.tally.findings(),
        })
    }
}

enum Told {
    Interaction(Box<InteractionData>),
    /// Talk between the two people; the goal tells what was asked.
    Said,
    Unknown,
}

fn told(call: &Call, at: Timestamp, url: &mut String) -> Told {
    let kind = match call.name.as_str() {
        "click" => InteractionType::Click,
        "hover" => InteractionType::Hover,
        "load" => InteractionType::Navigation,
        "copy" => InteractionType::Copy,
        "paste" => InteractionType::Paste,
        "textInput" | "text_input" => InteractionType::Input,
        "change" => InteractionType::Change,
        "submit" => InteractionType::Submit,
        "scroll" => InteractionType::Scroll,
        "tabcreate" | "tabremove" | "tabswitch" => InteractionType::TabSwitch,
        "say" => return Told::Said,
        _ => return Told::Unknown,
    };
    let mut told = interaction::blank(kind.clone(), at);
    if kind == InteractionType::Navigation {
        call.text("url").unwrap_or_default().clone_into(url);
        told.action.url = Some(url.clone());
        told.action.cause = call.text("type").map(|cause| match cause {
            "typed" | "reload" | "link" => cause.to_owned(),
            "form_submit" => "form".to_owned(),
            _ => "route".to_owned(),
        });
    }
    told.page_context.url.clone_from(url);
    let is_scroll = kind == InteractionType::Scroll;
    if is_scroll {
        (told.action.scroll_x, told.action.scroll_y) = (call.number("x"), call.number("y"));
    } else if let (Some(x), Some(y)) = (call.number("x"), call.number("y")) {
        told.coordinates = Some(interaction::at(x, y));
    }
    if kind == InteractionType::Click {
        told.action.button = Some(MouseButton::Left);
    }
    told.action.text = call.text("text").or_else(|| call.text("value")).map(str::to_owned);
    if let Some(tag) = call.text("tag") {
        told.element = Some(ElementData { tag: tag.to_ascii_lowercase(), ..ElementData::default() });
    }
    Told::Interaction(Box::new(told))
}

/// The smallest target of the rows that the point lies in, when it has the tag the turn names.
fn target(told: &mut InteractionData, targets: &[Candidate], at: crate::model::Point) {
    let Some(element) = &mut told.element else { return };
    let size =
        |candidate: &&Candidate| candidate.bounding_box.map_or(f64::MAX, |area| area.width * area.height);
    let hit = targets
        .iter()
        .filter(|candidate| candidate.tag == element.tag)
        .filter(|candidate| candidate.bounding_box.is_some_and(|area| area.contains(at, 0.5)))
        .min_by(|a, b| size(a).total_cmp(&size(b)));
    let Some(hit) = hit else { return };
    element.bounding_box = hit.bounding_box;
    element.text = (!hit.text.is_empty()).then(|| hit.text.clone());
    told.selectors = Some(SelectorSet {
        primary: hit.xpath.clone(),
        alternatives: vec![Selector {
            kind: SelectorKind::Xpath,
            value: hit.xpath.clone(),
            shadow_hosts: Vec::new(),
        }],
        xpath: hit.xpath.clone(),
        ..SelectorSet::default()
    });
}
