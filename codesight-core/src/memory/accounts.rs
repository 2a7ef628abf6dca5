//! Consent ledger, rights register, exports and the log's evidence in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;

use super::api_keys::ApiKeyTable;
use super::{MemoryAuditLog, lock};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{ContentHash, ExportId, RequestId, SessionId, SubjectId, TenantId};
use crate::ports::{
    AuditEvidence, AuditLine, AuditLog as _, ConsentLedger, Export, ExportRegister, RightsRegister, Scrub,
};
use crate::rights::{
    AuditCheckpoint, AuditTruncation, ConsentRecord, LegalHold, RequestStatus, RightsRequest,
};
use crate::time::Timestamp;

#[derive(Default)]
struct State {
    consents: Vec<ConsentRecord>,
    requests: BTreeMap<(TenantId, RequestId), RightsRequest>,
    holds: BTreeMap<(TenantId, SubjectId), LegalHold>,
    buried: BTreeSet<(TenantId, ContentHash)>,
    exports: BTreeMap<(TenantId, ExportId), Export>,
    checkpoints: BTreeMap<u64, AuditCheckpoint>,
    truncation: Option<AuditTruncation>,
}

/// Everything that accounts for personal data, in memory, beside an audit log.
#[derive(Default)]
pub struct MemoryAccounts {
    audit: Arc<MemoryAuditLog>,
    state: Mutex<State>,
    pub(super) api_keys: Mutex<ApiKeyTable>,
}

