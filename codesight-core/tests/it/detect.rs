//! The pattern detector: what it finds, what it leaves alone, and how it behaves on hostile text.

use codesight_core::privacy::{DetectInput, PatternDetector, PiiDetector, PiiSpan, PiiType, Surface};

fn detect(input: &DetectInput<'_>) -> Vec<PiiSpan> {
    let mut found = Vec::new();
    PatternDetector::new().detect(input, &mut found);
    found
}

fn found(text: &str) -> Vec<(PiiType, String)> {
    let spans = detect(&DetectInput::text(text));
    spans.into_iter().map(|span| (span.kind, text[span.range].to_owned())).collect()
}

/// One line per case: type, tab, text with the expected value between `«` and `»`. No marks: nothing may be found.
const CASES: &str = include_str!("../data/privacy/detect.txt");

#[test]
fn finds_what_the_table_marks() {
    let mut wrong = Vec::new();
    for (number, line) in CASES.lines().enumerate() {
        let Some((kind, marked)) = line.split_once('\t') else { continue };
        let marked = marked.replace("\\n", "\n");
        let text = marked.replace(['«', '»'], "");
        let expected: Vec<(String, String)> = marked
            .split('«')
            .skip(1)
            .map(|rest| (kind.to_owned(), rest.split_once('»').unwrap().0.to_owned()))
            .collect();
        let actual: Vec<(String, String)> =
            found(&text).into_iter().map(|(kind, value)| (kind.as_str().to_owned(), value)).collect();
        if actual != expected {
            wrong.push(format!(
                "line {}: {text:?}\n  expected {expected:?}\n  found    {actual:?}",
                number + 1
            ));
        }
    }
    assert!(wrong.is_empty(), "{} cases differ\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_field_label_is_a_cue() {
    let field = |cue, text| {
        let input = DetectInput { text, surface: Surface::FieldValue, cue, country: None };
        detect(&input).iter().map(|span| (span.kind, span.range.clone())).collect::<Vec<_>>()
    };
    assert_eq!(field("Mobile number", "667 788 12"), [(PiiType::Phone, 0..10)]);
    assert_eq!(field("billing_phone", "5551234"), [(PiiType::Phone, 0..7)]);
    assert_eq!(field("Quantity", "5551234"), []);
    assert_eq!(field("Date of birth", "1989-03-15"), [(PiiType::BirthDate, 0..10)]);
}
