//! `index.html`: a page that shows the session with nothing but a browser and the unzipped folder.
//!
//! What the page shows was recorded on pages nobody controls. It is embedded as JSON that cannot end its element, is
//! only ever set as text, and the page's policy allows exactly one script, by its hash, and no network.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::id::ContentHash;
use codesight_core::model::{
    Finding, FrameIndex, InteractionData, Point, QualityReport, Rect, Screenshot, Viewport,
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::settings::ArchiveSession;
use super::source::file_error;

const OPERATION: &str = "archive.viewer";
const TEMPLATE: &str = include_str!("viewer/page.html");
const STYLE: &str = include_str!("viewer/style.css");
const SCRIPT: &str = include_str!("viewer/script.js");

/// Where the steps stand in the page.
const STEPS: &str = "{{steps}}";

/// What the page shows of one interaction.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Step<'a> {
    seq: Option<u64>,
    kind: &'a codesight_core::model::InteractionType,
    at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    point: Option<Point>,
    #[serde(rename = "box", skip_serializing_if = "Option::is_none")]
    area: Option<Rect>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selector: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    keys: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    scroll: Option<Point>,
    #[serde(skip_serializing_if = "<[Point]>::is_empty")]
    path: &'a [Point],
    url: &'a str,
    title: &'a str,
    frames: Vec<StepFrame<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StepFrame<'a> {
    hash: ContentHash,
    relation: &'a codesight_core::model::ScreenshotRelation,
    lag_ms: f64,
    viewport: &'a Viewport,
}

impl<'a> Step<'a> {
    fn new(from: &'a InteractionData) -> Self {
        let element = from.element.as_ref();
        let label = element.and_then(|element| {
            let name = element.name.as_deref().or(element.text.as_deref()).unwrap_or_default();
            let text = format!("{} {name}", element.role.as_deref().unwrap_or(&element.tag));
            Some(text.trim().to_owned()).filter(|text| !text.is_empty())
        });
        let frame = |shot: &'a Screenshot| StepFrame {
            hash: shot.hash,
            relation: &shot.relation,
            lag_ms: shot.lag_ms,
            viewport: &shot.viewport,
        };
        let scrolled = (from.action.scroll_x, from.action.scroll_y);
        Self {
            seq: from.seq,
            kind: &from.kind,
            at: from.timestamp.as_millis(),
            point: from.coordinates.map(|at| Point { x: at.x, y: at.y }),
            area: element.and_then(|element| element.bounding_box),
            target: label,
            selector: from.selectors.as_ref().map(|set| set.primary.as_str()).filter(|text| !text.is_empty()),
            text: from.action.text.as_deref(),
            keys: &from.action.keys,
            scroll: (scrolled != (None, None))
                .then(|| Point { x: scrolled.0.unwrap_or_default(), y: scrolled.1.unwrap_or_default() }),
            path: &from.action.path,
            url: from.action.url.as_deref().unwrap_or(&from.page_context.url),
            title: &from.page_context.title,
            frames: from.screenshots.iter().map(frame).collect(),
        }
    }
}

/// The steps, kept in a nameless file until the page is written: a session may have more than memory should hold.
pub(super) struct StepSpool {
    file: BufWriter<File>,
    empty: bool,
}

impl StepSpool {
    pub(super) fn create(scratch: &Path) -> Result<Self> {
        let file = tempfile::tempfile_in(scratch).map_err(|error| file_error(OPERATION, error))?;
        Ok(Self { file: BufWriter::new(file), empty: true })
    }

    pub(super) fn push(&mut self, interaction: &InteractionData) -> Result<()> {
        let json = embeddable(&Step::new(interaction))?;
        let comma: &[u8] = if std::mem::take(&mut self.empty) { b"" } else { b",\n" };
        self.file
            .write_all(comma)
            .and_then(|()| self.file.write_all(json.as_bytes()))
            .map_err(|error| file_error(OPERATION, error))
    }

    fn replay(self, mut sink: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let fail = |error| file_error(OPERATION, error);
        let mut file = self.file.into_inner().map_err(|error| fail(error.into_error()))?;
        file.seek(SeekFrom::Start(0)).map_err(fail)?;
        let mut reader = BufReader::new(file);
        let mut chunk = vec![0; 64 << 10];
        loop {
            match reader.read(&mut chunk).map_err(fail)? {
                0 => return Ok(()),
                length => sink(chunk.get(..length).unwrap_or_default())?,
            }
        }
    }
}

/// The page up to the steps, and from there on.
pub(super) struct Page {
    before_steps: String,
    after_steps: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts<'a> {
    session: &'a str,
    tenant: &'a str,
    created_at: i64,
    score: f64,
    findings: &'a [Finding],
}

impl Page {
    pub(super) fn new(session: &ArchiveSession, index: &FrameIndex, report: &QualityReport) -> Result<Self> {
        let facts = Facts {
            session: session.session.as_str(),
            tenant: session.tenant.as_str(),
            created_at: session.created_at.as_millis(),
            score: report.score.overall,
            findings: &report.findings,
        };
        let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())));
        // Each part is split off once, so that no text that was put in is looked through again.
        let mut page = String::new();
        let mut rest = TEMPLATE;
        let parts: [(&str, String); 7] = [
            ("{{style-hash}}", hash(STYLE)),
            ("{{script-hash}}", hash(SCRIPT)),
            ("{{session}}", session.session.to_string()),
            ("{{style}}", STYLE.to_owned()),
            ("{{facts}}", embeddable(&facts)?),
            ("{{frames}}", embeddable(index)?),
            (STEPS, String::new()),
        ];
        for (name, text) in parts {
            let (before, after) = rest.split_once(name).ok_or_else(broken_template)?;
            page.push_str(before);
            page.push_str(&text);
            rest = after;
        }
        let (before, after) = rest.split_once("{{script}}").ok_or_else(broken_template)?;
        Ok(Self { before_steps: page, after_steps: [before, SCRIPT, after].concat() })
    }

    pub(super) fn write(&self, steps: StepSpool, mut sink: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        sink(self.before_steps.as_bytes())?;
        steps.replay(&mut sink)?;
        sink(self.after_steps.as_bytes())
    }
}

fn broken_template() -> Error {
    Error::new(ErrorKind::Unexpected, OPERATION, "the page template lacks a part")
}

/// JSON that can stand in a script element: these characters occur only within strings, where an escape says the same,
/// and without `<` nothing can end the element or open a comment.
fn embeddable(value: &impl Serialize) -> Result<String> {
    let json = serde_json::to_string(value)
        .map_err(|error| Error::new(ErrorKind::Unexpected, OPERATION, "not serialisable").caused_by(error))?;
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            other => safe.push(other),
        }
    }
    Ok(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_cannot_end_its_element() {
        let hostile = "</script><script>alert(1)</script><!--\u{2028}";
        let safe = embeddable(&hostile).expect("text");
        assert!(!safe.contains(['<', '>', '\u{2028}']));
        assert_eq!(serde_json::from_str::<String>(&safe).expect("still JSON"), hostile);
    }

    #[test]
    fn the_parts_of_the_page_hold_nothing_that_would_break_it() {
        assert!(!SCRIPT.contains("</script") && !SCRIPT.contains("{{"));
        assert!(!STYLE.contains("</style") && !STYLE.contains("{{"));
        assert!(!SCRIPT.contains("innerHTML") && !SCRIPT.contains("fetch("));
    }
}
