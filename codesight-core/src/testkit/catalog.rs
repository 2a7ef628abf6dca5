//! The suite of [`SessionCatalog`](crate::ports::SessionCatalog): creating, changing and deleting.

use std::sync::Arc;

use futures_util::future::join_all;

use super::catalog_query as query;
use super::check::{Verdict, ensure, equal, refused, shows_none_of};
use super::suite::{Scenario, Suite, scenarios};
use super::{Stop, fixtures};
use crate::error::ErrorKind;
use crate::id::{CollectorId, TenantId};
use crate::model::{ErrorCategory, ProcessingError, SessionOutcome, SessionStatus};
use crate::ports::{Catalog, JournalHead, NewSession, SessionChange, SessionRef};
use crate::privacy::Masked;

/// Everything a catalog of sessions must do.
pub fn catalog_suite() -> Suite<dyn Catalog> {
    let mut scenarios: Vec<Scenario<dyn Catalog>> = scenarios![
        behaviour "create: a new key stores the session and an empty journal, and returns it" => create_new,
        behaviour "create: a known key returns the stored session unchanged, whatever is in `new`" => create_known,
        behaviour "create: an id that is taken under another key is `AlreadyExists`" => create_taken,
        also "create: a key belongs to its collector and tenant" => create_same_key_elsewhere,
        also "create: of many at once with one key all get the same session" => create_race,
        also "get: a missing session, and one of another tenant, is `NotFound`" => get_missing,
        behaviour "recording_key: an unknown session, or one of another tenant, is `NotFound`" => recording_key,
        behaviour "update: a change that [`SessionChange::apply`] refuses leaves the session as it was"
            => update_refused,
        behaviour "update: an unknown session is `NotFound`" => update_unknown,
        also "update: keeps what it was not told to change, unknown fields too" => update_keeps,
        also "update: changes made at once are all kept" => update_race,
        behaviour "delete: twice, or for an unknown session, is fine" => delete_twice,
        also "delete: takes the journal and the jobs along, and frees the key" => delete_all,
        also "debug: shows nothing of a stored session" => debug,
    ];
    scenarios.extend(query::scenarios());
    Suite::new("catalog", scenarios)
}

async fn recording_key(catalog: Arc<dyn Catalog>) -> Verdict {
    for seed in [1, 2] {
        let new = fixtures::new_session(seed)?;
        let key = new.key.clone();
        catalog.create(new).await?;
        equal(
            &catalog.recording_key(&fixtures::session_ref(seed)?).await?,
            &key,
            "the key it was made with",
        )?;
    }
    let unknown = catalog.recording_key(&fixtures::session_ref(3)?).await;
    refused(unknown, ErrorKind::NotFound, "an unknown session")?;
    let foreign = SessionRef { tenant: TenantId::new("elsewhere")?, ..fixtures::session_ref(1)? };
    refused(catalog.recording_key(&foreign).await, ErrorKind::NotFound, "a session of another tenant")
}

async fn create_new(catalog: Arc<dyn Catalog>) -> Verdict {
    let session = fixtures::session(1)?;
    let created = catalog.create(fixtures::new_session(1)?).await?;
    equal(&*created, &session, "the answer")?;
    equal(&*catalog.get(&fixtures::session_ref(1)?).await?, &session, "the stored session")?;
    let head = catalog.head(&fixtures::session_ref(1)?).await?;
    equal(&head, &JournalHead { epoch: 0, through: 0, sealed: false }, "the journal's head")?;
    let records = catalog.read(&fixtures::session_ref(1)?, 0, 10).await?;
    ensure(records.is_empty(), "an empty journal")
}

async fn create_known(catalog: Arc<dyn Catalog>) -> Verdict {
    catalog.create(fixtures::new_session(1)?).await?;
    let again = NewSession { key: fixtures::new_session(1)?.key, ..fixtures::new_session(2)? };
    let found = catalog.create(again).await?;
    equal(&*found, &fixtures::session(1)?, "the answer")?;
    equal(&*catalog.get(&fixtures::session_ref(1)?).await?, &fixtures::session(1)?, "the stored session")?;
    refused(catalog.get(&fixtures::session_ref(2)?).await, ErrorKind::NotFound, "the id that was not used")
}

