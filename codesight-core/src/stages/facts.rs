//! Plain questions about one interaction, or two, that several stages ask.

use crate::model::{
    ElementData, InteractionData, InteractionType, Point, Rect, Screenshot, ScreenshotRelation,
    StateChangeKind, Viewport,
};
use crate::pipeline::EnhancedInteraction;

/// The default of how late a picture from "before" may be, in milliseconds: the slowest measured capture that was
/// started by the press and still showed the old page.
pub(crate) const MAX_FRAME_LAG_MS: f64 = 250.0;

/// Whether it is a click, single or double.
pub(crate) fn is_click(kind: &InteractionType) -> bool {
    matches!(kind, InteractionType::Click | InteractionType::DoubleClick)
}

/// Whether it puts text into a field.
pub(crate) fn is_typing(kind: &InteractionType) -> bool {
    matches!(kind, InteractionType::Input | InteractionType::Paste)
}

/// Whether it is done to one element, which should therefore be known.
pub(crate) fn acts_on_element(kind: &InteractionType) -> bool {
    matches!(
        kind,
        InteractionType::Click
            | InteractionType::DoubleClick
            | InteractionType::Input
            | InteractionType::Change
            | InteractionType::Select
    )
}

/// Whether it is an action that a model is to learn from a picture.
pub(crate) fn needs_frame(kind: &InteractionType) -> bool {
    matches!(
        kind,
        InteractionType::Click
            | InteractionType::DoubleClick
            | InteractionType::Input
            | InteractionType::Select
            | InteractionType::Key
            | InteractionType::Scroll
            | InteractionType::Drag
            | InteractionType::Paste
    )
}

/// Where it happened, when that is a place at all.
pub(crate) fn point(interaction: &InteractionData) -> Option<Point> {
    let at = interaction.coordinates?;
    (at.x.is_finite() && at.y.is_finite()).then_some(Point { x: at.x, y: at.y })
}

/// The box of its element, when that has a size.
pub(crate) fn element_box(interaction: &InteractionData) -> Option<Rect> {
    let of_element = interaction.element.as_ref().and_then(|element| element.bounding_box);
    let seen = || interaction.visual_context.as_ref().and_then(|visual| visual.bounding_box);
    of_element.or_else(seen).filter(Rect::is_visible_size)
}

/// The visible part of the page, when it has a size.
pub(crate) fn viewport(interaction: &InteractionData) -> Option<Viewport> {
    interaction.page_context.viewport.filter(has_size)
}

/// Whether both sides are positive numbers.
pub(crate) fn has_size(viewport: &Viewport) -> bool {
    [viewport.width, viewport.height].iter().all(|side| side.is_finite() && *side > 0.0)
}

/// Whether the place lies in the visible part, with `tolerance` pixels to spare.
pub(crate) fn is_inside(viewport: &Viewport, point: Point, tolerance: f64) -> bool {
    Rect { x: 0.0, y: 0.0, width: viewport.width, height: viewport.height }.contains(point, tolerance)
}

/// Milliseconds from the interaction to the picture.
pub(crate) fn lag_ms(interaction: &InteractionData, frame: &Screenshot) -> f64 {
    if frame.lag_ms.is_finite() {
        frame.lag_ms
    } else {
        frame.captured_at.millis_since(interaction.timestamp) as f64
    }
}

/// The picture that is offered as what the person saw.
#[derive(Debug, Clone, Copy)]
pub(crate) enum BeforeFrame<'a> {
    /// There is no picture at all.
    Missing,
    /// There are pictures, all taken after the action; the index of the earliest.
    Late(usize),
    /// The latest of those taken before the action, with its index.
    Found(usize, &'a Screenshot),
}

/// Chooses the picture the person acted on.
pub(crate) fn before_frame(interaction: &InteractionData, max_lag_ms: f64) -> BeforeFrame<'_> {
    let mut found: Option<(usize, &Screenshot, f64)> = None;
    let mut late: Option<(usize, f64)> = None;
    for (index, frame) in interaction.screenshots.iter().enumerate() {
        let lag = lag_ms(interaction, frame);
        if frame.relation == ScreenshotRelation::Before && lag <= max_lag_ms {
            if found.is_none_or(|(_, _, best)| lag > best) {
                found = Some((index, frame, lag));
            }
        } else if late.is_none_or(|(_, best)| lag < best) {
            late = Some((index, lag));
        }
    }
    match (found, late) {
        (Some((index, frame, _)), _) => BeforeFrame::Found(index, frame),
        (None, Some((index, ..))) => BeforeFrame::Late(index),
        (None, None) => BeforeFrame::Missing,
    }
}

