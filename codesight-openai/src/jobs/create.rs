//! At most one job for each run.
//!
//! The service gives no way to say "the same request again": a creation whose reply is lost may have been acted upon, and sent again
//! it would train, and bill, twice. So the run's id is written on the job, jobs are looked through for it before one is made, and again
//! after every try whose outcome is not known.

use codesight_core::Result;
use http::Method;

use super::resource::FineTuning;
use crate::api::{CreateJob, JobObject};
use crate::client::{Call, is_outcome_unknown};

/// The key of the metadata under which the run's id is written on a job.
pub const RUN_ID_KEY: &str = "codesight_run_id";

/// How often a job is looked for after a try whose outcome is not known, before it is taken not to exist: lists may lag behind.
const LOOKS: u32 = 3;

impl FineTuning {
    /// The job of a run, if one was made. Of several (made by other programs at the same moment) the oldest.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn find(&self, run_id: &str) -> Result<Option<JobObject>> {
        let mut jobs = self.list(Some((RUN_ID_KEY, run_id))).await?;
        jobs.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
        Ok(jobs.into_iter().next())
    }

    /// The job of a run: the one that was made, or a new one.
    ///
    /// # Behaviour
    /// - the same run twice gives the same job, also when the reply of the first call was lost
    /// - callers that share this value and ask at the same moment get the same job; programs that ask at the same moment can
    ///   both make one, so let one of them lease the run
    ///
    /// # Errors
    /// Those of [`CreateJob::check`] and of the client. After an error whose outcome is not known, call again: it looks first.
    pub async fn create_once(&self, run_id: &str, mut request: CreateJob) -> Result<JobObject> {
        request.metadata.insert(RUN_ID_KEY.to_owned(), run_id.to_owned());
        request.check()?;
        let _making = self.making.lock().await;
        if let Some(job) = self.find(run_id).await? {
            return Ok(job);
        }
        let mut tries = 0;
        loop {
            let call = Call::new("jobs.create", Method::POST, "/fine_tuning/jobs").json(&request)?;
            let error = match self.client.fetch(call).await {
                Ok(job) => return Ok(job),
                Err(error) if is_outcome_unknown(&error) => error,
                Err(error) => return Err(error),
            };
            for look in 0..LOOKS {
                self.client.pause(look, &error).await;
                if let Some(job) = self.find(run_id).await? {
                    return Ok(job);
                }
            }
            if tries >= self.client.policy().max_retries {
                return Err(error);
            }
            tries += 1;
        }
    }
}
