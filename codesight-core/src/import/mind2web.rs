//! Mind2Web: tasks with their actions, step rows of the multimodal release, and rows derived from it.

use std::collections::HashMap;

use serde_json::Value;

use super::interaction::{self, ordered};
use super::rules::{self, Tally};
use super::{ImportOptions, Imported, ImportedSession, Importer, Source, json};
use crate::dom::{self, Document};
use crate::error::Result;
use crate::model::{
    CaptureGap, CaptureGapKind, Coordinates, ElementData, InteractionData, InteractionType, MouseButton,
    Rect, SessionGoal, SessionOutcome, SessionType,
};
use crate::wire::ReceivedEntry;

/// Reads Mind2Web.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mind2Web;

impl Importer for Mind2Web {
    fn name(&self) -> &'static str {
        "mind2web"
    }

    fn recognises(&self, source: &Source) -> bool {
        source.head_has(&["\"annotation_id\""])
            && (source.head_has(&["\"operation\""]) || source.head_has(&["\"confirmed_task\""]))
    }

    fn read(&self, source: &Source, options: &ImportOptions) -> Result<Imported> {
        let text = source.only()?;
        let mut imported = Imported::new(self.name());
        let mut tasks: Vec<Task> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut invalid = 0;
        for row in json::values(text, &options.limits)? {
            let Ok(row) = json::parse(row.get().as_bytes(), &options.limits) else {
                invalid += 1;
                continue;
            };
            let Some(id) = json::text(&row, "annotation_id") else {
                invalid += 1;
                continue;
            };
            let place = *places.entry(id.to_owned()).or_insert_with(|| {
                tasks.push(Task::new(id, &row));
                tasks.len() - 1
            });
            json::check_count(tasks.len(), options.limits.max_sessions)?;
            let current = &mut tasks[place];
            if row.get("actions").is_some() {
                current.reprs = json::list(&row, "action_reprs").iter().filter_map(repr).collect();
                current.rows.extend(json::list(&row, "actions").iter().cloned());
                current.total = current.rows.len();
            } else {
                current.row(row);
            }
        }
        for task in tasks {
            imported.sessions.push(task.finish(options)?);
        }
        if invalid > 0 {
            imported.findings.push(rules::EVENT_INVALID.counted(invalid));
        }
        Ok(imported)
    }
}

/// An action in words, such as `[textbox]  City -> TYPE: Paris`.
#[derive(Debug, Clone, PartialEq)]
struct Repr {
    role: String,
    name: String,
    operation: String,
}

fn repr(value: &Value) -> Option<Repr> {
    let text = value.as_str()?;
    let (role, rest) = text.strip_prefix('[')?.split_once(']')?;
    let (name, done) = rest.rsplit_once(" -> ")?;
    let operation = done.split_once(':').map_or(done, |(operation, _)| operation);
    Some(Repr { role: role.to_owned(), name: name.trim().to_owned(), operation: operation.trim().to_owned() })
}

/// The rows of one task.
#[derive(Debug)]
struct Task {
    id: String,
    goal: SessionGoal,
    rows: Vec<Value>,
    reprs: Vec<Repr>,
    total: usize,
}

impl Task {
    fn new(id: &str, row: &Value) -> Self {
        let text = json::text(row, "confirmed_task").or_else(|| json::text(row, "task")).unwrap_or_default();
        Self {
            id: id.to_owned(),
            goal: SessionGoal {
                text: text.to_owned(),
                task_id: Some(id.to_owned()),
                site: json::text(row, "website").map(str::to_owned),
            },
            rows: Vec::new(),
            reprs: Vec::new(),
            total: 0,
        }
    }

    /// Takes a step row; the words for the actions before it, or of the whole task, stand in it as well.
    fn row(&mut self, row: Value) {
        let words = if row.get("previous_actions").is_some() { "previous_actions" } else { "action_reprs" };
        let told = json::list(&row, words);
        if told.len() > self.reprs.len() {
            self.reprs = told.iter().filter_map(repr).collect();
        }
        let total = json::whole(&row, "total_steps").and_then(|total| usize::try_from(total).ok());
        self.total = self.total.max(total.unwrap_or(0)).max(self.reprs.len());
        self.rows.push(row);
    }

