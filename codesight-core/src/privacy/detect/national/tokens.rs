//! National ids in which letters and digits mix.

use super::super::PiiType;
use super::super::context::Cues;
use super::super::view::{Hit, View};
use super::asia::chinese_check;

const LONGEST: usize = 24;

/// The id whose token holds the digit at `at`.
pub(in super::super) fn find(view: &mut View<'_>, at: usize) -> Option<Hit> {
    if at < view.judged_until {
        return None;
    }
    let belongs = |byte: u8| byte.is_ascii_alphanumeric();
    let mut start = at;
    while at - start < LONGEST && belongs(view.before(start, 1)) {
        start -= 1;
    }
    let mut end = at;
    while end - start <= LONGEST && (belongs(view.at(end)) || is_inner_sign(view, start, end)) {
        end += 1;
    }
    view.steps += (end - start) as u64;
    // Another digit of the same token would come to the same.
    view.judged_until = (at..end).find(|place| !belongs(view.at(*place))).unwrap_or(end);
    if view.before(start, 1) == b'_' || matches!(view.at(end), b'_' | b'-') && belongs(view.at(end + 1)) {
        return None;
    }
    // No id is of another length: most tokens are done with here.
    if !matches!(end - start, 8..=12 | 16 | 18) {
        return None;
    }
    let written = &view.bytes[start..end];
    // Nobody writes an id in both cases; names of pictures and files are written so.
    if written.iter().any(u8::is_ascii_uppercase) && written.iter().any(u8::is_ascii_lowercase) {
        return None;
    }
    let mut upper = [0_u8; LONGEST];
    let token = upper.get_mut(..end - start)?;
    token.copy_from_slice(written);
    token.make_ascii_uppercase();
    let token = &*token;
    let certain = match token.len() {
        16 => is_italian(token),
        18 => is_mexican(token) || is_chinese_with_x(token),
        11 => is_finnish(token),
        12 => is_chilean(token),
        _ => false,
    };
    let cued = match token.len() {
        8 | 9 => is_spanish(token) || is_irish(token) || is_singaporean(token) || is_insured(token),
        10 => is_taiwanese(token) || is_indian_taxpayer(token),
        _ => false,
    };
    let mut cue =
        || view.near(start).any(Cues::ID) || (token.len() == 10 && view.near(start).any(Cues::CARD));
    let found = certain || (cued && cue());
    found.then(|| Hit::new(start, end, PiiType::NationalId, 0.95, "check-digit"))
}

/// The sign in the middle of a Finnish or Chilean id.
fn is_inner_sign(view: &View<'_>, start: usize, at: usize) -> bool {
    match view.at(at) {
        b'-' | b'+' => matches!(at - start, 6 | 10) && view.at(at + 1).is_ascii_alphanumeric(),
        b'.' => matches!(at - start, 2 | 6) && view.at(at + 1).is_ascii_digit(),
        _ => false,
    }
}

/// Whether a token follows a pattern of `9` for digits and `A` for letters; `*` is either.
fn fits(token: &[u8], pattern: &[u8]) -> bool {
    token.len() == pattern.len()
        && token.iter().zip(pattern).all(|(byte, form)| match form {
            b'9' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_uppercase(),
            _ => byte.is_ascii_alphanumeric(),
        })
}

fn number(digits: &[u8]) -> usize {
    digits
        .iter()
        .filter(|byte| byte.is_ascii_digit())
        .fold(0, |number, byte| number * 10 + usize::from(byte - b'0'))
}

/// Italy: names, date and place of birth as sixteen signs, the last a check letter.
fn is_italian(token: &[u8]) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    if !fits(token, b"AAAAAA**A**A***A") {
        return false;
    }
    let place_of = |byte: u8| if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' };
    let sum: u32 = token[..15]
        .iter()
        .enumerate()
        .map(|(place, byte)| {
            let value = place_of(*byte);
            if place % 2 == 0 { ODD[usize::from(value)] } else { u32::from(value) }
        })
        .sum();
    sum % 26 == u32::from(token[15] - b'A')
}

/// Mexico: eighteen signs, the last a check digit.
fn is_mexican(token: &[u8]) -> bool {
    if !fits(token, b"AAAA999999AAAAAA*9") || !matches!(token[10], b'H' | b'M' | b'X') {
        return false;
    }
    // The alphabet has an N with a tilde between N and O.
    let value = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'N' => u32::from(byte - b'A') + 10,
        _ => u32::from(byte - b'A') + 11,
    };
    let sum: u32 = token[..17].iter().zip((2..=18).rev()).map(|(byte, weight)| value(*byte) * weight).sum();
    (10 - sum % 10) % 10 == u32::from(token[17] - b'0')
}

fn is_chinese_with_x(token: &[u8]) -> bool {
    if !fits(token, b"99999999999999999A") || token[17] != b'X' {
        return false;
    }
    let mut digits = [0_u8; 17];
    for (digit, byte) in digits.iter_mut().zip(token) {
        *digit = byte - b'0';
    }
    chinese_check(&digits) == Some(10)
}

