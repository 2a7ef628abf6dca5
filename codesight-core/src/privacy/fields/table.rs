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
    #[serde(default)]
    whole: Vec<String>,
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
    /// Words that count only where a text says nothing else.
    whole: HashMap<String, usize>,
    /// Parts with their entry, longest first.
    parts: Vec<Part>,
    longest: usize,
}

/// A part of words that were run together, such as `cardnumber`.
struct Part {
    text: String,
    entry: usize,
    /// Long enough to be looked for across two words: `sphone` and `type` hold `phonetype`.
    is_long: bool,
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

/// How much a weak word says, of what others say.
const WEAK: f32 = 0.3;

/// How much speaks for each kind, by its place in the table.
#[derive(Default)]
pub(super) struct Matches(HashMap<usize, Said>);

/// What speaks for one kind.
#[derive(Default)]
struct Said {
    weight: f32,
    /// Whether more than weak words do.
    clearly: bool,
}

impl Matches {
    /// The kind for which most speaks; among equals the one that stands first in the file.
    pub(super) fn best(&self) -> Option<(FieldKind, f32)> {
        let better = |one: &(&usize, &Said), other: &(&usize, &Said)| {
            one.1.weight.total_cmp(&other.1.weight).then(other.0.cmp(one.0))
        };
        let (entry, said) = self.0.iter().max_by(better)?;
        Some((table().entries[*entry].kind, said.weight))
    }

    /// Whether anything speaks for a kind.
    pub(super) fn mention(&self, kind: FieldKind) -> bool {
        self.0.keys().any(|entry| table().entries[*entry].kind == kind)
    }

    /// Whether more than weak words speak for a kind.
    pub(super) fn name(&self, kind: FieldKind) -> bool {
        self.0.iter().any(|(entry, said)| said.clearly && table().entries[*entry].kind == kind)
    }
}

impl Table {
    fn new(entries: Vec<Entry>) -> Self {
        const LONG: usize = 6;
        let mut phrases = HashMap::new();
        let mut whole = HashMap::new();
        let mut parts = Vec::new();
        let mut longest = 0;
        for (index, entry) in entries.iter().enumerate() {
            let strong = entry.words.iter().map(|phrase| (phrase, 1.0));
            for (phrase, strength) in strong.chain(entry.weak.iter().map(|phrase| (phrase, WEAK))) {
                let folded = words(phrase);
                longest = longest.max(folded.len());
                phrases.entry(folded.join(" ")).or_insert((index, strength));
            }
            whole.extend(entry.whole.iter().map(|word| (word.clone(), index)));
            parts.extend(entry.parts.iter().map(|part| Part {
                text: part.clone(),
                entry: index,
                is_long: part.chars().count() >= LONG,
            }));
        }
        parts.sort_by_key(|part| std::cmp::Reverse(part.text.chars().count()));
        Self { entries, phrases, whole, parts, longest }
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
        if let [word] = words.as_slice()
            && let Some(entry) = self.whole.get(word)
        {
            said.push((*entry, 1.0));
        }
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
            if let Some(part) = self.part_of(&words[at], words.get(at + 1)) {
                said.push((part.entry, if part.text.len() > 6 { 1.2 } else { 1.0 }));
            }
            at += 1;
        }
        // A long text that mentions many things says little about each.
        let share = weight / (said.len().max(1) as f32).sqrt();
        for (entry, strength) in said {
            let kind = matches.0.entry(entry).or_default();
            kind.weight += share * strength;
            kind.clearly |= strength >= 1.0;
        }
    }

    /// The longest part within a word, or within it and the next one together.
    fn part_of(&self, word: &str, next: Option<&String>) -> Option<&Part> {
        let next = next.map_or("", String::as_str);
        let joined = format!("{word}{next}");
        self.parts.iter().find(|part| {
            let across = part.is_long && joined.contains(&part.text) && !next.contains(&part.text);
            across || word.contains(&part.text)
        })
    }
}
