//! The interactions of an archive as columns.
//!
//! Reads what the columns need and passes the rest of each interaction by: most of it is page context, which a table of
//! actions does not hold. That is most of the speed of this way against objects of Python.

use std::borrow::Cow;

use arrow_array::TimestampMillisecondArray;
use arrow_array::builder::{Float64Builder, Int64Builder, StringBuilder, UInt64Builder};
use arrow_schema::{DataType, TimeUnit};
use codesight_core::Result;
use serde::Deserialize;

use super::{Columns, corrupt, repeat};
use crate::arrow::ArrowTable;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    #[serde(default)]
    seq: Option<u64>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    timestamp: i64,
    #[serde(default)]
    coordinates: Option<Place>,
    #[serde(borrow, default)]
    action: Action<'a>,
    #[serde(borrow, default)]
    selectors: Option<Selectors<'a>>,
    #[serde(borrow, default)]
    element: Option<Element<'a>>,
    #[serde(borrow, default)]
    page_context: Page<'a>,
    #[serde(borrow, default)]
    screenshots: Vec<Shot<'a>>,
    #[serde(default)]
    confidence: Option<f64>,
    #[serde(borrow, default)]
    derived: Derived<'a>,
}

#[derive(Deserialize)]
struct Place {
    x: f64,
    y: f64,
}

#[derive(Deserialize)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Action<'a> {
    #[serde(borrow, default)]
    button: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
    #[serde(default)]
    scroll_x: Option<f64>,
    #[serde(default)]
    scroll_y: Option<f64>,
}

#[derive(Deserialize)]
struct Selectors<'a> {
    #[serde(borrow, default)]
    primary: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Element<'a> {
    #[serde(borrow, default)]
    tag: Cow<'a, str>,
    #[serde(borrow, default)]
    role: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(rename = "box", default)]
    area: Option<Area>,
}

#[derive(Deserialize, Default)]
struct Page<'a> {
    #[serde(borrow, default)]
    url: Cow<'a, str>,
    #[serde(borrow, default)]
    title: Cow<'a, str>,
    #[serde(default)]
    viewport: Option<Sides>,
}

#[derive(Deserialize)]
struct Sides {
    width: f64,
    height: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shot<'a> {
    #[serde(borrow)]
    hash: Cow<'a, str>,
    #[serde(borrow)]
    relation: Cow<'a, str>,
    lag_ms: f64,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Derived<'a> {
    #[serde(borrow, default)]
    page_kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    intent: Option<Cow<'a, str>>,
    #[serde(default)]
    since_previous_ms: Option<i64>,
    #[serde(default)]
    reliability: Option<f64>,
}

/// One row for each interaction; `TABLE_COLUMNS` of the package's documentation says what the columns hold.
pub(crate) fn interactions(session: &str, json: &[u8]) -> Result<ArrowTable> {
    let rows: Vec<Row<'_>> =
        serde_json::from_slice(json).map_err(|error| corrupt("interactions.json", &error))?;
    let mut columns = Columns::default();
    columns.add("session_id", DataType::Utf8, repeat(session, rows.len()));
    columns.whole(&rows, "seq", |row| row.seq);
    let times = TimestampMillisecondArray::from_iter_values(rows.iter().map(|row| row.timestamp));
    let kind = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
    columns.add("timestamp", kind, times.with_timezone("UTC"));
    columns.text(&rows, "type", |row| Some(&row.kind));
    columns.number(&rows, "x", |row| row.coordinates.as_ref().map(|at| at.x));
    columns.number(&rows, "y", |row| row.coordinates.as_ref().map(|at| at.y));
    columns.text(&rows, "button", |row| row.action.button.as_deref());
    columns.text(&rows, "text", |row| row.action.text.as_deref());
    columns.number(&rows, "scroll_x", |row| row.action.scroll_x);
    columns.number(&rows, "scroll_y", |row| row.action.scroll_y);
    columns.text(&rows, "url", |row| Some(&row.page_context.url));
    columns.text(&rows, "title", |row| Some(&row.page_context.title));
    columns.number(&rows, "viewport_width", |row| row.page_context.viewport.as_ref().map(|side| side.width));
    columns
        .number(&rows, "viewport_height", |row| row.page_context.viewport.as_ref().map(|side| side.height));
    columns.text(&rows, "tag", |row| row.element.as_ref().map(|element| &*element.tag));
    columns.text(&rows, "role", |row| row.element.as_ref().and_then(|element| element.role.as_deref()));
    columns.text(&rows, "name", |row| row.element.as_ref().and_then(|element| element.name.as_deref()));
    let area = |row: &Row<'_>, of: fn(&Area) -> f64| {
        row.element.as_ref().and_then(|element| element.area.as_ref()).map(of)
    };
    columns.number(&rows, "box_x", |row| area(row, |area| area.x));
    columns.number(&rows, "box_y", |row| area(row, |area| area.y));
    columns.number(&rows, "box_width", |row| area(row, |area| area.width));
    columns.number(&rows, "box_height", |row| area(row, |area| area.height));
    columns.text(&rows, "selector", |row| row.selectors.as_ref().map(|selectors| &*selectors.primary));
    let before = |row: &'_ Row<'_>| row.screenshots.iter().position(|shot| shot.relation == "before");
    let after = |row: &'_ Row<'_>| row.screenshots.iter().position(|shot| shot.relation == "after");
    columns.text(&rows, "before_frame", |row| before(row).map(|at| &*row.screenshots[at].hash));
    columns.number(&rows, "before_lag_ms", |row| before(row).map(|at| row.screenshots[at].lag_ms));
    columns.text(&rows, "after_frame", |row| after(row).map(|at| &*row.screenshots[at].hash));
    columns.text(&rows, "page_kind", |row| row.derived.page_kind.as_deref());
    columns.text(&rows, "intent", |row| row.derived.intent.as_deref());
    columns.signed(&rows, "since_previous_ms", |row| row.derived.since_previous_ms);
    columns.number(&rows, "confidence", |row| row.confidence);
    columns.number(&rows, "reliability", |row| row.derived.reliability);
    columns.table()
}

impl Columns {
    fn text<'r>(&mut self, rows: &'r [Row<'r>], name: &str, of: impl Fn(&'r Row<'r>) -> Option<&'r str>) {
        let mut builder = StringBuilder::with_capacity(rows.len(), rows.len() * 16);
        rows.iter().for_each(|row| builder.append_option(of(row)));
        self.add(name, DataType::Utf8, builder.finish());
    }

    fn number(&mut self, rows: &[Row<'_>], name: &str, of: impl Fn(&Row<'_>) -> Option<f64>) {
        let mut builder = Float64Builder::with_capacity(rows.len());
        rows.iter().for_each(|row| builder.append_option(of(row)));
        self.add(name, DataType::Float64, builder.finish());
    }

    fn whole(&mut self, rows: &[Row<'_>], name: &str, of: impl Fn(&Row<'_>) -> Option<u64>) {
        let mut builder = UInt64Builder::with_capacity(rows.len());
        rows.iter().for_each(|row| builder.append_option(of(row)));
        self.add(name, DataType::UInt64, builder.finish());
    }

    fn signed(&mut self, rows: &[Row<'_>], name: &str, of: impl Fn(&Row<'_>) -> Option<i64>) {
        let mut builder = Int64Builder::with_capacity(rows.len());
        rows.iter().for_each(|row| builder.append_option(of(row)));
        self.add(name, DataType::Int64, builder.finish());
    }
}
