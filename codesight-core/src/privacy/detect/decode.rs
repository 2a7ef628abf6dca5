//! Values in the writings of other formats: percent-encoding, entities of HTML, escapes of JSON and JavaScript, and
//! base64. What is found in the decoded text is masked where it is written.

use std::ops::Range;

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::context::WINDOW;
use super::fold::Folded;
use super::pattern::scan;
use super::view::{Hit, View};
use super::{DetectInput, Surface};

/// Escapes of escapes are read so deep: `%2540` is `%40` is `@`.
const DEPTH: usize = 2;

/// Of longer texts, only the lines with escapes are decoded.
const LONG: usize = 4 * 1024;
/// Bytes before such a line that are decoded with it, for the words in them.
const REACH: usize = 2 * WINDOW;

/// Adds what is found in the decoded text and touches an escape.
pub(super) fn find_escaped(bytes: &[u8], input: &DetectInput<'_>, hits: &mut Vec<Hit>) {
    if bytes.len() <= LONG || input.surface == Surface::Url {
        return find_escaped_in(bytes, 0..bytes.len(), input, hits);
    }
    for lines in escaped_lines(bytes) {
        find_escaped_in(bytes, lines, input, hits);
    }
}

/// The lines that hold a sign of an escape, with what stands before them; those that touch are one range.
fn escaped_lines(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for sign in memchr::memchr3_iter(b'%', b'&', b'\\', bytes) {
        if ranges.last().is_some_and(|last| sign < last.end) {
            continue;
        }
        let start = memchr::memrchr(b'\n', &bytes[..sign]).map_or(0, |at| at + 1).saturating_sub(REACH);
        let end = memchr::memchr(b'\n', &bytes[sign..]).map_or(bytes.len(), |at| sign + at);
        match ranges.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => ranges.push(start..end),
        }
    }
    ranges
}

fn find_escaped_in(text: &[u8], part: Range<usize>, input: &DetectInput<'_>, hits: &mut Vec<Hit>) {
    let bytes = &text[part.clone()];
    let Some(first) = unescape(bytes) else { return };
    let mut layers = vec![first];
    while layers.len() < DEPTH
        && let Some(next) = layers.last().and_then(|layer| unescape(&layer.bytes))
    {
        layers.push(next);
    }
    let Some(innermost) = layers.last() else { return };
    let mut view = View::new(&innermost.bytes, input);
    if input.surface == Surface::Url {
        view.url_end = innermost.bytes.len();
    }
    let mut found = Vec::new();
    scan(&mut view, &mut found);
    for mut hit in found {
        let length = hit.end - hit.start;
        for layer in layers.iter().rev() {
            Range { start: hit.start, end: hit.end } = layer.original(hit.start, hit.end);
        }
        // Without an escape in it, the first look has judged it in its own surroundings.
        if hit.end - hit.start > length {
            hit.evidence = "encoded";
            (hit.start, hit.end) = (hit.start + part.start, hit.end + part.start);
            take_in(hits, hit);
        }
    }
}

/// Adds a find in place of all it overlaps.
fn take_in(hits: &mut Vec<Hit>, mut hit: Hit) {
    let first = hits.partition_point(|known| known.end <= hit.start);
    let last = hits.partition_point(|known| known.start < hit.end);
    if first < last {
        hit.start = hit.start.min(hits[first].start);
        hit.end = hit.end.max(hits[last - 1].end);
    }
    hits.splice(first..last, [hit]);
}

/// The text without its escapes, if one of them hides what could be a part of a value.
fn unescape(bytes: &[u8]) -> Option<Folded<'static>> {
    let mut decoded = None;
    let mut copied = 0;
    let mut matters = false;
    for sign in memchr::memchr3_iter(b'%', b'&', b'\\', bytes) {
        if sign < copied {
            continue;
        }
        let Some((byte, length)) = escape_at(&bytes[sign..bytes.len().min(sign + 9)]) else { continue };
        let folded: &mut Folded<'static> = decoded.get_or_insert_with(|| Folded::empty(bytes.len()));
        folded.push(&bytes[copied..sign], byte, length);
        copied = sign + length;
        matters |= byte.is_ascii_alphanumeric()
            || matches!(byte, b' ' | b'@' | b'.' | b'-' | b'_' | b'+' | b':' | b'%');
    }
    let mut folded = decoded.filter(|_| matters)?;
    folded.finish(&bytes[copied..]);
    Some(folded)
}

/// The printable ASCII character that an escape at the start of `text` stands for, and the escape's length.
fn escape_at(text: &[u8]) -> Option<(u8, usize)> {
    const NAMED: [(&[u8], u8); 9] = [
        (b"&commat;", b'@'),
        (b"&period;", b'.'),
        (b"&lowbar;", b'_'),
        (b"&hyphen;", b'-'),
        (b"&colon;", b':'),
        (b"&plus;", b'+'),
        (b"&nbsp;", b' '),
        (b"&amp;", b'&'),
        (b"&sol;", b'/'),
    ];
    let (value, length) = match text {
        [b'%', high, low, ..] => (number(&[*high, *low], 16)?, 3),
        [b'\\', b'u', digits @ ..] => (number(digits.get(..4)?, 16)?, 6),
        [b'\\', b'x', digits @ ..] => (number(digits.get(..2)?, 16)?, 4),
        [b'&', b'#', b'x' | b'X', rest @ ..] => {
            let end = rest.iter().position(|byte| *byte == b';')?;
            (number(&rest[..end], 16)?, end + 4)
        }
        [b'&', b'#', rest @ ..] => {
            let end = rest.iter().position(|byte| *byte == b';')?;
            (number(&rest[..end], 10)?, end + 3)
        }
        [b'&', ..] => {
            let (name, byte) = NAMED.iter().find(|(name, _)| text.starts_with(name))?;
            (u32::from(*byte), name.len())
        }
        _ => return None,
    };
    let byte = u8::try_from(value).ok()?;
    (byte == b' ' || byte.is_ascii_graphic()).then_some((byte, length))
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    // Unlike the parser of the standard library, no sign.
    let value = |digit: &u8| char::from(*digit).to_digit(radix);
    (!digits.is_empty()).then_some(())?;
    digits.iter().try_fold(0_u32, |number, digit| number.checked_mul(radix)?.checked_add(value(digit)?))
}

