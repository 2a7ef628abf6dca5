//! Runs of digit groups: what cards, phones, dates and ids are written with.

use super::view::View;

/// Groups looked at from one start. Nothing that is searched for has more.
pub(super) const MAX_GROUPS: usize = 10;

/// What stands between two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Separator {
    /// Nothing: the first group.
    #[default]
    None,
    /// One space, `%20`, or `+` in a URL.
    Space,
    /// `-`
    Dash,
    /// `.`
    Dot,
    /// `/`
    Slash,
    /// Parentheses, with or without a space.
    Parenthesis,
    /// Two signs such as ` - `: groups that may not belong together.
    Wide,
}

/// One group of digits and what stands before it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) separator: Separator,
}

impl Group {
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }
}

/// The groups from one place on.
#[derive(Debug)]
pub(super) struct Run {
    groups: [Group; MAX_GROUPS],
    first: usize,
    end: usize,
    /// Digits of all groups.
    total: usize,
    /// Whether nothing follows the last group that could be one more.
    complete: bool,
}

impl Run {
    /// An empty run to read into: it is large enough to be worth keeping.
    pub(super) fn new() -> Self {
        Self { groups: [Group::default(); MAX_GROUPS], first: 0, end: 0, total: 0, complete: false }
    }

    /// Reads the groups that start at the digit at `start`. What was read already is not read again when the first
    /// group alone is given up.
    pub(super) fn read(&mut self, view: &mut View<'_>, start: usize) {
        if self.end - self.first > 1 && self.groups[self.first + 1].start == start {
            self.total -= self.groups[self.first].len();
            self.first += 1;
            self.groups[self.first].separator = Separator::None;
            if !self.complete {
                self.read_one_more(view);
            }
            return;
        }
        (self.first, self.end, self.total, self.complete) = (0, 0, 0, false);
        let mut at = start;
        let mut separator = Separator::None;
        while self.end < MAX_GROUPS {
            let end = end_of_digits(view, at);
            self.groups[self.end] = Group { start: at, end, separator };
            self.end += 1;
            self.total += end - at;
            let Some((found, next)) = separator_at(view, end) else {
                self.complete = true;
                break;
            };
            separator = found;
            at = next;
        }
        view.steps += (self.end() - start) as u64;
    }

    /// Reads the group behind the last, after the first was given up.
    fn read_one_more(&mut self, view: &mut View<'_>) {
        self.groups.copy_within(self.first..self.end, 0);
        self.end -= self.first;
        self.first = 0;
        let before = self.end();
        let Some((separator, start)) = separator_at(view, before) else {
            self.complete = true;
            return;
        };
        let end = end_of_digits(view, start);
        self.groups[self.end] = Group { start, end, separator };
        self.end += 1;
        self.total += end - start;
        view.steps += (end - before) as u64;
    }

    #[inline]
    pub(super) fn groups(&self) -> &[Group] {
        &self.groups[self.first..self.end]
    }

    /// How many digits all groups have.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    pub(super) fn start(&self) -> usize {
        self.groups[self.first].start
    }

    pub(super) fn end(&self) -> usize {
        self.groups[self.end - 1].end
    }

    /// Whether the first groups have these lengths and separators.
    pub(super) fn is(&self, lengths: &[usize], separators: &[Separator]) -> bool {
        lengths.len() <= self.end - self.first
            && self.groups().iter().zip(lengths).all(|(group, length)| group.len() == *length)
            && self.groups()[1..]
                .iter()
                .zip(separators)
                .all(|(group, separator)| group.separator == *separator)
    }

    /// Whether the first `count` groups are all joined by the same separator, and by which.
    pub(super) fn uniform(&self, count: usize) -> Option<Separator> {
        let first = self.groups().get(1)?.separator;
        self.groups().get(1..count)?.iter().all(|group| group.separator == first).then_some(first)
    }
}

fn end_of_digits(view: &View<'_>, start: usize) -> usize {
    let mut end = start;
    while view.at(end).is_ascii_digit() {
        end += 1;
    }
    end
}

fn separator_at(view: &View<'_>, end: usize) -> Option<(Separator, usize)> {
    let first = view.at(end);
    let second = view.at(end + 1);
    let kind = match first {
        b' ' => Separator::Space,
        b'-' => Separator::Dash,
        b'.' => Separator::Dot,
        b'/' => Separator::Slash,
        b'(' | b')' => Separator::Parenthesis,
        b'+' if view.in_url(end) => Separator::Space,
        b'%' if second == b'2' && view.at(end + 2) == b'0' => {
            return view.at(end + 3).is_ascii_digit().then_some((Separator::Space, end + 3));
        }
        _ => return None,
    };
    if second.is_ascii_digit() {
        return Some((kind, end + 1));
    }
    if !matches!(second, b' ' | b'-' | b'(' | b')') {
        return None;
    }
    // Two or three signs: `) `, ` (`, ` - `.
    let mut at = end + 1;
    let mut parenthesis = kind == Separator::Parenthesis;
    while at < end + 3 && matches!(view.at(at), b' ' | b'-' | b'(' | b')') {
        parenthesis |= matches!(view.at(at), b'(' | b')');
        at += 1;
    }
    let kind = if parenthesis { Separator::Parenthesis } else { Separator::Wide };
    view.at(at).is_ascii_digit().then_some((kind, at))
}

/// At most so many digits of groups, without their separators.
#[derive(Debug)]
pub(super) struct Digits {
    values: [u8; Self::MOST],
    count: usize,
}

impl Digits {
    const MOST: usize = 24;

    /// The digits of some groups, or nothing when there are too many.
    pub(super) fn of(view: &View<'_>, groups: &[Group]) -> Option<Self> {
        let mut digits = Self { values: [0; Self::MOST], count: 0 };
        for group in groups {
            digits.add(&view.bytes[group.start..group.end])?;
        }
        Some(digits)
    }

    fn add(&mut self, bytes: &[u8]) -> Option<()> {
        let target = self.values.get_mut(self.count..self.count + bytes.len())?;
        for (value, byte) in target.iter_mut().zip(bytes) {
            *value = byte.wrapping_sub(b'0');
        }
        self.count += bytes.len();
        Some(())
    }

    pub(super) fn values(&self) -> &[u8] {
        &self.values[..self.count]
    }

    /// The number the first `length` digits write.
    pub(super) fn prefix(&self, length: usize) -> u64 {
        number(&self.values()[..length.min(self.count)])
    }
}

/// The number some digits write.
pub(super) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit))
}
