//! The text under examination, with what is known around it, and byte-level helpers all parsers share.

use super::context::{self, Cues, Near};
use super::{DetectInput, PiiType, Surface};

/// A find inside a [`View`], before its place is translated back to the original text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: PiiType,
    pub(super) score: f32,
    pub(super) evidence: &'static str,
}

impl Hit {
    pub(super) fn new(start: usize, end: usize, kind: PiiType, score: f32, evidence: &'static str) -> Self {
        Self { start, end, kind, score, evidence }
    }
}

/// What touches a candidate on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// Nothing that could belong to it.
    Clean,
    /// A space and then more digits: so many, as far as they were counted.
    Digits(usize),
    /// Something that makes it a part of a longer token.
    Tight,
}

impl Edge {
    pub(super) fn is_loose(self) -> bool {
        self != Self::Tight
    }
}

/// Folded text: digits and signs of other scripts are ASCII already.
pub(super) struct View<'t> {
    pub(super) bytes: &'t [u8],
    pub(super) surface: Surface,
    pub(super) country: Option<[u8; 2]>,
    /// What the label of the text says it is about.
    pub(super) label: Cues,
    /// The end of the URL being read; 0 outside of one.
    pub(super) url_end: usize,
    /// Up to here, tokens of letters and digits were looked at whole.
    pub(super) judged_until: usize,
    /// Bytes the parsers looked at: a measure of work that no clock disturbs.
    pub(super) steps: u64,
    /// The words read last, for all parsers ask about the same place.
    near: Option<(usize, Near)>,
    window: Option<(usize, Cues)>,
}

impl<'t> View<'t> {
    pub(super) fn new(bytes: &'t [u8], input: &DetectInput<'_>) -> Self {
        let whole_url = input.surface == Surface::Url && !bytes.contains(&b' ');
        Self {
            bytes,
            surface: input.surface,
            country: input.country,
            label: context::of_label(input.cue),
            url_end: if whole_url { bytes.len() } else { 0 },
            judged_until: 0,
            steps: 0,
            near: None,
            window: None,
        }
    }

    /// The byte at `place`, or 0 past the end.
    #[inline]
    pub(super) fn at(&self, place: usize) -> u8 {
        self.bytes.get(place).copied().unwrap_or(0)
    }

    /// The byte `distance` before `place`, or 0 before the start.
    #[inline]
    pub(super) fn before(&self, place: usize, distance: usize) -> u8 {
        place.checked_sub(distance).map_or(0, |place| self.at(place))
    }

    pub(super) fn in_url(&self, place: usize) -> bool {
        place < self.url_end
    }

    /// Whether `start..end` is everything the text holds, white space and quotes aside.
    pub(super) fn is_whole(&self, start: usize, end: usize) -> bool {
        let blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'"';
        // Bounded look: a longer margin is not blank in any text worth asking for.
        start <= 8 && self.bytes[..start].iter().all(blank) && {
            let tail = &self.bytes[end..];
            tail.len() <= 8 && tail.iter().all(blank)
        }
    }

    /// Whether a form field holds this and nothing else.
    pub(super) fn is_whole_field(&self, start: usize, end: usize) -> bool {
        self.surface == Surface::FieldValue && self.is_whole(start, end)
    }

    /// The nearest words to the left of `place`.
    pub(super) fn near(&mut self, place: usize) -> Near {
        match self.near {
            Some((known, near)) if known == place => near,
            _ => {
                self.steps += context::WINDOW as u64;
                let near = context::near(self, place);
                self.near = Some((place, near));
                near
            }
        }
    }

    /// The meanings of all words to the left of `place`, within a window.
    pub(super) fn window(&mut self, place: usize) -> Cues {
        match self.window {
            Some((known, window)) if known == place => window,
            _ => {
                self.steps += context::WINDOW as u64;
                let window = context::window(self, place);
                self.window = Some((place, window));
                window
            }
        }
    }

    /// What touches a digit candidate that starts at `start`.
    pub(super) fn left_edge(&self, start: usize) -> Edge {
        let byte = self.before(start, 1);
        let further = self.before(start, 2);
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' => Edge::Tight,
            b'-' | b'.' | b':' | b'+' | b'*' if further.is_ascii_alphanumeric() => {
                // `Phone:555…` and `SSN:123…` are labels; `12:30` is one token.
                if byte == b':' && further.is_ascii_alphabetic() { Edge::Clean } else { Edge::Tight }
            }
            b'/' if further.is_ascii_digit() || self.in_url(start) => Edge::Tight,
            b',' if further.is_ascii_digit() => Edge::Tight,
            b'$' => Edge::Tight,
            b' ' if further.is_ascii_digit() => {
                let mut length = 1;
                while length < 5 && self.before(start, 2 + length).is_ascii_digit() {
                    length += 1;
                }
                Edge::Digits(length)
            }
            _ => Edge::Clean,
        }
    }

    /// What touches a digit candidate that ends at `end`.
    pub(super) fn right_edge(&self, end: usize) -> Edge {
        let byte = self.at(end);
        let further = self.at(end + 1);
        let run = |from: usize| (0..5).take_while(|step| self.at(from + step).is_ascii_digit()).count();
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' => Edge::Tight,
            b'-' | b'/' | b':' | b'*' if further.is_ascii_alphanumeric() => Edge::Tight,
            b'.' if further.is_ascii_digit() => Edge::Tight,
            b',' if run(end + 1) == 3 => Edge::Tight,
            b'%' if !self.in_url(end) => Edge::Tight,
            b' ' if further.is_ascii_digit() => Edge::Digits(run(end + 1)),
            _ => Edge::Clean,
        }
    }
}