/// Whether two interactions on one page were done to the same element: by selector where there is one, otherwise by
/// tag and box.
pub(crate) fn same_element(a: &InteractionData, b: &InteractionData) -> bool {
    if a.user_context.tab != b.user_context.tab {
        return false;
    }
    let primary = |interaction: &InteractionData| {
        interaction.selectors.as_ref().is_some_and(|selectors| !selectors.primary.is_empty())
    };
    match (&a.selectors, &b.selectors) {
        (Some(left), Some(right)) if primary(a) && primary(b) => left.primary == right.primary,
        _ => match (&a.element, &b.element) {
            (Some(left), Some(right)) => left.tag == right.tag && left.bounding_box == right.bounding_box,
            _ => false,
        },
    }
}

/// How many interactions back a rule may look: for the focus of a field, a selection, the arrival on a page.
pub(crate) const LOOK_BACK: usize = 50;

/// Whether the interaction holds the click into its field as well: recorders make one of the click and the typing.
pub(crate) fn clicked_into(interaction: &InteractionData) -> bool {
    point(interaction)
        .is_some_and(|point| element_box(interaction).is_none_or(|area| area.contains(point, 2.0)))
}

/// Whether a field has the focus: it says so, or something earlier on the page gave it: a click on it, a Tab key, a
/// change of focus, text that went into it. Without an element nothing can be said, and it is taken to have it.
pub(crate) fn had_focus(now: &InteractionData, earlier: &[EnhancedInteraction]) -> bool {
    if now.element.as_ref().is_none_or(|element| element.focused == Some(true)) {
        return true;
    }
    let near = earlier.iter().rev().take(LOOK_BACK).map(|step| &step.interaction);
    let says_not = now.element.as_ref().is_some_and(|element| element.focused == Some(false));
    near.take_while(|it| same_address(it, now)).enumerate().any(|(back, it)| match it.kind {
        // What was given further back is lost again when the field says that it is.
        _ if says_not && back > 0 => false,
        InteractionType::Click | InteractionType::DoubleClick => {
            same_element(it, now)
                || element_box(now).zip(point(it)).is_some_and(|(area, point)| area.contains(point, 2.0))
                || (!says_not && it.state_changes.iter().any(|change| change.kind == StateChangeKind::Focus))
        }
        InteractionType::Input | InteractionType::Change | InteractionType::Paste => same_element(it, now),
        InteractionType::Key => it.action.keys.iter().any(|key| key == "Tab"),
        _ => false,
    })
}

/// Whether the address is the same but for what only moves within the page.
pub(crate) fn same_address(a: &InteractionData, b: &InteractionData) -> bool {
    page_address(&a.page_context.url) == page_address(&b.page_context.url)
}

/// The address without its fragment, unless the fragment is a route (`#/cart`, `#!/cart`).
pub(crate) fn page_address(url: &str) -> &str {
    match url.split_once('#') {
        Some((address, fragment)) if !fragment.starts_with(['/', '!']) => address,
        _ => url,
    }
}

/// Whether the element is a list of options of the browser's own.
pub(crate) fn is_native_list(element: &ElementData) -> bool {
    matches!(element.tag.as_str(), "select" | "option" | "optgroup")
}

/// Whether the element is ticked rather than typed into.
pub(crate) fn is_toggle(element: &ElementData) -> bool {
    matches!(element.input_type.as_deref(), Some("checkbox" | "radio"))
        || matches!(element.role.as_deref(), Some("checkbox" | "radio" | "switch" | "menuitemcheckbox"))
}

/// Rounds to a fixed number of decimals, so that the last bits of a sum never differ between machines. What is not a
/// number becomes 0.
pub(crate) fn round(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    let rounded = (value * scale).round() / scale;
    // Adding 0.0 turns a negative zero into a plain one.
    if rounded.is_finite() { rounded + 0.0 } else { 0.0 }
}

/// Rounds a share to four decimals between 0 and 1.
pub(crate) fn share(value: f64) -> f64 {
    round(value.clamp(0.0, 1.0), 4)
}
