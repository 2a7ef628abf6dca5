//! The protocol `codesight.v1`: messages, decoding with limits, and the two state machines that speak it.
//!
//! Nothing here touches a socket. [`decode`] turns bytes into a [`ClientFrame`]; [`SessionMachine`] turns frames and
//! the answers of the backends into [`Effect`]s; [`Uplink`] is the other end. The whole protocol is described in
//! `wire/docs.md`, shown here:
#![doc = include_str!("docs.md")]

mod blob;
mod code;
mod decode;
mod exchange;
mod limits;
mod machine;
mod message;
mod recording;
#[cfg(feature = "schema")]
pub mod schema;
mod uplink;

pub use blob::{BlobDescriptor, BlobRole, encode_blob, encode_compressed, verify_blob};
pub use code::{CloseCode, WireCode};
pub use decode::{ClientFrame, Incoming, ReceivedBatch, ReceivedBlob, ReceivedEntry, Refusal, decode};
pub use exchange::{Effect, Identity, Input};
pub use limits::WireLimits;
pub use machine::SessionMachine;
pub use message::{
    Batch, ClientInfo, ClientMessage, GapReport, Hello, PROTOCOL, Resume, Resumed, ServerMessage,
    SessionStart, SessionStop,
};
pub use recording::{RECORDING_MAGIC, Recording, RecordingReader};
pub use uplink::{Outgoing, Uplink, UplinkEvent};
