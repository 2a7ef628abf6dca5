//! National ids that carry check digits.

mod america;
mod asia;
mod europe;
mod table;
pub(super) mod tokens;

use self::america::{is_argentine, is_brazilian};
use self::asia::{is_chinese, is_emirati, is_korean};
use self::europe::{is_french, is_swiss};
use self::table::IDS;
use super::PiiType;
use super::checks::is_short_date;
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
        (&[3, 4, 7, 1], &[Dash, Dash, Dash], is_emirati),
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
    let is_varied = digits.iter().any(|digit| *digit != digits[0]);
    is_varied && IDS.iter().any(|id| id.length == digits.len() && (id.check)(digits))
}

/// The ids that are known by their digits: two letters of the country, and what the id is called there.
pub(super) fn known() -> impl Iterator<Item = (&'static str, &'static str)> {
    IDS.iter().map(|id| (id.country, id.name))
}

/// Whether the digits begin with a date, the year first or last.
fn is_dated(digits: &[u8]) -> bool {
    is_short_date(digits)
        || is_short_date(&[digits[4], digits[5], digits[2], digits[3], digits[0], digits[1]])
}

/// The digits before the last, and the last.
fn last_of<const LENGTH: usize>(digits: &[u8]) -> Option<([u8; LENGTH], i32)> {
    let (last, body) = digits.split_last()?;
    Some((body.try_into().ok()?, i32::from(*last)))
}
