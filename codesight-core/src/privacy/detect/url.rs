//! Where addresses of pages begin and end. They are not personal by themselves, but digits in a path are judged
//! differently, and their queries may hold secrets.

use std::ops::Range;

/// The end of the URL whose `://` ends at `start`.
pub(super) fn end_of(bytes: &[u8], start: usize) -> usize {
    const LONGEST: usize = 4096;
    let mut end = start;
    while end - start < LONGEST && bytes.get(end).is_some_and(|byte| is_url_byte(*byte)) {
        end += 1;
    }
    // Signs that end a sentence are not its end.
    while end > start
        && matches!(bytes[end - 1], b'.' | b',' | b';' | b':' | b'!' | b'?' | b')' | b'\'' | b'*')
    {
        end -= 1;
    }
    end
}

fn is_url_byte(byte: u8) -> bool {
    byte >= 0x80
        || (byte.is_ascii_graphic()
            && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'}' | b'|'))
}

/// Whether `://` at `colon` follows a scheme, and where that starts.
pub(super) fn scheme_start(bytes: &[u8], colon: usize) -> Option<usize> {
    let mut start = colon;
    while start > 0 && colon - start < 12 && bytes[start - 1].is_ascii_alphabetic() {
        start -= 1;
    }
    (colon - start >= 2).then_some(start)
}

/// The absolute URLs of a text, in order. They are recognised, not masked; the secrets within them are found by the
/// detector.
///
/// ```
/// let text = "see https://shop.test/cart?id=1.";
/// assert_eq!(codesight_core::privacy::urls(text), [4..31]);
/// ```
pub fn urls(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(colon) = memchr::memmem::find(&bytes[at..], b"://").map(|place| at + place) {
        at = colon + 3;
        let Some(start) = scheme_start(bytes, colon) else { continue };
        let end = end_of(bytes, at);
        if end > at {
            found.push(start..end);
            at = end;
        }
    }
    found
}
