//! Lines that wait to be judged together, by several threads.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use codesight_core::Result;

use super::known_tools::KnownTools;
use super::line::{Judged, LineRules, Stripped};

/// Bytes that are worth a round of threads.
const ENOUGH: usize = 4 * 1024 * 1024;

/// Whole lines in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Lines {
    bytes: Vec<u8>,
    /// Where each is; none for one that was too long to keep.
    places: Vec<Option<Range<usize>>>,
    /// Whether the first of them is the first of the file.
    begins_file: bool,
}

impl Lines {
    /// Before the first line of a file.
    pub(super) fn new() -> Self {
        Self { begins_file: true, ..Self::default() }
    }

    pub(super) fn push(&mut self, line: &[u8]) {
        let begin = self.bytes.len();
        self.bytes.extend_from_slice(line);
        self.places.push(Some(begin..self.bytes.len()));
    }

    pub(super) fn push_too_long(&mut self) {
        self.places.push(None);
    }

    /// Whether it is time to judge them.
    pub(super) fn are_enough(&self) -> bool {
        // Lines that were too long leave nothing but their place.
        self.bytes.len() + self.places.len() * 64 >= ENOUGH
    }

    /// Forgets them, but not that they were there.
    pub(super) fn clear(&mut self) {
        self.begins_file &= self.places.is_empty();
        self.places.clear();
        self.bytes.clear();
        // One long line must not hold its memory to the end of the file.
        self.bytes.shrink_to(2 * ENOUGH);
    }

    /// Each line, without what stands around it; none for one that was too long.
    pub(super) fn iter(&self) -> impl Iterator<Item = Option<Stripped<'_>>> {
        (0..self.places.len()).map(|at| self.line(at))
    }

    fn line(&self, at: usize) -> Option<Stripped<'_>> {
        let place = self.places[at].clone()?;
        Some(Stripped::of(&self.bytes[place], self.begins_file && at == 0))
    }

    /// Judges every line, on as many threads as there are `known`; the outcomes are in the order of the lines.
    pub(super) fn judge(
        &self,
        rules: &LineRules<'_>,
        known: &mut [KnownTools],
    ) -> Vec<Option<Result<Judged>>> {
        let next = AtomicUsize::new(0);
        let work = |known: &mut KnownTools| {
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if at >= self.places.len() {
                    return done;
                }
                done.push((at, self.line(at).map(|line| rules.judge(line.bytes, known))));
            }
        };
        let [first, others @ ..] = known else { return Vec::new() };
        // A little is sooner done than a thread is made.
        let helpers = others.len().min(self.bytes.len() / (64 * 1024)).min(self.places.len());
        let mut judged = std::thread::scope(|scope| {
            let work = &work;
            let helping: Vec<_> =
                others.iter_mut().take(helpers).map(|known| scope.spawn(move || work(known))).collect();
            let mut judged = work(first);
            for helper in helping {
                match helper.join() {
                    Ok(done) => judged.extend(done),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            judged
        });
        judged.sort_unstable_by_key(|(at, _)| *at);
        judged.into_iter().map(|(_, judged)| judged).collect()
    }
}
