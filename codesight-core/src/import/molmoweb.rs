//! MolmoWeb: a list of events, each with the screenshot that was taken after it.

use std::io::Read;

use base64::Engine;
use bytes::Bytes;
use serde_json::Value;

use super::interaction::{self, moment, ordered};
use super::picture::Picture;
use super::rules::{self, Tally};
use super::{ImportLimits, ImportOptions, Imported, ImportedBlob, ImportedSession, Importer, Source, json};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    ElementData, InteractionData, InteractionType, MouseButton, ScreenshotRelation, SessionGoal,
    SessionOutcome, SessionType,
};

/// Reads the annotation tool's files, packed with gzip or plain.
#[derive(Debug, Clone, Copy, Default)]
pub struct MolmoWeb;

const OPERATION: &str = "import.molmoweb";
/// The tool waits so long after an event before it takes the screenshot, in milliseconds.
const LAG_MS: f64 = 500.0;

impl Importer for MolmoWeb {
    fn name(&self) -> &'static str {
        "molmoweb"
    }

    fn recognises(&self, source: &Source) -> bool {
        let has = |head: &str| ["\"event\"", "\"screenshot\""].iter().all(|word| head.contains(word));
        let Ok(bytes) = source.only() else { return false };
        if !bytes.starts_with(&[0x1f, 0x8b]) {
            return has(source.head()) || source.head_has(&["\"event\"", "\"viewport_width\""]);
        }
        let mut head = Vec::new();
        let _ = flate2::read::GzDecoder::new(&bytes[..]).take(4_096).read_to_end(&mut head);
        let head = String::from_utf8_lossy(&head);
        head.trim_start().starts_with('[') && head.contains("\"event\"")
    }

    fn read(&self, source: &Source, options: &ImportOptions) -> Result<Imported> {
        let packed = source.only()?;
        let text = unpacked(packed, &options.limits)?;
        let mut tally = Tally::default();
        let mut blobs: Vec<ImportedBlob> = Vec::new();
        let mut entries = Vec::new();
        let rows = json::values(&text, &options.limits)?;
        let mut previous: Option<Picture> = None;
        for (index, row) in rows.iter().enumerate() {
            let row = json::parse(row.get().as_bytes(), &options.limits).unwrap_or(Value::Null);
            let Some(event) = row.get("event").filter(|event| event.is_object()) else {
                tally.count(&rules::EVENT_INVALID);
                continue;
            };
            let picture = match json::text(&row, "screenshot") {
                None => None,
                Some(url) => {
                    let picture = data_url(url).and_then(Picture::read);
                    tally.add(&rules::FRAME_INVALID, usize::from(picture.is_none()));
                    picture
                }
            };
            if let Some(mut told) = told(event, index, options, &mut tally) {
                let viewport = told.page_context.viewport;
                let at = told.timestamp;
                // The picture after one event is what the person saw before the next.
                if let Some(before) = &previous {
                    let lag = -(at.millis_since(options.begin) as f64).clamp(0.0, LAG_MS);
                    told.screenshots.push(before.frame(ScreenshotRelation::Before, at, lag, viewport));
                }
                if let Some(after) = &picture {
                    told.screenshots.push(after.frame(ScreenshotRelation::After, at, LAG_MS, viewport));
                }
                entries.push(interaction::entry(told));
            }
            if let Some(picture) = picture {
                if !blobs.iter().any(|blob| blob.hash == picture.blob.hash) {
                    blobs.push(picture.blob.clone());
                }
                previous = Some(picture);
            }
        }
        let mut imported = Imported::new(self.name());
        if !rows.is_empty() {
            imported.sessions.push(ImportedSession {
                start: options.start(
                    self.name(),
                    &[packed],
                    SessionType::Human,
                    SessionGoal::default(),
                    None,
                )?,
                entries,
                blobs,
                outcome: SessionOutcome::Unknown,
                raw_events: rows.len(),
                findings: tally.findings(),
            });
        }
        Ok(imported)
    }
}

fn unpacked(packed: &Bytes, limits: &ImportLimits) -> Result<Bytes> {
    if !packed.starts_with(&[0x1f, 0x8b]) {
        return Ok(packed.clone());
    }
    let mut text = Vec::new();
    let limit = limits.max_bytes as u64;
    flate2::read::MultiGzDecoder::new(&packed[..])
        .take(limit + 1)
        .read_to_end(&mut text)
        .map_err(|error| Error::invalid(OPERATION, "the file is damaged").caused_by(error))?;
    if text.len() as u64 > limit {
        return Err(Error::new(ErrorKind::LimitExceeded, OPERATION, "unpacked, more bytes than the limit")
            .with("limit", limit));
    }
    Ok(text.into())
}

