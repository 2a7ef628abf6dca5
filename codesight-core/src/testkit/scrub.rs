//! The suite of [`Scrub`](crate::ports::Scrub).

use std::sync::Arc;

use super::check::{Verdict, equal};
use super::fixtures;
use super::rights_fixtures::consent_record;
use super::suite::{Suite, scenarios};
use crate::id::SubjectId;
use crate::ports::Accounts;

/// What can be seen of scrubbing through the ports. That the bytes are gone is for each backend's own tests.
pub fn scrub_suite() -> Suite<dyn Accounts> {
    Suite::new(
        "scrub",
        scenarios![
            behaviour "scrub: what is stored stays as it is" => keeps,
            behaviour "scrub: twice, and with nothing deleted, is fine" => twice,
        ],
    )
}

async fn keeps(accounts: Arc<dyn Accounts>) -> Verdict {
    let (tenant, subject) = (fixtures::tenant()?, SubjectId::new("subject-1")?);
    for number in 0..40 {
        accounts.record(consent_record(1, number)?).await?;
        accounts.record(consent_record(2, number)?).await?;
    }
    accounts.replace_subject(&tenant, &SubjectId::new("subject-2")?, &SubjectId::new("erased-2")?).await?;
    let before = accounts.history(&tenant, &subject).await?;
    accounts.scrub().await?;
    equal(&accounts.history(&tenant, &subject).await?, &before, "the history")?;
    equal(&accounts.record(consent_record(1, 41)?).await?.len(), &41, "decisions, after one more")
}

async fn twice(accounts: Arc<dyn Accounts>) -> Verdict {
    for _ in 0..2 {
        accounts.scrub().await?;
    }
    Ok(())
}
