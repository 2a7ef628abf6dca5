//! Prints how well personal data is found: precision and recall on labelled texts, numbers and forms, false finds on
//! shop text, and speed. The corpora are in the folder named by `CODESIGHT_CORPORA`; without it, the rows that need
//! them are left out, and that is said.
//!
//! `cargo run -p codesight-core --release --example accuracy`
//!
//! - `--scores FILE` writes the table that the tests compare with.
//! - `--cells FILE` counts what is found in a file of cells that hold nothing personal, separated by NUL bytes.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command that prints a report")]

mod report;
mod speed;

use std::path::PathBuf;

use report::{Row, shop, shop_text};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        arguments.iter().position(|argument| argument == name).and_then(|place| arguments.get(place + 1))
    };
    let corpora = std::env::var_os("CODESIGHT_CORPORA").map(PathBuf::from);
    let rows = match &corpora {
        Some(corpora) => report::rows(corpora),
        None => {
            println!("SKIPPED: labelled texts, numbers and forms, because CODESIGHT_CORPORA is not set\n");
            Vec::new()
        }
    };
    print_rows(&rows);
    let cells = shop_text::cells(4_000_000);
    print_false_finds("generated shop text, 4 MB", &shop::false_finds(cells.iter().map(String::as_str)));
    if let Some(file) = option("--cells") {
        let bytes = std::fs::read(file).expect("the file can be read");
        let text = String::from_utf8_lossy(&bytes);
        print_false_finds(file, &shop::false_finds(text.split('\0')));
        speed::print("cells of that file", &text.split('\0').map(str::to_owned).collect::<Vec<_>>());
    }
    if let Some(corpora) = &corpora {
        speed::print("texts and attributes of real pages", &speed::texts_of_pages(corpora));
    }
    speed::print("generated shop text, two fifths digits", &cells);
    speed::print_form_values();
    if let Some(file) = option("--scores") {
        std::fs::write(file, scores(&rows)).expect("the file can be written");
    }
}

fn print_rows(rows: &[Row]) {
    println!(
        "{:<15} {:<38} {:>6} {:>9} {:>7}  elsewhere; goal",
        "corpus", "subject", "n", "precision", "recall"
    );
    for row in rows {
        let precision = row.precision.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
        println!(
            "{:<15} {:<38} {:>6} {precision:>9} {:>7.3}  {}",
            row.corpus, row.subject, row.count, row.recall, row.anchor
        );
    }
    println!();
}

fn print_false_finds(name: &str, finds: &shop::FalseFinds) {
    println!("false finds per MB, {name}: {:.2} in all", finds.total);
    for (kind, rate) in &finds.per_megabyte {
        println!("  {kind:<15} {rate:.2}");
    }
    println!("  elsewhere: Presidio phone 486; DataFog ssn 233; redact-core card 50; pii phone 1,794");
    println!("  goal: card, ssn, iban 0; phone <= 2; all <= 5\n");
}

fn scores(rows: &[Row]) -> String {
    let rounded = |value: f64| (value * 10_000.0).floor() / 10_000.0;
    let table: Vec<_> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "corpus": row.corpus,
                "subject": row.subject,
                "precision": row.precision.map(rounded),
                "recall": rounded(row.recall),
            })
        })
        .collect();
    let text = serde_json::to_string_pretty(&table).expect("a table is JSON");
    format!("{text}\n")
}
