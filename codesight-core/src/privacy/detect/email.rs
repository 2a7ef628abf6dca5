//! E-mail addresses: plain, encoded for URLs, HTML and JSON, and spelled out.

use super::PiiType;
use super::view::{Hit, View};

const LONGEST_LOCAL: usize = 64;
const LONGEST_DOMAIN: usize = 255;
const LONGEST_LABEL: usize = 63;

/// File endings that follow an `@` in names such as `logo@2x.png`.
const FILE_ENDINGS: &[&[u8]] =
    &[b"png", b"jpg", b"jpeg", b"gif", b"webp", b"avif", b"svg", b"css", b"js", b"ico"];

/// The address whose `@`, in whatever writing, is `sign..after`.
pub(super) fn find(view: &mut View<'_>, sign: usize, after: usize) -> Option<Hit> {
    let start = local_start(view, sign)?;
    let end = domain_end(view, after)?;
    view.steps += (end - start) as u64;
    Some(Hit::new(start, end, PiiType::Email, 0.99, if after - sign > 1 { "encoded" } else { "format" }))
}

/// The end of an encoded `@` at `place`: `%40`, `%2540`, `&#64;`, `&#x40;`, `&commat;`, `\u0040`.
pub(super) fn encoded_sign(view: &View<'_>, place: usize) -> Option<usize> {
    const WRITINGS: &[&[u8]] = &[b"%40", b"%2540", b"&#64;", b"&#x40;", b"&#064;", b"&commat;", b"\\u0040"];
    let rest = &view.bytes[place..view.bytes.len().min(place + 8)];
    WRITINGS
        .iter()
        .find(|writing| rest.len() >= writing.len() && rest[..writing.len()].eq_ignore_ascii_case(writing))
        .map(|writing| place + writing.len())
}

fn local_start(view: &View<'_>, sign: usize) -> Option<usize> {
    let mut start = sign;
    while start > 0 && sign - start < LONGEST_LOCAL {
        let byte = view.before(start, 1);
        let belongs = byte.is_ascii_alphanumeric()
            || byte >= 0x80
            || matches!(byte, b'.' | b'_' | b'-' | b'+' | b'%' | b'\'' | b'~' | b'*' | b'#' | b'!');
        if !belongs {
            break;
        }
        start -= 1;
    }
    // An encoded sign within is the end of something else: `email%3Djane%40…`.
    let mut at = start;
    while at + 2 < sign {
        if view.at(at) == b'%' {
            let (high, low) = (view.at(at + 1), view.at(at + 2).to_ascii_uppercase());
            let separates = matches!((high, low), (b'2', b'0' | b'2' | b'6' | b'7' | b'C' | b'F'))
                || matches!((high, low), (b'3', b'A' | b'B' | b'C' | b'D' | b'E' | b'F'));
            if separates {
                start = at + 3;
            }
        }
        at += 1;
    }
    while start < sign
        && matches!(view.at(start), b'.' | b'-' | b'\'' | b'*' | b'#' | b'!' | b'~' | b'%' | b'+')
    {
        start += 1;
    }
    // An escape such as `\n` before the name in JSON text.
    if view.before(start, 1) == b'\\' && matches!(view.at(start), b'n' | b't' | b'r') && start + 1 < sign {
        start += 1;
    }
    let named = view.bytes[start..sign].iter().any(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
    (start < sign && named && view.before(sign, 1) != b'.').then(|| character_start(view, start))
}

/// Addresses of other scripts are taken whole, and never cut within a character.
fn character_start(view: &View<'_>, start: usize) -> usize {
    let mut start = start;
    while start > 0 && view.at(start) & 0xC0 == 0x80 {
        start -= 1;
    }
    start
}

fn domain_end(view: &View<'_>, start: usize) -> Option<usize> {
    let mut best = None;
    let mut label = start;
    let mut labels = 0;
    loop {
        let mut end = label;
        while end - label <= LONGEST_LABEL && is_label_byte(view.at(end)) {
            end += 1;
        }
        if end == label || end - label > LONGEST_LABEL || end - start > LONGEST_DOMAIN {
            break;
        }
        labels += 1;
        if labels >= 2
            && let Some(end) = top_level_end(&view.bytes[label..end])
        {
            best = Some(label + end);
        }
        if view.at(end) != b'.' || view.at(label) == b'-' {
            break;
        }
        label = end + 1;
    }
    best
}

fn is_label_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte >= 0x80
}

