//! One recording: masks what comes, stores it, and seals it. The socket is not here, nor are the protocol's decisions.

use std::sync::Arc;

use codesight_core::id::{ContentHash, SessionId};
use codesight_core::model::{
    Assignments, Finding, FindingPlace, RuleId, SessionOutcome, Severity, values_of,
};
use codesight_core::ports::{
    AuditAction, BlobKey, JobKind, JournalHead, JournalKind, JournalRecord, KeyId, NewJob, NewSession,
    SessionChange, SessionRef,
};
use codesight_core::privacy::{Masked, Masker, MediaPolicy, Raw};
use codesight_core::wire::{
    BlobDescriptor, BlobRole, Identity, ReceivedBlob, ReceivedEntry, Resumed, SessionStart, WireCode,
    verify_blob,
};
use codesight_core::{Error, ErrorKind, Result};

use crate::app::{App, new_id};
use crate::hub::LiveUpdate;
use crate::pixels::{self, FrameBoxes};
use crate::rights;

/// A place that holds JSON which is no interaction.
const INTERACTION_INVALID: RuleId = RuleId::new("interaction-invalid");

/// A session with this connection as its writer.
pub(crate) struct Opened {
    pub(crate) resumed: Resumed,
    pub(crate) masker: Masker,
    pub(crate) boxes: FrameBoxes,
}

/// Creates or finds the session of `start` and becomes its writer.
pub(crate) async fn open(app: &App, identity: &Identity, start: Raw<SessionStart>) -> Result<Opened> {
    let id = SessionId::new(new_id())?;
    let candidate = SessionRef { tenant: identity.tenant.clone(), session: id };
    let mut masker = app.masker(&candidate).await?;
    let start = masker.session_start(start);
    if let Err(error) = may_record(app, identity, &start).await {
        app.keys.destroy(&KeyId::pseudonyms(&candidate.tenant, &candidate.session)).await?;
        return Err(error);
    }
    let key = start.key.clone();
    let digests = app.digests(&identity.tenant).await?;
    let names = [digests.subject(&start.consent.subject), digests.recording(&identity.collector, &key)];
    let (tenant, collector) = (identity.tenant.clone(), identity.collector.clone());
    let flags = app.flags.of_session(&tenant, &collector, &start.consent.subject, &candidate.session).await;
    let session = start.into_session(candidate.session.clone(), tenant, collector, app.clock.now());
    let session = session.with_flags(flags);
    let stored = app.catalog.create(NewSession { key, session }).await?;
    let session = SessionRef { tenant: identity.tenant.clone(), session: stored.id.clone() };
    if app.accounts.is_buried(&session.tenant, &names).await? {
        // An erasure began in between, and may have looked for sessions before this one was there.
        app.catalog.delete(&session).await?;
        app.keys.destroy(&KeyId::pseudonyms(&candidate.tenant, &candidate.session)).await?;
        return Err(erased());
    }
    if session == candidate {
        if let Err(full) = app.storage.admit() {
            app.catalog.delete(&session).await?;
            app.keys.destroy(&KeyId::pseudonyms(&candidate.tenant, &candidate.session)).await?;
            return Err(full);
        }
        app.metrics.session_started();
        app.hub.list(&session);
        let who = identity.collector.as_str();
        app.record(&session.tenant, who, AuditAction::SessionStarted, &session.session).await?;
    } else {
        // The key was made for a session that turned out to exist already, under another id.
        app.keys.destroy(&KeyId::pseudonyms(&candidate.tenant, &candidate.session)).await?;
    }
    attach(app, &session, &stored.flags).await
}

/// Becomes the writer of an existing session of the same collector.
pub(crate) async fn resume(app: &App, identity: &Identity, session: SessionId) -> Result<Opened> {
    let session = SessionRef { tenant: identity.tenant.clone(), session };
    let stored = app.catalog.get(&session).await?;
    if stored.collector != identity.collector {
        return Err(Error::not_found("ingest.resume", "no such session of this collector"));
    }
    app.admit(&identity.tenant, &identity.collector, &stored.consent).await?;
    if app.is_erased(&session).await? {
        return Err(erased());
    }
    app.metrics.session_resumed();
    attach(app, &session, &stored.flags).await
}

/// Whether the person agrees to be recorded, and did not take this very recording back.
async fn may_record(app: &App, identity: &Identity, start: &SessionStart) -> Result<()> {
    let digest = app.digests(&identity.tenant).await?.recording(&identity.collector, &start.key);
    if app.accounts.is_buried(&identity.tenant, &[digest]).await? {
        return Err(erased());
    }
    app.admit(&identity.tenant, &identity.collector, &start.consent).await
}

fn erased() -> Error {
    Error::new(ErrorKind::Forbidden, "ingest.open", "the recording was taken back")
}

async fn attach(app: &App, session: &SessionRef, flags: &Assignments) -> Result<Opened> {
    let head = app.catalog.open_epoch(session, app.clock.now()).await?;
    let masker = app.masker(session).await?;
    let JournalHead { epoch, through, sealed } = head;
    let boxes = if sealed { FrameBoxes::default() } else { FrameBoxes::of_journal(app, session).await? };
    let flags = values_of(flags);
    let resumed = Resumed { session_id: session.session.clone(), epoch, through, sealed, flags };
    Ok(Opened { resumed, masker, boxes })
}

/// Masks the entries of a session.
pub(crate) struct EntryMasker<'a> {
    pub(crate) masker: &'a mut Masker,
    pub(crate) session: &'a SessionId,
    pub(crate) boxes: &'a FrameBoxes,
    pub(crate) policy: MediaPolicy,
    /// Frames of which the entries told new boxes.
    pub(crate) told: Vec<ContentHash>,
}

