//! How much a connection may ask for.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The limits of the protocol. Told to the client in `welcome`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct WireLimits {
    /// Bytes of one message before the client is known.
    pub max_unauthenticated_bytes: u32,
    /// Bytes of one text message, and of a compressed one after inflating.
    pub max_message_bytes: u32,
    /// Bytes of one blob.
    pub max_blob_bytes: u32,
    /// Pixels of one frame.
    pub max_frame_pixels: u32,
    /// Interactions of one batch.
    pub max_batch: u32,
    /// Places of the sequence that may be on the way: sent and not yet acknowledged.
    pub credit: u32,
    /// Blobs that may be on the way.
    pub blob_credit: u32,
    /// Milliseconds until `hello` must have come.
    pub handshake_timeout_ms: u32,
    /// Milliseconds of silence after which the connection is closed. The client pings well within it.
    pub idle_timeout_ms: u32,
}

impl Default for WireLimits {
    fn default() -> Self {
        Self {
            max_unauthenticated_bytes: 64 << 10,
            max_message_bytes: 1 << 20,
            max_blob_bytes: 10 << 20,
            max_frame_pixels: 40_000_000,
            max_batch: 256,
            credit: 512,
            blob_credit: 4,
            handshake_timeout_ms: 5_000,
            idle_timeout_ms: 90_000,
        }
    }
}

impl WireLimits {
    /// The most bytes any message may have.
    pub fn max_bytes(&self, authenticated: bool) -> usize {
        if authenticated {
            // A binary message is its blob, its descriptor and five bytes.
            self.max_message_bytes.max(self.max_blob_bytes.saturating_add(4096)) as usize
        } else {
            self.max_unauthenticated_bytes as usize
        }
    }

    /// Until when `hello` must have come.
    pub fn handshake_timeout(&self) -> Duration {
        Duration::from_millis(self.handshake_timeout_ms.into())
    }

    /// How long silence may last.
    pub fn idle_timeout(&self) -> Duration {
        Duration::from_millis(self.idle_timeout_ms.into())
    }
}
