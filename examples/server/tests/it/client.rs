//! A recording client over a real WebSocket.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use codesight_core::id::SubjectId;
use codesight_core::model::{CaptureProfile, InteractionData, SessionConsent, SessionGoal, SessionType};
use codesight_core::time::Timestamp;
use codesight_core::wire::{Outgoing, ServerMessage, SessionStart, Uplink, UplinkEvent};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) async fn connect(address: SocketAddr) -> Result<Socket, tokio_tungstenite::tungstenite::Error> {
    tokio_tungstenite::connect_async(format!("ws://{address}/v1/stream")).await.map(|(socket, _)| socket)
}

pub(crate) fn session_start(key: &str) -> SessionStart {
    SessionStart {
        key: key.parse().expect("a name"),
        session_type: SessionType::Automated,
        goal: SessionGoal { text: "Buy a lamp".into(), ..SessionGoal::default() },
        consent: SessionConsent {
            subject: SubjectId::new("subject-1").expect("a name"),
            text_version: "1".into(),
            purposes: vec!["training".into()],
            given_at: Timestamp::from_millis(0),
            evidence_hash: None,
            global_privacy_control: false,
        },
        capture: CaptureProfile::default(),
    }
}

/// An interaction that can be told from every other by its number.
pub(crate) fn interaction(number: u64) -> InteractionData {
    serde_json::from_value(serde_json::json!({
        "type": "click",
        "timestamp": 1_700_000_000_000_u64 + number,
        "pageContext": { "url": "https://shop.example/", "title": format!("Page number {number}") },
        "number": number
    }))
    .expect("an interaction")
}

pub(crate) fn now() -> Timestamp {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let elapsed = START.get_or_init(Instant::now).elapsed();
    Timestamp::from_millis(1_700_000_000_000).after(elapsed)
}

pub(crate) async fn send(socket: &mut Socket, outgoing: Outgoing) -> bool {
    let message = match outgoing {
        Outgoing::Text(message) => Message::Text(serde_json::to_string(&message).expect("JSON").into()),
        Outgoing::Binary(bytes) => Message::Binary(bytes),
    };
    socket.send(message).await.is_ok()
}

/// Talks until `until` says so, the connection ends, or a minute and a half have passed; says whether `until` did.
pub(crate) async fn converse(
    socket: &mut Socket,
    uplink: &mut Uplink,
    mut until: impl FnMut(&Uplink, &UplinkEvent) -> bool,
) -> bool {
    let hello = uplink.connected(now());
    if !send(socket, hello).await {
        return false;
    }
    let talk = async {
        while let Some(Ok(message)) = socket.next().await {
            let Message::Text(text) = message else { continue };
            let message: ServerMessage = serde_json::from_str(&text).expect("a server message");
            let (outgoing, event) = uplink.receive(now(), message);
            if until(uplink, &event) {
                return true;
            }
            for message in outgoing.into_iter().chain(uplink.poll(now()).expect("short descriptors")) {
                if !send(socket, message).await {
                    return false;
                }
            }
        }
        false
    };
    tokio::time::timeout(Duration::from_secs(90), talk).await.unwrap_or(false)
}
