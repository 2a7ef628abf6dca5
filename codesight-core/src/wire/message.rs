//! The messages of both sides, as they are written in JSON.

use serde::{Deserialize, Serialize};

use super::{WireCode, WireLimits};
use crate::id::{ContentHash, SessionId, SessionKey};
use crate::model::{
    CaptureGap, CaptureProfile, Extra, InteractionData, SessionConsent, SessionGoal, SessionOutcome,
    SessionType,
};
use crate::ports::NoticeLevel;
use crate::time::Timestamp;

/// The name of this protocol; also the WebSocket sub-protocol.
pub const PROTOCOL: &str = "codesight.v1";

/// Which program is speaking.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ClientInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A session to go on with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Resume {
    /// The session.
    pub session_id: SessionId,
}

/// The first message.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Hello {
    /// [`PROTOCOL`].
    pub protocol: String,
    /// Proves who is speaking. Empty when it came with the sub-protocol.
    #[serde(default)]
    pub token: String,
    /// Which program.
    #[serde(default)]
    pub client: ClientInfo,
    /// The client's clock at the moment of sending.
    pub clock: Timestamp,
    /// The session to go on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
}

impl std::fmt::Debug for Hello {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hello")
            .field("protocol", &self.protocol)
            .field("token", &"redacted")
            .field("client", &self.client)
            .field("clock", &self.clock)
            .field("resume", &self.resume)
            .finish()
    }
}

/// Begins a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionStart {
    /// The collector's own key: sending it again finds the same session.
    pub key: SessionKey,
    /// Who acts.
    #[serde(default)]
    pub session_type: SessionType,
    /// What the person set out to do.
    #[serde(default)]
    pub goal: SessionGoal,
    /// What the person agreed to.
    pub consent: SessionConsent,
    /// How the recorder is set up.
    #[serde(default)]
    pub capture: CaptureProfile,
}

/// Interactions in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// The session.
    pub session_id: SessionId,
    /// The epoch this writer was given.
    pub epoch: u64,
    /// Position of the first one.
    pub first_seq: u64,
    /// The interactions, each one place further.
    pub interactions: Vec<InteractionData>,
}

/// A place of the sequence that holds no interaction, because it could not be captured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GapReport {
    /// The session.
    pub session_id: SessionId,
    /// The epoch this writer was given.
    pub epoch: u64,
    /// Its position.
    pub seq: u64,
    /// What was missed.
    pub gap: CaptureGap,
}

/// Ends a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionStop {
    /// The session.
    pub session_id: SessionId,
    /// The epoch this writer was given.
    pub epoch: u64,
    /// The last place that was used; 0 for none.
    pub last_seq: u64,
    /// How it ended, as the collector tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<SessionOutcome>,
}

/// What a client says in text. Frames and audio travel as binary messages, see [`BlobDescriptor`](super::BlobDescriptor).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type")]
#[non_exhaustive]
pub enum ClientMessage {
    /// First of all.
    #[serde(rename = "hello")]
    Hello(Hello),
    /// Begins a recording.
    #[serde(rename = "session.start")]
    SessionStart(Box<SessionStart>),
    /// Interactions.
    #[serde(rename = "batch")]
    Batch(Batch),
    /// Something that could not be captured.
    #[serde(rename = "gap")]
    Gap(GapReport),
    /// Ends a recording.
    #[serde(rename = "session.stop")]
    SessionStop(SessionStop),
    /// Keeps the connection, and a browser's worker, alive.
    #[serde(rename = "ping")]
    Ping {
        /// The client's clock.
        at: Timestamp,
    },
}

/// A session the server knows, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Resumed {
    /// The session.
    pub session_id: SessionId,
    /// The epoch to send with; every earlier one is refused from now on.
    pub epoch: u64,
    /// The last place that is durable. Go on after it.
    pub through: u64,
    /// Whether the session takes no more interactions.
    pub sealed: bool,
    /// Feature flags as the session was given them when it began; they win over those of `welcome`.
    #[serde(default, skip_serializing_if = "Extra::is_empty")]
    pub flags: Extra,
}

/// What the server says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum ServerMessage {
    /// The answer to `hello`.
    #[serde(rename = "welcome")]
    Welcome {
        /// [`PROTOCOL`].
        protocol: String,
        /// The server's clock.
        server_time: Timestamp,
        /// Milliseconds to add to the client's clock to get the server's.
        clock_offset_ms: i64,
        /// The limits of this connection; `credit` is among them.
        limits: WireLimits,
        /// Feature flags of this collector, by name, with their values.
        #[serde(default)]
        flags: Extra,
        /// The session that was asked for in `resume`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resumed: Option<Resumed>,
    },
    /// The answer to `session.start`.
    #[serde(rename = "session.started")]
    SessionStarted(Resumed),
    /// These are durable.
    #[serde(rename = "ack")]
    Ack {
        /// The session.
        session_id: SessionId,
        /// Every place up to this one is durable.
        through: u64,
        /// Blobs that are durable since the last `ack`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        blobs: Vec<ContentHash>,
    },
    /// Something is missing: send again from here.
    #[serde(rename = "resend")]
    Resend {
        /// The session.
        session_id: SessionId,
        /// First place to send again.
        from: u64,
    },
    /// One thing was refused; it is kept as a finding and must not be sent again.
    #[serde(rename = "reject")]
    Reject {
        /// Its place, for an interaction.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<u64>,
        /// Its announced hash, for a blob.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        blob: Option<ContentHash>,
        /// Why.
        code: WireCode,
        /// Why, for people.
        reason: String,
    },
    /// How the session stands.
    #[serde(rename = "update")]
    Update {
        /// The session.
        session_id: SessionId,
        /// Places stored.
        through: u64,
        /// Findings so far.
        findings: u32,
        /// Places at which something is missing so far: a picture, what an element was, what the recorder told as a gap.
        #[serde(default)]
        gaps: u32,
        /// 0 to 100, as far as it can be told now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quality: Option<f64>,
    },
    /// Something the person should know or do.
    #[serde(rename = "notice")]
    Notice {
        /// How urgent.
        level: NoticeLevel,
        /// Stable code.
        code: String,
        /// What to do, in one sentence.
        message: String,
    },
    /// Nothing could be stored just now; wait, then send again from the last acknowledged place.
    #[serde(rename = "throttle")]
    Throttle {
        /// How long to wait.
        retry_after_ms: u32,
    },
    /// The session is sealed.
    #[serde(rename = "summary")]
    Summary {
        /// The session.
        session_id: SessionId,
        /// Places stored.
        through: u64,
        /// Things refused on this connection.
        rejected: u32,
    },
    /// The answer to `ping`.
    #[serde(rename = "pong")]
    Pong {
        /// The client's clock, as it was sent.
        at: Timestamp,
        /// The server's clock.
        server_time: Timestamp,
    },
    /// The connection ends.
    #[serde(rename = "close")]
    Close {
        /// Why.
        code: WireCode,
        /// Why, for people.
        reason: String,
    },
}