    fn finish(mut self, options: &ImportOptions) -> Result<ImportedSession> {
        let place =
            |row: &Value| json::whole(row, "step").or_else(|| json::whole(row, "target_action_index"));
        self.rows.sort_by_key(|row| place(row).unwrap_or(u64::MAX));
        let mut tally = Tally::default();
        let mut entries = Vec::with_capacity(self.rows.len());
        let mut expected = 0;
        for (index, row) in self.rows.iter().enumerate() {
            let step = place(row).and_then(|step| usize::try_from(step).ok()).unwrap_or(index);
            if step > expected {
                tally.count(&rules::STEPS_MISSING);
                entries.push(ReceivedEntry::Gap(CaptureGap {
                    kind: CaptureGapKind::Other("steps-missing".to_owned()),
                    from: ordered(options.begin, expected),
                    until: None,
                    lost: u32::try_from(step - expected).ok(),
                }));
            }
            expected = step.saturating_add(1);
            match told(row, self.reprs.get(step), step, options, &mut tally) {
                Some(told) => entries.push(interaction::entry(told)),
                None => tally.count(&rules::EVENT_INVALID),
            }
        }
        if expected < self.total {
            tally.count(&rules::STEPS_INCOMPLETE);
        }
        if !self.rows.is_empty() {
            tally.count(&rules::TIMES_MISSING);
            tally.count(&rules::FRAMES_MISSING);
            tally.count(&rules::VIEWPORT_MISSING);
        }
        Ok(ImportedSession {
            start: options.start("mind2web", &[self.id.as_bytes()], SessionType::Human, self.goal, None)?,
            entries,
            blobs: Vec::new(),
            outcome: SessionOutcome::Succeeded,
            raw_events: self.rows.len(),
            findings: tally.findings(),
        })
    }
}

/// The operation of a row: an object, the JSON of one in a text, or two fields of the row.
fn operation(row: &Value, options: &ImportOptions) -> Option<(String, String, String)> {
    let parsed;
    let object = match row.get("operation")? {
        Value::String(text) if text.starts_with('{') => {
            parsed = json::parse(text.as_bytes(), &options.limits).ok()?;
            &parsed
        }
        Value::String(name) => {
            let value = json::text(row, "value").unwrap_or_default();
            return Some((name.clone(), name.clone(), value.to_owned()));
        }
        object => object,
    };
    let name = json::text(object, "op")?.to_owned();
    let original = json::text(object, "original_op").unwrap_or(&name).to_owned();
    Some((name, original, json::text(object, "value").unwrap_or_default().to_owned()))
}

fn told(
    row: &Value,
    repr: Option<&Repr>,
    step: usize,
    options: &ImportOptions,
    tally: &mut Tally,
) -> Option<InteractionData> {
    let (name, original, value) = operation(row, options)?;
    // The words keep what the operation simplifies: a hover and the Enter key count as clicks there.
    let original = repr.map_or(original, |repr| repr.operation.clone());
    let simplified = matches!(original.as_str(), "HOVER" | "ENTER") && name == "CLICK";
    if original != name && !simplified {
        tally.count(&rules::CONTRADICTION);
    }
    let kind = match (name.as_str(), original.as_str()) {
        ("CLICK", "HOVER") => InteractionType::Hover,
        ("CLICK", "ENTER") => InteractionType::Key,
        ("CLICK", _) => InteractionType::Click,
        ("TYPE", _) => InteractionType::Input,
        ("SELECT", _) => InteractionType::Select,
        _ => return None,
    };
    let mut told = interaction::blank(kind.clone(), ordered(options.begin, step));
    if kind == InteractionType::Click {
        told.action.button = Some(MouseButton::Left);
    }
    if kind == InteractionType::Key {
        told.action.keys = vec!["Enter".to_owned()];
    }
    if matches!(kind, InteractionType::Input | InteractionType::Select) {
        told.action.text = Some(interaction::shortened(&value, options.limits.max_text).to_owned());
    }
    let mut element = element(row, options).unwrap_or_default();
    if let Some(repr) = repr {
        element.role.get_or_insert_with(|| repr.role.clone());
        if element.name.is_none() && !repr.name.is_empty() {
            element.name = Some(repr.name.clone());
        }
    }
    match boxes(row) {
        Some((on_page, in_view)) => {
            let (page, view) = (on_page.center(), in_view.unwrap_or(on_page).center());
            told.coordinates =
                Some(Coordinates { x: view.x, y: view.y, page_x: Some(page.x), page_y: Some(page.y) });
            element.bounding_box = in_view.or(Some(on_page));
        }
        None => tally.count(&rules::TARGET_MISSING),
    }
    if let Some(selectors) = selectors(row, options) {
        told.selectors = Some(selectors);
    }
    told.element = (element != ElementData::default()).then_some(element);
    told.extra.extend(json::text(row, "action_uid").map(|id| ("sourceId".to_owned(), id.into())));
    Some(told)
}

