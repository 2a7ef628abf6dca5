//! One connection: what comes becomes inputs of the machine, what the machine wants done is done.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use codesight_core::model::{Extra, values_of};
use codesight_core::ports::{ApiKey, ApiKeyKind, NoticeLevel, Role, SessionRef};
use codesight_core::wire::{
    ClientFrame, Effect, Hello, Identity, Incoming, Input, Refusal, ServerMessage, SessionMachine, WireCode,
    decode,
};

use super::follower::Follower;
use super::tasks::{Done, PendingAppend, Recording, Tasks};
use crate::app::App;
use crate::gate::Gate;
use crate::hub::LiveUpdate;

/// A client that does not read for so long is closed.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_secs(1);

/// What is known of a connection before its first message.
pub(super) struct Opening {
    /// The token of the sub-protocol.
    pub(super) token: Option<String>,
    /// Whether the browser sent a Global Privacy Control signal.
    pub(super) privacy_control: bool,
}

pub(super) struct Connection {
    app: App,
    gate: Gate,
    opening: Opening,
    machine: SessionMachine,
    key: Option<Arc<ApiKey>>,
    recording: Option<Recording>,
    tasks: Tasks,
    follower: Follower,
    rejected: u32,
    is_told_of_quota: bool,
}

impl Connection {
    pub(super) fn new(app: App, gate: Gate, opening: Opening) -> Self {
        let machine = SessionMachine::new(app.limits, app.clock.now());
        Self {
            tasks: Tasks::new(app.clone()),
            app,
            gate,
            opening,
            machine,
            key: None,
            recording: None,
            follower: Follower::default(),
            rejected: 0,
            is_told_of_quota: false,
        }
    }

