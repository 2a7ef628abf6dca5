//! What the detector and the field classifier get right, as rows that can be printed and compared.

pub(crate) mod forms;
pub(crate) mod phones;
pub(crate) mod shop;
pub(crate) mod shop_text;
pub(crate) mod texts;

use std::path::Path;

use codesight_core::privacy::{DetectInput, PatternDetector, PiiDetector, PiiSpan};

/// One measured figure pair.
pub(crate) struct Row {
    /// The corpus.
    pub(crate) corpus: &'static str,
    /// What was looked for in it.
    pub(crate) subject: String,
    /// Share of finds that are right, if the corpus labels everything.
    pub(crate) precision: Option<f64>,
    /// Share of labelled values that were found.
    pub(crate) recall: f64,
    /// Labelled values.
    pub(crate) count: usize,
    /// What is reached elsewhere, and what is wanted here.
    pub(crate) anchor: &'static str,
}

/// All rows that need the corpora.
pub(crate) fn rows(corpora: &Path) -> Vec<Row> {
    let mut rows = texts::rows(corpora);
    rows.extend(phones::rows(corpora));
    rows.extend(forms::rows(corpora));
    rows
}

/// The spans of an input.
pub(crate) fn detect(input: &DetectInput<'_>) -> Vec<PiiSpan> {
    let mut found = Vec::new();
    PatternDetector::new().detect(input, &mut found);
    found
}

fn read(corpora: &Path, file: &str) -> Vec<u8> {
    let path = corpora.join("pii").join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
