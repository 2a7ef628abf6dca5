//! Making a dataset: which sessions, which part each is in, and their lines, one session in memory at a time.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use bytes::Bytes;
use codesight_core::id::{CollectorId, ExportId, SessionId, TenantId};
use codesight_core::model::{SessionStatus, UnifiedSession};
use codesight_core::pipeline::ProcessedSession;
use codesight_core::ports::{AuditAction, BlobKey, BlobUpload, SessionQuery, SessionRef};
use codesight_core::privacy::Masked;
use codesight_core::review::Standing;
use codesight_core::rights::purpose;
use codesight_core::training::{Part, SplitItem, SplitOptions, split};
use codesight_core::{Error, ErrorKind, Result};
use codesight_openai::format::ChatFormat;
use codesight_openai::validate::{Validator, ValidatorOptions};
use codesight_storage::ArchiveReader;
use codesight_storage::archive::ArchiveLimits;

use super::{BuildState, Dataset, LeftOut, PartFile, RECORD, Recipe, SESSIONS, key, part_name};
use crate::app::App;
use crate::flags::pipeline_of;
use crate::{archives, lines};

const PAGE: usize = 200;
/// Findings of a file that its record tells.
const FINDINGS: usize = 10;

/// What fits the recipe.
#[derive(Default)]
struct Fitting {
    sessions: Vec<Masked<UnifiedSession>>,
    left_out: LeftOut,
    standings: BTreeMap<SessionId, Standing>,
}

/// How far a build is, told to whoever asks.
struct Progress<'a> {
    app: &'a App,
    tenant: &'a TenantId,
    id: &'a ExportId,
    done: u64,
    total: u64,
}

impl Progress<'_> {
    fn step(&mut self) {
        self.done += 1;
        let (done, total) = (self.done, self.total);
        self.app.builds().tell(self.tenant, self.id, BuildState::Running { done, total });
    }
}

impl App {
    /// Makes a dataset.
    ///
    /// # Errors
    /// `Invalid` when no session fits the recipe; `Conflict` when one of them was erased while it was made. What was written
    /// is left for the caller to delete.
    pub(super) async fn build_dataset(
        &self,
        tenant: &TenantId,
        id: &ExportId,
        who: &CollectorId,
        recipe: Recipe,
    ) -> Result<Dataset> {
        let Fitting { sessions, mut left_out, standings } = self.fitting(tenant, &recipe).await?;
        if sessions.is_empty() {
            return Err(Error::invalid("dataset.build", "no session fits"));
        }
        let ids: Vec<SessionId> = sessions.iter().map(|session| session.id.clone()).collect();
        self.note_dataset(tenant, id, &ids).await?;
        let held_out = recipe.validation > 0.0 || recipe.test > 0.0;
        let total = sessions.len() as u64 * if held_out { 2 } else { 1 };
        let mut progress = Progress { app: self, tenant, id, done: 0, total };
        let parts = if held_out {
            self.parts(&recipe, &sessions, &standings, &mut progress).await?
        } else {
            BTreeMap::new()
        };
        let mut files: BTreeMap<Part, PartWriter> = BTreeMap::new();
        let mut with_lines = 0;
        for session in &sessions {
            let at = SessionRef { tenant: tenant.clone(), session: session.id.clone() };
            let part = parts.get(&session.id).copied().unwrap_or(Part::Train);
            let processed = self.process_again(&at, session, standings.get(&session.id)).await?;
            if processed.training.examples.is_empty() {
                left_out.without_lines += 1;
            } else {
                let file = match files.entry(part) {
                    Entry::Occupied(file) => file.into_mut(),
                    Entry::Vacant(free) => {
                        let key = key(tenant, id, &format!("{}.jsonl", part_name(part)))?;
                        free.insert(PartWriter::begin(self, key).await?)
                    }
                };
                self.record(tenant, who.as_str(), AuditAction::TrainingExported, &at.session).await?;
                self.write_lines(&at, &processed, file).await?;
                with_lines += 1;
            }
            progress.step();
        }
        if with_lines == 0 {
            return Err(Error::invalid("dataset.build", "no session that fits gives a training line"));
        }
        let mut parts = Vec::new();
        for (part, file) in files {
            parts.push(file.finish(part).await?);
        }
        self.blobs.put(&key(tenant, id, SESSIONS)?, json(&ids)?).await?;
        let (made_by, made_at) = (who.clone(), self.clock.now());
        let dataset =
            Dataset { id: id.clone(), recipe, made_by, made_at, sessions: with_lines, left_out, parts };
        self.blobs.put(&key(tenant, id, RECORD)?, json(&dataset)?).await?;
        if !self.is_dataset_noted(tenant, id, &ids).await? {
            let message = "a session was erased while the dataset was made";
            return Err(Error::new(ErrorKind::Conflict, "dataset.build", message));
        }
        Ok(dataset)
    }

