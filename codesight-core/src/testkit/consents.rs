//! The suite of [`ConsentLedger`](crate::ports::ConsentLedger).

use std::sync::Arc;

use futures_util::future::join_all;

use super::check::{Verdict, ensure, equal, shows_none_of};
use super::fixtures;
use super::rights_fixtures::consent_record;
use super::suite::{Suite, scenarios};
use crate::id::{CollectorId, SubjectId, TenantId};
use crate::ports::ConsentLedger;
use crate::rights::ConsentRecord;

/// Everything a consent ledger must do.
pub fn consents_suite() -> Suite<dyn ConsentLedger> {
    Suite::new(
        "consents",
        scenarios![
            also "record: decisions come back as they were, in the order in which they became known" => in_order,
            behaviour "record: a decision that is there already is not added again; `recorded_at` and `source` make no difference"
                => record_twice,
            behaviour "record: calls at once lose no decision" => record_race,
            behaviour "history: an unknown subject, or one of another tenant, has none" => history_unknown,
            behaviour "replace_subject: afterwards the history of the subject is empty, and that of the stand-in has its decisions"
                => replace,
            behaviour "replace_subject: twice, or for an unknown subject, is fine" => replace_twice,
            also "debug: shows nothing of a decision" => debug,
        ],
    )
}

fn subject(seed: u64) -> crate::Result<SubjectId> {
    SubjectId::new(format!("subject-{seed}"))
}

async fn in_order(ledger: Arc<dyn ConsentLedger>) -> Verdict {
    let mut known = Vec::new();
    // Not by the moment of the decision: what becomes known later stands later.
    for number in [4, 0, 3] {
        let mut record = consent_record(1, number)?;
        record.global_privacy_control = number == 3;
        record.evidence_hash = record.evidence_hash.filter(|_| number != 0);
        record.purposes.truncate(number as usize / 2);
        known.push(record.clone());
        equal(&ledger.record(record).await?, &known, "the answer")?;
        ledger.record(consent_record(2, number)?).await?;
    }
    equal(&ledger.history(&fixtures::tenant()?, &subject(1)?).await?, &known, "the stored history")
}

async fn record_twice(ledger: Arc<dyn ConsentLedger>) -> Verdict {
    let first = consent_record(1, 0)?;
    ledger.record(first.clone()).await?;
    let again = ConsentRecord {
        recorded_at: fixtures::at(9_999),
        source: CollectorId::new("collector-2")?,
        ..first.clone()
    };
    equal(&ledger.record(again).await?, &vec![first.clone()], "the first is kept")?;
    // At the same moment, for something else.
    let other = ConsentRecord { purposes: vec!["research".to_owned()], ..first };
    equal(&ledger.record(other).await?.len(), &2, "decisions")
}

async fn record_race(ledger: Arc<dyn ConsentLedger>) -> Verdict {
    let records = (0..16).map(|number| consent_record(1, number)).collect::<crate::Result<Vec<_>>>()?;
    for answer in join_all(records.iter().map(|record| ledger.record(record.clone()))).await {
        answer?;
    }
    let history = ledger.history(&fixtures::tenant()?, &subject(1)?).await?;
    equal(&history.len(), &16, "decisions")?;
    ensure(records.iter().all(|record| history.contains(record)), "every decision")
}

async fn history_unknown(ledger: Arc<dyn ConsentLedger>) -> Verdict {
    ledger.record(consent_record(1, 0)?).await?;
    ensure(ledger.history(&fixtures::tenant()?, &subject(2)?).await?.is_empty(), "nothing of a stranger")?;
    let elsewhere = TenantId::new("elsewhere")?;
    ensure(ledger.history(&elsewhere, &subject(1)?).await?.is_empty(), "nothing of another tenant")
}

async fn replace(ledger: Arc<dyn ConsentLedger>) -> Verdict {
    let (tenant, stand_in) = (fixtures::tenant()?, SubjectId::new("erased-1")?);
    for number in 0..3 {
        ledger.record(consent_record(1, number)?).await?;
        ledger.record(consent_record(2, number)?).await?;
        ledger
            .record(ConsentRecord { tenant: TenantId::new("elsewhere")?, ..consent_record(1, number)? })
            .await?;
    }
    equal(&ledger.replace_subject(&tenant, &subject(1)?, &stand_in).await?, &3, "decisions replaced")?;
    ensure(ledger.history(&tenant, &subject(1)?).await?.is_empty(), "nothing under the name")?;
    let expected = (0..3)
        .map(|number| Ok(ConsentRecord { subject: stand_in.clone(), ..consent_record(1, number)? }))
        .collect::<crate::Result<Vec<_>>>()?;
    equal(&ledger.history(&tenant, &stand_in).await?, &expected, "the stand-in's history")?;
    equal(&ledger.history(&tenant, &subject(2)?).await?.len(), &3, "somebody else's decisions")?;
    let elsewhere = TenantId::new("elsewhere")?;
    equal(&ledger.history(&elsewhere, &subject(1)?).await?.len(), &3, "decisions in another tenant")
}

async fn replace_twice(ledger: Arc<dyn ConsentLedger>) -> Verdict {
    let (tenant, stand_in) = (fixtures::tenant()?, SubjectId::new("erased-1")?);
    equal(&ledger.replace_subject(&tenant, &subject(1)?, &stand_in).await?, &0, "nobody's decisions")?;
    ledger.record(consent_record(1, 0)?).await?;
    for replaced in [1, 0] {
        equal(&ledger.replace_subject(&tenant, &subject(1)?, &stand_in).await?, &replaced, "replaced")?;
    }
    equal(&ledger.history(&tenant, &stand_in).await?.len(), &1, "decisions")
}

async fn debug(ledger: Arc<dyn ConsentLedger>) -> Verdict {
    const SECRET: &str = "a-subject-nobody-else-may-know";
    ledger.record(ConsentRecord { subject: SubjectId::new(SECRET)?, ..consent_record(1, 0)? }).await?;
    shows_none_of(&*ledger, &[SECRET])
}
