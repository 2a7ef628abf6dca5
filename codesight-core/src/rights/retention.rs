//! How long things are kept: rules by class, and the plan that follows from them. Nothing is deleted without a plan that
//! somebody could look at first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::truncation::TruncationPlan;
use crate::error::{Error, Result};
use crate::id::{ContentHash, ExportId, SessionId, TenantId};
use crate::time::Timestamp;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Kinds of things that are kept for different times. The consent ledger and the tombstones are not among them: they are the
/// proof, and what they say of who was erased is under a stand-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetentionClass {
    /// Journal, frames and audio of a session that was never archived: abandoned, or failed in processing.
    Unprocessed,
    /// The archive of a session.
    Archive,
    /// The training lines of a session.
    TrainingLines,
    /// A file made of several sessions.
    Export,
    /// Everything of a session, its entry in the catalog included.
    Session,
    /// The beginning of the audit log, of all projects at once.
    AuditLog,
}

impl RetentionClass {
    /// Every class.
    pub const ALL: [Self; 6] =
        [Self::Unprocessed, Self::Archive, Self::TrainingLines, Self::Export, Self::Session, Self::AuditLog];

    /// The word used in configuration, plans and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unprocessed => "unprocessed",
            Self::Archive => "archive",
            Self::TrainingLines => "training-lines",
            Self::Export => "export",
            Self::Session => "session",
            Self::AuditLog => "audit-log",
        }
    }
}

/// How long the things of one class are kept, in whole days of 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RetentionRule {
    /// Not deleted before, even when nobody needs it any more. An erasure that a person asked for does not wait for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_days: Option<u32>,
    /// Deleted after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_days: Option<u32>,
}

/// A rule for each class. A class without one is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RetentionPolicy(pub BTreeMap<RetentionClass, RetentionRule>);

impl RetentionPolicy {
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a class that must be kept longer than it may be.
    pub fn check(&self) -> Result<()> {
        let impossible = |rule: &RetentionRule| {
            rule.minimum_days.zip(rule.maximum_days).is_some_and(|(least, most)| least > most)
        };
        match self.0.iter().find(|(_, rule)| impossible(rule)) {
            Some((class, _)) => {
                Err(Error::invalid("retention.policy", "the minimum is more than the maximum")
                    .with("class", class.as_str()))
            }
            None => Ok(()),
        }
    }

    /// The rule of a class; one that asks for nothing where there is none.
    pub fn rule(&self, class: RetentionClass) -> RetentionRule {
        self.0.get(&class).copied().unwrap_or_default()
    }
}

/// Something that is kept, as far as the rules ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionItem {
    /// Its class.
    pub class: RetentionClass,
    /// The project.
    pub tenant: TenantId,
    /// The session it is of; none for an export.
    pub session: Option<SessionId>,
    /// The export it is; none for anything else.
    pub export: Option<ExportId>,
    /// From when its days are counted.
    pub since: Timestamp,
    /// Bytes, as far as known.
    pub bytes: u64,
    /// Whether a legal hold is on any person it is about.
    pub held: bool,
    /// Whether it serves one purpose alone, and a person it is about does not agree to that any more.
    pub withdrawn: bool,
}

/// What is to happen, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Delete: it was kept for as long as it may be.
    Expired,
    /// Delete: nobody agrees any more to what it was kept for.
    PurposeWithdrawn,
    /// Keep for now: it would go, but the minimum is not over.
    Minimum,
    /// Keep for now: it would go, but a legal hold is on it.
    Held,
}

impl Verdict {
    /// Whether it is to be deleted.
    pub fn deletes(self) -> bool {
        matches!(self, Self::Expired | Self::PurposeWithdrawn)
    }

    /// The word used in plans and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::PurposeWithdrawn => "purpose-withdrawn",
            Self::Minimum => "minimum",
            Self::Held => "held",
        }
    }
}

/// One line of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetentionAction {
    /// The class.
    pub class: RetentionClass,
    /// The project.
    pub tenant: TenantId,
    /// The session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// The export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<ExportId>,
    /// What is to happen, and why.
    pub verdict: Verdict,
    /// Whole days it was kept.
    pub age_days: i64,
    /// Bytes, as far as known.
    pub bytes: u64,
}

/// What is to be deleted, and what would be if nothing stood in the way. What is simply kept is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetentionPlan {
    /// When it was made. Ages are counted to here.
    pub made_at: Timestamp,
    /// The rules it follows.
    pub policy: RetentionPolicy,
    /// How many things were looked at.
    pub considered: u64,
    /// What is to happen, in the order of the things.
    pub actions: Vec<RetentionAction>,
    /// How much of the audit log is to go; nothing, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit_log: Option<TruncationPlan>,
}

