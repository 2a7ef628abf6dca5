//! Trajectories as AgentNet publishes them: a picture and Python calls for each step.

use std::io;

use serde_json::json;

use super::rows::picture_path;
use super::space::Space;
use super::syntax::Syntax;
use crate::error::{Error, ErrorKind, Result};
use crate::privacy::Masked;
use crate::training::{ImageSource, Trajectory, TrajectoryFormat};

/// One line a trajectory.
#[derive(Debug, Clone, Copy, Default)]
pub struct AgentNetRows;

impl TrajectoryFormat for AgentNetRows {
    fn name(&self) -> &'static str {
        "agentnet"
    }

    fn extension(&self) -> &'static str {
        "jsonl"
    }

    fn names_pictures(&self) -> bool {
        true
    }

    fn write(
        &self,
        trajectory: &Masked<Trajectory<'_>>,
        images: &dyn ImageSource,
        out: &mut dyn io::Write,
    ) -> Result<()> {
        let mut steps = Vec::new();
        for step in &trajectory.steps {
            let (Some(frame), false) = (&step.frame, step.actions.is_empty()) else { continue };
            let Some(image) = found(images.image(&frame.hash))? else { continue };
            let space = Space::new(Syntax::Pyautogui.convention(), frame, image.width, image.height)?;
            let Some(code) = sayable(Syntax::Pyautogui.write(&step.actions, &space))? else { continue };
            steps.push(json!({
                "index": steps.len(),
                "image": picture_path(&frame.hash, &image.media_type),
                "value": {
                    "thought": step.interaction.interaction.user_context.rationale,
                    "action": step.description,
                    "code": code,
                },
            }));
        }
        let row = json!({
            "task_id": trajectory.session.id,
            "instruction": trajectory.session.goal.text,
            "task_completed": trajectory.completed(),
            // The scale of the source is 0 to 10.
            "alignment_score": (trajectory.quality / 10.0).round(),
            "traj": steps,
        });
        line(&row, out)
    }
}

/// Writes one line.
pub(super) fn line(row: &serde_json::Value, out: &mut dyn io::Write) -> Result<()> {
    writeln!(out, "{row}").map_err(|error| {
        Error::new(ErrorKind::Unavailable, "format.write", "the file takes no more").caused_by(error)
    })
}

/// What is stored, or none for what is not.
pub(super) fn found<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What can be said, or none for an action that lies outside the picture or has no words in the format.
pub(super) fn sayable<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::Invalid) => Ok(None),
        Err(error) => Err(error),
    }
}
