//! Network and hardware addresses.

use std::net::Ipv6Addr;

use super::PiiType;
use super::context::Cues;
use super::digits::{Digits, Run, Separator};
use super::view::{Hit, View};

/// The IPv4 address that starts with the run.
pub(super) fn find_v4(view: &mut View<'_>, run: &Run) -> Option<Hit> {
    let groups = run.groups();
    if groups.len() < 4 || run.uniform(4) != Some(Separator::Dot) {
        return None;
    }
    if groups.get(4).is_some_and(|next| matches!(next.separator, Separator::Dot | Separator::Dash)) {
        return None;
    }
    for group in &groups[..4] {
        let digits = Digits::of(view, &[*group])?;
        let leading_zero = group.len() > 1 && digits.values()[0] == 0;
        if group.len() > 3 || digits.prefix(3) > 255 || leading_zero {
            return None;
        }
    }
    let (start, end) = (groups[0].start, groups[3].end);
    let attached = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let left = view.before(start, 1);
    if attached(left) || (matches!(left, b'.' | b'-') && attached(view.before(start, 2))) {
        return None;
    }
    if attached(view.at(end)) || (view.at(end) == b'-' && attached(view.at(end + 1))) {
        return None;
    }
    if view.is_whole_field(start, end) {
        return Some(Hit::new(start, end, PiiType::IpAddress, 0.95, "format"));
    }
    let (near, window) = (view.near(start), view.window(start));
    if near.any(Cues::VERSION) || (window.any(Cues::VERSION) && !window.any(Cues::IP)) {
        return None;
    }
    // `5.0.1.2` is a version far more often than a host.
    let short = groups[..4].iter().all(|group| group.len() == 1);
    if (short && !window.any(Cues::IP)) || near.any(Cues::THING) {
        return None;
    }
    Some(Hit::new(start, end, PiiType::IpAddress, 0.95, "format"))
}

/// The IPv6 or hardware address around the colon at `colon`. The second value is where to go on reading.
pub(super) fn find_colons(view: &mut View<'_>, colon: usize) -> (Option<Hit>, usize) {
    const LONGEST: usize = 45;
    let belongs = |byte: u8| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.';
    let mut start = colon;
    while start > 0 && colon - start < 5 && view.before(start, 1).is_ascii_hexdigit() {
        start -= 1;
    }
    let mut end = colon + 1;
    while end - start <= LONGEST && belongs(view.at(end)) {
        end += 1;
    }
    while end > colon + 1
        && (view.at(end - 1) == b'.' || (view.at(end - 1) == b':' && view.at(end - 2) != b':'))
    {
        end -= 1;
    }
    view.steps += (end - start) as u64;
    let attached = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':';
    // Not only this colon: the whole token was looked at.
    let next = end.max(colon + 1);
    if end - start > LONGEST || attached(view.before(start, 1)) || attached(view.at(end)) {
        return (None, next);
    }
    let token = &view.bytes[start..end];
    if is_hardware(token, b':') {
        return (Some(Hit::new(start, end, PiiType::MacAddress, 0.98, "format")), next);
    }
    let groups = token.split(|byte| *byte == b':').filter(|group| !group.is_empty()).count();
    let digits = token.iter().filter(|byte| byte.is_ascii_digit()).count();
    if groups < 2 || (groups < 3 && digits < 2) {
        return (None, next);
    }
    let parsed = std::str::from_utf8(token).ok().and_then(|token| token.parse::<Ipv6Addr>().ok());
    (parsed.map(|_| Hit::new(start, end, PiiType::IpAddress, 0.97, "format")), next)
}

/// The hardware address whose first dash is at `dash`.
pub(super) fn find_dashes(view: &mut View<'_>, dash: usize) -> Option<Hit> {
    const LENGTH: usize = 17;
    let start = dash.checked_sub(2)?;
    if view.at(dash + 3) != b'-' || view.at(dash + 6) != b'-' {
        return None;
    }
    let token = view.bytes.get(start..start + LENGTH)?;
    let end = start + LENGTH;
    let attached = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    // Digits alone may be a date and a time.
    let lettered = token.iter().any(u8::is_ascii_alphabetic);
    if !is_hardware(token, b'-') || !lettered || attached(view.before(start, 1)) || attached(view.at(end)) {
        return None;
    }
    Some(Hit::new(start, end, PiiType::MacAddress, 0.95, "format"))
}

/// The hardware address in three parts, `001a.2b3c.4d5e`, that has a digit at `at`.
pub(super) fn find_dots(view: &mut View<'_>, at: usize) -> Option<Hit> {
    const LENGTH: usize = 14;
    let dot = (at..at + 4).find(|place| view.at(*place) == b'.' && view.at(place + 5) == b'.')?;
    let start = dot.checked_sub(4)?;
    let token = view.bytes.get(start..start + LENGTH)?;
    let fits = token.iter().enumerate().all(|(place, byte)| match place {
        4 | 9 => *byte == b'.',
        _ => byte.is_ascii_hexdigit(),
    });
    let attached = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    // Digits alone may be a number with points in it.
    let lettered = token.iter().any(u8::is_ascii_alphabetic);
    let alone = !attached(view.before(start, 1)) && !view.at(start + LENGTH).is_ascii_alphanumeric();
    (fits && lettered && alone).then(|| Hit::new(start, start + LENGTH, PiiType::MacAddress, 0.9, "format"))
}

fn is_hardware(token: &[u8], sign: u8) -> bool {
    token.len() == 17
        && token.iter().enumerate().all(|(place, byte)| match place % 3 {
            2 => *byte == sign,
            _ => byte.is_ascii_hexdigit(),
        })
}
