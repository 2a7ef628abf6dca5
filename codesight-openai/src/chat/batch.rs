//! Questions by the file: half the price, within a day.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use codesight_core::{Error, ErrorKind, Result, Retry};
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::model::ChatModel;
use super::wire::{Answer, Question};
use crate::api::{Page, Purpose};
use crate::client::{Call, Client, is_outcome_unknown};
use crate::files::Files;
use crate::jobs::RUN_ID_KEY;
use crate::uploads::{BytesSource, Source, digest};

/// How a batch is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchOptions {
    /// Between two looks.
    pub pause: Duration,
    /// In all.
    pub deadline: Duration,
}

impl Default for BatchOptions {
    fn default() -> Self {
        Self { pause: Duration::from_secs(30), deadline: Duration::from_secs(25 * 3_600) }
    }
}

/// The batches of one project at a service.
#[derive(Debug, Clone)]
pub struct Batches {
    client: Client,
    options: BatchOptions,
}

#[derive(Debug, Deserialize)]
struct BatchObject {
    id: String,
    status: String,
    #[serde(default)]
    input_file_id: String,
    #[serde(default)]
    output_file_id: Option<String>,
    #[serde(default)]
    metadata: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct OutputLine {
    custom_id: String,
    #[serde(default)]
    response: Option<OutputResponse>,
}

#[derive(Deserialize)]
struct OutputResponse {
    status_code: u16,
    #[serde(default)]
    body: Value,
}

impl Batches {
    /// Of the service that `client` speaks to.
    pub fn new(client: Client, options: BatchOptions) -> Self {
        Self { client, options }
    }

    /// Asks all questions and waits for the answers, by the ids of the questions. The same questions make one batch, also when a
    /// reply was lost or the program was started anew. A question without an answer is left out.
    ///
    /// # Errors
    /// Those of the client; [`ErrorKind::Unavailable`] when the batch fails or does not end in time.
    pub async fn ask(
        &self,
        model: &ChatModel,
        questions: &[(String, Question)],
    ) -> Result<BTreeMap<String, Answer>> {
        if questions.is_empty() {
            return Ok(BTreeMap::new());
        }
        let lines: String =
            questions.iter().map(|(id, question)| format!("{}\n", model.batch_line(id, question))).collect();
        let source: Arc<dyn Source> = Arc::new(BytesSource(Bytes::from(lines)));
        let digests = digest(&*source).await?;
        let files = Files::new(self.client.clone());
        let file = files.upload(&source, &digests, Purpose::Batch).await?;
        let batch = self.create_once(&file.id, &digests.sha256).await?;
        let output = self.wait(&batch).await?;
        let Some(output) = output else { return Ok(BTreeMap::new()) };
        let content = files.content(&output).await?;
        let mut answers = BTreeMap::new();
        for line in content.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            let Ok(line) = serde_json::from_slice::<OutputLine>(line) else { continue };
            let reply = line.response.filter(|response| response.status_code == 200);
            if let Some(Ok(answer)) = reply.map(|response| Answer::read(response.body)) {
                answers.insert(line.custom_id, answer);
            }
        }
        Ok(answers)
    }

    async fn find(&self, run: &str, file: &str) -> Result<Option<String>> {
        let mut after: Option<String> = None;
        loop {
            let mut call = Call::new("batches.list", Method::GET, "/batches").query("limit", "100");
            if let Some(after) = &after {
                call = call.query("after", after);
            }
            let page: Page<BatchObject> = self.client.fetch(call).await?;
            let is_it = |batch: &&BatchObject| {
                let stamped = batch.metadata.as_ref().and_then(|data| data.get(RUN_ID_KEY));
                batch.input_file_id == file
                    && stamped.is_some_and(|stamp| stamp == run)
                    && !matches!(batch.status.as_str(), "failed" | "expired" | "cancelled" | "cancelling")
            };
            if let Some(batch) = page.data.iter().find(is_it) {
                return Ok(Some(batch.id.clone()));
            }
            after = page.data.last().map(|batch| batch.id.clone());
            if !page.has_more || after.is_none() {
                return Ok(None);
            }
        }
    }

    async fn create_once(&self, file: &str, run: &str) -> Result<String> {
        let body = json!({
            "input_file_id": file, "endpoint": "/v1/chat/completions", "completion_window": "24h",
            "metadata": { RUN_ID_KEY: run },
        });
        let mut tries = 0;
        loop {
            if let Some(batch) = self.find(run, file).await? {
                return Ok(batch);
            }
            let call = Call::new("batches.create", Method::POST, "/batches").json(&body)?;
            match self.client.fetch::<BatchObject>(call).await {
                Ok(batch) => return Ok(batch.id),
                Err(error) if is_outcome_unknown(&error) && tries < self.client.policy().max_retries => {
                    self.client.pause(tries, &error).await;
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The file with the answers, once the batch has ended.
    async fn wait(&self, batch: &str) -> Result<Option<String>> {
        let deadline = Instant::now() + self.options.deadline;
        loop {
            let path = format!("/batches/{}", Call::segment(batch));
            match self.client.fetch::<BatchObject>(Call::new("batches.get", Method::GET, path)).await {
                Ok(batch) => match batch.status.as_str() {
                    // One that expired or was cancelled still has the answers it came to.
                    "completed" | "expired" | "cancelled" => return Ok(batch.output_file_id),
                    "failed" => {
                        return Err(Error::new(
                            ErrorKind::Invalid,
                            "batches.wait",
                            "the service refused the batch",
                        ));
                    }
                    _ => {}
                },
                Err(error) if error.retry() == Retry::Never => return Err(error),
                Err(_) => {}
            }
            if Instant::now() + self.options.pause > deadline {
                return Err(Error::new(
                    ErrorKind::Unavailable,
                    "batches.wait",
                    "the batch did not end in time",
                ));
            }
            sleep(self.options.pause).await;
        }
    }
}