impl EntryMasker<'_> {
    /// The entries as records of the journal, from place `first_seq` on.
    pub(crate) fn mask(&mut self, first_seq: u64, entries: Vec<ReceivedEntry>) -> Result<Vec<JournalRecord>> {
        (first_seq..).zip(entries).map(|(seq, entry)| mask_entry(self, seq, entry)).collect()
    }
}

fn mask_entry(mask: &mut EntryMasker<'_>, seq: u64, entry: ReceivedEntry) -> Result<JournalRecord> {
    let (kind, payload) = match entry {
        ReceivedEntry::Interaction(raw) => {
            let masked = mask.masker.interaction(raw.in_place(mask.session.clone(), seq));
            mask.told.extend(mask.boxes.learn(&masked, mask.policy));
            (JournalKind::Interaction, masked.to_json()?)
        }
        ReceivedEntry::Gap(gap) => (JournalKind::Gap, mask.masker.gap(gap).to_json()?),
        ReceivedEntry::Unusable { at: (line, column), bytes } => {
            let message = format!("{bytes} bytes that are no interaction: line {line}, column {column}");
            let finding = Finding {
                rule: INTERACTION_INVALID,
                severity: Severity::Error,
                place: FindingPlace { seq: Some(seq), field: None },
                message,
            };
            (JournalKind::Finding, Masked::from(finding).to_json()?)
        }
    };
    Ok(JournalRecord { seq, kind, payload })
}

/// Checks a blob and stores it; says with which code it is refused.
pub(crate) async fn store_blob(
    app: &App,
    session: SessionRef,
    boxes: &FrameBoxes,
    blob: ReceivedBlob,
) -> Result<ContentHash, WireCode> {
    let limits = app.limits;
    let ReceivedBlob { descriptor, bytes } = blob;
    let hash = descriptor.hash;
    let check = tokio::task::spawn_blocking({
        let (descriptor, bytes) = (descriptor.clone(), bytes.clone());
        move || verify_blob(&descriptor, &bytes, &limits)
    });
    let size = bytes.len();
    match check.await {
        Ok(Ok(())) => match keep_blob(app, &session, boxes, &descriptor, bytes).await {
            // An erasure may have begun since, and looked for blobs before this one was there.
            Ok(()) if app.is_erased(&session).await.unwrap_or(true) => {
                match app.rights().sweep_session(&session).await {
                    Ok(()) => Err(WireCode::ConsentMissing),
                    Err(_) => Err(WireCode::StorageUnavailable),
                }
            }
            Ok(()) => {
                app.metrics.frame_stored(size);
                app.storage.wrote(size as u64);
                app.hub.publish(&session, LiveUpdate::Frame { hash: hash.to_hex() });
                Ok(hash)
            }
            Err(error) => {
                tracing::warn!(session = %session, error = %error, "a blob could not be stored");
                Err(WireCode::StorageUnavailable)
            }
        },
        Ok(Err(code)) => Err(code),
        Err(_) => Err(WireCode::StorageUnavailable),
    }
}

/// Stores a blob that was checked: frames with their sensitive boxes painted, sound as it is.
async fn keep_blob(
    app: &App,
    session: &SessionRef,
    boxes: &FrameBoxes,
    descriptor: &BlobDescriptor,
    bytes: bytes::Bytes,
) -> Result<()> {
    match descriptor.role {
        BlobRole::Frame => pixels::store(app, session, boxes, &descriptor.hash, bytes).await,
        BlobRole::Audio => {
            let key = BlobKey::captured(&session.tenant, &session.session, &descriptor.hash);
            app.blobs.put(&key, bytes).await.map(|_| ())
        }
    }
}

/// Seals a session and queues its processing. With an `epoch` only its writer may.
pub(crate) async fn seal(
    app: &App,
    session: &SessionRef,
    epoch: Option<u64>,
    outcome: Option<SessionOutcome>,
) -> Result<JournalHead> {
    let now = app.clock.now();
    if outcome == Some(SessionOutcome::Withdrawn) {
        let head = app.catalog.head(session).await?;
        if let Some(epoch) = epoch {
            head.check_epoch("ingest.seal", epoch)?;
        }
        rights::erase_withdrawn(app, session).await?;
        return Ok(head);
    }
    if outcome.is_some() {
        app.catalog.update(session, SessionChange { outcome, ..SessionChange::default() }).await?;
    }
    let job = NewJob {
        id: new_id().parse()?,
        kind: JobKind::ProcessSession,
        session: session.clone(),
        run_at: now,
    };
    let head = app.catalog.seal(session, epoch, job, now).await?;
    app.record(&session.tenant, "server", AuditAction::SessionSealed, &session.session).await?;
    app.metrics.session_sealed();
    app.hub.publish(session, LiveUpdate::Sealed { through: head.through });
    app.job_queued.notify_one();
    Ok(head)
}

/// What the client is told when a session cannot be opened.
pub(crate) fn open_refusal(error: &Error) -> WireCode {
    match error.kind() {
        ErrorKind::NotFound => WireCode::SessionUnknown,
        ErrorKind::Forbidden => WireCode::ConsentMissing,
        ErrorKind::Invalid => WireCode::InvalidMessage,
        _ => WireCode::StorageUnavailable,
    }
}

/// A masker shared between the connection and the tasks that work for it.
pub(crate) type SharedMasker = Arc<std::sync::Mutex<Masker>>;