    async fn fitting(&self, tenant: &TenantId, recipe: &Recipe) -> Result<Fitting> {
        let mut fitting = Fitting { standings: self.standings(tenant).await?, ..Fitting::default() };
        let mut query = SessionQuery {
            status: Some(SessionStatus::Completed),
            started_from: recipe.from,
            started_before: recipe.before,
            min_quality: recipe.min_quality,
            limit: PAGE,
            ..SessionQuery::default()
        };
        loop {
            let page = self.catalog.query(tenant, &query).await?;
            for session in page.sessions {
                let standing = fitting.standings.get(&session.id);
                let is_wanted = match standing {
                    Some(standing) => {
                        !standing.is_rejected() && (!recipe.accepted_only || standing.is_accepted())
                    }
                    None => !recipe.accepted_only,
                };
                if !is_wanted {
                    fitting.left_out.by_review += 1;
                } else if !self.permits(&session, purpose::TRAINING).await? {
                    fitting.left_out.without_consent += 1;
                } else {
                    fitting.sessions.push(session);
                }
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(fitting),
            }
        }
    }

    async fn parts(
        &self,
        recipe: &Recipe,
        sessions: &[Masked<UnifiedSession>],
        standings: &BTreeMap<SessionId, Standing>,
        progress: &mut Progress<'_>,
    ) -> Result<BTreeMap<SessionId, Part>> {
        let mut items = Vec::new();
        for session in sessions {
            let at = SessionRef { tenant: session.tenant.clone(), session: session.id.clone() };
            let processed = self.process_again(&at, session, standings.get(&session.id)).await?;
            progress.step();
            // What gives no line takes no share of any part.
            if processed.training.examples.is_empty() {
                continue;
            }
            let goal = &session.goal;
            items.push(SplitItem {
                session: session.id.clone(),
                task: goal.task_id.clone().unwrap_or_else(|| goal.text.clone()),
                site: goal.site.clone().unwrap_or_default(),
                person: session.consent.subject.to_string(),
                pictures: processed.training.examples.iter().map(|example| example.frame.hash).collect(),
            });
        }
        let (by, validation, test) = (recipe.split_by.into(), recipe.validation, recipe.test);
        split(&items, &SplitOptions { by, validation, test, ..SplitOptions::default() })
    }

    /// What the pipeline concludes from an archive, and then its reviewers.
    async fn process_again(
        &self,
        at: &SessionRef,
        session: &UnifiedSession,
        standing: Option<&Standing>,
    ) -> Result<ProcessedSession> {
        let (input, _) = archives::pipeline_input(self, at).await?;
        let (pipeline, _) = pipeline_of(session);
        let processed = tokio::task::spawn_blocking(move || pipeline.process_session(input)).await;
        let mut processed = processed.map_err(|error| {
            Error::new(ErrorKind::Unexpected, "dataset.build", "a stage panicked").caused_by(error)
        })?;
        if let Some(standing) = standing {
            standing.apply(&mut processed);
        }
        Ok(processed)
    }

    async fn write_lines(
        &self,
        session: &SessionRef,
        processed: &ProcessedSession,
        file: &mut PartWriter,
    ) -> Result<()> {
        let key = BlobKey::archive(&session.tenant, &session.session);
        let reader = ArchiveReader::open_blob(self.blobs.as_ref(), key, &ArchiveLimits::default()).await?;
        let format = ChatFormat::default();
        for example in processed.examples() {
            if let Some(line) = lines::inline(&reader, &format, &example).await? {
                file.write(line).await?;
            }
        }
        Ok(())
    }
}

fn json(value: &impl serde::Serialize) -> Result<Bytes> {
    let json = serde_json::to_vec(value).map_err(|error| {
        Error::new(ErrorKind::Unexpected, "dataset.build", "a record cannot be written").caused_by(error)
    })?;
    Ok(json.into())
}

/// A part's file on its way, judged while it is written.
struct PartWriter {
    upload: Box<dyn BlobUpload>,
    validator: Validator<'static>,
}

impl PartWriter {
    async fn begin(app: &App, key: BlobKey) -> Result<Self> {
        let upload = app.blobs.upload(&key).await?;
        Ok(Self { upload, validator: Validator::new(ValidatorOptions::default(), None) })
    }

    async fn write(&mut self, line: Vec<u8>) -> Result<()> {
        self.validator.push(&line)?;
        self.upload.write(Bytes::from(line)).await
    }

    async fn finish(self, part: Part) -> Result<PartFile> {
        let verdict = self.validator.finish()?;
        self.upload.finish().await?;
        Ok(PartFile {
            part: part_name(part).to_owned(),
            lines: verdict.lines,
            bytes: verdict.bytes,
            accepted: verdict.is_accepted(),
            errors: verdict.errors,
            warnings: verdict.warnings,
            tokens: verdict.tokens.billed,
            findings: verdict.findings.iter().take(FINDINGS).map(ToString::to_string).collect(),
        })
    }
}
