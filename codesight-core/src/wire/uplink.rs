//! The client's side of the protocol, without a socket: an outbox that sends, waits, resends and resumes.
//!
//! Used by replays, load generators and importers that stream; the browser extension has its own in TypeScript.
//! Everything given to [`Uplink::push`] and [`Uplink::push_blob`] stays in the outbox until it is acknowledged.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use super::{
    Batch, BlobDescriptor, BlobRole, ClientInfo, ClientMessage, GapReport, Hello, PROTOCOL, Resume, Resumed,
    ServerMessage, SessionStart, SessionStop, WireCode, WireLimits, encode_blob,
};
use crate::error::Result;
use crate::id::{ContentHash, SessionId};
use crate::model::{CaptureGap, Extra, InteractionData, SessionOutcome};
use crate::time::Timestamp;

/// How long an acknowledgement may take before everything behind it is sent again.
const RESEND_AFTER: Duration = Duration::from_secs(10);

/// Something to send.
#[derive(Debug, Clone)]
pub enum Outgoing {
    /// A text message.
    Text(ClientMessage),
    /// A binary message.
    Binary(Bytes),
}

/// Something the caller may want to know.
#[derive(Debug, Clone, PartialEq)]
pub enum UplinkEvent {
    /// The session is open; go on after `through`.
    Opened(Resumed),
    /// Everything up to here is durable.
    Acknowledged(u64),
    /// One thing was refused.
    Rejected(WireCode),
    /// Nothing can be stored for so many milliseconds.
    Throttled(u32),
    /// The session is sealed.
    Sealed,
    /// The server closes the connection.
    Closed(WireCode),
    /// Everything else, as it came.
    Other(ServerMessage),
}

#[derive(Debug, Clone)]
enum Entry {
    Interaction(Box<InteractionData>),
    Gap(CaptureGap),
}

#[derive(Debug, Clone)]
struct QueuedBlob {
    role: BlobRole,
    hash: ContentHash,
    media_type: String,
    bytes: Bytes,
    sent: bool,
}

/// The outbox and the state of its connection.
#[derive(Debug)]
pub struct Uplink {
    token: String,
    start: SessionStart,
    /// Entries after `acknowledged`, oldest first.
    outbox: VecDeque<Entry>,
    acknowledged: u64,
    /// The last place sent on this connection.
    sent: u64,
    sent_at: Option<Timestamp>,
    blobs: VecDeque<QueuedBlob>,
    limits: WireLimits,
    session: Option<SessionId>,
    /// Set while a session is open on this connection.
    epoch: Option<u64>,
    outcome: Option<SessionOutcome>,
    stop_sent: bool,
    paused_until: Option<Timestamp>,
    sealed: bool,
    flags: Extra,
}

impl Uplink {
    /// An outbox for one recording.
    pub fn new(token: impl Into<String>, start: SessionStart) -> Self {
        Self {
            token: token.into(),
            start,
            outbox: VecDeque::new(),
            acknowledged: 0,
            sent: 0,
            sent_at: None,
            blobs: VecDeque::new(),
            limits: WireLimits::default(),
            session: None,
            epoch: None,
            outcome: None,
            stop_sent: false,
            paused_until: None,
            sealed: false,
            flags: Extra::new(),
        }
    }

    /// Queues an interaction and returns its place.
    pub fn push(&mut self, interaction: InteractionData) -> u64 {
        self.queue(Entry::Interaction(Box::new(interaction)))
    }

    /// Queues a gap and returns its place.
    pub fn push_gap(&mut self, gap: CaptureGap) -> u64 {
        self.queue(Entry::Gap(gap))
    }

    fn queue(&mut self, entry: Entry) -> u64 {
        self.outbox.push_back(entry);
        self.last_seq()
    }

    /// Queues a frame or audio and returns its hash.
    pub fn push_blob(&mut self, role: BlobRole, media_type: impl Into<String>, bytes: Bytes) -> ContentHash {
        let hash = ContentHash::of(&bytes);
        self.push_announced_blob(role, media_type, hash, bytes);
        hash
    }

    /// Queues a blob under a hash computed elsewhere.
    pub fn push_announced_blob(
        &mut self,
        role: BlobRole,
        media_type: impl Into<String>,
        hash: ContentHash,
        bytes: Bytes,
    ) {
        self.blobs.push_back(QueuedBlob { role, hash, media_type: media_type.into(), bytes, sent: false });
    }

