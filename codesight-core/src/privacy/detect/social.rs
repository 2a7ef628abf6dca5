//! United States social security numbers.

use super::PiiType;
use super::context::Cues;
use super::digits::{Run, Separator};
use super::view::{Edge, Hit, View};

/// The number that starts with the run.
pub(super) fn find(view: &mut View<'_>, run: &Run) -> Option<Hit> {
    let groups = run.groups();
    if !matches!(groups[0].len(), 3 | 9) {
        return None;
    }
    let spaced = [Separator::Space, Separator::Space];
    let dotted = [Separator::Dot, Separator::Dot];
    let (count, dashed) = if run.is(&[3, 2, 4], &[Separator::Dash, Separator::Dash]) {
        (3, true)
    } else if run.is(&[3, 2, 4], &spaced) || run.is(&[3, 2, 4], &dotted) {
        (3, false)
    } else if groups[0].len() == 9 {
        (1, false)
    } else {
        return None;
    };
    let (start, end) = (run.start(), groups[count - 1].end);
    let (left, right) = (view.left_edge(start), view.right_edge(end));
    if left == Edge::Tight || right == Edge::Tight {
        return None;
    }
    let mut digits = [0_u8; 9];
    let written = groups[..count].iter().flat_map(|group| &view.bytes[group.start..group.end]);
    for (digit, byte) in digits.iter_mut().zip(written) {
        *digit = *byte;
    }
    if &digits[..3] == b"000" || &digits[..3] == b"666" || &digits[3..5] == b"00" || &digits[5..] == b"0000" {
        return None;
    }
    let near = view.near(start);
    if near.any(Cues::SSN) || (dashed && (near.any(Cues::ID) || view.window(start).any(Cues::SSN))) {
        return Some(Hit::new(start, end, PiiType::Ssn, 0.99, "cue"));
    }
    let issued = digits[0] != b'9';
    let alone = left == Edge::Clean && right == Edge::Clean;
    (dashed && issued && alone && !view.in_url(start) && !view.window(start).any(Cues::THING))
        .then(|| Hit::new(start, end, PiiType::Ssn, 0.85, "format"))
}

/// A number in which letters stand for the digits they look like. Only beside a cue, and only around `at`.
pub(super) fn find_disguised(view: &mut View<'_>, at: usize) -> Option<Hit> {
    const LENGTH: usize = 11;
    let looks =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'l' | b'I' | b'O' | b'o' | b'S' | b'B' | b'Z');
    // Most digits beside letters belong to no such token: its first part is nearer than this.
    let dashed = |from: usize| (from..from + 8).any(|place| view.at(place) == b'-');
    if !dashed(at.saturating_sub(3)) {
        return None;
    }
    let mut start = at;
    while start > 0 && at - start < LENGTH && (looks(view.before(start, 1)) || view.before(start, 1) == b'-')
    {
        start -= 1;
    }
    let text = view.bytes.get(start..start + LENGTH)?;
    let shaped = text.iter().enumerate().all(|(place, byte)| match place {
        3 | 6 => *byte == b'-',
        _ => looks(*byte),
    });
    let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    if !shaped || letters == 0 || letters > 4 || view.at(start + LENGTH).is_ascii_alphanumeric() {
        return None;
    }
    if view.before(start, 1).is_ascii_alphanumeric() || !view.near(start).any(Cues::SSN) {
        return None;
    }
    Some(Hit::new(start, start + LENGTH, PiiType::Ssn, 0.9, "cue"))
}
