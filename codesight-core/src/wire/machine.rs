//! The server's side of one connection, without a socket, a clock or a store.
//!
//! [`SessionMachine::handle`] takes what happened and returns what to do. The rules that make duplicates, gaps,
//! reordering and reconnection harmless all live here:
//!
//! - a place is handed to the store once, in order, and never before every earlier one;
//! - a place is acknowledged only after the store said that it is durable;
//! - whatever is missing is asked for again; whatever comes twice is acknowledged again and not stored again;
//! - a writer with an old epoch is shut out.

use super::decode::{ClientFrame, ReceivedBatch, ReceivedBlob, ReceivedEntry, Refusal};
use super::exchange::{Effect, Input};
use super::{Hello, PROTOCOL, Resumed, ServerMessage, SessionStart, SessionStop, WireCode, WireLimits};
use crate::id::{ContentHash, SessionId};
use crate::model::Extra;
use crate::privacy::Raw;
use crate::time::Timestamp;

/// A session being recorded on this connection.
#[derive(Debug)]
struct Recording {
    session: SessionId,
    epoch: u64,
    /// The last place handed to the store.
    received: u64,
    /// The last durable place.
    persisted: u64,
    /// Blobs handed to the store and not yet durable.
    blobs: u32,
    /// The place last asked for again, so that one hole is not asked for with every batch behind it.
    asked_from: Option<u64>,
    /// The stop that waits for what is still missing.
    stop: Option<SessionStop>,
}

#[derive(Debug)]
enum Phase {
    /// Nothing was said yet.
    Greeting,
    /// The token is being looked at.
    Authenticating { resume: Option<SessionId>, clock_offset_ms: i64 },
    /// Known, and not recording. With `resuming` the answer goes into `welcome`.
    Ready,
    /// A session is being opened.
    Opening { welcome_offset_ms: Option<i64> },
    /// Interactions come in.
    Recording(Recording),
    /// The session is being sealed.
    Sealing(Recording),
    /// Nothing more is done.
    Closed,
}

/// The state of one connection.
#[derive(Debug)]
pub struct SessionMachine {
    limits: WireLimits,
    phase: Phase,
    opened_at: Timestamp,
    heard_at: Timestamp,
    rejected: u32,
    draining: bool,
    /// Told in `welcome`.
    flags: Extra,
}

impl SessionMachine {
    /// A connection that was opened at `now`.
    pub fn new(limits: WireLimits, now: Timestamp) -> Self {
        Self {
            limits,
            phase: Phase::Greeting,
            opened_at: now,
            heard_at: now,
            rejected: 0,
            draining: false,
            flags: Extra::new(),
        }
    }

    /// Whether the client is known, and with it the larger size limit in force.
    pub fn is_authenticated(&self) -> bool {
        !matches!(self.phase, Phase::Greeting | Phase::Authenticating { .. } | Phase::Closed)
    }

    /// Whether nothing more will be done.
    pub fn is_closed(&self) -> bool {
        matches!(self.phase, Phase::Closed)
    }

