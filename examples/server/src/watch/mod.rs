//! `GET /v1/watch`: one WebSocket for whoever looks on, at many sessions and at the list of sessions. What is said on it
//! is described in `docs.md` beside this file.

mod limits;
mod list;
mod messages;
mod viewer;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tracing::Instrument as _;

pub(crate) use self::limits::{MOST_VIEWERS_OF_TENANT, Viewers};
use self::viewer::Viewer;
use crate::app::{App, new_id};
use crate::listener::ConnectionPlace;
use crate::rest::{Caller, Collector, Problem, Reviewer, Via};

/// The sub-protocol.
const PROTOCOL: &str = "codesight.watch.v1";
/// A viewer asks for sessions by their ids, which takes no more.
const LARGEST_MESSAGE: usize = 4 << 10;

pub(crate) async fn watch(
    State(app): State<App>,
    caller: Caller<(Reviewer, Collector)>,
    Extension(place): Extension<ConnectionPlace>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    let (origin, host) = (text(header::ORIGIN), text(header::HOST));
    // A cookie comes along whoever's page opens the socket: it is good on our own pages alone.
    let is_ours = match caller.via() {
        Via::Cookie { .. } => origin.is_some() && crate::auth::is_own(origin, host),
        Via::Header => app.origins.allows(origin, host),
    };
    if !is_ours {
        return Err(Problem::new(StatusCode::FORBIDDEN, "cross-site", "this origin may not connect"));
    }
    let Some(counted) = app.viewers.admit(caller.tenant()) else {
        let detail = format!("a project has {MOST_VIEWERS_OF_TENANT} viewers at most");
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail));
    };
    let tasks = app.tasks.clone();
    let upgrade = upgrade.read_buffer_size(LARGEST_MESSAGE).max_message_size(LARGEST_MESSAGE);
    Ok(upgrade
        .max_frame_size(LARGEST_MESSAGE)
        .protocols([PROTOCOL])
        .on_upgrade(move |socket| {
            let span = tracing::info_span!("viewer", id = new_id());
            let looking = async move {
                Viewer::new(app, caller).run(socket).await;
                drop((place, counted));
            };
            tasks.track_future(looking.instrument(span))
        })
        .into_response())
}
