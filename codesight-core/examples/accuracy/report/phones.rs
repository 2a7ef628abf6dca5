//! The example numbers of libphonenumber: each in its international forms, and at home beside a cue.

use std::path::Path;

use codesight_core::privacy::{DetectInput, PiiType, Surface};

use super::{Row, detect, read};

/// One example: region, calling code, number as dialled abroad, with the prefix used at home.
struct Example {
    region: [u8; 2],
    code: String,
    number: String,
    prefix: String,
}

/// The rows of the example numbers.
pub(crate) fn rows(corpora: &Path) -> Vec<Row> {
    let examples =
        examples(&String::from_utf8_lossy(&read(corpora, "libphonenumber/PhoneNumberMetadata.xml")));
    let share = |subject: &str, anchor, found: &dyn Fn(&Example) -> bool| {
        let hits = examples
            .iter()
            .filter(|example| {
                let hit = found(example);
                if !hit && std::env::var_os("CODESIGHT_SHOW_MISSES").is_some() {
                    eprintln!("{subject} missed: +{} {}", example.code, example.number);
                }
                hit
            })
            .count();
        Row {
            corpus: "libphonenumber",
            subject: subject.to_owned(),
            precision: None,
            recall: hits as f64 / examples.len() as f64,
            count: examples.len(),
            anchor,
        }
    };
    let whole = |text: &str, value: &str, country| {
        let input = DetectInput { text, surface: Surface::Text, cue: "", country };
        let start = text.find(value).unwrap_or(0);
        let range = start..start + value.len();
        detect(&input).iter().any(|span| span.kind == PiiType::Phone && span.range == range)
    };
    vec![
        share(
            "international, +1 234…",
            "Presidio 1.000, pii .957, redact-core .235; goal 1.00",
            &|example| {
                let value = format!("+{} {}", example.code, grouped(&example.number));
                whole(&format!("Reach us under {value} today."), &value, None)
            },
        ),
        share("international, +1234…", "redact-core 0.000; goal 1.00", &|example| {
            let value = format!("+{}{}", example.code, example.number);
            whole(&format!("{{\"p\":\"{value}\"}}"), &value, None)
        }),
        share("national after `Phone: `", "Presidio .565, pii .832; goal 0.97", &|example| {
            let value = format!("{}{}", example.prefix, grouped(&example.number));
            whole(&format!("Phone: {value}"), &value, Some(example.region))
        }),
        share("national, bare digits in a tel field", "goal 0.97", &|example| {
            let value = format!("{}{}", example.prefix, example.number);
            let input = DetectInput {
                text: &value,
                surface: Surface::FieldValue,
                cue: "tel",
                country: Some(example.region),
            };
            detect(&input).iter().any(|span| span.kind == PiiType::Phone && span.range == (0..value.len()))
        }),
    ]
}

/// Groups of three from the right, which most plans come close to.
fn grouped(number: &str) -> String {
    let mut text = String::new();
    for (place, digit) in number.chars().enumerate() {
        let left = number.len() - place;
        if place > 0 && left.is_multiple_of(3) && left >= 3 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// Fixed-line, mobile, toll-free and unified numbers of every territory.
fn examples(metadata: &str) -> Vec<Example> {
    let attribute = |text: &str, name: &str| {
        let start = text.find(&format!(" {name}=\""))? + name.len() + 3;
        text[start..].split('"').next().map(str::to_owned)
    };
    let mut examples = Vec::new();
    for territory in metadata.split("<territory ").skip(1) {
        let head = format!(" {}", territory.split('>').next().unwrap_or_default().replace('\n', " "));
        let Some(id) = attribute(&head, "id").filter(|id| id.len() == 2) else { continue };
        let region = [id.as_bytes()[0], id.as_bytes()[1]];
        let code = attribute(&head, "countryCode").unwrap_or_default();
        let prefix = attribute(&head, "nationalPrefix").unwrap_or_default();
        for line in ["fixedLine", "mobile", "tollFree", "uan"] {
            let part = territory.split(&format!("<{line}>")).nth(1);
            let part = part.and_then(|part| part.split(&format!("</{line}>")).next());
            let number = part
                .and_then(|part| part.split("<exampleNumber>").nth(1))
                .and_then(|rest| rest.split("</exampleNumber>").next());
            if let Some(number) = number {
                let (code, number, prefix) = (code.clone(), number.to_owned(), prefix.clone());
                examples.push(Example { region, code, number, prefix });
            }
        }
    }
    examples
}
