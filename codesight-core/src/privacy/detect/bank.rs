//! International bank account numbers: a country, its length, mod 97.

use super::PiiType;
use super::view::{Hit, View};

/// Lengths by country.
#[rustfmt::skip]
const LENGTHS: &[(&[u8; 2], usize)] = &[
    (b"AD", 24), (b"AE", 23), (b"AL", 28), (b"AT", 20), (b"AZ", 28), (b"BA", 20), (b"BE", 16), (b"BG", 22),
    (b"BH", 22), (b"BI", 27), (b"BR", 29), (b"BY", 28), (b"CH", 21), (b"CR", 22), (b"CY", 28), (b"CZ", 24),
    (b"DE", 22), (b"DJ", 27), (b"DK", 18), (b"DO", 28), (b"EE", 20), (b"EG", 29), (b"ES", 24), (b"FI", 18),
    (b"FK", 18), (b"FO", 18), (b"FR", 27), (b"GB", 22), (b"GE", 22), (b"GI", 23), (b"GL", 18), (b"GR", 27),
    (b"GT", 28), (b"HN", 28), (b"HR", 21), (b"HU", 28), (b"IE", 22), (b"IL", 23), (b"IQ", 23), (b"IS", 26),
    (b"IT", 27), (b"JO", 30), (b"KW", 30), (b"KZ", 20), (b"LB", 28), (b"LC", 32), (b"LI", 21), (b"LT", 20),
    (b"LU", 20), (b"LV", 21), (b"LY", 25), (b"MC", 27), (b"MD", 24), (b"ME", 22), (b"MK", 19), (b"MN", 20),
    (b"MR", 27), (b"MT", 31), (b"MU", 30), (b"NI", 28), (b"NL", 18), (b"NO", 15), (b"OM", 23), (b"PK", 24),
    (b"PL", 28), (b"PS", 29), (b"PT", 25), (b"QA", 29), (b"RO", 24), (b"RS", 22), (b"RU", 33), (b"SA", 24),
    (b"SC", 31), (b"SD", 18), (b"SE", 24), (b"SI", 19), (b"SK", 24), (b"SM", 27), (b"SO", 23), (b"ST", 25),
    (b"SV", 28), (b"TL", 23), (b"TN", 24), (b"TR", 26), (b"UA", 29), (b"VA", 22), (b"VG", 24), (b"XK", 20),
    (b"YE", 30),
];

/// The account number whose check digits start at `digits`.
pub(super) fn find(view: &mut View<'_>, digits: usize) -> Option<Hit> {
    let start = digits.checked_sub(2)?;
    let country = [view.at(start).to_ascii_uppercase(), view.at(start + 1).to_ascii_uppercase()];
    if !view.at(digits + 1).is_ascii_digit() || !country.iter().all(u8::is_ascii_uppercase) {
        return None;
    }
    let left = view.before(start, 1);
    if left.is_ascii_alphanumeric() || left == b'_' {
        return None;
    }
    let length = LENGTHS.iter().find(|(known, _)| **known == country)?.1;
    let mut kept = [0_u8; 34];
    let mut count = 0;
    let mut at = start;
    while count < length {
        let byte = view.at(at);
        let next = view.at(at + 1);
        if byte.is_ascii_alphanumeric() {
            kept[count] = byte.to_ascii_uppercase();
            count += 1;
            at += 1;
        } else if matches!(byte, b' ' | b'-' | b'.') && next.is_ascii_alphanumeric() {
            at += 1;
        } else if byte == b'%' && next == b'2' && view.at(at + 2) == b'0' {
            at += 3;
        } else if byte == b'+' && view.in_url(at) {
            at += 1;
        } else {
            return None;
        }
    }
    view.steps += (at - start) as u64;
    if view.at(at).is_ascii_alphanumeric() || view.at(at) == b'_' || !mod_97(&kept[..length]) {
        return None;
    }
    Some(Hit::new(start, at, PiiType::Iban, 0.99, "mod-97"))
}

fn mod_97(account: &[u8]) -> bool {
    let (head, tail) = account.split_at(4);
    let rest = tail.iter().chain(head).fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte.wrapping_sub(b'A')) + 10) % 97,
    });
    rest == 1
}
