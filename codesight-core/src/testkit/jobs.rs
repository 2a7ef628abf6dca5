//! The suite of [`JobQueue`](crate::ports::JobQueue).

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use super::check::{Stop, Verdict, ensure, equal, refused};
use super::fixtures;
use super::suite::{Suite, scenarios};
use crate::error::ErrorKind;
use crate::id::{JobId, WorkerId};
use crate::ports::{Catalog, Job, JobCounts, JobFailure, JobKind, NewJob};

const LEASE: Duration = Duration::from_millis(100);

/// Everything a job queue must do.
pub fn jobs_suite() -> Suite<dyn Catalog> {
    Suite::new(
        "jobs",
        scenarios![
            behaviour "enqueue: while the session has an unfinished job of the same kind, that one's id is returned and nothing is queued"
                => enqueue_again,
            behaviour "enqueue: a dead job does not stand in the way" => enqueue_after_death,
            also "enqueue: of many at once for one session one is queued" => enqueue_race,
            also "enqueue: an unknown session is `NotFound`, an id that is taken `AlreadyExists`" => enqueue_refused,
            behaviour "lease: `None` when nothing is due" => lease_nothing,
            behaviour "lease: a job is never leased to two workers whose leases overlap" => lease_race,
            behaviour "lease: a job whose lease has run out is due again, with its attempts counted on" => lease_expired,
            behaviour "lease: a job is of the kind that was queued, and a session may have one of each kind at a time"
                => lease_kinds,
            also "lease: the job that has been due longest comes first" => lease_order,
            also "extend: makes the lease last; `Conflict` for anybody else" => extend,
            also "complete: removes the job; `Conflict` for anybody else, and the second time" => complete,
            also "fail: gives the job back for later, or up; `Conflict` for anybody else" => fail,
            also "a worker that was overtaken holds nothing any more" => overtaken,
            also "counts: what is waiting, leased and dead" => counts,
        ],
    )
}

/// Creates the session of `seed` and queues its job, due at `due`.
async fn queued(catalog: &Arc<dyn Catalog>, seed: u64, due: i64) -> crate::Result<JobId> {
    catalog.create(fixtures::new_session(seed)?).await?;
    catalog.enqueue(fixtures::job(seed, fixtures::at(due))?).await
}

async fn leased(catalog: &Arc<dyn Catalog>, worker: &WorkerId, now: i64) -> Result<Job, Stop> {
    let job = catalog.lease(worker, fixtures::at(now), LEASE).await?;
    job.ok_or_else(|| Stop::Broken("expected: a job that is due".to_owned()))
}

fn failure(retry_at: Option<i64>) -> JobFailure {
    JobFailure {
        code: "archive-failed".to_owned(),
        message: "the archive could not be written".to_owned(),
        retry_at: retry_at.map(fixtures::at),
    }
}

async fn enqueue_again(catalog: Arc<dyn Catalog>) -> Verdict {
    let first = queued(&catalog, 1, 0).await?;
    let again = || -> crate::Result<NewJob> {
        Ok(NewJob { id: JobId::new("another-id")?, ..fixtures::job(1, fixtures::at(0))? })
    };
    equal(&catalog.enqueue(again()?).await?, &first, "the id while it waits")?;
    leased(&catalog, &fixtures::worker(1)?, 0).await?;
    equal(&catalog.enqueue(again()?).await?, &first, "the id while it is leased")?;
    equal(
        &catalog.counts(fixtures::at(0)).await?,
        &JobCounts { leased: 1, ..Default::default() },
        "the queue",
    )?;
    catalog.complete(&first, &fixtures::worker(1)?).await?;
    equal(&catalog.enqueue(again()?).await?, &again()?.id, "the id once it is finished")
}

async fn enqueue_after_death(catalog: Arc<dyn Catalog>) -> Verdict {
    let first = queued(&catalog, 1, 0).await?;
    let worker = fixtures::worker(1)?;
    leased(&catalog, &worker, 0).await?;
    catalog.fail(&first, &worker, failure(None)).await?;
    let next = NewJob { id: JobId::new("another-id")?, ..fixtures::job(1, fixtures::at(0))? };
    equal(&catalog.enqueue(next.clone()).await?, &next.id, "the new job's id")?;
    let job = leased(&catalog, &worker, 0).await?;
    equal(&(job.id, job.attempts), &(next.id, 1), "the leased job and its attempts")
}