/// The bytes of `data:image/…;base64,…`.
pub(super) fn data_url(url: &str) -> Option<Bytes> {
    let (head, body) = url.strip_prefix("data:")?.split_once(',')?;
    head.ends_with(";base64")
        .then(|| base64::engine::general_purpose::STANDARD.decode(body).ok())
        .flatten()
        .map(Bytes::from)
}

fn told(event: &Value, index: usize, options: &ImportOptions, tally: &mut Tally) -> Option<InteractionData> {
    let Some(kind) = json::text(event, "type") else {
        tally.count(&rules::EVENT_INVALID);
        return None;
    };
    let kind = match kind {
        "click" | "mousedown" => InteractionType::Click,
        "dblclick" => InteractionType::DoubleClick,
        "contextmenu" => InteractionType::Click,
        "input" | "type" => InteractionType::Input,
        "change" | "select" => InteractionType::Change,
        "scroll" => InteractionType::Scroll,
        "keydown" | "keypress" | "key" => InteractionType::Key,
        "copy" => InteractionType::Copy,
        "paste" => InteractionType::Paste,
        "tabSwitch" | "tab_switch" | "tab_activated" | "tab_created" | "tab_removed" => {
            InteractionType::TabSwitch
        }
        "navigation" | "navigate" | "page_load" | "url_change" => InteractionType::Navigation,
        "mouseup" | "focus" | "blur" | "mousemove" => return None,
        _ => {
            tally.count(&rules::EVENT_UNKNOWN);
            return None;
        }
    };
    let at = match json::number(event, "timestamp").and_then(moment) {
        Some(at) => at,
        None => {
            tally.count(&rules::TIMES_MISSING);
            ordered(options.begin, index)
        }
    };
    let mut told = interaction::blank(kind.clone(), at);
    let text = |name: &str| {
        json::text(event, name).map(|text| interaction::shortened(text, options.limits.max_text).to_owned())
    };
    told.page_context.url = text("url").unwrap_or_default();
    told.page_context.title = text("page_title").unwrap_or_default();
    told.page_context.viewport = json::number(event, "viewport_width")
        .zip(json::number(event, "viewport_height"))
        .and_then(|(width, height)| interaction::viewport(width, height));
    if told.page_context.viewport.is_none() {
        tally.count(&rules::VIEWPORT_MISSING);
    }
    told.coordinates =
        json::number(event, "x").zip(json::number(event, "y")).map(|(x, y)| interaction::at(x, y));
    let sideways = |x: &str, y: &str| (json::number(event, x), json::number(event, y));
    match kind {
        InteractionType::Scroll => {
            let (x, y) = sideways("delta_x", "delta_y");
            let (scroll_x, scroll_y) = sideways("scrollX", "scrollY");
            (told.action.scroll_x, told.action.scroll_y) = (x.or(scroll_x), y.or(scroll_y));
        }
        InteractionType::Key => told.action.keys = text("key").into_iter().collect(),
        InteractionType::Click => {
            told.action.button = Some(match event.get("button") {
                Some(Value::String(button)) if button == "right" => MouseButton::Right,
                Some(Value::Number(button)) if button.as_u64() == Some(2) => MouseButton::Right,
                _ => MouseButton::Left,
            });
        }
        InteractionType::Navigation => told.action.url = text("url"),
        _ => told.action.text = text("value").or_else(|| text("text")),
    }
    let bounding_box = event.get("bbox").and_then(|area| {
        let side = |name: &str, other: &str| json::number(area, name).or_else(|| json::number(area, other));
        interaction::area(
            side("x", "left")?,
            side("y", "top")?,
            json::number(area, "width")?,
            json::number(area, "height")?,
        )
    });
    if let Some(tag) = text("element") {
        told.element = Some(ElementData {
            tag: tag.to_ascii_lowercase(),
            role: text("role"),
            name: text("ariaLabel"),
            text: text("text"),
            attributes: [("id", text("id")), ("class", text("class"))]
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value.filter(|value| !value.is_empty())?)))
                .collect(),
            bounding_box,
            ..ElementData::default()
        });
    }
    Some(told)
}
