//! `import`: recordings of other tools, masked, stored, processed and archived like recordings of our own.

mod source;
mod walk;

use std::path::{Path, PathBuf};

use clap::Args;
use codesight_core::id::{ContentHash, SubjectId};
use codesight_core::import::{ImportOptions, Imported, ImportedSession};
use codesight_core::model::{SessionConsent, SessionOutcome, SessionStatus};
use codesight_core::ports::{BlobKey, SessionRef};
use codesight_core::time::Clock;
use codesight_core::wire::Identity;

use self::walk::Walk;
use super::terminal::{say, text};
use crate::app::App;
use crate::clock::SystemClock;
use crate::config::Settings;
use crate::ingest::{self, EntryMasker, Opened};
use crate::pixels;
use crate::serve::Server;

/// Entries are stored so many at a time.
const PAGE: usize = 500;

/// Read recordings made by other tools: rrweb, Chrome Recorder, Playwright, HAR, MolmoWeb, AgentNet, Mind2Web, WebLINX, WebArena
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Files, ZIP files and folders; in a folder that is no recording itself, everything is looked at
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Read as this format, whatever the file looks like
    #[arg(long, value_name = "NAME")]
    format: Option<String>,

    /// Show what would be imported, and store nothing
    #[arg(long)]
    dry_run: bool,

    /// The project that the sessions belong to
    #[arg(long, default_value = "imported", value_name = "TENANT")]
    tenant: String,

    /// Who is named as having recorded them
    #[arg(long, default_value = "importer", value_name = "COLLECTOR")]
    collector: String,

    /// The person the data is about, as a pseudonym
    #[arg(long, default_value = "unknown", value_name = "SUBJECT")]
    subject: String,

    /// Version of the text that the person agreed to
    #[arg(long, default_value = "none", value_name = "VERSION")]
    consent_version: String,

    /// What the person agreed to, such as training; may be given more than once
    #[arg(long = "purpose", value_name = "PURPOSE")]
    purposes: Vec<String>,

    #[command(flatten)]
    settings: Box<Settings>,
}

/// Imports.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let now = SystemClock.now();
    let consent = SessionConsent {
        subject: SubjectId::new(arguments.subject.clone()).map_err(text)?,
        text_version: arguments.consent_version.clone(),
        purposes: arguments.purposes.clone(),
        given_at: now,
        evidence_hash: None,
        global_privacy_control: false,
    };
    let options = ImportOptions::new(consent, now);
    if arguments.dry_run {
        let mut walk = Walk::of(&arguments.files, arguments.format.as_deref(), &options);
        let mut tally = Tally::default();
        while let Some((file, imported)) = walk.next() {
            tally.count(&file, imported);
        }
        return tally.end(&walk);
    }
    let identity = Identity {
        tenant: arguments.tenant.parse().map_err(text)?,
        collector: arguments.collector.parse().map_err(text)?,
    };
    let mut config = arguments.settings.clone().into_config()?;
    // Only the workers of the server are wanted; any free port does.
    config.listen.set_port(0);
    let server = Server::start(&config).await.map_err(text)?;
    let result = import_all(&server.app, &arguments, &identity, &options).await;
    server.stop().await;
    result
}

async fn import_all(
    app: &App,
    arguments: &Arguments,
    identity: &Identity,
    options: &ImportOptions,
) -> Result<(), String> {
    let mut walk = Walk::of(&arguments.files, arguments.format.as_deref(), options);
    let mut tally = Tally::default();
    while let Some((file, imported)) = walk.next() {
        let Some(imported) = tally.count(&file, imported) else { continue };
        let count = imported.sessions.len();
        for (index, session) in imported.sessions.into_iter().enumerate() {
            let stored = store(app, identity, session).await.map_err(text)?;
            say(&finished(app, &stored, index + 1, count).await?);
        }
    }
    tally.end(&walk)
}

/// How many recordings were read, and how many could not be.
#[derive(Default)]
struct Tally {
    read: usize,
    failed: usize,
}

