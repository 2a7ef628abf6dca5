//! One viewer: what it asks for, and what it is told.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use codesight_core::id::SessionId;
use futures_util::stream::{AbortHandle, BoxStream, SelectAll, abortable, unfold};
use futures_util::{StreamExt as _, stream};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::list::{News, news};
use super::messages::{Asked, Told};
use crate::app::App;
use crate::hub::LiveUpdate;
use crate::quotas::Asker;
use crate::rest::{Caller, Collector, Reviewer};

/// Sessions that one viewer watches at once.
const MOST_WATCHED: usize = 32;
/// A viewer that does not read for so long is closed. Until then updates are dropped and counted.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// How often the viewer is asked whether it is there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// A viewer that says nothing for so long, not even that it is there, is closed.
const SILENCE: Duration = Duration::from_secs(60);
/// How often keys and the list are looked at.
const TICK: Duration = Duration::from_secs(1);

/// Why a viewer is closed, as a code of RFC 6455 or of ours.
#[derive(Debug, Clone, Copy)]
enum End {
    /// The connection is gone.
    Gone,
    /// The server goes down.
    Restart,
    /// The key is not good any more.
    Unauthenticated,
    /// A message that cannot be read.
    Nonsense,
    /// Nothing was said.
    Silent,
}

impl End {
    fn frame(self) -> Option<CloseFrame> {
        let (code, reason) = match self {
            Self::Gone => return None,
            Self::Restart => (1012, "server-shutdown"),
            Self::Unauthenticated => (4001, "unauthenticated"),
            Self::Nonsense => (1007, "invalid-message"),
            Self::Silent => (4008, "timeout"),
        };
        Some(CloseFrame { code, reason: reason.into() })
    }
}

type Update = (SessionId, Result<LiveUpdate, RecvError>);

pub(super) struct Viewer {
    app: App,
    caller: Caller<(Reviewer, Collector)>,
    updates: SelectAll<BoxStream<'static, Update>>,
    watched: BTreeMap<SessionId, AbortHandle>,
    list: Option<Receiver<SessionId>>,
    heard: Instant,
    pinged: Instant,
}

impl Viewer {
    pub(super) fn new(app: App, caller: Caller<(Reviewer, Collector)>) -> Self {
        let now = Instant::now();
        Self {
            app,
            caller,
            updates: SelectAll::new(),
            watched: BTreeMap::new(),
            list: None,
            heard: now,
            pinged: now,
        }
    }

