//! A vault with memory and mishaps.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What opens it to begin with.
pub(super) const TOKEN: &str = "hvs.the-token-of-the-test";
const FOLDER: &str = "code-sight/keys/";

/// What happens to every request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mishap {
    /// This status, with a body that repeats what it was sent.
    Status(u16),
    /// This body, with status 200.
    Body(&'static str),
    /// No answer at all.
    Silent,
    /// The connection breaks within the answer.
    Torn,
    /// An answer without an end.
    Endless,
}

/// The versions of a path; none for one that was destroyed.
type Versions = Vec<Option<Value>>;

#[derive(Default)]
struct State {
    secrets: HashMap<String, Versions>,
    token: String,
    mishap: Option<Mishap>,
    loses_next_write: bool,
}

pub(super) struct StandIn {
    pub(super) address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl StandIn {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State { token: TOKEN.to_owned(), ..State::default() }));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                // A connection that breaks is what some tests are for.
                tokio::spawn(async move { serve(client, &state).await.unwrap_or_default() });
            }
        });
        Self { address, state, task }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("not poisoned")
    }

    pub(super) fn always(&self, mishap: Mishap) {
        self.state().mishap = Some(mishap);
    }

    pub(super) fn lose_the_answer_to_the_next_write(&self) {
        self.state().loses_next_write = true;
    }

    pub(super) fn renew_token(&self, token: &str) {
        self.state().token = token.to_owned();
    }

    /// Whether any version holds that text.
    pub(super) fn holds(&self, text: &str) -> bool {
        let versions =
            |versions: &Versions| versions.iter().flatten().any(|one| one.to_string().contains(text));
        self.state().secrets.values().any(versions)
    }

    pub(super) fn write(&self, name: &str, secret: &str) {
        let secret = serde_json::from_str(secret).expect("JSON");
        self.state().secrets.entry(format!("{FOLDER}{name}")).or_default().push(Some(secret));
    }

    pub(super) fn end_versions(&self, name: &str) {
        self.state().secrets.get_mut(&format!("{FOLDER}{name}")).expect("there").fill(None);
    }
}

struct Request {
    method: String,
    path: String,
    token: String,
    body: Value,
}

async fn read(client: &mut TcpStream) -> std::io::Result<Request> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    let (head, start) = loop {
        let count = client.read(&mut buffer).await?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&buffer[..count]);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break (String::from_utf8_lossy(&bytes[..end]).into_owned(), end + 4);
        }
    };
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let length: usize = header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    while bytes.len() < start + length {
        let count = client.read(&mut buffer).await?;
        bytes.extend_from_slice(&buffer[..count]);
    }
    let mut line = head.lines().next().unwrap_or_default().split(' ').map(str::to_owned);
    Ok(Request {
        method: line.next().unwrap_or_default(),
        path: line.next().unwrap_or_default(),
        token: header("x-vault-token").unwrap_or_default(),
        body: serde_json::from_slice(&bytes[start..]).unwrap_or(Value::Null),
    })
}

async fn serve(mut client: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let request = read(&mut client).await?;
    let mishap = state.lock().expect("not poisoned").mishap;
    let (status, body) = match mishap {
        Some(Mishap::Silent) => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            return Ok(());
        }
        Some(Mishap::Torn) => {
            return client.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{").await;
        }
        Some(Mishap::Endless) => {
            client.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await?;
            loop {
                client.write_all(&[b' '; 4096]).await?;
            }
        }
        Some(Mishap::Status(status)) => {
            (status, json!({ "errors": [request.token, request.body] }).to_string())
        }
        Some(Mishap::Body(body)) => (200, body.to_owned()),
        None => {
            let mut state = state.lock().expect("not poisoned");
            let (status, body) = state.answer(&request);
            if request.method == "POST" && std::mem::take(&mut state.loses_next_write) {
                return Ok(());
            }
            (status, body.to_string())
        }
    };
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    client.write_all(format!("{head}{body}").as_bytes()).await
}

impl State {
    fn answer(&mut self, request: &Request) -> (u16, Value) {
        let errors = |texts: &[&str]| json!({ "errors": texts });
        if request.token != self.token {
            return (403, errors(&["permission denied"]));
        }
        let Some((kind, path)) =
            request.path.strip_prefix("/v1/secret/").and_then(|rest| rest.split_once('/'))
        else {
            return (404, errors(&["no handler for route"]));
        };
        if !path.starts_with(FOLDER) {
            return (403, errors(&["permission denied"]));
        }
        let known = self.secrets.get_mut(path);
        match (request.method.as_str(), kind, known) {
            ("GET", "data", None) => (404, errors(&[])),
            ("GET", "data", Some(versions)) => {
                let secret = versions.last().cloned().flatten();
                let metadata = json!({ "version": versions.len(), "destroyed": secret.is_none() });
                (
                    if secret.is_some() { 200 } else { 404 },
                    json!({ "data": { "data": secret, "metadata": metadata } }),
                )
            }
            ("POST", "data", _) => {
                let versions = self.secrets.entry(path.to_owned()).or_default();
                let wanted = request.body["options"]["cas"].as_u64();
                if wanted.is_some_and(|wanted| wanted != versions.len() as u64) {
                    return (400, errors(&["check-and-set parameter did not match the current version"]));
                }
                versions.push(Some(request.body["data"].clone()));
                (200, json!({ "data": { "version": versions.len() } }))
            }
            ("PUT", "destroy", Some(versions)) => {
                for number in request.body["versions"].as_array().into_iter().flatten() {
                    let place = number.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
                    if let Some(version) = place.checked_sub(1).and_then(|place| versions.get_mut(place)) {
                        *version = None;
                    }
                }
                (204, Value::Null)
            }
            _ => (405, errors(&["unsupported operation"])),
        }
    }
}
