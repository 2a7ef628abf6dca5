//! The masker: the one door from [`Raw`] to [`Masked`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::known::KnownValues;
use super::pseudonym::{Pseudonymizer, is_placeholder, placeholder_length};
use super::walk::{TextVisitor, Walk};
use super::{DetectInput, Masked, PiiDetector, PiiSpan, PiiType, Raw, Surface, divided, field};
use crate::model::{CaptureGap, ElementData, FieldPolicy, Finding, InteractionData, StateChangeKind};
use crate::wire::SessionStart;

/// Rounds in which values are found that others had hidden; two were the most that any test needed.
const MOST_ROUNDS: usize = 8;

/// How often something was masked, by type and surface. Never what.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MaskReport {
    counts: BTreeMap<(PiiType, Surface, &'static str), u32>,
}

impl MaskReport {
    /// Type, surface and count, in a stable order.
    pub fn counts(&self) -> impl Iterator<Item = (PiiType, Surface, u32)> + '_ {
        self.evidence().map(|(kind, surface, _, count)| (kind, surface, count))
    }

    /// Type, surface, what decided (`field`, `known`, or the detector's evidence) and count, in a stable order.
    pub fn evidence(&self) -> impl Iterator<Item = (PiiType, Surface, &'static str, u32)> + '_ {
        self.counts.iter().map(|(&(kind, surface, evidence), &count)| (kind, surface, evidence, count))
    }

    /// How often anything was masked.
    pub fn total(&self) -> u32 {
        self.counts.values().sum()
    }

    fn add(&mut self, kind: PiiType, surface: Surface, evidence: &'static str) {
        *self.counts.entry((kind, surface, evidence)).or_default() += 1;
    }
}

/// Masks the records of one session.
///
/// Three rules, in this order: what a form field holds goes by the field's policy; a value that was masked once in
/// this session is masked wherever it shows up again; and everything else goes through the detector. Masking twice
/// changes nothing.
///
/// A field of which nothing is known shows the shape of its value only, unless the goal of the session says the value
/// word for word: that is told already, and a model that is to do the task must learn to write it.
#[derive(Debug)]
pub struct Masker {
    detector: Arc<dyn PiiDetector>,
    pseudonyms: Pseudonymizer,
    known: KnownValues,
    /// The goal of the session, masked.
    goal: String,
    report: MaskReport,
}

impl Masker {
    /// A masker for one session.
    pub fn new(detector: Arc<dyn PiiDetector>, pseudonyms: Pseudonymizer) -> Self {
        Self {
            detector,
            pseudonyms,
            known: KnownValues::default(),
            goal: String::new(),
            report: MaskReport::default(),
        }
    }

    /// What was masked so far.
    pub fn report(&self) -> &MaskReport {
        &self.report
    }

    /// Masks an interaction.
    pub fn interaction(&mut self, raw: Raw<InteractionData>) -> Masked<InteractionData> {
        let mut interaction = raw.into_inner();
        self.apply_field_policies(&mut interaction);
        interaction.walk(&mut Texts { masker: self, spans: Vec::new() });
        self.mask_divided(&mut interaction);
        Masked::new(interaction)
    }

    /// Masks the beginning of a session.
    pub fn session_start(&mut self, raw: Raw<SessionStart>) -> Masked<SessionStart> {
        let mut start = raw.into_inner();
        start.walk(&mut Texts { masker: self, spans: Vec::new() });
        self.goal.clone_from(&start.goal.text);
        Masked::new(start)
    }

    /// Masks a gap, which holds no text but a word.
    pub fn gap(&mut self, mut gap: CaptureGap) -> Masked<CaptureGap> {
        gap.walk(&mut Texts { masker: self, spans: Vec::new() });
        Masked::new(gap)
    }

    /// Masks one text.
    pub fn text(&mut self, raw: Raw<String>, surface: Surface) -> Masked<String> {
        let mut text = raw.into_inner();
        Texts { masker: self, spans: Vec::new() }.text(&mut text, surface, "");
        Masked::new(text)
    }

