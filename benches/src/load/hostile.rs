//! Connections that mean no good, of all the kinds of the catalogue.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::Outcome;

/// Everything a connection can be hostile with; each is done by an equal share of them.
const KINDS: u64 = 6;

/// Does harm for as long as it can, `number` saying which. Ends when the server ends it, or after `lasting`.
pub async fn disturb(address: SocketAddr, number: u64, lasting: Duration) {
    let _ = tokio::time::timeout(lasting, async {
        loop {
            let _ = once(address, number % KINDS).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    })
    .await;
}

async fn once(address: SocketAddr, kind: u64) -> Outcome<()> {
    match kind {
        // A header that never ends (WS-04).
        0 => {
            let mut stream = TcpStream::connect(address).await?;
            loop {
                stream.write_all(b"GET /v1/stream HTTP/1.1\r\nX-Slow: ").await?;
                tokio::time::sleep(Duration::from_millis(500)).await;
                stream.write_all(b"a").await?;
            }
        }
        // A message of fragments that never ends (WS-02).
        1 => {
            let mut stream = upgraded(address).await?;
            stream.write_all(&frame(0x02, &[0; 16 << 10])).await?;
            loop {
                stream.write_all(&frame(0x00, &[0; 16 << 10])).await?;
            }
        }
        // A frame of 2^63-1 bytes (WS-01).
        2 => {
            let mut stream = upgraded(address).await?;
            stream.write_all(&[0x82, 0xff]).await?;
            stream.write_all(&(i64::MAX as u64).to_be_bytes()).await?;
            stream.write_all(&[0; 4]).await?;
            loop {
                stream.write_all(&[0; 8 << 10]).await?;
            }
        }
        // Pings without pause (WS-03).
        3 => {
            let mut stream = upgraded(address).await?;
            loop {
                stream.write_all(&frame(0x89, b"ping")).await?;
            }
        }
        // Connected, and silent (WS-05).
        4 => {
            let mut stream = upgraded(address).await?;
            let mut bytes = [0; 256];
            while stream.read(&mut bytes).await? > 0 {}
            Ok(())
        }
        // Brackets without end (WS-07).
        _ => {
            let mut stream = upgraded(address).await?;
            stream.write_all(&frame(0x81, &[b'['; 60_000])).await?;
            let mut bytes = [0; 256];
            while stream.read(&mut bytes).await? > 0 {}
            Ok(())
        }
    }
}

/// A WebSocket opened by hand.
async fn upgraded(address: SocketAddr) -> Outcome<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    let request = "GET /v1/stream HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(request.as_bytes()).await?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await?;
    Ok(stream)
}

/// One frame as its first byte says, masked with zeros.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match u16::try_from(payload.len()) {
        Ok(length) if length < 126 => frame.push(0x80 | length as u8),
        length => {
            frame.push(0x80 | 126);
            frame.extend(length.unwrap_or(u16::MAX).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}
