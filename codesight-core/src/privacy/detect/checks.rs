//! Check digits. Every function takes the values of digits, 0 to 9.

/// Luhn: cards, and the ids of several countries.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(*digit);
            match (place % 2, value) {
                (0, value) => value,
                (_, value) if value > 4 => 2 * value - 9,
                (_, value) => 2 * value,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The sum of digits times weights.
pub(super) fn weighted(digits: &[u8], weights: &[i32]) -> i32 {
    digits.iter().zip(weights).map(|(digit, weight)| i32::from(*digit) * weight).sum()
}

/// ISO 7064 mod 11,10, as in Germany and Croatia.
pub(super) fn mod_11_10(digits: &[u8]) -> bool {
    let Some((check, body)) = digits.split_last() else { return false };
    let product = body.iter().fold(10, |product, digit| {
        let sum = (u32::from(*digit) + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == u32::from(*check)
}

/// Verhoeff, as in India.
pub(super) fn verhoeff(digits: &[u8]) -> bool {
    /// The dihedral group of order ten, computed instead of tabulated.
    fn multiply(left: u8, right: u8) -> u8 {
        match (left < 5, right < 5) {
            (true, true) => (left + right) % 5,
            (true, false) => (left + right) % 5 + 5,
            (false, true) => (left + 5 - right) % 5 + 5,
            (false, false) => (left + 5 - right) % 5,
        }
    }
    const ROUND: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let permuted = |place: usize, digit: u8| {
        (0..place % 8).fold(digit, |digit, _| ROUND[usize::from(digit) % ROUND.len()])
    };
    digits.iter().rev().enumerate().fold(0, |check, (place, digit)| multiply(check, permuted(place, *digit)))
        == 0
}

/// The check digit of trade item numbers: what a product carries is no id of a person.
pub(super) fn trade_item(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| u32::from(*digit) * if place % 2 == 0 { 1 } else { 3 })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether two, two and two digits may be a year, a month and a day.
pub(super) fn is_short_date(digits: &[u8]) -> bool {
    let [_, _, month_tens, month, day_tens, day, ..] = digits else { return false };
    (1..=12).contains(&(month_tens * 10 + month)) && (1..=31).contains(&(day_tens * 10 + day))
}
