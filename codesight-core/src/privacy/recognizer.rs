//! An optional second look by a recogniser of names and places, such as a language model: it may only add finds.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::pseudonym::placeholder_length;
use super::walk::{TextVisitor, Walk};
use super::{Masked, PiiSpan, Pseudonymizer, Surface};
use crate::error::Result;
use crate::model::{Finding, InteractionData, RuleId, Severity};

/// The recogniser did not answer, or not with what was asked: the interaction is kept as it was masked before.
pub const RECOGNIZER_FAILED: RuleId = RuleId::new("recognizer-failed");

/// Recognises entities that have no form of their own, such as names.
#[async_trait]
pub trait EntityRecognizer: fmt::Debug + Send + Sync {
    /// Name and version, for reports.
    fn version(&self) -> &str;

    /// The spans of each text, in the order of the texts.
    ///
    /// # Behaviour
    /// - it is given text that was masked before, and sees no value that has a form of its own
    /// - places are bytes; spans that do not fit the text, or touch a placeholder, are ignored
    /// - it may fail or be slow; whoever calls it goes on without it
    ///
    /// # Errors
    /// Whatever kept it from answering. Nothing is masked less for it.
    async fn recognize(&self, texts: &Masked<Vec<String>>) -> Result<Vec<Vec<PiiSpan>>>;
}

/// Adds what a recogniser finds to interactions that were masked before.
#[derive(Debug, Clone)]
pub struct SecondLook {
    recognizer: Arc<dyn EntityRecognizer>,
    pseudonyms: Pseudonymizer,
}

impl SecondLook {
    /// Under the same key as the first look, so that the same name gets the same stand-in.
    pub fn new(recognizer: Arc<dyn EntityRecognizer>, pseudonyms: Pseudonymizer) -> Self {
        Self { recognizer, pseudonyms }
    }

    /// The interaction with what was found in addition, or as it was with a finding that says why.
    pub async fn interaction(
        &self,
        masked: Masked<InteractionData>,
    ) -> (Masked<InteractionData>, Option<Finding>) {
        let mut interaction = masked.into_inner();
        let mut collector = Collector::default();
        interaction.walk(&mut collector);
        if collector.texts.is_empty() {
            return (Masked::new(interaction), None);
        }
        let texts = Masked::new(collector.texts.into_iter().collect::<Vec<_>>());
        let failure = match self.recognizer.recognize(&texts).await {
            Ok(spans) if spans.len() == texts.len() => {
                interaction.walk(&mut Applier { texts: &texts, spans: &spans, pseudonyms: &self.pseudonyms });
                None
            }
            Ok(spans) => Some(format!("{} answers to {} texts", spans.len(), texts.len())),
            // The kind alone: what a service says may quote what it was given.
            Err(error) => Some(format!("the recogniser failed: {:?}", error.kind())),
        };
        let finding = failure.map(|message| match interaction.seq {
            Some(seq) => Finding::at(seq, RECOGNIZER_FAILED, Severity::Warning, message),
            None => Finding::session(RECOGNIZER_FAILED, Severity::Warning, message),
        });
        (Masked::new(interaction), finding)
    }
}

/// Whether a text is prose that can hold a name: not an address, a selector, a word of a list.
fn is_prose(text: &str, surface: Surface) -> bool {
    matches!(surface, Surface::Text | Surface::Title)
        && text.chars().filter(|letter| letter.is_alphabetic()).count() >= 3
}

/// Gathers each text once.
#[derive(Default)]
struct Collector {
    texts: BTreeSet<String>,
}

impl TextVisitor for Collector {
    fn text(&mut self, text: &mut String, surface: Surface, _: &str) {
        if is_prose(text, surface) {
            self.texts.insert(text.clone());
        }
    }

    fn word(&mut self, _: &mut String) {}
}

/// Puts placeholders in place of the spans.
struct Applier<'a> {
    texts: &'a [String],
    spans: &'a [Vec<PiiSpan>],
    pseudonyms: &'a Pseudonymizer,
}

impl TextVisitor for Applier<'_> {
    fn text(&mut self, text: &mut String, surface: Surface, _: &str) {
        if !is_prose(text, surface) {
            return;
        }
        let Ok(place) = self.texts.binary_search(text) else { return };
        let mut spans: Vec<&PiiSpan> = self.spans[place].iter().collect();
        spans.sort_by_key(|span| (span.range.start, std::cmp::Reverse(span.range.end)));
        let mut masked = String::with_capacity(text.len());
        let mut copied = 0;
        for span in spans {
            let Some(value) = text.get(span.range.clone()).filter(|value| !value.trim().is_empty()) else {
                continue;
            };
            if span.range.start < copied || touches_placeholder(text, span) {
                continue;
            }
            masked.push_str(&text[copied..span.range.start]);
            masked.push_str(&self.pseudonyms.placeholder(span.kind, value));
            copied = span.range.end;
        }
        masked.push_str(&text[copied..]);
        *text = masked;
    }

    fn word(&mut self, _: &mut String) {}
}

fn touches_placeholder(text: &str, span: &PiiSpan) -> bool {
    text.match_indices('<').any(|(start, _)| {
        let end = start + placeholder_length(&text[start..]);
        start < end && start < span.range.end && span.range.start < end
    })
}
