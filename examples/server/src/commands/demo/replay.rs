//! A recording over a real WebSocket: the client's side, with reconnection.

use std::net::SocketAddr;
use std::time::Duration;

use codesight_core::id::{SessionId, SessionKey};
use codesight_core::time::Clock as _;
use codesight_core::wire::{
    ClientMessage, Outgoing, PROTOCOL, Recording, ServerMessage, Uplink, UplinkEvent, WireCode,
};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::protocol::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::app::new_id;
use crate::clock::SystemClock;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const CONNECTION_TRIES: u32 = 5;
const POLL: Duration = Duration::from_millis(200);
const PING_EVERY: Duration = Duration::from_secs(20);

/// Replays the recording and returns the session it became.
pub(crate) async fn replay(
    server: SocketAddr,
    recording: &Recording,
    token: &str,
    progress: impl Fn(u64, u64, Option<&SessionId>) + Send + Sync,
) -> Result<SessionId, String> {
    let mut start = recording.start.clone();
    // A key of its own, so that each run of the demo is a session of its own.
    start.key = SessionKey::new(new_id()).map_err(|error| error.to_string())?;
    let mut uplink = Uplink::new(token, start);
    recording.queue_into(&mut uplink).map_err(|error| error.to_string())?;
    let total = uplink.last_seq();
    let mut last_problem = String::new();
    for attempt in 0..CONNECTION_TRIES {
        tokio::time::sleep(Duration::from_millis(200) * attempt).await;
        let mut socket = match connect(server).await {
            Ok(socket) => socket,
            Err(problem) => {
                last_problem = problem;
                continue;
            }
        };
        match converse(&mut socket, &mut uplink, |uplink| {
            progress(uplink.acknowledged(), total, uplink.session());
        })
        .await
        {
            Ok(()) => {
                let _ = socket.close(None).await;
                return uplink.session().cloned().ok_or_else(|| "the server named no session".to_owned());
            }
            Err(Ended::ForGood(code)) => {
                return Err(format!("the server closed the connection: {}", code.as_str()));
            }
            Err(Ended::Connection(problem)) => last_problem = problem,
        }
    }
    Err(format!("no connection held: {last_problem}"))
}

async fn connect(server: SocketAddr) -> Result<Socket, String> {
    let mut request =
        format!("ws://{server}/v1/stream").into_client_request().map_err(|error| error.to_string())?;
    request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(PROTOCOL));
    let (socket, _) = tokio_tungstenite::connect_async(request).await.map_err(|error| error.to_string())?;
    Ok(socket)
}

/// Why a conversation ended before the session was sealed.
enum Ended {
    /// Connecting again cannot help.
    ForGood(WireCode),
    /// The connection is gone; another may do better.
    Connection(String),
}

async fn converse(
    socket: &mut Socket,
    uplink: &mut Uplink,
    progress: impl Fn(&Uplink) + Send + Sync,
) -> Result<(), Ended> {
    let clock = SystemClock;
    send(socket, uplink.connected(clock.now())).await?;
    let mut polls = tokio::time::interval(POLL);
    let mut pings = tokio::time::interval(PING_EVERY);
    while !uplink.is_sealed() {
        tokio::select! {
            message = socket.next() => {
                let Some(message) = message else { return Err(Ended::Connection("the server hung up".to_owned())) };
                let message = message.map_err(|error| Ended::Connection(error.to_string()))?;
                let Message::Text(text) = message else { continue };
                let message: ServerMessage = serde_json::from_str(&text)
                    .map_err(|_| Ended::Connection("the server speaks another protocol".to_owned()))?;
                let (outgoing, event) = uplink.receive(clock.now(), message);
                for message in outgoing {
                    send(socket, message).await?;
                }
                if let UplinkEvent::Closed(code) = event {
                    return Err(if code.is_worth_reconnecting() {
                        Ended::Connection(code.as_str().to_owned())
                    } else {
                        Ended::ForGood(code)
                    });
                }
            }
            _ = polls.tick() => {}
            _ = pings.tick() => send(socket, Outgoing::Text(ClientMessage::Ping { at: clock.now() })).await?,
        }
        let outgoing = uplink.poll(clock.now()).map_err(|error| Ended::Connection(error.to_string()))?;
        for message in outgoing {
            send(socket, message).await?;
        }
        progress(uplink);
    }
    Ok(())
}

async fn send(socket: &mut Socket, outgoing: Outgoing) -> Result<(), Ended> {
    let message = match outgoing {
        Outgoing::Text(message) => {
            let text =
                serde_json::to_string(&message).map_err(|error| Ended::Connection(error.to_string()))?;
            Message::Text(text.into())
        }
        Outgoing::Binary(bytes) => Message::Binary(bytes),
    };
    socket.send(message).await.map_err(|error| Ended::Connection(error.to_string()))
}