async fn create_taken(catalog: Arc<dyn Catalog>) -> Verdict {
    catalog.create(fixtures::new_session(1)?).await?;
    let taken = NewSession { key: fixtures::new_session(2)?.key, ..fixtures::new_session(1)? };
    refused(catalog.create(taken).await, ErrorKind::AlreadyExists, "the same id under another key")?;
    catalog.create(fixtures::new_session(2)?).await?;
    Ok(())
}

async fn create_same_key_elsewhere(catalog: Arc<dyn Catalog>) -> Verdict {
    let key = fixtures::new_session(1)?.key;
    catalog.create(fixtures::new_session(1)?).await?;
    let mut session = fixtures::session(2)?;
    session.collector = CollectorId::new("collector-2")?;
    let other = NewSession { key: key.clone(), session: Masked::from_store(session.clone()) };
    equal(&*catalog.create(other).await?, &session, "the session of another collector")?;
    let mut session = fixtures::session(1)?;
    session.tenant = TenantId::new("other-study")?;
    let other = NewSession { key, session: Masked::from_store(session.clone()) };
    equal(&*catalog.create(other).await?, &session, "the session of another tenant")
}

async fn create_race(catalog: Arc<dyn Catalog>) -> Verdict {
    let key = fixtures::new_session(1)?.key;
    let calls = (1..=16).map(|seed| {
        let (catalog, key) = (&catalog, key.clone());
        async move { catalog.create(NewSession { key, ..fixtures::new_session(seed)? }).await }
    });
    let mut ids = Vec::new();
    for created in join_all(calls).await {
        ids.push(created?.id.clone());
    }
    ensure(ids.windows(2).all(|pair| pair[0] == pair[1]), "one session for all")?;
    let page = catalog.query(&fixtures::tenant()?, &Default::default()).await?;
    equal(&page.sessions.len(), &1, "stored sessions")
}

async fn get_missing(catalog: Arc<dyn Catalog>) -> Verdict {
    refused(catalog.get(&fixtures::session_ref(1)?).await, ErrorKind::NotFound, "a missing session")?;
    catalog.create(fixtures::new_session(1)?).await?;
    let other = elsewhere(1)?;
    refused(catalog.get(&other).await, ErrorKind::NotFound, "a session of another tenant")
}

/// The same session id in another project.
pub(super) fn elsewhere(seed: u64) -> crate::Result<SessionRef> {
    Ok(SessionRef { tenant: TenantId::new("other-study")?, ..fixtures::session_ref(seed)? })
}

async fn update_refused(catalog: Arc<dyn Catalog>) -> Verdict {
    let session = fixtures::session_ref(1)?;
    catalog.create(fixtures::new_session(1)?).await?;
    let completed = SessionChange {
        status: Some(SessionStatus::Completed),
        outcome: Some(SessionOutcome::Succeeded),
        ..SessionChange::default()
    };
    refused(catalog.update(&session, completed).await, ErrorKind::Conflict, "active to completed")?;
    let unsayable = SessionChange {
        status: Some(SessionStatus::Processing),
        quality: Some((f64::NAN, 0.5, 0.5)),
        ..SessionChange::default()
    };
    refused(catalog.update(&session, unsayable).await, ErrorKind::Invalid, "a score that is not a number")?;
    equal(&*catalog.get(&session).await?, &fixtures::session(1)?, "the stored session")
}

async fn update_unknown(catalog: Arc<dyn Catalog>) -> Verdict {
    let change = SessionChange::default;
    let unknown = fixtures::session_ref(1)?;
    refused(catalog.update(&unknown, change()).await, ErrorKind::NotFound, "an unknown session")?;
    catalog.create(fixtures::new_session(1)?).await?;
    refused(catalog.update(&elsewhere(1)?, change()).await, ErrorKind::NotFound, "one of another tenant")
}

