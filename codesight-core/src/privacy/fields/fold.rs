//! Folding of names and labels into words.

use crate::privacy::pseudonym::placeholder_length;

/// Splits text into lower-case words without accents: at signs, between digits and letters, and at camel case.
pub(super) fn words(text: &str) -> Vec<String> {
    // No label is longer; what is longer is a paragraph, whose start says what it is.
    const LONGEST: usize = 400;
    let mut words: Vec<String> = Vec::new();
    let mut before = Class::Other;
    let mut masked_until = 0;
    for (at, character) in text.char_indices().take(LONGEST) {
        if character == '<' {
            masked_until = masked_until.max(at + placeholder_length(&text[at..]));
        }
        // A placeholder in a label says what was masked there, not what the field is for.
        let class = if at < masked_until { Class::Other } else { Class::of(character) };
        if class == Class::Other {
            before = class;
            continue;
        }
        let joined = class == before || (before == Class::Upper && class == Class::Lower);
        match words.last_mut() {
            Some(word) if joined && before != Class::Other => {
                // `HTMLName`: the last capital starts the next word.
                let capitals = before == Class::Upper && class == Class::Lower && word.chars().count() > 1;
                if capitals && let Some(last) = word.pop() {
                    words.push(last.to_string());
                }
            }
            _ => words.push(String::new()),
        }
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase().map(plain));
        }
        before = class;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Upper,
    Lower,
    Digit,
    Other,
}

impl Class {
    fn of(character: char) -> Self {
        if character.is_ascii_digit() {
            Self::Digit
        } else if character.is_uppercase() {
            Self::Upper
        } else if character.is_alphanumeric() || is_tone(character) {
            Self::Lower
        } else {
            Self::Other
        }
    }
}

/// Signs of Thai that stand within words and count as no letters.
fn is_tone(character: char) -> bool {
    matches!(character, '\u{0E47}'..='\u{0E4E}')
}

/// A letter without its accent, for the scripts the words are written in.
fn plain(character: char) -> char {
    match character {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ả' | 'ạ' | 'ậ' | 'ấ' | 'ầ' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ę' | 'ě' | 'ệ' | 'ế' => 'e',
        'ğ' => 'g',
        'ì'..='ï' | 'ı' | 'ī' | 'ị' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ő' | 'ō' | 'ố' | 'ộ' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' => 's',
        'ť' | 'ţ' | 'ț' => 't',
        'ù'..='ü' | 'ů' | 'ű' | 'ū' | 'ư' | 'ụ' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ά' => 'α',
        'ό' => 'ο',
        other => other,
    }
}
