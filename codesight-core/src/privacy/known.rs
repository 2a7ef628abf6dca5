//! Values that were masked once in a session, so that they are masked wherever they show up again.
//!
//! "Jane Doe", typed into a name field, is on the next page as "Hi, Jane Doe". No detector knows a name when it sees
//! one; the session does. The values live in memory, for as long as the connection.

use super::PiiType;

/// Shorter values, such as a house number, stand in too many other texts.
const SHORTEST: usize = 4;
/// The shortest, which tell least, are forgotten first.
const MOST: usize = 64;

#[derive(Default)]
pub(super) struct KnownValues {
    values: Vec<Known>,
}

struct Known {
    value: String,
    kind: PiiType,
    placeholder: String,
}

impl std::fmt::Debug for KnownValues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KnownValues({})", self.values.len())
    }
}

impl KnownValues {
    pub(super) fn remember(&mut self, value: &str, kind: PiiType, placeholder: &str) {
        self.add(value, kind, placeholder);
        if kind == PiiType::PersonName {
            for part in value.split_whitespace() {
                self.add(part, kind, placeholder);
            }
        }
    }

    fn add(&mut self, value: &str, kind: PiiType, placeholder: &str) {
        let value = value.trim();
        if value.chars().count() < SHORTEST || self.values.iter().any(|known| known.value == value) {
            return;
        }
        self.values.push(Known { value: value.to_owned(), kind, placeholder: placeholder.to_owned() });
        // Longer values first: "Jane Doe" before "Jane".
        self.values.sort_by_key(|known| std::cmp::Reverse(known.value.len()));
        self.values.truncate(MOST);
    }

    /// Replaces whole-word occurrences in `text` and says of which types they were.
    pub(super) fn replace_in(&self, text: &mut String) -> Vec<PiiType> {
        let mut found = Vec::new();
        for known in &self.values {
            let mut from = 0;
            while let Some(at) = text.get(from..).and_then(|rest| rest.find(&known.value)) {
                let (start, end) = (from + at, from + at + known.value.len());
                if stands_alone(text, start, end) {
                    text.replace_range(start..end, &known.placeholder);
                    from = start + known.placeholder.len();
                    found.push(known.kind);
                } else {
                    from = end;
                }
            }
        }
        found
    }
}

/// Whether no letter or digit touches the place, and it is not within a placeholder.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == '<')
        && !after.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
}
