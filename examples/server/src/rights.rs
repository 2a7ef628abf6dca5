//! Consent and subject rights in the server: who may be recorded, what they may be recorded for, and what is done when
//! they take it back. The rules are in `codesight_core::rights`, the deletions in `codesight_storage::rights`.

use axum::http::HeaderMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use std::sync::Arc;

use codesight_core::id::{CollectorId, RequestId, SessionId, SubjectId, TenantId};
use codesight_core::model::{SessionConsent, UnifiedSession};
use codesight_core::ports::{AuditAction, AuditEntry, AuditEvent, SessionRef};
use codesight_core::rights::{
    AuditCheckpoint, ConsentDecision, ConsentRecord, ConsentState, LegalHold, Regime, RequestKind,
    RequestScope, RightsRequest, TenantDigests,
};
use codesight_core::{Error, ErrorKind, Result};
use codesight_storage::rights::{NewRequest, RightsBackends};

use crate::app::{App, new_id, random_key};

/// How often unfinished erasures are taken up again, and the log's checkpoint is renewed.
const SWEEP: Duration = Duration::from_secs(15);
const CHECKPOINT_EVERY: u32 = 20;
/// Unfinished requests looked at in one sweep.
const SWEEP_PAGE: usize = 100;
/// Entries of the log read at a time to find its end.
const LOG_PAGE: usize = 1_000;

fn new_request(
    tenant: &TenantId,
    kind: RequestKind,
    regime: Regime,
    scope: RequestScope,
    taken_by: &str,
) -> Result<NewRequest> {
    let (id, tenant, taken_by) = (RequestId::new(new_id())?, tenant.clone(), taken_by.to_owned());
    Ok(NewRequest { id, tenant, kind, regime, scope, taken_by })
}

fn refused(message: &str) -> Error {
    Error::new(ErrorKind::Forbidden, "consent.check", message)
}

impl App {
    /// The backends, as the subject's rights need them.
    pub(crate) fn rights(&self) -> RightsBackends {
        RightsBackends {
            catalog: Arc::clone(&self.catalog),
            blobs: Arc::clone(&self.blobs),
            uploads: Some(self.uploads.clone()),
            keys: Arc::clone(&self.keys),
            audit: Arc::clone(&self.audit),
            accounts: Arc::clone(&self.accounts),
            providers: self.providers.clone(),
            clock: Arc::clone(&self.clock),
            random_key,
        }
    }

    /// The digests of a tenant. Their key is read once.
    pub(crate) async fn digests(&self, tenant: &TenantId) -> Result<TenantDigests> {
        if let Some(known) = self.digests.lock().await.get(tenant) {
            return Ok(known.clone());
        }
        let digests = self.rights().digests(tenant).await?;
        self.digests.lock().await.insert(tenant.clone(), digests.clone());
        Ok(digests)
    }

    /// Writes about a person into the audit log, under their stand-in.
    pub(crate) async fn record_about(
        &self,
        tenant: &TenantId,
        actor: &str,
        action: AuditAction,
        subject: &SubjectId,
        detail: Option<String>,
    ) -> Result<()> {
        let stand_in = self.digests(tenant).await?.stand_in(subject);
        let event = AuditEvent {
            at: self.clock.now(),
            tenant: tenant.clone(),
            actor: actor.to_owned(),
            action,
            session: None,
            subject: Some(stand_in),
            detail,
        };
        self.audit.append(event).await.map(|_| ())
    }

    /// Records a decision, and says what all decisions of the person come to.
    pub(crate) async fn record_consent(&self, record: ConsentRecord) -> Result<ConsentState> {
        let (tenant, subject) = (record.tenant.clone(), record.subject.clone());
        self.refuse_the_erased(&tenant, &subject).await?;
        let known = self.accounts.history(&tenant, &subject).await?;
        if known.iter().any(|one| one.is_same_decision(&record)) {
            return Ok(ConsentState::of(&known));
        }
        let action = match record.decision {
            ConsentDecision::Granted => AuditAction::ConsentGranted,
            ConsentDecision::Withdrawn => AuditAction::ConsentWithdrawn,
        };
        let source = record.source.clone();
        let detail = Some(record.text_version.clone()).filter(|version| version.len() <= 70);
        let history = self.accounts.record(record).await?;
        self.record_about(&tenant, source.as_str(), action, &subject, detail).await?;
        Ok(ConsentState::of(&history))
    }

    /// Whether this consent lets a session begin. What the consent says is recorded first: it is the evidence.
    ///
    /// # Errors
    /// [`ErrorKind::Forbidden`] when the person never agreed, took it back, or was erased.
    pub(crate) async fn admit(
        &self,
        tenant: &TenantId,
        collector: &CollectorId,
        consent: &SessionConsent,
    ) -> Result<()> {
        let admitted = self.try_admit(tenant, collector, consent).await;
        if let Err(error) = &admitted
            && error.kind() == ErrorKind::Forbidden
        {
            let (who, subject) = (collector.as_str(), &consent.subject);
            self.record_about(tenant, who, AuditAction::RecordingRefused, subject, None).await?;
        }
        admitted
    }

