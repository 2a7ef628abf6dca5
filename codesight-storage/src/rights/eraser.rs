//! Erasing a person, or one of their sessions, step by step.
//!
//! How far it is stands in the request, written down after each step. A crash between two writes leaves a step that is
//! done again from its beginning, and every step may be. Names are buried first, so that nothing new comes in; the
//! person's name is given up after everything it leads to is gone; and the certificate is signed after everything was
//! looked for once more.

use std::collections::BTreeSet;

use codesight_core::error::ErrorKind;
use codesight_core::id::{SessionId, TenantId};
use codesight_core::model::UnifiedSession;
use codesight_core::ports::{AuditAction, AuditEntry, AuditEvent, ExportPlace, KeyId, SessionRef};
use codesight_core::rights::{
    CertificateScope, ErasureCertificate, ErasureInventory, ErasureProgress, ErasureStep, ProviderFile,
    RequestKind, RequestScope, RequestStatus, RightsRequest, TenantDigests,
};
use codesight_core::{Error, Result};

use super::RightsBackends;
use super::delete::UNNAMED_SERVICE;

/// How often what came back is deleted again, before a later run has to go on.
const MOST_ROUNDS: u32 = 3;

impl RightsBackends {
    /// Goes on with an erasure until it is certified, or held. Safe to call again at any time, and after any error.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a request of another kind, [`ErrorKind::Conflict`] when somebody else goes on with it
    /// at the same time, and what the backends say; the request stands where it got to.
    pub async fn erase(&self, mut request: RightsRequest) -> Result<RightsRequest> {
        if request.kind != RequestKind::Erasure {
            return Err(Error::invalid("rights.erase", "the request does not ask for an erasure"));
        }
        let digests = self.digests(&request.tenant).await?;
        let mut rounds = 0;
        loop {
            let mut progress = request.erasure.clone().unwrap_or_default();
            request = match progress.done {
                ErasureStep::Received if self.is_held(&request).await? => return self.hold(request).await,
                ErasureStep::Received => {
                    self.bury_scope(&request, &digests).await?;
                    self.advance(request, progress, ErasureStep::Buried).await?
                }
                ErasureStep::Buried => {
                    progress.inventory = self.take_stock(&request, &digests).await?;
                    self.advance(request, progress, ErasureStep::Listed).await?
                }
                ErasureStep::Listed if self.is_held(&request).await? => return self.hold(request).await,
                ErasureStep::Listed => {
                    let sessions = &progress.inventory.sessions;
                    self.delete_exports(&request.tenant, sessions).await?;
                    self.delete_sessions(&request.tenant, sessions).await?;
                    progress.pending = self.delete_provider_files(&progress.inventory.provider_files).await;
                    self.advance(request, progress, ErasureStep::Deleted).await?
                }
                ErasureStep::Deleted => {
                    let request = self.forget_name(request, &digests).await?;
                    self.advance(request, progress, ErasureStep::Forgotten).await?
                }
                ErasureStep::Forgotten => {
                    self.accounts.scrub().await?;
                    self.advance(request, progress, ErasureStep::Scrubbed).await?
                }
                ErasureStep::Scrubbed => {
                    match self.count_left(&request.tenant, &progress.inventory.sessions).await? {
                        0 => self.certify(request, progress, &digests).await?,
                        left if rounds == MOST_ROUNDS => {
                            let message = "something is stored anew as fast as it is deleted";
                            return Err(Error::new(ErrorKind::Unavailable, "rights.erase", message)
                                .with("left", left));
                        }
                        _ => {
                            rounds += 1;
                            self.advance(request, progress, ErasureStep::Listed).await?
                        }
                    }
                }
                ErasureStep::Certified => return self.settle_pending(request, progress, &digests).await,
            };
        }
    }

    /// Writes down that a step is done.
    async fn advance(
        &self,
        mut request: RightsRequest,
        mut progress: ErasureProgress,
        done: ErasureStep,
    ) -> Result<RightsRequest> {
        progress.done = done;
        request.erasure = Some(progress);
        request.status = RequestStatus::Open;
        self.accounts.save_request(request).await
    }

