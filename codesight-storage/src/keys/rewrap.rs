//! Changing the master key.

use std::fs;
use std::sync::Arc;

use codesight_core::Result;

use super::MasterKeys;
use super::file::{FileKeyStore, SlotError, run};
use super::record::{self, Record};

/// What a change of the master key did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RewrapReport {
    /// Keys that are under the current master key now and were not before.
    pub rewrapped: u64,
    /// Keys that were already.
    pub current: u64,
    /// Names whose key was destroyed.
    pub destroyed: u64,
    /// Keys that are damaged, or under a master key that is not here. They were left as they are.
    pub unreadable: u64,
}

impl FileKeyStore {
    /// Writes new keys under the current master key, and reads those under any of them. Plain ones are still read.
    #[must_use]
    pub fn wrapped_by(mut self, masters: MasterKeys) -> Self {
        self.wrapping.masters = Some(Arc::new(masters));
        self
    }

    /// Puts every key under the current master key, one after the other: interrupted and called again, it goes on.
    /// Every key can be read all the while, and those that are made meanwhile are under the current one to begin with.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`](codesight_core::ErrorKind::Unavailable) when the folder cannot be read or written.
    pub async fn rewrap(&self) -> Result<RewrapReport> {
        const OPERATION: &str = "keys.rewrap";
        let folder = Arc::clone(&self.folder);
        let names = move || -> Result<Vec<_>, SlotError> {
            let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
            let paths = entries.collect::<std::io::Result<Vec<_>>>()?;
            Ok(paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "key")).collect())
        };
        let mut report = RewrapReport::default();
        for path in run(OPERATION, names).await? {
            let slot = self.slot(path);
            let wrapping = self.wrapping.clone();
            let rewrap = move || -> Result<Outcome, SlotError> {
                let _lock = slot.lock()?;
                let bytes = slot.bytes()?;
                let current = wrapping.masters.as_ref().map(|masters| masters.current().public());
                let under = record::wrapped(&bytes).map(|(master, _)| master);
                match wrapping.read(&bytes) {
                    Record::Destroyed => Ok(Outcome::Destroyed),
                    Record::Locked | Record::Damaged => Ok(Outcome::Unreadable),
                    Record::Key(_) if under == current.as_deref() => Ok(Outcome::Current),
                    Record::Key(key) => {
                        slot.replace(&wrapping.write(&key).ok_or(SlotError::Damaged)?)?;
                        Ok(Outcome::Rewrapped)
                    }
                }
            };
            match run(OPERATION, rewrap).await? {
                Outcome::Rewrapped => report.rewrapped += 1,
                Outcome::Current => report.current += 1,
                Outcome::Destroyed => report.destroyed += 1,
                Outcome::Unreadable => report.unreadable += 1,
            }
        }
        Ok(report)
    }
}

enum Outcome {
    Rewrapped,
    Current,
    Destroyed,
    Unreadable,
}
