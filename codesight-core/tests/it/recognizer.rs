//! The second look: it adds, and never takes away.

use std::sync::Arc;

use async_trait::async_trait;
use codesight_core::model::InteractionData;
use codesight_core::ports::SecretKey;
use codesight_core::privacy::{
    EntityRecognizer, Masked, Masker, PatternDetector, PiiSpan, PiiType, Pseudonymizer, Raw, SecondLook,
};
use codesight_core::{Error, ErrorKind, Result};
use serde_json::{Value, json};

/// Finds this word, and says whatever else it is told to.
#[derive(Debug)]
struct Fake {
    word: &'static str,
    also: Vec<std::ops::Range<usize>>,
    failure: Option<ErrorKind>,
    answers_missing: usize,
}

fn span(range: std::ops::Range<usize>) -> PiiSpan {
    PiiSpan { range, kind: PiiType::PersonName, score: 0.9, evidence: "model" }
}

#[async_trait]
impl EntityRecognizer for Fake {
    fn version(&self) -> &str {
        "fake-1"
    }

    async fn recognize(&self, texts: &Masked<Vec<String>>) -> Result<Vec<Vec<PiiSpan>>> {
        if let Some(kind) = self.failure {
            return Err(Error::new(kind, "test", "no answer about Ottilie"));
        }
        let of = |text: &String| {
            assert!(!text.contains("@canary"), "the recogniser saw an address");
            let named = text.match_indices(self.word).map(|(at, word)| span(at..at + word.len()));
            named.chain(self.also.iter().cloned().map(span)).collect()
        };
        Ok(texts.iter().skip(self.answers_missing).map(of).collect())
    }
}

fn fake() -> Fake {
    Fake { word: "Ottilie", also: Vec::new(), failure: None, answers_missing: 0 }
}

fn look(fake: Fake, title: &str) -> (String, Option<Value>) {
    let pseudonyms = Pseudonymizer::new(SecretKey::from_bytes([7; 32]));
    let interaction = json!({ "type": "click", "timestamp": 1, "seq": 4, "pageContext": {
        "title": title, "url": "https://shop.test/Ottilie"
    } });
    let interaction: InteractionData = serde_json::from_value(interaction).expect("an interaction");
    let masked =
        Masker::new(Arc::new(PatternDetector::new()), pseudonyms.clone()).interaction(Raw::new(interaction));
    let second = SecondLook::new(Arc::new(fake), pseudonyms);
    let (masked, finding) = pollster::block_on(second.interaction(masked));
    (masked.page_context.title.clone(), finding.map(|finding| serde_json::to_value(finding).expect("JSON")))
}

#[test]
fn what_it_finds_is_added_to_what_was_masked() {
    let (title, finding) = look(fake(), "Parcel for Ottilie, ottilie@canary.example, Ottilie!");
    assert_eq!(title.matches("<NAME_").count(), 2, "{title}");
    assert!(title.contains("<EMAIL_") && !title.contains("Ottilie") && finding.is_none(), "{title}");
}

#[test]
fn spans_that_do_not_fit_are_ignored_and_no_placeholder_is_touched() {
    let before = look(Fake { word: "nobody", ..fake() }, "Jürgen: jane@canary.example").0;
    #[expect(clippy::reversed_empty_ranges, reason = "a service may answer anything")]
    let places = vec![2..3, 5..500, 9..3, 0..0, 8..before.len()];
    let (title, finding) =
        look(Fake { word: "nobody", also: places, ..fake() }, "Jürgen: jane@canary.example");
    assert_eq!((title, finding), (before, None));
}

#[test]
fn when_it_fails_everything_is_kept_with_a_finding_that_quotes_nothing() {
    for failing in
        [Fake { failure: Some(ErrorKind::Unavailable), ..fake() }, Fake { answers_missing: 1, ..fake() }]
    {
        let (title, finding) = look(failing, "Parcel for Ottilie");
        let finding = finding.expect("a finding");
        assert_eq!(title, "Parcel for Ottilie");
        assert_eq!((&finding["rule"], &finding["place"]["seq"]), (&json!("recognizer-failed"), &json!(4)));
        assert!(!finding.to_string().contains("Ottilie"), "{finding}");
    }
}
