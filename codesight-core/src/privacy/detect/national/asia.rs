//! The rules of Asia, Africa and Oceania. Every function takes digits of the length its row in the table names.

use super::super::checks::{is_short_date, luhn, verhoeff, weighted};
use super::last_of;

/// South Korea: a date, the century and sex, one check digit.
pub(super) fn is_korean(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<12>(digits) else { return false };
    is_short_date(digits)
        && (1..=8).contains(&body[6])
        && (11 - weighted(&body, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10 == last
}

/// China: a region, a date with the century, one check digit; the eleventh value is written `X` and handled with
/// tokens.
pub(super) fn is_chinese(digits: &[u8]) -> bool {
    digits.len() == 18 && chinese_check(digits) == Some(u32::from(digits[17]))
}

/// The check value of the first seventeen digits, if they hold a possible date.
pub(super) fn chinese_check(digits: &[u8]) -> Option<u32> {
    const WEIGHTS: [i32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let century = digits[6] * 10 + digits[7];
    let dated = (18..=20).contains(&century) && is_short_date(&digits[8..14]) && (1..=8).contains(&digits[0]);
    dated.then(|| ((12 - weighted(&digits[..17], &WEIGHTS) % 11) % 11).unsigned_abs())
}

/// Turkey: two check digits.
pub(super) fn is_turkish(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<10>(digits) else { return false };
    let odd = weighted(&body, &[1, 0, 1, 0, 1, 0, 1, 0, 1]);
    let even = weighted(&body, &[0, 1, 0, 1, 0, 1, 0, 1]);
    let sum: i32 = body.iter().map(|digit| i32::from(*digit)).sum();
    body[0] != 0 && (odd * 7 - even).rem_euclid(10) == i32::from(body[9]) && sum % 10 == last
}

/// Australia.
pub(super) fn is_australian(digits: &[u8]) -> bool {
    weighted(digits, &[1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0
}

/// India: Verhoeff; the first digit is neither 0 nor 1.
pub(super) fn is_indian(digits: &[u8]) -> bool {
    digits[0] > 1 && verhoeff(digits)
}

/// Japan: weights rise by one, six times from the right and then again.
pub(super) fn is_japanese(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<11>(digits) else { return false };
    let rest = weighted(&body, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    last == if rest <= 1 { 0 } else { 11 - rest }
}

/// Thailand.
pub(super) fn is_thai(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<12>(digits) else { return false };
    let sum = weighted(&body, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    digits[0] != 0 && (11 - sum % 11) % 10 == last
}

/// The Emirates: the country's number, a year, Luhn.
pub(super) fn is_emirati(digits: &[u8]) -> bool {
    let is_year = matches!(digits[3..5], [1, 9] | [2, 0]);
    digits.starts_with(&[7, 8, 4]) && is_year && luhn(digits)
}

/// Saudi Arabia: citizens begin with 1, residents with 2; Luhn.
pub(super) fn is_saudi(digits: &[u8]) -> bool {
    matches!(digits[0], 1 | 2) && luhn(digits)
}

/// Israel: Luhn.
pub(super) fn is_israeli(digits: &[u8]) -> bool {
    luhn(digits)
}

/// South Africa: a date, a number, citizenship, Luhn.
pub(super) fn is_south_african(digits: &[u8]) -> bool {
    is_short_date(digits) && digits[10] < 3 && luhn(digits)
}

/// Australia's health insurance: the ninth digit checks the first eight; the tenth counts the cards.
pub(super) fn is_australian_insured(digits: &[u8]) -> bool {
    (2..=6).contains(&digits[0]) && weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == i32::from(digits[8])
}
