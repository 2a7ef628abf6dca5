//! The stable codes of refusals and closings.

use serde::{Deserialize, Serialize};

/// Why something was refused. The text form never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WireCode {
    /// The message is larger than the limit.
    MessageTooLarge,
    /// The text is not JSON, or nested deeper than 128 levels.
    InvalidJson,
    /// The binary header cannot be read.
    InvalidBinary,
    /// The message is JSON but not of its type's shape.
    InvalidMessage,
    /// A message type this server does not know.
    UnknownType,
    /// Something other than `hello` came first, or something came in the wrong state.
    UnexpectedMessage,
    /// The client speaks another protocol.
    UnsupportedProtocol,
    /// The token is missing, unknown or no longer good.
    Unauthenticated,
    /// The consent does not allow recording.
    ConsentMissing,
    /// There is no such session for this collector.
    SessionUnknown,
    /// The session takes no more interactions.
    SessionSealed,
    /// Another connection has taken the session over.
    StaleEpoch,
    /// More was sent than the credit allows.
    CreditExceeded,
    /// One interaction of a batch is not of its shape; the rest of the batch is kept.
    InteractionInvalid,
    /// A batch holds too many interactions, or none.
    BatchSize,
    /// The stop names an earlier place than what was sent.
    StopTooEarly,
    /// The bytes of a blob do not have the hash it was announced with.
    BlobHashMismatch,
    /// A blob is larger than the limit.
    BlobTooLarge,
    /// The bytes are not of the announced media type, or the type is not accepted.
    BlobMediaType,
    /// The image has more pixels than the limit.
    BlobTooManyPixels,
    /// Nothing was said in time.
    Timeout,
    /// The server is going down; connect again.
    ServerShutdown,
    /// The server could not store it; send it again later.
    StorageUnavailable,
    /// Too many connections or too much work; connect again later.
    Overloaded,
}

impl WireCode {
    /// The text form, as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MessageTooLarge => "message-too-large",
            Self::InvalidJson => "invalid-json",
            Self::InvalidBinary => "invalid-binary",
            Self::InvalidMessage => "invalid-message",
            Self::UnknownType => "unknown-type",
            Self::UnexpectedMessage => "unexpected-message",
            Self::UnsupportedProtocol => "unsupported-protocol",
            Self::Unauthenticated => "unauthenticated",
            Self::ConsentMissing => "consent-missing",
            Self::SessionUnknown => "session-unknown",
            Self::SessionSealed => "session-sealed",
            Self::StaleEpoch => "stale-epoch",
            Self::CreditExceeded => "credit-exceeded",
            Self::InteractionInvalid => "interaction-invalid",
            Self::BatchSize => "batch-size",
            Self::StopTooEarly => "stop-too-early",
            Self::BlobHashMismatch => "blob-hash-mismatch",
            Self::BlobTooLarge => "blob-too-large",
            Self::BlobMediaType => "blob-media-type",
            Self::BlobTooManyPixels => "blob-too-many-pixels",
            Self::Timeout => "timeout",
            Self::ServerShutdown => "server-shutdown",
            Self::StorageUnavailable => "storage-unavailable",
            Self::Overloaded => "overloaded",
        }
    }

    /// The WebSocket close code that goes with it when it ends the connection.
    pub fn close_code(self) -> CloseCode {
        CloseCode(match self {
            Self::MessageTooLarge | Self::BlobTooLarge => 1009,
            Self::InvalidJson | Self::InvalidBinary | Self::InvalidMessage => 1007,
            Self::ServerShutdown => 1012,
            Self::Overloaded | Self::StorageUnavailable => 1013,
            Self::UnsupportedProtocol => 4000,
            Self::Unauthenticated => 4001,
            Self::UnexpectedMessage | Self::UnknownType => 4002,
            Self::ConsentMissing => 4003,
            Self::SessionUnknown => 4004,
            Self::SessionSealed => 4005,
            Self::Timeout => 4008,
            Self::StaleEpoch => 4009,
            Self::CreditExceeded => 4010,
            Self::InteractionInvalid
            | Self::BatchSize
            | Self::StopTooEarly
            | Self::BlobHashMismatch
            | Self::BlobMediaType
            | Self::BlobTooManyPixels => 1008,
        })
    }

    /// Whether connecting again and going on may help.
    pub fn is_worth_reconnecting(self) -> bool {
        matches!(
            self,
            Self::Timeout
                | Self::ServerShutdown
                | Self::StorageUnavailable
                | Self::Overloaded
                | Self::CreditExceeded
        )
    }
}

/// A WebSocket close code: 1000-1015 as in RFC 6455, 4000-4999 our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// Nothing is wrong.
    pub const NORMAL: Self = Self(1000);
}