    /// Decides over form values before anything is detected in them.
    fn apply_field_policies(&mut self, interaction: &mut InteractionData) {
        let policies = field::of_form(&interaction.user_context.form);
        for (form_field, (policy, kind)) in interaction.user_context.form.iter_mut().zip(policies) {
            if let Some(value) = &mut form_field.value {
                self.apply(policy, kind, value);
            }
        }
        let decided = interaction.element.as_ref().and_then(field::of_element);
        let spelled = divided::letters(&interaction.action.keys);
        if decided.is_some_and(|(policy, _)| policy != FieldPolicy::Keep) || self.finds_in(&spelled) {
            divided::hide_letters(&mut interaction.action.keys);
        }
        let (Some(element), Some((policy, kind))) = (&mut interaction.element, decided) else { return };
        element.field_policy = Some(policy);
        let ElementData { value, attributes, text, .. } = element;
        let shown = [value.as_mut(), attributes.get_mut("value"), interaction.action.text.as_mut()];
        for value in shown.into_iter().flatten() {
            self.apply(policy, kind, value);
        }
        // Editable elements show their value as text.
        if policy != FieldPolicy::Keep
            && let Some(text) = text
        {
            self.apply(policy, kind, text);
        }
        for change in &mut interaction.state_changes {
            if matches!(change.kind, StateChangeKind::Value) {
                for value in [&mut change.before, &mut change.after].into_iter().flatten() {
                    self.apply(policy, kind, value);
                }
            }
        }
    }

    /// Whether a text with surrogates in it shows anything but those: what stands beside one may make it a part of
    /// something longer.
    fn is_read_otherwise(&self, text: &str, surface: Surface, cue: &str) -> bool {
        let mut spans = Vec::new();
        self.detector.detect(&DetectInput { text, surface, cue, country: None }, &mut spans);
        spans.iter().any(|span| !is_stand_in(&self.pseudonyms, text, span))
    }

    fn finds_in(&self, text: &str) -> bool {
        let mut spans = Vec::new();
        self.detector.detect(&DetectInput::text(text), &mut spans);
        !spans.is_empty()
    }

    /// Masks values that a page wrote in several nodes, such as the groups of a card number.
    fn mask_divided(&mut self, interaction: &mut InteractionData) {
        let nodes = interaction.page_context.nearby_elements.iter_mut();
        let mut texts: Vec<&mut String> = nodes.filter_map(|node| node.text.as_mut()).collect();
        for kind in divided::mask(&mut texts, &*self.detector, &self.pseudonyms) {
            self.report.add(kind, Surface::Text, "divided");
        }
    }

    fn apply(&mut self, policy: FieldPolicy, kind: PiiType, value: &mut String) {
        if value.is_empty() || is_placeholder(value) || self.is_surrogate(value) {
            return;
        }
        let replacement = match policy {
            FieldPolicy::Keep => return,
            FieldPolicy::Shape if kind == PiiType::FormValue && stands_in(&self.goal, value) => return,
            FieldPolicy::Drop => self.pseudonyms.placeholder(PiiType::Credential, value),
            FieldPolicy::Pseudonymise => self.pseudonyms.stand_in(self.whole_value_kind(kind, value), value),
            FieldPolicy::Shape => shape(value),
        };
        if *value == replacement {
            return;
        }
        let kind = if policy == FieldPolicy::Drop {
            PiiType::Credential
        } else {
            self.whole_value_kind(kind, value)
        };
        self.report.add(kind, Surface::FieldValue, "field");
        if policy != FieldPolicy::Shape {
            self.known.remember(value, kind, &replacement);
        }
        *value = replacement;
    }

    /// Whether a field holds the stand-in of a value that was masked before.
    fn is_surrogate(&self, value: &str) -> bool {
        self.pseudonyms.makes_surrogates()
            && PiiType::ALL.iter().any(|kind| self.pseudonyms.is_stand_in(*kind, value))
    }

    /// What a value is, when its field is unknown or takes any name for an account, and the detector knows the whole
    /// of it: an e-mail address gets the stand-in of an e-mail address, also in a field called `username`.
    fn whole_value_kind(&self, kind: PiiType, value: &str) -> PiiType {
        if !matches!(kind, PiiType::FormValue | PiiType::PersonName) {
            return kind;
        }
        let mut spans = Vec::new();
        let input = DetectInput { text: value, surface: Surface::FieldValue, cue: "", country: None };
        self.detector.detect(&input, &mut spans);
        match &spans[..] {
            [span] if value.get(span.range.clone()) == Some(value.trim()) => span.kind,
            _ => kind,
        }
    }
}