/// The shortest token worth decoding: twelve characters of text.
const SHORTEST_TOKEN: usize = 16;
/// Longer ones are pictures.
const LONGEST_TOKEN: usize = 8 * 1024;

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Adds tokens of base64 in which something is found.
pub(super) fn find_packed(bytes: &[u8], input: &DetectInput<'_>, hits: &mut Vec<Hit>) {
    let mut probe = SHORTEST_TOKEN - 1;
    // A token covers one of the probed places at least: most of the text is not looked at.
    while let Some(byte) = bytes.get(probe) {
        if !is_packed(*byte) {
            probe += SHORTEST_TOKEN;
            continue;
        }
        let start = bytes[..probe].iter().rposition(|byte| !is_packed(*byte)).map_or(0, |at| at + 1);
        let end =
            bytes[probe..].iter().position(|byte| !is_packed(*byte)).map_or(bytes.len(), |at| probe + at);
        if (SHORTEST_TOKEN..=LONGEST_TOKEN).contains(&(end - start)) {
            unpack(bytes, start..end, input, hits);
        }
        probe = end + SHORTEST_TOKEN;
    }
}

/// What a byte stands for in base64, in its standard alphabet or that of URLs; [`NO_VALUE`] for those of neither.
const VALUES: [u8; 256] = {
    let mut values = [NO_VALUE; 256];
    let mut place = 0;
    while place < 26 {
        values[b'A' as usize + place] = place as u8;
        values[b'a' as usize + place] = place as u8 + 26;
        place += 1;
    }
    let mut digit = 0;
    while digit < 10 {
        values[b'0' as usize + digit] = digit as u8 + 52;
        digit += 1;
    }
    values[b'+' as usize] = 62;
    values[b'-' as usize] = 62;
    values[b'/' as usize] = 63;
    values[b'_' as usize] = 63;
    values
};
const NO_VALUE: u8 = 64;

fn is_packed(byte: u8) -> bool {
    VALUES[usize::from(byte)] != NO_VALUE
}

/// Whether every byte that a token's head stands for is ASCII, by the highest bit of each: of random tokens, one in four
/// thousand goes on.
fn has_ascii_head(token: &[u8]) -> bool {
    let value = |byte: u8| VALUES[usize::from(byte)];
    let head = token[..SHORTEST_TOKEN].as_chunks::<4>().0;
    head.iter().all(|four| value(four[0]) < 32 && value(four[1]) & 8 == 0 && value(four[2]) & 2 == 0)
}

/// Tries a token as a whole, and where `/` separates parts of a path, its parts.
fn unpack(bytes: &[u8], token: Range<usize>, input: &DetectInput<'_>, hits: &mut Vec<Hit>) {
    let mut start = token.start;
    let parts = bytes[token.clone()].split(|byte| *byte == b'/').map(|part| {
        let range = start..start + part.len();
        start = range.end + 1;
        range
    });
    for range in std::iter::once(token.clone()).chain(parts) {
        if range.len() >= SHORTEST_TOKEN
            && let Some(text) = text_of(&bytes[range.clone()])
        {
            let mut found = Vec::new();
            let inner = DetectInput { text: &text, surface: Surface::Text, ..*input };
            scan(&mut View::new(text.as_bytes(), &inner), &mut found);
            if let Some(hit) = found.first() {
                let padding = bytes[range.end..].iter().take(2).take_while(|byte| **byte == b'=').count();
                let packed = Hit { start: range.start, end: range.end + padding, evidence: "base64", ..*hit };
                take_in(hits, packed);
                return;
            }
        }
    }
}

/// The text a token stands for, if it is one: hashes and random tokens are told by their first bytes.
fn text_of(token: &[u8]) -> Option<String> {
    if !has_ascii_head(token) {
        return None;
    }
    let plain = |token: &[u8]| -> Vec<u8> {
        let standard = |byte: &u8| match byte {
            b'-' => b'+',
            b'_' => b'/',
            byte => *byte,
        };
        token.iter().map(standard).collect()
    };
    let is_text = |bytes: &[u8]| bytes.iter().all(|byte| *byte >= b' ' || byte.is_ascii_whitespace());
    let head = ENGINE.decode(plain(&token[..SHORTEST_TOKEN])).ok()?;
    if !is_text(&head) || !head.is_ascii() {
        return None;
    }
    let text = String::from_utf8(ENGINE.decode(plain(token)).ok()?).ok()?;
    is_text(text.as_bytes()).then_some(text)
}