async fn update_keeps(catalog: Arc<dyn Catalog>) -> Verdict {
    let mut session = fixtures::session(1)?;
    session.extra.insert("fromANewerVersion".to_owned(), serde_json::json!({ "a": [1, null, "\u{0}é"] }));
    let new = NewSession { session: Masked::from_store(session.clone()), ..fixtures::new_session(1)? };
    catalog.create(new).await?;
    let place = fixtures::session_ref(1)?;
    let change = SessionChange {
        status: Some(SessionStatus::Processing),
        quality: Some((81.25, 0.1, 1.0 / 3.0)),
        archive_url: Some("archives/1.zip".to_owned()),
        ..SessionChange::default()
    };
    change.apply(&mut session)?;
    equal(&*catalog.update(&place, change).await?, &session, "the answer")?;
    equal(&*catalog.get(&place).await?, &session, "the stored session")?;
    equal(&*catalog.update(&place, SessionChange::default()).await?, &session, "after an empty change")
}

async fn update_race(catalog: Arc<dyn Catalog>) -> Verdict {
    const CHANGES: usize = 20;
    let place = fixtures::session_ref(1)?;
    catalog.create(fixtures::new_session(1)?).await?;
    let error = |number: usize| ProcessingError {
        category: ErrorCategory::Processing,
        code: format!("code-{number}"),
        message: "one of many".to_owned(),
        step: "validate".to_owned(),
        at: fixtures::at(0),
        retryable: false,
    };
    let calls = (0..CHANGES).map(|number| {
        let change = SessionChange { new_errors: vec![error(number)], ..SessionChange::default() };
        catalog.update(&place, change)
    });
    for answer in join_all(calls).await {
        answer?;
    }
    let mut codes: Vec<_> =
        catalog.get(&place).await?.errors.iter().map(|error| error.code.clone()).collect();
    codes.sort();
    codes.dedup();
    equal(&codes.len(), &CHANGES, "different errors kept")
}

async fn delete_twice(catalog: Arc<dyn Catalog>) -> Verdict {
    let place = fixtures::session_ref(1)?;
    catalog.delete(&place).await?;
    catalog.create(fixtures::new_session(1)?).await?;
    catalog.delete(&elsewhere(1)?).await?;
    catalog.get(&place).await?;
    catalog.delete(&place).await?;
    catalog.delete(&place).await?;
    refused(catalog.get(&place).await, ErrorKind::NotFound, "the deleted session")
}

async fn delete_all(catalog: Arc<dyn Catalog>) -> Verdict {
    let place = fixtures::session_ref(1)?;
    let now = fixtures::at(0);
    for seed in [1, 2] {
        let place = fixtures::session_ref(seed)?;
        catalog.create(fixtures::new_session(seed)?).await?;
        let head = catalog.open_epoch(&place, now).await?;
        catalog.append(&place, head.epoch, fixtures::records(seed, 1, 3)?, now).await?;
        catalog.enqueue(fixtures::job(seed, now)?).await?;
    }
    catalog.delete(&place).await?;
    refused(catalog.head(&place).await, ErrorKind::NotFound, "the journal's head")?;
    refused(catalog.read(&place, 0, 10).await, ErrorKind::NotFound, "the journal")?;
    equal(&catalog.counts(now).await?.waiting, &1, "jobs left, that of the other session")?;
    equal(&catalog.read(&fixtures::session_ref(2)?, 0, 10).await?.len(), &3, "records of the other session")?;
    equal(&*catalog.create(fixtures::new_session(1)?).await?, &fixtures::session(1)?, "created again")?;
    let head = catalog.head(&place).await?;
    equal(&head, &JournalHead { epoch: 0, through: 0, sealed: false }, "the new journal's head")?;
    ensure(catalog.read(&place, 0, 10).await?.is_empty(), "no record of the session before")
}

async fn debug(catalog: Arc<dyn Catalog>) -> Verdict {
    const SECRET: &str = "a-goal-nobody-else-may-read";
    let mut session = fixtures::session(1)?;
    session.goal.text = SECRET.to_owned();
    let new = NewSession { session: Masked::from_store(session), ..fixtures::new_session(1)? };
    let created = catalog.create(new).await?;
    if created.goal.text != SECRET {
        return Err(Stop::Broken("the secret is not stored, so nothing was shown".to_owned()));
    }
    shows_none_of(&*catalog, &[SECRET])
}
