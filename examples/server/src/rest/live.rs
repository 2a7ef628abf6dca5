//! `GET /v1/sessions/{session}/events`: live updates as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use codesight_core::id::ApiKeyId;
use futures_util::Stream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Interval;

use super::caller::{Caller, Collector, Reviewer};
use super::problem::Problem;
use crate::app::App;
use crate::hub::LiveUpdate;

/// How often it is looked whether the viewer's key is still good.
const LOOK: Duration = Duration::from_secs(1);

pub(crate) async fn events(
    State(app): State<App>,
    caller: Caller<(Reviewer, Collector)>,
    Path(session): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let session = caller.session(&app, &session).await?.at;
    caller.reads(&app, &session, "live").await?;
    let follower = Follower {
        updates: app.hub.watch(&session),
        key: caller.key().id.clone(),
        look: tokio::time::interval(LOOK),
        app,
    };
    let stream = futures_util::stream::unfold(follower, |mut follower| async move {
        follower.next().await.map(|event| (Ok(event), follower))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// Somebody who looks on.
struct Follower {
    updates: Receiver<LiveUpdate>,
    key: ApiKeyId,
    look: Interval,
    app: App,
}

impl Follower {
    /// The next update; none when there will be no more, or the key that was asked with is not good any more.
    async fn next(&mut self) -> Option<Event> {
        loop {
            tokio::select! {
                update = self.updates.recv() => return match update {
                    Ok(update) => Event::default().json_data(&update).ok(),
                    // The viewer was too slow: it is told how much it missed.
                    Err(RecvError::Lagged(missed)) => {
                        Some(Event::default().event("lagged").data(missed.to_string()))
                    }
                    Err(RecvError::Closed) => None,
                },
                _ = self.look.tick() => {
                    if !self.app.access.is_good(&self.key) {
                        return None;
                    }
                }
                () = self.app.shutdown.cancelled() => return None,
            }
        }
    }
}
