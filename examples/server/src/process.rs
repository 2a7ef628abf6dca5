//! The processing of a sealed session: frames, pipeline, training lines, archive, catalog, and only then the deletions.
//!
//! Each step can be repeated: a job that is run again after a crash comes to the same result.

use std::collections::BTreeMap;

use codesight_core::model::{
    ConsentSummary, Finding, RedactionSummary, RuleId, SessionStatus, Severity, UnifiedSession,
};
use codesight_core::pipeline::{
    EnhancedInteraction, FrameFacts, Pipeline, ProcessedSession, RecordContent, SessionInput, SessionRecord,
};
use codesight_core::ports::{AuditAction, BlobKey, BlobStoreExt as _, SessionChange, SessionRef};
use codesight_core::privacy::{Masked, MediaPolicy, SkipPrediction, count_placeholders};
use codesight_core::rights::purpose;
use codesight_core::{Error, ErrorKind, Result};
use codesight_openai::format::{ChatFormat, ImagePolicy};
use codesight_storage::archive::FrameInput;
use codesight_storage::{ArchiveSession, ArchiveSettings, ArchiveWriter};

use tracing::Instrument as _;

use crate::app::App;
use crate::flags::pipeline_of;
use crate::hub::LiveUpdate;
use crate::lines;

/// Frames that a trainer is likely to leave out, by what the page says of its pictures.
pub(crate) const FRAMES_LIKELY_SKIPPED: RuleId = RuleId::new("frames-likely-skipped");
/// Journal records and JSON files are read and written so many at a time.
const PAGE: usize = 200;

/// Processes one sealed session to the end. Of a session that was erased meanwhile nothing is left, whatever this had
/// stored by then.
pub(crate) async fn process_session(app: &App, session: &SessionRef) -> Result<()> {
    let processed = process_unless_erased(app, session).await;
    if app.is_erased(session).await? {
        return app.rights().sweep_session(session).await;
    }
    processed
}

async fn process_unless_erased(app: &App, session: &SessionRef) -> Result<()> {
    let stored = app.catalog.get(session).await?;
    if stored.status != SessionStatus::Completed {
        archive_session(app, session, stored).await?;
    }
    // From here on everything is in the archive, which was read back and verified.
    app.catalog.clear(session).await?;
    app.blobs.delete_all(&BlobKey::captured_prefix(&session.tenant, &session.session)).await?;
    // What was being written when a server was killed is there without a name.
    app.uploads.clean_captured(session).await?;
    app.hub.publish(session, LiveUpdate::Processed { status: SessionStatus::Completed.as_str() });
    Ok(())
}