async fn enqueue_race(catalog: Arc<dyn Catalog>) -> Verdict {
    catalog.create(fixtures::new_session(1)?).await?;
    let calls = (0..12).map(|number| {
        let catalog = &catalog;
        async move {
            let id = JobId::new(format!("job-{number}"))?;
            catalog.enqueue(NewJob { id, ..fixtures::job(1, fixtures::at(0))? }).await
        }
    });
    let ids = join_all(calls).await.into_iter().collect::<crate::Result<Vec<_>>>()?;
    ensure(ids.windows(2).all(|pair| pair[0] == pair[1]), "one id for all")?;
    equal(&catalog.counts(fixtures::at(0)).await?.waiting, &1, "queued jobs")
}

async fn enqueue_refused(catalog: Arc<dyn Catalog>) -> Verdict {
    let unknown = catalog.enqueue(fixtures::job(1, fixtures::at(0))?).await;
    refused(unknown, ErrorKind::NotFound, "a job for an unknown session")?;
    let id = queued(&catalog, 1, 0).await?;
    catalog.create(fixtures::new_session(2)?).await?;
    let taken = catalog.enqueue(NewJob { id, ..fixtures::job(2, fixtures::at(0))? }).await;
    refused(taken, ErrorKind::AlreadyExists, "a job whose id is taken")?;
    equal(&catalog.counts(fixtures::at(0)).await?.waiting, &1, "queued jobs")
}

async fn lease_nothing(catalog: Arc<dyn Catalog>) -> Verdict {
    let worker = fixtures::worker(1)?;
    ensure(catalog.lease(&worker, fixtures::at(0), LEASE).await?.is_none(), "nothing in an empty queue")?;
    queued(&catalog, 1, 50).await?;
    ensure(catalog.lease(&worker, fixtures::at(49), LEASE).await?.is_none(), "nothing before it is due")?;
    let job = leased(&catalog, &worker, 50).await?;
    let expected = Job {
        id: fixtures::job(1, fixtures::at(0))?.id,
        kind: job.kind,
        session: fixtures::session_ref(1)?,
        attempts: 1,
        leased_until: fixtures::at(150),
    };
    equal(&job, &expected, "the leased job")?;
    ensure(catalog.lease(&worker, fixtures::at(60), LEASE).await?.is_none(), "nothing while it is leased")
}

async fn lease_race(catalog: Arc<dyn Catalog>) -> Verdict {
    const JOBS: u64 = 20;
    for seed in 0..JOBS {
        queued(&catalog, seed, 0).await?;
    }
    let calls = (0..JOBS + 10).map(|number| {
        let catalog = &catalog;
        async move { catalog.lease(&fixtures::worker(number)?, fixtures::at(1), LEASE).await }
    });
    let mut ids = Vec::new();
    for job in join_all(calls).await {
        ids.extend(job?.map(|job| job.id));
    }
    equal(&(ids.len() as u64), &JOBS, "leases given")?;
    ids.sort();
    ids.dedup();
    equal(&(ids.len() as u64), &JOBS, "different jobs leased")
}

async fn lease_expired(catalog: Arc<dyn Catalog>) -> Verdict {
    let id = queued(&catalog, 1, 0).await?;
    leased(&catalog, &fixtures::worker(1)?, 0).await?;
    let second = fixtures::worker(2)?;
    ensure(
        catalog.lease(&second, fixtures::at(99), LEASE).await?.is_none(),
        "nothing while the lease holds",
    )?;
    let job = leased(&catalog, &second, 100).await?;
    equal(&(job.id, job.attempts, job.leased_until), &(id, 2, fixtures::at(200)), "the job leased again")
}

async fn lease_kinds(catalog: Arc<dyn Catalog>) -> Verdict {
    catalog.create(fixtures::new_session(1)?).await?;
    for (number, kind) in (0..).zip(JobKind::ALL) {
        let id = JobId::new(format!("job-of-kind-{number}"))?;
        let queued = catalog
            .enqueue(NewJob { id: id.clone(), kind, ..fixtures::job(1, fixtures::at(number))? })
            .await?;
        equal(&queued, &id, "a job of its own for each kind")?;
    }
    for kind in JobKind::ALL {
        equal(&leased(&catalog, &fixtures::worker(1)?, 50).await?.kind, &kind, "the kind that was queued")?;
    }
    Ok(())
}

async fn lease_order(catalog: Arc<dyn Catalog>) -> Verdict {
    for (seed, due) in [(1, 30), (2, 10), (3, 20)] {
        queued(&catalog, seed, due).await?;
    }
    let worker = fixtures::worker(1)?;
    let mut order = Vec::new();
    for _ in 0..3 {
        order.push(leased(&catalog, &worker, 1_000).await?.session);
    }
    let expected = [fixtures::session_ref(2)?, fixtures::session_ref(3)?, fixtures::session_ref(1)?];
    equal(&order, &expected.to_vec(), "the order of leases")
}

