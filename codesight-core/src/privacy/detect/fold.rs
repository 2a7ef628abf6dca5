//! Folding: digits and signs of other scripts become ASCII, invisible characters go, and every place can be
//! translated back.

use std::borrow::Cow;
use std::ops::Range;

/// A folded text and the way back.
#[derive(Debug)]
pub(super) struct Folded<'t> {
    pub(super) bytes: Cow<'t, [u8]>,
    /// From a place in the folded text on, how many bytes more lie before it in the original.
    shifts: Vec<(usize, usize)>,
}

impl<'t> Folded<'t> {
    /// Folds a text. ASCII is borrowed.
    pub(super) fn new(text: &'t str) -> Self {
        if text.is_ascii() || !text.as_bytes().chunks(CHUNK).any(may_hold_folded) {
            return Self { bytes: Cow::Borrowed(text.as_bytes()), shifts: Vec::new() };
        }
        let mut bytes = Vec::with_capacity(text.len());
        let mut shifts = Vec::new();
        let mut copied = 0;
        for (place, character) in text.char_indices().filter(|(_, character)| !character.is_ascii()) {
            let Some(folding) = fold(character) else { continue };
            bytes.extend_from_slice(&text.as_bytes()[copied..place]);
            if let Folding::As(byte) = folding {
                bytes.push(byte);
            }
            copied = place + character.len_utf8();
            shifts.push((bytes.len(), copied - bytes.len()));
        }
        bytes.extend_from_slice(&text.as_bytes()[copied..]);
        Self { bytes: Cow::Owned(bytes), shifts }
    }

    /// A text to be put together, of at most so many bytes.
    pub(super) fn empty(capacity: usize) -> Folded<'static> {
        Folded { bytes: Cow::Owned(Vec::with_capacity(capacity)), shifts: Vec::new() }
    }

    /// Adds bytes as they are, and one for an escape of `length` bytes.
    pub(super) fn push(&mut self, as_they_are: &[u8], byte: u8, length: usize) {
        let bytes = self.bytes.to_mut();
        bytes.extend_from_slice(as_they_are);
        bytes.push(byte);
        let before = self.shifts.last().map_or(0, |(_, shift)| *shift);
        self.shifts.push((bytes.len(), before + length - 1));
    }

    /// Adds the bytes behind the last escape.
    pub(super) fn finish(&mut self, as_they_are: &[u8]) {
        self.bytes.to_mut().extend_from_slice(as_they_are);
    }

    /// The range of the original text that became `start..end`.
    pub(super) fn original(&self, start: usize, end: usize) -> Range<usize> {
        self.place(start)..self.place(end)
    }

    fn place(&self, place: usize) -> usize {
        let known = self.shifts.partition_point(|(from, _)| *from <= place);
        place + known.checked_sub(1).map_or(0, |index| self.shifts[index].1)
    }
}

enum Folding {
    As(u8),
    Away,
}

/// So many bytes are looked at without a branch, which compilers turn into vector instructions.
const CHUNK: usize = 256;

/// Whether a lead byte among these can start a character that [`fold`] changes: most text in other scripts is passed
/// over.
fn may_hold_folded(bytes: &[u8]) -> bool {
    let starts = |byte: u8| matches!(byte, 0xC2 | 0xD9 | 0xDB | 0xE0 | 0xE2 | 0xE3 | 0xEF | 0xF0);
    bytes.iter().fold(false, |found, byte| found | starts(*byte))
}

fn fold(character: char) -> Option<Folding> {
    let code = u32::from(character);
    let digit = |zero: u32| Some(Folding::As(b'0' + u8::try_from(code - zero).unwrap_or(0) % 10));
    match code {
        0x00A0 | 0x2000..=0x200A | 0x202F | 0x205F | 0x3000 => Some(Folding::As(b' ')),
        0x00AD | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060 | 0x2066..=0x2069 | 0xFEFF => Some(Folding::Away),
        0x2010..=0x2015 | 0x2212 | 0xFE58 | 0xFE63 => Some(Folding::As(b'-')),
        0x2024 | 0x3002 | 0xFF61 => Some(Folding::As(b'.')),
        0x0660..=0x0669 => digit(0x0660),
        0x06F0..=0x06F9 => digit(0x06F0),
        0x0966..=0x096F => digit(0x0966),
        0x09E6..=0x09EF => digit(0x09E6),
        0x0E50..=0x0E59 => digit(0x0E50),
        0x1D7CE..=0x1D7FF => digit(0x1D7CE),
        0xFE6B => Some(Folding::As(b'@')),
        // The whole full-width block mirrors ASCII.
        0xFF01..=0xFF5E => u8::try_from(code - 0xFF01 + 0x21).ok().map(Folding::As),
        _ => None,
    }
}
