//! Mending what can be mended without changing what is taught.

use std::fmt;
use std::io::{BufRead, Read as _, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use codesight_core::{Error, ErrorKind, Result};
use serde::Serialize;
use serde_json::Value;

use super::options::ValidatorOptions;
use crate::format::value_to_bytes;
use crate::image::{ImageBounds, ImageFormat};
use crate::limits::ByteOrderMark;
use crate::special::neutralise;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How often each thing was mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RepairReport {
    /// Lines read.
    pub lines: u64,
    /// A byte order mark was removed or added.
    pub byte_order_mark: bool,
    /// Carriage returns at ends of lines.
    pub carriage_returns: u64,
    /// Lines without anything on them, left out.
    pub blank_lines: u64,
    /// Texts in which a special token got a blank.
    pub special_tokens: u64,
    /// Calls whose arguments were an object and are now a text.
    pub arguments: u64,
    /// Images written anew, in a format or mode that the service takes; no pixel moved.
    pub images: u64,
    /// Images whose media type was named wrongly.
    pub media_types: u64,
}

impl fmt::Display for RepairReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} line(s); mended: {} carriage return(s), {} blank line(s), {} special token(s), {} call(s), {} image(s), {} media type(s){}",
            self.lines,
            self.carriage_returns,
            self.blank_lines,
            self.special_tokens,
            self.arguments,
            self.images,
            self.media_types,
            if self.byte_order_mark { ", the byte order mark" } else { "" }
        )
    }
}

/// Copies a file and mends what is safe: nothing that is taught changes, no example is dropped, no coordinate becomes wrong. A line that
/// is not touched stays as it is, byte for byte; so does one that cannot be read.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when reading or writing fails; [`ErrorKind::LimitExceeded`] for a line longer than the reader takes, since
/// what cannot be held cannot be copied whole.
pub fn repair(
    input: &mut dyn BufRead,
    output: &mut dyn Write,
    options: &ValidatorOptions,
) -> Result<RepairReport> {
    let failed = |error: std::io::Error| {
        Error::new(ErrorKind::Unavailable, "validate.repair", "the file could not be copied").caused_by(error)
    };
    let bounds = options.limits.image_bounds();
    let most = options.reader.max_line_bytes as u64 + 1;
    let mut report = RepairReport::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut *input).take(most).read_until(b'\n', &mut line).map_err(failed)?;
        if read == 0 {
            output.flush().map_err(failed)?;
            return Ok(report);
        }
        report.lines += 1;
        if line.len() as u64 >= most && line.last() != Some(&b'\n') {
            return Err(Error::new(ErrorKind::LimitExceeded, "validate.repair", "a line is too long")
                .with("line", report.lines)
                .with("limit", most - 1));
        }
        let mut bytes = line.strip_suffix(b"\n").unwrap_or(&line);
        if report.lines == 1 {
            let wanted = options.limits.byte_order_mark == ByteOrderMark::Expected;
            let had = bytes.starts_with(BYTE_ORDER_MARK);
            report.byte_order_mark = wanted != had;
            bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
            if wanted {
                output.write_all(BYTE_ORDER_MARK).map_err(failed)?;
            }
        }
        if let Some(rest) = bytes.strip_suffix(b"\r") {
            report.carriage_returns += 1;
            bytes = rest;
        }
        if bytes.trim_ascii().is_empty() {
            report.blank_lines += 1;
            continue;
        }
        match mended(bytes, &bounds, &mut report) {
            Some(mended) => output.write_all(&mended),
            None => output.write_all(bytes),
        }
        .and_then(|()| output.write_all(b"\n"))
        .map_err(failed)?;
    }
}

/// The line anew; none when nothing in it needs mending or it is no JSON.
fn mended(line: &[u8], bounds: &ImageBounds, report: &mut RepairReport) -> Option<Vec<u8>> {
    let mut value: Value = serde_json::from_slice(line).ok()?;
    let before = *report;
    mend(&mut value, bounds, report);
    if *report == before {
        return None;
    }
    value_to_bytes(&value).ok()
}

fn mend(value: &mut Value, bounds: &ImageBounds, report: &mut RepairReport) {
    match value {
        Value::String(text) if text.starts_with("data:") => {
            if let Some(url) = image(text, bounds, report) {
                *text = url;
            }
        }
        Value::String(text) => {
            let (clean, count) = neutralise(text);
            if count > 0 {
                report.special_tokens += 1;
                *text = clean.into_owned();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mend(item, bounds, report)),
        Value::Object(entries) => {
            let is_call = entries.contains_key("name");
            for (key, value) in entries {
                if is_call && key == "arguments" && value.is_object() {
                    report.arguments += 1;
                    *value = value.to_string().into();
                }
                mend(value, bounds, report);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The address anew, if the image needs it and can be decoded.
fn image(url: &str, bounds: &ImageBounds, report: &mut RepairReport) -> Option<String> {
    let (media_type, packed) = url.strip_prefix("data:")?.split_once(";base64,")?;
    let bytes = STANDARD.decode(packed).ok()?;
    let fitted = bounds.fit(&bytes).ok()?;
    let format = ImageFormat::sniff(&fitted)?;
    let is_new = matches!(fitted, std::borrow::Cow::Owned(_));
    if is_new {
        report.images += 1;
    } else if ImageFormat::from_media_type(media_type) != Some(format) {
        report.media_types += 1;
    } else {
        return None;
    }
    Some(format!("data:{};base64,{}", format.media_type(), STANDARD.encode(&fitted)))
}
