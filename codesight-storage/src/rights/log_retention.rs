//! The beginning of the audit log goes once its time is over: up to a place that was signed, leaving a signed statement.

use std::collections::BTreeSet;

use codesight_core::Result;
use codesight_core::id::TenantId;
use codesight_core::ports::{AuditAction, AuditEvent};
use codesight_core::rights::{
    AuditCheckpoint, AuditTruncation, RetentionClass, RetentionPlan, RetentionPolicy, TruncationPlan,
    TruncationStatement,
};

use super::RightsBackends;
use super::find::PAGE;
use crate::keys::INSTALLATION;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl RightsBackends {
    /// How much of the audit log is to go under `policy`: the entries that are older than they may be, up to the last of them that
    /// a checkpoint vouches for. None while anybody's data is on hold: what was done with it is evidence, too.
    ///
    /// # Errors
    /// What a backend says.
    pub(super) async fn plan_truncation(&self, policy: &RetentionPolicy) -> Result<Option<TruncationPlan>> {
        let Some(most) = policy.rule(RetentionClass::AuditLog).maximum_days else { return Ok(None) };
        let now = self.clock.now();
        let is_old = |at| now.millis_since(at) / DAY_MS >= i64::from(most);
        let signed: BTreeSet<u64> = self.all_checkpoints().await?.iter().map(|one| one.position).collect();
        let mut tenants = self.tenants_before().await?;
        let (mut entries, mut after) = (0, 0);
        let (mut plan, mut last) = (None, None);
        'log: loop {
            let page = self.audit.read(after, PAGE).await?;
            let Some(end) = page.last() else { break };
            after = end.position;
            for entry in page {
                if !is_old(entry.event.at) {
                    last = Some(entry.position);
                    break 'log;
                }
                entries += 1;
                tenants.insert(entry.event.tenant);
                if signed.contains(&entry.position) {
                    let (through, hash, newest) = (entry.position, entry.hash, entry.event.at);
                    plan = Some(TruncationPlan { through, hash, newest, entries, tenants: tenants.clone() });
                }
            }
        }
        for tenant in &tenants {
            if !self.accounts.holds(tenant).await?.is_empty() {
                return Ok(None);
            }
        }
        // The last entry stays, whatever its age: the next one follows it.
        Ok(plan.filter(|plan| last.is_some() || plan.through < after))
    }

    /// Does what a plan says of the audit log, if it is due still; returns how many entries went.
    pub(super) async fn truncate_log(&self, plan: &RetentionPlan, actor: &str) -> Result<u64> {
        let Some(planned) = &plan.audit_log else { return Ok(0) };
        let is_due = |now: &TruncationPlan| now.through >= planned.through;
        if !self.plan_truncation(&plan.policy).await?.is_some_and(|now| is_due(&now)) {
            return Ok(0);
        }
        self.audit
            .append(AuditEvent {
                at: self.clock.now(),
                tenant: TenantId::new(INSTALLATION)?,
                actor: actor.to_owned(),
                action: AuditAction::RetentionApplied,
                session: None,
                subject: None,
                detail: Some(format!("{} through {}", RetentionClass::AuditLog.as_str(), planned.through)),
            })
            .await?;
        let statement = TruncationStatement {
            through: planned.through,
            hash: planned.hash,
            newest: planned.newest,
            tenants: planned.tenants.clone(),
            rule: plan.policy.rule(RetentionClass::AuditLog),
            at: self.clock.now(),
        };
        let signed = AuditTruncation::sign(&statement, &self.signer().await?)?;
        self.accounts.truncate(signed).await
    }

    async fn tenants_before(&self) -> Result<BTreeSet<TenantId>> {
        Ok(self.accounts.truncation().await?.map(|went| went.tenants).unwrap_or_default())
    }

    async fn all_checkpoints(&self) -> Result<Vec<AuditCheckpoint>> {
        let mut all: Vec<AuditCheckpoint> = Vec::new();
        loop {
            let page = self.accounts.checkpoints(all.last().map_or(0, |one| one.position), PAGE).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }
}