impl From<Finding> for Masked<Finding> {
    /// Findings hold no content: they are made by this crate from codes, places and numbers.
    fn from(finding: Finding) -> Self {
        Self::new(finding)
    }
}

fn is_stand_in(pseudonyms: &Pseudonymizer, text: &str, span: &PiiSpan) -> bool {
    text.get(span.range.clone()).is_some_and(|value| pseudonyms.is_stand_in(span.kind, value))
}

/// The text with something else in place of each span.
fn replaced(text: &str, spans: &[PiiSpan], stand_in: impl Fn(PiiType, &str) -> String) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for span in spans {
        let Some(value) = text.get(span.range.clone()) else { continue };
        masked.push_str(text.get(end..span.range.start).unwrap_or_default());
        masked.push_str(&stand_in(span.kind, value));
        end = span.range.end;
    }
    masked.push_str(text.get(end..).unwrap_or_default());
    masked
}

/// Whether a text says a value word for word: with no letter or digit right before or after it.
fn stands_in(text: &str, value: &str) -> bool {
    let value = value.trim();
    let parted = |beside: Option<char>| beside.is_none_or(|letter| !letter.is_alphanumeric());
    value.contains(char::is_alphanumeric)
        && text.match_indices(value).any(|(at, _)| {
            parted(text[..at].chars().next_back()) && parted(text[at + value.len()..].chars().next())
        })
}

/// Letters become `x`, digits `0`; everything else stays, placeholders too.
pub(crate) fn shape(value: &str) -> String {
    let mut kept_until = 0;
    value
        .char_indices()
        .map(|(at, letter)| {
            if letter == '<' {
                kept_until = kept_until.max(at + placeholder_length(&value[at..]));
            }
            match letter {
                letter if at < kept_until => letter,
                letter if letter.is_alphabetic() => 'x',
                letter if letter.is_numeric() => '0',
                letter => letter,
            }
        })
        .collect()
}

/// The masker's eyes on the way through a record.
struct Texts<'a> {
    masker: &'a mut Masker,
    spans: Vec<PiiSpan>,
}

impl Texts<'_> {
    /// Masks what the detector finds; says whether there was anything.
    fn mask_found(&mut self, text: &mut String, surface: Surface, cue: &str, plainly: bool) -> bool {
        self.spans.clear();
        self.masker.detector.detect(&DetectInput { text, surface, cue, country: None }, &mut self.spans);
        let pseudonyms = &self.masker.pseudonyms;
        self.spans.retain(|span| !is_stand_in(pseudonyms, text, span));
        if self.spans.is_empty() {
            return false;
        }
        let placeholders = || replaced(text, &self.spans, |kind, value| pseudonyms.placeholder(kind, value));
        let masked = if plainly || !pseudonyms.makes_surrogates() {
            placeholders()
        } else {
            let surrogates = replaced(text, &self.spans, |kind, value| pseudonyms.stand_in(kind, value));
            let is_sound = !self.masker.is_read_otherwise(&surrogates, surface, cue);
            if is_sound { surrogates } else { placeholders() }
        };
        for span in &self.spans {
            self.masker.report.add(span.kind, surface, span.evidence);
        }
        *text = masked;
        true
    }
}

impl TextVisitor for Texts<'_> {
    fn text(&mut self, text: &mut String, surface: Surface, cue: &str) {
        for kind in self.masker.known.replace_in(text) {
            self.masker.report.add(kind, surface, "known");
        }
        // What stands beside a value can hide another, which is found once the first is gone: until nothing is found.
        for round in 0..MOST_ROUNDS {
            if !self.mask_found(text, surface, cue, round > 0) {
                return;
            }
        }
    }

    fn word(&mut self, word: &mut String) {
        const LONGEST: usize = 40;
        let is_plain = word.len() <= LONGEST
            && word.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_' | b'.'));
        if !is_plain {
            "unrecognised".clone_into(word);
        }
    }
}
