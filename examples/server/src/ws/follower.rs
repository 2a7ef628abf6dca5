//! Looks at a session behind its writer, and says what is to be told of it.

use codesight_core::id::ContentHash;
use codesight_core::ports::SessionRef;
use codesight_core::wire::{Input, ServerMessage};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::tasks::Done;
use crate::app::App;
use crate::live::Live;

/// What came of reading on.
pub(super) struct Followed {
    /// None when it failed; another one begins anew.
    live: Option<Live>,
    messages: Vec<ServerMessage>,
    is_more: bool,
}

/// Follows the session of one connection.
#[derive(Default)]
pub(super) struct Follower {
    live: Option<Live>,
    is_reading: bool,
    /// Whether there is something in the journal, or a picture, that was not looked at.
    is_behind: bool,
    new_frames: Vec<ContentHash>,
    news: Vec<ServerMessage>,
}

impl Follower {
    /// Takes note of what became durable.
    pub(super) fn note(&mut self, input: &Input) {
        self.is_behind |= matches!(input, Input::Opened(Ok(_)) | Input::Persisted { .. });
        if let Input::BlobStored(hash) = input {
            self.new_frames.push(*hash);
            self.is_behind = true;
        }
    }

    /// A task that reads on, when there is something to read and none is doing it.
    pub(super) fn read_on(&mut self, app: &App, session: &SessionRef) -> Option<BoxFuture<'static, Done>> {
        if self.is_reading || !self.is_behind {
            return None;
        }
        (self.is_reading, self.is_behind) = (true, false);
        let (app, session) = (app.clone(), session.clone());
        let (live, frames) = (self.live.take(), std::mem::take(&mut self.new_frames));
        let reading = tokio::spawn(async move { read(&app, session, live, frames).await });
        let nothing = || Followed { live: None, messages: Vec::new(), is_more: false };
        Some(async move { Done::Followed(Box::new(reading.await.unwrap_or_else(|_| nothing()))) }.boxed())
    }

    /// Takes in what was read.
    pub(super) fn take(&mut self, followed: Followed) {
        self.is_reading = false;
        self.is_behind |= followed.is_more;
        self.live = followed.live;
        self.news.extend(followed.messages);
    }

    /// Something else to be told.
    pub(super) fn tell(&mut self, message: ServerMessage) {
        self.news.push(message);
    }

    /// What is to be told.
    pub(super) fn news(&mut self) -> Vec<ServerMessage> {
        std::mem::take(&mut self.news)
    }
}

async fn read(app: &App, session: SessionRef, live: Option<Live>, frames: Vec<ContentHash>) -> Followed {
    let read_on = async {
        let mut live = match live {
            // One connection may record one session after the other.
            Some(live) if live.is_of(&session) => live,
            _ => Live::of(app, session).await?,
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
