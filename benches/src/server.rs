//! The real server as a process beside the measurement.

use std::error::Error;
use std::net::SocketAddr;
use std::process::Stdio;

use codesight_core::id::SubjectId;
use codesight_core::model::{CaptureProfile, SessionConsent, SessionGoal, SessionType};
use codesight_core::time::Timestamp;
use codesight_core::wire::SessionStart;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A result of a program that just says what went wrong.
pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The token the server is started with.
pub const TOKEN: &str = "token-of-the-measurement";

/// A running server with a folder that goes away with it.
#[derive(Debug)]
pub struct ServerProcess {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
    _folder: tempfile::TempDir,
}

impl ServerProcess {
    /// Starts the release build of the server that lies beside this program.
    ///
    /// # Errors
    /// When there is none, or it ends before it listens.
    pub async fn start() -> Outcome<Self> {
        Self::start_with(&[]).await
    }

    /// The same with flags of the caller's own.
    ///
    /// # Errors
    /// The same.
    pub async fn start_with(flags: &[&str]) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let binary = std::env::current_exe()?.with_file_name("codesight-server");
        let advice = "build it with cargo build --release -p codesight-server";
        let mut child = Command::new(&binary)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--token",
                &format!("bench/load={TOKEN}"),
                "--data-dir",
            ])
            .arg(folder.path())
            .args(flags)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("{}: {error}; {advice}", binary.display()))?;
        let mut log = BufReader::new(child.stderr.take().ok_or("no log")?).lines();
        let address = loop {
            let line = log.next_line().await?.ok_or("the server ended")?;
            if let Some((_, address)) = line.split_once("address=") {
                break address.trim().parse()?;
            }
        };
        // Somebody has to read the log, or the server would wait for it.
        tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
        Ok(Self { address, child, _folder: folder })
    }

    /// The most memory the process ever had, in bytes.
    ///
    /// # Errors
    /// Where there is no procfs.
    pub fn peak_memory(&self) -> Outcome<u64> {
        self.status("VmHWM:")
    }

    /// The memory the process has now, in bytes.
    ///
    /// # Errors
    /// Where there is no procfs.
    pub fn memory(&self) -> Outcome<u64> {
        self.status("VmRSS:")
    }

    fn status(&self, name: &str) -> Outcome<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().ok_or("ended")?))?;
        let value = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("not in procfs")?;
        Ok(value.trim().trim_end_matches(" kB").trim().parse::<u64>()? * 1024)
    }
}

/// The beginning of a session that nobody's data is in.
///
/// # Errors
/// For a key that is no name.
pub fn session_start(key: &str) -> Outcome<SessionStart> {
    Ok(SessionStart {
        key: key.parse()?,
        session_type: SessionType::Automated,
        goal: SessionGoal::default(),
        consent: SessionConsent {
            subject: SubjectId::new("nobody")?,
            text_version: "1".to_owned(),
            purposes: vec!["measurement".to_owned()],
            given_at: Timestamp::from_millis(0),
            evidence_hash: None,
            global_privacy_control: false,
        },
        capture: CaptureProfile::default(),
    })
}
