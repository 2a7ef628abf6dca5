//! Where an interaction happened and what it was done to.

use super::{ValidateOptions, rules};
use crate::model::{Finding, InteractionData, Point};
use crate::pipeline::EnhancedInteraction;
use crate::stages::facts;

pub(super) fn check(step: &EnhancedInteraction, options: &ValidateOptions, findings: &mut Vec<Finding>) {
    let interaction = &step.interaction;
    let point = facts::point(interaction);
    if let Some(point) = point {
        check_place(step, point, options, findings);
    } else if facts::is_click(&interaction.kind) {
        findings.push(rules::COORDINATES_MISSING.at(step.seq).in_field("coordinates"));
    }
    if facts::acts_on_element(&interaction.kind) {
        if interaction.element.is_none() {
            findings.push(rules::ELEMENT_MISSING.at(step.seq).in_field("element"));
        }
        if !has_selector(interaction) {
            findings.push(rules::SELECTORS_MISSING.at(step.seq).in_field("selectors"));
        }
    }
}

fn check_place(
    step: &EnhancedInteraction,
    point: Point,
    options: &ValidateOptions,
    findings: &mut Vec<Finding>,
) {
    let interaction = &step.interaction;
    let outside = facts::viewport(interaction)
        .is_some_and(|it| !facts::is_inside(&it, point, options.viewport_tolerance));
    if outside {
        findings.push(rules::COORDINATES_OUTSIDE_VIEWPORT.at(step.seq).in_field("coordinates"));
    } else if facts::is_click(&interaction.kind)
        && facts::element_box(interaction)
            .is_some_and(|area| !area.contains(point, options.element_tolerance))
    {
        findings.push(rules::CLICK_OUTSIDE_ELEMENT.at(step.seq).in_field("coordinates"));
    }
}

fn has_selector(interaction: &InteractionData) -> bool {
    interaction.selectors.as_ref().is_some_and(|selectors| {
        !selectors.primary.is_empty()
            || !selectors.xpath.is_empty()
            || !selectors.css_path.is_empty()
            || selectors.alternatives.iter().any(|selector| !selector.value.is_empty())
    })
}
