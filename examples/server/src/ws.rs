//! The recording socket: bytes in and out, nothing else. What they mean is decided by
//! [`SessionMachine`]; what is done with them by [`ingest`].

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use codesight_core::ErrorKind;
use codesight_core::id::{ContentHash, SessionId};
use codesight_core::model::SessionOutcome;
use codesight_core::ports::{JournalHead, JournalRecord, NoticeLevel, SessionRef};
use codesight_core::wire::{
    ClientFrame, Effect, Hello, Identity, Incoming, Input, PROTOCOL, ReceivedEntry, Refusal, ServerMessage,
    SessionMachine, WireCode, decode,
};
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};

use crate::app::App;
use crate::gate::Gate;
use crate::hub::LiveUpdate;
use crate::ingest::{self, EntryMasker, SharedMasker};
use crate::listener::ConnectionPlace;
use crate::live::Live;
use crate::pixels::{self, FrameBoxes};
use crate::rights;

/// The sub-protocol that carries a token, for clients that cannot put it into `hello`.
const TOKEN_PROTOCOL: &str = "codesight.token.";
/// A client that does not read for so long is closed.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_secs(1);
/// Frame headers and control frames of a stranger, beyond the bytes of the messages themselves.
const FRAMING_ALLOWANCE: u64 = 4 << 10;

/// `GET /v1/stream`.
pub(crate) async fn stream(
    State(app): State<App>,
    Extension(gate): Extension<Gate>,
    Extension(place): Extension<ConnectionPlace>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    if !app.origins.allows(text(header::ORIGIN), text(header::HOST)) {
        return (StatusCode::FORBIDDEN, "this origin may not connect").into_response();
    }
    let protocol_token = text(header::SEC_WEBSOCKET_PROTOCOL)
        .and_then(|offered| offered.split(',').find_map(|name| name.trim().strip_prefix(TOKEN_PROTOCOL)))
        .map(str::to_owned);
    let privacy_control = rights::sends_privacy_control(&headers);
    let most = app.limits.max_bytes(true);
    gate.limit(u64::from(app.limits.max_unauthenticated_bytes) + FRAMING_ALLOWANCE);
    let tasks = app.tasks.clone();
    upgrade.protocols([PROTOCOL]).max_message_size(most).max_frame_size(most).on_upgrade(move |socket| {
        let connection = Connection::new(app, gate, protocol_token, privacy_control);
        tasks.track_future(async move {
            connection.run(socket).await;
            drop(place);
        })
    })
}

/// An append that waits for the one before it.
struct PendingAppend {
    session: SessionId,
    epoch: u64,
    first_seq: u64,
    entries: Vec<ReceivedEntry>,
    /// When the first of them came.
    received: Instant,
}

/// What a background task came to.
struct Done {
    input: Input,
    /// Set when a session was opened.
    opened: Option<(SharedMasker, FrameBoxes)>,
    /// Whether this was the append under way.
    append: bool,
    /// Set when the follower of the session has read on.
    followed: Option<Followed>,
}

impl Done {
    fn new(input: Input) -> Self {
        Self { input, opened: None, append: false, followed: None }
    }
}

/// What came of reading on behind the writer.
struct Followed {
    /// None when it failed; another one begins anew.
    live: Option<Live>,
    messages: Vec<ServerMessage>,
    is_more: bool,
}

struct Connection {
    app: App,
    gate: Gate,
    protocol_token: Option<String>,
    /// Whether the browser sent a Global Privacy Control signal.
    privacy_control: bool,
    machine: SessionMachine,
    identity: Option<Identity>,
    session: Option<SessionRef>,
    masker: Option<SharedMasker>,
    /// What is to be painted in the session's frames.
    boxes: FrameBoxes,
    appends: VecDeque<PendingAppend>,
    appending: bool,
    background: FuturesUnordered<BoxFuture<'static, Done>>,
    rejected: u32,
    live: Option<Live>,
    is_following: bool,
    /// Whether there is something in the journal, or a picture, that was not looked at.
    is_behind: bool,
    new_frames: Vec<ContentHash>,
    news: Vec<ServerMessage>,
}

