//! From an archive back to what the pipeline was given: a later version of the pipeline, or another configuration of it,
//! runs on archives alone.

use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::id::{CollectorId, SubjectId};
use codesight_core::model::{
    ArchivedPeople, InteractionData, SessionConsent, SessionStatus, SessionSummary, UnifiedSession,
    VisionAnalysis,
};
use codesight_core::pipeline::{FrameFacts, RecordContent, SessionInput, SessionRecord};
use codesight_core::privacy::Masked;
use codesight_core::time::Timestamp;
use serde_json::value::RawValue;

use super::layout::{INTERACTIONS, VISION};
use super::{ArchiveReader, INTERACTION_UNREADABLE};

/// Stands for the people of an archive that does not say whose it is.
const NOT_ARCHIVED: &str = "not-archived";

impl ArchiveReader<'_> {
    /// What the pipeline was given when this archive was written. The same pipeline makes the same of it, byte for byte.
    ///
    /// Collector and subject have the stand-ins that the archive has for them; where it says nothing they are called
    /// `not-archived`. An archive without a summary of its session gives one without a goal.
    ///
    /// # Errors
    /// As [`read_entry`](Self::read_entry), and `Corrupt` when a file is not the JSON it must be. A single interaction
    /// that does not fit its type is a finding at its place.
    pub async fn session_input(&self) -> Result<SessionInput> {
        let summary = self.manifest().session.clone().unwrap_or_default();
        let mut records = interactions(&self.read_entry(INTERACTIONS).await?)?;
        let frames = FrameFacts::of_stored(self.frame_index().await?, &records);
        let vision: VisionAnalysis = parse(&self.read_entry(VISION).await?, VISION)?;
        let session = self.session(&summary)?;
        records.extend(summary.other_places.into_iter().map(SessionRecord::from));
        records.sort_by_key(|record| record.seq);
        let vision = (vision != VisionAnalysis::default()).then_some(vision);
        Ok(SessionInput { session, records, frames, vision, findings: summary.findings })
    }

    /// Whose session it is, under stand-ins; nobody where the archive does not say.
    pub fn people(&self) -> ArchivedPeople {
        self.manifest().session.as_ref().map(|summary| summary.people.clone()).unwrap_or_default()
    }

    fn session(&self, summary: &SessionSummary) -> Result<Masked<UnifiedSession>> {
        let manifest = self.manifest();
        let places = summary.other_places.len() as u64;
        let ArchivedPeople { collector, subject } = summary.people.clone();
        let consent = SessionConsent {
            subject: subject.map_or_else(|| SubjectId::new(NOT_ARCHIVED), Ok)?,
            text_version: manifest.consent.text_version.clone(),
            purposes: manifest.consent.purposes.clone(),
            given_at: Timestamp::default(),
            evidence_hash: None,
            global_privacy_control: false,
        };
        let begun = UnifiedSession::new(
            manifest.session_id.clone(),
            manifest.tenant.clone(),
            collector.map_or_else(|| CollectorId::new(NOT_ARCHIVED), Ok)?,
            consent,
            summary.start_time,
        );
        Ok(Masked::from_store(UnifiedSession {
            kind: summary.kind,
            status: SessionStatus::Completed,
            goal: summary.goal.clone(),
            end_time: summary.end_time,
            duration: summary.end_time.map(|end| end.millis_since(summary.start_time) as f64),
            outcome: summary.outcome.clone(),
            interaction_count: places,
            ..begun
        }))
    }
}

fn parse<'b, T: serde::Deserialize<'b>>(bytes: &'b [u8], path: &'static str) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| {
        Error::new(ErrorKind::Corrupt, "archive.input", "a file of the archive does not fit its type")
            .with("path", path)
            .with("line", error.line())
            .with("column", error.column())
    })
}

fn interactions(bytes: &[u8]) -> Result<Vec<SessionRecord>> {
    #[derive(serde::Deserialize)]
    struct Numbered {
        seq: u64,
    }
    let all: Vec<&RawValue> = parse(bytes, INTERACTIONS)?;
    let mut records = Vec::with_capacity(all.len());
    let mut last = 0;
    for json in all {
        let interaction = serde_json::from_str::<InteractionData>(json.get());
        let seq = match &interaction {
            Ok(interaction) => interaction.seq,
            Err(_) => serde_json::from_str(json.get()).ok().map(|Numbered { seq }| seq),
        };
        last = seq.unwrap_or(last + 1);
        let content = match interaction {
            Ok(mut interaction) => {
                // What the stages made of it is made anew.
                interaction.extra.remove("derived");
                RecordContent::Interaction(Box::new(Masked::from_store(interaction)))
            }
            Err(_) => RecordContent::Quarantined(codesight_core::model::Finding::at(
                last,
                INTERACTION_UNREADABLE,
                codesight_core::model::Severity::Error,
                "an interaction of the archive does not fit its type",
            )),
        };
        records.push(SessionRecord { seq: last, content });
    }
    Ok(records)
}
