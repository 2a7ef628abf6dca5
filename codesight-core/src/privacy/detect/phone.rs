//! Phone numbers: international ones by calling code and length, national ones by their shape beside a cue.
//!
//! Almost every digit run of a shop is a valid number somewhere, so national plans decide nothing here: the sign,
//! the shape and the words beside it do.

use super::PiiType;
use super::calling_codes;
use super::context::{self, Cues, Near};
use super::digits::{Digits, Group, Run, Separator};
use super::view::{Edge, Hit, View};

/// A number as long as the recommendation allows, with a little room for a second prefix.
const MOST_DIGITS: usize = 15;

/// The phone number that starts with the run.
pub(super) fn find(view: &mut View<'_>, run: &Run) -> Option<Hit> {
    if let Some(sign) = plus_before(view, run.start()) {
        return international(view, run, sign);
    }
    national(view, run)
}

/// The start of a plus sign, or `%2B`, right before the digits.
fn plus_before(view: &View<'_>, start: usize) -> Option<usize> {
    match view.before(start, 1) {
        b'+' => Some(start - 1),
        b'B' | b'b' if view.before(start, 2) == b'2' && view.before(start, 3) == b'%' => Some(start - 3),
        b'(' | b' ' if view.before(start, 2) == b'+' => Some(start - 2),
        _ => None,
    }
}

fn international(view: &mut View<'_>, run: &Run, sign: usize) -> Option<Hit> {
    let byte = view.before(sign, 1);
    if byte.is_ascii_alphanumeric() || byte == b'_' {
        // `1+49…`; in a query, `+` is a space.
        return None;
    }
    let (count, _) = longest_international(view, run, 0)?;
    let groups = &run.groups()[..count];
    let end = extension_end(view, groups[count - 1].end);
    if !ends_well(view, run, count, end) {
        return None;
    }
    let start = with_parenthesis(view, sign, end);
    Some(Hit::new(start, end, PiiType::Phone, 0.95, "calling-code"))
}

/// How many groups belong to the number, `skip` digits of an access code aside, and how many digits that are.
fn longest_international(view: &View<'_>, run: &Run, skip: usize) -> Option<(usize, usize)> {
    let groups = run.groups();
    let mut best = None;
    let mut digits = 0;
    for (index, group) in groups.iter().enumerate() {
        if index > 0 && group.separator == Separator::Wide && best.is_some() {
            break;
        }
        digits += group.len();
        if digits > MOST_DIGITS + 4 {
            break;
        }
        let all = Digits::of(view, &groups[..=index])?;
        let values = all.values().get(skip..)?;
        let Some((code, (least, most))) = calling_codes::split(values) else { continue };
        // `(0)` is dialled at home only.
        let trunk = usize::from(groups[..=index].iter().any(|group| is_trunk_zero(view, group)));
        let behind = values.len() - code;
        if behind >= least && behind <= most + trunk && values.len() >= 6 {
            best = Some((index + 1, values.len()));
        }
    }
    best
}

fn is_trunk_zero(view: &View<'_>, group: &Group) -> bool {
    group.len() == 1 && view.at(group.start) == b'0' && group.separator == Separator::Parenthesis
}

