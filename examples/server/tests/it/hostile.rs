//! Clients that mean no good, or do not know how: they are closed with a code, cost little, and disturb nobody.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use codesight_core::wire::{ClientMessage, Outgoing, ServerMessage, Uplink, UplinkEvent, WireCode};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::client::{Socket, connect, converse, interaction, now, send, session_start};
use crate::process::{Server, TOKEN};

/// The close code and the protocol's own code that the server ended with.
async fn ending(socket: &mut Socket) -> (Option<u16>, Option<WireCode>) {
    let mut said = None;
    let listen = async {
        while let Some(message) = socket.next().await {
            match message {
                Ok(Message::Text(text)) => {
                    if let Ok(ServerMessage::Close { code, .. }) = serde_json::from_str(&text) {
                        said = Some(code);
                    }
                }
                Ok(Message::Close(frame)) => return frame.map(|frame| u16::from(frame.code)),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
        None
    };
    let closed =
        tokio::time::timeout(Duration::from_secs(90), listen).await.expect("the server did not close");
    (closed, said)
}

fn hello(token: &str) -> Outgoing {
    let mut uplink = Uplink::new(token, session_start("hostile"));
    uplink.connected(now())
}

/// A connection on which a session is open, and the session's batch prefix.
async fn recording(server: &Server, key: &str) -> (Socket, String) {
    let mut socket = connect(server.address).await.expect("listening");
    let mut uplink = Uplink::new(TOKEN, session_start(key));
    let mut epoch = 0;
    assert!(
        converse(&mut socket, &mut uplink, |_, event| {
            if let UplinkEvent::Opened(resumed) = event {
                epoch = resumed.epoch;
            }
            epoch > 0
        })
        .await
    );
    let session = uplink.session().expect("named");
    (socket, format!(r#"{{"type":"batch","sessionId":"{session}","epoch":{epoch},"firstSeq":"#))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_offence_has_its_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let server =
        Server::start(folder.path(), &["--handshake-timeout-ms", "700", "--idle-timeout-ms", "2500"]);

    let mut silent = connect(server.address).await.expect("listening");
    assert_eq!(ending(&mut silent).await, (Some(4008), Some(WireCode::Timeout)), "silence before hello");

    let mut stranger = connect(server.address).await.expect("listening");
    send(&mut stranger, hello("not-a-token-of-this-server")).await;
    assert_eq!(ending(&mut stranger).await, (Some(4001), Some(WireCode::Unauthenticated)));

    let mut hasty = connect(server.address).await.expect("listening");
    send(&mut hasty, Outgoing::Text(ClientMessage::Ping { at: now() })).await;
    assert_eq!(ending(&mut hasty).await, (Some(4002), Some(WireCode::UnexpectedMessage)));

    for (text, code) in [("nonsense", 1007), ("{\"type\":\"dance\"}", 4002), ("[[[[", 1007)] {
        let (mut socket, _) = recording(&server, "offence").await;
        socket.send(Message::Text(text.into())).await.expect("sent");
        assert_eq!(ending(&mut socket).await.0, Some(code), "{text}");
    }

    let (mut large, _) = recording(&server, "large").await;
    large
        .send(Message::Text(
            format!("{{\"type\":\"ping\",\"at\":1,\"pad\":\"{}\"}}", "x".repeat(1 << 20)).into(),
        ))
        .await
        .expect("sent");
    assert_eq!(ending(&mut large).await.0, Some(1009), "a message over the limit");

    let (mut idle, _) = recording(&server, "idle").await;
    assert_eq!(ending(&mut idle).await, (Some(4008), Some(WireCode::Timeout)), "silence after hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_origin_cannot_connect() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["--allow-origin", "chrome-extension://abcdefghijklmnop"]);
    for (origin, may) in [
        ("https://evil.example", false),
        ("null", false),
        ("chrome-extension://other", false),
        ("chrome-extension://abcdefghijklmnop", true),
    ] {
        let mut request =
            format!("ws://{}/v1/stream", server.address).into_client_request().expect("a request");
        request.headers_mut().insert("origin", HeaderValue::from_static(origin));
        assert_eq!(tokio_tungstenite::connect_async(request).await.is_ok(), may, "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_interaction_is_rejected_alone_and_kept_as_a_finding() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let (mut socket, batch) = recording(&server, "mixed").await;
    let good = serde_json::to_string(&interaction(1)).expect("JSON");
    let text = format!(r#"{batch}1,"interactions":[{good},{{"type":"click"}},{good}]}}"#);
    socket.send(Message::Text(text.into())).await.expect("sent");
    let (mut rejected, mut through) = (None, 0);
    while through < 3 {
        let message = socket.next().await.expect("open").expect("a message");
        let Message::Text(text) = message else { continue };
        match serde_json::from_str(&text).expect("a server message") {
            ServerMessage::Reject { seq, code, .. } => rejected = seq.map(|seq| (seq, code)),
            ServerMessage::Ack { through: now, .. } => through = now,
            _ => {}
        }
    }
    assert_eq!(rejected, Some((2, WireCode::InteractionInvalid)));
    let session = batch.split('"').nth(7).expect("the id").to_owned();
    let findings = server.get(&format!("/v1/sessions/{session}/findings"), Some(TOKEN)).json();
    let findings = findings["findings"].as_array().expect("a list");
    let told = |rule: &str| findings.iter().find(|finding| finding["rule"] == rule);
    assert_eq!(told("interaction-invalid").expect("told")["place"]["seq"], 2);
    assert_eq!(told("quarantined").expect("told")["place"]["seq"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_open_requests_are_closed_and_a_good_client_is_served_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["--header-timeout-seconds", "2"]);
    let mut half_open: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).expect("listening");
            stream.write_all(b"GET /v1/stream HTTP/1.1\r\nHost: x\r\nX-Slow: ").expect("sent");
            stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
            stream
        })
        .collect();
    let (_socket, _) = recording(&server, "good").await;
    for stream in &mut half_open {
        let mut rest = Vec::new();
        // The end of the stream, or a reset; a timeout would be an error of another kind.
        let ended = stream.read_to_end(&mut rest);
        assert!(
            !matches!(&ended, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock),
            "still open"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_cannot_make_the_server_hold_much() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path(), &["--handshake-timeout-ms", "8000"]);
    let before = server.peak_memory();
    let mut strangers = Vec::new();
    for _ in 0..200 {
        strangers.push(raw_websocket(&server));
    }
    // Each begins a message of many fragments and never ends it.
    let fragment = masked_frame(0x02, &vec![0; 16 << 10]);
    let next = masked_frame(0x00, &vec![0; 16 << 10]);
    for stream in &mut strangers {
        let _ = stream.write_all(&fragment);
        for _ in 0..32 {
            if stream.write_all(&next).is_err() {
                break;
            }
        }
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let grown = server.peak_memory() - before;
    assert!(grown < 128 << 20, "200 strangers cost {} MB", grown >> 20);
    let (_socket, _) = recording(&server, "undisturbed").await;
}

/// A WebSocket opened by hand, for frames that a client library would not send.
fn raw_websocket(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).expect("listening");
    stream.set_write_timeout(Some(Duration::from_secs(2))).expect("a timeout");
    let request = "GET /v1/stream HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("sent");
    let mut head = [0; 12];
    stream.read_exact(&mut head).expect("answered");
    assert_eq!(&head, b"HTTP/1.1 101", "not upgraded");
    stream
}

/// One frame without FIN, masked with zeros.
fn masked_frame(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![opcode, 0x80 | 126];
    frame.extend(u16::try_from(payload.len()).expect("short").to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}