    async fn try_admit(
        &self,
        tenant: &TenantId,
        collector: &CollectorId,
        consent: &SessionConsent,
    ) -> Result<()> {
        if consent.purposes.is_empty() {
            return Err(refused("the consent names no purpose"));
        }
        if !self.consent_texts.is_empty() && !self.consent_texts.contains(&consent.text_version) {
            return Err(refused("the consent is to a text that is not in use here"));
        }
        let now = self.clock.now();
        let grant = ConsentRecord::grant(tenant.clone(), collector.clone(), consent, now);
        let state = self.record_consent(grant).await?;
        if state.permits_recording() { Ok(()) } else { Err(refused("the person has taken the consent back")) }
    }

    async fn refuse_the_erased(&self, tenant: &TenantId, subject: &SubjectId) -> Result<()> {
        let digest = self.digests(tenant).await?.subject(subject);
        let is_erased =
            TenantDigests::is_stand_in(subject) || self.accounts.is_buried(tenant, &[digest]).await?;
        if is_erased { Err(refused("the person was erased")) } else { Ok(()) }
    }

    /// Whether the session was erased, or is being erased.
    pub(crate) async fn is_erased(&self, session: &SessionRef) -> Result<bool> {
        let digest = self.digests(&session.tenant).await?.session(&session.session);
        self.accounts.is_buried(&session.tenant, &[digest]).await
    }

    /// Whether the person agreed to a purpose when the session was recorded, and agrees to it now.
    pub(crate) async fn permits(&self, session: &UnifiedSession, purpose: &str) -> Result<bool> {
        if !session.consent.names(purpose) {
            return Ok(false);
        }
        let history = self.accounts.history(&session.tenant, &session.consent.subject).await?;
        Ok(ConsentState::of(&history).permits(purpose))
    }

    /// Takes a request in, with the days the law gives it.
    pub(crate) async fn open_request(
        &self,
        tenant: &TenantId,
        kind: RequestKind,
        regime: Regime,
        scope: RequestScope,
        taken_by: &str,
    ) -> Result<RightsRequest> {
        self.rights().open_request(new_request(tenant, kind, regime, scope, taken_by)?).await
    }

    /// Erases everything of a person, or one session of theirs. An erasure of the same that is under way is gone on with.
    pub(crate) async fn erase(
        &self,
        tenant: &TenantId,
        scope: RequestScope,
        regime: Regime,
        taken_by: &str,
    ) -> Result<RightsRequest> {
        let request = new_request(tenant, RequestKind::Erasure, regime, scope, taken_by)?;
        let erased = self.rights().erase_once(request).await?;
        self.keep_checkpoint().await?;
        Ok(erased)
    }

    /// Takes back what a person agreed to: all of it when no purpose is named. Who takes everything back is erased, too
    /// (GDPR Art. 17(1)(b)), unless `keep` says that there is another ground to keep what was recorded; recording ends in
    /// any case.
    pub(crate) async fn withdraw(
        &self,
        withdrawal: ConsentRecord,
        keep: bool,
    ) -> Result<Option<RightsRequest>> {
        let (tenant, subject) = (withdrawal.tenant.clone(), withdrawal.subject.clone());
        let source = withdrawal.source.to_string();
        let state = self.record_consent(withdrawal).await?;
        if state.permits_recording() {
            return Ok(None);
        }
        for session in self.rights().sessions_of(&tenant, &subject).await? {
            if session.end_time.is_none() {
                // Whoever still writes is shut out by the new epoch, and refused when it comes back.
                let place = SessionRef { tenant: tenant.clone(), session: session.id.clone() };
                let head = self.catalog.open_epoch(&place, self.clock.now()).await?;
                if keep && !head.sealed {
                    crate::ingest::seal(self, &place, Some(head.epoch), None).await?;
                }
            }
        }
        if keep {
            return Ok(None);
        }
        self.erase(&tenant, RequestScope::Subject { subject }, Regime::Gdpr, &source).await.map(Some)
    }

    /// Places a hold: nothing of the person is deleted until it is released.
    pub(crate) async fn place_hold(&self, hold: LegalHold) -> Result<()> {
        self.refuse_the_erased(&hold.tenant, &hold.subject).await?;
        let (tenant, subject, who) = (hold.tenant.clone(), hold.subject.clone(), hold.placed_by.clone());
        self.accounts.place_hold(hold).await?;
        self.record_about(&tenant, &who, AuditAction::HoldPlaced, &subject, None).await
    }

