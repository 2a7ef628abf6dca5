//! Country calling codes, and how long the numbers behind them are.

/// What follows a calling code: fewest and most digits.
pub(super) type Lengths = (usize, usize);

/// The code that some digits start with, as its length in digits and the lengths of the numbers behind it. Codes are
/// prefix-free, so the shortest that is assigned is the one.
pub(super) fn split(digits: &[u8]) -> Option<(usize, Lengths)> {
    (1..=3.min(digits.len())).find_map(|length| {
        let code = digits[..length].iter().fold(0_u16, |code, digit| code * 10 + u16::from(*digit));
        lengths(code).map(|lengths| (length, lengths))
    })
}

/// The lengths behind a code, if it is assigned.
fn lengths(code: u16) -> Option<Lengths> {
    Some(match code {
        // Seven digits reach services without an area code.
        1 => (7, 10),
        7 => (10, 10),
        20 => (7, 10),
        27 => (5, 10),
        30 => (10, 12),
        31 => (5, 11),
        32 => (8, 9),
        33 => (9, 9),
        34 => (9, 9),
        36 => (8, 9),
        39 => (6, 12),
        40 => (6, 9),
        41 => (9, 12),
        43 => (6, 13),
        44 => (7, 10),
        45 => (8, 8),
        46 => (6, 12),
        47 => (5, 12),
        48 => (6, 10),
        49 => (6, 14),
        51 => (8, 9),
        52 => (10, 11),
        53 => (6, 10),
        54 => (10, 11),
        55 => (8, 12),
        56 => (9, 11),
        57 => (8, 11),
        58 => (10, 10),
        60 => (8, 10),
        61 => (5, 12),
        62 => (7, 13),
        63 => (6, 13),
        64 => (5, 10),
        65 => (8, 11),
        66 => (8, 13),
        81 => (8, 17),
        82 => (5, 14),
        84 => (7, 10),
        86 => (7, 13),
        90 => (7, 13),
        91 => (8, 13),
        92 => (8, 12),
        93 => (9, 9),
        94 => (9, 9),
        95 => (6, 10),
        98 => (4, 10),
        // Small networks with short numbers.
        247 | 290 | 500 | 677 | 678 | 681 | 682 | 683 | 685 | 686 | 688 | 690 | 691 | 692 => (4, 10),
        211..=213 | 216 | 218 | 220..=246 | 248..=269 | 291 | 297..=299 => (5, 12),
        350..=359 | 370..=383 | 385..=387 | 389 => (4, 12),
        420 | 421 | 423 => (5, 12),
        501..=509 | 590..=599 => (5, 12),
        670 | 672..=676 | 679 | 680 | 687 | 689 => (5, 11),
        800 | 808 | 870 | 878 | 881..=883 | 888 | 979 => (7, 12),
        850 | 852 | 853 | 855 | 856 | 880 | 886 => (6, 12),
        960..=968 | 970..=977 | 979..=988 | 992..=996 | 998 => (5, 13),
        _ => return None,
    })
}

/// Countries whose numbers are written with a leading zero at home, so that grouped digits with one are a number.
pub(super) fn writes_leading_zero(country: [u8; 2]) -> bool {
    matches!(
        &country,
        b"AT"
            | b"AU"
            | b"BE"
            | b"CH"
            | b"CN"
            | b"DE"
            | b"FI"
            | b"FR"
            | b"GB"
            | b"GR"
            | b"HR"
            | b"ID"
            | b"IE"
            | b"IL"
            | b"IN"
            | b"IT"
            | b"JP"
            | b"KR"
            | b"MY"
            | b"NL"
            | b"NZ"
            | b"PH"
            | b"RO"
            | b"RS"
            | b"SE"
            | b"SI"
            | b"SK"
            | b"TH"
            | b"TR"
            | b"TW"
            | b"UA"
            | b"VN"
            | b"ZA"
    )
}
