//! Decoding: bad input is refused with a code, and what is good beside it is kept.

use std::io::Write;

use bytes::{BufMut, Bytes, BytesMut};
use codesight_core::id::ContentHash;
use codesight_core::wire::{
    BlobDescriptor, BlobRole, ClientFrame, Incoming, ReceivedEntry, WireCode, WireLimits, decode,
    encode_blob, verify_blob,
};
use proptest::prelude::*;

use crate::corpora;

const GOOD: &str = r#"{"type":"click","timestamp":1}"#;

fn batch(interactions: &[&str]) -> String {
    let list = interactions.join(",");
    format!(r#"{{"type":"batch","sessionId":"s","epoch":1,"firstSeq":1,"interactions":[{list}]}}"#)
}

fn refusal(text: &str) -> WireCode {
    decode(Incoming::Text(text), &WireLimits::default(), true).expect_err("it must be refused").code
}

fn entries(text: &str) -> Vec<ReceivedEntry> {
    match decode(Incoming::Text(text), &WireLimits::default(), true) {
        Ok(ClientFrame::Batch(batch)) => batch.entries,
        other => panic!("not a batch: {other:?}"),
    }
}

#[test]
fn each_kind_of_bad_message_has_its_code() {
    let deep = format!(r#"{{"type":"ping","at":{}"#, "[".repeat(100_000));
    for (text, code) in [
        ("", WireCode::InvalidJson),
        ("{", WireCode::InvalidJson),
        ("[]", WireCode::InvalidMessage),
        (r#"{"type":7}"#, WireCode::InvalidMessage),
        (r#"{"type":"dance"}"#, WireCode::UnknownType),
        (r#"{"type":"hello"}"#, WireCode::InvalidMessage),
        (
            r#"{"type":"batch","sessionId":"../etc","epoch":1,"firstSeq":1,"interactions":[]}"#,
            WireCode::InvalidMessage,
        ),
        (r#"{"type":"batch","sessionId":"s","epoch":1,"firstSeq":1,"interactions":[]}"#, WireCode::BatchSize),
        (
            r#"{"type":"batch","sessionId":"s","epoch":-1,"firstSeq":1,"interactions":[]}"#,
            WireCode::InvalidMessage,
        ),
        (deep.replace("\"at\"", "\"pad\"").as_str(), WireCode::InvalidJson),
    ] {
        assert_eq!(refusal(text), code, "{}", &text[..text.len().min(60)]);
    }
    assert_eq!(refusal(&batch(&[GOOD; 257])), WireCode::BatchSize);
    assert_eq!(
        refusal(&batch(&[GOOD]).replace(r#""firstSeq":1"#, r#""firstSeq":0"#)),
        WireCode::InvalidMessage
    );
}

#[test]
fn the_type_may_stand_anywhere() {
    let text = r#"{"at":5,"type":"ping"}"#;
    assert!(matches!(
        decode(Incoming::Text(text), &WireLimits::default(), true),
        Ok(ClientFrame::Ping { .. })
    ));
}

#[test]
fn one_bad_interaction_leaves_the_others() {
    for bad in [
        r#"{"type":"click"}"#,
        "7",
        r#"{"type":"click","timestamp":1e999}"#,
        r#"{"type":"click","timestamp":1,"pageContext":{"title":"\ud800"}}"#,
        r#"{"type":"click","timestamp":1,"timestamp":2}"#,
    ] {
        let entries = entries(&batch(&[GOOD, bad, GOOD]));
        let judged: Vec<bool> =
            entries.iter().map(|entry| matches!(entry, ReceivedEntry::Interaction(_))).collect();
        assert_eq!(judged, [true, false, true], "{bad}");
    }
}

#[test]
fn a_size_limit_holds_before_and_after_authentication() {
    let limits = WireLimits::default();
    let large = format!(r#"{{"type":"ping","at":1,"pad":"{}"}}"#, "x".repeat(70_000));
    let refused = decode(Incoming::Text(&large), &limits, false).expect_err("too large for a stranger");
    assert_eq!(refused.code, WireCode::MessageTooLarge);
    assert!(decode(Incoming::Text(&large), &limits, true).is_ok());
    let huge = format!(r#"{{"type":"ping","at":1,"pad":"{}"}}"#, "x".repeat(1 << 20));
    assert_eq!(refusal(&huge), WireCode::MessageTooLarge);
}

fn compressed(text: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text).expect("in memory");
    let mut message = BytesMut::from(&[2_u8, 0, 0, 0, 0][..]);
    message.put_slice(&encoder.finish().expect("in memory"));
    message.freeze()
}

#[test]
fn compressed_messages_are_inflated_within_the_limit() {
    let limits = WireLimits::default();
    let good = decode(Incoming::Binary(compressed(batch(&[GOOD]).as_bytes())), &limits, true);
    assert!(matches!(good, Ok(ClientFrame::Batch(_))));
    let bomb = compressed(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 100_000, "the bomb is small");
    let refused = decode(Incoming::Binary(bomb), &limits, true).expect_err("a bomb");
    assert_eq!(refused.code, WireCode::MessageTooLarge);
}

#[test]
fn binary_headers_that_lie_are_refused() {
    let limits = WireLimits::default();
    for message in
        [&[][..], &[1, 0, 0], &[1, 0xff, 0xff, 0xff, 0xff, 1], &[1, 0, 0, 0, 9, b'{'], &[9, 0, 0, 0, 0]]
    {
        let refused =
            decode(Incoming::Binary(Bytes::copy_from_slice(message)), &limits, true).expect_err("a lie");
        assert_eq!(refused.code, WireCode::InvalidBinary);
    }
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes
}

fn descriptor(media_type: &str, bytes: &[u8]) -> BlobDescriptor {
    BlobDescriptor {
        session_id: "s".parse().expect("name"),
        epoch: 1,
        role: BlobRole::Frame,
        hash: ContentHash::of(bytes),
        media_type: media_type.into(),
    }
}

#[test]
fn blobs_are_checked_for_hash_type_and_size() {
    let limits = WireLimits::default();
    let bytes = png(1280, 800);
    let good = descriptor("image/png", &bytes);
    assert_eq!(verify_blob(&good, &bytes, &limits), Ok(()));
    let sent = encode_blob(&good, &bytes).expect("short descriptor");
    assert!(matches!(decode(Incoming::Binary(sent), &limits, true), Ok(ClientFrame::Blob(_))));

    let other = png(1280, 801);
    assert_eq!(verify_blob(&good, &other, &limits), Err(WireCode::BlobHashMismatch));
    assert_eq!(verify_blob(&descriptor("image/jpeg", &bytes), &bytes, &limits), Err(WireCode::BlobMediaType));
    let html = b"<html><script>".to_vec();
    assert_eq!(verify_blob(&descriptor("image/png", &html), &html, &limits), Err(WireCode::BlobMediaType));
    let bomb = png(50_000, 50_000);
    assert_eq!(
        verify_blob(&descriptor("image/png", &bomb), &bomb, &limits),
        Err(WireCode::BlobTooManyPixels)
    );
    let small = WireLimits { max_blob_bytes: 10, ..limits };
    assert_eq!(verify_blob(&good, &bytes, &small), Err(WireCode::BlobTooLarge));
}

#[test]
fn a_refusal_quotes_nothing() {
    let text = batch(&[r#"{"type":"click","timestamp":"jane@shop.test"}"#])
        .replace("\"epoch\":1", "\"epoch\":\"jane@shop.test\"");
    let refused = decode(Incoming::Text(&text), &WireLimits::default(), true).expect_err("wrong shape");
    assert!(!refused.reason.contains("jane"), "{}", refused.reason);
}

#[test]
fn json_test_suite() {
    let Some(folder) = corpora::folder("json/JSONTestSuite/test_parsing") else { return };
    let mut seen = [0_usize; 2];
    for (name, bytes) in corpora::files(&folder) {
        let Ok(text) = std::str::from_utf8(&bytes) else { continue };
        // As a message it is refused or ignored, as a field of an interaction it is kept or refused alone.
        let _ = decode(Incoming::Text(text), &WireLimits::default(), true);
        let field = format!(r#"{{"type":"click","timestamp":1,"unknown":{text}}}"#);
        let accepted = match decode(Incoming::Text(&batch(&[&field])), &WireLimits::default(), true) {
            Ok(ClientFrame::Batch(batch)) => matches!(batch.entries[0], ReceivedEntry::Interaction(_)),
            _ => false,
        };
        if name.starts_with("y_") {
            seen[0] += 1;
            assert!(accepted, "{name} is good JSON");
        }
        // Some of the bad ones become good inside an object: those that only lack or repeat an outer bracket.
        if name.starts_with("n_") && serde_json::from_str::<serde_json::Value>(&field).is_err() {
            seen[1] += 1;
            assert!(!accepted, "{name} is bad JSON");
        }
    }
    assert!(seen[0] > 90 && seen[1] > 150, "the corpus is not where it should be: {seen:?}");
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_decoded(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let limits = WireLimits::default();
        let _ = decode(Incoming::Binary(Bytes::from(bytes.clone())), &limits, true);
        let _ = decode(Incoming::Text(&String::from_utf8_lossy(&bytes)), &limits, false);
        let _ = verify_blob(&descriptor("image/webp", &bytes), &bytes, &limits);
        let mut jpeg = vec![0xff, 0xd8, 0xff];
        jpeg.extend(&bytes);
        let _ = verify_blob(&descriptor("image/jpeg", &jpeg), &jpeg, &limits);
    }
}
