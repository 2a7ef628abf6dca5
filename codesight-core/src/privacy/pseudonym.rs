//! Stand-ins for personal data: the same value gives the same stand-in within a session, and nothing gives it back.

use std::collections::BTreeMap;
use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{PiiType, surrogate};
use crate::ports::SecretKey;

/// Crockford's alphabet: no letter that reads like a digit, and none that makes a word.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LONGEST_PLACEHOLDER: usize = 24;

/// How far a stand-in means the same value: as far as its key is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PseudonymScope {
    /// One session, which has hundreds of values: 30 bits of token.
    #[default]
    Session,
    /// A data set: 60 bits, so that ten million values have stand-ins of their own (one collision in 23,000 such sets).
    Dataset,
    /// A project, as for a data set.
    Tenant,
}

impl PseudonymScope {
    fn token_letters(self) -> usize {
        match self {
            Self::Session => 6,
            Self::Dataset | Self::Tenant => 12,
        }
    }
}

/// Makes stand-ins: typed placeholders such as `<EMAIL_7KQ2M0>`, or values from ranges that are reserved for examples.
///
/// The token is keyed: HMAC-SHA-256 over the type and the canonical value. Whoever destroys the key makes the tokens
/// meaningless. Cards and credentials get no token at all: their values are few enough to try.
///
/// Keys are rotated by giving the new one, and the ones before as older keys: new stand-ins are made under the new key,
/// and [`stand_ins_of`](Self::stand_ins_of) finds a value in what was masked under any of them.
///
/// ```
/// use codesight_core::ports::SecretKey;
/// use codesight_core::privacy::{PiiType, Pseudonymizer};
///
/// let pseudonyms = Pseudonymizer::new(SecretKey::from_bytes([7; 32])).with_surrogates();
/// let surrogate = pseudonyms.stand_in(PiiType::Email, "jane@shop.test");
/// assert!(surrogate.ends_with("@example.com"));
/// assert!(pseudonyms.is_stand_in(PiiType::Email, &surrogate));
/// ```
#[derive(Clone)]
pub struct Pseudonymizer {
    key: SecretKey,
    older: Vec<SecretKey>,
    scope: PseudonymScope,
    surrogates: bool,
}

impl fmt::Debug for Pseudonymizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonymizer(redacted)")
    }
}

impl Pseudonymizer {
    /// Placeholders under this key, for one session.
    pub fn new(key: SecretKey) -> Self {
        Self { key, older: Vec::new(), scope: PseudonymScope::Session, surrogates: false }
    }

    /// For a wider scope, whose key is shared by all its sessions.
    #[must_use]
    pub fn in_scope(self, scope: PseudonymScope) -> Self {
        Self { scope, ..self }
    }

    /// With the keys that were used before, newest first.
    #[must_use]
    pub fn with_older_keys(self, older: Vec<SecretKey>) -> Self {
        Self { older, ..self }
    }

    /// With values from reserved ranges in place of placeholders, where a type has such a range: e-mail addresses at
    /// `example.com` (RFC 2606), phone numbers 555-0100 to 0199, addresses of RFC 5737, 3849 and 7042, a test card, and
    /// the numbers that the Social Security Administration sets aside for advertising. The others keep placeholders.
    #[must_use]
    pub fn with_surrogates(self) -> Self {
        Self { surrogates: true, ..self }
    }

    /// Whether stand-ins look like values.
    pub(super) fn makes_surrogates(&self) -> bool {
        self.surrogates
    }

    /// The stand-in for `value`, of the form that was chosen.
    pub fn stand_in(&self, kind: PiiType, value: &str) -> String {
        self.under(&self.key, kind, value)
    }

    /// The placeholder for `value`, whatever form was chosen.
    pub fn placeholder(&self, kind: PiiType, value: &str) -> String {
        self.placeholder_under(&self.key, kind, value)
    }

    /// Every stand-in that `value` has or had: under the key first, then under the older ones, newest first.
    pub fn stand_ins_of(&self, kind: PiiType, value: &str) -> Vec<String> {
        std::iter::once(&self.key).chain(&self.older).map(|key| self.under(key, kind, value)).collect()
    }

    /// Whether a text is a stand-in already, so that masking twice changes nothing.
    pub fn is_stand_in(&self, kind: PiiType, text: &str) -> bool {
        is_placeholder(text) || self.surrogates && surrogate::is_reserved(kind, text)
    }

    fn under(&self, key: &SecretKey, kind: PiiType, value: &str) -> String {
        let made = self.surrogates.then(|| surrogate::of(kind, value, &digest(key, kind, value), self.scope));
        made.flatten().unwrap_or_else(|| self.placeholder_under(key, kind, value))
    }

    fn placeholder_under(&self, key: &SecretKey, kind: PiiType, value: &str) -> String {
        if has_token(kind) {
            let token = letters(&digest(key, kind, value), self.scope);
            format!("<{}_{token}>", kind.placeholder())
        } else {
            format!("<{}>", kind.placeholder())
        }
    }
}

fn digest(key: &SecretKey, kind: PiiType, value: &str) -> [u8; 32] {
    // A key of any length is accepted by HMAC; 32 bytes cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose()) else { return [0; 32] };
    mac.update(kind.placeholder().as_bytes());
    mac.update(&[0]);
    mac.update(canonical(kind, value).as_bytes());
    mac.finalize().into_bytes().into()
}