impl RetentionPlan {
    /// The plan for these things.
    pub fn new(
        policy: RetentionPolicy,
        made_at: Timestamp,
        items: impl IntoIterator<Item = RetentionItem>,
    ) -> Self {
        let mut plan = Self { made_at, policy, considered: 0, actions: Vec::new(), audit_log: None };
        for item in items {
            plan.considered += 1;
            let age_days = made_at.millis_since(item.since).max(0) / DAY_MS;
            if let Some(verdict) = verdict(plan.policy.rule(item.class), &item, age_days) {
                let RetentionItem { class, tenant, session, export, bytes, .. } = item;
                plan.actions.push(RetentionAction {
                    class,
                    tenant,
                    session,
                    export,
                    verdict,
                    age_days,
                    bytes,
                });
            }
        }
        plan
    }

    /// The lines that delete.
    pub fn deletions(&self) -> impl Iterator<Item = &RetentionAction> {
        self.actions.iter().filter(|action| action.verdict.deletes())
    }

    /// A name for exactly this plan: whoever agrees to it agrees to nothing else.
    ///
    /// # Errors
    /// [`ErrorKind::Unexpected`](crate::ErrorKind::Unexpected) when it cannot be written.
    pub fn digest(&self) -> Result<ContentHash> {
        serde_json::to_vec(self).map(|json| ContentHash::of(&json)).map_err(|error| {
            Error::new(crate::ErrorKind::Unexpected, "retention.plan", "not serialisable").caused_by(error)
        })
    }
}

fn verdict(rule: RetentionRule, item: &RetentionItem, age_days: i64) -> Option<Verdict> {
    let expired = rule.maximum_days.is_some_and(|most| age_days >= i64::from(most));
    let reason = match (expired, item.withdrawn) {
        (true, _) => Verdict::Expired,
        (false, true) => Verdict::PurposeWithdrawn,
        (false, false) => return None,
    };
    let too_young = rule.minimum_days.is_some_and(|least| age_days < i64::from(least));
    Some(match (item.held, too_young) {
        (true, _) => Verdict::Held,
        (false, true) => Verdict::Minimum,
        (false, false) => reason,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(class: RetentionClass, age_days: i64) -> RetentionItem {
        RetentionItem {
            class,
            tenant: TenantId::new("shop").expect("a name"),
            session: SessionId::new("s").ok(),
            export: None,
            since: Timestamp::from_millis(-age_days * DAY_MS),
            bytes: 1,
            held: false,
            withdrawn: false,
        }
    }

    fn policy(class: RetentionClass, least: Option<u32>, most: Option<u32>) -> RetentionPolicy {
        RetentionPolicy(BTreeMap::from([(class, RetentionRule { minimum_days: least, maximum_days: most })]))
    }

    fn verdicts(policy: &RetentionPolicy, items: Vec<RetentionItem>) -> Vec<Option<Verdict>> {
        let plan = |item| RetentionPlan::new(policy.clone(), Timestamp::from_millis(0), [item]);
        items.into_iter().map(|item| plan(item).actions.first().map(|action| action.verdict)).collect()
    }

    #[test]
    fn a_thing_goes_on_the_day_its_maximum_is_reached_and_not_before() {
        let policy = policy(RetentionClass::Archive, None, Some(30));
        let ages = [29, 30, 31].map(|age| item(RetentionClass::Archive, age));
        let expected = [None, Some(Verdict::Expired), Some(Verdict::Expired)];
        assert_eq!(verdicts(&policy, ages.to_vec()), expected);
        // No rule, no deletion; and a clock that was set back makes nothing older.
        assert_eq!(verdicts(&policy, vec![item(RetentionClass::Session, 9_999)]), [None]);
        assert_eq!(verdicts(&policy, vec![item(RetentionClass::Archive, -5)]), [None]);
    }

    #[test]
    fn what_nobody_agrees_to_any_more_goes_once_their_minimum_is_over() {
        let policy = policy(RetentionClass::TrainingLines, Some(7), Some(30));
        let withdrawn = |age| RetentionItem { withdrawn: true, ..item(RetentionClass::TrainingLines, age) };
        let expected = [Some(Verdict::Minimum), Some(Verdict::PurposeWithdrawn), Some(Verdict::Expired)];
        assert_eq!(verdicts(&policy, [6, 7, 30].map(withdrawn).to_vec()), expected);
    }

    #[test]
    fn a_hold_keeps_what_would_go() {
        let policy = policy(RetentionClass::Session, None, Some(1));
        let held = RetentionItem { held: true, ..item(RetentionClass::Session, 5) };
        assert_eq!(verdicts(&policy, vec![held]), [Some(Verdict::Held)]);
        assert!(!Verdict::Held.deletes());
    }

    #[test]
    fn a_minimum_above_the_maximum_is_refused() {
        assert!(policy(RetentionClass::Archive, Some(31), Some(30)).check().is_err());
        assert!(policy(RetentionClass::Archive, Some(30), Some(30)).check().is_ok());
        assert!(serde_json::from_str::<RetentionPolicy>(r#"{"archive":{"maximum-dais":3}}"#).is_err());
    }
}
