//! Samples of every released version of a format stay in `tests/data/<format>/vN` and stay readable.

use codesight_core::wire::{ClientMessage, PROTOCOL, ServerMessage};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

const CLIENT: &str = include_str!("../data/wire/v1/client.jsonl");
const SERVER: &str = include_str!("../data/wire/v1/server.jsonl");

/// Whether everything in `small` is in `large`, which may say more: defaults that are written out.
fn is_within(small: &Value, large: &Value) -> bool {
    match (small, large) {
        (Value::Object(small), Value::Object(large)) => {
            small.iter().all(|(name, value)| large.get(name).is_some_and(|other| is_within(value, other)))
        }
        (Value::Array(small), Value::Array(large)) => {
            small.len() == large.len()
                && small.iter().zip(large).all(|(small, large)| is_within(small, large))
        }
        _ => small == large,
    }
}

fn read_all<T: DeserializeOwned + Serialize>(lines: &str) -> Vec<String> {
    let read = |line: &str| {
        let sample: Value = serde_json::from_str(line).expect("JSON");
        let message: T = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let written = serde_json::to_value(message).expect("JSON");
        assert!(is_within(&sample, &written), "lost something of {line}\nwrote {written}");
        sample["type"].as_str().expect("a type").to_owned()
    };
    lines.lines().map(read).collect()
}

#[test]
fn every_message_of_wire_v1_is_read_and_nothing_of_it_is_lost() {
    assert_eq!(PROTOCOL, "codesight.v1", "a new version needs samples of its own; these stay");
    let client = read_all::<ClientMessage>(CLIENT);
    let server = read_all::<ServerMessage>(SERVER);
    // A message that is added needs a sample: the schema knows them all.
    let schema = codesight_core::wire::schema::json_schema();
    for (definition, samples) in [("ClientMessage", client), ("ServerMessage", server)] {
        for variant in schema["$defs"][definition]["oneOf"].as_array().expect("variants") {
            let name = variant["properties"]["type"]["const"].as_str().expect("a name");
            assert!(samples.iter().any(|sample| sample == name), "no sample of {name}");
        }
    }
}
