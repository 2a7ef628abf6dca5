//! No figure may fall: the accuracy report against the committed table.

#[path = "../../examples/accuracy/report/mod.rs"]
mod report;

use std::path::Path;

use report::Row;
use serde_json::Value;

const SCORES: &str = include_str!("../data/privacy/scores.json");

#[test]
fn no_score_falls() {
    let Some(corpora) = std::env::var_os("CODESIGHT_CORPORA") else {
        eprintln!("SKIPPED: accuracy on labelled texts, because CODESIGHT_CORPORA is not set");
        return;
    };
    let table: Vec<Value> = serde_json::from_str(SCORES).unwrap();
    let rows = report::rows(Path::new(&corpora));
    let mut fallen = Vec::new();
    for known in &table {
        let row =
            rows.iter().find(|row| known["corpus"] == row.corpus && known["subject"] == row.subject.as_str());
        let Some(row) = row else {
            fallen.push(format!("{known} is not measured any more"));
            continue;
        };
        let falls = |figure: Option<f64>, name: &str| {
            known[name].as_f64().filter(|before| figure.is_none_or(|figure| figure < *before))
        };
        for (name, figure) in [("precision", row.precision), ("recall", Some(row.recall))] {
            if let Some(before) = falls(figure, name) {
                let Row { corpus, subject, count, anchor, .. } = row;
                fallen.push(format!("{corpus} {subject}, {count}: {name} {figure:?} was {before}; {anchor}"));
            }
        }
    }
    assert!(fallen.is_empty(), "{}", fallen.join("\n"));
    assert_eq!(rows.len(), table.len(), "a new row belongs into the table: `accuracy --scores`");
}

#[test]
fn shop_text_is_left_alone() {
    let cells = report::shop_text::cells(1_000_000);
    let finds = report::shop::false_finds(cells.iter().map(String::as_str));
    assert!(finds.total <= 2.0, "{:?}", finds.per_megabyte);
}
