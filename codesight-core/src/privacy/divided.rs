//! Values in pieces: typed key by key, or written by the page in several nodes.

use std::ops::Range;

use super::{DetectInput, PiiDetector, PiiSpan, PiiType, Pseudonymizer};

/// Keys that make a shortcut of the letter pressed with them.
const MODIFIERS: [&str; 4] = ["Control", "Meta", "Alt", "AltGraph"];

fn is_letter(key: &str) -> bool {
    key.chars().count() == 1
}

/// What some keys spell, the named ones left out.
pub(super) fn letters(keys: &[String]) -> String {
    keys.iter().filter(|key| is_letter(key)).map(String::as_str).collect()
}

/// Hides which letters were pressed; how many, and the named keys, stay. Shortcuts say nothing about a value.
pub(super) fn hide_letters(keys: &mut [String]) {
    if keys.iter().any(|key| MODIFIERS.contains(&key.as_str())) {
        return;
    }
    keys.iter_mut().filter(|key| is_letter(key)).for_each(|key| "x".clone_into(key));
}

/// How often the pieces are looked at again after some were masked.
const ROUNDS: usize = 4;
/// Longer texts are paragraphs, not pieces of a value.
const LONGEST_PIECE: usize = 24;

/// Masks what neighbouring short texts hold together and says of which types it was. Only values that prove
/// themselves by check digits count: numbers beside numbers are what shops are made of.
pub(super) fn mask(
    texts: &mut [&mut String],
    detector: &dyn PiiDetector,
    pseudonyms: &Pseudonymizer,
) -> Vec<PiiType> {
    let mut masked = Vec::new();
    for _ in 0..ROUNDS {
        let before = masked.len();
        for pieces in texts.chunk_by_mut(|one, other| one.len().max(other.len()) <= LONGEST_PIECE) {
            if pieces.len() > 1 {
                mask_pieces(pieces, detector, pseudonyms, &mut masked);
            }
        }
        if masked.len() == before {
            break;
        }
    }
    masked
}

fn mask_pieces(
    pieces: &mut [&mut String],
    detector: &dyn PiiDetector,
    pseudonyms: &Pseudonymizer,
    masked: &mut Vec<PiiType>,
) {
    let mut joined = String::new();
    let places: Vec<Range<usize>> = pieces
        .iter()
        .map(|piece| {
            let start = joined.len();
            joined.push_str(piece);
            let end = joined.len();
            joined.push(' ');
            start..end
        })
        .collect();
    let mut spans: Vec<PiiSpan> = Vec::new();
    detector.detect(&DetectInput::text(&joined), &mut spans);
    for span in spans.iter().rev() {
        let proven = matches!(span.kind, PiiType::Card | PiiType::Iban | PiiType::NationalId);
        let touched = |place: &Range<usize>| place.start < span.range.end && span.range.start < place.end;
        if !proven || places.iter().filter(|place| touched(place)).count() < 2 {
            continue;
        }
        let placeholder =
            joined.get(span.range.clone()).map(|value| pseudonyms.placeholder(span.kind, value));
        let Some(placeholder) = placeholder else { continue };
        for (piece, place) in pieces.iter_mut().zip(&places).filter(|(_, place)| touched(place)) {
            let start = span.range.start.max(place.start) - place.start;
            let end = span.range.end.min(place.end) - place.start;
            piece.replace_range(start..end, &placeholder);
        }
        masked.push(span.kind);
    }
}
