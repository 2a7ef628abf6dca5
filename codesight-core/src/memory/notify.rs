//! Notices kept in memory.

use std::collections::VecDeque;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Mutex;

use async_trait::async_trait;

use super::lock;
use crate::error::Result;
use crate::ports::{Notice, Notifier};

/// Keeps the latest notices for whoever asks; older ones are let go and counted.
pub struct MemoryNotifier {
    capacity: NonZeroUsize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    notices: VecDeque<Notice>,
    let_go: u64,
}

impl MemoryNotifier {
    /// Keeps at most `capacity` notices.
    pub fn new(capacity: NonZeroUsize) -> Self {
        Self { capacity, kept: Mutex::default() }
    }

    /// The notices that are kept, oldest first.
    pub fn latest(&self) -> Vec<Notice> {
        lock(&self.kept).notices.iter().cloned().collect()
    }

    /// How many notices were let go to make room.
    pub fn let_go(&self) -> u64 {
        lock(&self.kept).let_go
    }
}

impl fmt::Debug for MemoryNotifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = lock(&self.kept);
        f.debug_struct("MemoryNotifier")
            .field("capacity", &self.capacity)
            .field("notices", &kept.notices.len())
            .field("let_go", &kept.let_go)
            .finish()
    }
}

impl fmt::Display for MemoryNotifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory notices")
    }
}

#[async_trait]
impl Notifier for MemoryNotifier {
    async fn notify(&self, notice: Notice) -> Result<()> {
        let mut kept = lock(&self.kept);
        if kept.notices.len() == self.capacity.get() {
            kept.notices.pop_front();
            kept.let_go += 1;
        }
        kept.notices.push_back(notice);
        Ok(())
    }
}
