//! Postal addresses, only beside a cue: a house number with a street, and the places that follow it.

use super::PiiType;
use super::context::{self, Cues};
use super::digits::Run;
use super::view::{Hit, View};

const LONGEST: usize = 160;

/// The address whose house number is the first group of the run.
pub(super) fn find(view: &mut View<'_>, run: &Run) -> Option<Hit> {
    let house = run.groups()[0];
    if house.len() > 5 {
        return None;
    }
    let labelled = view.label.any(Cues::ADDRESS);
    let beside = |byte: u8| is_letter(byte) || byte == b'.';
    let before = view.before(house.start, 1) == b' ' && beside(view.before(house.start, 2));
    let house_end = house_end(view, house.end);
    let after = view.at(house_end) == b' ' && is_letter(view.at(house_end + 1));
    view.steps += LONGEST as u64;
    if before && let Some(start) = street_before(view, house.start, labelled) {
        let cued = view.window(start).any(Cues::ADDRESS);
        let end = places_after(view, house_end, start);
        return cued.then(|| Hit::new(start, end, PiiType::PostalAddress, 0.85, "cue"));
    }
    if !after {
        return None;
    }
    let (street_end, named) = street_after(view, house_end)?;
    // Without a street word, only a sign such as `Address:` makes capitalised words a street.
    let near = view.near(house.start);
    let announced = near.announced && near.any(Cues::ADDRESS);
    let cued = announced || (named && view.window(house.start).any(Cues::ADDRESS));
    if !cued {
        return None;
    }
    let end = places_after(view, street_end, house.start);
    Some(Hit::new(house.start, end, PiiType::PostalAddress, 0.85, "cue"))
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

fn is_capital(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte >= 0x80
}

/// `221B`: the letter belongs to the number.
fn house_end(view: &View<'_>, end: usize) -> usize {
    let letter = view.at(end).is_ascii_alphabetic() && !view.at(end + 1).is_ascii_alphanumeric();
    end + usize::from(letter)
}

fn word_end(view: &View<'_>, start: usize) -> usize {
    let mut end = start;
    while end - start < 40
        && (is_letter(view.at(end)) || (matches!(view.at(end), b'\'' | b'-') && is_letter(view.at(end + 1))))
    {
        end += 1;
    }
    end
}

/// Whether a word is one that streets are named with, alone or as its ending.
fn is_street_word(word: &[u8]) -> bool {
    const ENDINGS: &[&str] =
        &["strasse", "straße", "str", "gasse", "platz", "weg", "allee", "straat", "laan", "gatan", "katu"];
    let ends = |ending: &&str| {
        let tail = word.len().checked_sub(ending.len()).map(|start| &word[start..]);
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(ending.as_bytes()))
    };
    context::of_word(word).any(Cues::STREET)
        || (word.len() > 5 && has_last_letter(word) && ENDINGS.iter().any(ends))
}

/// Whether a word ends with a letter that one of the endings ends with.
fn has_last_letter(word: &[u8]) -> bool {
    word.last()
        .is_some_and(|last| matches!(last, b'e' | b'r' | b'z' | b'g' | b't' | b'n' | b'u' | b'E' | b'R'))
}

/// The words right of a house number: where they end, and whether one of them is a street word.
fn street_after(view: &View<'_>, from: usize) -> Option<(usize, bool)> {
    let mut at = from;
    let mut end = None;
    let mut named = false;
    for _ in 0..6 {
        if view.at(at) != b' ' {
            break;
        }
        let start = at + 1;
        let stop = word_end(view, start);
        let word = view.bytes.get(start..stop)?;
        let street = is_street_word(word);
        if word.is_empty() || !(is_capital(word[0]) || street) {
            break;
        }
        named |= street;
        at = stop;
        end = Some(stop);
        if view.at(at) == b'.' && street {
            at += 1;
            end = Some(at);
        }
    }
    end.map(|end| (end, named))
}

/// The words left of a house number, when one of them is a street word: `Musterstraße 12`, `Rua do Arenque 7`.
fn street_before(view: &View<'_>, house: usize, labelled: bool) -> Option<usize> {
    let mut at = house;
    let mut start = None;
    let mut named = false;
    for _ in 0..5 {
        while at > 0 && matches!(view.before(at, 1), b' ' | b'.') && house - at < LONGEST {
            at -= 1;
        }
        let stop = at;
        while at > 0 && stop - at < 40 && (is_letter(view.before(at, 1)) || view.before(at, 1) == b'-') {
            at -= 1;
        }
        let word = &view.bytes[at..stop];
        let particle =
            matches!(word, b"do" | b"da" | b"de" | b"des" | b"du" | b"del" | b"la" | b"van" | b"der" | b"am");
        if word.is_empty() {
            break;
        }
        let street = is_street_word(word);
        if !(is_capital(word[0]) || particle || street) {
            break;
        }
        if context::of_word(word).any(Cues::ADDRESS) && !labelled {
            break;
        }
        named |= street;
        if !particle {
            start = Some(at);
        }
        if !matches!(view.before(at, 1), b' ' | b'.') {
            break;
        }
    }
    start.filter(|_| named)
}

/// `, Springfield, IL 62704`: chunks behind commas while they are capitalised words and numbers.
fn places_after(view: &View<'_>, from: usize, start: usize) -> usize {
    let mut end = from;
    loop {
        let mut at = end;
        let comma = view.at(at) == b',';
        at += usize::from(comma);
        if view.at(at) != b' ' || at - start > LONGEST {
            return end;
        }
        at += 1;
        let first = view.at(at);
        let mut stop = at;
        while stop - at < 24
            && (is_letter(view.at(stop)) || view.at(stop).is_ascii_digit() || view.at(stop) == b'-')
        {
            stop += 1;
        }
        let belongs = stop > at && (is_capital(first) || first.is_ascii_digit()) && view.at(stop) != b'@';
        if !belongs || view.at(stop) == b':' || view.bytes[at..stop].ends_with(b"-") {
            return end;
        }
        end = stop;
    }
}
