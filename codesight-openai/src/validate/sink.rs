//! Findings of one line, while it is looked at.

use std::collections::BTreeMap;

use super::code::Code;
use super::place::{Place, Step};

/// A finding that does not know its column yet.
#[derive(Debug)]
pub(super) struct LineNote {
    pub(super) code: Code,
    pub(super) steps: Vec<Step>,
    pub(super) note: String,
}

/// Collects findings, the first of them with their place, all of them by number.
#[derive(Debug)]
pub(super) struct Sink {
    pub(super) listed: Vec<LineNote>,
    pub(super) counts: BTreeMap<Code, u64>,
    pub(super) unlisted: u64,
    room: usize,
}

impl Sink {
    pub(super) fn new(room: usize) -> Self {
        Self { listed: Vec::new(), counts: BTreeMap::new(), unlisted: 0, room }
    }

    /// How many findings there are.
    pub(super) fn total(&self) -> u64 {
        self.listed.len() as u64 + self.unlisted
    }

    pub(super) fn add(&mut self, code: Code, place: &Place<'_>) {
        self.add_note(code, place, String::new());
    }

    /// `note` holds numbers and names of fields, never content.
    pub(super) fn add_note(&mut self, code: Code, place: &Place<'_>, note: String) {
        *self.counts.entry(code).or_default() += 1;
        if self.listed.len() < self.room {
            self.listed.push(LineNote { code, steps: place.steps(), note });
        } else {
            self.unlisted += 1;
        }
    }
}
