//! The scenarios of sealing, clearing and finding silent sessions.

use std::sync::Arc;

use futures_util::future::{join, join_all};

use super::catalog::elsewhere;
use super::check::{Verdict, ensure, equal, refused};
use super::fixtures;
use super::journal::{append, holds_through, opened};
use super::suite::{Scenario, scenarios};
use crate::error::ErrorKind;
use crate::model::SessionStatus;
use crate::ports::{Catalog, JournalHead, SessionChange};

pub(super) fn scenarios() -> Vec<Scenario<dyn Catalog>> {
    scenarios![
        behaviour "seal: sets `sealed`, the session's status to `processing`, its end time and its interaction count"
            => seal_sets,
        behaviour "seal: sealing twice changes nothing and queues nothing" => seal_twice,
        behaviour "seal: an `epoch` that is given and not the current one is `Conflict`" => seal_stale,
        behaviour "seal: an unknown session is `NotFound`" => seal_unknown,
        also "seal: of many at once one queues its job" => seal_race,
        also "seal: what is acknowledged while it is sealed is in front of the seal" => seal_while_appending,
        also "seal: when the job cannot be queued, nothing is sealed" => seal_both_or_neither,
        behaviour "clear: the head stays as it was" => clear_keeps_head,
        behaviour "clear: a journal that is not sealed is `Conflict`: what is not archived is not deleted"
            => clear_unsealed,
        behaviour "clear: twice, or for a session without records, is fine" => clear_twice,
        also "clear: touches no other session" => clear_others,
        also "silent_since: active sessions only, oldest first, at most `limit`" => silent,
        also "silent_since: opening and appending break the silence" => silent_broken,
    ]
}

async fn seal_sets(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    append(&catalog, 1, epoch, 1, 4).await?;
    let now = fixtures::at(61_000);
    let head = catalog.seal(&session, Some(epoch), fixtures::job(1, now)?, now).await?;
    equal(&head, &JournalHead { epoch, through: 4, sealed: true }, "the answer")?;
    equal(&catalog.head(&session).await?, &head, "the stored head")?;
    let mut expected = fixtures::session(1)?;
    expected.status = SessionStatus::Processing;
    expected.end_time = Some(now);
    expected.duration = Some(60_000.0);
    expected.interaction_count = 4;
    equal(&*catalog.get(&session).await?, &expected, "the stored session")?;
    let page = catalog
        .query(
            &session.tenant,
            &crate::ports::SessionQuery { status: Some(SessionStatus::Processing), ..Default::default() },
        )
        .await?;
    equal(&page.sessions.len(), &1, "sessions found by the new status")?;
    let job = catalog.lease(&fixtures::worker(1)?, now, std::time::Duration::from_secs(1)).await?;
    equal(&job.map(|job| job.session), &Some(session), "the queued job's session")
}

async fn seal_twice(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    let (now, later) = (fixtures::at(5_000), fixtures::at(9_000));
    let head = catalog.seal(&session, Some(epoch), fixtures::job(1, now)?, now).await?;
    let stored = catalog.get(&session).await?;
    let worker = fixtures::worker(1)?;
    let job = catalog.lease(&worker, now, std::time::Duration::from_secs(1)).await?;
    let job = job.ok_or_else(|| super::Stop::Broken("no job was queued".to_owned()))?;
    catalog.complete(&job.id, &worker).await?;
    for epoch in [Some(epoch), None] {
        equal(&catalog.seal(&session, epoch, fixtures::job(2, later)?, later).await?, &head, "the answer")?;
    }
    ensure(catalog.get(&session).await? == stored, "the session as it was")?;
    equal(&catalog.counts(later).await?, &Default::default(), "the queue")
}

async fn seal_stale(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    let now = fixtures::at(0);
    catalog.open_epoch(&session, now).await?;
    let answer = catalog.seal(&session, Some(epoch), fixtures::job(1, now)?, now).await;
    refused(answer, ErrorKind::Conflict, "an older epoch")?;
    ensure(!catalog.head(&session).await?.sealed, "an open journal")?;
    equal(&catalog.counts(now).await?.waiting, &0, "queued jobs")?;
    ensure(catalog.seal(&session, None, fixtures::job(1, now)?, now).await?.sealed, "sealed without an epoch")
}

async fn seal_unknown(catalog: Arc<dyn Catalog>) -> Verdict {
    let now = fixtures::at(0);
    let answer = catalog.seal(&fixtures::session_ref(1)?, None, fixtures::job(1, now)?, now).await;
    refused(answer, ErrorKind::NotFound, "an unknown session")?;
    opened(&catalog, 1).await?;
    let answer = catalog.seal(&elsewhere(1)?, None, fixtures::job(1, now)?, now).await;
    refused(answer, ErrorKind::NotFound, "one of another tenant")
}

async fn seal_race(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    let now = fixtures::at(0);
    let calls = (0..10).map(|number| {
        let (catalog, session) = (&catalog, &session);
        async move {
            let mut job = fixtures::job(1, now)?;
            job.id = crate::id::JobId::new(format!("job-{number}"))?;
            catalog.seal(session, Some(epoch), job, now).await
        }
    });
    for head in join_all(calls).await {
        ensure(head?.sealed, "a sealed journal")?;
    }
    equal(&catalog.counts(now).await?.waiting, &1, "queued jobs")
}

