//! Packed events: whole ones as the recorder's packer writes them, and the parts that PostHog compresses on their own.

use std::io::Read;

use serde_json::Value;

use crate::import::{ImportLimits, json};

/// An event from the text of rrweb's packer: zlib, its bytes as the characters of a text.
pub(super) fn packed(text: &str, limits: &ImportLimits) -> Option<Value> {
    let bytes = inflate(flate2::read::ZlibDecoder::new(&*latin1(text)?), limits)?;
    json::parse(&bytes, limits).ok()
}

/// Puts the unpacked parts of an event into the place of its packed ones; false when one cannot be unpacked.
pub(super) fn unpack_parts(event: &mut Value, limits: &ImportLimits) -> bool {
    if event.get("cv").is_none() {
        return true;
    }
    let Some(data) = event.get_mut("data") else { return true };
    if let Value::String(text) = data {
        return match part(text, limits) {
            Some(unpacked) => {
                *data = unpacked;
                true
            }
            None => false,
        };
    }
    let parts = ["texts", "attributes", "removes", "adds"];
    parts.into_iter().all(|name| {
        let Some(packed) = data.get_mut(name) else { return true };
        let Value::String(text) = packed else { return true };
        match part(text, limits) {
            Some(unpacked) => {
                *packed = unpacked;
                true
            }
            None => false,
        }
    })
}

fn part(text: &str, limits: &ImportLimits) -> Option<Value> {
    let bytes = inflate(flate2::read::GzDecoder::new(&*latin1(text)?), limits)?;
    json::parse(&bytes, limits).ok()
}

fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect()
}

fn inflate(packed: impl Read, limits: &ImportLimits) -> Option<Vec<u8>> {
    let limit = limits.max_event_bytes;
    let mut bytes = Vec::new();
    packed.take(limit as u64 + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() <= limit).then_some(bytes)
}