    /// Releases a hold; says whether there was one. What waited for it is gone on with by the next sweep.
    pub(crate) async fn release_hold(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        who: &str,
    ) -> Result<bool> {
        let released = self.accounts.release_hold(tenant, subject).await?;
        if released {
            self.record_about(tenant, who, AuditAction::HoldReleased, subject, None).await?;
        }
        Ok(released)
    }

    /// Signs where the log stands, if it has grown since that was signed last.
    pub(crate) async fn keep_checkpoint(&self) -> Result<()> {
        let mut signed = self.signed_through.load(Ordering::SeqCst);
        while let Some(last) = self.accounts.checkpoints(signed, LOG_PAGE).await?.pop() {
            signed = last.position;
        }
        let mut last: Option<AuditEntry> = None;
        while let Some(entry) =
            self.audit.read(last.as_ref().map_or(signed, |entry| entry.position), LOG_PAGE).await?.pop()
        {
            last = Some(entry);
        }
        self.signed_through.store(signed, Ordering::SeqCst);
        // The use of the signing key is an entry itself; that alone is no reason to sign again.
        match last {
            Some(entry) if entry.position > signed + 1 => {
                let signer = self.rights().signer().await?;
                let checkpoint = AuditCheckpoint::sign(&entry, self.clock.now(), &signer)?;
                tracing::info!(position = checkpoint.position, hash = %entry.hash, "audit log signed");
                self.accounts.keep_checkpoint(checkpoint).await
            }
            _ => Ok(()),
        }
    }
}

/// Takes up erasures that were interrupted or held, and signs the audit log from time to time, until shutdown.
pub(crate) async fn keep_promises(app: App) {
    let mut sweeps: u32 = 0;
    loop {
        if sweeps.is_multiple_of(CHECKPOINT_EVERY)
            && let Err(error) = app.keep_checkpoint().await
        {
            tracing::warn!(error = %error, "the audit log could not be signed");
        }
        sweeps = sweeps.wrapping_add(1);
        finish_erasures(&app).await;
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            () = app.shutdown.cancelled() => break,
        }
    }
    if let Err(error) = app.keep_checkpoint().await {
        tracing::warn!(error = %error, "the audit log could not be signed");
    }
}

async fn finish_erasures(app: &App) {
    let unsettled = match app.accounts.unsettled(None, SWEEP_PAGE).await {
        Ok(unsettled) => unsettled,
        Err(error) => {
            tracing::warn!(error = %error, "unsettled requests could not be listed");
            return;
        }
    };
    let now = app.clock.now();
    for request in unsettled {
        if request.is_overdue(now) {
            tracing::error!(request = %request.id, due = %request.due_at, "a request is overdue");
        }
        if request.kind == RequestKind::Erasure
            && let Err(error) = app.rights().erase(request).await
            // Somebody else is at it.
            && error.kind() != ErrorKind::Conflict
        {
            tracing::warn!(error = %error, "an erasure was interrupted; it will be taken up again");
        }
    }
}

/// Whether a request says that its sender opts out of being shared: `Sec-GPC` is `1` or absent, nothing else.
pub(crate) fn sends_privacy_control(headers: &HeaderMap) -> bool {
    headers.get("sec-gpc").is_some_and(|value| value.as_bytes() == b"1")
}

/// A withdrawal as it is recorded.
pub(crate) fn withdrawal(
    app: &App,
    tenant: &TenantId,
    subject: SubjectId,
    purposes: Vec<String>,
    source: CollectorId,
) -> ConsentRecord {
    let now = app.clock.now();
    ConsentRecord {
        tenant: tenant.clone(),
        subject,
        decision: ConsentDecision::Withdrawn,
        text_version: "withdrawal".to_owned(),
        purposes,
        at: now,
        recorded_at: now,
        evidence_hash: None,
        global_privacy_control: false,
        source,
    }
}

/// Erases one session in the background: its recorder said that the person wants it gone. The request is durable when
/// this returns, so that nothing stops the erasure but a hold.
pub(crate) async fn erase_withdrawn(app: &App, session: &SessionRef) -> Result<()> {
    let stored = app.catalog.get(session).await?;
    let scope = RequestScope::Session {
        session: SessionId::clone(&session.session),
        subject: stored.consent.subject.clone(),
    };
    let collector = stored.collector.to_string();
    let kind = RequestKind::Erasure;
    let request = app.open_request(&session.tenant, kind, Regime::Gdpr, scope, &collector).await?;
    let app = app.clone();
    let tasks = app.tasks.clone();
    tasks.spawn(async move {
        if let Err(error) = app.rights().erase(request).await {
            tracing::warn!(error = %error, "an erasure was interrupted; it will be taken up again");
        }
    });
    Ok(())
}