    /// Takes what happened at `now` and says what to do, in order.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        if self.is_closed() {
            return Vec::new();
        }
        match input {
            Input::Frame(frame) => {
                self.heard_at = now;
                if self.draining { Vec::new() } else { self.frame(now, frame) }
            }
            Input::Refused(refusal) => self.refused(&refusal),
            Input::Authenticated { identity, flags } => {
                self.flags = flags;
                self.authenticated(now, identity.is_some())
            }
            Input::Opened(result) => self.opened(now, result),
            Input::Persisted { through } => self.persisted(through),
            Input::AppendFailed { fenced: true } => {
                self.close(WireCode::StaleEpoch, "another connection has the session")
            }
            Input::AppendFailed { fenced: false } => self.append_failed(),
            Input::BlobStored(hash) => self.blob_stored(hash),
            Input::BlobRefused { hash, code } => self.blob_refused(hash, code),
            Input::Sealed => self.sealed(),
            Input::SealFailed => {
                self.close(WireCode::StorageUnavailable, "the session could not be sealed just now")
            }
            Input::Tick => self.tick(now),
            Input::Drain => {
                self.draining = true;
                self.close_when_drained()
            }
        }
    }

    fn frame(&mut self, now: Timestamp, frame: ClientFrame) -> Vec<Effect> {
        match (&mut self.phase, frame) {
            (Phase::Greeting, ClientFrame::Hello(hello)) => self.hello(now, hello),
            (Phase::Ready, ClientFrame::SessionStart(start)) => self.start(start),
            (Phase::Recording(_), ClientFrame::Batch(batch)) => self.batch(batch),
            (Phase::Recording(_), ClientFrame::Blob(blob)) => self.blob(blob),
            (Phase::Recording(_), ClientFrame::SessionStop(stop)) => self.stop(stop),
            // A stop that is sent again while sealing, or late copies of what is stored, change nothing.
            (Phase::Sealing(_) | Phase::Ready, ClientFrame::SessionStop(_) | ClientFrame::Batch(_)) => {
                Vec::new()
            }
            (Phase::Greeting | Phase::Authenticating { .. }, ClientFrame::Ping { .. }) => {
                self.close(WireCode::UnexpectedMessage, "hello comes first")
            }
            (_, ClientFrame::Ping { at }) => vec![Effect::Send(ServerMessage::Pong { at, server_time: now })],
            _ => self
                .close(WireCode::UnexpectedMessage, "this message does not fit the state of the connection"),
        }
    }

    fn hello(&mut self, now: Timestamp, hello: Hello) -> Vec<Effect> {
        if hello.protocol != PROTOCOL {
            return self.close(WireCode::UnsupportedProtocol, "this server speaks codesight.v1");
        }
        self.phase = Phase::Authenticating {
            resume: hello.resume.map(|resume| resume.session_id),
            clock_offset_ms: now.millis_since(hello.clock),
        };
        vec![Effect::Authenticate { token: hello.token }]
    }

    fn authenticated(&mut self, now: Timestamp, known: bool) -> Vec<Effect> {
        let Phase::Authenticating { resume, clock_offset_ms } = &mut self.phase else { return Vec::new() };
        if !known {
            return self.close(WireCode::Unauthenticated, "the token is not good");
        }
        let offset = *clock_offset_ms;
        match resume.take() {
            Some(session) => {
                self.phase = Phase::Opening { welcome_offset_ms: Some(offset) };
                vec![Effect::Resume(session)]
            }
            None => {
                self.phase = Phase::Ready;
                vec![Effect::Send(self.welcome(now, offset, None))]
            }
        }
    }

    fn welcome(&self, now: Timestamp, clock_offset_ms: i64, resumed: Option<Resumed>) -> ServerMessage {
        ServerMessage::Welcome {
            protocol: PROTOCOL.to_owned(),
            server_time: now,
            clock_offset_ms,
            limits: self.limits,
            flags: self.flags.clone(),
            resumed,
        }
    }

    fn start(&mut self, start: Box<Raw<SessionStart>>) -> Vec<Effect> {
        if start.inspect(|start| start.consent.purposes.is_empty()) {
            return self.close(WireCode::ConsentMissing, "the consent names no purpose");
        }
        self.phase = Phase::Opening { welcome_offset_ms: None };
        vec![Effect::Open(start)]
    }

    fn opened(&mut self, now: Timestamp, result: Result<Resumed, WireCode>) -> Vec<Effect> {
        let Phase::Opening { welcome_offset_ms } = self.phase else { return Vec::new() };
        let resumed = match result {
            Ok(resumed) => resumed,
            // The session of a resume may be gone for good; the client learns that and may start another.
            Err(WireCode::SessionUnknown) if welcome_offset_ms.is_some() => {
                self.phase = Phase::Ready;
                let offset = welcome_offset_ms.unwrap_or_default();
                return vec![Effect::Send(self.welcome(now, offset, None))];
            }
            Err(code) => return self.close(code, "the session cannot be opened"),
        };
        let message = match welcome_offset_ms {
            Some(offset) => self.welcome(now, offset, Some(resumed.clone())),
            None => ServerMessage::SessionStarted(resumed.clone()),
        };
        self.phase = if resumed.sealed {
            Phase::Ready
        } else {
            Phase::Recording(Recording {
                session: resumed.session_id,
                epoch: resumed.epoch,
                received: resumed.through,
                persisted: resumed.through,
                blobs: 0,
                asked_from: None,
                stop: None,
            })
        };
        vec![Effect::Send(message)]
    }

    fn batch(&mut self, batch: ReceivedBatch) -> Vec<Effect> {
        let Phase::Recording(recording) = &mut self.phase else { return Vec::new() };
        if let Some(code) = recording.refuses(&batch.session_id, batch.epoch) {
            return self.close(code, "the message is for another session or an older writer");
        }
        if batch.first_seq > recording.received + 1 {
            return recording.ask_again();
        }
        let known = usize::try_from(recording.received + 1 - batch.first_seq).unwrap_or(usize::MAX);
        let entries: Vec<ReceivedEntry> = batch.entries.into_iter().skip(known).collect();
        if entries.is_empty() {
            return recording.acknowledge_again();
        }
        let on_the_way = recording.received - recording.persisted + entries.len() as u64;
        if on_the_way > u64::from(self.limits.credit) {
            return self.close(WireCode::CreditExceeded, "more was sent than the credit allows");
        }
        let first_seq = recording.received + 1;
        recording.received += entries.len() as u64;
        recording.asked_from = None;
        let mut effects = reject_unusable(first_seq, &entries);
        self.rejected += u32::try_from(effects.len()).unwrap_or(u32::MAX);
        effects.push(Effect::Append {
            session: recording.session.clone(),
            epoch: recording.epoch,
            first_seq,
            entries,
        });
        effects
    }

    fn blob(&mut self, blob: ReceivedBlob) -> Vec<Effect> {
        let Phase::Recording(recording) = &mut self.phase else { return Vec::new() };
        if let Some(code) = recording.refuses(&blob.descriptor.session_id, blob.descriptor.epoch) {
            return self.close(code, "the blob is for another session or an older writer");
        }
        if recording.blobs >= self.limits.blob_credit {
            return self.close(WireCode::CreditExceeded, "more blobs were sent than the credit allows");
        }
        recording.blobs += 1;
        vec![Effect::StoreBlob(blob)]
    }

    fn stop(&mut self, stop: SessionStop) -> Vec<Effect> {
        let Phase::Recording(recording) = &mut self.phase else { return Vec::new() };
        if let Some(code) = recording.refuses(&stop.session_id, stop.epoch) {
            return self.close(code, "the message is for another session or an older writer");
        }
        if stop.last_seq < recording.received {
            return self.close(WireCode::StopTooEarly, "later places than the stop names were sent");
        }
        let missing = stop.last_seq > recording.received;
        recording.stop = Some(stop);
        let mut effects = if missing { recording.ask_again() } else { Vec::new() };
        effects.extend(self.seal_when_complete());
        effects
    }

    fn persisted(&mut self, through: u64) -> Vec<Effect> {
        let Phase::Recording(recording) = &mut self.phase else { return Vec::new() };
        if through <= recording.persisted {
            return Vec::new();
        }
        recording.persisted = through;
        // After a failed append `received` was set back; a later append may have gone through all the same.
        recording.received = recording.received.max(through);
        let ack = recording.ack(Vec::new());
        let mut effects = vec![ack];
        effects.extend(self.seal_when_complete());
        effects.extend(self.close_when_drained());
        effects
    }

    fn append_failed(&mut self) -> Vec<Effect> {
        const RETRY_AFTER_MS: u32 = 1_000;
        let Phase::Recording(recording) = &mut self.phase else { return Vec::new() };
        recording.received = recording.persisted;
        recording.asked_from = None;
        let mut effects = vec![Effect::Send(ServerMessage::Throttle { retry_after_ms: RETRY_AFTER_MS })];
        effects.extend(self.close_when_drained());
        effects
    }

    fn blob_stored(&mut self, hash: ContentHash) -> Vec<Effect> {
        let Phase::Recording(recording) = &mut self.phase else { return Vec::new() };
        recording.blobs = recording.blobs.saturating_sub(1);
        let mut effects = vec![recording.ack(vec![hash])];
        effects.extend(self.seal_when_complete());
        effects.extend(self.close_when_drained());
        effects
    }

    fn blob_refused(&mut self, hash: ContentHash, code: WireCode) -> Vec<Effect> {
        let Phase::Recording(recording) = &mut self.phase else { return Vec::new() };
        recording.blobs = recording.blobs.saturating_sub(1);
        if code == WireCode::StorageUnavailable {
            // Not the blob's fault: without an acknowledgement the client sends it again on the next connection.
            return self.close(code, "the blob could not be stored just now");
        }
        self.rejected += 1;
        let mut effects =
            vec![reject(None, Some(hash), code, "the blob is not what was announced or allowed")];
        effects.extend(self.seal_when_complete());
        effects.extend(self.close_when_drained());
        effects
    }

    /// A session is sealed once everything the stop names is durable and no blob is under way.
    fn seal_when_complete(&mut self) -> Vec<Effect> {
        let Phase::Recording(recording) = &self.phase else { return Vec::new() };
        let Some(stop) = &recording.stop else { return Vec::new() };
        if recording.persisted < stop.last_seq || recording.blobs > 0 {
            return Vec::new();
        }
        let seal = Effect::Seal {
            session: recording.session.clone(),
            epoch: recording.epoch,
            outcome: stop.outcome.clone(),
        };
        if let Phase::Recording(recording) = std::mem::replace(&mut self.phase, Phase::Ready) {
            self.phase = Phase::Sealing(recording);
        }
        vec![seal]
    }

    fn sealed(&mut self) -> Vec<Effect> {
        match std::mem::replace(&mut self.phase, Phase::Ready) {
            Phase::Sealing(recording) => {
                let mut effects = vec![Effect::Send(ServerMessage::Summary {
                    session_id: recording.session,
                    through: recording.persisted,
                    rejected: self.rejected,
                })];
                effects.extend(self.close_when_drained());
                effects
            }
            other => {
                self.phase = other;
                Vec::new()
            }
        }
    }

    fn refused(&mut self, refusal: &Refusal) -> Vec<Effect> {
        match (refusal.blob, self.is_authenticated()) {
            (Some(hash), true) => {
                self.rejected += 1;
                vec![reject(None, Some(hash), refusal.code, &refusal.reason)]
            }
            _ => self.close(refusal.code, &refusal.reason),
        }
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Effect> {
        let late = if self.is_authenticated() {
            now >= self.heard_at.after(self.limits.idle_timeout())
        } else {
            now >= self.opened_at.after(self.limits.handshake_timeout())
        };
        if late { self.close(WireCode::Timeout, "nothing was said in time") } else { Vec::new() }
    }

    fn close_when_drained(&mut self) -> Vec<Effect> {
        let under_way = match &self.phase {
            Phase::Recording(recording) => recording.received > recording.persisted || recording.blobs > 0,
            Phase::Sealing(_) => true,
            _ => false,
        };
        if self.draining && !under_way {
            self.close(WireCode::ServerShutdown, "the server is going down; connect again")
        } else {
            Vec::new()
        }
    }

    fn close(&mut self, code: WireCode, reason: &str) -> Vec<Effect> {
        if self.is_closed() {
            return Vec::new();
        }
        self.phase = Phase::Closed;
        vec![Effect::Send(ServerMessage::Close { code, reason: reason.to_owned() }), Effect::Close(code)]
    }
}

