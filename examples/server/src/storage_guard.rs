//! How much may be stored: people are told before it is too much, and no session begins when it is.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use codesight_core::ports::{BlobKey, BlobStore, NoticeLevel};
use codesight_core::time::Timestamp;
use codesight_core::wire::ServerMessage;
use codesight_core::{Error, ErrorKind, Result};
use codesight_storage::lifecycle::{Quota, QuotaState};
use serde::Serialize;

use crate::app::App;

/// How often what is stored is counted: listing a store costs requests.
const COUNTED_EVERY: Duration = Duration::from_secs(600);
const PAGE: usize = 1_000;

/// What was stored when it was last counted, and what was written since.
#[derive(Debug, Clone, Copy, Default)]
struct Stored {
    counted: u64,
    counted_at: Option<Timestamp>,
    written: u64,
}

/// Where a store stands with its quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuotaStanding {
    state: QuotaState,
    /// Bytes of frames, archives and lines of all projects, and those written since they were last counted.
    stored_bytes: u64,
    /// From so many bytes on, recorders and operators are warned.
    warn_bytes: u64,
    /// From so many bytes on, no session begins.
    stop_bytes: u64,
    /// When they were last counted; nothing until the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    counted_at: Option<Timestamp>,
}

/// The quota, and how much of it is used.
#[derive(Debug)]
pub(crate) struct StorageGuard {
    quota: Option<Quota>,
    stored: Mutex<Stored>,
}

impl StorageGuard {
    pub(crate) fn new(quota_bytes: Option<u64>) -> Self {
        Self { quota: quota_bytes.map(Quota::of), stored: Mutex::default() }
    }

    fn with_stored<T>(&self, act: impl FnOnce(&mut Stored) -> T) -> T {
        act(&mut self.stored.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where the store stands; nothing without a quota, for then nobody counts.
    pub(crate) fn standing(&self) -> Option<QuotaStanding> {
        let quota = self.quota?;
        let Stored { counted, counted_at, written } = self.with_stored(|stored| *stored);
        let stored_bytes = counted.saturating_add(written);
        let Quota { warn_bytes, stop_bytes } = quota;
        Some(QuotaStanding {
            state: quota.state(stored_bytes),
            stored_bytes,
            warn_bytes,
            stop_bytes,
            counted_at,
        })
    }

    /// Bytes stored, and the most that may be; nothing without a quota.
    pub(crate) fn bytes(&self) -> Option<(u64, u64)> {
        self.standing().map(|standing| (standing.stored_bytes, standing.stop_bytes))
    }

    /// Counts what was written just now, so that a busy hour is not seen only afterwards.
    pub(crate) fn wrote(&self, bytes: u64) {
        self.with_stored(|stored| stored.written = stored.written.saturating_add(bytes));
    }

    fn state(&self) -> QuotaState {
        self.standing().map_or(QuotaState::Free, |standing| standing.state)
    }

    /// Whether a new session may begin. Those under way go on: what was begun is not thrown away.
    pub(crate) fn admit(&self) -> Result<()> {
        if self.state() == QuotaState::Full {
            return Err(Error::new(
                ErrorKind::LimitExceeded,
                "storage.admit",
                "the storage quota is used up",
            ));
        }
        Ok(())
    }

    /// What a recorder is told when its session begins; nothing while there is room.
    pub(crate) fn notice(&self) -> Option<ServerMessage> {
        let message = match self.state() {
            QuotaState::Free => return None,
            QuotaState::Warning => "The server's storage is nearly full. Please tell whoever runs it.",
            QuotaState::Full => "The server's storage is full: this session is kept, new ones cannot begin.",
        };
        Some(ServerMessage::Notice {
            level: NoticeLevel::Warning,
            code: "storage-low".to_owned(),
            message: message.to_owned(),
        })
    }

    /// Counts what is stored. What is written meanwhile may be counted twice until the next time: rather too much than
    /// too little.
    async fn count(&self, blobs: &dyn BlobStore, now: Timestamp) -> Result<()> {
        let before = self.with_stored(|stored| stored.written);
        let counted = bytes_in(blobs).await?;
        self.with_stored(|stored| {
            let written = stored.written.saturating_sub(before);
            *stored = Stored { counted, counted_at: Some(now), written };
        });
        Ok(())
    }
}

/// Counts what is stored now and then, until shutdown.
pub(crate) async fn watch(app: App) {
    if app.storage.quota.is_none() {
        return;
    }
    loop {
        if let Err(error) = app.storage.count(app.blobs.as_ref(), app.clock.now()).await {
            tracing::warn!(error = %error, "what is stored could not be counted");
        }
        match app.storage.state() {
            QuotaState::Free => {}
            QuotaState::Warning => tracing::warn!("the storage is nearly full"),
            QuotaState::Full => tracing::error!("the storage is full: no session can begin"),
        }
        tokio::select! {
            () = tokio::time::sleep(COUNTED_EVERY) => {}
            () = app.shutdown.cancelled() => return,
        }
    }
}

async fn bytes_in(blobs: &dyn BlobStore) -> Result<u64> {
    let (mut stored, mut after) = (0_u64, None::<BlobKey>);
    loop {
        let page = blobs.list("", after.as_ref(), PAGE).await?;
        stored += page.iter().map(|blob| blob.size).sum::<u64>();
        match page.last() {
            Some(last) if page.len() == PAGE => after = Some(last.key.clone()),
            _ => return Ok(stored),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use codesight_core::memory::MemoryBlobStore;

    use super::*;

    #[tokio::test]
    async fn what_is_written_counts_at_once_and_is_counted_anew() {
        let guard = StorageGuard::new(Some(1_000));
        let blobs = MemoryBlobStore::new();
        guard.wrote(900);
        assert_eq!(guard.state(), QuotaState::Warning);
        assert!(guard.notice().is_some() && guard.admit().is_ok());
        guard.wrote(100);
        assert_eq!(guard.admit().expect_err("full").kind(), ErrorKind::LimitExceeded);
        // Most of it was deleted since.
        blobs.put(&BlobKey::new("t/one").expect("a key"), Bytes::from(vec![0; 300])).await.expect("stored");
        guard.count(&blobs, Timestamp::from_millis(7)).await.expect("counted");
        assert_eq!((guard.state(), guard.bytes()), (QuotaState::Free, Some((300, 1_000))));
        assert!(guard.notice().is_none() && guard.admit().is_ok());
    }

    #[test]
    fn without_a_quota_there_is_always_room() {
        let guard = StorageGuard::new(None);
        guard.wrote(u64::MAX);
        guard.wrote(1);
        assert!(guard.admit().is_ok() && guard.standing().is_none() && guard.notice().is_none());
    }
}
