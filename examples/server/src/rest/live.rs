//! `GET /v1/sessions/{session}/events`: live updates as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use tokio::sync::broadcast::error::RecvError;

use super::caller::Caller;
use super::problem::Problem;
use crate::app::App;

pub(crate) async fn events(
    State(app): State<App>,
    caller: Caller,
    Path(session): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let session = caller.session(&session)?;
    app.catalog.get(&session).await?;
    caller.reads(&app, &session, "live").await?;
    let updates = app.hub.watch(&session);
    let shutdown = app.shutdown.clone();
    let stream = futures_util::stream::unfold((updates, shutdown), |(mut updates, shutdown)| async move {
        let event = tokio::select! {
            update = updates.recv() => match update {
                Ok(update) => Event::default().json_data(&update).ok()?,
                // The viewer was too slow: it is told how much it missed.
                Err(RecvError::Lagged(missed)) => Event::default().event("lagged").data(missed.to_string()),
                Err(RecvError::Closed) => return None,
            },
            () = shutdown.cancelled() => return None,
        };
        Some((Ok(event), (updates, shutdown)))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}
