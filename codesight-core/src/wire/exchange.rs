//! What the session machine is told and what it asks for.

use super::decode::{ClientFrame, ReceivedBlob, ReceivedEntry, Refusal};
use super::{Resumed, ServerMessage, SessionStart, WireCode};
use crate::id::{CollectorId, ContentHash, SessionId, TenantId};
use crate::model::{Extra, SessionOutcome};
use crate::privacy::Raw;

/// Who a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The project.
    pub tenant: TenantId,
    /// The collector.
    pub collector: CollectorId,
}

/// What happened.
#[derive(Debug)]
pub enum Input {
    /// A message came and could be decoded.
    Frame(ClientFrame),
    /// A message came and could not be decoded.
    Refused(Refusal),
    /// The answer to [`Effect::Authenticate`].
    Authenticated {
        /// Whose the token is; `None` for one that is not good.
        identity: Option<Identity>,
        /// Feature flags to tell the recorder.
        flags: Extra,
    },
    /// The answer to [`Effect::Open`] or [`Effect::Resume`].
    Opened(Result<Resumed, WireCode>),
    /// Every place up to this one is durable.
    Persisted {
        /// The last durable place.
        through: u64,
    },
    /// An append failed. With `fenced` another connection has the session; otherwise it may work later.
    AppendFailed {
        /// Whether the epoch is stale or the session sealed.
        fenced: bool,
    },
    /// The blob is durable.
    BlobStored(ContentHash),
    /// The blob was refused, or could not be stored just now.
    BlobRefused {
        /// Its announced hash.
        hash: ContentHash,
        /// Why.
        code: WireCode,
    },
    /// The session is sealed and its job queued.
    Sealed,
    /// Sealing failed; it may work later.
    SealFailed,
    /// Time passed.
    Tick,
    /// The server is going down: acknowledge what is under way, then close.
    Drain,
}

/// What to do.
#[derive(Debug)]
pub enum Effect {
    /// Send this.
    Send(ServerMessage),
    /// Find out who the token belongs to; answer with [`Input::Authenticated`].
    Authenticate {
        /// From `hello`.
        token: String,
    },
    /// Create or find the session and open an epoch; answer with [`Input::Opened`].
    Open(Box<Raw<SessionStart>>),
    /// Open an epoch of an existing session; answer with [`Input::Opened`].
    Resume(SessionId),
    /// Mask and append; answer with [`Input::Persisted`] or [`Input::AppendFailed`]. Appends run in this order.
    Append {
        /// The session.
        session: SessionId,
        /// The writer's epoch.
        epoch: u64,
        /// Position of the first entry.
        first_seq: u64,
        /// The entries.
        entries: Vec<ReceivedEntry>,
    },
    /// Check and store; answer with [`Input::BlobStored`] or [`Input::BlobRefused`].
    StoreBlob(ReceivedBlob),
    /// Seal the session and queue its job; answer with [`Input::Sealed`] or [`Input::SealFailed`].
    Seal {
        /// The session.
        session: SessionId,
        /// The writer's epoch.
        epoch: u64,
        /// How it ended, as the collector tells it.
        outcome: Option<SessionOutcome>,
    },
    /// Close the connection.
    Close(WireCode),
}
