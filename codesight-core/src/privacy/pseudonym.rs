//! Stand-ins for personal data: the same value gives the same stand-in within a session, and nothing gives it back.

use std::collections::BTreeMap;
use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::PiiType;
use crate::ports::SecretKey;

/// Crockford's alphabet: no letter that reads like a digit, and none that makes a word.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TOKEN_LETTERS: usize = 6;
const LONGEST_PLACEHOLDER: usize = 24;

/// Makes typed placeholders such as `<EMAIL_7KQ2M0>`.
///
/// The token is keyed: HMAC-SHA-256 over the type and the canonical value, 30 bits of it. Whoever destroys the key
/// makes the tokens meaningless. Cards and credentials get no token at all: their values are few enough to try.
#[derive(Clone)]
pub struct Pseudonymizer {
    key: SecretKey,
}

impl fmt::Debug for Pseudonymizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonymizer(redacted)")
    }
}

impl Pseudonymizer {
    /// Stand-ins under this key.
    pub fn new(key: SecretKey) -> Self {
        Self { key }
    }

    /// The stand-in for `value`.
    pub fn placeholder(&self, kind: PiiType, value: &str) -> String {
        if has_token(kind) {
            format!("<{}_{}>", kind.placeholder(), self.token(kind, value))
        } else {
            format!("<{}>", kind.placeholder())
        }
    }

    fn token(&self, kind: PiiType, value: &str) -> String {
        // A key of any length is accepted by HMAC; 32 bytes cannot fail.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.expose()) else { return String::new() };
        mac.update(kind.placeholder().as_bytes());
        mac.update(&[0]);
        mac.update(canonical(kind, value).as_bytes());
        let digest = mac.finalize().into_bytes();
        digest.iter().take(TOKEN_LETTERS).map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
    }
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
pub(super) fn is_placeholder(text: &str) -> bool {
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
