//! Training on a machine of one's own: the dataset and a ready recipe, handed to a command.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use codesight_core::id::ContentHash;
use codesight_core::model::TrainingMetrics;
use codesight_core::ports::{Tuner, TunerCapabilities, TuningEvent, TuningJob, TuningRequest, TuningStatus};
use codesight_core::privacy::Masked;
use codesight_core::time::{Clock, Timestamp};
use codesight_core::{Error, ErrorKind, Result, Retry};
use serde::{Deserialize, Serialize};
use tokio::fs;
use tokio::process::Command;
use tokio::sync::Mutex;
use tokio::time::sleep;

use super::recipe::Recipe;

/// How long a look at a running job waits for its end, so that whoever asks without pauses does not spin.
const LOOK: Duration = Duration::from_millis(20);

/// Trains by running a command in a folder of the run, which holds `lines.jsonl` (and `validation.jsonl`), the recipe, and afterwards
/// `log.txt` and whatever the command wrote; the model is expected in `output`.
#[derive(Debug, Clone)]
pub struct LocalTrainer {
    folder: PathBuf,
    command: Vec<String>,
    recipe: Recipe,
    clock: Arc<dyn Clock>,
    starting: Arc<Mutex<()>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    run_id: String,
    created_at: Timestamp,
    epochs: Option<u32>,
}

impl fmt::Display for LocalTrainer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "local trainer ({})", self.recipe.name())
    }
}

fn failed(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, "trainer.files", "the trainer's folder cannot be used")
        .retry_when(Retry::Never)
        .caused_by(error)
}

async fn exists(path: &Path) -> Result<bool> {
    fs::try_exists(path).await.map_err(failed)
}

impl LocalTrainer {
    /// Keeps everything below `folder`. `command` is a program with its arguments, run in the run's folder; without one the recipe is run on
    /// this machine.
    pub fn new(folder: PathBuf, command: Vec<String>, recipe: Recipe, clock: Arc<dyn Clock>) -> Self {
        let command = if command.is_empty() { recipe.command() } else { command };
        Self { folder, command, recipe, clock, starting: Arc::default() }
    }

    fn file(&self, id: &str) -> PathBuf {
        let plain: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
        self.folder.join("files").join(format!("{plain}.jsonl"))
    }

    fn run(&self, job: &str) -> PathBuf {
        let plain: String =
            job.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
        self.folder.join("runs").join(plain)
    }

    /// The folder of the run, whole or not at all.
    async fn prepare(&self, run: &Path, request: &TuningRequest) -> Result<()> {
        let draft = run.with_extension("draft");
        let _ = fs::remove_dir_all(&draft).await;
        fs::create_dir_all(&draft).await.map_err(failed)?;
        let files = [
            ("lines.jsonl", Some(&request.training_file)),
            ("validation.jsonl", request.validation_file.as_ref()),
        ];
        for (name, file) in files {
            let Some(file) = file else { continue };
            let from = self.file(file);
            if !exists(&from).await? {
                return Err(Error::not_found("trainer.start", "no such file"));
            }
            fs::copy(from, draft.join(name)).await.map_err(failed)?;
        }
        let text = self.recipe.write(&request.base_model, request.epochs, request.validation_file.is_some());
        fs::write(draft.join(self.recipe.file_name()), text).await.map_err(failed)?;
        let record =
            Run { run_id: request.run_id.clone(), created_at: self.clock.now(), epochs: request.epochs };
        let json = serde_json::to_vec(&record).map_err(|error| failed(error.into()))?;
        fs::write(draft.join("run.json"), json).await.map_err(failed)?;
        // Of two that prepare the same run one fails here: the folder is not empty.
        match fs::rename(&draft, run).await {
            Err(error) if !exists(run).await? => Err(failed(error)),
            _ => Ok(()),
        }
    }

    /// Starts the command once: whoever makes the file `started` does.
    async fn launch(&self, run: &Path) -> Result<()> {
        let mine = fs::OpenOptions::new().write(true).create_new(true).open(run.join("started")).await;
        match mine {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(()),
            other => drop(other.map_err(failed)?),
        }
        // The shell writes down how it ended, also when this program has ended before.
        let script = "\"$0\" \"$@\" > log.txt 2>&1; echo $? > exit.draft; mv exit.draft exit";
        let child = Command::new("sh")
            .arg("-c")
            .arg(script)
            .args(&self.command)
            .current_dir(run)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(failed)?;
        let pid = child.id().unwrap_or_default().to_string();
        fs::write(run.join("started"), format!("{} {pid}", self.clock.now().as_millis()))
            .await
            .map_err(failed)
    }

