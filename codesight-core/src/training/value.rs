//! What an example is worth and how hard it is. Structure only: no word of a page is looked at.

use crate::model::{ComputerAction, Severity};
use crate::pipeline::EnhancedInteraction;
use crate::stages::share;

/// How much a model can learn from an example, 0 to 1:
///
/// (0.35 + 0.30 target + 0.20 context + 0.15 certainty) x soundness
///
/// - 0.35 for the picture, which every example has
/// - target: the score of the element's best selector; 1 for actions that have no element
/// - context: a quarter each for an address, a viewport, nearby elements and the target's ancestors
/// - certainty: how sure the recorder is of its reduction of raw events
/// - soundness: 1, halved by a warning at the place, quartered by an error, and halved again without a goal
pub fn value(
    step: &EnhancedInteraction,
    action: &ComputerAction,
    worst: Option<Severity>,
    has_goal: bool,
) -> f64 {
    let interaction = &step.interaction;
    let page = &interaction.page_context;
    let has_target = matches!(
        action,
        ComputerAction::Click { .. }
            | ComputerAction::DoubleClick { .. }
            | ComputerAction::Type { .. }
            | ComputerAction::SelectOption { .. }
    );
    let target = if has_target { step.derived.reliability.unwrap_or(0.0) } else { 1.0 };
    let known = [
        !page.url.is_empty(),
        page.viewport.is_some(),
        !page.nearby_elements.is_empty(),
        page.dom_hierarchy.is_some(),
    ];
    let context = known.into_iter().filter(|known| *known).count() as f64 / 4.0;
    let certainty =
        if interaction.confidence.is_finite() { interaction.confidence.clamp(0.0, 1.0) } else { 0.0 };
    let soundness = match worst {
        Some(Severity::Error) => 0.25,
        Some(Severity::Warning) => 0.5,
        Some(Severity::Info) | None => 1.0,
    };
    let goal = if has_goal { 1.0 } else { 0.5 };
    share((0.35 + 0.30 * target + 0.20 * context + 0.15 * certainty) * soundness * goal)
}

/// How hard an example is, 0 to 1:
///
/// 0.35 action + 0.30 crowd + 0.20 progress + 0.15 depth
///
/// - action: wait, terminate, move, scroll 0.2; click, keypress, navigate 0.4; double click, select, type 0.7; drag 1
/// - crowd: elements that can be acted on, of 200
/// - progress: earlier actions, of 30
/// - depth: ancestors of the target, of 30; 1 inside a shadow root or a frame
pub fn complexity(step: &EnhancedInteraction, action: &ComputerAction, earlier: usize) -> f64 {
    let kind = match action {
        ComputerAction::Wait
        | ComputerAction::Terminate { .. }
        | ComputerAction::Move { .. }
        | ComputerAction::Scroll { .. } => 0.2,
        ComputerAction::Click { .. } | ComputerAction::Keypress { .. } | ComputerAction::Navigate { .. } => {
            0.4
        }
        ComputerAction::DoubleClick { .. }
        | ComputerAction::SelectOption { .. }
        | ComputerAction::Type { .. } => 0.7,
        ComputerAction::Drag { .. } => 1.0,
    };
    let page = &step.interaction.page_context;
    let of = |count: f64, whole: f64| (count / whole).min(1.0);
    let crowd =
        page.page_structure.as_ref().map_or(0.0, |page| of(f64::from(page.interactive_elements), 200.0));
    let element = step.interaction.element.as_ref();
    let hidden =
        element.is_some_and(|element| element.shadow_root.is_some() || element.frame_origin.is_some());
    let nested = page.dom_hierarchy.as_ref().map_or(0.0, |hierarchy| of(f64::from(hierarchy.depth), 30.0));
    let depth = if hidden { 1.0 } else { nested };
    share(0.35 * kind + 0.30 * crowd + 0.20 * of(earlier as f64, 30.0) + 0.15 * depth)
}
