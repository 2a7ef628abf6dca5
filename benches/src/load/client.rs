//! One recorder: sends interactions at a steady rate and notes how long each waited for its acknowledgement.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use codesight_core::time::Timestamp;
use codesight_core::wire::{BlobRole, Outgoing, ServerMessage, Uplink};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::figures::Times;
use crate::interaction;
use crate::server::{Outcome, session_start};

/// A connection to the server.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a recorder does.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The server.
    pub address: SocketAddr,
    /// The key it records with.
    pub token: String,
    /// Between two interactions.
    pub pause: Duration,
    /// How long it records.
    pub lasting: Duration,
    /// One frame after so many interactions; none when it is nought.
    pub frame_every: u64,
    /// The frames, used in turn.
    pub frames: Vec<Bytes>,
}

/// What became of it.
#[derive(Debug, Default)]
pub struct Recorded {
    /// Interactions sent.
    pub sent: u64,
    /// Interactions acknowledged.
    pub acknowledged: u64,
    /// Frames sent that were not acknowledged.
    pub frames_pending: usize,
    /// From the sending of an interaction to its acknowledgement.
    pub waits: Times,
    /// The session.
    pub session: String,
}

/// Opens a connection, and nothing more.
///
/// # Errors
/// When nobody listens.
pub async fn connect(address: SocketAddr) -> Outcome<Socket> {
    Ok(tokio_tungstenite::connect_async(format!("ws://{address}/v1/stream")).await?.0)
}

/// Records one session to its end.
///
/// # Errors
/// When the connection breaks, or what was sent is not acknowledged within a minute of the end.
pub async fn record(plan: Plan, key: &str) -> Outcome<Recorded> {
    let mut recorder = Recorder {
        socket: connect(plan.address).await?,
        uplink: Uplink::new(plan.token.as_str(), session_start(key)?),
        begun: Instant::now(),
        sent_at: VecDeque::new(),
        recorded: Recorded::default(),
    };
    let hello = recorder.uplink.connected(recorder.now());
    recorder.send(hello).await?;
    while recorder.uplink.session().is_none() {
        recorder.listen().await?;
    }
    recorder.begun = Instant::now();
    let mut ticks = tokio::time::interval(plan.pause);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut ping = tokio::time::interval(Duration::from_secs(15));
    while recorder.begun.elapsed() < plan.lasting {
        tokio::select! {
            _ = ticks.tick() => recorder.act(&plan).await?,
            _ = ping.tick() => {
                let at = recorder.now();
                recorder.send(Outgoing::Text(codesight_core::wire::ClientMessage::Ping { at })).await?;
            }
            message = recorder.socket.next() => recorder.heard(message).await?,
        }
    }
    let end = tokio::time::timeout(Duration::from_secs(60), async {
        while recorder.recorded.acknowledged < recorder.recorded.sent || recorder.uplink.pending_blobs() > 0 {
            recorder.listen().await?;
        }
        Outcome::Ok(())
    });
    end.await.unwrap_or(Ok(()))?;
    recorder.recorded.frames_pending = recorder.uplink.pending_blobs();
    recorder.recorded.session = recorder.uplink.session().map(ToString::to_string).unwrap_or_default();
    Ok(recorder.recorded)
}

struct Recorder {
    socket: Socket,
    uplink: Uplink,
    begun: Instant,
    /// When each place that is not acknowledged was sent.
    sent_at: VecDeque<Instant>,
    recorded: Recorded,
}

impl Recorder {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000).after(self.begun.elapsed())
    }

    async fn act(&mut self, plan: &Plan) -> Outcome<()> {
        self.recorded.sent += 1;
        let number = self.recorded.sent;
        let mut interaction = interaction(number);
        // It names the frame that goes with it, and no other: who names pictures that never come makes the server wait for them.
        interaction.screenshots.truncate(1);
        if plan.frame_every > 0 && number.is_multiple_of(plan.frame_every) {
            let frame = &plan.frames[(number / plan.frame_every) as usize % plan.frames.len()];
            let hash = self.uplink.push_blob(BlobRole::Frame, "image/webp", frame.clone());
            interaction.screenshots.iter_mut().for_each(|named| named.hash = hash);
        } else {
            interaction.screenshots.clear();
        }
        self.uplink.push(interaction);
        self.sent_at.push_back(Instant::now());
        self.flush().await
    }

    async fn flush(&mut self) -> Outcome<()> {
        for outgoing in self.uplink.poll(self.now())? {
            self.send(outgoing).await?;
        }
        Ok(())
    }

    async fn listen(&mut self) -> Outcome<()> {
        let message = self.socket.next().await;
        self.heard(message).await
    }

    async fn heard(
        &mut self,
        message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
    ) -> Outcome<()> {
        let Message::Text(text) = message.ok_or("the server hung up")?? else { return Ok(()) };
        let message: ServerMessage = serde_json::from_str(&text)?;
        if let ServerMessage::Close { code, .. } = &message {
            return Err(format!("closed: {}", code.as_str()).into());
        }
        let (outgoing, _) = self.uplink.receive(self.now(), message);
        let acknowledged = self.uplink.acknowledged();
        while self.recorded.acknowledged < acknowledged {
            self.recorded.acknowledged += 1;
            if let Some(sent) = self.sent_at.pop_front() {
                self.recorded.waits.push(sent.elapsed());
            }
        }
        for message in outgoing {
            self.send(message).await?;
        }
        self.flush().await
    }

    async fn send(&mut self, outgoing: Outgoing) -> Outcome<()> {
        let message = match outgoing {
            Outgoing::Text(message) => Message::Text(serde_json::to_string(&message)?.into()),
            Outgoing::Binary(bytes) => Message::Binary(bytes),
        };
        Ok(self.socket.send(message).await?)
    }
}
