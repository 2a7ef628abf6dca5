//! Recordings: files of wire messages, read, masked and archived.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use codesight_core::id::{CollectorId, ContentHash, SessionId, TenantId};
use codesight_core::memory::MemoryBlobStore;
use codesight_core::model::{
    ArchiveLevel, ArchivedPeople, Finding, FindingPlace, InteractionData, RedactionSummary, RuleId,
    SessionOutcome, Severity, UnifiedSession,
};
use codesight_core::pipeline::{Pipeline, RecordContent, SessionRecord};
use codesight_core::ports::{BlobKey, BlobStore, SecretKey, SessionChange};
use codesight_core::privacy::{Masker, PatternDetector, PiiDetector, Pseudonymizer, Raw, count_placeholders};
use codesight_core::rights::TenantDigests;
use codesight_core::time::Timestamp;
use codesight_core::wire::{
    ClientFrame, ClientMessage, Incoming, Outgoing, ReceivedEntry, RecordingReader, SessionStart, WireLimits,
    decode,
};
use codesight_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::archive::pipeline;
use crate::clock::random;
use crate::compose::{Means, Unarchived, archive};
use crate::errors::exception;
use crate::runtime::wait;
use crate::store::Blobs;

/// Masks and processes a recording, and writes its archive into a store. Returns the key of the archive.
#[pyfunction]
#[pyo3(signature = (recording, target, scratch, *, tenant, session, collector, key, config, level))]
#[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
pub(crate) fn archive_recording(
    py: Python<'_>,
    recording: PyBackedBytes,
    target: &Blobs,
    scratch: PathBuf,
    tenant: &str,
    session: Option<&str>,
    collector: Option<&str>,
    key: Option<[u8; 32]>,
    config: Option<&str>,
    level: Option<&str>,
) -> PyResult<String> {
    let recording = Bytes::from_owner(recording);
    let id = match session {
        Some(session) => SessionId::new(session),
        // The same recording is the same session.
        None => SessionId::new(&ContentHash::of(&recording).to_hex()[..32]),
    };
    let identity = Identity {
        tenant: TenantId::new(tenant).map_err(exception)?,
        session: id.map_err(exception)?,
        collector: collector.map(CollectorId::new).transpose().map_err(exception)?,
    };
    let key = StandInKey::new(key).map_err(exception)?;
    let pipeline = Arc::new(pipeline(config).map_err(exception)?);
    let level = level.map(archive_level).transpose().map_err(exception)?.unwrap_or_default();
    let target = target.store("recording.archive")?;
    let published = wait(py, async move {
        let captured = MemoryBlobStore::new();
        let unarchived = read(recording, identity, key, &captured).await?;
        publish(unarchived, &captured, &target, scratch, level, &pipeline).await
    })?;
    Ok(published)
}

/// Writes the archive of a session and returns its key.
pub(crate) async fn publish(
    unarchived: Unarchived,
    captured: &dyn BlobStore,
    target: &Arc<dyn BlobStore>,
    scratch: PathBuf,
    level: ArchiveLevel,
    pipeline: &Arc<Pipeline>,
) -> Result<String> {
    let means = Means { captured, target: target.as_ref(), scratch, level, pipeline: Arc::clone(pipeline) };
    Ok(archive(unarchived, means).await?.archive.url)
}

/// The level of that name.
pub(crate) fn archive_level(name: &str) -> Result<ArchiveLevel> {
    serde_json::from_value(serde_json::Value::from(name))
        .map_err(|_| Error::invalid("archive.level", "full, hybrid, compact or exact"))
}

/// Which session it becomes.
pub(crate) struct Identity {
    pub(crate) tenant: TenantId,
    pub(crate) session: SessionId,
    /// None where it is not known who recorded.
    pub(crate) collector: Option<CollectorId>,
}

/// What stand-ins are made with.
#[derive(Clone)]
pub(crate) struct StandInKey {
    key: SecretKey,
    /// Whether it was given, so that the next archive can be written under it as well.
    is_given: bool,
}

impl StandInKey {
    /// The given key, or one that nobody will know.
    pub(crate) fn new(given: Option<[u8; 32]>) -> Result<Self> {
        let is_given = given.is_some();
        let bytes = given.map_or_else(random, Ok)?;
        Ok(Self { key: SecretKey::from_bytes(bytes), is_given })
    }

    /// Whose session it is. Nobody under a key that was not given: in the next archive the same person would be another.
    fn people(&self, session: &UnifiedSession) -> ArchivedPeople {
        if !self.is_given {
            return ArchivedPeople::default();
        }
        let ArchivedPeople { collector, subject } = TenantDigests::new(self.key.clone()).people(session);
        ArchivedPeople {
            collector: collector.filter(|_| session.collector.as_str() != UNKNOWN),
            subject: subject.filter(|_| session.consent.subject.as_str() != UNKNOWN),
        }
    }
}

/// Who records or is recorded, where nobody said.
pub(crate) const UNKNOWN: &str = "unknown";

