//! The memory of the server while it takes in, processes and archives a session of 2 GB of frames.
//!
//! `cargo build --release -p codesight-server && cargo run --release -p codesight-benches --bin memory`
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::time::{Duration, Instant};

use bytes::Bytes;
use codesight_benches::interaction;
use codesight_benches::server::{Outcome, ServerProcess, TOKEN, session_start};
use codesight_core::model::{InteractionData, SessionOutcome};
use codesight_core::time::Timestamp;
use codesight_core::wire::{BlobRole, Outgoing, ServerMessage, Uplink};
use futures_util::{SinkExt, StreamExt};
use image::ImageEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Message;

const TOTAL_BYTES: u64 = 2_000_000_000;
const SIDES: (u32, u32) = (1280, 800);
/// Blobs held by this program; the server has a credit of its own.
const AHEAD: usize = 4;

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let server = ServerProcess::start().await?;
    let base = server.peak_memory()?;
    let begun = Instant::now();
    let (mut socket, _) =
        tokio_tungstenite::connect_async(format!("ws://{}/v1/stream", server.address)).await?;
    let mut uplink = Uplink::new(TOKEN, session_start("memory")?);
    let clock = || Timestamp::from_millis(i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX));
    let (mut bytes, mut frames) = (0, 0);
    send(&mut socket, uplink.connected(clock())).await?;
    while !uplink.is_sealed() {
        while bytes < TOTAL_BYTES && uplink.pending_blobs() < AHEAD {
            frames += 1;
            let frame = noise(frames)?;
            bytes += frame.len() as u64;
            let step = with_frame(interaction(frames), &frame);
            uplink.push_blob(BlobRole::Frame, "image/png", frame);
            uplink.push(step);
        }
        if bytes >= TOTAL_BYTES {
            uplink.finish(SessionOutcome::Succeeded);
        }
        for message in uplink.poll(clock())? {
            send(&mut socket, message).await?;
        }
        if let Message::Text(text) = socket.next().await.ok_or("the server hung up")?? {
            let message: ServerMessage = serde_json::from_str(&text)?;
            for message in uplink.receive(clock(), message).0 {
                send(&mut socket, message).await?;
            }
        }
    }
    println!(
        "session   {frames} frames, {:.2} GB, sent in {:.0} s",
        bytes as f64 / 1e9,
        begun.elapsed().as_secs_f64()
    );
    println!("ingest    peak {} MB ({} MB at start)", server.peak_memory()? >> 20, base >> 20);
    let session = uplink.session().ok_or("no session")?.to_string();
    while !is_completed(&server, &session).await? {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    println!("archived  after {:.0} s", begun.elapsed().as_secs_f64());
    println!("peak      {} MB resident (goal < 256 MB)", server.peak_memory()? >> 20);
    Ok(())
}

/// A picture no encoder can make small.
fn noise(seed: u64) -> Outcome<Bytes> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut pixels = vec![0; (SIDES.0 * SIDES.1 * 3) as usize];
    for sample in pixels.chunks_exact_mut(8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        sample.copy_from_slice(&state.to_le_bytes());
    }
    let mut png = Vec::new();
    image::codecs::png::PngEncoder::new(&mut png).write_image(
        &pixels,
        SIDES.0,
        SIDES.1,
        image::ExtendedColorType::Rgb8,
    )?;
    Ok(png.into())
}

fn with_frame(mut interaction: InteractionData, frame: &[u8]) -> InteractionData {
    interaction.screenshots.truncate(1);
    for screenshot in &mut interaction.screenshots {
        screenshot.hash = codesight_core::id::ContentHash::of(frame);
        screenshot.media_type = "image/png".to_owned();
        (screenshot.width, screenshot.height) = SIDES;
    }
    interaction
}

async fn send(socket: &mut Socket, outgoing: Outgoing) -> Outcome<()> {
    let message = match outgoing {
        Outgoing::Text(message) => Message::Text(serde_json::to_string(&message)?.into()),
        Outgoing::Binary(bytes) => Message::Binary(bytes),
    };
    Ok(socket.send(message).await?)
}

async fn is_completed(server: &ServerProcess, session: &str) -> Outcome<bool> {
    let mut stream = tokio::net::TcpStream::connect(server.address).await?;
    let request = format!(
        "GET /v1/sessions/{session} HTTP/1.1\r\nHost: server\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    if answer.contains("\"status\":\"failed\"") {
        return Err("the session could not be processed".into());
    }
    Ok(answer.contains("\"status\":\"completed\""))
}
