//! Training lines from archives and from files of lines, in one file.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use codesight_core::pipeline::Pipeline;
use codesight_core::ports::SessionRef;
use codesight_openai::format::ChatFormat;
use codesight_storage::ArchiveReader;
use codesight_storage::archive::ArchiveLimits;

use super::archived::read;
use super::ledger::Ledger;
use super::reviewed::Reviews;
use super::terminal::text;
use crate::lines;
use crate::process::FRAMES_LIKELY_SKIPPED;

/// Where each line came from: a task is a session, or a file of lines.
pub(crate) struct Gathered {
    /// The file with all lines.
    pub(crate) file: PathBuf,
    /// The task of each line, in order.
    pub(crate) tasks: Vec<String>,
    /// Which pictures a service is likely to leave out, session by session, as found when they were archived.
    pub(crate) likely_skipped: Vec<String>,
    /// The sessions the lines were made of, as far as the ledger knows them.
    pub(crate) sessions: Vec<SessionRef>,
}

/// Writes the lines of all inputs into `file`, one example in memory at a time.
///
/// # Errors
/// `purpose-missing` for an archive whose person does not agree to training.
pub(crate) async fn gather(
    inputs: &[PathBuf],
    file: PathBuf,
    reviews: &Reviews,
    ledger: &Ledger,
) -> Result<Gathered, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", file.display());
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut out = std::io::BufWriter::new(std::fs::File::create(&file).map_err(failed)?);
    let mut gathered =
        Gathered { file: file.clone(), tasks: Vec::new(), likely_skipped: Vec::new(), sessions: Vec::new() };
    for input in inputs {
        if is_archive(input)? {
            from_archive(input, &mut out, &mut gathered, reviews, ledger).await?;
        } else {
            from_lines(input, &mut out, &mut gathered.tasks)?;
        }
    }
    out.flush().map_err(failed)?;
    Ok(gathered)
}

/// A ZIP begins with these two letters, a line with a brace.
fn is_archive(input: &Path) -> Result<bool, String> {
    let mut file = std::fs::File::open(input).map_err(|error| format!("{}: {error}", input.display()))?;
    let mut magic = [0; 2];
    Ok(std::io::Read::read_exact(&mut file, &mut magic).is_ok() && magic == *b"PK")
}

async fn from_archive(
    input: &Path,
    out: &mut impl Write,
    gathered: &mut Gathered,
    reviews: &Reviews,
    ledger: &Ledger,
) -> Result<(), String> {
    let named = |error| format!("{}: {}", input.display(), text(error));
    let recorded = read(input).await?;
    gathered.sessions.extend(ledger.require_training(input, &recorded.session).await?);
    let mut session = Pipeline::default().process_session(recorded);
    let reader = ArchiveReader::open_file(input, &ArchiveLimits::default()).await.map_err(named)?;
    reviews.apply(&reader.manifest().tenant, &mut session).await?;
    let format = ChatFormat::default();
    for example in session.examples() {
        if let Some(line) = lines::inline(&reader, &format, &example).await.map_err(named)? {
            out.write_all(&line).map_err(|error| error.to_string())?;
            gathered.tasks.push(session.session_id.to_string());
        }
    }
    let skipped = session.report.findings.iter().find(|finding| finding.rule == FRAMES_LIKELY_SKIPPED);
    let skipped = skipped.map(|finding| format!("{}: {}", session.session_id, finding.message));
    gathered.likely_skipped.extend(skipped);
    Ok(())
}

fn from_lines(input: &Path, out: &mut impl Write, tasks: &mut Vec<String>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", input.display());
    let mut reader = BufReader::new(std::fs::File::open(input).map_err(failed)?);
    let task = input.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(failed)? == 0 {
            return Ok(());
        }
        if line.last() != Some(&b'\n') {
            line.push(b'\n');
        }
        out.write_all(&line).map_err(failed)?;
        tasks.push(task.clone());
    }
}