    async fn record(&self, run: &Path) -> Result<Run> {
        let json = fs::read(run.join("run.json")).await.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Error::not_found("trainer.get", "no such job"),
            _ => failed(error),
        })?;
        serde_json::from_slice(&json)
            .map_err(|_| Error::new(ErrorKind::Corrupt, "trainer.get", "the run's record cannot be read"))
    }

    async fn status(&self, run: &Path) -> Result<(TuningStatus, Option<i32>)> {
        if exists(&run.join("cancelled")).await? {
            return Ok((TuningStatus::Cancelled, None));
        }
        match fs::read_to_string(run.join("exit")).await {
            Ok(code) => {
                let code = code.trim().parse().unwrap_or(-1);
                let status = if code == 0 { TuningStatus::Succeeded } else { TuningStatus::Failed };
                Ok((status, Some(code)))
            }
            Err(_) if exists(&run.join("started")).await? => Ok((TuningStatus::Running, None)),
            Err(_) => Ok((TuningStatus::Queued, None)),
        }
    }

    async fn job(&self, id: &str) -> Result<TuningJob> {
        let run = self.run(id);
        let record = self.record(&run).await?;
        let (status, code) = self.status(&run).await?;
        let model_id = (status == TuningStatus::Succeeded).then(|| run.join("output").display().to_string());
        let error = (status == TuningStatus::Failed).then(|| {
            (
                format!("exit-{}", code.unwrap_or(-1)),
                format!("the command failed; see {}", run.join("log.txt").display()),
            )
        });
        let metrics = trainer_state(&run).await.unwrap_or_default();
        Ok(TuningJob { id: id.to_owned(), run_id: record.run_id, status, model_id, metrics, error })
    }
}

/// What Hugging Face's trainers leave in `output/trainer_state.json`.
async fn trainer_state(run: &Path) -> Option<TrainingMetrics> {
    let json = fs::read(run.join("output/trainer_state.json")).await.ok()?;
    let state: serde_json::Value = serde_json::from_slice(&json).ok()?;
    let history = state["log_history"].as_array().cloned().unwrap_or_default();
    let last = |key: &str| history.iter().rev().find_map(|entry| entry[key].as_f64());
    Some(TrainingMetrics {
        steps: state["global_step"].as_u64().unwrap_or_default(),
        epochs: state["epoch"].as_f64().unwrap_or_default(),
        trained_tokens: last("num_tokens").unwrap_or_default() as u64,
        training_loss: last("loss"),
        validation_loss: last("eval_loss"),
        token_accuracy: last("mean_token_accuracy"),
    })
}

#[async_trait]
impl Tuner for LocalTrainer {
    fn capabilities(&self) -> TunerCapabilities {
        TunerCapabilities { images: true, tools: true, cancel: true, max_file_bytes: None }
    }

    async fn upload(&self, lines: Masked<Bytes>) -> Result<String> {
        let id = ContentHash::of(&lines).to_string();
        let file = self.file(&id);
        // Two that keep the same lines at once would take each other's draft away.
        let _keeping = self.starting.lock().await;
        if !exists(&file).await? {
            fs::create_dir_all(self.folder.join("files")).await.map_err(failed)?;
            let draft = file.with_extension("draft");
            fs::write(&draft, &*lines).await.map_err(failed)?;
            fs::rename(&draft, &file).await.map_err(failed)?;
        }
        Ok(id)
    }

    async fn start(&self, request: TuningRequest) -> Result<TuningJob> {
        let _starting = self.starting.lock().await;
        let id = format!("run-{}", ContentHash::of(request.run_id.as_bytes()));
        let run = self.run(&id);
        if !exists(&run).await? {
            fs::create_dir_all(self.folder.join("runs")).await.map_err(failed)?;
            self.prepare(&run, &request).await?;
        }
        self.launch(&run).await?;
        self.job(&id).await
    }

    async fn get(&self, job: &str) -> Result<TuningJob> {
        let known = self.job(job).await?;
        match known.status {
            // The program ended between preparing the run and starting it.
            TuningStatus::Queued => {
                self.launch(&self.run(job)).await?;
                self.job(job).await
            }
            TuningStatus::Running => {
                sleep(LOOK).await;
                self.job(job).await
            }
            _ => Ok(known),
        }
    }

    async fn events(&self, job: &str, after: Option<&str>, limit: usize) -> Result<Vec<TuningEvent>> {
        let run = self.run(job);
        let record = self.record(&run).await?;
        let mut events = vec![("created", record.created_at)];
        if let Ok(started) = fs::read_to_string(run.join("started")).await {
            let at = started.split(' ').next().and_then(|at| at.parse().ok());
            events.push(("started", at.map_or(record.created_at, Timestamp::from_millis)));
        }
        let (status, _) = self.status(&run).await?;
        if status.is_final() {
            let at = events.last().map_or(record.created_at, |(_, at)| *at);
            events.push(("ended", at));
        }
        let seen = match after {
            None => 0,
            Some(after) => {
                let place = events.iter().position(|(name, _)| *name == after);
                place.ok_or_else(|| Error::not_found("trainer.events", "no such event"))? + 1
            }
        };
        let told = events.into_iter().skip(seen).take(limit);
        Ok(told
            .map(|(name, at)| TuningEvent { id: name.to_owned(), at, message: format!("the run was {name}") })
            .collect())
    }

    async fn cancel(&self, job: &str) -> Result<TuningJob> {
        let known = self.job(job).await?;
        if known.status.is_final() {
            return Ok(known);
        }
        let run = self.run(job);
        let started = fs::read_to_string(run.join("started")).await.unwrap_or_default();
        fs::write(run.join("cancelled"), b"").await.map_err(failed)?;
        if let Some(pid) = started.split(' ').nth(1).filter(|pid| pid.parse::<u32>().is_ok_and(|pid| pid > 1))
        {
            // The whole group: the shell and what it runs. It may have ended in between.
            let _ = Command::new("kill")
                .args(["-TERM", "--", &format!("-{pid}")])
                .stderr(Stdio::null())
                .status()
                .await;
        }
        self.job(job).await
    }
}
