//! What a form field is for, by the cues of its element, and what may be kept of its value.
//!
//! The words are in `cues.json`, which the browser extension reads as well: what is dropped in the page is dropped
//! here again.

mod fold;
mod form;
mod kinds;
mod table;

use crate::model::{ElementData, FieldPolicy, FormField};
pub use form::classify_form;
pub use kinds::FieldKind;

use table::{Matches, table};

/// What is known of a form field. Empty text stands for what is not known.
#[derive(Debug, Clone, Copy, Default)]
pub struct FieldCues<'a> {
    /// Lower-case tag name.
    pub tag: &'a str,
    /// The `type` attribute.
    pub input_type: &'a str,
    /// The `autocomplete` attribute, all its tokens.
    pub autocomplete: &'a str,
    /// The `name` attribute.
    pub name: &'a str,
    /// The `id` attribute.
    pub id: &'a str,
    /// The text of its label, or its accessible name.
    pub label: &'a str,
    /// The `placeholder` attribute.
    pub placeholder: &'a str,
    /// The `aria-label` or `title` attribute.
    pub aria: &'a str,
}

impl<'a> From<&'a ElementData> for FieldCues<'a> {
    fn from(element: &'a ElementData) -> Self {
        let attribute = |name: &str| element.attributes.get(name).map_or("", String::as_str);
        let aria = attribute("aria-label");
        Self {
            tag: &element.tag,
            input_type: element.input_type.as_deref().unwrap_or_else(|| attribute("type")),
            autocomplete: attribute("autocomplete"),
            name: attribute("name"),
            id: attribute("id"),
            label: element.name.as_deref().unwrap_or_default(),
            placeholder: attribute("placeholder"),
            aria: if aria.is_empty() { attribute("title") } else { aria },
        }
    }
}

impl<'a> From<&'a FormField> for FieldCues<'a> {
    fn from(field: &'a FormField) -> Self {
        Self {
            tag: "input",
            input_type: field.input_type.as_deref().unwrap_or_default(),
            autocomplete: field.autocomplete.as_deref().unwrap_or_default(),
            name: &field.name,
            label: field.label.as_deref().unwrap_or_default(),
            ..Self::default()
        }
    }
}

/// What a field is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FieldClass {
    /// What it holds.
    pub kind: FieldKind,
    /// What may be kept of its value.
    pub policy: FieldPolicy,
    /// Which cue decided, as a stable word: `type`, `autocomplete`, `words`, `none`.
    pub evidence: &'static str,
    /// 0 to 1: how much speaks for it.
    pub score: f32,
}

impl FieldClass {
    fn new(kind: FieldKind, evidence: &'static str, score: f32) -> Self {
        Self { kind, policy: kind.policy(), evidence, score }
    }
}

/// Says what a field is for. Nothing known means [`FieldKind::Unknown`], whose value is masked.
///
/// ```
/// use codesight_core::model::FieldPolicy;
/// use codesight_core::privacy::fields::{FieldCues, FieldKind, classify};
///
/// let class = classify(&FieldCues { name: "billing[ccNumber]", ..FieldCues::default() });
/// assert_eq!((class.kind, class.policy), (FieldKind::CardNumber, FieldPolicy::Pseudonymise));
/// assert_eq!(classify(&FieldCues { name: "f17", ..FieldCues::default() }).policy, FieldPolicy::Shape);
/// ```
pub fn classify(cues: &FieldCues<'_>) -> FieldClass {
    let input_type = cues.input_type.trim().to_ascii_lowercase();
    let matches = matches(cues);
    if matches!(
        input_type.as_str(),
        "checkbox" | "radio" | "submit" | "button" | "reset" | "image" | "range" | "color"
    ) {
        return FieldClass::new(FieldKind::Choice, "type", 0.9);
    }
    let completed = by_autocomplete(cues.autocomplete, &input_type);
    if input_type == "password" {
        let kind = completed.or_else(|| matches.best().map(|(kind, _)| kind));
        // What is typed like a password and called an answer stands in for one.
        let kind = kind.map(|kind| if kind == FieldKind::Comment { FieldKind::SecurityAnswer } else { kind });
        let dropped = kind.filter(|kind| kind.policy() == FieldPolicy::Drop);
        return FieldClass::new(dropped.unwrap_or(FieldKind::Password), "type", 1.0);
    }
    if let Some(kind) = completed {
        return FieldClass::new(kind, "autocomplete", 0.97);
    }
    if input_type == "search" {
        return FieldClass::new(FieldKind::Search, "type", 0.9);
    }
    let best = matches.best();
    if input_type == "email" {
        return FieldClass::new(FieldKind::Email, "type", 0.97);
    }
    match best {
        // A weak word does not speak against a phone keypad.
        Some((kind, weight)) if weight < 1.5 && input_type == "tel" => {
            FieldClass::new(if kind.pii().is_some() { kind } else { FieldKind::Phone }, "words", 0.5)
        }
        Some((kind, weight)) => {
            FieldClass::new(part_of_date(kind, &matches), "words", (0.5 + weight / 12.0).min(0.95))
        }
        None if input_type == "tel" => FieldClass::new(FieldKind::Phone, "type", 0.8),
        None => FieldClass::new(FieldKind::Unknown, "none", 0.0),
    }
}

/// A date of which the cues name one part: `Day` under the heading `Birthday`.
fn part_of_date(kind: FieldKind, matches: &Matches) -> FieldKind {
    use FieldKind::{
        Birthday, BirthdayDay, BirthdayMonth, BirthdayYear, CardExpiry, CardExpiryMonth, CardExpiryYear,
    };
    let (day, month, year) = (
        matches.mention(BirthdayDay),
        matches.mention(BirthdayMonth) || matches.mention(CardExpiryMonth),
        matches.mention(BirthdayYear) || matches.mention(CardExpiryYear),
    );
    match (kind, day, month, year) {
        (Birthday, true, false, false) => BirthdayDay,
        (Birthday, false, true, false) => BirthdayMonth,
        (Birthday, false, false, true) => BirthdayYear,
        (CardExpiry, false, true, false) => CardExpiryMonth,
        (CardExpiry, false, false, true) => CardExpiryYear,
        _ => kind,
    }
}

/// The kind an autocomplete token names. Prefixes such as `billing` and `section-…` say nothing about it.
fn by_autocomplete(tokens: &str, input_type: &str) -> Option<FieldKind> {
    tokens.split_ascii_whitespace().rev().find_map(|token| {
        let token = token.to_ascii_lowercase();
        // Pages put `new-password` on other fields to keep browsers from filling them in.
        if token.ends_with("-password") && input_type != "password" {
            return None;
        }
        table().by_autocomplete(&token)
    })
}

/// Reads all texts of a field. What people see counts for more than what programs read.
fn matches(cues: &FieldCues<'_>) -> Matches {
    let mut matches = Matches::default();
    // An id that repeats the name says nothing more.
    let id_weight = if cues.id == cues.name { 0.5 } else { 2.0 };
    let texts = [
        (cues.label, 4.5),
        (cues.aria, 3.0),
        (cues.name, 2.9),
        (cues.placeholder, 2.8),
        (cues.id, id_weight),
    ];
    for (text, weight) in texts {
        if !text.is_empty() {
            table().read(text, weight, &mut matches);
        }
    }
    matches
}
