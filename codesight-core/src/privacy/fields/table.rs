//! The word table `cues.json`, ready for matching.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::FieldKind;
use super::fold::words;
use crate::model::FieldPolicy;
use crate::privacy::PiiType;

/// One kind of field in the file.
#[derive(Deserialize)]
struct Entry {
    kind: FieldKind,
    #[serde(default)]
    pii: Option<PiiType>,
    policy: FieldPolicy,
    autocomplete: Vec<String>,
    words: Vec<String>,
    parts: Vec<String>,
    #[serde(default)]
    weak: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    kinds: Vec<Entry>,
}

/// The table, read once.
pub(super) struct Table {
    entries: Vec<Entry>,
    /// Phrases as words joined by one space, with the entry they belong to and how much they say.
    phrases: HashMap<String, (usize, f32)>,
    /// Parts with their entry, longest first.
    parts: Vec<(String, usize)>,
    longest: usize,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // Part of the program: a file that cannot be read is a broken build, and every test of fields says so.
    let file: File = serde_json::from_str(include_str!("cues.json")).expect("the word table is readable");
    Table::new(file.kinds)
});

/// The table of `cues.json`.
pub(super) fn table() -> &'static Table {
    &TABLE
}

/// How much speaks for each kind.
#[derive(Default)]
pub(super) struct Matches(HashMap<usize, f32>);

impl Matches {
    /// The kind for which most speaks; among equals the one that stands first in the file.
    pub(super) fn best(&self) -> Option<(FieldKind, f32)> {
        let better =
            |one: &(&usize, &f32), other: &(&usize, &f32)| one.1.total_cmp(other.1).then(other.0.cmp(one.0));
        let (entry, weight) = self.0.iter().max_by(better)?;
        Some((table().entries[*entry].kind, *weight))
    }
}

impl Table {
    fn new(entries: Vec<Entry>) -> Self {
        let mut phrases = HashMap::new();
        let mut parts = Vec::new();
        let mut longest = 0;
        for (index, entry) in entries.iter().enumerate() {
            let strong = entry.words.iter().map(|phrase| (phrase, 1.0));
            for (phrase, strength) in strong.chain(entry.weak.iter().map(|phrase| (phrase, 0.3))) {
                let folded = words(phrase);
                longest = longest.max(folded.len());
                phrases.entry(folded.join(" ")).or_insert((index, strength));
            }
            parts.extend(entry.parts.iter().map(|part| (part.clone(), index)));
        }
        parts.sort_by_key(|(part, _)| std::cmp::Reverse(part.chars().count()));
        Self { entries, phrases, parts, longest }
    }

    fn entry(&self, kind: FieldKind) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.kind == kind)
    }

    pub(super) fn policy(&self, kind: FieldKind) -> FieldPolicy {
        self.entry(kind).map_or(FieldPolicy::Drop, |entry| entry.policy)
    }

    pub(super) fn pii(&self, kind: FieldKind) -> Option<PiiType> {
        self.entry(kind).and_then(|entry| entry.pii)
    }

    pub(super) fn by_autocomplete(&self, token: &str) -> Option<FieldKind> {
        let entry = self.entries.iter().find(|entry| entry.autocomplete.iter().any(|known| known == token));
        entry.map(|entry| entry.kind)
    }

    /// Adds what a text says: the longest phrase at every word, or a part of a word that was run together.
    pub(super) fn read(&self, text: &str, weight: f32, matches: &mut Matches) {
        let words = words(text);
        let mut said: Vec<(usize, f32)> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let most = self.longest.min(words.len() - at);
            let phrase = (1..=most).rev().find_map(|count| {
                let (entry, strength) = self.phrases.get(&words[at..at + count].join(" "))?;
                Some((*entry, strength * (count as f32).sqrt(), count))
            });
            if let Some((entry, strength, count)) = phrase {
                said.push((entry, strength));
                at += count;
                continue;
            }
            if let Some((part, entry)) = self.parts.iter().find(|(part, _)| words[at].contains(part.as_str()))
            {
                said.push((*entry, if part.len() > 6 { 1.2 } else { 1.0 }));
            }
            at += 1;
        }
        // A long text that mentions many things says little about each.
        let share = weight / (said.len().max(1) as f32).sqrt();
        for (entry, strength) in said {
            *matches.0.entry(entry).or_default() += share * strength;
        }
    }
}
