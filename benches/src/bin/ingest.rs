//! Durable interactions a second over the real server, against a socket that parses and echoes the same frames.
//!
//! `cargo build --release -p codesight-server && cargo run --release -p codesight-benches --bin ingest`
//!
//! Both sides: 100 connections from one load process, batches of 16 interactions of about 12 kB, each connection with
//! its credit full. The server acknowledges after commit on SQLite with synchronous=FULL; the echo sends each frame
//! back once it is parsed into the typed models.
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use codesight_benches::interaction;
use codesight_benches::server::{Outcome, ServerProcess, TOKEN, session_start};
use codesight_core::time::Timestamp;
use codesight_core::wire::{
    Batch, ClientMessage, Hello, Incoming, PROTOCOL, ServerMessage, WireLimits, decode,
};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;

const CONNECTIONS: u64 = 100;
const BATCH: u64 = 16;
const BATCHES: u64 = 20;
/// Batches on the way on one connection: half of the protocol's credit of 512 places.
const ON_THE_WAY: u64 = 16;

#[tokio::main]
async fn main() -> Outcome<()> {
    let sample = serde_json::to_vec(&interaction(1))?;
    println!(
        "load      {CONNECTIONS} connections x {BATCHES} batches x {BATCH} interactions of {} bytes",
        sample.len()
    );
    let echo = measure_echo().await?;
    println!("echo      {echo:.0} interactions/s parsed and echoed, nothing stored");
    let durable = measure_server().await?;
    println!("server    {durable:.0} interactions/s masked, committed and acknowledged");
    println!("ratio     {:.2} (goal >= 0.5)", durable / echo);
    Ok(())
}

fn rate(begun: Instant) -> f64 {
    (CONNECTIONS * BATCHES * BATCH) as f64 / begun.elapsed().as_secs_f64()
}

async fn measure_echo() -> Outcome<f64> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(echo(stream));
        }
    });
    // Texts are made before the clock starts, on both sides.
    let texts: Vec<Vec<String>> = (0..CONNECTIONS).map(|_| batches("echo", 1)).collect::<Result<_, _>>()?;
    let begun = Instant::now();
    let clients: Vec<_> = texts.into_iter().map(|texts| tokio::spawn(echo_client(address, texts))).collect();
    for client in clients {
        client.await??;
    }
    Ok(rate(begun))
}

async fn echo(stream: tokio::net::TcpStream) -> Outcome<()> {
    let mut socket = tokio_tungstenite::accept_async(stream).await?;
    let limits = WireLimits::default();
    while let Some(message) = socket.next().await {
        let message = message?;
        if let Message::Text(text) = &message {
            decode(Incoming::Text(text), &limits, true).map_err(|refusal| refusal.reason)?;
            socket.send(message).await?;
        }
    }
    Ok(())
}

async fn echo_client(address: SocketAddr, texts: Vec<String>) -> Outcome<()> {
    let (socket, _) = tokio_tungstenite::connect_async(format!("ws://{address}")).await?;
    let (mut sink, mut stream) = socket.split();
    let mut waiting = texts.len();
    let mut texts = texts.into_iter();
    for text in texts.by_ref().take(ON_THE_WAY as usize) {
        sink.send(Message::Text(text.into())).await?;
    }
    while waiting > 0 {
        stream.next().await.ok_or("the echo hung up")??;
        waiting -= 1;
        if let Some(text) = texts.next() {
            sink.send(Message::Text(text.into())).await?;
        }
    }
    Ok(())
}

async fn measure_server() -> Outcome<f64> {
    let server = ServerProcess::start().await?;
    let mut ready = Vec::new();
    for number in 0..CONNECTIONS {
        ready.push(open_session(server.address, number).await?);
    }
    let begun = Instant::now();
    let clients: Vec<_> = ready.into_iter().map(|client| tokio::spawn(client.stream_all())).collect();
    for client in clients {
        client.await??;
    }
    Ok(rate(begun))
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// A connection with an open session and everything it will send.
struct ServerClient {
    socket: Socket,
    texts: Vec<String>,
}

async fn open_session(address: SocketAddr, number: u64) -> Outcome<ServerClient> {
    let (mut socket, _) = tokio_tungstenite::connect_async(format!("ws://{address}/v1/stream")).await?;
    let hello = Hello {
        protocol: PROTOCOL.to_owned(),
        token: TOKEN.to_owned(),
        client: codesight_core::wire::ClientInfo::default(),
        clock: Timestamp::from_millis(0),
        resume: None,
    };
    send(&mut socket, &ClientMessage::Hello(hello)).await?;
    let start = session_start(&format!("load-{number}"))?;
    send(&mut socket, &ClientMessage::SessionStart(Box::new(start))).await?;
    loop {
        if let ServerMessage::SessionStarted(resumed) = receive(&mut socket).await? {
            let texts = batches(resumed.session_id.as_str(), resumed.epoch)?;
            return Ok(ServerClient { socket, texts });
        }
    }
}

impl ServerClient {
    async fn stream_all(mut self) -> Outcome<()> {
        let total = BATCHES * BATCH;
        let mut texts = self.texts.drain(..);
        let mut sent = 0;
        let mut through = 0;
        while through < total {
            while sent < total && sent < through + ON_THE_WAY * BATCH {
                let Some(text) = texts.next() else { break };
                self.socket.send(Message::Text(text.into())).await?;
                sent += BATCH;
            }
            let next = tokio::time::timeout(Duration::from_secs(60), receive(&mut self.socket)).await??;
            match next {
                ServerMessage::Ack { through: now, .. } => through = now,
                ServerMessage::Close { code, .. } => return Err(code.as_str().into()),
                _ => {}
            }
        }
        Ok(())
    }
}

fn batches(session: &str, epoch: u64) -> Outcome<Vec<String>> {
    (0..BATCHES)
        .map(|number| {
            let first_seq = number * BATCH + 1;
            let interactions = (first_seq..first_seq + BATCH).map(interaction).collect();
            let batch = Batch { session_id: session.parse()?, epoch, first_seq, interactions };
            Ok(serde_json::to_string(&ClientMessage::Batch(batch))?)
        })
        .collect()
}

async fn send(socket: &mut Socket, message: &ClientMessage) -> Outcome<()> {
    Ok(socket.send(Message::Text(serde_json::to_string(message)?.into())).await?)
}

async fn receive(socket: &mut Socket) -> Outcome<ServerMessage> {
    loop {
        if let Message::Text(text) = socket.next().await.ok_or("the server hung up")?? {
            return Ok(serde_json::from_str(&text)?);
        }
    }
}
