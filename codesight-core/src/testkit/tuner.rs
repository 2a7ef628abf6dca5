//! The suite of [`Tuner`](crate::ports::Tuner).

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;

use super::check::{Stop, Verdict, ensure, equal, refused, shows_none_of};
use super::fixtures;
use super::suite::{Suite, scenarios};
use crate::error::ErrorKind;
use crate::ports::{Tuner, TuningJob, TuningStatus};
use crate::privacy::Masked;

/// How often a job is asked for before a scenario gives up waiting for its end.
const MOST_POLLS: usize = 100;
/// The largest file a scenario makes, bytes.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// Everything a tuner must do, as far as its capabilities go.
pub fn tuner_suite() -> Suite<dyn Tuner> {
    Suite::new(
        "tuner",
        scenarios![
            behaviour "upload: the same bytes twice may return the same file" => upload_twice,
            behaviour "upload: more than `max_file_bytes` is `LimitExceeded`" => upload_large,
            behaviour "start: the same `run_id` twice returns the same job" => start_twice,
            behaviour "start: an unknown file is `NotFound`" => start_unknown,
            also "start: of many at once with one `run_id` all get the same job" => start_race,
            also "get: `NotFound` when there is no such job" => get_unknown,
            also "get: a job that ends well has a model, and does not change any more" => succeed,
            also "events: oldest first, at most `limit`, each once" => events,
            also "cancel: as the capability says; a finished job is returned as it is" => cancel,
            also "debug: shows nothing of an uploaded file" => debug,
        ],
    )
}

fn lines(text: &str) -> Masked<Bytes> {
    Masked::from_store(Bytes::from(format!("{{\"messages\":[],\"note\":\"{text}\"}}\n").repeat(10)))
}

async fn started(tuner: &Arc<dyn Tuner>, run: &str) -> crate::Result<TuningJob> {
    let file = tuner.upload(lines("a")).await?;
    tuner.start(fixtures::tuning_request(run, &file)).await
}

async fn finished(tuner: &Arc<dyn Tuner>, job: &str) -> Result<TuningJob, Stop> {
    for _ in 0..MOST_POLLS {
        let job = tuner.get(job).await?;
        if job.status.is_final() {
            return Ok(job);
        }
    }
    Err(Stop::Skipped(format!("the job did not end within {MOST_POLLS} polls")))
}

async fn upload_twice(tuner: Arc<dyn Tuner>) -> Verdict {
    let files = [tuner.upload(lines("a")).await?, tuner.upload(lines("a")).await?];
    let other = tuner.upload(lines("b")).await?;
    ensure(!files.contains(&other), "another file for other bytes")?;
    for (run, file) in ["run-1", "run-2"].iter().zip(&files) {
        tuner.start(fixtures::tuning_request(run, file)).await?;
    }
    Ok(())
}

async fn upload_large(tuner: Arc<dyn Tuner>) -> Verdict {
    let Some(limit) = tuner.capabilities().max_file_bytes else {
        return Err(Stop::Skipped("it states no limit".to_owned()));
    };
    if limit >= LARGEST_FILE {
        return Err(Stop::Skipped(format!("the limit of {limit} bytes is too large to try")));
    }
    let file = |size: u64| Masked::from_store(Bytes::from(vec![b'\n'; size as usize]));
    tuner.upload(file(limit)).await?;
    refused(tuner.upload(file(limit + 1)).await, ErrorKind::LimitExceeded, "one byte too many")
}

async fn start_twice(tuner: Arc<dyn Tuner>) -> Verdict {
    let first = started(&tuner, "run-1").await?;
    equal(&first.run_id.as_str(), &"run-1", "the run of the job")?;
    equal(&started(&tuner, "run-1").await?.id, &first.id, "the job of the same run")?;
    finished(&tuner, &first.id).await?;
    equal(&started(&tuner, "run-1").await?.id, &first.id, "the same, once it has ended")?;
    ensure(started(&tuner, "run-2").await?.id != first.id, "another job for another run")
}

async fn start_unknown(tuner: Arc<dyn Tuner>) -> Verdict {
    let request = fixtures::tuning_request("run-1", "file-unknown");
    refused(tuner.start(request).await, ErrorKind::NotFound, "an unknown training file")?;
    let mut request = fixtures::tuning_request("run-1", &tuner.upload(lines("a")).await?);
    request.validation_file = Some("file-unknown".to_owned());
    refused(tuner.start(request).await, ErrorKind::NotFound, "an unknown validation file")
}

async fn start_race(tuner: Arc<dyn Tuner>) -> Verdict {
    let jobs = join_all((0..8).map(|_| started(&tuner, "run-1"))).await;
    let ids = jobs.into_iter().map(|job| Ok(job?.id)).collect::<crate::Result<HashSet<_>>>()?;
    equal(&ids.len(), &1, "different jobs")
}

async fn get_unknown(tuner: Arc<dyn Tuner>) -> Verdict {
    refused(tuner.get("job-unknown").await, ErrorKind::NotFound, "get")?;
    refused(tuner.events("job-unknown", None, 10).await, ErrorKind::NotFound, "events")
}

async fn succeed(tuner: Arc<dyn Tuner>) -> Verdict {
    let job = started(&tuner, "run-1").await?;
    let ended = finished(&tuner, &job.id).await?;
    equal(&ended.status, &TuningStatus::Succeeded, "how it ended")?;
    ensure(ended.model_id.is_some() && ended.error.is_none(), "a model and no error")?;
    equal(&tuner.get(&job.id).await?, &ended, "the job afterwards")
}

async fn events(tuner: Arc<dyn Tuner>) -> Verdict {
    let job = started(&tuner, "run-1").await?;
    finished(&tuner, &job.id).await?;
    let all = tuner.events(&job.id, None, 1_000).await?;
    ensure(!all.is_empty(), "at least one event")?;
    ensure(all.windows(2).all(|pair| pair[0].at <= pair[1].at), "oldest first")?;
    let (mut found, mut after) = (Vec::new(), None::<String>);
    while found.len() <= all.len() {
        let page = tuner.events(&job.id, after.as_deref(), 1).await?;
        ensure(page.len() <= 1, "no more than the limit")?;
        let Some(event) = page.into_iter().next() else { break };
        after = Some(event.id.clone());
        found.push(event);
    }
    equal(&found, &all, "all pages together")
}

async fn cancel(tuner: Arc<dyn Tuner>) -> Verdict {
    let job = started(&tuner, "run-1").await?;
    if !tuner.capabilities().cancel {
        return refused(tuner.cancel(&job.id).await, ErrorKind::Unsupported, "what it says it cannot do");
    }
    equal(&tuner.cancel(&job.id).await?.status, &TuningStatus::Cancelled, "the status of the cancelled job")?;
    equal(&tuner.get(&job.id).await?.status, &TuningStatus::Cancelled, "the status afterwards")?;
    refused(tuner.cancel("job-unknown").await, ErrorKind::NotFound, "an unknown job")?;
    let other = started(&tuner, "run-2").await?;
    let ended = finished(&tuner, &other.id).await?;
    equal(&tuner.cancel(&other.id).await?, &ended, "a finished job")
}

async fn debug(tuner: Arc<dyn Tuner>) -> Verdict {
    const SECRET: &str = "a-line-nobody-else-may-read";
    tuner.upload(lines(SECRET)).await?;
    shows_none_of(&*tuner, &[SECRET])
}
