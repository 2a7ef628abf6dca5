//! From the masked places of a session to its archive: frames, pipeline, lines, archive. The server does the same with a
//! journal; here everything is at hand.

use std::path::PathBuf;
use std::sync::Arc;

use codesight_core::model::{
    ArchiveLevel, ConsentSummary, ElementData, FieldPolicy, Finding, FrameIndex, InteractionData, Redaction,
    RedactionReason, RedactionSummary, UnifiedSession,
};
use codesight_core::pipeline::{
    EnhancedInteraction, FrameFacts, Pipeline, ProcessedSession, RecordContent, SessionInput, SessionRecord,
};
use codesight_core::ports::BlobStore;
use codesight_core::privacy::Masked;
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
    let Unarchived { session, records, redaction, created_at, mut findings } = unarchived;
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
    findings.extend(writer.add_frames(means.captured, frame_inputs(&records)).await?);
    let frames = frame_facts(writer.frame_index(), &records);
    let input = SessionInput { session, records, frames, vision: None, findings };
    writer.describe(input.summary());
    let pipeline = means.pipeline;
    let processed = blocking(move || Ok(pipeline.process_session(input))).await?;
    write(&mut writer, &processed).await?;
    writer.finish(means.target, &processed.report).await
}

async fn write(writer: &mut ArchiveWriter, processed: &ProcessedSession) -> Result<()> {
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
        for example in processed.examples() {
            if let Some(mut line) = format.line(&example, &images)?.bytes {
                line.truncate(line.trim_ascii_end().len());
                lines.push(Masked::from_store(line.into()));
            }
        }
    }
    writer.add_training_lines(lines).await
}

fn interactions(records: &[SessionRecord]) -> impl Iterator<Item = (u64, &InteractionData)> {
    records.iter().filter_map(|record| match &record.content {
        RecordContent::Interaction(interaction) => Some((record.seq, &***interaction)),
        _ => None,
    })
}

/// Every use of every frame, with the boxes to paint: those the recorder painted, and the field that was acted on when
/// its value may not be kept.
fn frame_inputs(records: &[SessionRecord]) -> Vec<FrameInput> {
    let mut inputs = Vec::new();
    for (seq, interaction) in interactions(records) {
        for screenshot in &interaction.screenshots {
            let mut redactions = screenshot.redactions.clone();
            if screenshot.scroll == interaction.page_context.scroll {
                redactions.extend(interaction.element.as_ref().and_then(sensitive_box));
            }
            inputs.push(FrameInput { seq: Some(seq), screenshot: screenshot.clone(), redactions });
        }
    }
    inputs
}

fn sensitive_box(element: &ElementData) -> Option<Redaction> {
    let is_sensitive = element.field_policy.is_some_and(|policy| policy != FieldPolicy::Keep);
    let area = element.bounding_box.filter(|area| is_sensitive && area.is_visible_size())?;
    Some(Redaction { area, reason: RedactionReason::SensitiveField })
}

/// What the archive writer found out about the stored frames.
fn frame_facts(index: &FrameIndex, records: &[SessionRecord]) -> Vec<FrameFacts> {
    let media_types: std::collections::HashMap<_, _> = interactions(records)
        .flat_map(|(_, interaction)| &interaction.screenshots)
        .map(|screenshot| (screenshot.hash, screenshot.media_type.as_str()))
        .collect();
    let mut pictures = std::collections::HashMap::new();
    let facts = index.frames.iter().map(|entry| FrameFacts {
        hash: entry.hash,
        media_type: media_types.get(&entry.hash).copied().unwrap_or_default().to_owned(),
        width: entry.width,
        height: entry.height,
        pixel_hash: Some(*pictures.entry(entry.file.as_str()).or_insert(entry.hash)),
        blank: entry.blank,
    });
    facts.collect()
}
