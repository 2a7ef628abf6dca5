//! Binary messages: one byte of kind, the length of a JSON descriptor (four bytes, big-endian), the descriptor, bytes.

use std::io::Write;

use bytes::{BufMut, Bytes, BytesMut};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use super::{ClientMessage, WireCode, WireLimits};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{ContentHash, SessionId};

/// A blob follows the descriptor.
pub(super) const KIND_BLOB: u8 = 1;
/// A gzip-compressed text message follows; the descriptor is empty.
pub(super) const KIND_COMPRESSED: u8 = 2;
/// Kind and descriptor length.
pub(super) const HEADER_BYTES: usize = 5;
/// The longest descriptor.
pub(super) const MAX_DESCRIPTOR_BYTES: usize = 2048;

/// What a blob is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BlobRole {
    /// A screenshot.
    Frame,
    /// Think-aloud audio.
    Audio,
}

/// What is said of a blob before its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BlobDescriptor {
    /// The session.
    pub session_id: SessionId,
    /// The epoch this writer was given.
    pub epoch: u64,
    /// What it is.
    pub role: BlobRole,
    /// SHA-256 of the bytes.
    pub hash: ContentHash,
    /// Media type of the bytes.
    pub media_type: String,
}

/// A blob as a binary message.
///
/// # Errors
/// [`ErrorKind::LimitExceeded`] for a descriptor longer than 2,048 bytes.
pub fn encode_blob(descriptor: &BlobDescriptor, bytes: &[u8]) -> Result<Bytes> {
    let descriptor = to_json(descriptor)?;
    if descriptor.len() > MAX_DESCRIPTOR_BYTES {
        return Err(Error::new(ErrorKind::LimitExceeded, "wire.encode", "the descriptor is too long")
            .with("bytes", descriptor.len()));
    }
    Ok(join(KIND_BLOB, &descriptor, bytes))
}

/// A text message as a gzip-compressed binary one.
///
/// # Errors
/// [`ErrorKind::Unexpected`] when the message cannot be written as JSON.
pub fn encode_compressed(message: &ClientMessage) -> Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let compressed =
        encoder.write_all(&to_json(message)?).and_then(|()| encoder.finish()).map_err(|error| {
            Error::new(ErrorKind::Unexpected, "wire.encode", "compression failed").caused_by(error)
        })?;
    Ok(join(KIND_COMPRESSED, &[], &compressed))
}

fn to_json<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| {
        Error::new(ErrorKind::Unexpected, "wire.encode", "not serialisable").caused_by(error)
    })
}

fn join(kind: u8, descriptor: &[u8], bytes: &[u8]) -> Bytes {
    let mut message = BytesMut::with_capacity(HEADER_BYTES + descriptor.len() + bytes.len());
    message.put_u8(kind);
    message.put_u32(u32::try_from(descriptor.len()).unwrap_or(u32::MAX));
    message.put_slice(descriptor);
    message.put_slice(bytes);
    message.freeze()
}

/// Checks a blob against its descriptor and the limits: hash, media type by the first bytes, image size by the header.
///
/// Cheap but for the hash, about a millisecond for each megabyte; call it off the network thread.
///
/// # Errors
/// The code to reject it with.
pub fn verify_blob(descriptor: &BlobDescriptor, bytes: &[u8], limits: &WireLimits) -> Result<(), WireCode> {
    if bytes.len() > limits.max_blob_bytes as usize {
        return Err(WireCode::BlobTooLarge);
    }
    let accepted: &[&str] = match descriptor.role {
        BlobRole::Frame => &["image/png", "image/jpeg", "image/webp"],
        BlobRole::Audio => &["audio/webm"],
    };
    let media_type = sniff(bytes).ok_or(WireCode::BlobMediaType)?;
    if media_type != descriptor.media_type || !accepted.contains(&media_type) {
        return Err(WireCode::BlobMediaType);
    }
    if ContentHash::of(bytes) != descriptor.hash {
        return Err(WireCode::BlobHashMismatch);
    }
    if descriptor.role == BlobRole::Frame {
        let (width, height) = image_size(media_type, bytes).ok_or(WireCode::BlobMediaType)?;
        if u64::from(width) * u64::from(height) > u64::from(limits.max_frame_pixels) {
            return Err(WireCode::BlobTooManyPixels);
        }
    }
    Ok(())
}

fn sniff(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        // Matroska and WebM begin with the same EBML header.
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Some("audio/webm"),
        _ => None,
    }
}

/// Width and height as the image's header tells them.
fn image_size(media_type: &str, bytes: &[u8]) -> Option<(u32, u32)> {
    let big = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    match media_type {
        "image/png" => Some((big(16)?, big(20)?)),
        "image/jpeg" => jpeg_size(bytes),
        "image/webp" => webp_size(bytes),
        _ => None,
    }
}

/// Walks the JPEG segments to the first start-of-frame.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let &[0xff, marker] = bytes.get(at..at + 2)? else { return None };
        if marker == 0xff {
            at += 1;
            continue;
        }
        let length = usize::from(u16::from_be_bytes(bytes.get(at + 2..at + 4)?.try_into().ok()?));
        // C4, C8 and CC share the range of the frame headers and are none.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let height = u16::from_be_bytes(bytes.get(at + 5..at + 7)?.try_into().ok()?);
            let width = u16::from_be_bytes(bytes.get(at + 7..at + 9)?.try_into().ok()?);
            return Some((width.into(), height.into()));
        }
        at += 2 + length.max(2);
    }
}

/// Reads the size from a lossy, lossless or extended WebP header.
fn webp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let byte = |at: usize| bytes.get(at).copied().map(u32::from);
    match bytes.get(12..16)? {
        b"VP8 " => Some(((byte(26)? | byte(27)? << 8) & 0x3fff, (byte(28)? | byte(29)? << 8) & 0x3fff)),
        b"VP8L" => {
            let bits = byte(21)? | byte(22)? << 8 | byte(23)? << 16 | byte(24)? << 24;
            Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        b"VP8X" => Some((
            (byte(24)? | byte(25)? << 8 | byte(26)? << 16) + 1,
            (byte(27)? | byte(28)? << 8 | byte(29)? << 16) + 1,
        )),
        _ => None,
    }
}