async fn seal_while_appending(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    let now = fixtures::at(0);
    let writer = async {
        let mut through = 0;
        for seq in 1..=30 {
            match append(&catalog, 1, epoch, seq, seq).await {
                Ok(head) => through = head.through,
                Err(error) if error.kind() == ErrorKind::Conflict => break,
                Err(error) => return Err(error),
            }
        }
        Ok(through)
    };
    let sealer = async { catalog.seal(&session, None, fixtures::job(1, now)?, now).await };
    let (through, head) = join(writer, sealer).await;
    let (through, head) = (through?, head?);
    equal(&through, &head.through, "the last acknowledged position")?;
    holds_through(&catalog, 1, through).await?;
    equal(&catalog.get(&session).await?.interaction_count, &through, "the session's count")
}

async fn seal_both_or_neither(catalog: Arc<dyn Catalog>) -> Verdict {
    let now = fixtures::at(0);
    let (session, epoch) = opened(&catalog, 1).await?;
    opened(&catalog, 2).await?;
    catalog.enqueue(fixtures::job(2, now)?).await?;
    let mut job = fixtures::job(1, now)?;
    job.id = fixtures::job(2, now)?.id;
    let answer = catalog.seal(&session, Some(epoch), job, now).await;
    refused(answer, ErrorKind::AlreadyExists, "a job whose id is taken")?;
    ensure(!catalog.head(&session).await?.sealed, "an open journal")?;
    equal(&*catalog.get(&session).await?, &fixtures::session(1)?, "the stored session")?;
    append(&catalog, 1, epoch, 1, 1).await?;
    holds_through(&catalog, 1, 1).await
}

async fn clear_keeps_head(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    append(&catalog, 1, epoch, 1, 4).await?;
    let now = fixtures::at(0);
    let head = catalog.seal(&session, None, fixtures::job(1, now)?, now).await?;
    catalog.clear(&session).await?;
    equal(&catalog.head(&session).await?, &head, "the head")?;
    equal(&catalog.get(&session).await?.interaction_count, &4, "the session's count")
}

async fn clear_unsealed(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    append(&catalog, 1, epoch, 1, 4).await?;
    refused(catalog.clear(&session).await, ErrorKind::Conflict, "a journal that is not sealed")?;
    holds_through(&catalog, 1, 4).await?;
    refused(catalog.clear(&elsewhere(1)?).await, ErrorKind::NotFound, "a journal of another tenant")
}

async fn clear_twice(catalog: Arc<dyn Catalog>) -> Verdict {
    let now = fixtures::at(0);
    for (seed, through) in [(1, 3), (2, 0)] {
        let (session, epoch) = opened(&catalog, seed).await?;
        append(&catalog, seed, epoch, 1, through).await?;
        catalog.seal(&session, None, fixtures::job(seed, now)?, now).await?;
        catalog.clear(&session).await?;
        catalog.clear(&session).await?;
    }
    Ok(())
}

async fn clear_others(catalog: Arc<dyn Catalog>) -> Verdict {
    let now = fixtures::at(0);
    for seed in [1, 2] {
        let (session, epoch) = opened(&catalog, seed).await?;
        append(&catalog, seed, epoch, 1, 3).await?;
        catalog.seal(&session, None, fixtures::job(seed, now)?, now).await?;
    }
    catalog.clear(&fixtures::session_ref(1)?).await?;
    holds_through(&catalog, 2, 3).await
}

async fn silent(catalog: Arc<dyn Catalog>) -> Verdict {
    let now = fixtures::at(0);
    // Opened in an order that is neither that of the ids nor that of the starts.
    for (seed, opened_at) in [(1, 30), (2, 10), (3, 20), (4, 15), (5, 17), (6, 40)] {
        catalog.create(fixtures::new_session(seed)?).await?;
        catalog.open_epoch(&fixtures::session_ref(seed)?, fixtures::at(opened_at)).await?;
    }
    catalog.seal(&fixtures::session_ref(4)?, None, fixtures::job(4, now)?, now).await?;
    let failed = |status| SessionChange { status: Some(status), ..SessionChange::default() };
    for status in [SessionStatus::Processing, SessionStatus::Failed] {
        catalog.update(&fixtures::session_ref(5)?, failed(status)).await?;
    }
    let all = [fixtures::session_ref(2)?, fixtures::session_ref(3)?, fixtures::session_ref(1)?];
    equal(&catalog.silent_since(fixtures::at(40), 10).await?, &all.to_vec(), "silent sessions")?;
    equal(&catalog.silent_since(fixtures::at(40), 2).await?, &all[..2].to_vec(), "the first two")?;
    equal(&catalog.silent_since(fixtures::at(20), 10).await?, &all[..1].to_vec(), "silent for longer")?;
    ensure(catalog.silent_since(fixtures::at(10), 10).await?.is_empty(), "none silent for that long")
}

async fn silent_broken(catalog: Arc<dyn Catalog>) -> Verdict {
    catalog.create(fixtures::new_session(0)?).await?;
    let session = fixtures::session_ref(0)?;
    let is_silent = |before: i64| {
        let catalog = &catalog;
        async move { Ok::<_, crate::Error>(!catalog.silent_since(fixtures::at(before), 10).await?.is_empty()) }
    };
    ensure(is_silent(100).await?, "silent after its start")?;
    let epoch = catalog.open_epoch(&session, fixtures::at(100)).await?.epoch;
    ensure(!is_silent(100).await? && is_silent(101).await?, "silent only after it was opened")?;
    catalog.append(&session, epoch, fixtures::records(0, 1, 1)?, fixtures::at(200)).await?;
    ensure(!is_silent(200).await? && is_silent(201).await?, "silent only after the append")
}