fn national(view: &mut View<'_>, run: &Run) -> Option<Hit> {
    let groups = run.groups();
    let start = run.start();
    if run.total() < 4
        || view.left_edge(start) == Edge::Tight && !matches!(view.before(start, 1), b'/' | b'+')
        || is_date(groups)
    {
        return None;
    }
    if let Some(count) = american(view, run) {
        let end = extension_end(view, groups[count - 1].end);
        let opened = view.before(start, 1) == b'(' && view.at(groups[count - 3].end) == b')';
        let alone = matches!(view.left_edge(start), Edge::Clean | Edge::Digits(1..=2)) && !view.in_url(start);
        let (near, window) = (view.near(start), view.window(start));
        let thing = near.any(Cues::THING) || (window.any(Cues::THING) && !opened);
        let cued = near.any(Cues::PHONE) || near.any(Cues::PHONE_MAYBE);
        if ends_well(view, run, count, end)
            && (cued || (alone && !thing))
            && !is_number_list(view, run.groups())
        {
            let start = with_parenthesis(view, start, end);
            return Some(Hit::new(start, end, PiiType::Phone, 0.9, "format"));
        }
    }
    let mut near = view.near(start);
    let field = view.label.any(Cues::PHONE) || view.label.any(Cues::PHONE_MAYBE);
    if field && view.is_whole(start.saturating_sub(1), run.end()) {
        near.announced = true;
    }
    let count = groups_of_number(groups);
    let groups = &groups[..count];
    let digits: usize = groups.iter().map(Group::len).sum();
    if digits > MOST_DIGITS + 2 {
        return None;
    }
    let end = extension_end(view, groups[count - 1].end);
    if says_phone(view, near, groups, digits) || is_called(view, start, end, count, digits) {
        return (ends_well(view, run, count, end) && !is_number_list(view, run.groups()))
            .then(|| Hit::new(with_parenthesis(view, start, end), end, PiiType::Phone, 0.85, "cue"));
    }
    let zero = view.at(start) == b'0' && (b'1'..=b'9').contains(&view.at(start + 1));
    let at_home = view.country.is_some_and(calling_codes::writes_leading_zero)
        && zero
        && groups.len() >= 2
        && (10..=11).contains(&digits)
        && groups[0].len() >= 2
        && view.left_edge(start) == Edge::Clean
        && !view.in_url(start)
        && ends_well(view, run, count, end)
        && !view.window(start).any(Cues::THING)
        && !is_number_list(view, run.groups());
    at_home.then(|| Hit::new(with_parenthesis(view, start, end), end, PiiType::Phone, 0.7, "country"))
}

/// Whether the word to the right does: `416 60 039 office`.
fn is_called(view: &mut View<'_>, start: usize, end: usize, groups: usize, digits: usize) -> bool {
    if !(7..=MOST_DIGITS).contains(&digits) || !matches!(view.at(end), b' ' | b'-' | b'(' | b',') {
        return false;
    }
    let word = context::right_of(view, end);
    (word.any(Cues::PHONE) || word.any(Cues::PHONE_MAYBE))
        && (groups >= 2 || ((9..=12).contains(&digits) && !view.window(start).any(Cues::THING)))
}

/// Whether the words to the left make this a phone number.
fn says_phone(view: &View<'_>, near: Near, groups: &[Group], digits: usize) -> bool {
    if near.any(Cues::PHONE) {
        return digits >= if near.announced { 4 } else { 6 };
    }
    if !near.any(Cues::PHONE_MAYBE) {
        return false;
    }
    if near.announced {
        return digits >= 7 || (digits >= 4 && view.before(groups[0].start, 2) == b':');
    }
    // `Mobile 128 256 512` is a product: without an announcement the shape has to be one of a number.
    let first = view.at(groups[0].start);
    let single = groups.len() == 1 && (9..=12).contains(&digits);
    let grouped =
        groups.len() >= 2 && (7..=13).contains(&digits) && groups.iter().any(|group| group.len() >= 3);
    let opened = view.before(groups[0].start, 1) == b'(';
    let dashed = groups.len() >= 3 && groups[1..].iter().all(|group| group.separator == Separator::Dash);
    single || (grouped && (first == b'0' || opened || dashed))
}

/// `415-555-0198`, `(415) 555 0198`, `1 415.555.0198`: how many groups it takes.
fn american(view: &View<'_>, run: &Run) -> Option<usize> {
    let groups = run.groups();
    let lead = usize::from(groups[0].len() == 1 && view.at(groups[0].start) == b'1');
    let number = groups.get(lead..lead + 3)?;
    if !number.iter().map(Group::len).eq([3, 3, 4]) || !(b'2'..=b'9').contains(&view.at(number[0].start)) {
        return None;
    }
    let first = number[1].separator;
    let second = number[2].separator;
    let signed = |separator| matches!(separator, Separator::Dash | Separator::Dot);
    let joined = match first {
        Separator::Parenthesis => signed(second) || second == Separator::Space,
        _ => signed(first) && first == second,
    };
    joined.then_some(lead + 3)
}

/// How many groups can be one number: not across wide separators, not past the longest number.
fn groups_of_number(groups: &[Group]) -> usize {
    let mut digits = groups[0].len();
    let mut count = 1;
    for group in &groups[1..] {
        digits += group.len();
        if digits > MOST_DIGITS || group.separator == Separator::Wide && digits - group.len() >= 7 {
            break;
        }
        count += 1;
    }
    count
}

