//! Live updates: from the connections that record to whoever looks on. Masked, bounded, never in the way of recording.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use codesight_core::id::{SessionId, TenantId};
use codesight_core::ports::SessionRef;
use serde::Serialize;
use tokio::sync::broadcast;

use crate::others::Others;

/// How many updates a slow viewer may be behind before it loses some.
const BACKLOG: usize = 64;
/// How many changes of the list a viewer may be behind before it loads the list anew.
const LIST_BACKLOG: usize = 256;

/// Something that happened in a session. Ids, numbers and words of our own only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub(crate) enum LiveUpdate {
    /// Places became durable.
    Stored { through: u64, rejected: u32 },
    /// A frame became durable.
    Frame { hash: String },
    /// The recording ended.
    Sealed { through: u64 },
    /// The session was processed.
    Processed { status: &'static str },
}

/// One channel for each session somebody looks at, and the other nodes.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    others: Others,
    channels: Mutex<HashMap<SessionRef, broadcast::Sender<LiveUpdate>>>,
    /// For those who look at the list of a tenant's sessions.
    lists: Mutex<HashMap<TenantId, broadcast::Sender<SessionId>>>,
}

impl Hub {
    /// A hub that tells other nodes too.
    pub(crate) fn new(others: Others) -> Self {
        Self { others, ..Self::default() }
    }

    /// Whether somebody follows this session here.
    #[cfg(feature = "cluster")]
    pub(crate) fn is_watched(&self, session: &SessionRef) -> bool {
        let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        channels.get(session).is_some_and(|channel| channel.receiver_count() > 0)
    }

    /// The sessions that somebody follows here.
    #[cfg(feature = "cluster")]
    pub(crate) fn watched(&self) -> Vec<SessionRef> {
        let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        let watched = channels.iter().filter(|(_, channel)| channel.receiver_count() > 0);
        watched.map(|(session, _)| session.clone()).collect()
    }

    /// Follows a session from now on.
    pub(crate) fn watch(&self, session: &SessionRef) -> broadcast::Receiver<LiveUpdate> {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        // Channels without viewers are only found here; there are at most as many as were ever watched at once.
        channels.retain(|_, channel| channel.receiver_count() > 0);
        channels.entry(session.clone()).or_insert_with(|| broadcast::channel(BACKLOG).0).subscribe()
    }

    /// Follows which sessions of a tenant begin and change, from now on.
    pub(crate) fn watch_list(&self, tenant: &TenantId) -> broadcast::Receiver<SessionId> {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.retain(|_, list| list.receiver_count() > 0);
        lists.entry(tenant.clone()).or_insert_with(|| broadcast::channel(LIST_BACKLOG).0).subscribe()
    }

    /// Tells those here who look at the list that a session began or changed, and the other nodes. Never waits.
    pub(crate) fn list(&self, session: &SessionRef) {
        self.others.tell(session);
        self.list_here(session);
    }

    /// Tells those here who look at the list of what the other nodes know already.
    pub(crate) fn list_here(&self, session: &SessionRef) {
        let lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(list) = lists.get(&session.tenant) {
            // No viewer is no error.
            let _ = list.send(session.session.clone());
        }
    }

    /// Tells the viewers here, if there are any, and the other nodes. Never waits.
    pub(crate) fn publish(&self, session: &SessionRef, update: LiveUpdate) {
        self.others.tell(session);
        self.publish_here(session, update);
    }

    /// Tells the viewers here of what the other nodes know already.
    pub(crate) fn publish_here(&self, session: &SessionRef, update: LiveUpdate) {
        if matches!(update, LiveUpdate::Sealed { .. } | LiveUpdate::Processed { .. }) {
            self.list_here(session);
        }
        let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = channels.get(session) {
            // No viewer is no error.
            let _ = channel.send(update);
        }
    }
}
