//! Labelled texts: synth_v2, DataFog, pii-anon.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;
use std::path::Path;

use codesight_core::privacy::{DetectInput, urls};
use serde_json::Value;

use super::{Row, detect, read};

/// A text with what is labelled in it.
struct Labelled {
    text: String,
    values: Vec<(String, Range<usize>)>,
}

/// Names of labels, by our type, and the anchors of each.
type Names = &'static [(&'static str, &'static str, &'static str)];

const SYNTH: Names = &[
    ("EMAIL_ADDRESS", "email", "Presidio 1/1; goal 0.99/0.99"),
    ("PHONE_NUMBER", "phone", "Presidio .73/.59, pii .62/.89; goal P 0.95, F1 0.85"),
    ("CREDIT_CARD", "card", "Presidio 1/.77, redact-core 1/.93; goal 0.99/1.00"),
    ("IBAN_CODE", "iban", "Presidio 1/1; goal 0.99/0.99"),
    ("US_SSN", "ssn", "Presidio 1/1; goal 0.99/0.99"),
    ("IP_ADDRESS", "ip-address", "Presidio 1/1, redact-core .87/.93; goal 0.99/0.99"),
    ("DOMAIN_NAME", "url", "Presidio .43/1; goal 0.99/0.99"),
];

const DATAFOG: Names = &[
    ("EMAIL", "email", "labels partly conflict with ours"),
    ("PHONE", "phone", "labels partly conflict with ours"),
    ("CREDIT_CARD", "card", ""),
    ("DE_IBAN", "iban", ""),
    ("SSN", "ssn", "labels nine bare digits too"),
    ("IP_ADDRESS", "ip-address", ""),
];

const ANON: Names = &[
    ("EMAIL_ADDRESS", "email", "recall only: labels are incomplete"),
    ("PHONE_NUMBER", "phone", "recall only"),
    ("IP_ADDRESS", "ip-address", "recall only"),
    ("SOCIAL_SECURITY_NUMBER", "ssn", "recall only"),
    ("MAC_ADDRESS", "mac-address", "recall only"),
    ("API_KEY", "secret", "recall only"),
    ("STREET_ADDRESS", "postal-address", "recall only; ours needs a cue"),
];

/// The rows of all labelled texts.
pub(crate) fn rows(corpora: &Path) -> Vec<Row> {
    let mut rows = score("synth_v2", &synth(corpora), SYNTH, true);
    rows.extend(score("datafog", &datafog(corpora), DATAFOG, true));
    rows.extend(score("pii-anon", &anon(corpora), ANON, false));
    rows
}

fn score(corpus: &'static str, records: &[Labelled], names: Names, with_precision: bool) -> Vec<Row> {
    #[derive(Default)]
    struct Count {
        labelled: usize,
        hit: usize,
        found: usize,
        right: usize,
    }
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    for record in records {
        let mut found: Vec<(&str, Range<usize>)> = detect(&DetectInput::text(&record.text))
            .into_iter()
            .map(|span| (span.kind.as_str(), span.range))
            .collect();
        found.extend(urls(&record.text).into_iter().map(|range| ("url", range)));
        for (label, kind, _) in names {
            let expected: Vec<_> = record.values.iter().filter(|(name, _)| name == label).collect();
            let ours: Vec<_> = found.iter().filter(|(name, _)| name == kind).collect();
            let count = counts.entry(kind).or_default();
            count.labelled += expected.len();
            count.found += ours.len();
            count.hit +=
                expected.iter().filter(|(_, range)| ours.iter().any(|(_, own)| alike(range, own))).count();
            count.right +=
                ours.iter().filter(|(_, own)| expected.iter().any(|(_, range)| alike(range, own))).count();
            if std::env::var_os("CODESIGHT_SHOW_MISSES").is_some() {
                for (_, range) in
                    expected.iter().filter(|(_, range)| !ours.iter().any(|(_, own)| alike(range, own)))
                {
                    eprintln!("{corpus} {kind} missed: {}", around(&record.text, range));
                }
                for (_, own) in
                    ours.iter().filter(|(_, own)| !expected.iter().any(|(_, range)| alike(range, own)))
                {
                    eprintln!("{corpus} {kind} wrong: {}", around(&record.text, own));
                }
            }
        }
    }
    names
        .iter()
        .map(|(_, kind, anchor)| {
            let count = &counts[kind];
            let ratio = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
            Row {
                corpus,
                subject: (*kind).to_owned(),
                precision: with_precision.then(|| ratio(count.right, count.found)),
                recall: ratio(count.hit, count.labelled),
                count: count.labelled,
                anchor,
            }
        })
        .collect()
}

/// Whether two ranges share at least half of what they cover together.
fn alike(one: &Range<usize>, other: &Range<usize>) -> bool {
    let shared = one.end.min(other.end).saturating_sub(one.start.max(other.start));
    let covered = one.end.max(other.end) - one.start.min(other.start);
    2 * shared >= covered
}

/// A public corpus's own text around a place, for finding out why a row is not better.
fn around(text: &str, range: &Range<usize>) -> String {
    let start = text.floor_char_boundary(range.start.saturating_sub(60));
    let end = text.ceil_char_boundary((range.end + 20).min(text.len()));
    format!("{:?} «{}» {:?}", &text[start..range.start], &text[range.clone()], &text[range.end..end])
}

/// Turns places counted in characters into places in bytes.
fn bytes(text: &str, start: u64, end: u64) -> Range<usize> {
    let place = |characters: u64| {
        text.char_indices().nth(usize::try_from(characters).unwrap_or(0)).map_or(text.len(), |(at, _)| at)
    };
    place(start)..place(end)
}

fn labelled(record: &Value, text: &str, spans: &str, kind: &str, places: [&str; 2]) -> Labelled {
    let text = record[text].as_str().unwrap_or_default().to_owned();
    let values = record[spans]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|span| {
            let range = bytes(&text, span[places[0]].as_u64()?, span[places[1]].as_u64()?);
            Some((span[kind].as_str()?.to_owned(), range))
        })
        .collect();
    Labelled { text, values }
}

fn parse(bytes: &[u8]) -> Vec<Value> {
    serde_json::from_slice(bytes).expect("the corpus is a JSON array")
}

fn synth(corpora: &Path) -> Vec<Labelled> {
    let places = ["start_position", "end_position"];
    parse(&read(corpora, "presidio-research/synth_dataset_v2.json"))
        .iter()
        .map(|record| labelled(record, "full_text", "spans", "entity_type", places))
        .collect()
}

fn datafog(corpora: &Path) -> Vec<Labelled> {
    ["edge_cases", "mixed_pii", "negative_cases", "structured_pii", "unstructured_pii"]
        .iter()
        .flat_map(|file| parse(&read(corpora, &format!("datafog/{file}.json"))))
        .map(|record| labelled(&record, "input", "expected_entities", "type", ["start", "end"]))
        .collect()
}

fn anon(corpora: &Path) -> Vec<Labelled> {
    let packed = read(corpora, "pii-anon/test_technology.jsonl.gz");
    let mut lines = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut lines).expect("the corpus is gzip");
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("one JSON value a line"))
        .map(|record: Value| labelled(&record, "text", "annotations", "entity_type", ["start", "end"]))
        .collect()
}
