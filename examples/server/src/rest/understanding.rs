//! `GET /v1/sessions/{session}/understanding`: what the pipeline concludes from an archived session, with the training line
//! of each step. Computed from the archive, which keeps facts: conclusions are those of the program that runs now.

use axum::Json;
use axum::extract::{Path, State};
use codesight_core::id::SessionId;
use codesight_core::model::{
    ComputerAction, FrameIndex, NavigationPattern, SelectorTest, TrainingExample, UserIntent, UserPsychology,
};
use codesight_core::pipeline::ProcessedSession;
use codesight_core::privacy::Masked;
use codesight_core::rights::purpose;
use codesight_core::{Error, ErrorKind};
use codesight_openai::format::{ChatFormat, ImagePolicy};
use serde::Serialize;

use super::caller::{Caller, Collector, Found, Reviewer};
use super::describe::Record;
use super::problem::Problem;
use crate::app::App;
use crate::flags::pipeline_of;
use crate::{archives, lines};

/// What is concluded.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Understanding {
    session: SessionId,
    intents: Vec<UserIntent>,
    patterns: Vec<NavigationPattern>,
    style: String,
    psychology: UserPsychology,
    selector_tests: Vec<SelectorTest>,
    /// Empty unless the person agreed to training.
    lines: Vec<Taught>,
}

/// What one step teaches.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Taught {
    seq: u64,
    training_value: f64,
    complexity: f64,
    actions: Vec<ComputerAction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rationale: Option<String>,
    /// In OpenAI's chat format, images by their path in the archive; none when no line can be made of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<String>,
}

pub(crate) async fn understanding(
    State(app): State<App>,
    caller: Caller<(Reviewer, Collector)>,
    Path(session): Path<String>,
) -> Result<Json<Record<Understanding>>, Problem> {
    let Found { at: session, stored } = caller.session(&app, &session).await?;
    if stored.archive_url.is_none() {
        return Err(Problem::not_found());
    }
    caller.reads(&app, &session, "understanding").await?;
    let (input, index) = archives::pipeline_input(&app, &session).await?;
    let may_train = app.permits(&stored, purpose::TRAINING).await?;
    let (pipeline, _) = pipeline_of(&stored);
    let concluded =
        tokio::task::spawn_blocking(move || conclude(pipeline.process_session(input), &index, may_train));
    let concluded = concluded.await.map_err(|error| {
        Error::new(ErrorKind::Unexpected, "rest.understanding", "a stage panicked").caused_by(error)
    })?;
    Ok(Json(Record(concluded?)))
}

fn conclude(
    processed: ProcessedSession,
    index: &FrameIndex,
    may_train: bool,
) -> codesight_core::Result<Understanding> {
    let lines = if may_train { taught(&processed, index)? } else { Vec::new() };
    Ok(Understanding {
        session: processed.session_id,
        intents: processed.intents,
        patterns: processed.navigation.patterns,
        style: processed.navigation.style,
        psychology: processed.psychology,
        selector_tests: processed.training.into_inner().selector_reliability,
        lines,
    })
}

fn taught(processed: &ProcessedSession, index: &FrameIndex) -> codesight_core::Result<Vec<Taught>> {
    let format = ChatFormat { images: ImagePolicy::Path, ..ChatFormat::default() };
    let one = |example: Masked<&TrainingExample>| {
        let line = lines::for_archive(&format, std::slice::from_ref(&example), index)?.pop();
        Ok(Taught {
            seq: example.seq,
            training_value: example.training_value,
            complexity: example.complexity,
            actions: example.actions.clone(),
            rationale: example.rationale.clone(),
            line: line.map(|line| String::from_utf8_lossy(&line).into_owned()),
        })
    };
    processed.examples().map(one).collect()
}
