//! Rows of Multimodal-Mind2Web: one step a line, the target among candidates.

use std::io;

use serde_json::{Value, json};

use super::agentnet::{found, line};
use super::rows::picture_path;
use crate::error::Result;
use crate::model::{ComputerAction, ElementData, InteractionType};
use crate::privacy::Masked;
use crate::training::{ImageSource, Trajectory, TrajectoryFormat, TrajectoryStep};

/// One line for each step whose operation Mind2Web has: click, type, select, hover, enter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mind2WebRows;

/// An operation in the words of the data set.
struct Operation {
    simple: &'static str,
    original: &'static str,
    value: String,
}

fn operation(step: &TrajectoryStep<'_>) -> Option<Operation> {
    let of = |simple, original, value: &str| Some(Operation { simple, original, value: value.to_owned() });
    match step.actions.last()? {
        ComputerAction::Click { .. } | ComputerAction::DoubleClick { .. } => of("CLICK", "CLICK", ""),
        ComputerAction::Move { .. } => of("CLICK", "HOVER", ""),
        ComputerAction::Type { text } => of("TYPE", "TYPE", text),
        ComputerAction::SelectOption { option, .. } => of("SELECT", "SELECT", option),
        ComputerAction::Keypress { keys } if keys == &["Enter"] => of("CLICK", "ENTER", ""),
        _ => None,
    }
}

/// `[role]  name -> OP: value`.
fn repr(element: Option<&ElementData>, operation: &Operation) -> String {
    let role = element.map_or("element", |element| element.role.as_deref().unwrap_or(&element.tag));
    let name =
        element.and_then(|element| element.name.as_deref().or(element.text.as_deref())).unwrap_or_default();
    let value = if operation.value.is_empty() { String::new() } else { format!(": {}", operation.value) };
    format!("[{role}]  {name} -> {}{value}", operation.original)
}

fn candidate(element: &ElementData, seq: u64) -> Value {
    let mut attributes: Value =
        element.attributes.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    if let Some(area) = element.bounding_box {
        attributes["bounding_box_rect"] =
            format!("{},{},{},{}", area.x, area.y, area.width, area.height).into();
    }
    json!({
        "tag": element.tag,
        "is_original_target": true,
        "is_top_level_target": true,
        "backend_node_id": seq.to_string(),
        "attributes": attributes.to_string(),
    })
}

impl TrajectoryFormat for Mind2WebRows {
    fn name(&self) -> &'static str {
        "mind2web"
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
        let steps: Vec<_> = trajectory
            .steps
            .iter()
            .filter_map(|step| operation(step).map(|operation| (step, operation)))
            .collect();
        let reprs: Vec<String> = steps
            .iter()
            .map(|(step, operation)| repr(step.interaction.interaction.element.as_ref(), operation))
            .collect();
        for (index, (step, operation)) in steps.iter().enumerate() {
            let interaction = &step.interaction.interaction;
            // Enter goes to the page, as the data set has it: without a candidate.
            let target = interaction.element.as_ref().filter(|_| interaction.kind != InteractionType::Key);
            let picture = match &step.frame {
                Some(frame) => found(images.image(&frame.hash))?
                    .map(|image| picture_path(&frame.hash, &image.media_type)),
                None => None,
            };
            let operation = json!({ "original_op": operation.original, "value": operation.value, "op": operation.simple });
            let candidates: Vec<String> = target
                .map(|element| candidate(element, step.interaction.seq).to_string())
                .into_iter()
                .collect();
            let row = json!({
                "annotation_id": trajectory.session.id,
                "action_uid": format!("{}-{:06}", trajectory.session.id, step.interaction.seq),
                "website": trajectory.session.goal.site.as_deref().unwrap_or_default(),
                "domain": "",
                "subdomain": "",
                "confirmed_task": trajectory.session.goal.text,
                "screenshot": picture,
                "operation": operation.to_string(),
                "pos_candidates": candidates,
                "neg_candidates": [],
                "action_reprs": reprs,
                "target_action_index": index.to_string(),
                "target_action_reprs": reprs.get(index),
            });
            line(&row, out)?;
        }
        Ok(())
    }
}