    pub(super) async fn run(mut self, mut socket: WebSocket) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let shutdown = self.app.shutdown.clone();
        let (mut draining, mut was_held_up) = (false, false);
        while !self.machine.is_closed() {
            let input = tokio::select! {
                // Answers first: acknowledgements must not starve behind a client that sends without pause.
                biased;
                Some(done) = self.tasks.next(), if !self.tasks.is_empty() => self.finished(done),
                () = shutdown.cancelled(), if !draining => { draining = true; Input::Drain }
                _ = ticks.tick() => {
                    self.follow();
                    match self.look_at_key() {
                        // Nobody is silent whom nobody listens to; what they said meanwhile is read before the next tick.
                        Input::Tick if std::mem::replace(&mut was_held_up, self.tasks.is_held_up()) => continue,
                        Input::Tick if was_held_up => continue,
                        input => input,
                    }
                }
                // What is over the tenant's quota is neither read nor taken apart before its turn.
                message = socket.recv(), if !self.tasks.is_held_up() => match self.received(message) {
                    Some(input) => input,
                    None => break,
                },
            };
            if self.step(input, &mut socket).await.is_err() || self.tell_news(&mut socket).await.is_err() {
                break;
            }
        }
        // What is under way is finished: it may become durable, and the client will learn of it when it resumes.
        while self.tasks.next().await.is_some() {}
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
        if let Some(token) = self.opening.token.take()
            && hello.token.is_empty()
        {
            hello.token = token;
        }
        hello
    }

    fn finished(&mut self, done: Done) -> Input {
        let input = match done {
            Done::Input(input) => input,
            Done::Opened(input, recording) => {
                if let Some(recording) = &recording {
                    tracing::Span::current().record("session", tracing::field::display(&recording.session));
                    tracing::info!("recording");
                }
                self.recording = recording.or(self.recording.take());
                input
            }
            Done::Appended(input, waited) => {
                if waited && !self.is_told_of_quota {
                    self.is_told_of_quota = true;
                    self.follower.tell(quota_used_up());
                }
                self.publish(&input);
                self.tasks.append_ended(self.recording.as_ref(), &input);
                input
            }
            Done::Followed(followed) => {
                self.follower.take(*followed);
                Input::Tick
            }
        };
        self.follower.note(&input);
        input
    }

    /// Looks at what is new in the session, behind the writer and apart from it.
    fn follow(&mut self) {
        if let Some(recording) = &self.recording
            && let Some(reading) = self.follower.read_on(&self.app, &recording.session)
        {
            self.tasks.push(reading);
        }
    }

    /// A key that is not good any more closes the connection; nothing that was acknowledged is touched by that.
    fn look_at_key(&self) -> Input {
        match &self.key {
            Some(key) if !self.app.access.is_good(&key.id) => Input::Refused(Refusal {
                code: WireCode::Unauthenticated,
                reason: "the key is not good any more".to_owned(),
                blob: None,
            }),
            _ => Input::Tick,
        }
    }

    async fn tell_news(&mut self, socket: &mut WebSocket) -> Result<(), ()> {
        for message in self.follower.news() {
            if !self.machine.is_closed() {
                send_message(socket, &message).await?;
            }
        }
        Ok(())
    }

    fn publish(&self, input: &Input) {
        if let (Input::Persisted { through }, Some(recording)) = (input, &self.recording) {
            let update = LiveUpdate::Stored { through: *through, rejected: self.rejected };
            self.app.hub.publish(&recording.session, update);
        }
    }

    async fn step(&mut self, input: Input, socket: &mut WebSocket) -> Result<(), ()> {
        // Some effects have their answer at once; it goes back in before anything else.
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            for effect in self.machine.handle(self.app.clock.now(), input) {
                match effect {
                    Effect::Send(message) => self.tell(&message, socket).await?,
                    Effect::Authenticate { token } => {
                        self.key = self.app.access.identify(&token).await.filter(|key| may_record(key));
                        if self.key.is_some() {
                            self.gate.lift();
                        }
                        let identity = self.identity();
                        let flags = match &identity {
                            Some(Identity { tenant, collector }) => {
                                values_of(&self.app.flags.of_collector(tenant, collector).await)
                            }
                            None => Extra::new(),
                        };
                        inputs.push_back(Input::Authenticated { identity, flags });
                    }
                    Effect::Close(code) => {
                        let frame = CloseFrame { code: code.close_code().0, reason: code.as_str().into() };
                        let _ = send(socket, Message::Close(Some(frame))).await;
                    }
                    effect => inputs.extend(self.begin(effect)),
                }
            }
        }
        Ok(())
    }

    /// Begins what takes its time; the input that answers at once when it cannot be begun.
    fn begin(&mut self, effect: Effect) -> Option<Input> {
        let stranger = || Some(Input::Opened(Err(WireCode::Unauthenticated)));
        match effect {
            Effect::Open(start) => {
                let Some(identity) = self.identity() else { return stranger() };
                let privacy_control = self.opening.privacy_control;
                let start = if privacy_control { start.with_privacy_control() } else { *start };
                self.tasks.open(identity, start);
            }
            Effect::Resume(session) => {
                let Some(identity) = self.identity() else { return stranger() };
                self.tasks.resume(identity, session);
            }
            Effect::Append { session, epoch, first_seq, entries } => {
                let append = PendingAppend { session, epoch, first_seq, entries, received: Instant::now() };
                self.tasks.append(self.recording.as_ref(), append);
            }
            Effect::StoreBlob(blob) => {
                if let Some(recording) = self.recording.clone() {
                    self.tasks.store_blob(recording, blob);
                }
            }
            Effect::Seal { session, epoch, outcome } => {
                if let Some(Identity { tenant, .. }) = self.identity() {
                    self.tasks.seal(SessionRef { tenant, session }, epoch, outcome);
                }
            }
            // Answered where they come up.
            Effect::Send(_) | Effect::Authenticate { .. } | Effect::Close(_) => {}
        }
        None
    }

    fn identity(&self) -> Option<Identity> {
        self.key.as_ref().map(|key| Identity { tenant: key.tenant.clone(), collector: key.name.clone() })
    }

    async fn tell(&mut self, message: &ServerMessage, socket: &mut WebSocket) -> Result<(), ()> {
        match message {
            ServerMessage::Reject { code, .. } => {
                self.rejected += 1;
                self.app.metrics.refused(*code);
            }
            ServerMessage::Close { code, .. } => self.app.metrics.refused(*code),
            _ => {}
        }
        send_message(socket, message).await?;
        if matches!(message, ServerMessage::SessionStarted(_)) {
            if self.opening.privacy_control {
                send_message(socket, &opt_out_honoured()).await?;
            }
            if let Some(notice) = self.app.storage.notice() {
                send_message(socket, &notice).await?;
            }
        }
        Ok(())
    }
}

/// Whether recording is what the key is for. The cookie of a page is not: pages do not record.
fn may_record(key: &ApiKey) -> bool {
    key.roles.contains(&Role::Collector) && key.kind == ApiKeyKind::Issued
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

/// Said once to each recorder of a tenant that sends more than its quota.
fn quota_used_up() -> ServerMessage {
    ServerMessage::Notice {
        level: NoticeLevel::Warning,
        code: "quota-used-up".to_owned(),
        message: "Your project records more than its quota. Nothing is lost; it is stored more slowly."
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
