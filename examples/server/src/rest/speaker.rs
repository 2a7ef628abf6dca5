//! Who may speak for a person: a privacy officer for everybody, a collector for whom it recorded.

use codesight_core::id::SubjectId;
use codesight_core::ports::Role;

use super::caller::{Caller, Collector, PrivacyOfficer};
use super::problem::Problem;
use crate::app::App;

/// A privacy officer or a collector.
pub(crate) type Speaker = Caller<(PrivacyOfficer, Collector)>;

impl Speaker {
    /// Whether it speaks as a collector only.
    pub(crate) fn is_mere_collector(&self) -> bool {
        !self.is(Role::PrivacyOfficer)
    }

    /// Whether this one may speak for the person. Absent and somebody else's look the same.
    pub(crate) async fn check(&self, app: &App, subject: &SubjectId) -> Result<(), Problem> {
        if !self.is_mere_collector() {
            return Ok(());
        }
        let history = app.accounts.history(self.tenant(), subject).await?;
        if history.iter().any(|record| &record.source == self.name()) {
            return Ok(());
        }
        Err(Problem::not_found())
    }
}
