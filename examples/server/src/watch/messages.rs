//! What viewers ask for and are told.

use codesight_core::id::SessionId;
use codesight_core::model::{SessionStatus, UnifiedSession};
use codesight_core::privacy::Masked;
use serde::{Deserialize, Serialize};

use crate::hub::LiveUpdate;

/// What a viewer says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Asked {
    /// Look on at a session.
    Watch { session: String },
    /// No longer.
    Unwatch { session: String },
    /// Be told of sessions that begin and change.
    WatchList {},
    /// No longer.
    UnwatchList {},
    /// Is anybody there?
    Ping { at: i64 },
}

/// What a viewer is told.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub(super) enum Told<'t> {
    /// From now on its updates come; this is where it stands.
    Watching { session: &'t SessionId, status: SessionStatus, through: u64 },
    /// Something happened in it.
    Updated { session: &'t SessionId, update: &'t LiveUpdate },
    /// The viewer was too slow for so many updates of it.
    Lagged { session: &'t SessionId, missed: u64 },
    /// A session began or changed.
    Listed { session: &'t Masked<UnifiedSession> },
    /// More has changed than is told one by one: load the list again.
    ListChanged,
    /// What was asked for is not to be had.
    Refused {
        #[serde(skip_serializing_if = "Option::is_none")]
        session: Option<&'t str>,
        code: &'static str,
    },
    /// The answer to `ping`.
    Pong { at: i64 },
}
