//! The audit log in memory.

use std::fmt;
use std::sync::Mutex;

use async_trait::async_trait;

use super::lock;
use crate::error::{Error, Result};
use crate::ports::{AuditEntry, AuditEvent, AuditLog};

/// An audit log in memory.
#[derive(Default)]
pub struct MemoryAuditLog(Mutex<Vec<AuditEntry>>);

impl MemoryAuditLog {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Deletes the entries up to a position, and returns how many; never the last one.
    pub(super) fn give_up(&self, through: u64) -> Result<u64> {
        let mut entries = lock(&self.0);
        let count = entries.partition_point(|entry| entry.position <= through);
        if count == 0 || count == entries.len() {
            return Err(Error::invalid("audit.truncate", "the log would be empty, or is not as long"));
        }
        entries.drain(..count);
        Ok(count as u64)
    }
}

impl fmt::Debug for MemoryAuditLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryAuditLog").field("entries", &lock(&self.0).len()).finish()
    }
}

impl fmt::Display for MemoryAuditLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory audit log")
    }
}

#[async_trait]
impl AuditLog for MemoryAuditLog {
    async fn append(&self, event: AuditEvent) -> Result<AuditEntry> {
        let mut entries = lock(&self.0);
        let entry = AuditEntry::follow(entries.last(), event)?;
        entries.push(entry.clone());
        Ok(entry)
    }

    async fn read(&self, after: u64, limit: usize) -> Result<Vec<AuditEntry>> {
        let entries = lock(&self.0);
        let first = entries.partition_point(|entry| entry.position <= after);
        Ok(entries.iter().skip(first).take(limit).cloned().collect())
    }
}
