//! A server process with a folder of its own.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

/// The token of tenant `shop`, and that of tenant `other`.
pub(crate) const TOKEN: &str = "token-of-the-shop-tenant";
pub(crate) const OTHER_TOKEN: &str = "token-of-another-tenant";

pub(crate) fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_codesight-server"))
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    log: Arc<Mutex<Vec<u8>>>,
}

impl Server {
    /// Starts a server on this folder and waits until it listens.
    pub(crate) fn start(folder: &Path, flags: &[&str]) -> Self {
        Self::start_command(command(), folder, flags)
    }

    /// The same, with everything in its log that it can say.
    pub(crate) fn start_traced(folder: &Path, flags: &[&str]) -> Self {
        let mut command = command();
        command.env("RUST_LOG", "trace");
        Self::start_command(command, folder, flags)
    }

    /// The same without any token: whoever comes needs a key of the catalog.
    pub(crate) fn start_with_keys(folder: &Path) -> Self {
        Self::start_bare(command(), folder, &[])
    }

    /// The same by a command that runs the server's with arguments of its own.
    pub(crate) fn start_as(command: Command, folder: &Path) -> Self {
        Self::start_command(command, folder, &[])
    }

    fn start_command(command: Command, folder: &Path, flags: &[&str]) -> Self {
        let (shop, other) = (format!("shop/robot={TOKEN}"), format!("other/robot={OTHER_TOKEN}"));
        let tokens = ["--token", &shop, "--token", &other];
        Self::start_bare(command, folder, &[&tokens[..], flags].concat())
    }

    fn start_bare(mut command: Command, folder: &Path, flags: &[&str]) -> Self {
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder)
            .args(flags)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server binary runs");
        let mut log = BufReader::new(child.stderr.take().expect("piped"));
        let mut head = String::new();
        let address = loop {
            let start = head.len();
            assert!(log.read_line(&mut head).expect("text") > 0, "the server ended before it listened");
            if let Some((_, address)) = head[start..].split_once("address=") {
                break address.trim().parse().expect("an address");
            }
        };
        // Somebody has to read the log, or the server would wait for it.
        let kept = Arc::new(Mutex::new(head.into_bytes()));
        std::thread::spawn({
            let kept = Arc::clone(&kept);
            move || {
                let mut line = Vec::new();
                while log.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                    kept.lock().expect("nobody panics with it").append(&mut line);
                }
            }
        });
        Self { child, address, log: kept }
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&self.log.lock().expect("nobody panics with it")).into_owned()
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("still running");
        self.child.wait().expect("a child");
    }

    /// SIGTERM, and the exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        self.tell_to_end();
        self.child.wait().expect("a child").code()
    }

    /// SIGTERM.
    pub(crate) fn tell_to_end(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().expect("kill runs").success());
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_none()
    }

    /// The most memory the process ever had, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("procfs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().expect("a number") * 1024
    }

    /// How much of a processor it has used, in ticks of a hundredth of a second.
    pub(crate) fn cpu_ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("procfs");
        let fields = stat.rsplit(')').next().expect("fields").split_whitespace().skip(11).take(2);
        fields.map(|field| field.parse::<u64>().expect("a number")).sum()
    }

    /// A GET that may fail, as when the server cannot take a connection.
    pub(crate) fn try_get(&self, path: &str) -> Option<u16> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(std::time::Duration::from_secs(1))).ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n");
        std::io::Write::write_all(&mut stream, request.as_bytes()).ok()?;
        let mut head = [0; 12];
        stream.read_exact(&mut head).ok()?;
        std::str::from_utf8(&head[9..]).ok()?.parse().ok()
    }

    /// A plain HTTP/1.1 GET: status, head and body.
    pub(crate) fn get(&self, path: &str, token: Option<&str>) -> Answer {
        let authorization =
            token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        self.request(&format!(
            "GET {path} HTTP/1.1\r\nHost: server\r\n{authorization}Connection: close\r\n\r\n"
        ))
    }

    /// The same with a method, headers of the caller's own, and a JSON body.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        self.request(&format!(
            "{method} {path} HTTP/1.1\r\nHost: server\r\n{headers}Content-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ))
    }

    /// Sends these bytes and reads until the server closes.
    pub(crate) fn request(&self, text: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).expect("listening");
        std::io::Write::write_all(&mut stream, text.as_bytes()).expect("sent");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("answered");
        Answer::parse(&bytes)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An HTTP answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let split = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
        // Names of headers in lower case; values are as they came.
        let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
        let head: Vec<String> = head
            .lines()
            .map(|line| match line.split_once(": ") {
                Some((name, value)) => format!("{}: {value}", name.to_ascii_lowercase()),
                None => line.to_owned(),
            })
            .collect();
        let head = head.join("\n");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let mut body = bytes[split + 4..].to_vec();
        if head.contains("transfer-encoding: chunked") {
            body = unchunk(&body);
        }
        Self { status, head, body }
    }

    /// The value of a header, whose name is given in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

fn unchunk(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(line) = body.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&body[..line]).expect("hex"), 16).expect("hex");
        whole.extend_from_slice(&body[line + 2..line + 2 + size]);
        body = &body[line + 2 + size + 2..];
    }
    whole
}
