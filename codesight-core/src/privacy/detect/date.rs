//! Dates of birth: dates, only beside a cue that says birth.

use super::PiiType;
use super::context::{self, Cues};
use super::digits::{Digits, Group, Run, Separator};
use super::view::{Edge, Hit, View};

/// The date that has its first digit group at the start of the run.
pub(super) fn find(view: &mut View<'_>, run: &Run) -> Option<Hit> {
    let (start, end) = numeric(view, run).or_else(|| named(view, run))?;
    if view.before(start, 1).is_ascii_alphanumeric() || view.at(end).is_ascii_alphanumeric() {
        return None;
    }
    let whole = view.label.any(Cues::BIRTH) && view.is_whole(start, end);
    (whole || view.near(start).any(Cues::BIRTH) || spoken(view, start))
        .then(|| Hit::new(start, end, PiiType::BirthDate, 0.9, "cue"))
}

/// `born in Kyiv on …`: the cue may stand a few words away in a sentence that has no other number.
fn spoken(view: &View<'_>, start: usize) -> bool {
    let floor = start.saturating_sub(context::WINDOW);
    let left = &view.bytes[floor..start];
    let sentence = left.iter().rposition(|byte| matches!(byte, b'.' | b'\n' | b';' | b'>' | b'0'..=b'9'));
    let sentence = &left[sentence.map_or(0, |end| end + 1)..];
    sentence.split(|byte| !byte.is_ascii_alphabetic()).any(|word| {
        (word.eq_ignore_ascii_case(b"born")
            || word.eq_ignore_ascii_case(b"geboren")
            || word.eq_ignore_ascii_case(b"dob"))
            && context::of_word(word).any(Cues::BIRTH)
    })
}

fn value(view: &View<'_>, group: &Group) -> u64 {
    Digits::of(view, &[*group]).map_or(0, |digits| digits.prefix(8))
}

fn is_year(number: u64, length: usize) -> bool {
    length == 2 || (length == 4 && (1850..=2100).contains(&number))
}

/// `1989-03-15`, `15.03.1989`, `3/15/89`, `19890315`.
fn numeric(view: &View<'_>, run: &Run) -> Option<(usize, usize)> {
    if run.total() < 4 {
        return None;
    }
    let groups = run.groups();
    if groups.len() == 1 && groups[0].len() == 8 {
        let number = value(view, &groups[0]);
        let year_first = is_year(number / 10_000, 4) && day_and_month(number / 100 % 100, number % 100);
        let year_last =
            is_year(number % 10_000, 4) && day_and_month(number / 1_000_000, number / 10_000 % 100);
        return (year_first || year_last).then_some((groups[0].start, groups[0].end));
    }
    let [first, second, third, ..] = groups else { return None };
    let (year, part) = if first.len() == 4 { (first, third) } else { (third, first) };
    if !matches!(year.len(), 2 | 4) || second.len() > 2 || part.len() > 2 {
        return None;
    }
    let joined = second.separator == third.separator
        && matches!(second.separator, Separator::Dash | Separator::Slash | Separator::Dot | Separator::Space);
    let spaced = matches!((second.separator, third.separator), (Separator::Wide, Separator::Wide));
    let [a, b, c] = [first, second, third].map(|group| value(view, group));
    let short = |group: &Group| group.len() <= 2;
    let year_first =
        first.len() == 4 && is_year(a, 4) && short(second) && short(third) && day_and_month(b, c);
    let year_last = short(first) && short(second) && is_year(c, third.len()) && day_and_month(a, b);
    let alone = groups.get(3).is_none_or(|next| next.separator != second.separator);
    ((joined || spaced) && alone && (year_first || year_last)).then_some((first.start, third.end))
}

fn day_and_month(first: u64, second: u64) -> bool {
    let fits = |day: u64, month: u64| (1..=31).contains(&day) && (1..=12).contains(&month);
    fits(first, second) || fits(second, first)
}

/// `March 15, 1989`, `15. März 1989`, `15 de marzo de 1989`.
fn named(view: &View<'_>, run: &Run) -> Option<(usize, usize)> {
    let day = run.groups()[0];
    if day.len() > 2 || !(1..=31).contains(&value(view, &day)) {
        return None;
    }
    // A month is a word: beside most small numbers of a shop there is none, or one letter as in `5 x`.
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80;
    // The month before the day.
    let mut word_end = day.start;
    while word_end > 0 && day.start - word_end < 2 && matches!(view.before(word_end, 1), b' ' | b'.') {
        word_end -= 1;
    }
    let mut word_start = word_end;
    while word_start > 0 && word_end - word_start < 16 && letter(view.before(word_start, 1)) {
        word_start -= 1;
    }
    if word_end < day.start && context::of_word(&view.bytes[word_start..word_end]).any(Cues::MONTH) {
        let suffixed = skip_ordinal(view, day.end);
        return year_after(view, suffixed).map(|end| (word_start, end));
    }
    // The month after the day.
    let mut at = skip_ordinal(view, day.end);
    for _ in 0..2 {
        while at < day.end + 8 && matches!(view.at(at), b' ' | b'.' | b'-') {
            at += 1;
        }
        let start = at;
        while at - start < 16 && letter(view.at(at)) {
            at += 1;
        }
        let word = &view.bytes[start..at];
        if context::of_word(word).any(Cues::MONTH) {
            return year_after(view, at).map(|end| (day.start, end));
        }
        if !word.eq_ignore_ascii_case(b"de") && !word.eq_ignore_ascii_case(b"of") {
            return None;
        }
    }
    None
}

fn skip_ordinal(view: &View<'_>, end: usize) -> usize {
    let suffix = [view.at(end).to_ascii_lowercase(), view.at(end + 1).to_ascii_lowercase()];
    if matches!(&suffix, b"st" | b"nd" | b"rd" | b"th") { end + 2 } else { end }
}

fn year_after(view: &View<'_>, from: usize) -> Option<usize> {
    let mut start = from;
    while start < from + 4 && matches!(view.at(start), b' ' | b',' | b'.' | b'-' | b'd' | b'e') {
        start += 1;
    }
    while start < from + 6 && view.at(start) == b' ' {
        start += 1;
    }
    let end = start + (0..5).take_while(|step| view.at(start + step).is_ascii_digit()).count();
    let number =
        view.bytes.get(start..end)?.iter().fold(0, |number, byte| number * 10 + u64::from(byte - b'0'));
    (end - start == 4 && is_year(number, 4) && view.right_edge(end) != Edge::Digits(9)).then_some(end)
}
