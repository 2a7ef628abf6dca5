//! From the masked places of a session to its archive: frames, pipeline, lines, archive. The server does the same with a
//! journal; here everything is at hand.

use std::path::PathBuf;
use std::sync::Arc;

use codesight_core::model::{
    ArchiveLevel, ArchivedPeople, ConsentSummary, Finding, RedactionSummary, UnifiedSession,
};
use codesight_core::pipeline::{
    EnhancedInteraction, FrameFacts, Pipeline, ProcessedSession, SessionInput, SessionRecord,
};
use codesight_core::ports::BlobStore;
use codesight_core::privacy::{Masked, MediaPolicy};
use codesight_core::rights::purpose;
use codesight_core::time::Timestamp;
use codesight_core::{Error, Result};
use codesight_openai::format::{ChatFormat, FrameIndexImages, ImagePolicy};
use codesight_storage::archive::{FrameInput, PublishedArchive};
use codesight_storage::{ArchiveSession, ArchiveSettings, ArchiveWriter};

use crate::runtime::blocking;

/// Interactions and lines are written so many at a time.
const PAGE: usize = 200;

/// A session before it is archived.
pub(crate) struct Unarchived {
    pub(crate) session: Masked<UnifiedSession>,
    pub(crate) people: ArchivedPeople,
    pub(crate) records: Vec<SessionRecord>,
    pub(crate) redaction: RedactionSummary,
    pub(crate) created_at: Timestamp,
    /// What was found before, such as by an importer.
    pub(crate) findings: Vec<Finding>,
}

/// How it is archived.
pub(crate) struct Means<'s> {
    /// Where the captured frames are.
    pub(crate) captured: &'s dyn BlobStore,
    /// Where the archive goes.
    pub(crate) target: &'s dyn BlobStore,
    pub(crate) scratch: PathBuf,
    pub(crate) level: ArchiveLevel,
    pub(crate) pipeline: Arc<Pipeline>,
}

/// Writes the archive of a session.
pub(crate) async fn archive(unarchived: Unarchived, means: Means<'_>) -> Result<PublishedArchive> {
    let Unarchived { session, people, records, redaction, created_at, mut findings } = unarchived;
    let mut writer = ArchiveWriter::create(
        ArchiveSettings::new(means.level, means.scratch),
        ArchiveSession {
            tenant: session.tenant.clone(),
            session: session.id.clone(),
            created_at,
            redaction,
            consent: ConsentSummary {
                text_version: session.consent.text_version.clone(),
                purposes: session.consent.purposes.clone(),
            },
        },
    )
    .await?;
    findings.extend(
        writer.add_frames(means.captured, FrameInput::of_records(&records, MediaPolicy::default())).await?,
    );
    let frames = FrameFacts::of_stored(writer.frame_index(), &records);
    // Lines serve training and nothing else: of who did not agree to that none is written.
    let may_train = session.consent.names(purpose::TRAINING);
    let input = SessionInput { session, records, frames, vision: None, findings };
    writer.describe(input.summary(people));
    let pipeline = means.pipeline;
    let processed = blocking(move || Ok(pipeline.process_session(input))).await?;
    write(&mut writer, &processed, may_train).await?;
    writer.finish(means.target, &processed.report).await
}

async fn write(writer: &mut ArchiveWriter, processed: &ProcessedSession, may_train: bool) -> Result<()> {
    for page in processed.interactions.chunks(PAGE) {
        let page = page.iter().map(EnhancedInteraction::to_json).collect::<Result<Vec<_>>>()?;
        writer.add_interactions(page).await?;
    }
    let format = ChatFormat { images: ImagePolicy::Path, ..ChatFormat::default() };
    let mut lines = Vec::new();
    {
        let images = FrameIndexImages::new(writer.frame_index(), |_| {
            Err(Error::invalid("lines.archive", "lines of an archive name their images by path"))
        });
        for example in processed.examples().filter(|_| may_train) {
            if let Some(mut line) = format.line(&example, &images)?.bytes {
                line.truncate(line.trim_ascii_end().len());
                lines.push(Masked::from_store(line.into()));
            }
        }
    }
    writer.add_training_lines(lines).await
}
