//! The committed session stays readable and keeps its committed results.
//!
//! `UPDATE_EXPECT=1 cargo test -p codesight-core --all-features committed` writes the results anew; review them as code.

use std::path::Path;

use codesight_core::pipeline::{FrameFacts, Pipeline, SessionInput, SessionRecord};
use codesight_core::ports::{JournalKind, JournalRecord};
use codesight_core::privacy::Masked;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A session as a file: what a journal and a store hold of it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StoredSession {
    session: Box<RawValue>,
    frames: Vec<FrameFacts>,
    records: Vec<StoredRecord>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StoredRecord {
    seq: u64,
    kind: String,
    payload: Box<RawValue>,
}

fn masked(json: &RawValue) -> Masked<bytes::Bytes> {
    Masked::from_store(json.get().to_owned().into())
}

fn read(text: &str) -> SessionInput {
    let stored: StoredSession = serde_json::from_str(text).expect("a stored session");
    let records = stored.records.iter().map(|record| {
        let kind = JournalKind::from_name(&record.kind).expect("a kind of record");
        SessionRecord::from_journal(JournalRecord { seq: record.seq, kind, payload: masked(&record.payload) })
    });
    SessionInput {
        session: masked(&stored.session).parse().expect("a session"),
        records: records.collect(),
        frames: stored.frames,
        vision: None,
        findings: Vec::new(),
    }
}

#[test]
fn the_committed_purchase_gives_its_committed_results() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/session/v1");
    let text = std::fs::read_to_string(folder.join("purchase.json")).expect("a committed session");
    let processed = Pipeline::default().process_session(read(&text));
    let mut actual = serde_json::to_string_pretty(&processed).expect("JSON");
    actual.push('\n');
    let path = folder.join("purchase.expected.json");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &actual).expect("the data folder is writable");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == actual, "{} differs: review with UPDATE_EXPECT=1", path.display());
}
