//! Canaries: made-up values in every surface and every writing, none of which may survive the masker.

use std::fmt::Write;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use codesight_core::model::InteractionData;
use codesight_core::ports::SecretKey;
use codesight_core::privacy::{Masker, PatternDetector, Pseudonymizer, Raw};
use serde::Deserialize;
use serde_json::Value;

use crate::masker::planted;

const PLANTS: &str = include_str!("../data/privacy/plants.json");

#[derive(Deserialize)]
struct Plants {
    plants: Vec<Plant>,
}

#[derive(Deserialize)]
struct Plant {
    kind: String,
    beside: String,
    values: Vec<String>,
}

fn each(value: &str, mut write: impl FnMut(&mut String, char)) -> String {
    let mut written = String::new();
    value.chars().for_each(|character| write(&mut written, character));
    written
}

/// The value as different programs write it. Digits alone keep their cue, for nothing else tells what they are.
fn writings(plant: &Plant, value: &str) -> Vec<(&'static str, String)> {
    let signs = |character: char| !character.is_ascii_alphanumeric() && !matches!(character, '.' | '-' | '_');
    let percent = |all: bool| {
        each(value, |written, character| {
            if all || signs(character) {
                write!(written, "%{:02X}", u32::from(character)).expect("a string");
            } else {
                written.push(character);
            }
        })
    };
    let entities = each(value, |written, character| {
        write!(written, "&#{};", u32::from(character)).expect("a string");
    });
    let escapes = each(value, |written, character| {
        write!(written, "\\u{:04x}", u32::from(character)).expect("a string");
    });
    let full_width = each(value, |written, character| {
        let wide = u32::from(character).checked_add(0xFEE0).and_then(char::from_u32);
        written.push(if character.is_ascii_digit() || character == '@' {
            wide.unwrap_or(character)
        } else {
            character
        });
    });
    let packed = STANDARD.encode(format!("{}{value}", plant.beside));
    let url_safe = URL_SAFE_NO_PAD.encode(format!("{{\"value\":\"{}{value}\"}}", plant.beside));
    let beside = |written: String| format!("{}{written}", plant.beside);
    let mut all = vec![
        ("raw", beside(value.to_owned())),
        ("percent", beside(percent(false))),
        ("percent of everything", beside(percent(true))),
        ("entities", beside(entities)),
        ("escapes", beside(escapes)),
        ("full width", beside(full_width)),
        ("base64", packed),
        ("base64 of JSON", url_safe),
    ];
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    if matches!(plant.kind.as_str(), "card" | "phone" | "ssn") {
        all.push(("digits only", beside(digits)));
    }
    all
}

#[test]
fn no_canary_survives_in_any_surface_in_any_writing() {
    let plants: Plants = serde_json::from_str(PLANTS).expect("the list of plants");
    let (mut survivors, mut tried, mut places) = (Vec::new(), 0, 0);
    for plant in &plants.plants {
        for value in &plant.values {
            for (name, written) in writings(plant, value) {
                // Without its cue: that may stay.
                let core = written.strip_prefix(&plant.beside).unwrap_or(&written);
                let input: Value = planted(&written);
                let quoted = serde_json::to_string(core).expect("JSON");
                let quoted = quoted.trim_matches('"');
                let before = input.to_string().matches(quoted).count();
                assert!(before > 40, "the {} is not in the input as {name}", plant.kind);
                (tried, places) = (tried + 1, places + before);
                let interaction: InteractionData = serde_json::from_value(input).expect("an interaction");
                let mut masker = Masker::new(
                    Arc::new(PatternDetector::new()),
                    Pseudonymizer::new(SecretKey::from_bytes([7; 32])),
                );
                let masked = serde_json::to_value(masker.interaction(Raw::new(interaction))).expect("JSON");
                let left = masked.to_string().matches(quoted).count();
                if left > 0 {
                    survivors.push(format!("{} {value} as {name}: {left} of {before}", plant.kind));
                }
            }
        }
    }
    assert!(tried > 200 && places > 8_000, "{tried} plants in {places} places");
    assert!(survivors.is_empty(), "{} of {tried}:\n{}", survivors.len(), survivors.join("\n"));
}
