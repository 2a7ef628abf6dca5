//! What somebody would do without CodeSight: `cwebp -q 75` on every frame, and `zip`.

use std::path::Path;
use std::process::{Command, Stdio};

use super::process;
use super::session::Session;
use crate::server::Outcome;

/// What the loop took.
#[derive(Debug, Clone, Copy)]
pub struct Baseline {
    /// Bytes of the ZIP.
    pub bytes: u64,
    /// Seconds of processor time.
    pub cpu: f64,
}

/// Runs the loop over the session in `folder`.
///
/// # Errors
/// When `cwebp` (Debian: webp) or `zip` is missing or fails.
pub fn cwebp_and_zip(folder: &Path, session: &Session) -> Outcome<Baseline> {
    let work = tempfile::tempdir()?;
    std::fs::create_dir(work.path().join("session"))?;
    std::fs::write(work.path().join("session/interactions.json"), session.pretty_json()?)?;
    let before = process::cpu()?.children;
    for number in 1..=session.frames.len() {
        let png = folder.join(format!("{number:06}.png"));
        let webp = work.path().join(format!("session/{number:06}.webp"));
        run(Command::new("cwebp").args(["-quiet", "-q", "75"]).arg(png).arg("-o").arg(webp))?;
    }
    run(Command::new("zip").current_dir(work.path()).args(["-qr", "session.zip", "session"]))?;
    Ok(Baseline {
        bytes: std::fs::metadata(work.path().join("session.zip"))?.len(),
        cpu: process::cpu()?.children - before,
    })
}

fn run(command: &mut Command) -> Outcome<()> {
    let status = command.stdout(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}