    pub(super) async fn run(mut self, mut socket: WebSocket) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let shutdown = self.app.shutdown.clone();
        let end = loop {
            let done = tokio::select! {
                biased;
                () = shutdown.cancelled() => Err(End::Restart),
                _ = ticks.tick() => self.tick(&mut socket).await,
                message = socket.recv() => self.heard(message, &mut socket).await,
                Some(update) = self.updates.next() => self.tell_update(update, &mut socket).await,
            };
            if let Err(end) = done {
                break end;
            }
        };
        if let Some(frame) = end.frame() {
            let _ = send(&mut socket, Message::Close(Some(frame))).await;
        }
    }

    async fn tick(&mut self, socket: &mut WebSocket) -> Result<(), End> {
        if !self.app.access.is_good(&self.caller.key().id) {
            return Err(End::Unauthenticated);
        }
        if self.heard.elapsed() >= SILENCE {
            return Err(End::Silent);
        }
        if self.pinged.elapsed() >= PING_EVERY {
            self.pinged = Instant::now();
            send(socket, Message::Ping(bytes::Bytes::new())).await?;
        }
        match self.list.as_mut().map(news) {
            None => Ok(()),
            Some(News::Much) => tell(socket, &Told::ListChanged).await,
            Some(News::Sessions(sessions)) => {
                for session in sessions {
                    // What is gone, or is not for this viewer, is not told of.
                    if let Ok(found) = self.caller.session(&self.app, session.as_str()).await {
                        tell(socket, &Told::Listed { session: &found.stored }).await?;
                    }
                }
                Ok(())
            }
        }
    }

    async fn heard(
        &mut self,
        message: Option<Result<Message, axum::Error>>,
        socket: &mut WebSocket,
    ) -> Result<(), End> {
        let Some(Ok(message)) = message else { return Err(End::Gone) };
        self.heard = Instant::now();
        let asked = match message {
            Message::Text(text) => serde_json::from_str(text.as_str()).map_err(|_| End::Nonsense)?,
            Message::Binary(_) => return Err(End::Nonsense),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => return Err(End::Gone),
        };
        // Each message costs what a request would.
        let asker = Asker::Key(self.caller.key().id.clone());
        if self.app.quotas.request(&asker).wait.is_some() {
            return tell(socket, &Told::Refused { session: None, code: "too-many-requests" }).await;
        }
        match asked {
            Asked::Watch { session } => self.watch(&session, socket).await,
            Asked::Unwatch { session } => {
                if let Ok(session) = session.parse()
                    && let Some(following) = self.watched.remove(&session)
                {
                    following.abort();
                }
                Ok(())
            }
            Asked::WatchList {} => {
                let tenant = self.caller.tenant();
                self.list.get_or_insert_with(|| self.app.hub.watch_list(tenant));
                Ok(())
            }
            Asked::UnwatchList {} => {
                self.list = None;
                Ok(())
            }
            Asked::Ping { at } => tell(socket, &Told::Pong { at }).await,
        }
    }

    async fn watch(&mut self, name: &str, socket: &mut WebSocket) -> Result<(), End> {
        let refused = |code| Told::Refused { session: Some(name), code };
        // Absent, foreign and somebody else's look the same.
        let Ok(found) = self.caller.session(&self.app, name).await else {
            return tell(socket, &refused("not-found")).await;
        };
        let session = found.at.session.clone();
        let is_new = !self.watched.contains_key(&session);
        if is_new && self.watched.len() >= MOST_WATCHED {
            return tell(socket, &refused("too-many-sessions")).await;
        }
        if self.caller.reads(&self.app, &found.at, "live").await.is_err() {
            return tell(socket, &refused("unavailable")).await;
        }
        if is_new {
            let updates = self.app.hub.watch(&found.at);
            let (following, handle) = abortable(follow(session.clone(), updates));
            self.updates.push(following.boxed());
            self.watched.insert(session.clone(), handle);
        }
        // Read after following began, so that nothing falls between the two.
        let Ok(head) = self.app.catalog.head(&found.at).await else {
            return tell(socket, &refused("unavailable")).await;
        };
        let (status, through) = (found.stored.status, head.through.max(found.stored.interaction_count));
        tell(socket, &Told::Watching { session: &session, status, through }).await
    }

    async fn tell_update(&mut self, (session, update): Update, socket: &mut WebSocket) -> Result<(), End> {
        match &update {
            Ok(update) => tell(socket, &Told::Updated { session: &session, update }).await,
            Err(RecvError::Lagged(missed)) => {
                tell(socket, &Told::Lagged { session: &session, missed: *missed }).await
            }
            Err(RecvError::Closed) => Ok(()),
        }
    }
}

/// The updates of a session, with its name.
fn follow(session: SessionId, updates: Receiver<LiveUpdate>) -> impl stream::Stream<Item = Update> + Send {
    unfold(updates, move |mut updates| {
        let session = session.clone();
        async move {
            let update = updates.recv().await;
            let is_over = matches!(update, Err(RecvError::Closed));
            (!is_over).then_some(((session, update), updates))
        }
    })
}

async fn tell(socket: &mut WebSocket, told: &Told<'_>) -> Result<(), End> {
    let text = serde_json::to_string(told).map_err(|_| End::Gone)?;
    send(socket, Message::Text(text.into())).await
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), End> {
    match tokio::time::timeout(SEND_TIMEOUT, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(End::Gone),
    }
}
