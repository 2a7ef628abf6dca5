//! Words as they are compared: without case, punctuation and what cannot be seen.

/// Letters and digits in lower case, one space between words. Marks that turn or hide text are nothing, so they part no
/// word.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut parted = false;
    for letter in text.chars().filter(|letter| !is_unseen(*letter)) {
        if letter.is_alphanumeric() {
            if parted && !folded.is_empty() {
                folded.push(' ');
            }
            parted = false;
            folded.extend(letter.to_lowercase());
        } else {
            parted = true;
        }
    }
    folded
}

/// Whether a folded text holds the words of another one after the other.
pub(super) fn holds(text: &str, words: &str) -> bool {
    let bounded = |at: usize| {
        let end = at + words.len();
        text[..at].chars().next_back().is_none_or(|before| before == ' ')
            && text[end..].chars().next().is_none_or(|after| after == ' ')
    };
    !words.is_empty() && text.match_indices(words).any(|(at, _)| bounded(at))
}

/// Zero-width characters and marks of direction.
pub(super) fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_as_people_read_them() {
        assert_eq!(fold("  Sagittis,. \u{200b}vi\u{ad}tae "), "sagittis vitae");
        assert_eq!(fold("04/03/2016"), "04 03 2016");
        assert!(holds("add stoneware mug to cart", "stoneware mug"));
        assert!(!holds("begin", "in"));
        assert!(!holds("anything", ""));
        assert!(holds("größe xl wählen", "xl"));
    }
}
