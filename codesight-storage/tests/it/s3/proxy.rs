//! A proxy before an S3 server that does to one request what networks and servers do.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How much later an answer comes.
const SLOW: Duration = Duration::from_millis(150);

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    /// The server answers with this status and does nothing.
    Status(u16),
    /// The server answers 200, and the body says that it failed, as S3 does at the end of what takes long: copies, and
    /// the putting together of parts. Other requests pass.
    ErrorIn200,
    /// The server does it, and the connection breaks before the answer.
    LostReply,
    /// The server does it, and the connection breaks in the middle of the answer.
    TornReply,
    /// The connection breaks in the middle of the request.
    TornRequest,
    /// It takes its time.
    Slow,
}

/// The heads of all requests, in lower case.
type Heads = Arc<Mutex<Vec<String>>>;

/// Passes everything on to a server but what happens to request `nth`, counted from 1, and as many after it as `times`.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    heads: Heads,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    pub(super) async fn start(server: &str, mishap: Mishap, nth: u64, times: u64) -> Self {
        let server = server.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let heads = Heads::default();
        let seen = Arc::clone(&heads);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, seen) = (server.clone(), Arc::clone(&seen));
                tokio::spawn(async move {
                    // A connection that breaks is what this is for.
                    let _ = pass_on(client, &server, mishap, nth..nth + times, &seen).await;
                });
            }
        });
        Self { address, heads, task }
    }

    /// The heads of the requests so far, in lower case.
    pub(super) fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("nobody panics with it").clone()
    }
}

async fn pass_on(
    mut client: TcpStream,
    server: &str,
    mishap: Mishap,
    affected: std::ops::Range<u64>,
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    loop {
        let Some(request) = read_message(&mut client).await? else { return Ok(()) };
        let number = {
            let mut seen = seen.lock().expect("nobody panics with it");
            seen.push(head_of(&request));
            seen.len() as u64
        };
        let mishap = affected.contains(&number).then_some(mishap);
        match mishap {
            Some(Mishap::Status(status)) => {
                let answer = format!("HTTP/1.1 {status} Mishap\r\ncontent-length: 0\r\n\r\n");
                client.write_all(answer.as_bytes()).await?;
                continue;
            }
            Some(Mishap::ErrorIn200) if takes_long(&request) => {
                let body = "<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>try again</Message></Error>";
                let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                client.write_all(answer.as_bytes()).await?;
                continue;
            }
            Some(Mishap::Slow) => tokio::time::sleep(SLOW).await,
            _ => {}
        }
        let mut upstream = TcpStream::connect(server).await?;
        if mishap == Some(Mishap::TornRequest) {
            upstream.write_all(&request[..request.len() / 2]).await?;
            return Ok(());
        }
        upstream.write_all(&request).await?;
        let is_head = request.starts_with(b"HEAD ");
        let answer = read_answer(&mut upstream, is_head).await?;
        match mishap {
            Some(Mishap::LostReply) => return Ok(()),
            Some(Mishap::TornReply) => return client.write_all(&answer[..answer.len() / 2]).await,
            _ => client.write_all(&answer).await?,
        }
    }
}

/// One request: its head, and as much body as that says. Nothing at the end of the connection.
async fn read_message(stream: &mut TcpStream) -> std::io::Result<Option<Vec<u8>>> {
    let Some((bytes, head)) = read_head(stream).await? else { return Ok(None) };
    let length = head_length(&bytes[..head]).unwrap_or(0);
    read_rest(stream, bytes, head + length).await.map(Some)
}

/// One answer. Python's servers end it by closing the connection, or say its length.
async fn read_answer(stream: &mut TcpStream, is_head: bool) -> std::io::Result<Vec<u8>> {
    let (mut bytes, head) = read_head(stream).await?.ok_or(std::io::ErrorKind::UnexpectedEof)?;
    match head_length(&bytes[..head]) {
        _ if is_head => {
            bytes.truncate(head);
            Ok(bytes)
        }
        Some(length) => read_rest(stream, bytes, head + length).await,
        None if bytes.starts_with(b"HTTP/1.1 204") || bytes.starts_with(b"HTTP/1.1 304") => Ok(bytes),
        None => {
            stream.read_to_end(&mut bytes).await?;
            Ok(bytes)
        }
    }
}

async fn read_head(stream: &mut TcpStream) -> std::io::Result<Option<(Vec<u8>, usize)>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            return Ok(Some((bytes, end + 4)));
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
}

async fn read_rest(stream: &mut TcpStream, mut bytes: Vec<u8>, whole: usize) -> std::io::Result<Vec<u8>> {
    while bytes.len() < whole {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(bytes)
}

fn head_of(request: &[u8]) -> String {
    let end = request.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(request.len());
    String::from_utf8_lossy(&request[..end]).to_ascii_lowercase()
}

/// What S3 begins to answer before it knows how it ends.
fn takes_long(request: &[u8]) -> bool {
    let head = head_of(request);
    head.contains("x-amz-copy-source:") || (head.starts_with("post ") && head.contains("uploadid="))
}

fn head_length(head: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let line = text.lines().find_map(|line| line.strip_prefix("content-length:"))?;
    line.trim().parse().ok()
}
