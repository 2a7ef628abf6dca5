//! Type, time and page of one interaction.

use super::rules;
use crate::model::{Finding, InteractionType};
use crate::pipeline::EnhancedInteraction;
use crate::stages::facts;

pub(super) fn check(
    step: &EnhancedInteraction,
    previous: Option<&EnhancedInteraction>,
    findings: &mut Vec<Finding>,
) {
    let interaction = &step.interaction;
    if matches!(interaction.kind, InteractionType::Other(_)) {
        findings.push(rules::INTERACTION_TYPE_UNKNOWN.at(step.seq).in_field("type"));
    }
    if let Some(previous) = previous {
        let elapsed = interaction.timestamp.millis_since(previous.interaction.timestamp);
        if elapsed < 0 {
            let message =
                format!("The interaction is {} ms earlier than the one before it.", elapsed.unsigned_abs());
            findings.push(rules::TIME_BACKWARDS.told(step.seq, message).in_field("timestamp"));
        }
    }
    if interaction.page_context.url.is_empty() {
        findings.push(rules::CONTEXT_MISSING.at(step.seq).in_field("pageContext.url"));
    } else if facts::viewport(interaction).is_none() {
        findings.push(rules::VIEWPORT_MISSING.at(step.seq).in_field("pageContext.viewport"));
    }
}
