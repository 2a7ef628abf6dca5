//! National ids that carry check digits.

use super::PiiType;
use super::checks::{is_short_date, luhn, mod_11_10, trade_item, verhoeff, weighted};
use super::context::Cues;
use super::digits::{Digits, Run, Separator};
use super::view::{Edge, Hit, View};

/// The id that starts with the run.
pub(super) fn find(view: &mut View<'_>, run: &Run) -> Option<Hit> {
    if run.total() < 9 {
        return None;
    }
    formatted(view, run).or_else(|| cued(view, run))
}

/// Lengths of groups, what stands between them, the check.
type Form = (&'static [usize], &'static [Separator], fn(&[u8]) -> bool);

/// Forms so particular that no cue is needed.
const FORMS: &[Form] = {
    use Separator::{Dash, Dot, Space};
    &[
        (&[3, 3, 3, 2], &[Dot, Dot, Dash], is_brazilian),
        (&[2, 8, 1], &[Dash, Dash], is_argentine),
        (&[3, 4, 4, 2], &[Dot, Dot, Dot], is_swiss),
        (&[1, 2, 2, 2, 3, 3, 2], &[Space, Space, Space, Space, Space, Space], is_french),
        (&[6, 7], &[Dash], is_korean),
        (&[18], &[], is_chinese),
    ]
};

fn formatted(view: &mut View<'_>, run: &Run) -> Option<Hit> {
    for (lengths, separators, check) in FORMS {
        if lengths[0] != run.groups()[0].len() || !run.is(lengths, separators) {
            continue;
        }
        let groups = &run.groups()[..lengths.len()];
        let (start, end) = (run.start(), groups[groups.len() - 1].end);
        let digits = Digits::of(view, groups)?;
        if check(digits.values())
            && view.left_edge(start).is_loose()
            && view.right_edge(end).is_loose()
            && !(view.in_url(start) && lengths.len() == 1)
        {
            return Some(Hit::new(start, end, PiiType::NationalId, 0.95, "check-digit"));
        }
    }
    None
}

/// Beside a word that says id, any digits whose check digits fit one country's rule.
fn cued(view: &mut View<'_>, run: &Run) -> Option<Hit> {
    let groups = run.groups();
    let mut total = 0;
    let mut count = 0;
    for group in groups {
        if total + group.len() > 18 || group.separator == Separator::Wide {
            break;
        }
        total += group.len();
        count += 1;
    }
    if !(9..=18).contains(&total) {
        return None;
    }
    let groups = &groups[..count];
    let (start, end) = (groups[0].start, groups[count - 1].end);
    let near = view.near(start);
    if !near.any(Cues::ID) || view.left_edge(start) == Edge::Tight || view.right_edge(end) == Edge::Tight {
        return None;
    }
    if near.any(Cues::THING) || !view.window(start).any(Cues::NATIONAL) {
        return None;
    }
    // In an address, the words around `id=` are those of the page.
    if view.in_url(start) && !near.any(Cues::NATIONAL) {
        return None;
    }
    let digits = Digits::of(view, groups)?;
    has_check_digit(digits.values()).then(|| Hit::new(start, end, PiiType::NationalId, 0.9, "check-digit"))
}

fn has_check_digit(digits: &[u8]) -> bool {
    if digits.iter().all(|digit| *digit == digits[0]) {
        return false;
    }
    match digits.len() {
        9 => luhn(digits) || is_dutch(digits) || is_australian(digits) || is_portuguese(digits),
        10 => {
            is_british(digits)
                || is_bulgarian(digits)
                || is_dated(digits) && (luhn(digits) || is_mod_11(digits))
        }
        11 => {
            is_brazilian(digits)
                || is_polish(digits)
                || mod_11_10(digits)
                || is_turkish(digits)
                || is_norwegian(digits)
                || is_belgian(digits)
                || is_baltic(digits)
                || (is_dated(digits) && luhn(digits))
                || is_argentine(digits)
        }
        12 => verhoeff(digits) || luhn(&digits[2..]),
        13 => {
            is_romanian(digits)
                || (is_dated(digits) && luhn(digits))
                || (is_swiss(digits))
                || is_korean(digits)
        }
        15 => is_french(digits),
        18 => is_chinese(digits),
        _ => false,
    }
}

fn is_dated(digits: &[u8]) -> bool {
    is_short_date(digits)
        || is_short_date(&[digits[4], digits[5], digits[2], digits[3], digits[0], digits[1]])
}

fn is_mod_11(digits: &[u8]) -> bool {
    super::digits::number(digits).is_multiple_of(11)
}

