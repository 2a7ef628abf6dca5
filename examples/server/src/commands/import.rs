//! `import`: recordings of other tools, masked, stored, processed and archived like recordings of our own.

mod source;

use std::path::PathBuf;

use clap::Args;
use codesight_core::id::{ContentHash, SubjectId};
use codesight_core::import::{self, ImportOptions, Imported, ImportedSession};
use codesight_core::model::{SessionConsent, SessionOutcome, SessionStatus};
use codesight_core::ports::{BlobKey, SessionRef};
use codesight_core::time::Clock;
use codesight_core::wire::Identity;

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
    /// Files, folders and ZIP files
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
        for file in &arguments.files {
            tell(file, &read(&arguments, file, &options)?);
        }
        return Ok(());
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
    let mut failed = 0;
    for file in &arguments.files {
        let imported = match read(arguments, file, options) {
            Ok(imported) => imported,
            Err(error) => {
                say(&error);
                failed += 1;
                continue;
            }
        };
        tell(file, &imported);
        let count = imported.sessions.len();
        for (index, session) in imported.sessions.into_iter().enumerate() {
            let stored = store(app, identity, session).await.map_err(text)?;
            say(&finished(app, &stored, index + 1, count).await?);
        }
    }
    if failed > 0 {
        Err(format!("{failed} of {} files could not be imported", arguments.files.len()))
    } else {
        Ok(())
    }
}

fn read(arguments: &Arguments, file: &std::path::Path, options: &ImportOptions) -> Result<Imported, String> {
    let named = |error: codesight_core::Error| format!("{}: {}", file.display(), text(error));
    let source = source::read(file, &options.limits)?;
    match &arguments.format {
        None => import::import(&source, options).map_err(named),
        Some(name) => {
            let names =
                || import::IMPORTERS.iter().map(|importer| importer.name()).collect::<Vec<_>>().join(", ");
            let importer = import::importer(name)
                .ok_or_else(|| format!("there is no format {name}; there are {}", names()))?;
            importer.read(&source, options).map_err(named)
        }
    }
}

/// What was in a file: counts and findings, never content.
fn tell(file: &std::path::Path, imported: &Imported) {
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
