//! What is found in shop text, which holds nothing personal.

use codesight_core::privacy::DetectInput;

use super::detect;

/// What the detector said about text that holds nothing personal.
pub(crate) struct FalseFinds {
    /// By type, per million bytes.
    pub(crate) per_megabyte: Vec<(&'static str, f64)>,
    /// All of them.
    pub(crate) total: f64,
}

/// Counts what is found in cells that hold nothing personal.
pub(crate) fn false_finds<'t>(cells: impl Iterator<Item = &'t str>) -> FalseFinds {
    let mut counts = std::collections::BTreeMap::new();
    let mut bytes = 0;
    for cell in cells {
        bytes += cell.len();
        for span in detect(&DetectInput::text(cell)) {
            *counts.entry(span.kind.as_str()).or_insert(0_u32) += 1;
            if std::env::var_os("CODESIGHT_SHOW_MISSES").is_some() {
                let start = cell.floor_char_boundary(span.range.start.saturating_sub(40));
                let end = cell.ceil_char_boundary((span.range.end + 20).min(cell.len()));
                eprintln!(
                    "shop {} [{}]: {:?}",
                    span.kind.as_str(),
                    &cell[span.range.clone()],
                    &cell[start..end]
                );
            }
        }
    }
    let megabytes = bytes as f64 / 1e6;
    let per_megabyte: Vec<_> =
        counts.iter().map(|(kind, count)| (*kind, f64::from(*count) / megabytes)).collect();
    let total = per_megabyte.iter().fold(0.0, |total, (_, rate)| total + rate);
    FalseFinds { per_megabyte, total }
}