fn last_of<const LENGTH: usize>(digits: &[u8]) -> Option<([u8; LENGTH], i32)> {
    let (last, body) = digits.split_last()?;
    Some((body.try_into().ok()?, i32::from(*last)))
}

/// Brazil: two check digits, mod 11.
fn is_brazilian(digits: &[u8]) -> bool {
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
fn is_argentine(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<10>(digits) else { return false };
    let kind = body[0] * 10 + body[1];
    matches!(kind, 20 | 23 | 24 | 27)
        && (11 - weighted(&body, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 == last
}

/// Switzerland: a country prefix and a trade item check digit.
fn is_swiss(digits: &[u8]) -> bool {
    digits.len() == 13 && digits.starts_with(&[7, 5, 6]) && trade_item(digits)
}

/// France: sex, year, month, and 97 minus the rest.
fn is_french(digits: &[u8]) -> bool {
    if digits.len() != 15 || !(1..=2).contains(&digits[0]) {
        return false;
    }
    let month = digits[3] * 10 + digits[4];
    let key = super::digits::number(&digits[13..]);
    (1..=12).contains(&month) && 97 - super::digits::number(&digits[..13]) % 97 == key
}

/// South Korea: a date, the century and sex, one check digit.
fn is_korean(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<12>(digits) else { return false };
    is_short_date(digits)
        && (1..=8).contains(&body[6])
        && (11 - weighted(&body, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10 == last
}

/// China: a region, a date with the century, one check digit; the eleventh value is written `X` and handled with
/// tokens.
fn is_chinese(digits: &[u8]) -> bool {
    digits.len() == 18 && chinese_check(digits) == Some(u32::from(digits[17]))
}

/// The check value of the first seventeen digits, if they hold a possible date.
pub(super) fn chinese_check(digits: &[u8]) -> Option<u32> {
    const WEIGHTS: [i32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let century = digits[6] * 10 + digits[7];
    let dated = (18..=20).contains(&century) && is_short_date(&digits[8..14]) && (1..=8).contains(&digits[0]);
    dated.then(|| ((12 - weighted(&digits[..17], &WEIGHTS) % 11) % 11).unsigned_abs())
}

/// Netherlands: the eleven-test.
fn is_dutch(digits: &[u8]) -> bool {
    weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 == 0
}

/// Australia.
fn is_australian(digits: &[u8]) -> bool {
    weighted(digits, &[1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0
}

/// Portugal.
fn is_portuguese(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<8>(digits) else { return false };
    let rest = weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    last == if rest < 2 { 0 } else { 11 - rest }
}

/// The health service of England.
fn is_british(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<9>(digits) else { return false };
    (11 - weighted(&body, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 == last
}

/// Bulgaria.
fn is_bulgarian(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<9>(digits) else { return false };
    weighted(&body, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == last
}

/// Poland.
fn is_polish(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<10>(digits) else { return false };
    (10 - weighted(&body, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10 == last
}

/// Turkey: two check digits.
fn is_turkish(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<10>(digits) else { return false };
    let odd = weighted(&body, &[1, 0, 1, 0, 1, 0, 1, 0, 1]);
    let even = weighted(&body, &[0, 1, 0, 1, 0, 1, 0, 1]);
    let sum: i32 = body.iter().map(|digit| i32::from(*digit)).sum();
    body[0] != 0 && (odd * 7 - even).rem_euclid(10) == i32::from(body[9]) && sum % 10 == last
}

/// Norway: two check digits.
fn is_norwegian(digits: &[u8]) -> bool {
    weighted(digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 == 0
        && weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0
}

/// Belgium: 97 minus the rest, in either century.
fn is_belgian(digits: &[u8]) -> bool {
    let body = super::digits::number(&digits[..9]);
    let key = super::digits::number(&digits[9..]);
    97 - body % 97 == key || 97 - (2_000_000_000 + body) % 97 == key
}

/// Estonia and Lithuania: a second row of weights when the first gives ten.
fn is_baltic(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<10>(digits) else { return false };
    let first = weighted(&body, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let check = if first < 10 { first } else { weighted(&body, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10 };
    (1..=8).contains(&body[0]) && is_short_date(&body[1..7]) && check == last
}

/// Romania.
fn is_romanian(digits: &[u8]) -> bool {
    let Some((body, last)) = last_of::<12>(digits) else { return false };
    let rest = weighted(&body, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    is_short_date(&body[1..7]) && last == if rest == 10 { 1 } else { rest }
}
