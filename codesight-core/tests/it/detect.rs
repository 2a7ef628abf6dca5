//! The pattern detector: what it finds, what it leaves alone, and how it behaves on hostile text.

use proptest::prelude::*;

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

/// Replaces every find with a placeholder of its type.
fn masked(text: &str) -> String {
    let mut result = String::new();
    let mut copied = 0;
    for span in detect(&DetectInput::text(text)) {
        result.push_str(&text[copied..span.range.start]);
        result.extend(["<", span.kind.placeholder(), "_7KQ2>"]);
        copied = span.range.end;
    }
    result.push_str(&text[copied..]);
    result
}

fn assert_sound(text: &str) {
    let spans = detect(&DetectInput::text(text));
    let mut end = 0;
    for span in &spans {
        assert!(span.range.start >= end && span.range.start < span.range.end, "{text:?}: {spans:?}");
        assert!(text.is_char_boundary(span.range.start) && text.is_char_boundary(span.range.end), "{text:?}");
        end = span.range.end;
    }
}

/// Pieces of what people and programs write, to be put together at random.
fn fragments() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        prop::sample::select(vec![
            "jane@shop.test",
            "4111 1111 1111 1111",
            "555-123-4567",
            "+49 151 12345678",
            "123-45-6789",
            "10.0.0.1",
            "DE44 5001 0517 5407 3249 31",
            "fe80::1",
            "Phone: ",
            "SSN ",
            "card ",
            "born ",
            "Address: ",
            "12 Main Street",
            "1989-03-15",
            "https://a:b@c.test/?token=abcdef12",
            "<EMAIL_7KQ2>",
            "<PHONE_1>",
            "%40",
            "&#64;",
            " at ",
            " dot ",
            "é",
            "＠",
            "１２３",
            "\u{200b}",
            "電話",
            "-",
            " ",
            ",",
            ".",
            "/",
            "(",
            ")",
            "+",
            "@",
            ":",
            "\n",
            "=",
        ])
        .prop_map(str::to_owned),
        "[0-9]{1,6}",
        "[a-zA-Z]{1,8}",
        "\\PC{1,3}",
    ];
    prop::collection::vec(fragment, 0..14).prop_map(|fragments| fragments.concat())
}

proptest! {
    #[test]
    fn spans_are_on_boundaries_and_apart(text in fragments()) {
        assert_sound(&text);
    }

    #[test]
    fn masking_twice_changes_nothing(text in fragments()) {
        let once = masked(&text);
        prop_assert_eq!(masked(&once), once);
    }
}

#[test]
fn work_is_linear_in_hostile_text() {
    let detector = PatternDetector::new();
    for unit in [
        "1 ",
        "@",
        "1-",
        "1.",
        "a@",
        "::",
        "eyJ.",
        "-----BEGIN PRIVATE KEY",
        "12 Main ",
        "http://",
        "%40",
        "ab=",
        "(at)",
        "\u{ff11}",
    ] {
        let steps = |count: usize| detector.steps(&DetectInput::text(&unit.repeat(count)));
        let (short, long) = (steps(2_000), steps(20_000));
        assert!(long <= 11 * short, "{unit:?}: {short} steps, ten times as much text {long}");
        assert!(long <= 20_000 * unit.len() as u64 * 600, "{unit:?}: {long} steps");
    }
}

#[test]
fn naughty_strings_do_no_harm() {
    let Some(corpora) = std::env::var_os("CODESIGHT_CORPORA") else {
        eprintln!("SKIPPED: naughty strings, because CODESIGHT_CORPORA is not set");
        return;
    };
    let folder = std::path::Path::new(&corpora).join("json/blns");
    let mut texts = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let Ok(file) = std::fs::read_to_string(entry.unwrap().path()) else { continue };
        assert_sound(&file);
        for line in file.lines() {
            assert_sound(line);
            assert_eq!(masked(&masked(line)), masked(line));
            texts += 1;
        }
    }
    assert!(texts > 400);
}