    /// Ends the recording once everything is acknowledged.
    pub fn finish(&mut self, outcome: SessionOutcome) {
        self.outcome = Some(outcome);
    }

    /// The session, once the server has named it.
    pub fn session(&self) -> Option<&SessionId> {
        self.session.as_ref()
    }

    /// The last place that is acknowledged.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// The last place that is queued.
    pub fn last_seq(&self) -> u64 {
        self.acknowledged + self.outbox.len() as u64
    }

    /// Whether the session is sealed.
    pub fn is_sealed(&self) -> bool {
        self.sealed
    }

    /// Feature flags as the server told them: the session's own once it is open, over the collector's.
    pub fn flags(&self) -> &Extra {
        &self.flags
    }

    /// How many queued blobs are not acknowledged.
    pub fn pending_blobs(&self) -> usize {
        self.blobs.len()
    }

    /// A connection was opened: what to say first.
    pub fn connected(&mut self, now: Timestamp) -> Outgoing {
        self.disconnected();
        Outgoing::Text(ClientMessage::Hello(Hello {
            protocol: PROTOCOL.to_owned(),
            token: self.token.clone(),
            client: ClientInfo {
                name: "codesight-core".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            clock: now,
            resume: self.session.clone().map(|session_id| Resume { session_id }),
        }))
    }

    /// The connection is gone; everything not acknowledged will be sent again.
    pub fn disconnected(&mut self) {
        self.epoch = None;
        self.sent = self.acknowledged;
        self.sent_at = None;
        self.stop_sent = false;
        self.paused_until = None;
        self.blobs.iter_mut().for_each(|blob| blob.sent = false);
    }

    /// Takes a message of the server; says what to send at once and what happened.
    pub fn receive(&mut self, now: Timestamp, message: ServerMessage) -> (Vec<Outgoing>, UplinkEvent) {
        match message {
            ServerMessage::Welcome { limits, flags, resumed, .. } => {
                self.limits = limits;
                self.flags = flags;
                match resumed {
                    Some(resumed) => (Vec::new(), self.opened(resumed)),
                    None => {
                        // Unknown to the server: a resume of nothing is a start, under the same key.
                        self.session = None;
                        let start = Outgoing::Text(ClientMessage::SessionStart(Box::new(self.start.clone())));
                        (vec![start], UplinkEvent::Acknowledged(self.acknowledged))
                    }
                }
            }
            ServerMessage::SessionStarted(resumed) => (Vec::new(), self.opened(resumed)),
            ServerMessage::Ack { through, blobs, .. } => {
                self.acknowledge(through);
                self.blobs.retain(|blob| !blobs.contains(&blob.hash));
                self.sent_at = Some(now);
                (Vec::new(), UplinkEvent::Acknowledged(self.acknowledged))
            }
            ServerMessage::Resend { from, .. } => {
                self.rewind(from.saturating_sub(1));
                (Vec::new(), UplinkEvent::Acknowledged(self.acknowledged))
            }
            ServerMessage::Reject { blob, code, .. } => {
                if let Some(hash) = blob {
                    self.blobs.retain(|queued| queued.hash != hash);
                }
                (Vec::new(), UplinkEvent::Rejected(code))
            }
            ServerMessage::Throttle { retry_after_ms } => {
                self.paused_until = Some(now.after(Duration::from_millis(retry_after_ms.into())));
                self.rewind(self.acknowledged);
                (Vec::new(), UplinkEvent::Throttled(retry_after_ms))
            }
            ServerMessage::Summary { .. } => {
                self.sealed = true;
                (Vec::new(), UplinkEvent::Sealed)
            }
            ServerMessage::Close { code, .. } => {
                self.disconnected();
                (Vec::new(), UplinkEvent::Closed(code))
            }
            other => (Vec::new(), UplinkEvent::Other(other)),
        }
    }

    fn opened(&mut self, resumed: Resumed) -> UplinkEvent {
        self.session = Some(resumed.session_id.clone());
        self.epoch = Some(resumed.epoch);
        self.acknowledge(resumed.through);
        self.sent = self.acknowledged;
        self.sealed = resumed.sealed;
        self.flags.extend(resumed.flags.clone());
        if resumed.sealed { UplinkEvent::Sealed } else { UplinkEvent::Opened(resumed) }
    }

    fn acknowledge(&mut self, through: u64) {
        while self.acknowledged < through && self.outbox.pop_front().is_some() {
            self.acknowledged += 1;
        }
        self.sent = self.sent.max(self.acknowledged);
    }

    /// Everything after `place` is to be sent again.
    fn rewind(&mut self, place: u64) {
        self.sent = place.clamp(self.acknowledged, self.sent);
        self.stop_sent = false;
    }

    /// What to send now, as far as the credit goes. Call it after every event and now and then.
    ///
    /// # Errors
    /// When a blob's descriptor is too long.
    pub fn poll(&mut self, now: Timestamp) -> Result<Vec<Outgoing>> {
        let mut outgoing = Vec::new();
        let (Some(session), Some(epoch)) = (self.session.clone(), self.epoch) else { return Ok(outgoing) };
        if self.sealed || self.paused_until.is_some_and(|until| now < until) {
            return Ok(outgoing);
        }
        if self.sent_at.is_some_and(|sent_at| now >= sent_at.after(RESEND_AFTER)) {
            self.rewind(self.acknowledged);
            self.sent_at = None;
        }
        self.send_blobs(&session, epoch, &mut outgoing)?;
        self.send_entries(&session, epoch, &mut outgoing);
        if !outgoing.is_empty() {
            self.sent_at = Some(now);
        }
        if let Some(outcome) = &self.outcome
            && !self.stop_sent
            && self.blobs.is_empty()
            && self.sent == self.last_seq()
        {
            self.stop_sent = true;
            self.sent_at = Some(now);
            outgoing.push(Outgoing::Text(ClientMessage::SessionStop(SessionStop {
                session_id: session,
                epoch,
                last_seq: self.last_seq(),
                outcome: Some(outcome.clone()),
            })));
        }
        Ok(outgoing)
    }

    fn send_blobs(&mut self, session: &SessionId, epoch: u64, outgoing: &mut Vec<Outgoing>) -> Result<()> {
        let on_the_way = self.blobs.iter().filter(|blob| blob.sent).count();
        let room = (self.limits.blob_credit as usize).saturating_sub(on_the_way);
        for blob in self.blobs.iter_mut().filter(|blob| !blob.sent).take(room) {
            blob.sent = true;
            let descriptor = BlobDescriptor {
                session_id: session.clone(),
                epoch,
                role: blob.role,
                hash: blob.hash,
                media_type: blob.media_type.clone(),
            };
            outgoing.push(Outgoing::Binary(encode_blob(&descriptor, &blob.bytes)?));
        }
        Ok(())
    }

    /// Runs of interactions become batches, gaps go alone.
    fn send_entries(&mut self, session: &SessionId, epoch: u64, outgoing: &mut Vec<Outgoing>) {
        const BATCH: usize = 32;
        let last = self.last_seq().min(self.acknowledged + u64::from(self.limits.credit));
        while self.sent < last {
            let first_seq = self.sent + 1;
            let skip = usize::try_from(self.sent - self.acknowledged).unwrap_or(usize::MAX);
            let room = usize::try_from(last - self.sent).unwrap_or(usize::MAX);
            let most = room.min(BATCH).min(self.limits.max_batch as usize);
            let mut interactions = Vec::new();
            let mut gap = None;
            for entry in self.outbox.iter().skip(skip).take(most) {
                match entry {
                    Entry::Interaction(interaction) => interactions.push((**interaction).clone()),
                    Entry::Gap(found) if interactions.is_empty() => {
                        gap = Some(found.clone());
                        break;
                    }
                    Entry::Gap(_) => break,
                }
            }
            let session_id = session.clone();
            let message = match gap {
                Some(gap) => {
                    self.sent += 1;
                    ClientMessage::Gap(GapReport { session_id, epoch, seq: first_seq, gap })
                }
                None => {
                    self.sent += interactions.len() as u64;
                    ClientMessage::Batch(Batch { session_id, epoch, first_seq, interactions })
                }
            };
            outgoing.push(Outgoing::Text(message));
        }
    }
}
