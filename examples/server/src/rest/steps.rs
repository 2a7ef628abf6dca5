//! `GET /v1/sessions/{session}/steps`: every step in short, so that a viewer shows a session of hundreds of steps before it
//! has fetched the particulars of one.

use axum::Json;
use axum::extract::{Path, Query, State};
use codesight_core::model::{CaptureGap, Finding, Screenshot, ScreenshotRelation};
use codesight_core::ports::{JournalKind, SessionRef};
use codesight_core::{Error, ErrorKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::{Caller, Collector, Reviewer};
use super::describe::Record;
use super::problem::Problem;
use super::step_words::{Told, words};
use crate::app::App;
use crate::archives;

const MOST_STEPS: usize = 1_000;
/// Longest title and address that are told, in characters: the particulars have all of it.
const LONGEST_TEXT: usize = 200;

/// The query.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepsQuery {
    /// Places after this one.
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
}

/// One step in short.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Step {
    seq: u64,
    /// `interaction`, `gap` or `rejected`.
    kind: &'static str,
    #[serde(rename = "type")]
    action: String,
    /// Milliseconds since 1970, by the collector's clock.
    at: i64,
    words: String,
    title: String,
    url: String,
    #[serde(flatten)]
    derived: Derived,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<StepFrame>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<StepFrame>,
    /// Milliseconds from the first to the last raw event.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<f64>,
}

/// A frame in short.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StepFrame {
    hash: String,
    width: u32,
    height: u32,
    viewport_width: f64,
    viewport_height: f64,
    lag_ms: f64,
    redactions: usize,
}

impl From<&Screenshot> for StepFrame {
    fn from(frame: &Screenshot) -> Self {
        Self {
            hash: frame.hash.to_hex(),
            width: frame.width,
            height: frame.height,
            viewport_width: frame.viewport.width,
            viewport_height: frame.viewport.height,
            lag_ms: frame.lag_ms,
            redactions: frame.redactions.len(),
        }
    }
}

/// What the pipeline made of it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Derived {
    #[serde(skip_serializing_if = "Option::is_none")]
    page_view: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    intent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reliability: Option<f64>,
}

/// The part of a stored interaction that a step tells.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    #[serde(default)]
    seq: u64,
    timestamp: i64,
    #[serde(flatten)]
    told: Told,
    #[serde(default)]
    page_context: StoredPage,
    #[serde(default)]
    screenshots: Vec<Screenshot>,
    #[serde(default)]
    derived: Derived,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StoredPage {
    title: String,
    url: String,
}

impl Step {
    fn interaction(stored: Stored) -> Self {
        let frame = |relation: ScreenshotRelation| {
            stored.screenshots.iter().find(|frame| frame.relation == relation).map(StepFrame::from)
        };
        Self {
            seq: stored.seq,
            kind: JournalKind::Interaction.as_str(),
            before: frame(ScreenshotRelation::Before),
            after: frame(ScreenshotRelation::After),
            at: stored.timestamp,
            words: words(&stored.told),
            duration_ms: stored.told.action.duration_ms,
            action: stored.told.kind,
            title: shortened(stored.page_context.title),
            url: shortened(stored.page_context.url),
            derived: stored.derived,
        }
    }

    /// A place that holds no interaction, at the time of the step before it.
    fn missing(seq: u64, kind: &'static str, at: i64, words: String) -> Self {
        Self {
            seq,
            kind,
            action: kind.to_owned(),
            at,
            words,
            title: String::new(),
            url: String::new(),
            derived: Derived::default(),
            before: None,
            after: None,
            duration_ms: None,
        }
    }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

pub(crate) async fn steps(
    State(app): State<App>,
    caller: Caller<(Reviewer, Collector)>,
    Path(session): Path<String>,
    Query(query): Query<StepsQuery>,
) -> Result<Json<Vec<Record<Step>>>, Problem> {
    let found = caller.session(&app, &session).await?;
    let limit = query.limit.unwrap_or(MOST_STEPS).min(MOST_STEPS);
    caller.reads(&app, &found.at, "steps").await?;
    let mut steps = Vec::new();
    if found.stored.archive_url.is_none() {
        steps = recorded(&app, &found.at, query.after, limit).await?;
    }
    if steps.is_empty() && (found.stored.archive_url.is_some() || found.archived_meanwhile(&app).await?) {
        steps = archived(&app, &found.at, query.after, limit).await?;
    }
    Ok(Json(steps.into_iter().map(Record).collect()))
}

async fn archived(app: &App, session: &SessionRef, after: u64, limit: usize) -> Result<Vec<Step>, Problem> {
    let bytes = archives::interactions(app, session).await?;
    let all: Vec<Stored> = serde_json::from_slice(&bytes).map_err(unreadable)?;
    let wanted = all.into_iter().filter(|stored| stored.seq > after).take(limit);
    Ok(wanted.map(Step::interaction).collect())
}

async fn recorded(app: &App, session: &SessionRef, after: u64, limit: usize) -> Result<Vec<Step>, Problem> {
    let mut steps: Vec<Step> = Vec::new();
    for record in app.catalog.read(session, after, limit).await? {
        let last = steps.last().map_or(0, |step| step.at);
        steps.push(match record.kind {
            JournalKind::Interaction => {
                let stored: Stored = serde_json::from_slice(&record.payload).map_err(unreadable)?;
                Step::interaction(Stored { seq: record.seq, ..stored })
            }
            JournalKind::Gap => {
                let gap: CaptureGap = serde_json::from_slice(&record.payload).map_err(unreadable)?;
                let kind = serde_json::to_value(&gap.kind).unwrap_or_default();
                let words = format!("Not captured: {}", kind.as_str().unwrap_or("unknown"));
                Step::missing(record.seq, "gap", gap.from.as_millis(), words)
            }
            _ => {
                let finding = record.payload.parse::<Finding>()?;
                Step::missing(record.seq, "rejected", last, finding.message.clone())
            }
        });
    }
    // A first place without a time of its own takes that of the next.
    if let Some(known) = steps.iter().map(|step| step.at).find(|at| *at > 0) {
        steps.iter_mut().take_while(|step| step.at == 0).for_each(|step| step.at = known);
    }
    Ok(steps)
}

fn unreadable(_: serde_json::Error) -> Problem {
    Error::new(ErrorKind::Corrupt, "rest.steps", "stored JSON is unreadable").into()
}
