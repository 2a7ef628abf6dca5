//! The rules of Europe. Every function takes digits of the length its row in the table names.

use super::super::checks::{is_short_date, luhn, mod_11_10, trade_item, weighted};
use super::super::digits::number;
use super::{is_dated, last_of};

/// Switzerland: a country prefix and a trade item check digit.
pub(super) fn is_swiss(digits: &[u8]) -> bool {
    digits.len() == 13 && digits.starts_with(&[7, 5, 6]) && trade_item(digits)
}

/// France: sex, year, month, and 97 minus the rest.
pub(super) fn is_french(digits: &[u8]) -> bool {
    if digits.len() != 15 || !(1..=2).contains(&digits[0]) {
        return false;
    }
    let month = digits[3] * 10 + digits[4];
    let key = number(&digits[13..]);
    (1..=12).contains(&month) && 97 - number(&digits[..13]) % 97 == key
}

/// Netherlands: the eleven-test.
pub(super) fn is_dutch(digits: &[u8]) -> bool {
    weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 == 0
}

/// Portugal.
pub(super) fn is_portuguese(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<8>(digits) else { return false };
    let rest = weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    last == if rest < 2 { 0 } else { 11 - rest }
}

/// The health service of England.
pub(super) fn is_british(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<9>(digits) else { return false };
    (11 - weighted(&body, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 == last
}

/// Bulgaria.
pub(super) fn is_bulgarian(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<9>(digits) else { return false };
    weighted(&body, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == last
}

/// Poland.
pub(super) fn is_polish(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<10>(digits) else { return false };
    (10 - weighted(&body, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10 == last
}

/// Norway: two check digits.
pub(super) fn is_norwegian(digits: &[u8]) -> bool {
    weighted(digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 == 0
        && weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0
}

/// Belgium: 97 minus the rest, in either century.
pub(super) fn is_belgian(digits: &[u8]) -> bool {
    let body = number(&digits[..9]);
    let key = number(&digits[9..]);
    97 - body % 97 == key || 97 - (2_000_000_000 + body) % 97 == key
}

/// Estonia and Lithuania: a second row of weights when the first gives ten.
pub(super) fn is_baltic(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<10>(digits) else { return false };
    let first = weighted(&body, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let check = if first < 10 { first } else { weighted(&body, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10 };
    (1..=8).contains(&body[0]) && is_short_date(&body[1..7]) && check == last
}

/// Romania.
pub(super) fn is_romanian(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<12>(digits) else { return false };
    let rest = weighted(&body, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    is_short_date(&body[1..7]) && last == if rest == 10 { 1 } else { rest }
}

/// Germany and Croatia: ISO 7064. Germany's begins with no zero.
pub(super) fn is_german_or_croatian(digits: &[u8]) -> bool {
    mod_11_10(digits)
}

/// Sweden, ten digits, and Greece, eleven: a date and Luhn.
pub(super) fn is_dated_luhn(digits: &[u8]) -> bool {
    is_dated(digits) && luhn(digits)
}

/// Sweden, the century before the ten digits.
pub(super) fn is_long_swedish(digits: &[u8]) -> bool {
    matches!(digits[..2], [1, 8 | 9] | [2, 0]) && is_dated_luhn(&digits[2..])
}

/// Czechia and Slovakia: a date whose month is raised by 50 for women, by 20 where numbers ran out; a multiple of 11.
pub(super) fn is_czech(digits: &[u8]) -> bool {
    let month = (digits[2] * 10 + digits[3]) % 50;
    let day = digits[4] * 10 + digits[5];
    let dated = matches!(month, 1..=12 | 21..=32) && (1..=31).contains(&day);
    dated && number(digits).is_multiple_of(11)
}

/// Austria: three digits, the check digit, the date of birth.
pub(super) fn is_austrian(digits: &[u8]) -> bool {
    let date = [digits[8], digits[9], digits[6], digits[7], digits[4], digits[5]];
    digits[0] != 0
        && is_short_date(&date)
        && weighted(digits, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == i32::from(digits[3])
}

/// Iceland: a date, two digits, the check digit, the century.
pub(super) fn is_icelandic(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[3, 2, 7, 6, 5, 4, 3, 2]);
    is_dated(digits) && matches!(digits[9], 0 | 8 | 9) && (11 - sum % 11) % 11 == i32::from(digits[8])
}

/// Denmark: a date and four digits. Check digits were given up in 2007, so that the date is all there is to see.
pub(super) fn is_danish(digits: &[u8]) -> bool {
    is_short_date(&[digits[4], digits[5], digits[2], digits[3], digits[0], digits[1]])
}

/// Slovenia, Serbia and their neighbours: a date with three digits of the year, a region, a number, a check digit.
pub(super) fn is_yugoslav(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<12>(digits) else { return false };
    let dated = is_short_date(&[0, 0, digits[2], digits[3], digits[0], digits[1]]);
    dated && (11 - weighted(&body, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 == last
}

/// Ukraine.
pub(super) fn is_ukrainian(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<9>(digits) else { return false };
    weighted(&body, &[-1, 5, 7, 9, 4, 6, 10, 5, 7]).rem_euclid(11) % 10 == last
}

/// Russia, the tax number of a person: two check digits.
pub(super) fn is_russian_taxpayer(digits: &[u8]) -> bool {
    let check = |weights: &[i32]| weighted(digits, weights) % 11 % 10;
    check(&[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == i32::from(digits[10])
        && check(&[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) == i32::from(digits[11])
}

/// Russia, the insurance number: the sum, mod 101, as two digits.
pub(super) fn is_russian_insured(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100;
    sum == i32::from(digits[9]) * 10 + i32::from(digits[10])
}
