//! Handing out everything of a person, as one ZIP that any tool opens.

use std::io::{Seek, Write};

use codesight_core::id::{SubjectId, TenantId};
use codesight_core::ports::{BlobKey, SessionRef};
use codesight_core::{Error, ErrorKind, Result};
use serde::Serialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::RightsBackends;
use super::find::PAGE;

/// Bytes read from the store at a time.
const CHUNK: u64 = 1 << 20;

const READ_ME: &str = "This is everything that is kept about you.\n\n\
    about-you.json   what you agreed to and asked for, your sessions, files made of them, and who looked at them\n\
    sessions/        one folder a session\n\
      session.json   what the session was\n\
      journal.jsonl  what you did, one action a line, while it is not archived yet\n\
      files/         pictures, sound, the archive, and the training lines made of it\n\n\
    Personal values were replaced when they were recorded: <EMAIL_7KQ2M0> stands for an e-mail address that was never\n\
    stored. An archive is a ZIP; its index.html shows the session.\n";

/// What was handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportSummary {
    /// Sessions.
    pub sessions: u64,
    /// Files in the ZIP.
    pub files: u64,
    /// Bytes of them before compression.
    pub bytes: u64,
}

/// Writes everything of a person into `out`. Memory is bounded by a page of the journal.
///
/// # Errors
/// [`ErrorKind::NotFound`] when nothing is known of the person, [`ErrorKind::Unavailable`] when `out` cannot be written,
/// and what a backend says.
pub async fn export_subject<W: Write + Seek + Send>(
    backends: &RightsBackends,
    tenant: &TenantId,
    subject: &SubjectId,
    out: W,
) -> Result<ExportSummary> {
    let report = backends.find_subject(tenant, subject).await?;
    if report.is_empty() {
        return Err(Error::not_found("rights.export", "nothing is known of this person"));
    }
    let mut zip = Zip { writer: ZipWriter::new(out), summary: ExportSummary::default() };
    zip.file("README.txt", READ_ME.as_bytes())?;
    zip.json("about-you.json", &report)?;
    for found in &report.sessions {
        let place = SessionRef { tenant: tenant.clone(), session: found.session.id.clone() };
        let folder = format!("sessions/{}", place.session);
        zip.summary.sessions += 1;
        zip.json(&format!("{folder}/session.json"), &found.session)?;
        if found.journal_places > 0 {
            zip.begin(&format!("{folder}/journal.jsonl"), CompressionMethod::Deflated)?;
            write_journal(backends, &place, &mut zip).await?;
        }
        for (key, _) in &found.blobs {
            let name = key.strip_prefix(&format!("{tenant}/")).unwrap_or(key).replace('/', "-");
            // Compressed already, all of them but the lines, which are mostly pictures.
            zip.begin(&format!("{folder}/files/{name}"), CompressionMethod::Stored)?;
            write_blob(backends, &BlobKey::new(key.as_str())?, &mut zip).await?;
        }
    }
    zip.writer.finish().map_err(unwritable)?.flush().map_err(unwritable)?;
    Ok(zip.summary)
}

struct Zip<W: Write + Seek> {
    writer: ZipWriter<W>,
    summary: ExportSummary,
}

impl<W: Write + Seek> Zip<W> {
    fn begin(&mut self, name: &str, method: CompressionMethod) -> Result<()> {
        self.summary.files += 1;
        let options = SimpleFileOptions::default().compression_method(method).large_file(true);
        self.writer.start_file(name, options).map_err(unwritable)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.summary.bytes += bytes.len() as u64;
        self.writer.write_all(bytes).map_err(unwritable)
    }

    fn file(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.begin(name, CompressionMethod::Deflated)?;
        self.write(bytes)
    }

    fn json<T: Serialize>(&mut self, name: &str, value: &T) -> Result<()> {
        let bytes = serde_json::to_vec_pretty(value).map_err(|error| {
            Error::new(ErrorKind::Unexpected, "rights.export", "not serialisable").caused_by(error)
        })?;
        self.file(name, &bytes)
    }
}

async fn write_journal<W: Write + Seek + Send>(
    backends: &RightsBackends,
    session: &SessionRef,
    zip: &mut Zip<W>,
) -> Result<()> {
    let mut after = 0;
    loop {
        let page = backends.catalog.read(session, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.seq;
        for record in &page {
            zip.write(&record.payload)?;
            zip.write(b"\n")?;
        }
    }
}

async fn write_blob<W: Write + Seek + Send>(
    backends: &RightsBackends,
    key: &BlobKey,
    zip: &mut Zip<W>,
) -> Result<()> {
    let size = backends.blobs.head(key).await?.size;
    let mut from = 0;
    while from < size {
        let until = size.min(from + CHUNK);
        zip.write(&backends.blobs.get_range(key, from..until).await?)?;
        from = until;
    }
    Ok(())
}

fn unwritable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Unavailable, "rights.export", "the file cannot be written").caused_by(error)
}
