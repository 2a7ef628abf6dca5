//! Payment card numbers: 12 to 19 digits, an issuer range with its lengths, Luhn, and a plausible grouping.

use super::PiiType;
use super::checks::luhn;
use super::context::Cues;
use super::digits::{Digits, Run, Separator};
use super::view::{Edge, Hit, View};

/// How sure an issuer range makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Issuer {
    /// In everyday use with exactly this length: needs no cue.
    Common,
    /// Rare, or as long as other numbers of a shop: needs a cue or a form field.
    Rare,
}

/// First number, last number, their length in digits, lengths in everyday use, further lengths.
type Range = (u32, u32, usize, &'static [usize], &'static [usize]);

const RANGES: &[Range] = &[
    (35, 35, 2, &[], &[16]),
    (4, 4, 1, &[16], &[13, 18, 19]),
    (51, 55, 2, &[16], &[]),
    (2221, 2720, 4, &[16], &[]),
    (34, 34, 2, &[15], &[]),
    (37, 37, 2, &[15], &[]),
    (300, 305, 3, &[], &[14, 16, 17, 18, 19]),
    (3095, 3095, 4, &[], &[14, 16]),
    (36, 36, 2, &[], &[14, 15, 16, 17, 18, 19]),
    (38, 39, 2, &[], &[14, 16, 17, 18, 19]),
    (3528, 3589, 4, &[16], &[17, 18, 19]),
    (2131, 2131, 4, &[], &[15]),
    (1800, 1800, 4, &[], &[15]),
    (6011, 6011, 4, &[16], &[17, 18, 19]),
    (644, 649, 3, &[16], &[17, 18, 19]),
    (65, 65, 2, &[16], &[17, 18, 19]),
    (62, 62, 2, &[16], &[17, 18, 19]),
    (81, 82, 2, &[], &[16, 17, 18, 19]),
    (2200, 2204, 4, &[16], &[17, 18, 19]),
    (9792, 9792, 4, &[16], &[]),
    (60, 60, 2, &[], &[16]),
    (508, 508, 3, &[], &[16]),
    (50, 50, 2, &[], &[12, 13, 14, 15, 16, 17, 18, 19]),
    (56, 58, 2, &[], &[12, 13, 14, 15, 16, 17, 18, 19]),
    (63, 63, 2, &[], &[12, 13, 14, 15, 16, 17, 18, 19]),
    (67, 67, 2, &[], &[12, 13, 14, 15, 16, 17, 18, 19]),
    (604, 604, 4, &[], &[12, 13, 14, 15, 16, 17, 18, 19]),
    (1, 1, 1, &[], &[15]),
];

fn issuer(digits: &Digits) -> Option<Issuer> {
    let length = digits.values().len();
    let of = |range: &&Range| {
        let prefix = digits.prefix(range.2);
        (u64::from(range.0)..=u64::from(range.1)).contains(&prefix)
    };
    let mut best = None;
    for range in RANGES.iter().filter(of) {
        if range.3.contains(&length) {
            return Some(Issuer::Common);
        }
        if range.4.contains(&length) {
            best = Some(Issuer::Rare);
        }
    }
    best
}

/// Lengths of groups that cards are printed and typed in; the last may be shorter.
const GROUPINGS: &[&[usize]] = &[
    &[4, 4, 4, 4, 3],
    &[4, 4, 4, 4, 2],
    &[4, 4, 4, 4],
    &[4, 6, 5],
    &[4, 6, 4],
    &[6, 13],
    &[8, 8],
    &[4, 4, 4],
];

/// The card number that starts with the run.
pub(super) fn find(view: &mut View<'_>, run: &Run) -> Option<Hit> {
    let first = run.groups()[0].len();
    if (12..=19).contains(&first) {
        return accept(view, run, 1);
    }
    if !matches!(first, 4 | 6 | 8) || run.groups().len() < 2 || run.total() < 12 {
        return None;
    }
    for grouping in GROUPINGS {
        let count = grouping.len();
        if run.is(grouping, &[])
            && matches!(run.uniform(count), Some(Separator::Space | Separator::Dash | Separator::Dot))
        {
            return accept(view, run, count);
        }
    }
    None
}

fn accept(view: &mut View<'_>, run: &Run, count: usize) -> Option<Hit> {
    let groups = &run.groups()[..count];
    let (start, end) = (run.start(), groups[count - 1].end);
    let digits = Digits::of(view, groups)?;
    let values = digits.values();
    if !luhn(values) || values[1..].iter().all(|digit| *digit == values[0]) {
        return None;
    }
    let issuer = issuer(&digits)?;
    let (left, right) = (view.left_edge(start), view.right_edge(end));
    if right == Edge::Tight || (left == Edge::Tight && !(view.before(start, 1) == b',' && count == 1)) {
        return None;
    }
    if view.is_whole_field(start, end) {
        return Some(Hit::new(start, end, PiiType::Card, 0.99, "luhn"));
    }
    let (near, window) = (view.near(start), view.window(start));
    if near.any(Cues::CARD) || (window.any(Cues::CARD) && !near.any(Cues::THING)) {
        return Some(Hit::new(start, end, PiiType::Card, 0.99, "cue"));
    }
    let in_path = view.in_url(start) && !matches!(view.before(start, 1), b'=' | 0);
    let listed = matches!(left, Edge::Digits(4)) || matches!(right, Edge::Digits(4));
    // Four groups of four among more groups of four is a list of numbers.
    if issuer == Issuer::Rare || in_path || listed || window.any(Cues::THING) {
        return None;
    }
    Some(Hit::new(start, end, PiiType::Card, 0.9, "luhn"))
}
