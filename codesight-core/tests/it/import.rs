//! Recordings of other tools: the public corpora with what their sources say of them, and small files of our own.

#[path = "import/agentnet.rs"]
mod agentnet;
#[path = "import/har.rs"]
mod har;
#[path = "import/miniwob.rs"]
mod miniwob;
#[path = "import/playwright.rs"]
mod playwright;
#[path = "import/recorder.rs"]
mod recorder;
#[path = "import/rrweb.rs"]
mod rrweb;
#[path = "import/trajectories.rs"]
mod trajectories;

use codesight_core::error::ErrorKind;
use codesight_core::id::SubjectId;
use codesight_core::import::{ImportOptions, Imported, Source, import};
use codesight_core::model::{InteractionData, SessionConsent};
use codesight_core::time::Timestamp;

/// Options of a test: nobody agreed to anything, and sources without times begin at the beginning of 2026.
pub(crate) fn options() -> ImportOptions {
    let consent = SessionConsent {
        subject: SubjectId::new("nobody").expect("a name"),
        text_version: "none".to_owned(),
        purposes: Vec::new(),
        given_at: Timestamp::from_millis(0),
        evidence_hash: None,
        global_privacy_control: false,
    };
    ImportOptions::new(consent, Timestamp::from_millis(1_767_225_600_000))
}

/// Imports one file that must be recognised as `format`.
pub(crate) fn one(format: &str, name: &str, bytes: impl Into<bytes::Bytes>) -> Imported {
    let imported =
        import(&Source::file(name, bytes), &options()).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(imported.format, format, "{name}");
    imported
}

/// Every interaction of every session.
pub(crate) fn interactions(imported: &Imported) -> Vec<InteractionData> {
    let mut all = Vec::new();
    for session in &imported.sessions {
        session.inspect(|interaction| all.push(interaction.clone()));
    }
    all
}

#[test]
fn what_no_importer_recognises_is_refused_with_a_kind() {
    for nothing in ["", "{}", "[]", "null", "hello", "\u{0}"] {
        let refused = import(&Source::file("file", nothing.as_bytes().to_vec()), &options()).err();
        assert_eq!(refused.map(|error| error.kind()), Some(ErrorKind::Unsupported), "{nothing:?}");
    }
}

#[test]
fn a_source_past_the_limit_is_refused_before_it_is_read() {
    let mut options = options();
    options.limits.max_bytes = 10;
    let refused = import(&Source::file("file", vec![b' '; 11]), &options).err();
    assert_eq!(refused.map(|error| error.kind()), Some(ErrorKind::LimitExceeded));
}