    async fn is_held(&self, request: &RightsRequest) -> Result<bool> {
        let holds = self.accounts.holds(&request.tenant).await?;
        Ok(holds.iter().any(|hold| &hold.subject == request.scope.subject()))
    }

    async fn hold(&self, mut request: RightsRequest) -> Result<RightsRequest> {
        if request.status == RequestStatus::Held {
            return Ok(request);
        }
        request.status = RequestStatus::Held;
        self.accounts.save_request(request).await
    }

    async fn bury_scope(&self, request: &RightsRequest, digests: &TenantDigests) -> Result<()> {
        match &request.scope {
            RequestScope::Subject { subject } => {
                let digest = digests.subject(subject);
                self.accounts.bury(&request.tenant, &[digest], self.clock.now()).await
            }
            RequestScope::Session { session, .. } => {
                self.bury_session(&request.tenant, session, digests).await
            }
        }
    }

    /// Buries a session, and the name its collector has for it: a recorder that starts it again would send that.
    async fn bury_session(
        &self,
        tenant: &TenantId,
        session: &SessionId,
        digests: &TenantDigests,
    ) -> Result<()> {
        let place = SessionRef { tenant: tenant.clone(), session: session.clone() };
        let mut buried = vec![digests.session(session)];
        match self.catalog.get(&place).await {
            Ok(stored) => {
                let key = self.catalog.recording_key(&place).await?;
                buried.push(digests.recording(&stored.collector, &key));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        self.accounts.bury(tenant, &buried, self.clock.now()).await
    }

    /// Finds everything there is, and buries every session of it.
    async fn take_stock(&self, request: &RightsRequest, digests: &TenantDigests) -> Result<ErasureInventory> {
        let tenant = &request.tenant;
        let sessions = match &request.scope {
            RequestScope::Subject { subject } => self.sessions_of(tenant, subject).await?,
            RequestScope::Session { session, .. } => {
                let place = SessionRef { tenant: tenant.clone(), session: session.clone() };
                match self.catalog.get(&place).await {
                    Ok(stored) => vec![stored],
                    Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
                    Err(error) => return Err(error),
                }
            }
        };
        let mut inventory = ErasureInventory {
            sessions: sessions.iter().map(|session| session.id.clone()).collect(),
            ..ErasureInventory::default()
        };
        if let RequestScope::Session { session, .. } = &request.scope
            && inventory.sessions.is_empty()
        {
            // Gone from the catalog, but perhaps not from everywhere.
            inventory.sessions.push(session.clone());
        }
        for session in &inventory.sessions {
            self.bury_session(tenant, session, digests).await?;
            let place = SessionRef { tenant: tenant.clone(), session: session.clone() };
            inventory.journal_places += self.journal_places(&place).await?;
            let keys = self.keys_of(&place).await?;
            inventory.keys += keys.len() as u64;
            let encryption = KeyId::encryption(tenant, session).to_string();
            inventory.encryption_keys += u64::from(keys.contains(&encryption));
        }
        for (_, blob) in self.blobs_of(tenant, &inventory.sessions).await? {
            inventory.blobs += 1;
            inventory.blob_bytes += blob.size;
        }
        self.take_stock_of_exports(tenant, &sessions, &mut inventory).await?;
        if let RequestScope::Subject { subject } = &request.scope {
            inventory.consent_records = self.accounts.history(tenant, subject).await?.len() as u64;
        }
        Ok(inventory)
    }

    async fn take_stock_of_exports(
        &self,
        tenant: &TenantId,
        sessions: &[codesight_core::privacy::Masked<UnifiedSession>],
        inventory: &mut ErasureInventory,
    ) -> Result<()> {
        let exports = self.accounts.exports_of(tenant, &inventory.sessions).await?;
        inventory.exports = exports.len() as u64;
        let mut models: BTreeSet<String> =
            exports.iter().flat_map(|export| export.models.iter().cloned()).collect();
        models.extend(sessions.iter().filter_map(|session| session.model_id.clone()));
        let mut files: BTreeSet<ProviderFile> = exports
            .into_iter()
            .filter_map(|export| match export.place {
                ExportPlace::Provider { service, file } => Some(ProviderFile { service, file }),
                ExportPlace::Blob { .. } => None,
            })
            .collect();
        for file in sessions.iter().filter_map(|session| session.training_file_id.as_ref()) {
            if !files.iter().any(|known| &known.file == file) {
                files.insert(ProviderFile { service: UNNAMED_SERVICE.to_owned(), file: file.clone() });
            }
        }
        inventory.models = models.into_iter().collect();
        inventory.provider_files = files.into_iter().collect();
        Ok(())
    }

    /// Gives up the person's name, where the person is what was erased.
    async fn forget_name(&self, request: RightsRequest, digests: &TenantDigests) -> Result<RightsRequest> {
        let RequestScope::Subject { subject } = &request.scope else { return Ok(request) };
        if TenantDigests::is_stand_in(subject) {
            return Ok(request);
        }
        let stand_in = digests.stand_in(subject);
        self.accounts.replace_subject(&request.tenant, subject, &stand_in).await?;
        self.accounts.forget_subject(&request.tenant, subject, &stand_in).await?;
        self.accounts.request(&request.tenant, &request.id).await
    }

    async fn certify(
        &self,
        mut request: RightsRequest,
        mut progress: ErasureProgress,
        digests: &TenantDigests,
    ) -> Result<RightsRequest> {
        let entry = self.log_erasure(&request, digests).await?;
        let erased_at = self.clock.now();
        let subject = request.scope.subject();
        let certificate = ErasureCertificate {
            version: ErasureCertificate::VERSION,
            request: request.id.clone(),
            tenant: request.tenant.clone(),
            stand_in: if TenantDigests::is_stand_in(subject) {
                subject.clone()
            } else {
                digests.stand_in(subject)
            },
            scope: match request.scope {
                RequestScope::Subject { .. } => CertificateScope::Subject,
                RequestScope::Session { .. } => CertificateScope::Session,
            },
            received_at: request.received_at,
            erased_at,
            inventory: progress.inventory.clone(),
            pending: progress.pending.clone(),
            left: 0,
            audit_position: entry.position,
            audit_hash: entry.hash,
        };
        request.certificates.push(certificate.sign(&self.signer().await?)?);
        progress.done = ErasureStep::Certified;
        let is_settled = progress.pending.is_empty();
        request.status = if is_settled { RequestStatus::Settled } else { RequestStatus::Open };
        request.settled_at = is_settled.then_some(erased_at);
        request.erasure = Some(progress);
        self.accounts.save_request(request).await
    }

    async fn log_erasure(&self, request: &RightsRequest, digests: &TenantDigests) -> Result<AuditEntry> {
        let subject = request.scope.subject();
        let stand_in =
            if TenantDigests::is_stand_in(subject) { subject.clone() } else { digests.stand_in(subject) };
        let (action, session) = match &request.scope {
            RequestScope::Subject { .. } => (AuditAction::SubjectErased, None),
            RequestScope::Session { session, .. } => (AuditAction::SessionErased, Some(session.clone())),
        };
        self.audit
            .append(AuditEvent {
                at: self.clock.now(),
                tenant: request.tenant.clone(),
                actor: request.taken_by.clone(),
                action,
                session,
                subject: Some(stand_in),
                detail: Some(request.id.to_string()),
            })
            .await
    }

    /// Tries again to delete what is at services; what went gives a new certificate.
    async fn settle_pending(
        &self,
        request: RightsRequest,
        mut progress: ErasureProgress,
        digests: &TenantDigests,
    ) -> Result<RightsRequest> {
        if request.status == RequestStatus::Settled {
            return Ok(request);
        }
        let left = self.delete_provider_files(&progress.pending).await;
        if left == progress.pending {
            return Ok(request);
        }
        progress.pending = left;
        self.certify(request, progress, digests).await
    }
}