impl MemoryAccounts {
    /// Empty, and its evidence is that of `audit`.
    pub fn new(audit: Arc<MemoryAuditLog>) -> Self {
        Self { audit, ..Self::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl fmt::Debug for MemoryAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("MemoryAccounts")
            .field("consents", &state.consents.len())
            .field("requests", &state.requests.len())
            .field("holds", &state.holds.len())
            .field("buried", &state.buried.len())
            .field("exports", &state.exports.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for MemoryAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory accounts")
    }
}

#[async_trait]
impl ConsentLedger for MemoryAccounts {
    async fn record(&self, record: ConsentRecord) -> Result<Vec<ConsentRecord>> {
        let mut state = self.state();
        if !state.consents.iter().any(|known| known.is_same_decision(&record)) {
            state.consents.push(record.clone());
        }
        Ok(history(&state, &record.tenant, &record.subject))
    }

    async fn history(&self, tenant: &TenantId, subject: &SubjectId) -> Result<Vec<ConsentRecord>> {
        Ok(history(&self.state(), tenant, subject))
    }

    async fn replace_subject(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        stand_in: &SubjectId,
    ) -> Result<u64> {
        let mut replaced = 0;
        for record in &mut self.state().consents {
            if &record.tenant == tenant && &record.subject == subject {
                record.subject = stand_in.clone();
                replaced += 1;
            }
        }
        Ok(replaced)
    }
}

fn history(state: &State, tenant: &TenantId, subject: &SubjectId) -> Vec<ConsentRecord> {
    let of_subject = |record: &&ConsentRecord| &record.tenant == tenant && &record.subject == subject;
    state.consents.iter().filter(of_subject).cloned().collect()
}

fn unknown(operation: &'static str) -> Error {
    Error::not_found(operation, "no such request")
}

#[async_trait]
impl RightsRegister for MemoryAccounts {
    async fn open_request(&self, request: RightsRequest) -> Result<RightsRequest> {
        let name = (request.tenant.clone(), request.id.clone());
        Ok(self.state().requests.entry(name).or_insert(request).clone())
    }

    async fn request(&self, tenant: &TenantId, id: &RequestId) -> Result<RightsRequest> {
        let found = self.state().requests.get(&(tenant.clone(), id.clone())).cloned();
        found.ok_or_else(|| unknown("rights.request"))
    }

    async fn save_request(&self, mut request: RightsRequest) -> Result<RightsRequest> {
        const OPERATION: &str = "rights.save_request";
        let mut state = self.state();
        let name = (request.tenant.clone(), request.id.clone());
        let stored = state.requests.get_mut(&name).ok_or_else(|| unknown(OPERATION))?;
        if stored.revision != request.revision {
            return Err(Error::new(ErrorKind::Conflict, OPERATION, "somebody else stored the request"));
        }
        request.revision += 1;
        *stored = request.clone();
        Ok(request)
    }

    async fn unsettled(&self, tenant: Option<&TenantId>, limit: usize) -> Result<Vec<RightsRequest>> {
        let state = self.state();
        let mut open: Vec<_> = state
            .requests
            .values()
            .filter(|request| request.status != RequestStatus::Settled)
            .filter(|request| tenant.is_none_or(|tenant| &request.tenant == tenant))
            .cloned()
            .collect();
        open.sort_by(|one, other| (one.due_at, &one.id).cmp(&(other.due_at, &other.id)));
        open.truncate(limit);
        Ok(open)
    }

    async fn requests_of(&self, tenant: &TenantId, subject: &SubjectId) -> Result<Vec<RightsRequest>> {
        let state = self.state();
        let mut found: Vec<_> = state
            .requests
            .values()
            .filter(|request| &request.tenant == tenant && request.scope.subject() == subject)
            .cloned()
            .collect();
        found.sort_by(|one, other| (one.received_at, &one.id).cmp(&(other.received_at, &other.id)));
        Ok(found)
    }

    async fn place_hold(&self, hold: LegalHold) -> Result<()> {
        self.state().holds.entry((hold.tenant.clone(), hold.subject.clone())).or_insert(hold);
        Ok(())
    }

    async fn release_hold(&self, tenant: &TenantId, subject: &SubjectId) -> Result<bool> {
        Ok(self.state().holds.remove(&(tenant.clone(), subject.clone())).is_some())
    }

    async fn holds(&self, tenant: &TenantId) -> Result<Vec<LegalHold>> {
        Ok(self.state().holds.values().filter(|hold| &hold.tenant == tenant).cloned().collect())
    }

    async fn bury(&self, tenant: &TenantId, digests: &[ContentHash], _: Timestamp) -> Result<()> {
        self.state().buried.extend(digests.iter().map(|digest| (tenant.clone(), *digest)));
        Ok(())
    }

    async fn is_buried(&self, tenant: &TenantId, digests: &[ContentHash]) -> Result<bool> {
        let state = self.state();
        Ok(digests.iter().any(|digest| state.buried.contains(&(tenant.clone(), *digest))))
    }

    async fn forget_subject(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        stand_in: &SubjectId,
    ) -> Result<()> {
        let mut state = self.state();
        if state.holds.contains_key(&(tenant.clone(), subject.clone())) {
            return Err(Error::new(ErrorKind::Conflict, "rights.forget_subject", "a legal hold is in force"));
        }
        for request in state.requests.values_mut().filter(|request| &request.tenant == tenant) {
            if request.scope.subject() == subject {
                request.scope.replace_subject(subject, stand_in);
                request.revision += 1;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl ExportRegister for MemoryAccounts {
    async fn note_export(&self, export: Export) -> Result<()> {
        self.state().exports.insert((export.tenant.clone(), export.id.clone()), export);
        Ok(())
    }

    async fn exports_of(&self, tenant: &TenantId, sessions: &[SessionId]) -> Result<Vec<Export>> {
        let state = self.state();
        let holds_any = |export: &&Export| {
            &export.tenant == tenant && export.sessions.iter().any(|session| sessions.contains(session))
        };
        Ok(state.exports.values().filter(holds_any).cloned().collect())
    }

    async fn forget_export(&self, tenant: &TenantId, export: &ExportId) -> Result<()> {
        self.state().exports.remove(&(tenant.clone(), export.clone()));
        Ok(())
    }
}

#[async_trait]
impl AuditEvidence for MemoryAccounts {
    async fn lines(&self, after: u64, limit: usize) -> Result<Vec<AuditLine>> {
        let entries = self.audit.read(after, limit).await?;
        let line = |entry: crate::ports::AuditEntry| {
            let event = serde_json::to_vec(&entry.event).map_err(|error| {
                Error::new(ErrorKind::Unexpected, "audit.lines", "not serialisable").caused_by(error)
            })?;
            Ok(AuditLine { position: entry.position, hash: entry.hash.as_bytes().to_vec(), event })
        };
        entries.into_iter().map(line).collect()
    }

    async fn keep_checkpoint(&self, checkpoint: AuditCheckpoint) -> Result<()> {
        self.state().checkpoints.entry(checkpoint.position).or_insert(checkpoint);
        Ok(())
    }

    async fn checkpoints(&self, after: u64, limit: usize) -> Result<Vec<AuditCheckpoint>> {
        let Some(first) = after.checked_add(1) else { return Ok(Vec::new()) };
        Ok(self.state().checkpoints.range(first..).take(limit).map(|(_, one)| one.clone()).collect())
    }

    async fn truncate(&self, truncation: AuditTruncation) -> Result<u64> {
        let mut state = self.state();
        if state.truncation.as_ref().is_some_and(|known| known.through >= truncation.through) {
            return Ok(0);
        }
        let gone = self.audit.give_up(truncation.through)?;
        state.checkpoints = state.checkpoints.split_off(&truncation.through);
        state.truncation = Some(truncation);
        Ok(gone)
    }

    async fn truncation(&self) -> Result<Option<AuditTruncation>> {
        Ok(self.state().truncation.clone())
    }
}

#[async_trait]
impl Scrub for MemoryAccounts {
    async fn scrub(&self) -> Result<()> {
        Ok(())
    }
}
