//! A socket that sends back what comes, for suites that judge conformance with RFC 6455 (`scripts/autobahn`). It is made as the
//! recording socket is, and compiled with the feature `conformance` only.

use axum::extract::State;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::response::Response;
use axum::{Router, routing};

use super::with_limits;
use crate::app::App;

/// The route of the socket.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/conformance/echo", routing::get(echo))
}

async fn echo(State(app): State<App>, upgrade: WebSocketUpgrade) -> Response {
    with_limits(upgrade, &app).on_upgrade(|mut socket| async move {
        while let Some(Ok(message)) = socket.recv().await {
            let is_content = matches!(message, Message::Text(_) | Message::Binary(_));
            if is_content && socket.send(message).await.is_err() {
                return;
            }
        }
    })
}
