//! Rows of MolmoWeb's data set: a trajectory as JSON within JSON, steps numbered from 1.

use std::io;

use serde_json::{Map, Value, json};

use super::agentnet::{found, line, sayable};
use super::rows::picture_path;
use super::space::Space;
use super::syntax::Syntax;
use crate::error::Result;
use crate::privacy::Masked;
use crate::training::{ImageSource, Trajectory, TrajectoryFormat};

/// One line a trajectory.
#[derive(Debug, Clone, Copy, Default)]
pub struct MolmoWebRows;

impl TrajectoryFormat for MolmoWebRows {
    fn name(&self) -> &'static str {
        "molmoweb"
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
        let (mut steps, mut pictures, mut told) = (Map::new(), Vec::new(), Vec::new());
        for step in &trajectory.steps {
            let (Some(frame), false) = (&step.frame, step.actions.is_empty()) else { continue };
            let Some(image) = found(images.image(&frame.hash))? else { continue };
            let space = Space::new(Syntax::Molmo.convention(), frame, image.width, image.height)?;
            let Some(answer) = sayable(Syntax::Molmo.write(&step.actions, &space))? else { continue };
            let page = &step.interaction.interaction.page_context;
            for answer in answer.lines() {
                let answer: Value = serde_json::from_str(answer).unwrap_or_default();
                let action = answer.get("action").cloned().unwrap_or_default();
                let picture = picture_path(&frame.hash, &image.media_type);
                steps.insert(
                    (steps.len() + 1).to_string(),
                    json!({
                        "screenshot": picture,
                        "other_obs": {
                            "page_index": 0,
                            "url": page.url,
                            "open_pages_titles": [page.title],
                            "open_pages_urls": [page.url],
                        },
                        "action": {
                            "action_str": action.to_string(),
                            "action_description": step.description,
                            "action_output": {
                                "thought": step.interaction.interaction.user_context.rationale.as_deref().unwrap_or_default(),
                                "action_name": action.get("name"),
                                "action": action,
                            },
                        },
                    }),
                );
                pictures.push(picture);
                told.push(step.description.clone());
            }
        }
        let instruction = json!({ "high_level": trajectory.session.goal.text, "mid_level": "", "low_level": "", "steps": told });
        let row = json!({
            "sample_id": trajectory.session.id,
            "instruction": instruction.to_string(),
            "trajectory": Value::Object(steps).to_string(),
            "image_paths": pictures,
        });
        line(&row, out)
    }
}
