//! Watches a job until it ends, over failures, pauses and restarts.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use codesight_core::ports::{Tuner, TuningEvent, TuningJob, TuningStatus};
use codesight_core::{Error, ErrorKind, Result, Retry};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use crate::records::{self, Records};

/// Events asked for at once.
const PAGE: usize = 100;

/// How a job is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonitorOptions {
    /// The first pause between two looks; each one without news is half as long again.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// How long to watch in all.
    pub deadline: Duration,
}

impl Default for MonitorOptions {
    fn default() -> Self {
        Self {
            first_pause: Duration::from_secs(5),
            longest_pause: Duration::from_secs(60),
            deadline: Duration::from_secs(72 * 3_600),
        }
    }
}

/// Is told what a job reports.
#[async_trait]
pub trait Watcher: Send {
    /// An event. It is told each event once, in order; the last one again after a restart if the place could not be kept before
    /// the program ended.
    async fn event(&mut self, event: &TuningEvent) -> Result<()>;

    /// The job stands elsewhere than before.
    async fn status(&mut self, job: &TuningJob) -> Result<()>;
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    last_event: Option<String>,
    status: Option<TuningStatus>,
}

/// Watches jobs.
#[derive(Clone)]
pub struct Monitor {
    tuner: Arc<dyn Tuner>,
    records: Arc<dyn Records>,
    options: MonitorOptions,
    nudge: Arc<Notify>,
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Monitor {
    /// Watches jobs of `tuner` and keeps its place in `records`.
    pub fn new(tuner: Arc<dyn Tuner>, records: Arc<dyn Records>, options: MonitorOptions) -> Self {
        Self { tuner, records, options, nudge: Arc::default() }
    }

    /// Looks at once: a verified webhook came.
    pub fn nudge(&self) {
        self.nudge.notify_one();
    }

    /// Watches the job until it ends.
    ///
    /// # Behaviour
    /// - no event is lost, whatever fails in between, and whether or not the program was started anew
    /// - a status nobody knows is not an end
    /// - failures that may pass are waited out until the deadline
    ///
    /// # Errors
    /// Those of the watcher and the records; those of the tuner that do not pass; [`ErrorKind::Unavailable`] at the deadline.
    pub async fn follow(&self, job: &str, watcher: &mut dyn Watcher) -> Result<TuningJob> {
        let key = format!("monitor-{job}");
        let mut place: Place = records::load(&*self.records, &key).await?.unwrap_or_default();
        let deadline = Instant::now() + self.options.deadline;
        let mut pause = self.options.first_pause;
        loop {
            let (news, asked) = match self.look(job, &key, &mut place, watcher).await {
                Ok((job, _)) if job.status.is_final() => return Ok(job),
                Ok((_, news)) => (news, None),
                Err(error) => match error.retry() {
                    Retry::Never => return Err(error),
                    Retry::Later => (false, None),
                    Retry::After(wait) => (false, Some(wait)),
                },
            };
            pause = if news {
                self.options.first_pause
            } else {
                (pause + pause / 2).min(self.options.longest_pause)
            };
            let wait = asked.unwrap_or(pause);
            if Instant::now() + wait > deadline {
                return Err(Error::new(ErrorKind::Unavailable, "jobs.follow", "the job did not end in time")
                    .with("deadline_s", self.options.deadline.as_secs()));
            }
            // A nudge ends the pause early; both ways lead to the next look.
            let _ = timeout(wait, self.nudge.notified()).await;
        }
    }

    /// The job, and whether there was news. The status is read before the events, so that those of its end are among them.
    async fn look(
        &self,
        job: &str,
        key: &str,
        place: &mut Place,
        watcher: &mut dyn Watcher,
    ) -> Result<(TuningJob, bool)> {
        let current = self.tuner.get(job).await?;
        let mut news = false;
        loop {
            let events = self.tuner.events(job, place.last_event.as_deref(), PAGE).await?;
            let is_last = events.len() < PAGE;
            for event in events {
                watcher.event(&event).await?;
                place.last_event = Some(event.id);
                news = true;
            }
            if news {
                records::save(&*self.records, key, place).await?;
            }
            if is_last {
                break;
            }
        }
        if place.status.as_ref() != Some(&current.status) {
            watcher.status(&current).await?;
            place.status = Some(current.status.clone());
            records::save(&*self.records, key, place).await?;
            news = true;
        }
        Ok((current, news))
    }
}
