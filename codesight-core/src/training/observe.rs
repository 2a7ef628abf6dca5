//! What an example shows: the picture, the page, and the elements near the target.

use std::borrow::Cow;

use super::words::{clean, role_or_tag};
use crate::model::{ComputerAction, ExampleFrame, ExampleObservation, ObservedElement, Rect, Screenshot};
use crate::pipeline::EnhancedInteraction;
use crate::stages::{element_box, is_inside};

/// The longest address, in characters.
const LONGEST_ADDRESS: usize = 2_000;
/// The longest title, in characters.
const LONGEST_TITLE: usize = 200;
/// The longest name of an element, in characters.
const LONGEST_NAME: usize = 80;

/// The picture as an example names it.
pub(crate) fn example_frame(frame: &Screenshot) -> ExampleFrame {
    ExampleFrame {
        hash: frame.hash,
        width: frame.width,
        height: frame.height,
        viewport_width: frame.viewport.width,
        viewport_height: frame.viewport.height,
    }
}

/// Whether every point of the action lies inside the picture.
pub(crate) fn fits(action: &ComputerAction, frame: &Screenshot) -> bool {
    action.points().into_iter().all(|point| is_inside(&frame.viewport, point, 0.0))
}

/// The page and the elements that can be acted on: the target and those nearest to it, at most `limit`, from top left
/// to bottom right.
pub(crate) fn observe(
    step: &EnhancedInteraction,
    action: &ComputerAction,
    limit: usize,
) -> ExampleObservation {
    let page = &step.interaction.page_context;
    let mut title = String::new();
    let mut elements = Vec::new();
    if !matches!(action, ComputerAction::Navigate { .. }) {
        title = clean(&page.title, LONGEST_TITLE);
        elements = nearby(step, limit);
    }
    ExampleObservation { url: clean(&page.url, LONGEST_ADDRESS), title, elements }
}

/// An element that may be named, as it was recorded.
struct Candidate<'a> {
    role: Cow<'a, str>,
    name: &'a str,
    area: Option<Rect>,
    distance: f64,
    order: usize,
}

fn nearby(step: &EnhancedInteraction, limit: usize) -> Vec<ObservedElement> {
    let interaction = &step.interaction;
    let near = &interaction.page_context.nearby_elements;
    let mut candidates: Vec<Candidate<'_>> = near
        .iter()
        .enumerate()
        .filter(|(_, near)| near.interactive)
        .map(|(order, near)| Candidate {
            role: role_or_tag(near.role.as_deref(), &near.tag),
            name: near.text.as_deref().unwrap_or_default(),
            area: near.bounding_box,
            distance: near.distance.filter(|distance| distance.is_finite()).unwrap_or(f64::MAX),
            order,
        })
        .collect();
    if let Some(target) = &interaction.element {
        let role = role_or_tag(target.role.as_deref(), &target.tag);
        let name = target.name.as_deref().or(target.text.as_deref()).unwrap_or_default();
        let area = element_box(interaction);
        let is_listed =
            candidates.iter().any(|known| known.role == role && known.name == name && known.area == area);
        if !is_listed {
            candidates.push(Candidate { role, name, area, distance: 0.0, order: near.len() });
        }
    }
    if candidates.len() > limit {
        candidates.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.order.cmp(&b.order)));
        candidates.truncate(limit);
    }
    let place =
        |candidate: &Candidate<'_>| candidate.area.map_or((f64::MAX, f64::MAX), |area| (area.y, area.x));
    candidates.sort_by(|a, b| {
        let (a_place, b_place) = (place(a), place(b));
        a_place.0.total_cmp(&b_place.0).then(a_place.1.total_cmp(&b_place.1)).then(a.order.cmp(&b.order))
    });
    candidates
        .into_iter()
        .map(|candidate| ObservedElement {
            role: candidate.role.into_owned(),
            name: clean(candidate.name, LONGEST_NAME),
        })
        .collect()
}
