//! The recording socket: bytes in and out, nothing else. What they mean is decided by
//! [`SessionMachine`](codesight_core::wire::SessionMachine); what is done with them by [`ingest`](crate::ingest).

#[cfg(feature = "conformance")]
pub(crate) mod conformance;
mod connection;
mod follower;
mod tasks;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use codesight_core::wire::PROTOCOL;

use self::connection::{Connection, Opening};
use tracing::Instrument as _;

use crate::app::{App, new_id};
use crate::gate::Gate;
use crate::listener::ConnectionPlace;
use crate::rest::Anyone;
use crate::rights;

/// The sub-protocol that carries a token, for clients that cannot put it into `hello`.
const TOKEN_PROTOCOL: &str = "codesight.token.";
/// Frame headers and control frames of a stranger, beyond the bytes of the messages themselves.
const FRAMING_ALLOWANCE: u64 = 4 << 10;
/// Bytes read at a time, held for every connection from its beginning: the library's 128 kB would be most of what an idle
/// one costs. A larger message gets a buffer of its size when its header has come.
const READ_AT_A_TIME: usize = 8 << 10;

/// `GET /v1/stream`. Who is asking is said in the first message, or in the sub-protocol.
pub(crate) async fn stream(
    State(app): State<App>,
    _: Anyone,
    Extension(gate): Extension<Gate>,
    Extension(place): Extension<ConnectionPlace>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    if !app.origins.allows(text(header::ORIGIN), text(header::HOST)) {
        return (StatusCode::FORBIDDEN, "this origin may not connect").into_response();
    }
    let token = text(header::SEC_WEBSOCKET_PROTOCOL)
        .and_then(|offered| offered.split(',').find_map(|name| name.trim().strip_prefix(TOKEN_PROTOCOL)))
        .map(str::to_owned);
    let privacy_control = rights::sends_privacy_control(&headers);
    gate.limit(u64::from(app.limits.max_unauthenticated_bytes) + FRAMING_ALLOWANCE);
    let tasks = app.tasks.clone();
    with_limits(upgrade, &app).protocols([PROTOCOL]).on_upgrade(move |socket| {
        let connection = Connection::new(app, gate, Opening { token, privacy_control });
        let span = tracing::info_span!("connection", id = new_id(), session = tracing::field::Empty);
        let recording = async move {
            connection.run(socket).await;
            drop(place);
        };
        tasks.track_future(recording.instrument(span))
    })
}

/// Bounds what is read from a socket.
fn with_limits(upgrade: WebSocketUpgrade, app: &App) -> WebSocketUpgrade {
    let most = app.limits.max_bytes(true);
    upgrade.read_buffer_size(READ_AT_A_TIME).max_message_size(most).max_frame_size(most)
}