impl Connection {
    fn new(app: App, gate: Gate, protocol_token: Option<String>, privacy_control: bool) -> Self {
        let machine = SessionMachine::new(app.limits, app.clock.now());
        Self {
            app,
            gate,
            protocol_token,
            privacy_control,
            machine,
            identity: None,
            session: None,
            masker: None,
            boxes: FrameBoxes::default(),
            appends: VecDeque::new(),
            appending: false,
            background: FuturesUnordered::new(),
            rejected: 0,
            live: None,
            is_following: false,
            is_behind: false,
            new_frames: Vec::new(),
            news: Vec::new(),
        }
    }

    async fn run(mut self, mut socket: WebSocket) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let shutdown = self.app.shutdown.clone();
        let mut draining = false;
        while !self.machine.is_closed() {
            let input = tokio::select! {
                // Answers first: acknowledgements must not starve behind a client that sends without pause.
                biased;
                Some(done) = self.background.next(), if !self.background.is_empty() => self.finished(done),
                () = shutdown.cancelled(), if !draining => { draining = true; Input::Drain }
                _ = ticks.tick() => {
                    self.follow();
                    Input::Tick
                }
                message = socket.recv() => match self.received(message) {
                    Some(input) => input,
                    None => break,
                },
            };
            if self.step(input, &mut socket).await.is_err() || self.tell_news(&mut socket).await.is_err() {
                break;
            }
        }
        // What is under way is finished: it may become durable, and the client will learn of it when it resumes.
        while self.background.next().await.is_some() {}
    }

    /// A message of the socket as an input; `None` when the connection is gone.
    fn received(&mut self, message: Option<Result<Message, axum::Error>>) -> Option<Input> {
        let known = self.machine.is_authenticated();
        let decoded = match message? {
            Ok(Message::Text(text)) => decode(Incoming::Text(text.as_str()), &self.app.limits, known),
            Ok(Message::Binary(bytes)) => decode(Incoming::Binary(bytes), &self.app.limits, known),
            // A WebSocket ping is answered by the library and is no sign of life of the program behind it.
            Ok(Message::Ping(_) | Message::Pong(_)) => return Some(Input::Tick),
            Ok(Message::Close(_)) => return None,
            Err(_) if !known => Err(Refusal::too_large()),
            Err(_) => return None,
        };
        Some(match decoded {
            Ok(ClientFrame::Hello(hello)) => Input::Frame(ClientFrame::Hello(self.with_token(hello))),
            Ok(frame) => Input::Frame(frame),
            Err(refusal) => Input::Refused(refusal),
        })
    }

    fn with_token(&mut self, mut hello: Hello) -> Hello {
        if let Some(token) = self.protocol_token.take()
            && hello.token.is_empty()
        {
            hello.token = token;
        }
        hello
    }

    fn finished(&mut self, done: Done) -> Input {
        if let (Some((masker, boxes)), Input::Opened(Ok(resumed)), Some(identity)) =
            (done.opened, &done.input, &self.identity)
        {
            self.masker = Some(masker);
            self.boxes = boxes;
            self.session =
                Some(SessionRef { tenant: identity.tenant.clone(), session: resumed.session_id.clone() });
        }
        self.is_behind |= matches!(done.input, Input::Opened(Ok(_)) | Input::Persisted { .. });
        if let Input::BlobStored(hash) = &done.input {
            self.new_frames.push(*hash);
            self.is_behind = true;
        }
        if let Some(followed) = done.followed {
            self.is_following = false;
            self.is_behind |= followed.is_more;
            self.live = followed.live;
            self.news.extend(followed.messages);
        }
        if done.append {
            self.appending = false;
            if matches!(done.input, Input::AppendFailed { .. }) {
                // What waits behind a failed append would leave a hole; the client sends it all again.
                self.appends.clear();
            }
            self.publish(&done.input);
            self.start_append();
        }
        done.input
    }

    /// Looks at what is new in the session, behind the writer and apart from it.
    fn follow(&mut self) {
        let Some(session) = self.session.clone() else { return };
        if self.is_following || !self.is_behind {
            return;
        }
        (self.is_following, self.is_behind) = (true, false);
        let (app, live, frames) = (self.app.clone(), self.live.take(), std::mem::take(&mut self.new_frames));
        let reading = tokio::spawn(async move { followed(&app, session, live, frames).await });
        self.background.push(
            async move {
                let nothing = || Followed { live: None, messages: Vec::new(), is_more: false };
                Done { followed: Some(reading.await.unwrap_or_else(|_| nothing())), ..Done::new(Input::Tick) }
            }
            .boxed(),
        );
    }

    async fn tell_news(&mut self, socket: &mut WebSocket) -> Result<(), ()> {
        for message in std::mem::take(&mut self.news) {
            if !self.machine.is_closed() {
                let text = serde_json::to_string(&message).map_err(|_| ())?;
                send(socket, Message::Text(text.into())).await?;
            }
        }
        Ok(())
    }

    fn publish(&self, input: &Input) {
        if let (Input::Persisted { through }, Some(session)) = (input, &self.session) {
            self.app.hub.publish(session, LiveUpdate::Stored { through: *through, rejected: self.rejected });
        }
    }

    async fn step(&mut self, input: Input, socket: &mut WebSocket) -> Result<(), ()> {
        // Some effects have their answer at once; it goes back in before anything else.
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            for effect in self.machine.handle(self.app.clock.now(), input) {
                match effect {
                    Effect::Send(message) => {
                        self.count_refusal(&message);
                        let started = matches!(message, ServerMessage::SessionStarted(_));
                        send_message(socket, &message).await?;
                        if started && self.privacy_control {
                            send_message(socket, &opt_out_honoured()).await?;
                        }
                    }
                    Effect::Authenticate { token } => {
                        self.identity = self.app.tokens.identify(&token);
                        if self.identity.is_some() {
                            self.gate.lift();
                        }
                        inputs.push_back(Input::Authenticated(self.identity.clone()));
                    }
                    Effect::Open(start) => self.open(*start),
                    Effect::Resume(session) => self.resume(session),
                    Effect::Append { session, epoch, first_seq, entries } => {
                        self.appends.push_back(PendingAppend {
                            session,
                            epoch,
                            first_seq,
                            entries,
                            received: Instant::now(),
                        });
                        self.start_append();
                    }
                    Effect::StoreBlob(blob) => self.store_blob(blob),
                    Effect::Seal { session, epoch, outcome } => self.seal(session, epoch, outcome),
                    Effect::Close(code) => {
                        let frame = CloseFrame { code: code.close_code().0, reason: code.as_str().into() };
                        let _ = send(socket, Message::Close(Some(frame))).await;
                    }
                }
            }
        }
        Ok(())
    }

    fn count_refusal(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::Reject { code, .. } => {
                self.rejected += 1;
                self.app.metrics.refused(*code);
            }
            ServerMessage::Close { code, .. } => self.app.metrics.refused(*code),
            _ => {}
        }
    }

    fn open(&mut self, start: codesight_core::privacy::Raw<codesight_core::wire::SessionStart>) {
        let start = if self.privacy_control { start.with_privacy_control() } else { start };
        let (app, identity) = (self.app.clone(), self.identity.clone());
        self.background.push(
            async move {
                let Some(identity) = identity else {
                    return Done::new(Input::Opened(Err(WireCode::Unauthenticated)));
                };
                opened(ingest::open(&app, &identity, start).await)
            }
            .boxed(),
        );
    }

    fn resume(&mut self, session: SessionId) {
        let (app, identity) = (self.app.clone(), self.identity.clone());
        self.background.push(
            async move {
                let Some(identity) = identity else {
                    return Done::new(Input::Opened(Err(WireCode::Unauthenticated)));
                };
                opened(ingest::resume(&app, &identity, session).await)
            }
            .boxed(),
        );
    }

    /// Starts the next append, everything that waits in one go. One at a time: order is what makes holes impossible.
    fn start_append(&mut self) {
        if self.appending {
            return;
        }
        let Some(mut next) = self.appends.pop_front() else { return };
        while let Some(following) = self.appends.front()
            && following.first_seq == next.first_seq + next.entries.len() as u64
            && following.epoch == next.epoch
        {
            next.entries.extend(self.appends.pop_front().into_iter().flat_map(|append| append.entries));
        }
        let (Some(masker), Some(session)) = (self.masker.clone(), self.session.clone()) else { return };
        self.appending = true;
        let (app, boxes) = (self.app.clone(), self.boxes.clone());
        self.background.push(async move { append(&app, session, &masker, &boxes, next).await }.boxed());
    }

    fn store_blob(&mut self, blob: codesight_core::wire::ReceivedBlob) {
        let Some(session) = self.session.clone() else { return };
        let (app, boxes) = (self.app.clone(), self.boxes.clone());
        let hash = blob.descriptor.hash;
        self.background.push(
            async move {
                Done::new(match ingest::store_blob(&app, session, &boxes, blob).await {
                    Ok(hash) => Input::BlobStored(hash),
                    Err(code) => Input::BlobRefused { hash, code },
                })
            }
            .boxed(),
        );
    }

    fn seal(&mut self, session: SessionId, epoch: u64, outcome: Option<SessionOutcome>) {
        let Some(identity) = &self.identity else { return };
        let session = SessionRef { tenant: identity.tenant.clone(), session };
        let app = self.app.clone();
        self.background.push(
            async move {
                Done::new(match ingest::seal(&app, &session, Some(epoch), outcome).await {
                    Ok(_) => Input::Sealed,
                    Err(error) => {
                        tracing::warn!(session = %session, error = %error, "a session could not be sealed");
                        Input::SealFailed
                    }
                })
            }
            .boxed(),
        );
    }
}