/// How much of a label is a top-level domain, if it is one.
fn top_level_end(label: &[u8]) -> Option<usize> {
    if FILE_ENDINGS.iter().any(|ending| label.eq_ignore_ascii_case(ending)) {
        return None;
    }
    if label.len() > 4 && label[..4].eq_ignore_ascii_case(b"xn--") {
        return Some(label.len());
    }
    let letters = label.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte >= 0x80).count();
    if letters == label.len() {
        return (2..=40).contains(&letters).then_some(letters);
    }
    // `john@acme.com123-45`: something else was run into it.
    let known = [b"com".as_slice(), b"org", b"net", b"edu", b"gov", b"de", b"fr", b"uk"];
    (known.iter().any(|known| label[..letters].eq_ignore_ascii_case(known))
        || label[letters] == b'-' && letters >= 2)
        .then_some(letters)
}

/// An address spelled out around `place`, the first byte of `(at)`, `[at]` or of a bare ` at `.
pub(super) fn find_spelled(view: &mut View<'_>, place: usize) -> Option<Hit> {
    let (sign_start, sign_end, bracketed) = spelled(view, place, b"at")?;
    let start = local_start(view, sign_start)?;
    let mut at = sign_end;
    let mut dots = 0;
    let mut spelled_dots = 0;
    let mut best = None;
    while dots < 6 {
        let label = at;
        while at - label <= LONGEST_LABEL && is_label_byte(view.at(at)) {
            at += 1;
        }
        if at == label {
            break;
        }
        view.steps += (at - label) as u64;
        let top =
            view.bytes[label..at].iter().all(u8::is_ascii_alphabetic) && (2..=10).contains(&(at - label));
        if dots > 0 && top && (bracketed || spelled_dots > 0) {
            best = Some(at);
        }
        if view.at(at) == b'.' {
            at += 1;
        } else if let Some((_, next, _)) = spelled(view, at, b"dot") {
            spelled_dots += 1;
            at = next;
        } else {
            break;
        }
        dots += 1;
    }
    best.map(|end| Hit::new(start, end, PiiType::Email, 0.9, "spelled-out"))
}

/// A spelled-out sign at `place`, with the spaces around it, and whether it stands in brackets.
fn spelled(view: &View<'_>, place: usize, word: &[u8]) -> Option<(usize, usize, bool)> {
    let mut start = place;
    while start > 0 && place - start < 2 && view.before(start, 1) == b' ' {
        start -= 1;
    }
    let mut at = place;
    while at < place + 2 && view.at(at) == b' ' {
        at += 1;
    }
    let bracketed = matches!(view.at(at), b'(' | b'[' | b'{');
    at += usize::from(bracketed);
    while bracketed && view.at(at) == b' ' && at < place + 5 {
        at += 1;
    }
    let found = view.bytes.get(at..at + word.len())?;
    if !found.eq_ignore_ascii_case(word) {
        return None;
    }
    at += word.len();
    while bracketed && view.at(at) == b' ' && at < place + 12 {
        at += 1;
    }
    if bracketed {
        if !matches!(view.at(at), b')' | b']' | b'}') {
            return None;
        }
        at += 1;
    } else if view.at(at) != b' ' || view.at(place) != b' ' {
        return None;
    }
    while view.at(at) == b' ' && at < place + 14 {
        at += 1;
    }
    Some((start, at, bracketed))
}