#[test]
fn a_long_text_without_a_space_and_full_of_addresses_is_read_in_time() {
    // Looking again around each find must not read the whole text for each of them.
    let text = "a1@b.co,".repeat(40_000);
    assert_eq!(detect(&DetectInput::text(&text)).len(), 40_000);
}

#[test]
fn a_find_in_a_long_text_is_the_one_of_its_line() {
    let line =
        "Order for jane@canary.example, phone: +44 20 7946 0321, 4012 8888 8888 1881 and mac 3c22.fb9a.4110.";
    let filler = "The lamp is made of oak and brass, 30 x 40 cm, and costs 49.90. ".repeat(200);
    let text = format!("{filler}\n{line}\n{filler}\n{line}\n{filler}");
    let of_line = found(line);
    assert_eq!(of_line.len(), 4);
    assert_eq!(found(&text), [of_line.clone(), of_line].concat());
}

#[test]
fn an_escape_in_a_long_text_is_decoded_with_its_line() {
    let lines = [
        "mail=jane%2Edoe%40canary%2Eexample&x=1",
        "Phone:\n+44%2020%207946%200321",
        r#"{"m":"\u006aane\u0040canary.example"}"#,
    ];
    let filler = "The lamp is made of oak and brass, 30 x 40 cm, and costs 49.90.\n".repeat(200);
    let text = lines.map(|line| format!("{filler}{line}\n")).concat();
    let each: Vec<_> = lines.iter().flat_map(|line| found(line)).collect();
    assert_eq!(each.len(), 3, "{each:?}");
    assert_eq!(found(&text), each);
}

#[test]
fn other_writings_are_found_whole_and_what_only_looks_like_them_is_left() {
    for (text, expected) in [
        ("mail=jane%2Edoe%40canary%2Eexample&x=1", Some("jane%2Edoe%40canary%2Eexample")),
        ("&#106;ane&#64;canary.example", Some("&#106;ane&#64;canary.example")),
        (r#"{"m":"\u006aane\u0040canary.example"}"#, Some(r"\u006aane\u0040canary.example")),
        ("card=%34%30%31%32888888881881", Some("%34%30%31%32888888881881")),
        ("id=amFuZUBjYW5hcnkuZXhhbXBsZQ==;", Some("amFuZUBjYW5hcnkuZXhhbXBsZQ==")),
        ("/u/amFuZUBjYW5hcnkuZXhhbXBsZQ/orders", Some("amFuZUBjYW5hcnkuZXhhbXBsZQ")),
        ("https://shop.test/lamp%20oak?q=100%25+cotton%2C+size%2042", None),
        ("integrity=sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC", None),
        ("cGFzcyB0aGUgYnV0dGVyIHBsZWFzZQ== is a sentence", None),
        ("Internationalisation of counterrevolutionaries", None),
    ] {
        let spans = found(text);
        assert_eq!(spans.iter().map(|(_, value)| value.as_str()).next(), expected, "{text}: {spans:?}");
        assert!(spans.len() <= 1, "{text}: {spans:?}");
    }
}

proptest! {
    #[test]
    fn spans_of_escaped_text_are_in_order_whole_and_on_boundaries(
        text in "([a-c1-4@.%&#;x\\\\u<>=/_ é٣４-]|%[2-7][0-9A-F]|&#[0-9]{2,3};|\\\\u00[2-7][0-9a-f]|amFuZUBjYW5hcnkuZXhhbXBsZQ|4012888888881881){0,40}"
    ) {
        let spans = detect(&DetectInput { surface: Surface::Url, ..DetectInput::text(&text) });
        let mut end = 0;
        for span in &spans {
            prop_assert!(span.range.start >= end && span.range.start < span.range.end, "{:?}", spans);
            prop_assert!(text.get(span.range.clone()).is_some(), "{:?}", spans);
            end = span.range.end;
        }
    }
}