impl Recording {
    /// Why a message with this address is refused, if it is.
    fn refuses(&self, session: &SessionId, epoch: u64) -> Option<WireCode> {
        if *session != self.session {
            Some(WireCode::UnexpectedMessage)
        } else if epoch != self.epoch {
            Some(WireCode::StaleEpoch)
        } else {
            None
        }
    }

    fn ask_again(&mut self) -> Vec<Effect> {
        let from = self.received + 1;
        if self.asked_from == Some(from) {
            return Vec::new();
        }
        self.asked_from = Some(from);
        vec![Effect::Send(ServerMessage::Resend { session_id: self.session.clone(), from })]
    }

    /// What comes twice and is durable is acknowledged twice: the first acknowledgement may have been lost.
    fn acknowledge_again(&self) -> Vec<Effect> {
        if self.received == self.persisted { vec![self.ack(Vec::new())] } else { Vec::new() }
    }

    fn ack(&self, blobs: Vec<ContentHash>) -> Effect {
        Effect::Send(ServerMessage::Ack { session_id: self.session.clone(), through: self.persisted, blobs })
    }
}

fn reject_unusable(first_seq: u64, entries: &[ReceivedEntry]) -> Vec<Effect> {
    (first_seq..)
        .zip(entries)
        .filter_map(|(seq, entry)| match entry {
            ReceivedEntry::Unusable { at: (line, column), .. } => {
                let reason = format!("line {line}, column {column} of the interaction");
                Some(reject(Some(seq), None, WireCode::InteractionInvalid, &reason))
            }
            ReceivedEntry::Interaction(_) | ReceivedEntry::Gap(_) => None,
        })
        .collect()
}

fn reject(seq: Option<u64>, blob: Option<ContentHash>, code: WireCode, reason: &str) -> Effect {
    Effect::Send(ServerMessage::Reject { seq, blob, code, reason: reason.to_owned() })
}
