//! What the pipeline is given.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::id::ContentHash;
use crate::model::{
    ArchivedPeople, CaptureGap, Finding, FrameIndex, InteractionData, OtherContent, OtherPlace,
    SessionSummary, UnifiedSession, VisionAnalysis,
};
use crate::ports::{JournalKind, JournalRecord};
use crate::privacy::Masked;
use crate::stages::rules;

/// One session, complete and masked, with everything that outside models said about it.
#[derive(Debug)]
pub struct SessionInput {
    /// The session.
    pub session: Masked<UnifiedSession>,
    /// Its places in order.
    pub records: Vec<SessionRecord>,
    /// The frames that are in the store, in any order.
    pub frames: Vec<FrameFacts>,
    /// What a vision model saw, if one was asked.
    pub vision: Option<VisionAnalysis>,
    /// What was found before, such as frames that could not be decoded.
    pub findings: Vec<Finding>,
}

/// One place of the sequence.
#[derive(Debug)]
pub struct SessionRecord {
    /// Position, from 1.
    pub seq: u64,
    /// What it holds.
    pub content: RecordContent,
}

/// What a place of the sequence holds.
#[derive(Debug)]
pub enum RecordContent {
    /// Something the person did.
    Interaction(Box<Masked<InteractionData>>),
    /// Something the recorder missed.
    Gap(CaptureGap),
    /// Something that came and could not be used.
    Quarantined(Finding),
}

/// What is known of a stored frame without looking at its pixels again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FrameFacts {
    /// SHA-256 of the frame as captured.
    pub hash: ContentHash,
    /// Media type of the encoded image.
    pub media_type: String,
    /// Image pixels.
    pub width: u32,
    /// Image pixels.
    pub height: u32,
    /// SHA-256 of the decoded pixels, when they were decoded: two encodings of one picture share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixel_hash: Option<ContentHash>,
    /// Whether the picture shows one colour only.
    #[serde(default)]
    pub blank: bool,
}

impl FrameFacts {
    /// What the archive writer found out about the stored frames. Frames with the same pixels share a file; the first of
    /// them stands for the picture.
    pub fn of_stored(index: &FrameIndex, records: &[SessionRecord]) -> Vec<Self> {
        let media_types: HashMap<_, _> = records
            .iter()
            .filter_map(SessionRecord::interaction)
            .flat_map(|interaction| &interaction.screenshots)
            .map(|screenshot| (screenshot.hash, screenshot.media_type.as_str()))
            .collect();
        let mut pictures = HashMap::new();
        let facts = index.frames.iter().map(|entry| Self {
            hash: entry.hash,
            media_type: media_types.get(&entry.hash).copied().unwrap_or_default().to_owned(),
            width: entry.width,
            height: entry.height,
            pixel_hash: Some(*pictures.entry(entry.file.as_str()).or_insert(entry.hash)),
            blank: entry.blank,
        });
        facts.collect()
    }

    /// What tells this picture from others: its pixels where they are known, otherwise its bytes.
    pub fn picture(&self) -> ContentHash {
        self.pixel_hash.unwrap_or(self.hash)
    }
}

impl SessionInput {
    /// Input from what the journal holds. A record that cannot be read becomes a finding, never an error.
    pub fn from_journal(
        session: Masked<UnifiedSession>,
        records: impl IntoIterator<Item = JournalRecord>,
        frames: Vec<FrameFacts>,
        vision: Option<VisionAnalysis>,
    ) -> Self {
        let records = records.into_iter().map(SessionRecord::from_journal).collect();
        Self { session, records, frames, vision, findings: Vec::new() }
    }

    /// What an archive says of this input, besides what its files hold. `people` are its people under the stand-ins of the
    /// tenant; the names in the session are left out.
    pub fn summary(&self, people: ArchivedPeople) -> Masked<SessionSummary> {
        Masked::new(SessionSummary {
            kind: self.session.kind,
            goal: self.session.goal.clone(),
            outcome: self.session.outcome.clone(),
            start_time: self.session.start_time,
            end_time: self.session.end_time,
            people,
            other_places: self.records.iter().filter_map(SessionRecord::other_place).collect(),
            findings: self.findings.clone(),
        })
    }
}

impl From<OtherPlace> for SessionRecord {
    fn from(place: OtherPlace) -> Self {
        let content = match place.content {
            OtherContent::Gap(gap) => RecordContent::Gap(gap),
            OtherContent::Quarantined(finding) => RecordContent::Quarantined(finding),
        };
        Self { seq: place.seq, content }
    }
}

impl SessionRecord {
    /// The interaction, if the place holds one.
    pub fn interaction(&self) -> Option<&Masked<InteractionData>> {
        match &self.content {
            RecordContent::Interaction(interaction) => Some(interaction),
            RecordContent::Gap(_) | RecordContent::Quarantined(_) => None,
        }
    }

    fn other_place(&self) -> Option<OtherPlace> {
        let content = match &self.content {
            RecordContent::Interaction(_) => return None,
            RecordContent::Gap(gap) => OtherContent::Gap(gap.clone()),
            RecordContent::Quarantined(finding) => OtherContent::Quarantined(finding.clone()),
        };
        Some(OtherPlace { seq: self.seq, content })
    }

    /// Reads one journal record.
    pub fn from_journal(record: JournalRecord) -> Self {
        let JournalRecord { seq, kind, payload } = record;
        let content = match kind {
            JournalKind::Interaction => {
                payload.parse().map(|interaction| RecordContent::Interaction(Box::new(interaction)))
            }
            JournalKind::Gap => {
                payload.parse().map(|gap: Masked<CaptureGap>| RecordContent::Gap(gap.into_inner()))
            }
            JournalKind::Finding => payload
                .parse()
                .map(|finding: Masked<Finding>| RecordContent::Quarantined(finding.into_inner())),
        };
        let content =
            content.unwrap_or_else(|_| RecordContent::Quarantined(rules::RECORD_UNREADABLE.at(seq)));
        Self { seq, content }
    }
}