async fn extend(catalog: Arc<dyn Catalog>) -> Verdict {
    let id = queued(&catalog, 1, 0).await?;
    let (worker, other) = (fixtures::worker(1)?, fixtures::worker(2)?);
    let until = fixtures::at(500);
    refused(catalog.extend(&id, &worker, until).await, ErrorKind::Conflict, "a job nobody holds")?;
    leased(&catalog, &worker, 0).await?;
    refused(catalog.extend(&id, &other, until).await, ErrorKind::Conflict, "somebody else's job")?;
    catalog.extend(&id, &worker, until).await?;
    ensure(catalog.lease(&other, fixtures::at(499), LEASE).await?.is_none(), "nothing while it is extended")?;
    equal(&leased(&catalog, &other, 500).await?.id, &id, "the job once that has run out")?;
    let unknown = JobId::new("unknown")?;
    refused(catalog.extend(&unknown, &worker, until).await, ErrorKind::Conflict, "an unknown job")
}

async fn complete(catalog: Arc<dyn Catalog>) -> Verdict {
    let id = queued(&catalog, 1, 0).await?;
    let (worker, other) = (fixtures::worker(1)?, fixtures::worker(2)?);
    refused(catalog.complete(&id, &worker).await, ErrorKind::Conflict, "a job nobody holds")?;
    leased(&catalog, &worker, 0).await?;
    refused(catalog.complete(&id, &other).await, ErrorKind::Conflict, "somebody else's job")?;
    catalog.complete(&id, &worker).await?;
    equal(&catalog.counts(fixtures::at(1_000)).await?, &JobCounts::default(), "the queue")?;
    refused(catalog.complete(&id, &worker).await, ErrorKind::Conflict, "the second time")
}

async fn fail(catalog: Arc<dyn Catalog>) -> Verdict {
    let id = queued(&catalog, 1, 0).await?;
    let (worker, other) = (fixtures::worker(1)?, fixtures::worker(2)?);
    leased(&catalog, &worker, 0).await?;
    refused(catalog.fail(&id, &other, failure(None)).await, ErrorKind::Conflict, "somebody else's job")?;
    catalog.fail(&id, &worker, failure(Some(300))).await?;
    refused(catalog.fail(&id, &worker, failure(None)).await, ErrorKind::Conflict, "a job given back")?;
    ensure(catalog.lease(&other, fixtures::at(299), LEASE).await?.is_none(), "nothing before the retry")?;
    equal(&leased(&catalog, &other, 300).await?.attempts, &2, "the attempts")?;
    catalog.fail(&id, &other, failure(None)).await?;
    ensure(catalog.lease(&worker, fixtures::at(9_000), LEASE).await?.is_none(), "no lease of a dead job")?;
    equal(
        &catalog.counts(fixtures::at(9_000)).await?,
        &JobCounts { dead: 1, ..Default::default() },
        "the queue",
    )
}

async fn overtaken(catalog: Arc<dyn Catalog>) -> Verdict {
    let id = queued(&catalog, 1, 0).await?;
    let (slow, quick) = (fixtures::worker(1)?, fixtures::worker(2)?);
    leased(&catalog, &slow, 0).await?;
    leased(&catalog, &quick, 100).await?;
    let until = fixtures::at(900);
    refused(catalog.extend(&id, &slow, until).await, ErrorKind::Conflict, "to extend")?;
    refused(catalog.complete(&id, &slow).await, ErrorKind::Conflict, "to complete")?;
    refused(catalog.fail(&id, &slow, failure(None)).await, ErrorKind::Conflict, "to fail")?;
    catalog.complete(&id, &quick).await?;
    Ok(())
}

async fn counts(catalog: Arc<dyn Catalog>) -> Verdict {
    equal(&catalog.counts(fixtures::at(0)).await?, &JobCounts::default(), "an empty queue")?;
    for (seed, due) in [(1, 0), (2, 1), (3, 2), (4, 5_000)] {
        queued(&catalog, seed, due).await?;
    }
    let worker = fixtures::worker(1)?;
    let first = leased(&catalog, &worker, 10).await?;
    leased(&catalog, &worker, 10).await?;
    catalog.fail(&first.id, &worker, failure(None)).await?;
    let expected = JobCounts { waiting: 2, leased: 1, dead: 1 };
    equal(&catalog.counts(fixtures::at(10)).await?, &expected, "while a lease holds")?;
    let expected = JobCounts { waiting: 3, leased: 0, dead: 1 };
    equal(&catalog.counts(fixtures::at(110)).await?, &expected, "once it has run out")
}
