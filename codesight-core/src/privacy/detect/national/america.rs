//! The rules of the Americas. Every function takes digits of the length its row in the table names.

use super::super::checks::{luhn, weighted};
use super::last_of;

/// Brazil: two check digits, mod 11.
pub(super) fn is_brazilian(digits: &[u8]) -> bool {
    if digits.len() != 11 || digits.iter().all(|digit| *digit == digits[0]) {
        return false;
    }
    let check = |length: usize| {
        let sum: i32 = (0..length).map(|place| i32::from(digits[place]) * (length + 1 - place) as i32).sum();
        sum * 10 % 11 % 10 == i32::from(digits[length])
    };
    check(9) && check(10)
}

/// Argentina: a kind of holder, a document number, one check digit.
pub(super) fn is_argentine(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<10>(digits) else { return false };
    let kind = body[0] * 10 + body[1];
    matches!(kind, 20 | 23 | 24 | 27)
        && (11 - weighted(&body, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 == last
}

/// Canada, the Dominican Republic: Luhn.
pub(super) fn is_luhn(digits: &[u8]) -> bool {
    luhn(digits)
}

/// Ecuador: a province, a third digit below six, Luhn.
pub(super) fn is_ecuadorian(digits: &[u8]) -> bool {
    let province = digits[0] * 10 + digits[1];
    (matches!(province, 1..=24 | 30)) && digits[2] < 6 && luhn(digits)
}
