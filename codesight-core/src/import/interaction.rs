//! Interactions from nothing, and from what most sources tell.

use crate::model::{
    ActionDetails, Coordinates, Extra, InteractionData, InteractionType, PageContext, Rect, UserContext,
    Viewport,
};
use crate::privacy::Raw;
use crate::time::Timestamp;
use crate::wire::ReceivedEntry;

/// An interaction of which only kind and time are known.
pub(crate) fn blank(kind: InteractionType, timestamp: Timestamp) -> InteractionData {
    InteractionData {
        session_id: None,
        seq: None,
        kind,
        timestamp,
        coordinates: None,
        action: ActionDetails::default(),
        selectors: None,
        element: None,
        page_context: PageContext::default(),
        visual_context: None,
        user_context: UserContext::default(),
        screenshots: Vec::new(),
        state_changes: Vec::new(),
        user_intent: None,
        confidence: 1.0,
        reliability: 0.0,
        extra: Extra::new(),
    }
}

/// A finished interaction as an entry of a session.
pub(crate) fn entry(interaction: InteractionData) -> ReceivedEntry {
    ReceivedEntry::Interaction(Box::new(Raw::new(interaction)))
}

/// A point of the viewport.
pub(crate) fn at(x: f64, y: f64) -> Coordinates {
    Coordinates { x, y, page_x: None, page_y: None }
}

/// A viewport of one image pixel a CSS pixel; none without a size.
pub(crate) fn viewport(width: f64, height: f64) -> Option<Viewport> {
    let is_size = |side: f64| side.is_finite() && side > 0.0 && side <= 100_000.0;
    (is_size(width) && is_size(height)).then_some(Viewport { width, height, device_pixel_ratio: 1.0 })
}

/// A box from its left, top, width and height; none when it has no size.
pub(crate) fn area(x: f64, y: f64, width: f64, height: f64) -> Option<Rect> {
    let area = Rect { x, y, width, height };
    area.is_visible_size().then_some(area).filter(|area| area.width.is_finite() && area.height.is_finite())
}

/// The moment of an entry of a source without times: one second after the entry before.
pub(crate) fn ordered(begin: Timestamp, index: usize) -> Timestamp {
    let millis = i64::try_from(index).unwrap_or(i64::MAX / 2_000).saturating_mul(1_000);
    Timestamp::from_millis(begin.as_millis().saturating_add(millis))
}

/// A moment in milliseconds since the epoch; none when it is no such moment.
pub(crate) fn moment(millis: f64) -> Option<Timestamp> {
    (millis.is_finite() && millis.abs() < 9.0e15).then(|| Timestamp::from_millis(millis.round() as i64))
}

/// Whether a recorder put asterisks or bullets in the place of every letter.
pub(crate) fn is_masked(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|letter| matches!(letter, '*' | '•' | '●') || letter.is_whitespace())
        && text.chars().any(|letter| !letter.is_whitespace())
}

/// At most `longest` characters.
pub(crate) fn shortened(text: &str, longest: usize) -> &str {
    match text.char_indices().nth(longest) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}
