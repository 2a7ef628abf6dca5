//! The detector on DOM, form and shop text, against the patterns a user would hand to the `regex` crate, and against
//! the limit: one `memchr` pass for three signs.
//!
//! `cargo run --release -p codesight-benches --bin detector`
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::hint::black_box;
use std::time::Instant;

use codesight_benches::{fastest, interaction};
use codesight_core::privacy::{DetectInput, PatternDetector, PiiDetector, Surface};
use regex::Regex;
use serde_json::Value;

#[path = "../../../codesight-core/examples/accuracy/report/shop_text.rs"]
mod shop_text;

const RUNS: u32 = 7;

/// E-mail, phone, card, IBAN, SSN, IPv4, IPv6, MAC, token, key, secret in a URL, date: as tutorials write them.
const PATTERNS: [&str; 12] = [
    r"\b[\w.+-]+@[\w-]+\.[\w.-]+\b",
    r"(?:\+\d{1,3}[ .-]?)?\(?\d{2,4}\)?[ .-]?\d{3,4}[ .-]?\d{3,4}\b",
    r"\b(?:\d[ -]?){13,19}\b",
    r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b",
    r"\b\d{3}-\d{2}-\d{4}\b",
    r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
    r"\b(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}\b",
    r"\b(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}\b",
    r"\beyJ[\w-]+\.[\w-]+\.[\w-]+\b",
    r"\b(?:sk|pk|ghp|AKIA)[-_]?[A-Za-z0-9_]{16,}\b",
    r"(?i)(?:token|password|secret|api_?key)=[^&\s]+",
    r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b",
];

/// What people type into forms, with the label of the field.
const VALUES: [(&str, &str); 12] = [
    ("E-mail", "jane.doe@shop.test"),
    ("Phone", "+44 20 7946 0958"),
    ("Mobile", "0151 12345678"),
    ("Card number", "4111 1111 1111 1111"),
    ("IBAN", "DE44 5001 0517 5407 3249 31"),
    ("Street", "1600 Amphitheatre Parkway"),
    ("City", "Mountain View"),
    ("Name", "Jane Doe"),
    ("Search", "running shoes size 42"),
    ("Quantity", "3"),
    ("Date of birth", "15.03.1989"),
    ("Note", "Please leave it at the back door, thank you"),
];

fn main() {
    let dom = strings_of_interactions();
    let forms: Vec<String> =
        VALUES.iter().cycle().take(100_000).map(|(_, value)| (*value).to_owned()).collect();
    let shop = shop_text::cells(2_000_000);
    let patterns: Vec<Regex> = PATTERNS.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect();
    assert_eq!(patterns.len(), PATTERNS.len(), "a pattern is broken");
    println!("{:32} {:>12} {:>12} {:>12} {:>8}", "MB/s, one core", "detector", "regex", "memchr", "ratio");
    for (name, texts) in [
        ("DOM text, string by string", &dom),
        ("form values, one by one", &forms),
        ("shop text, two fifths digits", &shop),
        ("shop text, as one document", &vec![shop.join(" \n")]),
    ] {
        compare(name, texts, &patterns);
    }
    one_value();
}

fn compare(name: &str, texts: &[String], patterns: &[Regex]) {
    let detector = PatternDetector::new();
    let mut found = Vec::new();
    let ours = rate(texts, |text| {
        found.clear();
        detector.detect(&DetectInput::text(text), &mut found);
        found.len()
    });
    let theirs = rate(texts, |text| patterns.iter().map(|pattern| pattern.find_iter(text).count()).sum());
    let limit = rate(texts, |text| memchr::memchr3_iter(b'@', b':', b'+', text.as_bytes()).count());
    println!("{name:32} {ours:12.0} {theirs:12.1} {limit:12.0} {:7.0}x", ours / theirs);
}

fn rate(texts: &[String], mut look: impl FnMut(&str) -> usize) -> f64 {
    let bytes: usize = texts.iter().map(String::len).sum();
    let time = fastest(RUNS, || {
        for text in texts {
            black_box(look(black_box(text)));
        }
    });
    bytes as f64 / 1e6 / time.as_secs_f64()
}

/// How long a person waits for one value at most.
fn one_value() {
    const ROUNDS: usize = 20_000;
    let detector = PatternDetector::new();
    let mut found = Vec::with_capacity(8);
    let mut nanos = Vec::with_capacity(ROUNDS * VALUES.len());
    for _ in 0..ROUNDS {
        for (cue, text) in VALUES {
            found.clear();
            let input = DetectInput { text, surface: Surface::FieldValue, cue, country: Some(*b"US") };
            let begun = Instant::now();
            detector.detect(black_box(&input), &mut found);
            nanos.push(begun.elapsed().as_nanos());
        }
    }
    nanos.sort_unstable();
    let at = |share: f64| nanos[((nanos.len() - 1) as f64 * share) as usize];
    println!("one form value: p50 {} ns, p99 {} ns (goal p99 <= 10,000 ns)", at(0.5), at(0.99));
}

/// Every text of a session of interactions, as the masker sees them.
fn strings_of_interactions() -> Vec<String> {
    let mut strings = Vec::new();
    for number in 1..=200 {
        collect(&serde_json::to_value(interaction(number)).unwrap_or_default(), &mut strings);
    }
    strings
}

fn collect(value: &Value, strings: &mut Vec<String>) {
    match value {
        Value::String(text) => strings.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, strings)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, strings)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