/// The token of a digest, five bits a letter.
pub(super) fn letters(digest: &[u8; 32], scope: PseudonymScope) -> String {
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte & 31)]);
    digest.iter().take(scope.token_letters()).map(letter).collect()
}

/// Whether stand-ins of this type tell one value from another: not where all values could be tried out.
pub(super) fn has_token(kind: PiiType) -> bool {
    !matches!(kind, PiiType::Card | PiiType::Credential | PiiType::Secret)
}

/// Values that mean the same are written the same.
fn canonical(kind: PiiType, value: &str) -> String {
    match kind {
        PiiType::Email => value.replace("%40", "@").to_lowercase(),
        PiiType::Phone | PiiType::Ssn | PiiType::NationalId => {
            value.chars().filter(char::is_ascii_digit).collect()
        }
        PiiType::Iban | PiiType::MacAddress => {
            value.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase()
        }
        _ => value.trim().to_lowercase(),
    }
}

/// Whether `text` is exactly one placeholder.
pub(crate) fn is_placeholder(text: &str) -> bool {
    text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).is_some_and(|inner| {
        let (name, token) = inner.split_once('_').unwrap_or((inner, ""));
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_uppercase())
            && token.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

/// Bytes of the placeholder at the start of `text`; 0 when there is none.
pub(super) fn placeholder_length(text: &str) -> usize {
    let length = text.find('>').map_or(0, |end| end + 1);
    if is_placeholder(&text[..length]) { length } else { 0 }
}

/// Counts the placeholders in masked text by the word of their type, so that a report needs no memory of the masking.
pub fn count_placeholders(text: &[u8], counts: &mut BTreeMap<String, u32>) {
    let mut rest = text;
    while let Some(start) = rest.iter().position(|&byte| byte == b'<') {
        rest = &rest[start..];
        let end = rest.iter().take(LONGEST_PLACEHOLDER).position(|&byte| byte == b'>');
        let inner =
            end.and_then(|end| std::str::from_utf8(&rest[..=end]).ok()).filter(|text| is_placeholder(text));
        let word = inner.and_then(|text| text.trim_matches(['<', '>']).split('_').next());
        if let Some(kind) = word.and_then(|word| PiiType::ALL.iter().find(|kind| kind.placeholder() == word))
        {
            *counts.entry(kind.as_str().to_owned()).or_default() += 1;
        }
        rest = &rest[1..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonymizer(byte: u8) -> Pseudonymizer {
        Pseudonymizer::new(SecretKey::from_bytes([byte; 32]))
    }

    #[test]
    fn the_same_value_gets_the_same_stand_in_under_one_key_only() {
        let first = pseudonymizer(1).placeholder(PiiType::Email, "Jane@Shop.test");
        assert_eq!(first, pseudonymizer(1).placeholder(PiiType::Email, "jane%40shop.test"));
        assert_ne!(first, pseudonymizer(2).placeholder(PiiType::Email, "jane@shop.test"));
        assert!(is_placeholder(&first));
    }

    #[test]
    fn after_a_rotation_a_value_is_found_under_both_keys() {
        let before = pseudonymizer(1).stand_in(PiiType::Email, "jane@shop.test");
        let rotated = pseudonymizer(2).with_older_keys(vec![SecretKey::from_bytes([1; 32])]);
        let known = rotated.stand_ins_of(PiiType::Email, "Jane@shop.test");
        assert_eq!(known.len(), 2);
        assert_eq!(
            (known[0].as_str(), known[1].as_str()),
            (&*rotated.stand_in(PiiType::Email, "jane@shop.test"), &*before)
        );
    }

    #[test]
    fn a_wider_scope_has_longer_tokens_that_reports_count() {
        let wide = pseudonymizer(1).in_scope(PseudonymScope::Tenant);
        let longest = wide.placeholder(PiiType::BirthDate, "1989-03-15");
        assert_eq!(longest.len(), LONGEST_PLACEHOLDER);
        let mut counts = BTreeMap::new();
        count_placeholders(longest.as_bytes(), &mut counts);
        assert_eq!(counts, BTreeMap::from([("birth-date".to_owned(), 1)]));
    }

    #[test]
    fn a_hundred_thousand_values_of_a_data_set_have_stand_ins_of_their_own() {
        let wide = pseudonymizer(1).in_scope(PseudonymScope::Dataset);
        let made: std::collections::HashSet<String> = (0..100_000)
            .map(|number| wide.placeholder(PiiType::Email, &format!("p{number}@shop.test")))
            .collect();
        assert_eq!(made.len(), 100_000);
    }

    #[test]
    fn placeholders_are_counted_and_nothing_else() {
        let mut counts = BTreeMap::new();
        count_placeholders(b"<EMAIL_7KQ2M0> <CARD> <b> <EMAIL_000000> <HELLO> < <EMAIL", &mut counts);
        assert_eq!(counts, BTreeMap::from([("card".to_owned(), 1), ("email".to_owned(), 2)]));
    }

    #[test]
    fn values_that_could_be_tried_out_get_no_token() {
        assert_eq!(pseudonymizer(1).placeholder(PiiType::Card, "4111111111111111"), "<CARD>");
        assert_eq!(pseudonymizer(1).placeholder(PiiType::Credential, "hunter2"), "<CREDENTIAL>");
    }
}
