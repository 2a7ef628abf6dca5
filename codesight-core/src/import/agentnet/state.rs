//! What the screen showed after each action, as the accessibility tree tells it, and actions that came to nothing.

use serde_json::Value;

use super::reduce::{Action, ActionKind};
use crate::id::ContentHash;
use crate::import::{ImportLimits, json};

/// A state of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    /// Names and kinds of everything shown.
    content: ContentHash,
    /// The same with the places of everything.
    layout: ContentHash,
}

/// Which actions to leave out because they led away from a state and back to it.
///
/// The state of an action is the last accessibility tree stored from its beginning to the next action's beginning.
/// - An *excursion* runs from the action after a state to the last action with a state of the same content, when the
///   content was another in between. The longest is taken first.
/// - Turning the wheel until everything stands where it stood comes to nothing as well.
///
/// Actions that change nothing are kept: a tree does not show everything.
pub(super) fn excursions(actions: &[Action], trees: &[u8], limits: &ImportLimits) -> Vec<bool> {
    let mut left_out = vec![false; actions.len()];
    let states = states(actions, trees, limits);
    mark(actions, &states, 0, actions.len(), &mut left_out);
    left_out
}

/// State before the first action, then after each.
fn states(actions: &[Action], trees: &[u8], limits: &ImportLimits) -> Vec<Option<State>> {
    let mut states = vec![None; actions.len() + 1];
    let Ok(lines) = json::values(trees, limits) else { return states };
    for line in lines {
        let Ok(line) = json::parse(line.get().as_bytes(), limits) else { continue };
        let (Some(time), Some(tree)) = (json::number(&line, "time_stamp"), line.get("axtree")) else {
            continue;
        };
        if !tree.is_object() {
            continue;
        }
        let index = actions.partition_point(|action| action.start <= time);
        states[index] = Some(State { content: digest(tree, false), layout: digest(tree, true) });
    }
    states
}

fn digest(tree: &Value, with_places: bool) -> ContentHash {
    let mut told = Vec::new();
    let mut waiting = vec![(tree, 0_u32)];
    while let Some((node, depth)) = waiting.pop() {
        for field in ["ControlType", "Name", "Value"] {
            told.extend_from_slice(json::text(node, field).unwrap_or_default().as_bytes());
            told.push(0);
        }
        told.extend_from_slice(&depth.to_be_bytes());
        if with_places && let Some(place) = node.get("BoundingRectangle") {
            for side in ["left", "top", "right", "bottom"] {
                told.extend_from_slice(&json::number(place, side).unwrap_or(f64::NAN).to_be_bytes());
            }
        }
        waiting
            .extend(json::list(node, "Children").iter().rev().map(|child| (child, depth.saturating_add(1))));
    }
    ContentHash::of(&told)
}

/// Marks what came to nothing among the actions `from..until`.
fn mark(actions: &[Action], states: &[Option<State>], from: usize, until: usize, left_out: &mut [bool]) {
    let mut best: Option<(usize, usize)> = None;
    for before in from..until {
        let Some(state) = states[before] else { continue };
        let after =
            (before + 1..=until).rev().find(|after| came_to_nothing(actions, states, state, before, *after));
        if let Some(after) = after
            && best.is_none_or(|(start, end)| after - before > end - start)
        {
            best = Some((before, after));
        }
    }
    if let Some((before, after)) = best {
        left_out[before..after].fill(true);
        mark(actions, states, from, before, left_out);
        mark(actions, states, after, until, left_out);
    }
}

fn came_to_nothing(
    actions: &[Action],
    states: &[Option<State>],
    state: State,
    before: usize,
    after: usize,
) -> bool {
    let Some(last) = states[after] else { return false };
    let only_scrolls =
        actions[before..after].iter().all(|action| matches!(action.kind, ActionKind::Scroll { .. }));
    if only_scrolls {
        return last.layout == state.layout;
    }
    let went_away =
        states[before + 1..after].iter().flatten().any(|between| between.content != state.content);
    last.content == state.content && went_away
}