async fn archive_session(app: &App, session: &SessionRef, stored: Masked<UnifiedSession>) -> Result<()> {
    let (mut records, masked) = read_journal(app, session).await?;
    let mut findings = look_again(app, session, &mut records).await?;
    let mut writer = ArchiveWriter::create(
        ArchiveSettings::new(app.archive_level, &app.scratch),
        ArchiveSession {
            tenant: session.tenant.clone(),
            session: session.session.clone(),
            // The end of the recording, so that a second run writes the same bytes.
            created_at: stored.end_time.unwrap_or(stored.start_time),
            redaction: RedactionSummary {
                text: masked,
                boxes: 0,
                detector: app.detector.version().to_owned(),
            },
            consent: ConsentSummary {
                text_version: stored.consent.text_version.clone(),
                purposes: stored.consent.purposes.clone(),
            },
        },
    )
    .await?;
    // Frames go to a model, as lines do, only of who agreed to training.
    let may_train = app.permits(&stored, purpose::TRAINING).await?;
    let vision = match &app.vision {
        Some(vision) if may_train => {
            let (seen, said) = vision.look(app, session, &stored.goal.text, &records).await?;
            findings.extend(said);
            seen
        }
        _ => None,
    };
    let inputs = FrameInput::of_records(&records, app.media_policy);
    findings.extend(writer.add_frames(app.blobs.as_ref(), inputs).await?);
    findings.extend(predict_skips(&records, app.media_policy));
    let facts = FrameFacts::of_stored(writer.frame_index(), &records);
    let (pipeline, said) = pipeline_of(&stored);
    findings.extend(said);
    let input =
        SessionInput { session: stored.clone(), records, frames: facts, vision: vision.clone(), findings };
    let people = app.digests(&session.tenant).await?.people(&stored);
    writer.describe(input.summary(people));
    let processed = run_pipeline(pipeline, input).instrument(tracing::debug_span!("pipeline")).await?;

    for page in processed.interactions.chunks(PAGE) {
        let page = page.iter().map(EnhancedInteraction::to_json).collect::<Result<Vec<_>>>()?;
        writer.add_interactions(page).await?;
    }
    if let Some(vision) = &vision {
        writer.add_vision(Masked::from_store(vision).to_json()?).await?;
    }
    let format = ChatFormat { images: ImagePolicy::Path, ..ChatFormat::default() };
    // Lines serve training and nothing else: who did not agree to that has none, in the archive neither.
    let examples: Vec<_> = processed.examples().filter(|_| may_train).collect();
    for page in examples.chunks(PAGE) {
        let lines = lines::for_archive(&format, page, writer.frame_index())?;
        writer.add_training_lines(lines).await?;
    }
    let publishing = writer.finish(app.blobs.as_ref(), &processed.report);
    let published = publishing.instrument(tracing::debug_span!("archive")).await?;
    if may_train {
        let span = tracing::debug_span!("lines", lines = examples.len());
        lines::publish(app, session, &processed).instrument(span).await?;
    }

    app.metrics.archived(&processed.report, examples.len(), published.archive.size);
    tracing::info!(session = %session, lines = examples.len(), "archived");
    let (report, count) = (&processed.report, processed.interactions.len());
    for what in app.monitors.look(&stored.tenant, &stored.collector, report, count) {
        app.metrics.collector_changed(what);
        let collector = &stored.collector;
        tracing::warn!(session = %session, %collector, what, "a collector's sessions have suddenly changed");
    }
    let score = &processed.report.score;
    let change = SessionChange {
        status: Some(SessionStatus::Completed),
        quality: Some((score.overall, score.completeness, score.reliability)),
        archive_url: Some(published.archive.url),
        processing_steps: Some(processed.steps.clone()),
        ..SessionChange::default()
    };
    app.catalog.update(session, change).await?;
    app.record(&session.tenant, "worker", AuditAction::SessionArchived, &session.session).await
}

/// Has a recogniser look at what was masked, if there is one. What it finds is added; where it fails is a finding.
async fn look_again(app: &App, session: &SessionRef, records: &mut [SessionRecord]) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let Some(second_look) = app.second_look(session).await? else { return Ok(findings) };
    for record in records {
        let RecordContent::Interaction(interaction) = &mut record.content else { continue };
        let (looked_at, finding) = second_look.interaction((**interaction).clone()).await;
        **interaction = looked_at;
        findings.extend(finding);
    }
    Ok(findings)
}

/// All places of the session, and how often each type of personal data was masked in them.
async fn read_journal(
    app: &App,
    session: &SessionRef,
) -> Result<(Vec<SessionRecord>, BTreeMap<String, u32>)> {
    let mut records = Vec::new();
    let mut masked = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = app.catalog.read(session, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok((records, masked)) };
        after = last.seq;
        for record in page {
            count_placeholders(&record.payload, &mut masked);
            records.push(SessionRecord::from_journal(record));
        }
    }
}

/// How many frames a trainer is likely to leave out, as a finding.
fn predict_skips(records: &[SessionRecord], policy: MediaPolicy) -> Option<Finding> {
    let mut prediction = SkipPrediction::default();
    for interaction in records.iter().filter_map(SessionRecord::interaction) {
        prediction.add(interaction, policy);
    }
    let message = prediction.explain()?;
    Some(Finding::session(FRAMES_LIKELY_SKIPPED, Severity::Info, &message))
}

async fn run_pipeline(pipeline: Pipeline, input: SessionInput) -> Result<ProcessedSession> {
    tokio::task::spawn_blocking(move || pipeline.process_session(input)).await.map_err(|error| {
        Error::new(ErrorKind::Unexpected, "process.pipeline", "a stage panicked").caused_by(error)
    })
}