/// Finland: a date, the century, a number, a check sign.
fn is_finnish(token: &[u8]) -> bool {
    const SIGNS: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    let (Some(date), Some(serial)) = (token.get(..6), token.get(7..10)) else { return false };
    let dated = date.iter().chain(serial).all(u8::is_ascii_digit)
        && (1..=31).contains(&number(&date[..2]))
        && (1..=12).contains(&number(&date[2..4]));
    dated
        && matches!(token[6], b'-' | b'+' | b'A'..=b'F' | b'U'..=b'Y')
        && SIGNS[(number(date) * 1000 + number(serial)) % 31] == token[10]
}

/// Chile: `12.345.678-5`, mod 11 with `K` for ten.
fn is_chilean(token: &[u8]) -> bool {
    if token[2] != b'.' || token[6] != b'.' || token[10] != b'-' {
        return false;
    }
    let body = || token[..10].iter().filter(|byte| byte.is_ascii_digit());
    let sum: usize = body()
        .rev()
        .zip([2, 3, 4, 5, 6, 7, 2, 3])
        .map(|(byte, weight)| usize::from(byte - b'0') * weight)
        .sum();
    let check = match 11 - sum % 11 {
        11 => b'0',
        10 => b'K',
        digit => b'0' + u8::try_from(digit).unwrap_or(0),
    };
    body().count() == 8 && token[11] == check
}

/// Spain: a number or `X`, `Y`, `Z` and a number; a check letter.
fn is_spanish(token: &[u8]) -> bool {
    const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let (body, check) = token.split_at(token.len() - 1);
    let number = if fits(token, b"99999999A") {
        number(body)
    } else if fits(token, b"A9999999A") && matches!(body[0], b'X'..=b'Z') {
        usize::from(body[0] - b'X') * 10_000_000 + number(&body[1..])
    } else {
        return false;
    };
    LETTERS[number % 23] == check[0]
}

/// Ireland: seven digits, a check letter, perhaps a second letter.
fn is_irish(token: &[u8]) -> bool {
    if !fits(token, b"9999999A") && !fits(token, b"9999999AA") {
        return false;
    }
    let second = token.get(8).map_or(0, |byte| (usize::from(byte - b'A') + 1) * 9);
    let sum: usize =
        token[..7].iter().zip((2..=8).rev()).map(|(byte, weight)| usize::from(byte - b'0') * weight).sum();
    let check = match (sum + second) % 23 {
        0 => b'W',
        rest => b'@' + u8::try_from(rest).unwrap_or(0),
    };
    token[7] == check
}

/// Singapore.
fn is_singaporean(token: &[u8]) -> bool {
    if !fits(token, b"A9999999A") {
        return false;
    }
    let (letters, offset): (&[u8; 11], usize) = match token[0] {
        b'S' => (b"JZIHGFEDCBA", 0),
        b'T' => (b"JZIHGFEDCBA", 4),
        b'F' => (b"XWUTRQPNMLK", 0),
        b'G' => (b"XWUTRQPNMLK", 4),
        _ => return false,
    };
    let sum: usize = token[1..8]
        .iter()
        .zip([2, 7, 6, 5, 4, 3, 2])
        .map(|(byte, weight)| usize::from(byte - b'0') * weight)
        .sum();
    letters[(sum + offset) % 11] == token[8]
}

/// The insurance number of the United Kingdom: no check digit, but few letters are used.
fn is_insured(token: &[u8]) -> bool {
    fits(token, b"AA999999A")
        && matches!(token[8], b'A'..=b'D')
        && !token[..2].iter().any(|byte| matches!(byte, b'D' | b'F' | b'I' | b'Q' | b'U' | b'V'))
}

/// Taiwan: a letter of the region, sex, seven digits, a check digit.
fn is_taiwanese(token: &[u8]) -> bool {
    const REGIONS: &[u8; 26] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";
    if !fits(token, b"A999999999") || !matches!(token[1], b'1' | b'2' | b'8' | b'9') {
        return false;
    }
    let Some(place) = REGIONS.iter().position(|letter| *letter == token[0]) else { return false };
    let region = place + 10;
    let digits = token[1..].iter().map(|byte| usize::from(byte - b'0'));
    let sum: usize = digits.zip([8, 7, 6, 5, 4, 3, 2, 1, 1]).map(|(digit, weight)| digit * weight).sum();
    (region / 10 + region % 10 * 9 + sum).is_multiple_of(10)
}

/// India's tax number: no public check, but the fourth letter says what kind of holder it has: `P` is a person. It is
/// called `PAN`, as the number of a card is.
fn is_indian_taxpayer(token: &[u8]) -> bool {
    fits(token, b"AAAAA9999A") && token[3] == b'P'
}
