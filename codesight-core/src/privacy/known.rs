//! Values that were masked once in a session, so that they are masked wherever they show up again.
//!
//! "Jane Doe", typed into a name field, is on the next page as "Hi, Jane Doe". No detector knows a name when it sees
//! one; the session does. The values live in memory, for as long as the connection.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use memchr::memmem::Finder;

use super::PiiType;

/// Shorter values, such as a house number, stand in too many other texts.
const SHORTEST: usize = 4;
/// The shortest, which tell least, are forgotten first.
const MOST: usize = 64;
/// Words after which a page writes a name.
const GREETINGS: [&str; 12] = [
    "hi",
    "hello",
    "hey",
    "welcome",
    "back",
    "as",
    "hallo",
    "willkommen",
    "bonjour",
    "bienvenue",
    "hola",
    "ciao",
];

#[derive(Default)]
pub(super) struct KnownValues {
    values: Vec<Known>,
}

struct Known {
    value: String,
    /// The value as it is, and as it is written in addresses and in base64.
    writings: Vec<Finder<'static>>,
    kind: PiiType,
    placeholder: String,
    /// A part of an e-mail address may be a name, or a word like any other: it counts after a greeting only.
    greeted: bool,
}

impl std::fmt::Debug for KnownValues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KnownValues({})", self.values.len())
    }
}

impl KnownValues {
    pub(super) fn remember(&mut self, value: &str, kind: PiiType, placeholder: &str) {
        self.add(value, kind, placeholder, false);
        match kind {
            PiiType::PersonName => {
                value.split_whitespace().for_each(|part| self.add(part, kind, placeholder, false));
            }
            PiiType::Email => {
                let local = value.split(['@', '%']).next().unwrap_or_default();
                let name =
                    placeholder.replacen(PiiType::Email.placeholder(), PiiType::PersonName.placeholder(), 1);
                for part in local.split(|letter: char| !letter.is_alphabetic()) {
                    self.add(part, PiiType::PersonName, &name, true);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, value: &str, kind: PiiType, placeholder: &str, greeted: bool) {
        let value = value.trim();
        let is_known = self.values.iter().any(|known| known.value == value && known.greeted == greeted);
        if value.chars().count() < SHORTEST || is_known {
            return;
        }
        self.values.push(Known {
            writings: writings(value),
            value: value.to_owned(),
            kind,
            placeholder: placeholder.to_owned(),
            greeted,
        });
        // Longer values first: "Jane Doe" before "Jane".
        self.values.sort_by_key(|known| std::cmp::Reverse(known.value.len()));
        self.values.truncate(MOST);
    }

    /// Replaces whole-word occurrences in `text` and says of which types they were.
    pub(super) fn replace_in(&self, text: &mut String) -> Vec<PiiType> {
        let mut found = Vec::new();
        for known in &self.values {
            for writing in 0..known.writings.len() {
                let mut from = 0;
                while let Some((start, end)) = known.find_in(text, writing, from) {
                    if stands_alone(text, start, end) && (!known.greeted || is_greeted(text, start)) {
                        text.replace_range(start..end, &known.placeholder);
                        from = start + known.placeholder.len();
                        found.push(known.kind);
                    } else {
                        from = end;
                    }
                }
            }
        }
        found
    }
}

impl Known {
    /// Where one of its writings stands at or after `from`. A name in an e-mail address is written small, on the page
    /// it is not.
    fn find_in(&self, text: &str, writing: usize, from: usize) -> Option<(usize, usize)> {
        let rest = text.as_bytes().get(from..)?;
        let finder = self.writings.get(writing)?;
        let length = finder.needle().len();
        let at = if self.greeted {
            rest.windows(length).position(|window| window.eq_ignore_ascii_case(finder.needle()))
        } else {
            finder.find(rest)
        };
        // Bytes that match whole characters begin and end at their boundaries.
        at.map(|at| (from + at, from + at + length)).filter(|(start, _)| text.is_char_boundary(*start))
    }
}

/// The value as people see it, percent-encoded, with `+` for spaces, and in base64.
fn writings(value: &str) -> Vec<Finder<'static>> {
    const SHORTEST_PACKED: usize = 6;
    let mut all = vec![value.to_owned()];
    let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    all.push(encoded.replace('+', "%20"));
    all.push(encoded);
    if value.len() >= SHORTEST_PACKED {
        all.push(STANDARD_NO_PAD.encode(value));
    }
    all.dedup();
    all.iter().map(|writing| Finder::new(writing.as_bytes()).into_owned()).collect()
}

/// Whether the word before the place is a greeting.
fn is_greeted(text: &str, start: usize) -> bool {
    let before = text[..start].trim_end_matches([' ', ',', '!', '\u{a0}']);
    let word = before.rsplit(|letter: char| !letter.is_alphabetic()).next().unwrap_or_default();
    GREETINGS.iter().any(|greeting| greeting.eq_ignore_ascii_case(word))
}

/// Whether no letter or digit touches the place, and it is not within a placeholder.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == '<')
        && !after.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
}