/// The box on the whole page and, where the row says so, within the part that was shown.
fn boxes(row: &Value) -> Option<(Rect, Option<Rect>)> {
    if let Some(first) = row.get("bbox").and_then(|boxes| boxes.get(0)) {
        let shown =
            row.get("target_blocks").and_then(Value::as_object).and_then(|blocks| blocks.values().next());
        return Some((sides(first)?, shown.and_then(|boxes| sides(boxes.get(0)?))));
    }
    let candidate = json::list(row, "pos_candidates").first()?;
    let attributes = attributes(candidate)?;
    let text = json::text(&attributes, "bounding_box_rect")?;
    let numbers: Vec<f64> = text.split(',').filter_map(|side| side.trim().parse().ok()).collect();
    let [x, y, width, height] = numbers[..] else { return None };
    Some((interaction::area(x, y, width, height)?, None))
}

fn sides(value: &Value) -> Option<Rect> {
    let sides: Vec<f64> = value.as_array()?.iter().filter_map(Value::as_f64).collect();
    let [x, y, width, height] = sides[..] else { return None };
    interaction::area(x, y, width, height)
}

/// Attributes of a candidate, which are JSON in a text.
fn attributes(candidate: &Value) -> Option<Value> {
    match candidate.get("attributes")? {
        Value::String(text) => serde_json::from_str(text).ok(),
        object => Some(object.clone()),
    }
}

fn candidate(row: &Value) -> Option<Value> {
    match json::list(row, "pos_candidates").first()? {
        Value::String(text) => serde_json::from_str(text).ok(),
        object => Some(object.clone()),
    }
}

fn element(row: &Value, options: &ImportOptions) -> Option<ElementData> {
    let candidate = candidate(row)?;
    let attributes = attributes(&candidate).unwrap_or(Value::Null);
    let text = |name: &str| json::text(&attributes, name).filter(|text| !text.is_empty()).map(str::to_owned);
    let mut element =
        in_page(row, options).map(|(page, node)| dom::describe(&page, node)).unwrap_or_default();
    element.tag = json::text(&candidate, "tag").unwrap_or_default().to_owned();
    element.role = element.role.or_else(|| text("role"));
    element.name = element.name.or_else(|| text("aria_label")).or_else(|| text("aria-label"));
    element.input_type = text("type");
    Some(element)
}

fn selectors(row: &Value, options: &ImportOptions) -> Option<crate::model::SelectorSet> {
    in_page(row, options).map(|(page, node)| dom::selectors(&page, node))
}

/// The target in the page that the row brings along.
fn in_page(row: &Value, options: &ImportOptions) -> Option<(Document, dom::NodeId)> {
    let html = json::text(row, "raw_html").or_else(|| json::text(row, "cleaned_html"))?;
    let candidate = candidate(row)?;
    let id = match candidate.get("backend_node_id")? {
        Value::String(id) => id.clone(),
        number => number.to_string(),
    };
    let page = Document::parse(html, options.limits.max_nodes);
    let is_target = |node: &dom::NodeId| page.attribute(*node, "backend_node_id") == Some(id.as_str());
    let node = page.descendants(page.root()).find(is_target)?;
    Some((page, node))
}