async fn read(
    recording: Bytes,
    identity: Identity,
    key: StandInKey,
    captured: &dyn BlobStore,
) -> Result<Unarchived> {
    let limits = WireLimits::default();
    let mut reading = Reading::begin(key, identity.session.clone());
    let mut messages = RecordingReader::new(recording, limits.max_bytes(true))?;
    let start = first(&mut messages)?;
    let mut outcome = None;
    for message in messages {
        match message? {
            Outgoing::Text(ClientMessage::Batch(batch)) => {
                for interaction in batch.interactions {
                    reading.take(ReceivedEntry::Interaction(Box::new(Raw::new(interaction))))?;
                }
            }
            Outgoing::Text(ClientMessage::Gap(report)) => reading.take(ReceivedEntry::Gap(report.gap))?,
            Outgoing::Text(ClientMessage::SessionStop(stop)) => outcome = stop.outcome,
            Outgoing::Text(_) => {}
            Outgoing::Binary(message) => store(message, &identity, &limits, captured).await?,
        }
    }
    reading.end(Raw::new(start), identity, outcome, Vec::new())
}

fn first(messages: &mut RecordingReader) -> Result<SessionStart> {
    match messages.next().transpose()? {
        Some(Outgoing::Text(ClientMessage::SessionStart(start))) => Ok(*start),
        _ => Err(Error::invalid("recording.read", "a recording begins with session.start")),
    }
}

async fn store(
    message: Bytes,
    identity: &Identity,
    limits: &WireLimits,
    captured: &dyn BlobStore,
) -> Result<()> {
    let refused = || Error::new(ErrorKind::Corrupt, "recording.read", "a binary message is no blob");
    let Ok(ClientFrame::Blob(blob)) = decode(Incoming::Binary(message), limits, true) else {
        return Err(refused());
    };
    let key = BlobKey::captured(&identity.tenant, &identity.session, &blob.descriptor.hash);
    captured.put(&key, blob.bytes).await.map(|_| ())
}

/// A place that holds JSON which is no interaction.
const INTERACTION_INVALID: RuleId = RuleId::new("interaction-invalid");

/// The places of a session so far, masked as they come.
pub(crate) struct Reading {
    key: StandInKey,
    masker: Masker,
    detector: String,
    session: SessionId,
    records: Vec<SessionRecord>,
    span: Option<(Timestamp, Timestamp)>,
    masked: BTreeMap<String, u32>,
}

impl Reading {
    /// Before the first place.
    pub(crate) fn begin(key: StandInKey, session: SessionId) -> Self {
        let detector = Arc::new(PatternDetector::new());
        let version = detector.version().to_owned();
        let masker = Masker::new(detector, Pseudonymizer::new(key.key.clone()));
        let (records, masked) = (Vec::new(), BTreeMap::new());
        Self { key, masker, detector: version, session, records, span: None, masked }
    }

    /// Takes the next place.
    pub(crate) fn take(&mut self, entry: ReceivedEntry) -> Result<()> {
        let seq = self.records.len() as u64 + 1;
        let content = match entry {
            ReceivedEntry::Interaction(raw) => {
                let at = raw.inspect(|interaction: &InteractionData| interaction.timestamp);
                let (from, until) = self.span.unwrap_or((at, at));
                self.span = Some((from.min(at), until.max(at)));
                let masked = self.masker.interaction(raw.in_place(self.session.clone(), seq));
                count_placeholders(&masked.to_json()?, &mut self.masked);
                RecordContent::Interaction(Box::new(masked))
            }
            ReceivedEntry::Gap(gap) => RecordContent::Gap(self.masker.gap(gap).into_inner()),
            ReceivedEntry::Unusable { at: (line, column), bytes } => RecordContent::Quarantined(Finding {
                rule: INTERACTION_INVALID,
                severity: Severity::Error,
                place: FindingPlace { seq: Some(seq), field: None },
                message: format!("{bytes} bytes that are no interaction: line {line}, column {column}"),
            }),
        };
        self.records.push(SessionRecord { seq, content });
        Ok(())
    }

    /// The session of these places.
    pub(crate) fn end(
        mut self,
        start: Raw<SessionStart>,
        identity: Identity,
        outcome: Option<SessionOutcome>,
        findings: Vec<Finding>,
    ) -> Result<Unarchived> {
        let (from, until) = self.span.unwrap_or_default();
        let start = self.masker.session_start(start);
        let collector = identity.collector.map_or_else(|| CollectorId::new(UNKNOWN), Ok)?;
        let mut session = start.into_session(identity.session, identity.tenant, collector, from);
        session.apply(&SessionChange { outcome, ..SessionChange::default() })?;
        let redaction = RedactionSummary { text: self.masked, boxes: 0, detector: self.detector };
        let people = self.key.people(&session);
        Ok(Unarchived { session, people, records: self.records, redaction, created_at: until, findings })
    }
}