/// Years, sizes, ranges: digits of which a list is made.
fn is_number_list(view: &View<'_>, groups: &[Group]) -> bool {
    if groups.len() < 2 {
        return false;
    }
    let Some(values) = groups
        .iter()
        .map(|group| {
            (group.len() <= 4).then(|| Digits::of(view, &[*group]).map(|digits| digits.prefix(4))).flatten()
        })
        .collect::<Option<ArrayOf>>()
    else {
        return false;
    };
    let values = values.as_slice();
    let years = values.iter().all(|value| (1900..=2100).contains(value));
    let steps = values.windows(2).all(|pair| pair[0].abs_diff(pair[1]) <= 5);
    let even = groups.len() >= 3
        && groups.iter().all(|group| group.len() == groups[0].len())
        && values.windows(3).all(|three| three[0] + three[2] == 2 * three[1])
        && values[0].abs_diff(values[1]) <= 12;
    years || steps || even
}

/// Numbers of the groups of a run.
struct ArrayOf {
    values: [u64; super::digits::MAX_GROUPS],
    count: usize,
}

impl ArrayOf {
    fn as_slice(&self) -> &[u64] {
        &self.values[..self.count]
    }
}

impl FromIterator<u64> for ArrayOf {
    fn from_iter<I: IntoIterator<Item = u64>>(numbers: I) -> Self {
        let mut array = Self { values: [0; super::digits::MAX_GROUPS], count: 0 };
        for (slot, number) in array.values.iter_mut().zip(numbers) {
            *slot = number;
            array.count += 1;
        }
        array
    }
}

/// `2024-11-01`, `03/15/1989`, `15.3.1989`.
fn is_date(groups: &[Group]) -> bool {
    let [first, second, third, rest @ ..] = groups else { return false };
    let joined = second.separator == third.separator
        && matches!(second.separator, Separator::Dash | Separator::Slash | Separator::Dot);
    let short = |group: &Group| group.len() <= 2;
    let tail = rest.first().is_none_or(|group| matches!(group.separator, Separator::Space | Separator::Wide));
    let year_first = first.len() == 4 && short(second) && short(third);
    let year_last = short(first) && short(second) && (third.len() == 4 || third.len() == 2);
    joined && tail && (year_first || (year_last && rest.is_empty()))
}

/// Takes in `x4587`, `ext. 12`.
fn extension_end(view: &View<'_>, end: usize) -> usize {
    let mut at = end;
    if view.at(at) == b' ' {
        at += 1;
    }
    let rest = &view.bytes[at.min(view.bytes.len())..view.bytes.len().min(at + 6)];
    let starts = |mark: &&[u8]| rest.len() >= mark.len() && rest[..mark.len()].eq_ignore_ascii_case(mark);
    let mark = [b"ext. ".as_slice(), b"ext ", b"ext.", b"ext", b"x"].into_iter().find(starts);
    let Some(mark) = mark else { return end };
    let digits_start = at + mark.len();
    let digits = (0..7).take_while(|step| view.at(digits_start + step).is_ascii_digit()).count();
    let stop = digits_start + digits;
    if (1..=6).contains(&digits) && !view.at(stop).is_ascii_alphanumeric() { stop } else { end }
}

/// Whether nothing touches the end that would make the find a part of something longer.
fn ends_well(view: &View<'_>, run: &Run, count: usize, end: usize) -> bool {
    if end > run.groups()[count - 1].end {
        return true;
    }
    let next = view.at(end);
    match view.right_edge(end) {
        Edge::Clean => true,
        // `-Office` and `-Fax` are words beside it; `-A` is a part of it.
        Edge::Tight => {
            next == b'-' && {
                let word = context::right_of(view, end);
                word.any(Cues::PHONE) || word.any(Cues::PHONE_MAYBE)
            }
        }
        Edge::Digits(_) => run.groups().get(count).is_none_or(|group| group.separator != Separator::Dash),
    }
}

/// Takes in a parenthesis that was opened right before.
fn with_parenthesis(view: &View<'_>, start: usize, end: usize) -> usize {
    let opened = view.before(start, 1) == b'(' && view.bytes[start..end].contains(&b')');
    start - usize::from(opened)
}
