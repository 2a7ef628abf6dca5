//! Made-up values in every writing, and an interaction that carries one in every field that can hold text. Read by the
//! tests of the masker and by those of the server.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Value, json};

const PLANTS: &str = include_str!("../data/privacy/plants.json");

#[derive(Deserialize)]
struct File {
    plants: Vec<Plant>,
}

#[derive(Deserialize)]
struct Plant {
    kind: String,
    beside: String,
    values: Vec<String>,
}

/// One value in one writing.
pub(crate) struct Planted {
    /// Its type, as the list names it.
    pub(crate) kind: String,
    /// How it is written.
    pub(crate) writing: &'static str,
    /// The text that is planted.
    pub(crate) text: String,
    /// What of the text may be left nowhere, as it stands in JSON: all but the words beside the value.
    pub(crate) secret: String,
}

impl std::fmt::Debug for Planted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} as {}: {}", self.kind, self.writing, self.text)
    }
}

/// Every value in every writing.
pub(crate) fn all() -> Vec<Planted> {
    let file: File = serde_json::from_str(PLANTS).expect("the list of plants");
    let mut all = Vec::new();
    for plant in &file.plants {
        for value in &plant.values {
            for (writing, text) in writings(plant, value) {
                let core = text.strip_prefix(&plant.beside).unwrap_or(&text);
                let quoted = serde_json::to_string(core).expect("JSON");
                let secret = quoted.trim_matches('"').to_owned();
                all.push(Planted { kind: plant.kind.clone(), writing, text, secret });
            }
        }
    }
    all
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
        let folded = character.is_ascii_digit() || character == '@';
        written.push(wide.filter(|_| folded).unwrap_or(character));
    });
    let beside = |written: String| format!("{}{written}", plant.beside);
    let mut all = vec![
        ("raw", beside(value.to_owned())),
        ("percent", beside(percent(false))),
        ("percent of everything", beside(percent(true))),
        ("entities", beside(entities)),
        ("escapes", beside(escapes)),
        ("full width", beside(full_width)),
        ("base64", STANDARD.encode(format!("{}{value}", plant.beside))),
        ("base64 of JSON", URL_SAFE_NO_PAD.encode(format!("{{\"value\":\"{}{value}\"}}", plant.beside))),
    ];
    if matches!(plant.kind.as_str(), "card" | "phone" | "ssn") {
        all.push(("digits only", beside(value.chars().filter(char::is_ascii_digit).collect())));
    }
    all
}

/// An interaction that carries `secret` in every field that can hold text.
pub(crate) fn planted(secret: &str) -> Value {
    json!({
        "type": "click",
        "timestamp": 1,
        "action": { "text": secret, "keys": [secret], "url": format!("https://shop.test/?q={secret}"), "cause": secret },
        "selectors": {
            "primary": format!("text={secret}"),
            "alternatives": [{ "kind": "text", "value": secret, "shadowHosts": [secret] }],
            "xpath": format!("//a[.='{secret}']"),
            "cssPath": format!("a[title='{secret}']"),
            "reliability": [{ "selector": secret, "kind": "text", "score": 1.0, "reasons": [secret] }],
            "unknownYet": secret
        },
        "element": {
            "tag": "a", "role": secret, "name": secret, "text": secret, "value": secret, "inputType": secret,
            "attributes": { "title": secret, "href": format!("/?mail={secret}"), "data-x": secret, "aria-label": secret },
            "frameOrigin": secret, "shadowRoot": secret,
            "fingerprint": { "neighbourText": secret, "indexedXpath": secret, "properties": { "alt": secret } },
            "unknownYet": [secret]
        },
        "pageContext": {
            "url": format!("https://shop.test/?email={secret}"), "title": format!("Hello {secret}"), "language": secret,
            "pageStructure": {
                "heading": secret,
                "sections": [{ "kind": "main", "label": secret }],
                "forms": [{ "name": secret }]
            },
            "nearbyElements": [{ "tag": "p", "role": secret, "text": secret, "selector": secret }],
            "domHierarchy": { "ancestors": [{ "tag": "div", "id": secret, "role": secret, "classes": [secret] }] },
            "products": [{ "name": secret, "price": secret, "sku": secret, "brand": secret, "availability": secret }],
            "unknownYet": { "deep": [{ "deeper": secret }] }
        },
        "visualContext": { "cursor": secret },
        "userContext": {
            "rationale": secret,
            "form": [{ "name": "note", "label": secret, "value": secret, "autocomplete": secret }]
        },
        "stateChanges": [{ "kind": "text", "target": secret, "property": secret, "before": secret, "after": secret }],
        "userIntent": secret,
        "unknownYet": secret
    })
}