impl Tally {
    /// Tells what came of a file, and hands on what was in it.
    fn count(&mut self, file: &Path, imported: Result<Imported, String>) -> Option<Imported> {
        match imported {
            Ok(imported) => {
                self.read += 1;
                tell(file, &imported);
                Some(imported)
            }
            Err(error) => {
                self.failed += 1;
                say(&error);
                None
            }
        }
    }

    fn end(&self, walk: &Walk<'_>) -> Result<(), String> {
        let Self { read, failed } = self;
        if walk.passed_over > 0 {
            say(&format!("passed over {} files that are no recording", walk.passed_over));
        }
        match (read, failed) {
            (0, 0) => Err("no importer knows any of the files".to_owned()),
            (_, 0) => Ok(()),
            _ => Err(format!("{failed} of {} recordings could not be imported", read + failed)),
        }
    }
}

/// What was in a file: counts and findings, never content.
fn tell(file: &Path, imported: &Imported) {
    let (mut interactions, mut raw, mut pictures) = (0, 0, 0);
    for session in &imported.sessions {
        interactions += session.interactions();
        raw += session.raw_events;
        pictures += session.blobs.len();
    }
    say(&format!(
        "{}: {}, {} sessions, {raw} raw events, {interactions} interactions, {pictures} pictures, {} tasks",
        file.display(),
        imported.format,
        imported.sessions.len(),
        imported.tasks.len(),
    ));
    let mut findings = std::collections::BTreeMap::new();
    for finding in
        imported.findings.iter().chain(imported.sessions.iter().flat_map(|session| &session.findings))
    {
        let entry = findings.entry(finding.rule.as_str()).or_insert((0, finding));
        entry.0 += 1;
    }
    for (rule, (sessions, finding)) in findings {
        say(&format!("  {rule} in {sessions}: {}", finding.message));
    }
}

/// Masks and stores one session and seals it.
async fn store(
    app: &App,
    identity: &Identity,
    session: ImportedSession,
) -> codesight_core::Result<SessionRef> {
    let Opened { resumed, mut masker, boxes } = ingest::open(app, identity, session.start).await?;
    let stored = SessionRef { tenant: identity.tenant.clone(), session: resumed.session_id };
    if resumed.sealed {
        // It was imported before.
        return Ok(stored);
    }
    for blob in session.blobs {
        debug_assert_eq!(blob.hash, ContentHash::of(&blob.bytes));
        app.blobs.put(&BlobKey::captured(&stored.tenant, &stored.session, &blob.hash), blob.bytes).await?;
    }
    // An import that was cut off goes on where it stopped.
    let mut entries =
        session.entries.into_iter().skip(usize::try_from(resumed.through).unwrap_or(usize::MAX));
    let mut next = resumed.through + 1;
    loop {
        let page: Vec<_> = entries.by_ref().take(PAGE).collect();
        if page.is_empty() {
            break;
        }
        let count = page.len() as u64;
        let mut mask = EntryMasker {
            masker: &mut masker,
            session: &stored.session,
            boxes: &boxes,
            policy: app.media_policy,
            told: Vec::new(),
        };
        let records = mask.mask(next, page)?;
        for frame in &mask.told {
            pixels::repaint(app, &stored, &boxes, frame).await?;
        }
        app.catalog.append(&stored, resumed.epoch, records, app.clock.now()).await?;
        next += count;
    }
    let outcome = Some(session.outcome).filter(|outcome| *outcome != SessionOutcome::Unknown);
    ingest::seal(app, &stored, Some(resumed.epoch), outcome).await?;
    Ok(stored)
}

/// Waits until the session is archived, and tells how good it is.
async fn finished(app: &App, session: &SessionRef, number: usize, count: usize) -> Result<String, String> {
    loop {
        let stored = app.catalog.get(session).await.map_err(text)?;
        let told = match stored.status {
            SessionStatus::Completed => format!("quality {:.0}", stored.quality_score),
            SessionStatus::Failed => "could not be processed; the log says why".to_owned(),
            SessionStatus::Active | SessionStatus::Processing => {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                continue;
            }
        };
        return Ok(format!("  {number} of {count}: session {}, {told}", session.session));
    }
}
