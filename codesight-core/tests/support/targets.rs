//! What the fuzz targets check, as plain functions: libFuzzer drives them from `fuzz/`, and a test drives them with a corpus and
//! mutations of it, so that they cannot rot where there is no fuzzer.
//!
//! Each takes any bytes. The first byte chooses between variants; what is text is read as far as it is UTF-8.

use std::sync::Arc;

use codesight_core::id::SubjectId;
use codesight_core::import::{IMPORTERS, ImportOptions, Source};
use codesight_core::model::SessionConsent;
use codesight_core::ports::SecretKey;
use codesight_core::privacy::fields::{FieldCues, classify, classify_form};
use codesight_core::privacy::{
    DetectInput, Masker, PatternDetector, PiiDetector, Pseudonymizer, Raw, Surface,
};
use codesight_core::time::Timestamp;
use codesight_core::wire::{Incoming, WireLimits, decode};

/// A target's name and what it does with bytes; it panics where a promise is broken.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// Every target.
pub(crate) const TARGETS: [Target; 5] =
    [("detector", detector), ("masker", masker), ("fields", fields), ("wire", wire), ("import", import)];

/// Bytes looked at for each byte of text at most; what the test of hostile text allows for longer ones.
const STEPS_A_BYTE: u64 = 1_200;

/// The choice, and the text behind it.
fn text(bytes: &[u8]) -> (u8, &str) {
    let Some((&choice, rest)) = bytes.split_first() else { return (0, "") };
    match std::str::from_utf8(rest) {
        Ok(text) => (choice, text),
        Err(error) => (choice, std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default()),
    }
}

/// Any text: spans are whole, in order and on boundaries, and the work is linear. A NUL parts the cue from the text.
pub(crate) fn detector(bytes: &[u8]) {
    let (choice, text) = text(bytes);
    let (cue, text) = text.split_once('\0').unwrap_or(("", text));
    let surface = if choice & 1 == 1 { Surface::Url } else { Surface::Text };
    let country = (choice & 2 == 2).then_some(*b"US");
    let input = DetectInput { text, surface, cue, country };
    let detector = PatternDetector::new();
    let mut found = Vec::new();
    detector.detect(&input, &mut found);
    let mut end = 0;
    for span in &found {
        assert!(span.range.start >= end && span.range.start < span.range.end, "out of order: {found:?}");
        assert!(text.get(span.range.clone()).is_some(), "within a character: {found:?}");
        end = span.range.end;
    }
    let steps = detector.steps(&input);
    assert!(steps <= STEPS_A_BYTE * (text.len() as u64 + 64), "{steps} steps for {} bytes", text.len());
}

/// Any text: masking what was masked changes nothing, with placeholders and with surrogates.
pub(crate) fn masker(bytes: &[u8]) {
    let (choice, text) = text(bytes);
    let surface = if choice & 1 == 1 { Surface::Url } else { Surface::Text };
    let mask = |text: &str| {
        let pseudonyms = Pseudonymizer::new(SecretKey::from_bytes([7; 32]));
        let pseudonyms = if choice & 2 == 2 { pseudonyms.with_surrogates() } else { pseudonyms };
        let mut masker = Masker::new(Arc::new(PatternDetector::new()), pseudonyms);
        masker.text(Raw::new(text.to_owned()), surface).into_inner()
    };
    let once = mask(text);
    assert_eq!(mask(&once), once, "of {text:?}");
}

/// Any cues: a field has a class, and a form as many as it has fields. A line is a field, tabs part its cues.
pub(crate) fn fields(bytes: &[u8]) {
    let (_, text) = text(bytes);
    let cues: Vec<FieldCues<'_>> = text
        .lines()
        .map(|line| {
            let mut cues = line.split('\t');
            let mut next = || cues.next().unwrap_or_default();
            FieldCues {
                tag: "input",
                input_type: next(),
                autocomplete: next(),
                name: next(),
                id: next(),
                label: next(),
                placeholder: next(),
                aria: next(),
            }
        })
        .collect();
    for field in &cues {
        assert!((0.0..=1.0).contains(&classify(field).score), "{field:?}");
    }
    assert_eq!(classify_form(&cues).len(), cues.len());
}

/// Any message: it is decoded or refused, and nothing else happens.
pub(crate) fn wire(bytes: &[u8]) {
    let (limits, authenticated) =
        (WireLimits::default(), bytes.first().is_some_and(|choice| choice & 1 == 1));
    let (_, text) = text(bytes);
    drop(decode(Incoming::Text(text), &limits, authenticated));
    drop(decode(
        Incoming::Binary(bytes.get(1..).unwrap_or_default().to_vec().into()),
        &limits,
        authenticated,
    ));
}

/// Any file: an importer that recognises it reads it or refuses it, within the limits.
pub(crate) fn import(bytes: &[u8]) {
    const NAMES: [&str; 4] = ["file.json", "file.jsonl", "file.har", "trace.trace"];
    let consent = SessionConsent {
        subject: SubjectId::new("nobody").expect("a name"),
        text_version: "none".to_owned(),
        purposes: Vec::new(),
        given_at: Timestamp::from_millis(0),
        evidence_hash: None,
        global_privacy_control: false,
    };
    let options = ImportOptions::new(consent, Timestamp::from_millis(0));
    let (choice, content) = bytes.split_first().map_or((0, bytes), |(choice, rest)| (*choice, rest));
    let source = Source::file(NAMES[usize::from(choice) % NAMES.len()], content.to_vec());
    // Not only the first that recognises it: each must survive what another tool wrote.
    for importer in IMPORTERS.iter().filter(|importer| importer.recognises(&source)) {
        drop(importer.read(&source, &options));
    }
}