fn opened(result: codesight_core::Result<ingest::Opened>) -> Done {
    match result {
        Ok(ingest::Opened { resumed, masker, boxes }) => Done {
            input: Input::Opened(Ok(resumed)),
            opened: Some((Arc::new(Mutex::new(masker)), boxes)),
            append: false,
            followed: None,
        },
        Err(error) => {
            tracing::info!(error = %error, "a session could not be opened");
            Done::new(Input::Opened(Err(ingest::open_refusal(&error))))
        }
    }
}

async fn followed(app: &App, session: SessionRef, live: Option<Live>, frames: Vec<ContentHash>) -> Followed {
    let read_on = async {
        let mut live = match live {
            Some(live) => live,
            None => Live::of(app, session).await?,
        };
        frames.into_iter().for_each(|hash| live.frame(hash));
        let (messages, is_more) = live.catch_up(app).await?;
        Ok::<_, codesight_core::Error>(Followed { live: Some(live), messages, is_more })
    };
    read_on.await.unwrap_or_else(|error| {
        tracing::debug!(error = %error, "the live score has to begin anew");
        Followed { live: None, messages: Vec::new(), is_more: false }
    })
}

async fn append(
    app: &App,
    session: SessionRef,
    masker: &SharedMasker,
    boxes: &FrameBoxes,
    append: PendingAppend,
) -> Done {
    let (places, received) = (append.entries.len(), append.received);
    let masked = {
        let mut masker = masker.lock().unwrap_or_else(PoisonError::into_inner);
        let mut mask = EntryMasker {
            masker: &mut masker,
            session: &append.session,
            boxes,
            policy: app.media_policy,
            told: Vec::new(),
        };
        mask.mask(append.first_seq, append.entries).map(|records| (records, mask.told))
    };
    let stored = match masked {
        Ok((records, told)) => store_places(app, &session, boxes, append.epoch, records, &told).await,
        Err(error) => Err(error),
    };
    let input = match stored {
        Ok(head) => {
            app.metrics.appended(places, received.elapsed());
            Input::Persisted { through: head.through }
        }
        Err(error) => {
            app.metrics.append_failed();
            tracing::warn!(session = %session, error = %error, "an append failed");
            // An erased session is gone: whoever wrote to it is shut out, too.
            Input::AppendFailed { fenced: matches!(error.kind(), ErrorKind::Conflict | ErrorKind::NotFound) }
        }
    };
    Done { input, opened: None, append: true, followed: None }
}

/// Paints the frames that the places tell of before the places are acknowledged.
async fn store_places(
    app: &App,
    session: &SessionRef,
    boxes: &FrameBoxes,
    epoch: u64,
    records: Vec<JournalRecord>,
    told: &[ContentHash],
) -> codesight_core::Result<JournalHead> {
    for frame in told {
        pixels::repaint(app, session, boxes, frame).await?;
    }
    app.catalog.append(session, epoch, records, app.clock.now()).await
}

/// What the law wants shown to who sends Global Privacy Control (CCPA regulations 7025(c)(6)).
fn opt_out_honoured() -> ServerMessage {
    ServerMessage::Notice {
        level: NoticeLevel::Info,
        code: "opt-out-honoured".to_owned(),
        message: "Opt-out request honored: your browser sends Global Privacy Control, so the recording is not shared."
            .to_owned(),
    }
}

async fn send_message(socket: &mut WebSocket, message: &ServerMessage) -> Result<(), ()> {
    let text = serde_json::to_string(message).map_err(|_| ())?;
    send(socket, Message::Text(text.into())).await
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), ()> {
    match tokio::time::timeout(SEND_TIMEOUT, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(()),
    }
}
