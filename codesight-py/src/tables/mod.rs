//! What sessions hold, as columns.

mod frames;
mod interactions;

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{StringBuilder, UInt64Builder};
use arrow_schema::{DataType, Field};
use codesight_core::model::QualityReport;
use codesight_core::{Error, ErrorKind, Result};

pub(crate) use frames::frames;
pub(crate) use interactions::interactions;

use crate::arrow::ArrowTable;

/// Columns in the making, each with its field.
#[derive(Default)]
struct Columns {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Columns {
    fn add(&mut self, name: &str, kind: DataType, array: impl arrow_array::Array + 'static) {
        self.fields.push(Field::new(name, kind, true));
        self.arrays.push(Arc::new(array));
    }

    fn table(self) -> Result<ArrowTable> {
        ArrowTable::new(self.fields, self.arrays)
    }
}

/// JSON of a file that passed the archive's checks and still is not what it must be.
fn corrupt(path: &'static str, error: &serde_json::Error) -> Error {
    Error::new(ErrorKind::Corrupt, "python.table", "a file of the archive does not fit its type")
        .with("path", path)
        .with("line", error.line())
        .with("column", error.column())
}

/// The findings of a report: session_id, rule, severity, seq, field, message.
pub(crate) fn findings(session: &str, report: &[u8]) -> Result<ArrowTable> {
    let report: QualityReport =
        serde_json::from_slice(report).map_err(|error| corrupt("quality-report.json", &error))?;
    let (mut rules, mut severities) = (StringBuilder::new(), StringBuilder::new());
    let (mut seqs, mut fields, mut messages) =
        (UInt64Builder::new(), StringBuilder::new(), StringBuilder::new());
    for finding in &report.findings {
        rules.append_value(finding.rule.as_str());
        severities.append_value(match finding.severity {
            codesight_core::model::Severity::Info => "info",
            codesight_core::model::Severity::Warning => "warning",
            codesight_core::model::Severity::Error => "error",
        });
        seqs.append_option(finding.place.seq);
        fields.append_option(finding.place.field.as_deref());
        messages.append_value(&finding.message);
    }
    let mut columns = Columns::default();
    columns.add("session_id", DataType::Utf8, repeat(session, report.findings.len()));
    columns.add("rule", DataType::Utf8, rules.finish());
    columns.add("severity", DataType::Utf8, severities.finish());
    columns.add("seq", DataType::UInt64, seqs.finish());
    columns.add("field", DataType::Utf8, fields.finish());
    columns.add("message", DataType::Utf8, messages.finish());
    columns.table()
}

fn repeat(text: &str, rows: usize) -> arrow_array::StringArray {
    arrow_array::StringArray::from_iter_values(std::iter::repeat_n(text, rows))
}
