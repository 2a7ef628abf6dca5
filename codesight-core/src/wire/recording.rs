//! Recordings of the client's side of a connection, as files: what demos and tests replay.
//!
//! A recording is the line `codesight.v1 recording`, then messages: one byte (0 text, 1 binary), the length as four
//! bytes big-endian, the bytes. The messages are `session.start`, then `batch`, `gap` and blobs in the order they were
//! made, then `session.stop`. Session id and epoch in them are those of the recording; a replay puts in its own.

use bytes::Bytes;

use super::blob::{HEADER_BYTES, KIND_BLOB, MAX_DESCRIPTOR_BYTES};
use super::{BlobDescriptor, ClientMessage, Outgoing, SessionStart, Uplink};
use crate::error::{Error, ErrorKind, Result};
use crate::model::SessionOutcome;

/// The first line of a recording.
pub const RECORDING_MAGIC: &[u8] = b"codesight.v1 recording\n";

const OPERATION: &str = "wire.recording";

/// Reads recordings message by message.
#[derive(Debug)]
pub struct RecordingReader {
    rest: Bytes,
    max_message_bytes: usize,
}

impl RecordingReader {
    /// Opens a recording whose messages have at most `max_message_bytes` each.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] when the first line is another.
    pub fn new(mut recording: Bytes, max_message_bytes: usize) -> Result<Self> {
        if !recording.starts_with(RECORDING_MAGIC) {
            return Err(Error::invalid(OPERATION, "this is no recording of codesight.v1"));
        }
        let rest = recording.split_off(RECORDING_MAGIC.len());
        Ok(Self { rest, max_message_bytes })
    }

    fn read(&mut self) -> Result<Outgoing> {
        let truncated = || Error::new(ErrorKind::Corrupt, OPERATION, "the recording ends within a message");
        let [kind, a, b, c, d, ..] = self.rest[..] else { return Err(truncated()) };
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        if length > self.max_message_bytes {
            return Err(Error::new(ErrorKind::LimitExceeded, OPERATION, "a message is too large")
                .with("bytes", length)
                .with("limit", self.max_message_bytes));
        }
        let end = HEADER_BYTES + length;
        if end > self.rest.len() {
            return Err(truncated());
        }
        let payload = self.rest.split_to(end).slice(HEADER_BYTES..);
        match kind {
            0 => serde_json::from_slice(&payload).map(Outgoing::Text).map_err(|error| {
                Error::invalid(OPERATION, "a text message does not fit its type")
                    .with("line", error.line())
                    .with("column", error.column())
            }),
            1 => Ok(Outgoing::Binary(payload)),
            _ => Err(Error::invalid(OPERATION, "a message is neither text nor binary")),
        }
    }
}

impl Iterator for RecordingReader {
    type Item = Result<Outgoing>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let message = self.read();
        if message.is_err() {
            self.rest.clear();
        }
        Some(message)
    }
}

/// A recording with the messages sorted out.
#[derive(Debug)]
pub struct Recording {
    /// How it was begun.
    pub start: SessionStart,
    messages: Vec<Outgoing>,
    outcome: SessionOutcome,
}

impl Recording {
    /// Reads a whole recording.
    ///
    /// # Errors
    /// As [`RecordingReader`]; [`ErrorKind::Invalid`] when it does not begin with `session.start`.
    pub fn read(bytes: Bytes, max_message_bytes: usize) -> Result<Self> {
        let mut reader = RecordingReader::new(bytes, max_message_bytes)?;
        let Some(Outgoing::Text(ClientMessage::SessionStart(start))) = reader.next().transpose()? else {
            return Err(Error::invalid(OPERATION, "a recording begins with session.start"));
        };
        let mut outcome = SessionOutcome::Unknown;
        let mut messages = Vec::new();
        for message in reader {
            match message? {
                Outgoing::Text(ClientMessage::SessionStop(stop)) => outcome = stop.outcome.unwrap_or(outcome),
                message => messages.push(message),
            }
        }
        Ok(Self { start: *start, messages, outcome })
    }

    /// Bytes of the frames as captured, and of the interactions as JSON: what a user would have kept without us.
    ///
    /// # Errors
    /// As [`Recording::queue_into`].
    pub fn raw_bytes(&self) -> Result<u64> {
        let mut total = 0;
        for message in &self.messages {
            total += match message {
                Outgoing::Binary(message) => split_blob(message)?.1.len() as u64,
                Outgoing::Text(message) => serde_json::to_vec(message).map_or(0, |text| text.len() as u64),
            };
        }
        Ok(total)
    }

    /// Queues everything into an uplink, in the order recorded, and ends it.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a binary message that is no blob.
    pub fn queue_into(&self, uplink: &mut Uplink) -> Result<()> {
        for message in &self.messages {
            match message {
                Outgoing::Text(ClientMessage::Batch(batch)) => {
                    for interaction in &batch.interactions {
                        uplink.push(interaction.clone());
                    }
                }
                Outgoing::Text(ClientMessage::Gap(report)) => {
                    uplink.push_gap(report.gap.clone());
                }
                Outgoing::Binary(message) => {
                    let (descriptor, bytes) = split_blob(message)?;
                    uplink.push_announced_blob(
                        descriptor.role,
                        descriptor.media_type,
                        descriptor.hash,
                        bytes,
                    );
                }
                Outgoing::Text(_) => {}
            }
        }
        uplink.finish(self.outcome.clone());
        Ok(())
    }
}

fn split_blob(message: &Bytes) -> Result<(BlobDescriptor, Bytes)> {
    let invalid = || Error::invalid(OPERATION, "a binary message is no blob");
    let [KIND_BLOB, a, b, c, d, ..] = message[..] else { return Err(invalid()) };
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    if length > MAX_DESCRIPTOR_BYTES || HEADER_BYTES + length > message.len() {
        return Err(invalid());
    }
    let descriptor = message.slice(HEADER_BYTES..HEADER_BYTES + length);
    let descriptor = serde_json::from_slice(&descriptor).map_err(|_| invalid())?;
    Ok((descriptor, message.slice(HEADER_BYTES + length..)))
}
