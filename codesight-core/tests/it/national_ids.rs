//! National ids: one example of each is found, the same with another check digit is not, and neither is any beside
//! the words of a shop.

use codesight_core::privacy::{DetectInput, PatternDetector, PiiDetector, PiiType};

/// One line an id: country, tab, text with the id between `«` and `»`.
const EXAMPLES: &str = include_str!("../data/privacy/national-ids.txt");

struct Example {
    country: &'static str,
    before: &'static str,
    id: &'static str,
    after: &'static str,
}

fn examples() -> Vec<Example> {
    let read = |line: &'static str| {
        let (country, text) = line.split_once('\t').expect("a country");
        let (before, rest) = text.split_once('«').expect("an id");
        let (id, after) = rest.split_once('»').expect("its end");
        Example { country, before, id, after }
    };
    EXAMPLES.lines().map(read).collect()
}

fn found(text: &str) -> Vec<(PiiType, &str)> {
    let mut spans = Vec::new();
    PatternDetector::new().detect(&DetectInput::text(text), &mut spans);
    spans.into_iter().map(|span| (span.kind, &text[span.range])).collect()
}

#[test]
fn an_example_of_each_id_is_found_whole() {
    let mut missed = Vec::new();
    for Example { country, before, id, after } in examples() {
        let text = format!("{before}{id}{after}");
        if found(&text) != [(PiiType::NationalId, id)] {
            missed.push(format!("{country}: {text}: {:?}", found(&text)));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn there_is_an_example_of_each_id_in_the_table() {
    let examples = examples();
    for (country, name) in PatternDetector::national_ids() {
        let digits = |id: &str| id.chars().filter(char::is_ascii_digit).count();
        let is_shown = examples.iter().any(|example| example.country == country && digits(example.id) >= 9);
        assert!(is_shown, "{country} {name} has no example");
    }
    let countries: std::collections::BTreeSet<_> = examples.iter().map(|example| example.country).collect();
    println!("{} examples of {} countries", examples.len(), countries.len());
}

/// Ids without a check: a date is all that is known of one, the form all of the other two.
const UNCHECKED: [&str; 3] = ["211062-5629", "AB123456C", "ACUPA7085R"];

#[test]
fn most_mistyped_digits_are_noticed() {
    let (mut tried, mut accepted) = (0, 0);
    for Example { before, id, after, .. } in examples() {
        if UNCHECKED.contains(&id) {
            continue;
        }
        for (place, digit) in id.char_indices().filter(|(_, letter)| letter.is_ascii_digit()) {
            let other = char::from(b'0' + (u8::try_from(digit).expect("ASCII") - b'0' + 1) % 10);
            let mistyped = format!("{before}{}{other}{}{after}", &id[..place], &id[place + 1..]);
            tried += 1;
            accepted += usize::from(found(&mistyped).iter().any(|(kind, _)| *kind == PiiType::NationalId));
        }
    }
    // A cue does not say of which country an id is, so that a wrong one may fit another country's rule.
    assert!(accepted * 4 < tried, "{accepted} of {tried} mistyped ids are taken for one");
}

#[test]
fn beside_the_words_of_a_shop_no_id_of_digits_alone_is_found() {
    for Example { id, .. } in examples() {
        let plain: String = id.chars().filter(char::is_ascii_digit).collect();
        if id.chars().any(|letter| letter.is_ascii_alphabetic()) || plain.len() == 18 {
            continue;
        }
        for text in
            [format!("SKU {plain} in stock"), format!("Article {plain}, 3 pieces"), format!("EAN {plain}")]
        {
            let ids: Vec<_> =
                found(&text).into_iter().filter(|(kind, _)| *kind == PiiType::NationalId).collect();
            assert!(ids.is_empty(), "{text}: {ids:?}");
        }
    }
}

/// As names of pictures are: a name on a real page fitted the Italian rule.
#[test]
fn in_both_cases_letters_and_digits_are_no_id() {
    assert_eq!(found("/images/RAviPyVZJB5K5Ros/1.png"), []);
    assert_eq!(found("RCCMNL83S18D969H"), [(PiiType::NationalId, "RCCMNL83S18D969H")]);
    assert_eq!(found("rccmnl83s18d969h"), [(PiiType::NationalId, "rccmnl83s18d969h")]);
    assert_eq!(found("RCCMNL83s18D969H"), []);
}
